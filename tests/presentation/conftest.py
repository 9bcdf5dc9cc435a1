"""Editions of the signed roadmap, made once."""

from datetime import date

import pytest

from analysis.indicators.quality import quality_tables
from analysis.indicators.tables import indicator_tables
from analysis.pipeline.rule_files import rule_tables
from analysis.presentation.edition import Edition
from analysis.rules.config import load_project, load_sources, load_terms
from analysis.rules.methods import load_methods
from analysis.rules.office_files import load_assumptions
from roadmaps import HOUSE


@pytest.fixture(scope="session")
def edition_of(signed):
    project = load_project(HOUSE)
    sources, abbreviations = load_sources(HOUSE), load_terms(HOUSE).abbreviations
    tables = dict(signed.tables)
    tables |= indicator_tables(tables, None, (), date(2021, 1, 31))[0]
    tables |= quality_tables(tables, project.collection, (), (), sources, 0.1)
    assumed = load_assumptions(HOUSE)
    tables |= rule_tables(sources, abbreviations, assumed, load_methods(HOUSE))
    editions = {
        year: Edition(project, year, tables, sources, abbreviations, assumptions=assumed) for year in project.editions
    }
    return editions.__getitem__
