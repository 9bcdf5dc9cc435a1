"""A second, invented project: an invented town with its own roadmap, schools, returned forms and ordinary mistakes."""
