"""One list of sentences about the indicators: where each may stand, for whom, on what condition, and on which rows."""
