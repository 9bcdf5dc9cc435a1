"""A city with one task of two measures, told by hand: УО answers for 4.3, the schools for 4.4, ИМО only confirms."""

from datetime import date

import pandas as pd
import pytest

from analysis.cleaning.returns import fact_table
from analysis.contracts.columns import typed_table
from analysis.contracts.facts import COUNTED, LATE, REPLACED, school_fact_tables
from analysis.contracts.report import DisplacedResults, ReceivedCells
from analysis.indicators.quality import quality_tables
from analysis.indicators.school_edges import group_tables
from analysis.indicators.tables import effectiveness_tables, indicator_tables
from analysis.pipeline.chains import chain_words, edges_of
from analysis.pipeline.rule_files import rule_tables
from analysis.rules.config import Collection, Report, Source, load_project
from analysis.rules.methods import load_methods
from analysis.rules.office_files import DEFAULT_POLICY, OPEN_CHOICE
from roadmaps import HOUSE, OF_MEASURE, OF_TARGET
from stores import store_of

MAP, UO, OLD, LATECOMER, IMO, ACCEPTED = (
    "map.txt",
    "uo_v2.xlsx",
    "uo_v1.xlsx",
    "uo_v3.xlsx",
    "imo.xlsx",
    "acceptance.xlsx",
)
COLLECTION = Collection(("УО", "ИМО"), "ОО")
ENTRY = Report("4.4", 1, ("ОО",), "school", 1, "Приказ № 5", "Петрова")
DAY = date(2021, 5, 20)
ACTIVITY_COLUMNS = [
    "source_file",
    "place",
    "activity_code",
    "document_order",
    "task_code",
    "task_title",
    "activity_title",
]
FINDING_COLUMNS = ["severity", "rule", "source_file", "place", "value", "explanation", "action"]
FINDINGS = [
    ("учтено", "correction", UO, "лист Исполнение, ячейка E2", "три", "По записи заменено на «3».", ""),
    ("посмотрите", "evidence", UO, "лист Подтверждения, строка 5", "справка", "Не указано: номер или ссылка.", ""),
    ("посмотрите", "evidence", UO, "лист Подтверждения, строка 9", "план", "О другом показателе.", ""),
    ("посмотрите", "blank_year", MAP, "строка 8, ячейка 5", "", "Год не заполнен.", ""),
    ("посмотрите", "acceptance", ACCEPTED, "лист Рассмотрение, строка 7", "4.3@2021·УО·00", "Утратило силу.", ""),
]


SOURCES = [Source(file, file, "почта", DAY, "ab" * 32, "") for file in (MAP, UO, OLD, LATECOMER, IMO, ACCEPTED)]
STOOD = [
    (UO, "лист Исполнение, ячейка E2", "лист Исполнение, строка 2", "fact_count", "три", None),
    (UO, "лист Подтверждения, ячейка B5", "лист Подтверждения, строка 5", "measure_label", "4.3", None),
    (UO, "лист Подтверждения, ячейка B9", "лист Подтверждения, строка 9", "measure_label", "4.4", None),
]


def stored(tables, sources, cells, summed=None, methods=None):
    """A store of these tables, as `build` makes it."""
    names = list(ReceivedCells.to_schema().columns)
    whole = {
        **rule_tables(sources, (), (), methods),
        "received_cells": typed_table(ReceivedCells, [dict(zip(names, cell, strict=True)) for cell in cells]),
        **tables,
    }
    project, sittings = load_project(HOUSE), methods.calendar if methods else ()
    whole |= quality_tables(whole, COLLECTION, [ENTRY], sittings, sources, 0.1)
    edges = edges_of(whole, sources, methods, summed or {})
    return store_of(chain_words(project, whole, sources, methods), whole, edges)


@pytest.fixture(scope="module")
def tables():
    made = {**_plan(), **_facts()}
    return made | indicator_tables(made, COLLECTION, [ENTRY], date(2022, 2, 28))[0]


@pytest.fixture(scope="module")
def store(tables):
    return stored(tables, SOURCES, STOOD)


