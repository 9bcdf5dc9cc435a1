"""Execution in words and tables: three invented schools over the signed roadmap, counted by hand.

Two schools are supported. In 2021 УО reported 2 for 1.4 (one document accepted, one sent back); school А reported 1.3;
school Б's form came late; ИМО has not sent any.
"""

from dataclasses import replace
from datetime import date

import pytest

from analysis.cleaning.returns import fact_table
from analysis.config import Collection, Report
from analysis.indicators.quality import quality_tables
from analysis.indicators.tables import indicator_tables
from analysis.presentation import execution, owed
from analysis.presentation.chains import chains, internal_sections
from analysis.presentation.write import _sections, _summary

FILE = "data/raw/2021/form.xlsx"
SCHOOLS = [(FILE, "строка", login, None, None, name, None, None, None, None) for login, name in (
    ("edu000001", "Школа А"), ("edu000002", "Школа Б"), ("edu000003", "Школа В"))]  # fmt: skip
SUPPORTED = [(FILE, "строка", login, "2021/22", "ШНОР", None) for login in ("edu000001", "edu000002")]
REPORTS = [
    (FILE, "E2", "УО", "1.4", 1, 2021, 2, None, "служебное примечание"),
    (FILE, "E2", "edu000001", "1.3", 1, 2021, 1, None, None),
]
DAY = date(2021, 9, 1)
EVIDENCE = [
    (FILE, "строка", "a", "УО", "1.4", 1, 2021, "протокол", "1", DAY, None, 1),
    (FILE, "строка", "b", "УО", "1.4", 1, 2021, "протокол", "секретный-77", DAY, None, 1),
    (FILE, "строка", "c", "edu000001", "1.3", 1, 2021, "план", "секретный-78", DAY, None, 1),
]
VERDICTS = [
    (FILE, "строка", "a", "принято", "УО", date(2022, 1, 25), None),
    (FILE, "строка", "b", "возвращено", "УО", date(2022, 1, 26), "нет подписи"),
]
CUTOFF = date(2022, 1, 31)
FORMS = [
    (FILE, "УО", 2021, date(2022, 1, 20), CUTOFF, "вошла в отчёт"),
    (FILE + "2", "edu000001", 2021, date(2022, 1, 21), CUTOFF, "вошла в отчёт"),
    (FILE + "3", "edu000002", 2021, date(2022, 2, 5), CUTOFF, "получена после срока"),
]
SHARES = [Report("1.3", 1, ("ОО",), "school", 1, "приказ № 1", "аналитик")]


@pytest.fixture(scope="module")
def made(edition_of):
    """An edition of a year: with the facts above, for the public or for the office."""
    about = edition_of(2021)
    collection = Collection(("УО", "ИМО"), "ОО")
    rows = {"schools": SCHOOLS, "school_status": SUPPORTED, "reports": REPORTS, "evidence": EVIDENCE}
    rows |= {"acceptance": VERDICTS, "received_forms": FORMS, "school_measures": []}
    tables = dict(about.tables) | {name: fact_table(name, values) for name, values in rows.items()}
    tables |= indicator_tables(tables, collection, SHARES, date(2022, 2, 5))
    roadmap = replace(about.sources[0], received=date(2020, 9, 1))
    form = replace(roadmap, file=FILE, kind="form", received=date(2022, 2, 5))
    tables |= quality_tables(tables, collection, SHARES, (), (roadmap, form), 0.1)
    project = replace(about.project, collection=collection)

    def _make(year=2021, internal=False):
        changes = {"tables": tables, "sources": (roadmap, form), "calendar_year": year}
        return replace(about, project=project, internal=internal, **changes)

    return _make


def _plain(text):
    return text.replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def _rows(exhibit):
    lines = [line for line in _plain(exhibit.markdown).splitlines() if line.startswith("| ")]
    return [line.strip("| ").split(" | ") for line in lines[1:]]


def test_the_summary_says_execution_first(made):
    said = [_plain(one) for one in _summary(made())]
    assert said[0] == (
        "Из 19 показателей с планом на 2021 год: выполнено частично — 1, на рассмотрении — 1, нет сведений — 17 "
        "(@tbl-statuses)."
    )
    assert said[1].startswith("По задачам выполнено показателей: задача 1 — 0 из 4, задача 2 — 0 из 2, ")
    assert said[2].startswith("Что за кем осталось на срок отчёта, позиций: ")
    assert said[3] == (
        "Сведения за 2021 год в срок прислала 1 школа из 3, исполнителей за город — 1 из 2; "
        "все сведения есть о 1 школе (@tbl-completeness)."
    )
    assert said[4].startswith("На 2021 год план больше нуля стоит у 19 показателей")


