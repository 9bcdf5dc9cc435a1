"""Exports of the exam systems: recognised by their content and reduced to counts per school while they are read."""