def _plan():
    measure = {"comparator": "=", "reading_basis": "sum", "decision_document": None, "reading": "flow"}
    measure |= OF_MEASURE
    return {
        "activities": pd.DataFrame(
            [(MAP, f"строка {4 * order}", f"4.{order + 1}", order, "4", "Обмен опытом", "Встречи") for order in (2, 3)],
            columns=ACTIVITY_COLUMNS,
        ),
        "measures": pd.DataFrame(
            [
                {"source_file": MAP, "place": f"строка {line}, ячейка 4", "activity_code": code, "measure_number": 1}
                | {"measure_name": "Встреча", "planned_total_text": "3", "planned_total_count": 3, **measure}
                | {"measure_identity": f"{code}/1"}
                for code, line in (("4.3", 8), ("4.4", 12))
            ]
        ),
        "targets": _targets(("4.3", 8, 1), ("4.4", 12, 0)),
        "executors": pd.DataFrame(
            [(MAP, "строка 8", "4.3", 1, "УО"), (MAP, "строка 8", "4.3", 2, "ИМО"), (MAP, "строка 12", "4.4", 1, "ОО")],
            columns=["source_file", "place", "activity_code", "executor_number", "executor_name"],
        ).assign(executor_text=["УО", "ИМО", "ОО"]),
        "findings": pd.DataFrame(FINDINGS, columns=FINDING_COLUMNS, dtype="str"),
    }


def _targets(*measures):
    rows = [
        (MAP, f"строка {line}, ячейка {cell}", code, 1, year, str(count), "=", count, None)
        for code, line, first in measures
        for cell, year, count in ((5, 2020, first), (6, 2021, 2))
    ]
    columns = "source_file place activity_code measure_number calendar_year target_text comparator target_count"
    table = pd.DataFrame(rows, columns=[*columns.split(), "deadline_month"])
    table = table.assign(target_low=table["target_count"], target_high=table["target_count"], **OF_TARGET)
    return table.astype({"target_count": "Int64", "deadline_month": "Int64"})


def _facts():
    school = ("registry.xlsx", "лист Школы, строка 2", "edu000001", None, None, "Школа А", None, None, None, None)
    status = ("registry.xlsx", "лист Статус, строка 2", "edu000001", "2020/21", "ШНОР", None)
    uo, imo = (UO, "лист Исполнение, ячейка E2", "УО"), (IMO, "лист Исполнение, ячейка E2", "ИМО")
    at = ("4.3", 1, 2021)
    return {
        "schools": fact_table("schools", [school]),
        "school_status": fact_table("school_status", [status]),
        "reports": fact_table("reports", [(*uo, *at, None, 3, DAY, "личное"), (*imo, *at, None, 5, DAY, None)]),
        "evidence": fact_table(
            "evidence",
            [
                (
                    UO,
                    f"лист Подтверждения, строка {line}",
                    name,
                    "УО",
                    *at,
                    None,
                    "протокол",
                    name[-1],
                    DAY,
                    None,
                    count,
                )
                for line, name, count in ((2, "e1", 1), (3, "e2", 1), (4, "e3", 3))
            ],
        ),
        "acceptance": fact_table(
            "acceptance",
            [
                (ACCEPTED, "лист Рассмотрение, строка 2", "e1", "принято", "Петрова", DAY, None),
                (ACCEPTED, "лист Рассмотрение, строка 3", "e2", "возвращено", "Петрова", DAY, "нет подписи"),
            ],
        ),
        "received_forms": fact_table(
            "received_forms",
            [
                (file, "УО", 2021, received, date(2022, 1, 31), state)
                for file, received, state in (
                    (UO, date(2022, 1, 20), COUNTED),
                    (OLD, date(2022, 1, 10), REPLACED),
                    (LATECOMER, date(2022, 2, 3), LATE),
                )
            ],
        ),
        "school_measures": fact_table(
            "school_measures", [("own.xlsx", "лист Мера, строка 2", "edu000001", 2021, 1, "Кружок", 2, None, None)]
        ),
    }


SCHOOL_FORM, EXPORT, COUNTS = "school.xlsx", "vpr.xlsx", "counts_ab.csv"
OF_A = {"source_file": SCHOOL_FORM, "school_login": "edu000001", "calendar_year": 2021}
OF_B = {**OF_A, "source_file": "other.xlsx", "school_login": "edu000002"}
SAT = {"subject": "Математика", "programme_grade": 5, "sitting_grade": 5, "school_year": "2020/21", "scale": "отметка"}
VPR = {**SAT, "procedure": "ВПР", "wave": "весна"}
JOURNAL = {**SAT, "procedure": "Журнал", "wave": "год"}
OGE = {**SAT, "procedure": "ОГЭ", "wave": "основная", "programme_grade": 9, "sitting_grade": 9}


