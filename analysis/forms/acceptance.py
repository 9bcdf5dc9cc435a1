"""The sheet on which the office decides about evidence: everything that the decision needs stands in its row."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from analysis.cleaning.registry import reporter_words
from analysis.contracts.forms import ACCEPTANCE
from analysis.forms.workbook import Given
from analysis.presentation.words import Row, measure_words, rows_of

FACT_NOT_GIVEN = "не указан"
HOW_TO_DECIDE = (
    "В строке — одно подтверждение: по какому показателю, кто и сколько сообщил, каким документом и сколько единиц "
    "факта подтверждает.",
    "Выберите решение, впишите должность и дату. Возвращая, назовите причину: её впишет в копию формы, "
    "которую получит тот, кто отчитался, команда analysis check --annotate.",
    "Строку, о которой решения ещё нет, оставьте пустой. Серые ячейки не меняйте: по коду решение находит документ.",
)


def acceptance_row(**values: Given) -> tuple[Given, ...]:
    """Returns a row of the sheet from its values by column; what is not given stays blank."""
    return tuple(values.get(column.name, "") for column in ACCEPTANCE.columns)


def rows_to_decide(
    waiting: pd.DataFrame,
    reports: pd.DataFrame,
    plan: pd.DataFrame,
    schools: pd.DataFrame,
    received: Mapping[str, date],
) -> list[tuple[Given, ...]]:
    """Returns a row for each piece of evidence that nobody has examined.

    Args:
        waiting: Rows of the typed evidence.
        reports: Typed reports of the same forms.
        plan: `indicators.plan.plan_by_year`.
        schools: Typed schools: a row shows the name of a school beside its login.
        received: The day each form came, by file.
    """
    measures = {_measure(row): row for row in rows_of(plan)}
    facts = {(row["reporter"], *_measure(row)): row["fact_count"] for row in rows_of(reports)}
    names = dict(zip(schools["school_login"], schools["school_name"], strict=True))
    return [
        acceptance_row(
            evidence_id=row["evidence_id"],
            measure_label=measures[_measure(row)]["measure_label"],
            measure_title=measure_words(measures[_measure(row)]),
            reporter=reporter_words(row["reporter"], names),
            fact_count=_given(facts.get((row["reporter"], *_measure(row))), FACT_NOT_GIVEN),
            confirmed_count=int(row["confirmed_count"]),
            evidence_kind=row["evidence_kind"],
            evidence_number=_given(row["evidence_number"]),
            evidence_date=_given(row["evidence_date"]),
            evidence_link=_given(row["evidence_link"]),
            received=received[row["source_file"]],
        )
        for row in rows_of(waiting)
    ]


def _measure(row: Row) -> tuple[str, int, int]:
    return str(row["activity_code"]), int(row["measure_number"]), int(row["calendar_year"])


def _given(value: Any, missing: str = "") -> Given:
    """A value of a table as a cell takes it, or what is written where there is none."""
    if pd.isna(value):
        return missing
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value if isinstance(value, str) else int(value)
