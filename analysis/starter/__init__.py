"""Starts a project for any city in a folder of its own; the report sources come from this installation."""
