"""Editions of the signed roadmap, made once."""

import pytest

from analysis.indicators.plan import plan_by_year
from analysis.indicators.quality import quality_tables
from analysis.presentation.edition import Edition
from analysis.rules.assumptions import load_assumptions
from analysis.rules.config import load_project, load_sources, load_terms
from roadmaps import HOUSE


@pytest.fixture(scope="session")
def edition_of(signed):
    project = load_project(HOUSE)
    sources, abbreviations = load_sources(HOUSE), load_terms(HOUSE).abbreviations
    tables = dict(signed.tables)
    tables["plan"] = plan_by_year(tables["activities"], tables["measures"], tables["targets"])
    tables |= quality_tables(tables, project.collection, (), (), sources, 0.1)
    assumed = load_assumptions(HOUSE)
    editions = {
        year: Edition(project, year, tables, sources, abbreviations, assumptions=assumed) for year in project.editions
    }
    return editions.__getitem__
