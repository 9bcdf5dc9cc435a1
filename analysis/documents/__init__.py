"""The documents that the roadmap asks for: notes, briefs and requests for the office, beside the annual report."""
