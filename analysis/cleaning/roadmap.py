"""Turns the text tables of a roadmap into typed tables; what cannot be read becomes a blocking finding."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from analysis.cleaning.corrections import Decision, decision_stanza
from analysis.cleaning.values import MONTHS, Value, ValueNotReadError, derive_reading, read_executors, read_values
from analysis.contracts.columns import OPEN_READINGS, READING_WORDS
from analysis.findings import Finding, Severity
from analysis.intake.blocks import plain

CHECK_DOCUMENT = "Сверьте с подписанным документом; запишите исправление в data/corrections.toml."
SETTLE = "Если есть документ, который решает вопрос, запишите решение в data/corrections.toml; иначе ничего."
YEAR_WORD = r"\s*(?:г\.?|год\w*)?\s*"
PERIOD = re.compile(rf"(20[0-9][0-9]){YEAR_WORD}(?:[-–—]|по|до|и){YEAR_WORD}(20[0-9][0-9])")
SINGLE_YEAR = re.compile(r"\b(20[0-9][0-9])\b")
DATE_IN_WORDS = re.compile(r"(\d{1,2})\D+?([а-яё]+)\D*?(\d{4})", re.IGNORECASE)
DATE_IN_DIGITS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


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


@dataclass(frozen=True)
class _Row:
    """The texts of one activity."""

    code: str
    name: str
    total: str
    total_place: str
    years: dict[int, tuple[str, str]]
    executors: str
    executors_place: str


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
    cleaner = _Cleaner(file, largest, {(one.activity, one.measure): one for one in decisions})
    rows = _rows(text)
    period = cleaner.period(text["approval"])
    cleaner.check_codes(text["activities"])
    cleaner.check_years(text["targets"], period)
    measures = [(row, measure) for row in rows for measure in cleaner.measures(row)]
    tables = {
        "approval": cleaner.approval(text["approval"], period),
        "activities": _activities(text["activities"]),
        "measures": cleaner.measure_table(measures),
        "targets": cleaner.target_table(measures),
        "executors": cleaner.executor_table(rows),
        "cells": text["cells"],
    }
    cleaner.check_decisions()
    return CleanRoadmap(tables, tuple(cleaner.findings))


class _Cleaner:
    """Collects findings while the tables are made."""

    def __init__(self, file: str, largest: int, decisions: Mapping[tuple[str, int], Decision]) -> None:
        self.file = file
        self.largest = largest
        self.decisions = decisions
        self.findings: list[Finding] = []
        self._open: set[tuple[str, int]] = set()

    # ── the document as a whole ──

    def period(self, approval: pd.DataFrame) -> tuple[int, int] | None:
        """The first and last year that the title names; the last mention counts, the title ends with its period."""
        title, place = approval["title"].iloc[0], approval["title_place"].iloc[0]
        spans = [(int(first), int(last)) for first, last in PERIOD.findall(title)]
        spans = spans or [(int(year), int(year)) for year in SINGLE_YEAR.findall(title)]
        if not spans and title:
            self._block("heading", place, title, "В названии не найден срок вида «в 2020-2022 гг.».")
        return spans[-1] if spans else None

    def approval(self, text: pd.DataFrame, period: tuple[int, int] | None) -> pd.DataFrame:
        """The typed heading: one row, or none while its date or period cannot be read."""
        row = text.iloc[0]
        approved = _date(row["approved_date"])
        if approved is None and row["approved_date"]:
            self._block("heading", row["approved_date_place"], row["approved_date"], "Такой даты не бывает.")
        kept = text.assign(
            approved_date=pd.Series([pd.Timestamp(approved or datetime(2000, 1, 1))] * len(text)).dt.as_unit("us"),
            approver_position=text["approver_position"].replace("", None),
            approver_name=text["approver_name"].replace("", None),
            period_first_year=(period or (0, 0))[0],
            period_last_year=(period or (0, 0))[1],
        )
        columns = [
            "source_file",
            "title",
            "title_place",
            "approver_position",
            "approver_name",
            "approved_date",
            "approved_date_place",
            "period_first_year",
            "period_last_year",
        ]
        return kept.loc[kept.index if approved and period else [], columns]

    def check_codes(self, activities: pd.DataFrame) -> None:
        """Codes that stand twice block; numbers that are skipped are only reported, never renumbered."""
        places: dict[str, list[str]] = defaultdict(list)
        for code, place in zip(*_columns(activities, "activity_code", "row_place"), strict=True):
            places[_code(code)].append(place)
        for code, found in places.items():
            if len(found) > 1:
                self._block("activity_code", tuple(found), code, "Один номер стоит у нескольких мероприятий.")
        for missing, around in _missing_codes(places):
            self._attention(
                "missing_code",
                around,
                "",
                f"Мероприятия {missing} в документе нет; нумерация не изменена.",
                "Если мероприятие существует, получите полный документ; иначе ничего.",
            )
        for before, after in _gaps(int(code.split(".")[0]) for code in places):
            missing = f"{before + 1}" if after - before == 2 else f"{before + 1}–{after - 1}"
            self._attention(
                "missing_code",
                ("вся таблица",),
                "",
                f"Задачи {missing} с мероприятиями в документе нет.",
                CHECK_DOCUMENT,
            )

    def check_years(self, targets: pd.DataFrame, period: tuple[int, int] | None) -> None:
        """The columns of years must be the years of the title, no more and no fewer."""
        if period is None or targets.empty:
            return
        columns = {int(year) for year in targets["calendar_year"].unique()}
        expected = set(range(period[0], period[1] + 1))
        span = f"{period[0]}–{period[1]}"
        for year in sorted(columns - expected):
            place = targets.loc[targets["calendar_year"] == str(year), "place"].iloc[0]
            self._block("columns", place, str(year), f"Столбец {year} года стоит вне срока документа ({span}).")
        for year in sorted(expected - columns):
            self._block("columns", "шапка таблицы", "", f"Срок документа {span}, а столбца {year} года нет.")

    def check_decisions(self) -> None:
        """A decision for a measure that leaves nothing open is a mistake of its author."""
        for (code, number), decision in self.decisions.items():
            if (code, number) not in self._open:
                self._block(
                    "decision",
                    f"{code}/{number}",
                    decision.reading,
                    "Решение принято по показателю, которого нет или прочтение которого не открыто.",
                    "Проверьте activity и measure в data/corrections.toml.",
                )

    # ── measures and targets ──

    def measures(self, row: _Row) -> list[_Measure]:
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

    def measure_table(self, measures: Sequence[tuple[_Row, _Measure]]) -> pd.DataFrame:
        """The typed measures with their readings."""
        rows = []
        for row, measure in measures:
            reading, basis, document = self._reading(row, measure)
            rows.append(
                (
                    self.file,
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
        return _frame(rows, columns, whole=["measure_number", "planned_total_count"])

    def target_table(self, measures: Sequence[tuple[_Row, _Measure]]) -> pd.DataFrame:
        """The typed targets: one row a measure and year; blank stays blank."""
        rows = []
        for row, measure in measures:
            month_of_row = _common_months(row, [measure.total])
            for year, value in measure.years.items():
                text, place = row.years[year]
                planned = value is not None and value.count > 0
                rows.append(
                    (
                        self.file,
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
        return _frame(rows, columns, whole=["measure_number", "calendar_year"], gaps=["target_count", "deadline_month"])

    def executor_table(self, rows: Sequence[_Row]) -> pd.DataFrame:
        """The typed executors, in the order the document names them."""
        found = [
            (self.file, row.executors_place, row.code, number, name)
            for row in rows
            for number, name in enumerate(read_executors(row.executors)[0], start=1)
        ]
        return _frame(found, "source_file place activity_code executor_number executor_name", whole=["executor_number"])

    def _reading(self, row: _Row, measure: _Measure) -> tuple[str, str, str | None]:
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
        self._note(
            "decision",
            (row.total_place,),
            plain(row.total),
            f"{measure.code}, показатель {measure.number}: прочтение «{READING_WORDS[decision.reading]}» принято "
            f"решением: {decision.basis} ({decision.who}).",
            "Ничего: решение видно здесь.",
        )
        return decision.reading, "decision", decision.basis

    def _report_open(self, row: _Row, measure: _Measure, reading: str) -> None:
        years = ", ".join("не заполнено" if value is None else str(value.count) for value in measure.years.values())
        total = f"{'не менее ' if measure.total.comparator == '≥' else ''}{measure.total.count}"
        both = reading == "both_possible"
        why = (
            "сумма лет больше нижней границы: итог можно читать и как сумму, и как уровень"
            if both
            else "ни сумма лет, ни каждый год не равны итогу"
        )
        self.findings.append(
            Finding(
                reading,
                Severity.ATTENTION,
                self.file,
                (row.total_place, *(place for _, place in row.years.values())),
                f"{measure.code}, показатель {measure.number} «{measure.name}»: итог {total}; по годам {years}",
                f"{why[0].upper()}{why[1:]}. Отчёт показывает оба прочтения.",
                SETTLE,
                decision_stanza(measure.code, measure.number),
            )
        )

    def _values(self, code: str, text: str, place: str) -> tuple[Value, ...] | None:
        try:
            return read_values(text, self.largest)
        except ValueNotReadError as error:
            self._block("value", place, plain(text), f"Мероприятие {code}: {error}.")
            return None

    def _names(self, row: _Row, wanted: int) -> list[str] | None:
        """The name of the result, split only where the total holds several values and the name has as many parts."""
        if wanted == 1:
            return [plain(row.name)]
        names = [plain(name) for name in re.split(r"[,;]", row.name)]
        if len(names) == wanted and all(names):
            return names
        self._block(
            "measure_count",
            row.total_place,
            plain(row.total),
            f"Мероприятие {row.code}: значений в итоге {wanted}, а частей в названии результата {len(names)} "
            f"(«{plain(row.name)}»).",
        )
        return None

    def _spread(self, row: _Row, year: int, values: tuple[Value, ...], wanted: int) -> tuple[Value | None, ...] | None:
        """The values of a year, one a measure; a lone 0 holds for each measure, a blank is blank for each."""
        if not values:
            return (None,) * wanted
        if len(values) == wanted:
            return values
        text, place = row.years[year]
        if len(values) == 1 and values[0].count == 0:
            self._note(
                "shared_zero",
                (place,),
                plain(text),
                f"Мероприятие {row.code}: показателей {wanted}, а 0 стоит один; он относится к каждому.",
                "Ничего; если ноль относится не ко всем, запишите исправление.",
            )
            return values * wanted
        self._block(
            "measure_count",
            place,
            plain(text),
            f"Мероприятие {row.code}: значений в {year} году {len(values)}, а показателей {wanted}.",
        )
        return None

    def _note_blank_years(self, row: _Row, spread: Mapping[int, tuple[Value | None, ...] | None]) -> None:
        blank = [year for year, values in spread.items() if not values or values[0] is None]
        if len(blank) == len(spread):
            self._block("blank_year", row.total_place, "", f"Мероприятие {row.code}: не заполнен ни один год.")
            return
        for year in blank:
            self._attention(
                "blank_year",
                (row.years[year][1],),
                "",
                f"Мероприятие {row.code}: значение {year} года не заполнено. Пустая ячейка — не ноль.",
                "Уточните у исполнителя, планировалось ли что-то; отчёт печатает «не указано».",
            )

    def _note_deadlines(self, row: _Row, totals: Sequence[Value], of_years: Sequence[Value]) -> None:
        """A month may stand in the total, behind an executor and in a year; where they differ somebody should know."""
        common = _common_months(row, totals)
        if len(common) > 1 or (common and any(value.month not in (None, *common) for value in of_years)):
            self._attention(
                "deadline",
                (row.total_place, *(place for _, place in row.years.values()), row.executors_place),
                plain(row.executors),
                f"Мероприятие {row.code}: названы разные месяцы срока. Берётся месяц у значения года, а без него "
                "первый из названных в итоге или у исполнителей.",
                "Уточните срок; если он другой, запишите исправление в data/corrections.toml.",
            )

    # ── findings ──

    def _block(
        self, rule: str, place: str | tuple[str, ...], value: str, explanation: str, action: str = CHECK_DOCUMENT
    ) -> None:
        self._add(rule, Severity.BLOCKS, (place,) if isinstance(place, str) else place, value, explanation, action)

    def _attention(self, rule: str, places: tuple[str, ...], value: str, explanation: str, action: str) -> None:
        self._add(rule, Severity.ATTENTION, places, value, explanation, action)

    def _note(self, rule: str, places: tuple[str, ...], value: str, explanation: str, action: str) -> None:
        self._add(rule, Severity.NOTE, places, value, explanation, action)

    def _add(
        self, rule: str, severity: Severity, places: tuple[str, ...], value: str, explanation: str, action: str
    ) -> None:
        self.findings.append(Finding(rule, severity, self.file, places, value, explanation, action))


def _code(text: str) -> str:
    return plain(text).rstrip(".")


def _rows(text: Mapping[str, pd.DataFrame]) -> list[_Row]:
    measures, executors = text["measures"], text["executors"]
    years: dict[str, dict[int, tuple[str, str]]] = defaultdict(dict)
    targets = text["targets"]
    for row_place, year, target, place in zip(
        *_columns(targets, "row_place", "calendar_year", "target", "place"), strict=True
    ):
        years[row_place][int(year)] = (target, place)
    return [
        _Row(_code(code), name, total, total_place, dict(sorted(years[row_place].items())), names, executors_place)
        for row_place, code, name, total, total_place, names, executors_place in zip(
            *_columns(measures, "row_place", "activity_code", "measure_name", "planned_total", "place"),
            *_columns(executors, "executors", "place"),
            strict=True,
        )
    ]


def _common_months(row: _Row, totals: Sequence[Value]) -> tuple[int, ...]:
    """Months that hold for the whole row: those of the totals, then those behind the executors."""
    of_totals = [total.month for total in totals if total.month]
    return tuple(dict.fromkeys([*of_totals, *read_executors(row.executors)[1]]))


def _columns(frame: pd.DataFrame, *names: str) -> list[list[str]]:
    """Columns as lists: many times faster to walk through than the columns themselves."""
    return [frame[name].tolist() for name in names]


def _activities(text: pd.DataFrame) -> pd.DataFrame:
    files, places, codes, task_codes, task_titles, task_places, titles = _columns(
        text, "source_file", "row_place", "activity_code", "task_code", "task_title", "task_place", "activity_title"
    )
    rows = zip(
        files,
        places,
        map(_code, codes),
        range(1, len(text) + 1),
        map(_code, task_codes),
        map(plain, task_titles),
        task_places,
        map(plain, titles),
        strict=True,
    )
    columns = "source_file place activity_code document_order task_code task_title task_place activity_title"
    return _frame(list(rows), columns, whole=["document_order"])


def _missing_codes(places: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each run of skipped numbers, with the rows before and after it."""
    by_parent: dict[str, list[int]] = defaultdict(list)
    for code in places:
        parent, _, number = code.rpartition(".")
        by_parent[parent].append(int(number))
    for parent, numbers in by_parent.items():
        for before, after in _gaps(numbers):
            first, last = f"{parent}.{before + 1}", f"{parent}.{after - 1}"
            around = [f"{parent}.{number}" for number in (before, after) if f"{parent}.{number}" in places]
            yield (
                first if first == last else f"{first}–{last}",
                tuple(places[code][0] for code in around),
            )


def _gaps(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    ordered = [0, *sorted(set(numbers))]
    return ((before, after) for before, after in zip(ordered, ordered[1:], strict=False) if after - before > 1)


def _date(text: str) -> datetime | None:
    in_digits, in_words = DATE_IN_DIGITS.search(text), DATE_IN_WORDS.search(text)
    try:
        if in_digits:
            day, month, year = map(int, in_digits.groups())
            return datetime(year, month, day)
        if in_words and in_words.group(2).casefold() in MONTHS:
            return datetime(int(in_words.group(3)), MONTHS[in_words.group(2).casefold()], int(in_words.group(1)))
    except ValueError:
        return None
    return None


def _frame(
    rows: Sequence[tuple[object, ...]], columns: str, whole: Sequence[str] = (), gaps: Sequence[str] = ()
) -> pd.DataFrame:
    """A typed frame: text, but for the columns of whole numbers and of whole numbers with gaps."""
    names = columns.split()
    values = dict(zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True))
    types = dict.fromkeys(names, "str") | dict.fromkeys(whole, "int64") | dict.fromkeys(gaps, "Int64")
    return pd.DataFrame({name: pd.Series(list(values[name]), dtype=types[name]) for name in names})
