"""The one kind of error a command shows as a sentence instead of a traceback."""


class AnalysisError(Exception):
    """Something a person has to mend; the message (in Russian) says where, what stands there and what to do."""