def marks(*counts):
    names = ["mark_2_count", "mark_3_count", "mark_4_count", "mark_5_count"]
    return {"participant_count": sum(counts), **dict(zip(names, counts, strict=True))}


# School A wrote of the ВПР what the export contradicts; its ОГЭ was counted from a file with pupils.
FORM_RESULT = {**OF_A, **VPR, "place": "лист Результаты, строка 2", "origin": "форма", **marks(1, 5, 3, 3)}
RESULTS = [
    {**OF_A, **VPR, "source_file": EXPORT, "place": "лист 1, строка 7", "origin": "выгрузка", **marks(2, 4, 3, 3)},
    {**OF_A, **OGE, "source_file": COUNTS, "place": "лист 1, строки 3–9", "origin": "выгрузка", **marks(0, 4, 2, 1)},
    {**OF_A, **JOURNAL, "place": "лист Результаты, строка 3", "origin": "форма", **marks(1, 2, 3, 4)},
    {**OF_B, **VPR, "source_file": EXPORT, "place": "лист 1, строка 8", "origin": "выгрузка", **marks(3, 20, 30, 10)},
]
ASIDE = [
    {**OF_A, "place": "лист Дефициты, строка 3", "table_name": "deficits", "why": "Части больше целого"},
    {**OF_A, "source_file": COUNTS, "place": "лист 1, строки 11–12", "table_name": "results", "why": "Не та волна"},
]
SCHOOL_FINDINGS = [
    ("посмотрите", "two_sources", SCHOOL_FORM, "лист Результаты, строка 2", "", "Форма и выгрузка.", ""),
    ("учтено", "correction", SCHOOL_FORM, "лист Результаты, ячейка F3", "сто", "Заменено на «10».", ""),
    ("посмотрите", "plausibility", SCHOOL_FORM, "лист Контингент, ячейка B4", "", "О другой группе.", ""),
]


@pytest.fixture(scope="module")
def school_tables(tables):
    fifth, whole = "лист Контингент, ячейка B3", "лист Контингент, ячейка B2"
    rows = {
        "context": [
            {**OF_A, "place": place, "school_year": "2021/22", "pupil_group": group, "group_pupil_count": count}
            for place, group, count in ((whole, "Всего обучающихся", 60), (fifth, "5 класс", 12))
        ],
        "staff": [
            {**OF_A, "place": "лист Кадры, ячейка C2", "school_year": "2021/22", "staff_group": "Ставок по штату"}
            | {"staff_unit": "ставка", "staff_amount": 12.5}
        ],
        "results": RESULTS,
        "quarantine": ASIDE,
    }
    schools = [
        ("registry.xlsx", f"лист Школы, строка {line}", login, None, None, name, None, None, None, None)
        for line, login, name in ((2, "edu000001", "Школа А"), (3, "edu000002", "Школа Б"))
    ]
    found = pd.DataFrame(SCHOOL_FINDINGS, columns=FINDING_COLUMNS, dtype="str")
    return {
        **tables,
        **school_fact_tables(rows),
        "displaced_results": typed_table(DisplacedResults, [FORM_RESULT]),
        "schools": fact_table("schools", schools),
        "findings": pd.concat([tables["findings"], found], ignore_index=True),
    }


@pytest.fixture(scope="module")
def school_store(school_tables):
    """The store of the same city with what its schools sent, their indicators computed by the project's passport."""
    sources = [
        *SOURCES,
        *(Source(file, file, "почта", DAY, "cd" * 32, "", "form") for file in (SCHOOL_FORM, EXPORT)),
        Source(COUNTS, COUNTS, "почта", DAY, "ef" * 32, "", "counts", derived_from="12" * 32),
    ]
    cells = [
        *STOOD,
        (
            SCHOOL_FORM,
            "лист Контингент, ячейка B3",
            "лист Контингент, строка 3",
            "group_pupil_count",
            "двенадцать",
            None,
        ),
        (COUNTS, "лист 1, строки 3–9", "лист 1, строки 3–9", "participant_count", "7", 4),
    ]
    methods = load_methods(HOUSE)
    made, links = effectiveness_tables(school_tables, methods, [2021])
    groups, summed = group_tables(school_tables, DEFAULT_POLICY, OPEN_CHOICE)
    return stored({**school_tables, **made, **groups}, sources, cells, {**links, **summed}, methods)
