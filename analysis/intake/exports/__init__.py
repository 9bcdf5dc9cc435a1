"""Exports of the exam systems: recognised by content, reduced to counts per school while they are read."""
