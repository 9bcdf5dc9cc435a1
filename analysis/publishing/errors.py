"""The error that a person must mend before the report can be published."""

from analysis.errors import AnalysisError


class PublishingError(AnalysisError):
    """The report sources or the programs used are not in order; the message says where and what to do."""
