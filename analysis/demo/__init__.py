"""A second project with invented data: a town with its own roadmap, schools, returned forms and ordinary mistakes."""
