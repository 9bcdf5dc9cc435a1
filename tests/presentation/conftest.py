"""Editions of the signed roadmap, made once."""

import pytest

from analysis.config import load_project, load_sources, load_terms
from analysis.presentation.edition import Edition
from roadmaps import HOUSE


@pytest.fixture(scope="session")
def edition_of(signed):
    project = load_project(HOUSE)
    sources, abbreviations = load_sources(HOUSE), load_terms(HOUSE).abbreviations
    editions = {year: Edition(project, year, signed.tables, sources, abbreviations) for year in project.editions}
    return editions.__getitem__
