"""Turns the text tables of a roadmap into typed tables; what cannot be read becomes a blocking finding."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.cleaning.corrections import Decision, decision_stanza
from analysis.cleaning.roadmap_document import (
    RoadmapFindings,
    RoadmapRow,
    activity_table,
    approval_table,
    check_codes,
    check_years,
    document_period,
    rows_of_roadmap,
    typed_frame,
)
from analysis.cleaning.values import Value, ValueNotReadError, derive_reading, read_executors, read_values
from analysis.contracts.columns import OPEN_READINGS, READING_WORDS
from analysis.contracts.findings import Finding
from analysis.intake.blocks import plain

SETTLE = "Если есть документ, который решает вопрос, запишите решение в data/corrections.toml; иначе ничего."


@dataclass(frozen=True)
class CleanRoadmap:
    """The typed tables of a roadmap (contracts.typed describes them) and the findings of cleaning."""

    tables: dict[str, pd.DataFrame]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Measure:
    """One measure of an activity with its targets by year."""

    code: str
    number: int
    name: str
    total: Value
    years: dict[int, Value | None]


def clean_roadmap(
    text: Mapping[str, pd.DataFrame], decisions: Sequence[Decision], largest: int, file: str
) -> CleanRoadmap:
    """Returns the typed tables of a roadmap.

    Args:
        text: The text form, as `intake.roadmap.lay_out` gives it.
        decisions: Recorded decisions about open readings.
        largest: A planned number above this is taken for a slip.
        file: Path of the document, for findings.
    """
    findings = RoadmapFindings(file)
    reader = _Measures(findings, largest, {(one.activity, one.measure): one for one in decisions})
    rows = rows_of_roadmap(text)
    period = document_period(text["approval"], findings)
    check_codes(text["activities"], findings)
    check_years(text["targets"], period, findings)
    measures = [(row, measure) for row in rows for measure in reader.measures(row)]
    tables = {
        "approval": approval_table(text["approval"], period, findings),
        "activities": activity_table(text["activities"]),
        "measures": reader.measure_table(measures),
        "targets": reader.target_table(measures),
        "executors": _executors(rows, file),
        "cells": text["cells"],
    }
    reader.check_decisions()
    return CleanRoadmap(tables, tuple(findings.found))


class _Measures:
    """Reads the measures of each activity and remembers the open readings for the decisions about them."""

    def __init__(self, findings: RoadmapFindings, largest: int, decisions: Mapping[tuple[str, int], Decision]) -> None:
        self.findings = findings
        self.largest = largest
        self.decisions = decisions
        self._open: set[tuple[str, int]] = set()

    def check_decisions(self) -> None:
        """Reports each decision about a measure that has nothing open."""
        for (code, number), decision in self.decisions.items():
            if (code, number) not in self._open:
                self.findings.block(
                    "decision",
                    f"{code}/{number}",
                    decision.reading,
                    "Решение принято по показателю, которого нет или прочтение которого не открыто.",
                    "Проверьте activity и measure в data/corrections.toml.",
                )

    def measures(self, row: RoadmapRow) -> list[_Measure]:
        """The measures of an activity: several only where the total holds several values."""
        totals = self._values(row.code, row.total, row.total_place)
        years = {year: self._values(row.code, text, place) for year, (text, place) in row.years.items()}
        if totals is None or any(values is None for values in years.values()):
            return []
        names = self._names(row, len(totals))
        spread = {year: self._spread(row, year, values or (), len(totals)) for year, values in years.items()}
        if names is None or any(values is None for values in spread.values()):
            return []
        self._note_blank_years(row, spread)
        self._note_deadlines(row, totals, [value for values in spread.values() for value in values or () if value])
        return [
            _Measure(
                row.code,
                number + 1,
                names[number],
                totals[number],
                {year: values[number] for year, values in spread.items() if values is not None},
            )
            for number in range(len(totals))
        ]

    def measure_table(self, measures: Sequence[tuple[RoadmapRow, _Measure]]) -> pd.DataFrame:
        """The typed measures with their readings."""
        rows = []
        for row, measure in measures:
            reading, basis, document = self._reading(row, measure)
            rows.append(
                (
                    self.findings.file,
                    row.total_place,
                    measure.code,
                    measure.number,
                    measure.name,
                    plain(row.total),
                    measure.total.comparator,
                    measure.total.count,
                    reading,
                    basis,
                    document,
                )
            )
        columns = (
            "source_file place activity_code measure_number measure_name planned_total_text comparator "
            "planned_total_count reading reading_basis decision_document"
        )
        return typed_frame(rows, columns, whole=["measure_number", "planned_total_count"])

    def target_table(self, measures: Sequence[tuple[RoadmapRow, _Measure]]) -> pd.DataFrame:
        """The typed targets: one row a measure and year; blank stays blank."""
        rows = []
        for row, measure in measures:
            month_of_row = _common_months(row, [measure.total])
            for year, value in measure.years.items():
                text, place = row.years[year]
                planned = value is not None and value.count > 0
                rows.append(
                    (
                        self.findings.file,
                        place,
                        measure.code,
                        measure.number,
                        year,
                        plain(text),
                        "≥" if "≥" in (measure.total.comparator, value.comparator if value else "=") else "=",
                        value.count if value else None,
                        (value.month or next(iter(month_of_row), None)) if value and planned else None,
                    )
                )
        columns = (
            "source_file place activity_code measure_number calendar_year target_text comparator target_count "
            "deadline_month"
        )
        return typed_frame(
            rows, columns, whole=["measure_number", "calendar_year"], gaps=["target_count", "deadline_month"]
        )

    def _reading(self, row: RoadmapRow, measure: _Measure) -> tuple[str, str, str | None]:
        counts = [value.count if value else None for value in measure.years.values()]
        reading, basis = derive_reading(measure.total, counts)
        if reading not in OPEN_READINGS:
            return reading, basis, None
        key = (measure.code, measure.number)
        self._open.add(key)
        decision = self.decisions.get(key)
        if decision is None:
            self._report_open(row, measure, reading)
            return reading, basis, None
        self.findings.note(
            "decision",
            (row.total_place,),
            plain(row.total),
            f"{measure.code}, показатель {measure.number}: прочтение «{READING_WORDS[decision.reading]}» принято "
            f"решением: {decision.basis} ({decision.who}).",
            "Ничего: решение видно здесь.",
        )
        return decision.reading, "decision", decision.basis

    def _report_open(self, row: RoadmapRow, measure: _Measure, reading: str) -> None:
        years = ", ".join("не заполнено" if value is None else str(value.count) for value in measure.years.values())
        total = f"{'не менее ' if measure.total.comparator == '≥' else ''}{measure.total.count}"
        both = reading == "both_possible"
        why = (
            "сумма лет больше нижней границы: итог можно читать и как сумму, и как уровень"
            if both
            else "ни сумма лет, ни каждый год не равны итогу"
        )
        self.findings.attention(
            reading,
            (row.total_place, *(place for _, place in row.years.values())),
            f"{measure.code}, показатель {measure.number} «{measure.name}»: итог {total}; по годам {years}",
            f"{why[0].upper()}{why[1:]}. Отчёт показывает оба прочтения.",
            SETTLE,
            decision_stanza(measure.code, measure.number),
        )

    def _values(self, code: str, text: str, place: str) -> tuple[Value, ...] | None:
        try:
            return read_values(text, self.largest)
        except ValueNotReadError as error:
            self.findings.block("value", place, plain(text), f"Мероприятие {code}: {error}.")
            return None

    def _names(self, row: RoadmapRow, wanted: int) -> list[str] | None:
        """The name of the result, split only where the total holds several values and the name has as many parts."""
        if wanted == 1:
            return [plain(row.name)]
        names = [plain(name) for name in re.split(r"[,;]", row.name)]
        if len(names) == wanted and all(names):
            return names
        self.findings.block(
            "measure_count",
            row.total_place,
            plain(row.total),
            f"Мероприятие {row.code}: значений в итоге {wanted}, а частей в названии результата {len(names)} "
            f"(«{plain(row.name)}»).",
        )
        return None

    def _spread(
        self, row: RoadmapRow, year: int, values: tuple[Value, ...], wanted: int
    ) -> tuple[Value | None, ...] | None:
        """Returns the values of a year, one per measure. A single 0 or a blank holds for each measure."""
        if not values:
            return (None,) * wanted
        if len(values) == wanted:
            return values
        text, place = row.years[year]
        if len(values) == 1 and values[0].count == 0:
            self.findings.note(
                "shared_zero",
                (place,),
                plain(text),
                f"Мероприятие {row.code}: показателей {wanted}, а 0 стоит один; он относится к каждому.",
                "Ничего; если ноль относится не ко всем, запишите исправление.",
            )
            return values * wanted
        self.findings.block(
            "measure_count",
            place,
            plain(text),
            f"Мероприятие {row.code}: значений в {year} году {len(values)}, а показателей {wanted}.",
        )
        return None

    def _note_blank_years(self, row: RoadmapRow, spread: Mapping[int, tuple[Value | None, ...] | None]) -> None:
        blank = [year for year, values in spread.items() if not values or values[0] is None]
        if len(blank) == len(spread):
            self.findings.block("blank_year", row.total_place, "", f"Мероприятие {row.code}: не заполнен ни один год.")
            return
        for year in blank:
            self.findings.attention(
                "blank_year",
                (row.years[year][1],),
                "",
                f"Мероприятие {row.code}: значение {year} года не заполнено. Пустая ячейка — не ноль.",
                "Уточните у исполнителя, планировалось ли что-то; отчёт печатает «не указано».",
            )

    def _note_deadlines(self, row: RoadmapRow, totals: Sequence[Value], of_years: Sequence[Value]) -> None:
        """Reports months that differ between the total, the executors and the years."""
        common = _common_months(row, totals)
        if len(common) > 1 or (common and any(value.month not in (None, *common) for value in of_years)):
            self.findings.attention(
                "deadline",
                (row.total_place, *(place for _, place in row.years.values()), row.executors_place),
                plain(row.executors),
                f"Мероприятие {row.code}: названы разные месяцы срока. Берётся месяц у значения года, а без него "
                "первый из названных в итоге или у исполнителей.",
                "Уточните срок; если он другой, запишите исправление в data/corrections.toml.",
            )


def _common_months(row: RoadmapRow, totals: Sequence[Value]) -> tuple[int, ...]:
    """Months that hold for the whole row: those of the totals, then those behind the executors."""
    of_totals = [total.month for total in totals if total.month]
    return tuple(dict.fromkeys([*of_totals, *read_executors(row.executors)[1]]))


def _executors(rows: Sequence[RoadmapRow], file: str) -> pd.DataFrame:
    """The typed executors, in the order the document names them."""
    found = [
        (file, row.executors_place, row.code, number, name, name)
        for row in rows
        for number, name in enumerate(read_executors(row.executors)[0], start=1)
    ]
    return typed_frame(
        found, "source_file place activity_code executor_number executor_name executor_text", whole=["executor_number"]
    )
