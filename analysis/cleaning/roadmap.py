"""Turns the text tables of a roadmap into typed tables; what cannot be read becomes a blocking finding."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from analysis.cleaning.corrections import Decision, decision_stanza
from analysis.cleaning.deadlines import (
    AS_NEEDED,
    BLANK,
    UNREAD,
    Deadline,
    DeadlineNotReadError,
    Promised,
    Target,
    joined_quarters,
    promised_by_year,
    read_deadlines,
    said_in_year,
    with_years,
)
from analysis.cleaning.roadmap_document import (
    CHECK_DOCUMENT,
    SCHOOL_YEAR,
    RoadmapFindings,
    RoadmapRow,
    activity_table,
    approval_table,
    check_codes,
    check_years,
    document_period,
    rows_of_roadmap,
)
from analysis.cleaning.values import (
    Value,
    ValueNotReadError,
    better_of,
    derive_reading,
    has_unread_number,
    is_money,
    kind_of,
    nearest_reading,
    read_executors,
    read_result,
    read_values,
)
from analysis.contracts.columns import OPEN_READINGS, READING_WORDS, rows_table
from analysis.contracts.execution import Deadlines, Executors, Measures, Targets
from analysis.contracts.findings import Finding
from analysis.intake.cells import plain
from analysis.intake.columns import UNIT_IN_HEADING

CHECK_DECISION = "Проверьте activity и measure в data/corrections.toml."
SETTLE = "Если есть документ, который решает вопрос, запишите решение в data/corrections.toml; иначе ничего."
ASK_EXECUTOR = "Уточните у исполнителя; если документ говорит другое, запишите исправление в data/corrections.toml."
STAYS_UNREAD = (
    "Остальное прочитано, а здесь отчёт печатает «не прочитано»: это не ноль. После стрелки — ближайшее прочтение; без "
    "исправления оно не действует."
)
OTHER_COUNT = "Сколько в строке показателей, столько значений должно быть в ячейке, и столько частей в их названии."
FRACTION = (
    "Дробное число, а ни единица, ни слова показателя не говорят, что оно может быть дробным. Оно прочитано так, как "
    "написано."
)
NOTHING_READ = "Ни одно плановое значение не прочитано: от плана ничего не остаётся."
A_YEAR = re.compile(r"\b20[0-9]{2}\b")
NO_TOTAL = (
    "Итога за срок документ не называет, и складываются ли годы, не сказано: они не складываются, пока этого не решит "
    "документ. Отчёт показывает оба прочтения."
)
WHY_OPEN = {
    "both_possible": "Сумма лет больше нижней границы: итог можно читать и как сумму, и как уровень. Отчёт показывает "
    "оба прочтения.",
    "contradiction": "Ни сумма лет, ни каждый год не равны итогу. Отчёт показывает оба прочтения.",
}
NO_YEAR = (
    "У срока не назван год, а план длится несколько лет. Ближайшее прочтение: каждый год; план года не указан, пока "
    "этого не скажет документ."
)
OTHER_MONTHS = (
    "названы разные месяцы срока. Берётся месяц у значения года, а без него первый из названных в итоге или у "
    "исполнителей."
)
AS_NEEDED_SAID = "Срок — по мере необходимости или по плану: сколько раз в год, документ не говорит; план не указан."


@dataclass(frozen=True)
class CleanRoadmap:
    """The typed tables of a roadmap (contracts.execution describes them) and the findings of cleaning."""

    tables: dict[str, pd.DataFrame]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Measure:
    """One measure of an activity with its targets by year.

    Attributes:
        code: The activity.
        number: Of the measure inside it.
        name: The result.
        total: For the whole term; None where the document names none.
        years: What is planned for each year.
        kind: A key of MEASURE_KINDS.
        unit: As written; empty where nothing names it.
        better: «more», «less» or None.
        baseline: The value to begin with, and its year.
        deadlines: When it is due.
        unread_total: Whether the document names a total that nobody could read.
    """

    code: str
    number: int
    name: str
    total: Value | None
    years: dict[int, Target]
    kind: str = "count"
    unit: str = ""
    better: str | None = None
    baseline: tuple[float | None, int | None] = (None, None)
    deadlines: tuple[Deadline, ...] = ()
    unread_total: bool = False

    @property
    def values(self) -> list[Value]:
        """The numbers of the years."""
        return [one.value for one in self.years.values() if one.value.count is not None]

    @property
    def comparator(self) -> str:
        """That of the total; without one that of all the years, if they have one."""
        of_years = {value.comparator for value in self.values}
        return self.total.comparator if self.total else of_years.pop() if len(of_years) == 1 else "="


def clean_roadmap(
    text: Mapping[str, pd.DataFrame],
    decisions: Sequence[Decision],
    largest: int,
    file: str,
    stated: tuple[int, int] | None = None,
) -> CleanRoadmap:
    """Returns the typed tables of a roadmap.

    Args:
        text: The text form, as `intake.roadmap.lay_out` gives it.
        decisions: Recorded decisions about open readings.
        largest: A planned number above this is taken for a slip.
        file: Path of the document, for findings.
        stated: First and last year, where people state them for the title.
    """
    findings = RoadmapFindings(file)
    period = stated or document_period(text["approval"], findings)
    school_year = SCHOOL_YEAR.search(text["approval"]["title"].iloc[0]) is not None
    years = range(period[0], period[1] + 1) if period else ()
    reader = _Measures(findings, largest, {(one.activity, one.measure): one for one in decisions}, years, school_year)
    rows = rows_of_roadmap(text)
    check_codes(text["activities"], findings)
    check_years(text, period, findings)
    measures = list(_numbered((row, measure) for row in rows for measure in reader.measures(row)))
    tables = {
        "approval": approval_table(text["approval"], period, findings),
        "activities": activity_table(text["activities"]),
        "measures": reader.measure_table(measures),
        "targets": reader.target_table(measures),
        "deadlines": _deadline_table(measures, file),
        "executors": _executors(rows, file),
        "cells": text["cells"],
    }
    reader.check_decisions()
    if measures and not any(reader.is_read(one) for _, measure in measures for one in measure.years.values()):
        findings.block("value", "вся таблица", "", NOTHING_READ)
    findings.tell_gathered()
    return CleanRoadmap(tables, tuple(findings.found))


def _numbered(measures: Iterator[tuple[RoadmapRow, _Measure]]) -> Iterator[tuple[RoadmapRow, _Measure]]:
    """Numbers the measures of each activity, also where several rows hold them."""
    counts: dict[str, int] = {}
    for row, measure in measures:
        counts[row.code] = counts.get(row.code, 0) + 1
        yield row, replace(measure, number=counts[row.code])


@dataclass
class _Measures:
    """Reads the measures of each activity and remembers the open readings for the decisions about them."""

    findings: RoadmapFindings
    largest: int
    decisions: Mapping[tuple[str, int], Decision]
    years: Sequence[int]
    school_year: bool
    _open: set[tuple[str, int]] = field(default_factory=set)

    @staticmethod
    def is_read(target: Target) -> bool:
        """Whether a target says something: a number, or that nothing is planned."""
        return target.value.mark not in (BLANK.mark, UNREAD.mark)

    def _unread(self, rule: str, place: str, text: str, why: str) -> None:
        """Keeps a cell of a year or total that cannot be read; all of one kind become one finding."""
        nearest = nearest_reading(text) or "нет"
        self.findings.gather(rule, place, f"{plain(text)} → {nearest}", (f"{why}. {STAYS_UNREAD}", CHECK_DOCUMENT))

    def check_decisions(self) -> None:
        """Reports each decision about a measure that has nothing open."""
        said = "Решение принято по показателю, которого нет или прочтение которого не открыто."
        for (code, number), decision in self.decisions.items():
            if (code, number) not in self._open:
                self.findings.block("decision", f"{code}/{number}", decision.reading, said, CHECK_DECISION)

    def measures(self, row: RoadmapRow) -> list[_Measure]:
        """The measures of an activity: several only where the total, or a year, holds several values."""
        deadlines = self._deadlines(row)
        if not row.periods or not (row.total or any(plain(text) for text, _ in row.periods.values())):
            return [self._described(row, self._promised(row, deadlines))]
        totals = self._total(row)
        cells = {key: self._cell(row, key) for key in row.periods}
        names = self._names(row, len(totals or ()) or max(map(len, cells.values())))
        totals = totals if totals is None or len(totals) in (0, len(names)) else None
        spread = {key: self._spread(row, key, values, len(names)) for key, values in cells.items()}
        targets = [self._by_year({key: values[number] for key, values in spread.items()}, row)
                   for number in range(len(names))]  # fmt: skip
        self._note_blank_years(row, spread)
        self._note_deadlines(row, totals or (), [one.value for years in targets for one in years.values()])
        return [
            self._described(row, _Measure(row.code, 0, name, totals[number] if totals else None, targets[number],
                                          deadlines=deadlines or (), unread_total=totals is None))
            for number, name in enumerate(names)
        ]  # fmt: skip

    def _described(self, row: RoadmapRow, measure: _Measure) -> _Measure:
        """The measure with kind, unit, direction and baseline."""
        values = measure.values
        total = [measure.total] if measure.total else []
        own = next((value.unit for value in (*values, *total) if value.unit), "")
        of_name = UNIT_IN_HEADING.search(measure.name)
        unit = plain(row.units[0]) or own or row.units[1] or (of_name[1] if of_name else "")
        rules = [one.rule for one in measure.years.values() if one.value.count is not None]
        derived = all(rule in WITHOUT_NUMBER for rule in rules) if rules else not row.periods
        kind = kind_of(unit, (measure.name, plain(row.title)), values, derived)
        baseline = self._baseline(row)
        better = better_of(measure.name, baseline[0], [*total, *values])
        self._check_whole(row, kind, unit, [*total, *values])
        return replace(measure, kind=kind, unit=unit, better=better, baseline=baseline)

    def _check_whole(self, row: RoadmapRow, kind: str, unit: str, values: Sequence[Value]) -> None:
        counted = kind in ("count", "document") and not unit and "средн" not in f"{row.name} {row.title}".casefold()
        for value in values if counted else ():
            if value.fraction:
                self.findings.gather("value", row.total_place, _number_words(value.count), (FRACTION, CHECK_DOCUMENT))

    def _baseline(self, row: RoadmapRow) -> tuple[float | None, int | None]:
        text, heading = row.baseline
        year = A_YEAR.search(f"{text} {heading}")
        try:
            values = read_values(A_YEAR.sub("", text).replace("(г.)", "").replace("( г.)", ""), ANY_SIZE)
        except ValueNotReadError:
            said = ("Базовое значение не прочитано: оно сохранено как есть, направление по нему не определяется.",
                    ASK_EXECUTOR)  # fmt: skip
            self.findings.gather("value", row.total_place, plain(text), said)
            values = ()
        number = values[0].count if values and not values[0].mark else None
        return number, int(year[0]) if year and number is not None else None

    def _deadlines(self, row: RoadmapRow) -> tuple[Deadline, ...] | None:
        """The deadlines of a row; None where they are not read, or leave the year open."""
        try:
            read = read_deadlines(row.deadline)
        except DeadlineNotReadError as error:
            said = (f"Срок не прочитан: {error}. План года не указан.", ASK_EXECUTOR)
            self.findings.gather("deadline", row.deadline_place, plain(row.deadline), said)
            return None
        dated = with_years(read, self.years, self.school_year)
        if dated is None:
            self.findings.gather("deadline", row.deadline_place, plain(row.deadline), (NO_YEAR, ASK_EXECUTOR))
        elif any(one.recurrence == AS_NEEDED for one in dated):
            self.findings.gather("deadline", row.deadline_place, plain(row.deadline), (AS_NEEDED_SAID, ASK_EXECUTOR))
        outside = [one for one in dated or () if one.last and self.years and one.last.year not in self.years]
        if outside and not any(one.recurrence for one in outside):
            said = ("Срок вне срока документа: план этого года в отчёты не входит.", ASK_EXECUTOR)
            self.findings.gather("deadline", row.deadline_place, plain(row.deadline), said)
        return dated

    def _promised(self, row: RoadmapRow, deadlines: tuple[Deadline, ...] | None) -> _Measure:
        """The measure of a row without numbers by year: its deadlines say when, its result how many."""
        name, number = read_result(row.name)
        total = self._total(row)
        if number is None and total:
            number = total[0] if total[0].count is not None else None
        elif number is None and has_unread_number(row.name):
            said = (
                "В результате стоит число, но что оно считает, не сказано однозначно: результат прочитан как документ.",
                "Ничего, если это не план; иначе запишите исправление, например «Семинары (3 ед.)».",
            )
            self.findings.gather("value", row.deadline_place, plain(row.name), said)
        if deadlines == ():
            said = ("Ни чисел по годам, ни срока нет: план не указан. Пустая ячейка — не ноль.", ASK_EXECUTOR)
            self.findings.gather("blank_year", row.deadline_place, row.code, said)
        if deadlines is None:
            years = {year: Target(UNREAD, None, None, plain(row.deadline), row.deadline_place) for year in self.years}
        else:
            years = promised_by_year(Promised(number, deadlines, plain(row.deadline), row.deadline_place), self.years)
        return _Measure(row.code, 0, name, None, years, deadlines=deadlines or (), unread_total=total is None)

    def _total(self, row: RoadmapRow) -> tuple[Value, ...] | None:
        """The totals of a row; none where the document names none or draws a dash, None where they are not read."""
        values = self._values(row.total, row.total_place, self._largest(row))
        return () if values and all(value.count is None for value in values) else values

    def _largest(self, row: RoadmapRow) -> int:
        """Above which a number is a slip: no limit where the row or the heading names money."""
        return ANY_SIZE if any(map(is_money, row.units)) else self.largest

    def _cell(self, row: RoadmapRow, key: tuple[str, str]) -> tuple[Target, ...]:
        """What a cell of a period says, a target a measure."""
        text, place = row.periods[key]
        try:
            values, rule, month = said_in_year(text, int(key[0] or self._only_year(row)), self._largest(row))
        except ValueNotReadError as error:
            self._unread("value", place, text, str(error))
            return (Target(UNREAD, text=plain(text), place=place),)
        return tuple(Target(value, rule, value.month or month, plain(text), place) for value in values)

    def _only_year(self, row: RoadmapRow) -> int:
        if len(self.years) == 1:
            return self.years[0]
        place = next(iter(row.periods.values()))[1]
        said = "У столбцов кварталов не назван год, а план длится несколько лет: они отнесены к первому."
        self.findings.gather("columns", place, "", (said, ASK_EXECUTOR))
        return self.years[0] if self.years else 2000

    def _by_year(self, cells: Mapping[tuple[str, str], Target], row: RoadmapRow) -> dict[int, Target]:
        """The targets of a measure by year: quarters joined, years without a column not stated."""
        quarters: dict[int, dict[str, Target]] = {}
        years: dict[int, Target] = {}
        for (year, quarter), target in cells.items():
            number = int(year) if year else self._only_year(row)
            if quarter:
                quarters.setdefault(number, {})[quarter] = target
            else:
                years[number] = target
        joined = {year: joined_quarters(some) for year, some in quarters.items() if year not in years}
        found = years | joined
        between = [year for year in self.years if year not in found]
        return dict(sorted((found | {year: Target(BLANK, place=row.total_place) for year in between}).items()))

    def measure_table(self, measures: Sequence[tuple[RoadmapRow, _Measure]]) -> pd.DataFrame:
        """The typed measures with their readings."""
        rows = [
            (
                self.findings.file, row.total_place, one.code, one.number, one.name, plain(row.total), one.comparator,
                one.total.goal() if one.total else None, *self._reading(row, one), one.kind, one.unit or None,
                one.better, *one.baseline, plain(row.deadline) or None, UNREAD.mark if one.unread_total else None,
                f"{one.code}/{one.number}",
            )
            for row, one in measures
        ]  # fmt: skip
        return rows_table(Measures, rows)

    def target_table(self, measures: Sequence[tuple[RoadmapRow, _Measure]]) -> pd.DataFrame:
        """The typed targets: one row a measure and year; what is not a number has its mark."""
        rows = [
            (self.findings.file, one.place or row.total_place, measure.code, measure.number, year, one.text,
             *_bounds(measure, one, _common_months(row, [measure.total] if measure.total else [])), one.rule, True)
            for row, measure in measures for year, one in measure.years.items()
        ]  # fmt: skip
        return rows_table(Targets, rows)

    def _reading(self, row: RoadmapRow, measure: _Measure) -> tuple[str, str, str | None]:
        reading, basis = _reading_of(measure)
        if reading not in OPEN_READINGS:
            return reading, basis, None
        key = (measure.code, measure.number)
        self._open.add(key)
        decision = self.decisions.get(key)
        if decision is None:
            if measure.unread_total:
                return reading, basis, None  # its own finding says what to do
            if measure.total is None:
                stanza = decision_stanza(*key)
                self.findings.gather("both_possible", row.total_place, f"{key[0]}/{key[1]}", (NO_TOTAL, SETTLE), stanza)
            else:
                self._report_open(row, measure, measure.total, reading)
            return reading, basis, None
        said = (
            f"{measure.code}, показатель {measure.number}: прочтение «{READING_WORDS[decision.reading]}» принято "
            f"решением: {decision.basis} ({decision.who})."
        )
        self.findings.note("decision", (row.total_place,), plain(row.total), said, "Ничего: решение видно здесь.")
        return decision.reading, "decision", decision.basis

    def _report_open(self, row: RoadmapRow, measure: _Measure, planned: Value, reading: str) -> None:
        years = ", ".join(
            "не заполнено" if one.value.count is None else _number_words(one.value.count)
            for one in measure.years.values()
        )
        total = f"{'не менее ' if planned.comparator == '≥' else ''}{_number_words(planned.count)}"
        places = (row.total_place, *(place for _, place in row.periods.values()))
        value = f"{measure.code}, показатель {measure.number} «{measure.name}»: итог {total}; по годам {years}"
        stanza = decision_stanza(measure.code, measure.number)
        self.findings.attention(reading, places, value, WHY_OPEN[reading], SETTLE, stanza)

    def _values(self, text: str, place: str, largest: int) -> tuple[Value, ...] | None:
        try:
            return read_values(text, largest)
        except ValueNotReadError as error:
            self._unread("value", place, text, str(error))
            return None

    def _names(self, row: RoadmapRow, wanted: int) -> list[str]:
        """The name of the result, split only where the total holds several values and the name has as many parts."""
        if wanted == 1:
            return [plain(row.name)]
        names = [plain(name) for name in re.split(r"[,;]", row.name)]
        if len(names) == wanted and all(names):
            return names
        said = f"{plain(row.total)} ({plain(row.name)})"
        self.findings.gather("measure_count", row.total_place, said, (f"{OTHER_COUNT} {STAYS_UNREAD}", CHECK_DOCUMENT))
        return [plain(row.name)]

    def _spread(
        self, row: RoadmapRow, key: tuple[str, str], values: tuple[Target, ...], wanted: int
    ) -> tuple[Target, ...]:
        """Returns the targets of a period, one per measure. A single 0, a mark or a blank holds for each measure."""
        text, place = row.periods[key]
        if not values:
            return (Target(BLANK, place=place),) * wanted
        if len(values) == wanted:
            return values
        if len(values) == 1 and not values[0].value.count:
            if values[0].value.count == 0:
                said = f"Мероприятие {row.code}: показателей {wanted}, а 0 стоит один; он относится к каждому."
                action = "Ничего; если ноль относится не ко всем, запишите исправление."
                self.findings.note("shared_zero", (place,), plain(text), said, action)
            return values * wanted
        self._unread("measure_count", place, text, OTHER_COUNT.rstrip("."))
        return (Target(UNREAD, text=plain(text), place=place),) * wanted

    def _note_blank_years(self, row: RoadmapRow, spread: Mapping[tuple[str, str], tuple[Target, ...]]) -> None:
        blank = [key for key, values in spread.items() if not values or values[0].value is BLANK]
        if len(blank) == len(spread):
            said = ("Не заполнен ни один год. Пустая ячейка — не ноль: план не указан.", ASK_EXECUTOR)
            self.findings.gather("blank_year", row.total_place, row.code, said)
            return
        for key in blank if not any(quarter for _, quarter in spread) else ():
            missing = f"Мероприятие {row.code}: значение {key[0]} года не заполнено. Пустая ячейка — не ноль."
            action = "Уточните у исполнителя, планировалось ли что-то; отчёт печатает «не указано»."
            self.findings.attention("blank_year", (row.periods[key][1],), "", missing, action)

    def _note_deadlines(self, row: RoadmapRow, totals: Sequence[Value], of_years: Sequence[Value]) -> None:
        """Reports months that differ between the total, the executors and the years."""
        common = _common_months(row, totals)
        if len(common) > 1 or (common and any(value.month not in (None, *common) for value in of_years)):
            places = (row.total_place, *(place for _, place in row.periods.values()), row.executors_place)
            said = f"Мероприятие {row.code}: {OTHER_MONTHS}"
            action = "Уточните срок; если он другой, запишите исправление в data/corrections.toml."
            self.findings.attention("deadline", places, plain(row.executors), said, action)


ANY_SIZE = 10**9
# The rules by which a target follows where the document writes no number at all: what is planned is a document.
WITHOUT_NUMBER = ("once", "times", "each_year", "said_in_year")


def _reading_of(measure: _Measure) -> tuple[str, str]:
    """How the years of a measure go together, and on what that rests."""
    values = measure.values
    if measure.kind in ("share", "state"):
        return "annual", "kind"
    if measure.total is not None:
        return derive_reading(measure.total, [one.value.count for one in measure.years.values()])
    if values and all(value.once_a_year for value in values):
        return "annual", "yearly_words"
    if not values:
        return "annual", "no_numbers"
    return ("flow", "one_year") if len(values) == 1 else ("both_possible", "unsettled")


def _bounds(measure: _Measure, target: Target, months: Sequence[int]) -> tuple[object, ...]:
    """Comparator, whole number, month, bounds and mark of a target; «не менее» of the total holds for its years."""
    value = target.value
    if value.count is None:
        return "=", None, None, None, None, value.mark
    least = value.comparator == "=" and measure.total is not None and measure.total.comparator == "≥"
    value = replace(value, comparator="≥") if least else value
    month = target.month or next(iter(months), None)
    goal = None if measure.kind == "money" else value.goal(measure.better == "less")
    return value.comparator, goal, month if goal else None, value.low, value.high, None


def _number_words(number: float | None) -> str:
    return f"{number:g}".replace(".", ",") if number is not None else ""


def _deadline_table(measures: Sequence[tuple[RoadmapRow, _Measure]], file: str) -> pd.DataFrame:
    """The typed deadlines, in the order the document names them."""
    rows = [
        (file, row.deadline_place, measure.code, measure.number, number, plain(row.deadline), one.first, one.last,
         one.recurrence or None, one.per_year or None, one.in_year or None)
        for row, measure in measures for number, one in enumerate(measure.deadlines, start=1)
    ]  # fmt: skip
    return rows_table(Deadlines, rows)


def _common_months(row: RoadmapRow, totals: Sequence[Value]) -> tuple[int, ...]:
    """Months that hold for the whole row: those of the totals, then those behind the executors."""
    of_totals = [total.month for total in totals if total.month]
    return tuple(dict.fromkeys([*of_totals, *read_executors(row.executors)[1]]))


def _executors(rows: Sequence[RoadmapRow], file: str) -> pd.DataFrame:
    """The typed executors of each activity, in the order the document names them; each once."""
    named: dict[str, dict[str, str]] = {}
    for row in rows:
        for name in read_executors(row.executors)[0]:
            named.setdefault(row.code, {}).setdefault(name, row.executors_place)
    found = [
        (file, place, code, number, name, name)
        for code, names in named.items()
        for number, (name, place) in enumerate(names.items(), start=1)
    ]
    return rows_table(Executors, found)
