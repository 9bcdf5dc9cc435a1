"""What comes late is checked and not counted; a year that is not over is not asked for; strangers are stopped."""

from collections import Counter
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from analysis.cleaning.corrections import Correction, load_amendments
from analysis.contracts.findings import Severity
from analysis.forms.annotate import annotate
from analysis.pipeline.facts import read_facts
from analysis.pipeline.fresh import memory_of
from analysis.pipeline.received import reader, received_workbooks
from analysis.rules.config import load_project, load_reporting, load_sources, workbooks_in_force

IN_TIME = "data/raw/2021/form_edu990012_v1.xlsx"
CUTOFF = date(2022, 1, 31)


@pytest.fixture
def read(demo, checked):
    """Reads the facts of the demo from other sources."""
    project, tables = load_project(demo), checked.tables
    corrections = load_amendments(demo).corrections

    def _read(sources, cutoffs=(), more=(), editions=None):
        collection = replace(project.collection, cutoffs=cutoffs or project.collection.cutoffs)
        asked = replace(project, editions=editions or project.editions, collection=collection)
        came = received_workbooks(asked, sources, reader(asked, [*corrections, *more], memory_of(demo)))
        return read_facts(asked, came, sources, load_reporting(demo), tables)

    return _read


def _of(facts, file):
    return Counter((one.rule, one.place) for one in facts.findings if one.file == file)


def _received(sources, file, day):
    return [replace(one, received=day) if one.file == file else one for one in sources]


def test_a_late_form_is_checked_as_the_others_and_not_counted(demo, read):
    sources = load_sources(demo)
    before, after = read(sources), read(_received(sources, IN_TIME, date(2022, 2, 1)))
    assert _of(after, IN_TIME) == _of(before, IN_TIME) + Counter([("late", "весь файл")])
    assert len(_of(before, IN_TIME)) == 3
    for table in ("reports", "evidence", "school_measures"):
        assert IN_TIME in set(before.tables[table]["source_file"])
        assert IN_TIME not in set(after.tables[table]["source_file"])


def test_the_marked_copies_of_two_years_do_not_overwrite_each_other(demo, checked, tmp_path):
    written = annotate(
        demo, checked.findings, [one.file for one in workbooks_in_force(load_sources(demo))], tmp_path
    ).written
    copies = {path.relative_to(tmp_path).as_posix() for path in written}
    assert {"2021/form_edu990018_v1.xlsx", "2022/form_edu990018_v1.xlsx"} <= copies
    assert len(copies) == len(written)
    late = openpyxl.load_workbook(tmp_path / "2022/form_edu990012_v2.xlsx")["Подтверждения"]
    assert late["A6"].comment.text.startswith("— Проверка —\nНе указано: номер или ссылка")


def test_what_is_wrong_in_a_late_form_stops_nothing(demo, read):
    """A document dated after the day on which its form came."""
    sources = _received(load_sources(demo), IN_TIME, date(2021, 11, 30))
    assert Severity.BLOCKS in {one.severity for one in read(sources).findings if one.file == IN_TIME}
    late = read(sources, ((2021, date(2021, 11, 1)),))
    assert ("other_year", "лист Подтверждения, ячейка D3") in _of(late, IN_TIME)
    assert {one.severity for one in late.findings if one.file == IN_TIME} == {Severity.ATTENTION}


@pytest.mark.parametrize(("day", "years"), [(date(2022, 1, 30), {"2020 год"}), (CUTOFF, {"2020 год", "2021 год"})])
def test_nobody_is_asked_for_a_year_whose_cutoff_has_not_come(demo, read, day, years):
    received = [one for one in load_sources(demo) if one.received < CUTOFF and one.file != IN_TIME]
    looked_on = [*received[:-1], replace(received[-1], received=day)]
    assert {one.file for one in read(looked_on).findings if one.rule == "missing_report"} == years


def test_a_fact_that_cannot_be_read_is_not_said_to_be_missing(demo, read):
    file, cell = "data/raw/2020/form_ИМО_v1.xlsx", "лист Исполнение, ячейка E4"
    spoilt = Correction(file, cell, "4", "много", "для проверки", "аналитик", date(2021, 1, 19))
    findings = read(load_sources(demo), more=[spoilt]).findings
    assert [one.rule for one in findings if cell in one.places] == ["correction", "value"]
    # Nor is the fact of 2.2, which is blank beside a note: its own cell is named.
    assert [one.place for one in findings if one.rule == "blank_fact" and one.file == file] == [
        cell.replace("E4", "E5")
    ]
    assert not [one for one in findings if (one.rule, one.file, one.place) == ("missing_report", "2020 год", "ИМО")]


def test_check_itself_stops_at_a_form_of_a_school_that_the_registry_does_not_name(demo, read):
    without_registry = [one for one in load_sources(demo) if one.kind != "registry"]
    stopped = [one for one in read(without_registry).findings if one.file == IN_TIME]
    assert [(one.rule, one.place, one.severity) for one in stopped] == [("workbook", "весь файл", Severity.BLOCKS)]
    assert "«edu990012» нет ни в реестре" in stopped[0].explanation


def test_books_of_a_year_without_a_report_are_named_once_and_stop_nothing(demo, read):
    sources = load_sources(demo)
    facts = read(sources, editions=(2021,))
    others = {one.file for one in sources if one.kind in ("form", "acceptance", "export", "counts")}
    others = {file for file in others if "/2021/" not in file}
    named = Counter(one.file for one in facts.findings if one.rule == "other_edition")
    assert named == dict.fromkeys(others, 1)
    assert len(others) > 50
    about_others = {(one.rule, one.severity) for one in facts.findings if one.file in others}
    assert about_others == {("other_edition", Severity.NOTE)}
    assert not [one for one in facts.findings if one.severity is Severity.BLOCKS]
    assert set(facts.tables["reports"]["calendar_year"]) == {2021}


def test_what_a_marked_copy_says_is_meant_for_whoever_filled_the_form_in(demo, checked, tmp_path):
    """No command, no file of rules: a school has neither."""
    copies = annotate(demo, checked.findings, [one.file for one in workbooks_in_force(load_sources(demo))], tmp_path)
    lists = [openpyxl.load_workbook(path).worksheets[0] for path in copies.written if "form_edu" in path.name]
    lines = [row for sheet in lists for row in sheet.iter_rows(min_row=5, values_only=True)]
    assert (len(lists) > 5, len(lines) > 10, copies.failed) == (True, True, ())
    words = ("analysis ", ".toml", "того, кто вернул", "у школы")
    assert [line for line in lines if any(word in str(line[5]) for word in words)] == []
