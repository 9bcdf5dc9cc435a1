"""What notebooks and commands stand on: an open project, what can be asked of it, and the work that it does."""
