"""Contracts become the workbooks that schools and the office fill in."""
