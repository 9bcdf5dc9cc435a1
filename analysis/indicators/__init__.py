"""Typed tables in, plan and (later) effectiveness indicators out; pure functions, no files."""
