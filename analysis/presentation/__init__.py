"""Indicators become tables, figures and sentences in Russian, written once into reports/<year>/."""
