"""Many cities together: each a project of its own, worked on side by side and shown in one report for the office."""
