"""A city with one task of two measures, told by hand: УО answers for 4.3, the schools for 4.4, ИМО only confirms."""

from datetime import date

import pandas as pd
import pytest

from analysis.cleaning.returns import fact_table
from analysis.config import Collection, Report, Source
from analysis.contracts.facts import COUNTED, LATE, REPLACED
from analysis.indicators.tables import indicator_tables
from analysis.lineage.ground import FormLine, Ground

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


@pytest.fixture(scope="module")
def ground():
    tables = {**_plan(), **_facts()}
    tables |= indicator_tables(tables, COLLECTION, [ENTRY], date(2022, 2, 28))
    return Ground(
        tables,
        [Source(file, file, "почта", DAY, "ab" * 32, "") for file in (MAP, UO, OLD, LATECOMER, IMO, ACCEPTED)],
        COLLECTION,
        [ENTRY],
        {
            (UO, "лист Исполнение, строка 2"): FormLine("4.3", {"лист Исполнение, ячейка E2": "три"}),
            (UO, "лист Подтверждения, строка 5"): FormLine("4.3", {}),
            (UO, "лист Подтверждения, строка 9"): FormLine("4.4", {}),
        },
    )


def _plan():
    measure = {"comparator": "=", "reading_basis": "sum", "decision_document": None, "reading": "flow"}
    return {
        "activities": pd.DataFrame(
            [(MAP, f"строка {4 * order}", f"4.{order + 1}", order, "4", "Обмен опытом", "Встречи") for order in (2, 3)],
            columns=ACTIVITY_COLUMNS,
        ),
        "measures": pd.DataFrame(
            [
                {"source_file": MAP, "place": f"строка {line}, ячейка 4", "activity_code": code, "measure_number": 1}
                | {"measure_name": "Встреча", "planned_total_text": "3", "planned_total_count": 3, **measure}
                for code, line in (("4.3", 8), ("4.4", 12))
            ]
        ),
        "targets": _targets(("4.3", 8, 1), ("4.4", 12, 0)),
        "executors": pd.DataFrame(
            [(MAP, "строка 8", "4.3", 1, "УО"), (MAP, "строка 8", "4.3", 2, "ИМО"), (MAP, "строка 12", "4.4", 1, "ОО")],
            columns=["source_file", "place", "activity_code", "executor_number", "executor_name"],
        ),
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
    return table.astype({"target_count": "Int64", "deadline_month": "Int64"})


def _facts():
    school = ("registry.xlsx", "лист Школы, строка 2", "edu000001", None, None, "Школа А", None, None, None, None)
    status = ("registry.xlsx", "лист Статус, строка 2", "edu000001", "2020/21", "ШНОР")
    uo, imo = (UO, "лист Исполнение, ячейка E2", "УО"), (IMO, "лист Исполнение, ячейка E2", "ИМО")
    at = ("4.3", 1, 2021)
    return {
        "schools": fact_table("schools", [school]),
        "school_status": fact_table("school_status", [status]),
        "reports": fact_table("reports", [(*uo, *at, 3, DAY, "личное"), (*imo, *at, 5, DAY, None)]),
        "evidence": fact_table(
            "evidence",
            [
                (UO, f"лист Подтверждения, строка {line}", name, "УО", *at, "протокол", name[-1], DAY, None, count)
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
