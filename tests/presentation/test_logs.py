"""The log of assumptions holds only those on which something printed rests, and no day of ours for a default."""

from dataclasses import replace

import pandas as pd

from analysis.presentation import effectiveness_tables, logs
from analysis.presentation.effectiveness_tables import NOT_SELECTED
from analysis.presentation.logs import HOLDS, NO_INDICATORS, assumed
from analysis.rules.config import Collection
from analysis.rules.methods import load_methods
from analysis.rules.office_files import NEEDS
from analysis.rules.written import DEFAULT_RULE
from roadmaps import HOUSE

# What a plan alone rests on: how its totals are read, which number is a slip, how its data are rated.
OF_THE_PLAN = ["Д-04", "Д-19", "Д-20"]


def _defaults(edition):
    return [one.assumption_id for one in assumed(edition) if one.since is None]


def test_every_need_can_be_looked_up():
    assert set(HOLDS) == set(NEEDS)


def test_a_plan_without_facts_rests_on_three_defaults(edition_of):
    assert _defaults(edition_of(2021)) == OF_THE_PLAN


def test_facts_rest_on_the_rules_of_collection_and_an_own_day_is_no_default(edition_of):
    plain = edition_of(2021)
    facts = {"plan_fact": pd.DataFrame({"calendar_year": [2021]}), "school_status": pd.DataFrame()}
    edition = replace(plain, tables={**plain.tables, **facts}, internal=True)
    assert _defaults(edition) == sorted([*OF_THE_PLAN, "Д-01", "Д-02", "Д-03", "Д-05"])
    decided = Collection(("УО",), "ОО", ((2021, pd.Timestamp("2022-02-15").date()),))
    own_day = replace(edition, project=replace(edition.project, collection=decided))
    assert "Д-01" not in _defaults(own_day)
    of_schools = replace(edition, tables={**edition.tables, "school_status": pd.DataFrame({"status": ["ШНОР"]})})
    assert "Д-06" in _defaults(of_schools)


def test_a_default_is_marked_and_has_no_day(edition_of):
    text, (table,) = logs.assumptions(edition_of(2021))
    data = table.data.set_index("assumption_id")
    assert data.loc[OF_THE_PLAN, "since_date"].isna().all()
    assert data.loc["К-01", "since_date"] == pd.Timestamp(2026, 11, 23)

    lines = text.replace("\\", "").splitlines()
    assert f"«По умолчанию» — {DEFAULT_RULE}." in lines
    marked = [line for line in lines if line.endswith("; по умолчанию |")]
    assert len(marked) == len(OF_THE_PLAN)
    assert not any("23.11.2026" in line for line in marked)


def test_nothing_is_printed_of_a_passport_or_rules_without_a_number(edition_of):
    edition = replace(edition_of(2021), methods=load_methods(HOUSE))
    assert logs.section(edition) == (NO_INDICATORS, [])
    assert effectiveness_tables.selection_section(edition) == (NOT_SELECTED, [])
