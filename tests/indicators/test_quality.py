"""The log of the data and the counts of findings: ratings follow from the numbers beside them."""

from datetime import date

import pandas as pd
import pytest

from analysis.contracts.dictionary import violations
from analysis.contracts.tables import INDICATOR_TABLES
from analysis.indicators.quality import SOURCE_TITLES, data_log, finding_counts, rating
from analysis.rules.config import SOURCE_KINDS, Source

ROADMAP, FORM, OTHER = "data/raw/r.docx", "data/raw/2021/a.xlsx", "data/raw/2022/b.xlsx"


def _source(file, kind, day, replaces=""):
    return Source(file, "Файл", "Прислан", day, "0" * 64, "—", kind, replaces)


SOURCES = [
    _source(ROADMAP, "roadmap", date(2020, 9, 1)),
    _source("data/raw/old.xlsx", "registry", date(2020, 9, 2)),
    _source("data/raw/new.xlsx", "registry", date(2021, 9, 2), "data/raw/old.xlsx"),
    _source(FORM, "form", date(2022, 1, 20)),
    _source(OTHER, "form", date(2023, 1, 20)),
]


def _tables():
    found = [
        ("посмотрите", "plausibility", FORM),
        ("посмотрите", "plausibility", FORM),
        ("учтено", "correction", OTHER),
        ("посмотрите", "missing_report", "2022 год"),
        ("посмотрите", "executor", "project.toml"),
        ("посмотрите", "slip", ROADMAP),
    ]
    reports = [(FORM, 2021, 1), (FORM, 2021, None), (OTHER, 2022, 3)]
    quarantine = [(OTHER, 2022)]
    return {
        "findings": pd.DataFrame(found, columns=["severity", "rule", "source_file"], dtype="str"),
        "targets": pd.DataFrame([(ROADMAP, 2021), (ROADMAP, 2022)], columns=["source_file", "calendar_year"]),
        "reports": pd.DataFrame(reports, columns=["source_file", "calendar_year", "fact_count"]),
        "quarantine": pd.DataFrame(quarantine, columns=["source_file", "calendar_year"]),
    }


@pytest.mark.parametrize(
    ("rows", "aside", "attention", "word"),
    [
        (10, 0, 0, "зелёный"),
        (10, 0, 1, "жёлтый"),
        (99, 1, 0, "жёлтый"),
        (9, 1, 0, "красный"),
        (91, 9, 0, "жёлтый"),
        (0, 0, 0, "красный"),
        (0, 3, 5, "красный"),
    ],
)
def test_a_rating_follows_from_the_numbers(rows, aside, attention, word):
    assert rating(rows, aside, attention, 0.1) == word


def test_the_log_has_a_row_a_year_and_kind():
    log = data_log(_tables(), SOURCES, [2021, 2022], 0.1)
    assert violations({"data_log": log}, INDICATOR_TABLES) == []
    said = log[["calendar_year", "source_title", "file_count", "row_count", "set_aside_row_count", "attention_count"]]
    assert said.to_numpy().tolist() == [
        [2021, "Подписанный документ", 1, 1, 0, 1],
        [2021, "Реестр школ", 1, 0, 0, 0],
        [2021, "Формы школ и исполнителей", 1, 1, 0, 2],
        [2022, "Подписанный документ", 1, 1, 0, 1],
        [2022, "Реестр школ", 1, 0, 0, 0],
        [2022, "Формы школ и исполнителей", 1, 1, 1, 0],
    ]
    assert log["data_rating"].tolist() == ["жёлтый", "красный", "жёлтый", "жёлтый", "красный", "красный"]


def test_findings_are_counted_in_their_year_and_those_of_no_year_in_every():
    counts = finding_counts(_tables(), SOURCES, [2021, 2022])
    assert violations({"finding_counts": counts}, INDICATOR_TABLES) == []
    assert counts.to_numpy().tolist() == [
        [2021, "Числа выглядят странно", "посмотрите", 2],
        [2021, "За показатель никто не отвечает", "посмотрите", 1],
        [2022, "За показатель никто не отвечает", "посмотрите", 1],
        [2022, "Нет сведений", "посмотрите", 1],
        [2022, "Исправление исходного текста", "учтено", 1],
    ]


def test_every_kind_of_file_has_a_title():
    assert set(SOURCE_TITLES) == set(SOURCE_KINDS)
