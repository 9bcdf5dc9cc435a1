"""Every exhibit of the invented town: its data meet their contract, and nobody sees what is not theirs to see."""

import json
from copy import copy
from dataclasses import replace

import pandas as pd
import pandera.pandas as pa
import pytest

from analysis.contracts import dictionary
from analysis.contracts.columns import hidden_from
from analysis.contracts.effectiveness import MarkResults, PublicIndicators
from analysis.contracts.execution import PlanFact
from analysis.contracts.report import SchoolExecution
from analysis.contracts.tables import stored_in
from analysis.files.storage import read_tables
from analysis.indicators.school_tables import with_public
from analysis.lineage.walk import stored
from analysis.presentation.chapters import exhibits_of
from analysis.presentation.edition import editions_of
from analysis.presentation.place import FAMILIES, family_of
from analysis.rules.config import load_project, load_sources


@pytest.fixture(scope="module")
def edition(published):
    project = load_project(published)
    tables = with_public(read_tables(project.root), stored(project.root).mask)

    def of(internal):
        made = editions_of(project, tables, load_sources(project.root), internal=internal)
        return next(one for one in made if one.calendar_year == 2021)

    return of


@pytest.fixture(scope="module")
def labels(edition):
    """The labels of every edition, by whether it is internal and its year."""
    return {
        (internal, year): {one.label for one in exhibits_of(replace(edition(internal), calendar_year=year))}
        for internal in (False, True)
        for year in (2020, 2021, 2022)
    }


def test_the_catalogue_knows_every_exhibit_and_lists_no_other(labels):
    every = set().union(*labels.values())
    assert len(every) > 90
    assert [label for label in every if family_of(label) is None] == []
    kinds = {(family_of(label).stem, label.partition("-")[0]) for label in every}
    assert kinds == {(one.stem, kind) for one in FAMILIES if not one.amended for kind in one.kinds}
    assert len({one.stem for one in FAMILIES}) == len(FAMILIES)


def test_the_catalogue_knows_what_the_office_alone_sees(labels):
    seen = {
        internal: {label for (of, _), some in labels.items() if of == internal for label in some}
        for internal in (False, True)
    }
    public = {family_of(label).stem for label in seen[False]}
    assert {one.stem for one in FAMILIES if not one.office | one.amended} == public
    missing = {family_of(label) for year in (2020, 2021, 2022) for label in labels[True, year] - labels[False, year]}
    left_out = {one.stem for one in missing if not one.office}
    # Which are left out follows from the key of the town: of the journal something is printed in each of its years.
    assert left_out | {"journal-share"} == {one.stem for one in FAMILIES if one.hidden}


def test_each_exhibit_is_a_piece_and_its_chapter_shows_that_very_piece(published):
    content = published / "reports/2021/_content"
    shown = json.loads((content / "exhibits.json").read_bytes())
    assert len(shown) > 60
    read = ("summary", "progress", "outstanding", "supported", "city-schools", "learning", "basis")
    chapters = {path.stem: path.read_text(encoding="utf-8") for path in content.glob("*.md") if path.stem not in shown}
    of_report = {stem for stem in read if chapters[stem].strip()}
    assert of_report == {*read} - {"city-schools"}
    for label in shown:
        piece = (content / f"{label}.md").read_text(encoding="utf-8").strip()
        assert piece.count(f"{{#{label}") == 1
        assert "Код таблицы" in piece
        where = [name for name, chapter in chapters.items() if piece in chapter]
        assert [name in read for name in where] in ([False], [True], [False, True], [True, False]), label


def published_faults(name, frame, contract):
    """A finding for each rule that published rows break: some columns of a contract, in any order.

    Rules across columns hold where all columns are there. Words from a list are published as plain text.
    """
    schema = dictionary.bounded_schema(contract)
    whole = schema.columns.keys() <= set(frame.columns)
    columns = {name: copy(schema.columns[name]) for name in frame.columns if name in schema.columns}
    for column in columns.values():
        if str(column.dtype) == "category":
            column.dtype = dictionary._Text()
    checks, key = (schema.checks, schema.unique) if whole else (None, None)
    part = pa.DataFrameSchema(columns, checks=checks, unique=key, strict=True)
    return list(dictionary._faults(name, frame.reset_index(drop=True), part))


@pytest.mark.parametrize(("internal", "fewest"), [(False, 60), (True, 80)])
def test_published_rows_meet_their_contract(edition, internal, fewest):
    shown = exhibits_of(edition(internal))
    assert len(shown) >= fewest
    faults = {one.label: published_faults(one.label, one.data, one.contract) for one in shown}
    assert {label: found for label, found in faults.items() if found} == {}
    assert [one.label for one in shown if hidden_from(one.contract, internal) & set(one.data.columns)] == []


def test_a_row_of_a_stored_table_keeps_its_place_there(edition):
    internal = edition(True)
    shown = {one.label: one for one in exhibits_of(internal)}
    for label, key in (
        ("tbl-to-date", "measure_label"),
        ("tbl-evidence", "evidence_number"),
        ("tbl-own-measures", "own_measure"),
        ("tbl-school-1", "measure_label"),
        ("tbl-deficits", "competence"),
        ("tbl-staffing", "indicator_id"),
        ("tbl-low-procedures", "subject"),
        ("tbl-thresholds", "entering_schools"),
    ):
        data = shown[label].data
        stored = internal.tables[stored_in(shown[label].contract, internal=True)].loc[data.index]
        assert len(data)
        assert stored[key].astype("str").tolist() == data[key].astype("str").tolist(), label


def test_a_public_edition_takes_its_rows_from_the_masked_tables():
    assert stored_in(MarkResults, internal=True) == "mark_results"
    assert stored_in(MarkResults, internal=False) == "public_mark_results"
    assert stored_in(PublicIndicators, internal=True) == "school_indicators"
    assert [stored_in(SchoolExecution, internal=one) for one in (True, False)] == ["school_results"] * 2


def test_published_rows_that_break_their_contract_are_told():
    rows = pd.DataFrame({"measure_label": ["1.1", "1.2"], "target_count": pd.array([1, -1], dtype="Int64")})
    (found,) = published_faults("tbl-x", rows, PlanFact)
    assert "столбец target_count" in found.explanation
    (found,) = published_faults("tbl-x", rows.head(1).assign(invented="?"), PlanFact)
    assert ("столбца с таким именем договор не знает" in found.explanation, found.value) == (True, "invented")