def test_what_is_owed_is_said_by_name_kind_and_day(made):
    rows = _rows(owed.owed(made()))
    assert ["УО", "подтверждение возвращено", "1.4", "26.01.2022"] in rows
    assert ["управление образования", "не рассмотрено управлением", "1.3", "20.01.2022"] in rows
    mine = [row for row in rows if row[0] == "Школа Б"]
    assert [(row[1], row[3]) for row in mine] == [("получено после срока", "05.02.2022")]
    assert "1.3" in mine[0][2].split(", ")
    assert {row[1] for row in rows if row[0] == "ИМО"} == {"нет сведений"}
    assert rows[-1][0] == "управление образования"


def test_only_the_office_reads_why_it_was_sent_back(made):
    row = next(row for row in _rows(owed.owed(made(internal=True))) if row[1] == "подтверждение возвращено")
    assert row[4:] == ["1", "нет подписи"]


def test_the_public_edition_holds_nothing_of_the_office(made):
    secrets = ("нет подписи", "секретный", "служебное", "edu0000", "form.xlsx", "piece_count", "waiting_count")
    sections = _sections(made())
    shown = [exhibit for section in sections for exhibit in section.exhibits]
    pieces = [section.markdown for section in sections]
    published = [*pieces, *(one.data.to_csv() for one in shown), *(one.caption for one in shown)]
    assert [(secret, text) for secret in secrets for text in published if secret in _plain(text)] == []


def test_every_exhibit_and_heading_has_a_name_of_its_own(made):
    text, shown = execution.sections(made())
    labels = [one.label for one in shown]
    assert len(labels) == len(set(labels))
    assert {"tbl-owed", "tbl-task-results", "fig-task-results", "tbl-school-1", "tbl-bounds"} <= set(labels)
    referred = {word.strip("().,;") for word in text.split() if word.startswith("(@")}
    assert {one.lstrip("@") for one in referred} <= set(labels)
    assert 'fig-alt="Столбцы: показатели каждой задачи с планом больше нуля по состоянию. задача 1: с планом 4' in text


def test_totals_by_task_end_with_all_of_them(made):
    table = next(one for one in execution.sections(made())[1] if one.label == "tbl-task-results")
    assert _rows(table)[0] == [
        "Задача 1", "4", "2", "1", "0", "выполнено частично — 1, на рассмотрении — 1, нет сведений — 2",
    ]  # fmt: skip
    assert _rows(table)[-1][:5] == ["Всего", "19", "2", "1", "0"]


def test_a_school_without_a_share_is_not_judged(made):
    first, second = owed.schools(made())
    assert first.caption == "Школа А: план и факт 2021 года"
    assert "school_login" not in first.data.columns
    assert _rows(first)[0][2:] == ["1", "1", "1", "0", "на рассмотрении"]
    assert _rows(second)[0][2:] == ["1", "не указано", "не указано", "не указано", "нет сведений"]


def test_before_the_cutoff_nobody_is_blamed(made):
    edition = made(2022)
    assert owed.owed(edition) is None
    assert owed.said(edition).startswith("Срок отчёта за 2022 год ещё не наступил")


def test_nothing_owed_is_said_in_words(made):
    edition = made()
    tables = edition.tables | {"owed": edition.tables["owed"].iloc[:0]}
    assert owed.said(replace(edition, tables=tables)) == owed.NOTHING_OWED


def test_chains_stand_apart_and_only_for_the_office(made):
    assert chains(made()) == ""
    told = chains(made(internal=True))
    assert told.startswith("## Откуда числа {#sec-chains}")
    assert "{#chain-1-3 .unnumbered}" in told
    assert "{#chain-" not in internal_sections(made(internal=True))[0]


def test_internal_tables_name_a_measure_as_the_report_does(made):
    tables = internal_sections(made(internal=True))[1]
    labels = {row[0] for table in tables for row in _rows(table)}
    assert labels == {"1.3", "1.4"}
