"""From a signed school-support roadmap to validated tables and a published annual report."""
