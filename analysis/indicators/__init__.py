"""Typed tables in, plan against fact and effectiveness indicators out; pure functions, no files."""
