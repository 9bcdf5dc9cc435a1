"""Filled forms become typed reports, evidence, own measures and verdicts. Whatever changes the meaning is a finding."""

import hashlib
import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pandas as pd

from analysis.cleaning.names import same_name
from analysis.contracts.columns import rows_table
from analysis.contracts.facts import (
    ACCEPTANCE,
    EVIDENCE,
    EVIDENCE_KINDS,
    EXECUTION,
    FACT_TABLES,
    OWN_MEASURES,
    SENT_BACK,
    VERDICTS,
)
from analysis.contracts.findings import ASK, NAME_DOCUMENT, ZERO_OR_NOTHING, Finding, Severity
from analysis.errors import nearest, probably_meant
from analysis.intake.cells import QUESTIONS, CellNotReadError, read_count, read_date, read_text
from analysis.intake.workbook import Returned, ReturnedRow
from analysis.intake.workbook_sheet import CellValue

# What the cells of one form mean: findings about them, each once, and the numbers of measures.

# Findings about one workbook, collected while its cells are read. One mistake in a cell gives one finding.

OTHER = "другое"
Value = TypeVar("Value")


@dataclass
class Notes:
    """Findings about one workbook, collected while its rows are read."""

    file: str
    received: date = date.max
    findings: list[Finding] = field(default_factory=list)
    _unread: set[tuple[str, str]] = field(default_factory=set)

    def add(self, rule: str, severity: Severity, place: str, value: str, explanation: str, action: str = ASK) -> None:
        """Adds a finding."""
        self.findings.append(Finding(rule, severity, self.file, (place,), value, explanation, action))

    def read(self, row: ReturnedRow, name: str, reader: Callable[[Any], Value | None]) -> Value | None:
        """The value of a cell, or None for a blank; one that cannot be read is a blocking finding."""
        cell = row.cells.get(name)
        if cell is None:
            return None
        try:
            if cell.value is not None:
                return reader(cell.value)
        except CellNotReadError as error:
            self.refuse(row, name, "value", Severity.BLOCKS, f"{error}.")
        self._unread.add((row.place, name))
        return None

    def refuse(self, row: ReturnedRow, name: str, rule: str, severity: Severity, said: str) -> None:
        """Adds a finding about one cell, which then counts as unread."""
        value = read_text(row.cells[name].value) if name in row.cells else ""
        self.add(rule, severity, self.cell_place(row, name) or row.place, value, said)
        self._unread.add((row.place, name))

    def unread(self, row: ReturnedRow, *names: str) -> bool:
        """Whether one of these cells could not be read, so that a finding names it already."""
        return any((row.place, name) in self._unread for name in names)

    def cell_place(self, row: ReturnedRow, name: str) -> str | None:
        """The address of one cell of a row; None where it is blank."""
        cell = row.cells.get(name)
        return f"{row.place.split(', строка')[0]}, ячейка {cell.address}" if cell else None

    def place_of(self, row: ReturnedRow, name: str) -> str:
        """The address of one cell of a row, blank or not; of the row where its sheet has no such column."""
        sheet, _, number = row.place.partition(", строка ")
        letters = row.columns.get(name)
        return self.cell_place(row, name) or (f"{sheet}, ячейка {letters}{number}" if letters else row.place)


def asked_together(findings: Iterable[Finding]) -> list[Finding]:
    """Returns the findings with one for each question about unread cells of a file, which then names all the cells.

    «нет» in fourteen cells is one question to one person. Other texts are asked about together where they are the same.
    """
    found: dict[object, Finding] = {}
    for number, one in enumerate(findings):
        known = one.explanation.removesuffix(".") in QUESTIONS
        sort = "" if known else one.value.casefold()
        key = (one.file, one.severity, one.explanation, one.action, sort) if one.rule == "value" else number
        before = found.get(key)
        found[key] = one if before is None else _joined(before, one)
    return list(found.values())


def _joined(before: Finding, one: Finding) -> Finding:
    values = dict.fromkeys([*before.value.split("; "), one.value])
    return replace(before, places=(*before.places, *one.places), value="; ".join(values))


def chosen(allowed: Sequence[str]) -> Callable[[Any], str | None]:
    """Returns a reader of a choice from a list, however it was typed; what is none of them comes as it stands."""
    by_name = {same_name(one): one for one in allowed}

    def _read(value: Any) -> str | None:
        text = read_text(value)
        return by_name.get(same_name(text), text) or None

    return _read


def not_listed(stands: str, allowed: Sequence[str]) -> str:
    """Says that a text is no choice of a list, and which one comes near."""
    by_name = {same_name(one): one for one in allowed}
    meant = probably_meant([by_name[name] for name in nearest(same_name(stands), by_name)])
    other = f" Если другого подходящего нет, выберите «{OTHER}»." if OTHER in allowed else ""
    return f"«{stands}» в списке нет.{meant} Список: {', '.join(allowed)}.{other}"


def shown_text(value: Any) -> str | None:
    """The text that the spreadsheet shows, or None for a blank cell."""
    return read_text(value) or None


# Which measure a number in a form means. A number that can mean only one is read; any other is asked about.

NEAREST, LEAST_LIKENESS = 3, 0.5
CODE = r"(?:\d{1,3}|(?-i:[IVX]{1,7}))(?:[.,](?:\d{1,3}|[а-яa-z]\b))*"
# «№ 1.2», «п. 1,2.», «1.2 Семинары», «4.1 / 2»; behind the number only words, and none that goes on counting.
WRITTEN = re.compile(
    rf"(?:(?:№|п(?:\.|ункт)|показатель|мероприятие)\s*)*({CODE})(?:\s*/\s*(\d{{1,3}}))?\.?"
    r"(?:\s*[:–—-]?\s(?!(?:и|или|до)\b)[«\"“(]?[^\W\d_].*)?",
    re.IGNORECASE,
)
AS_TEXT = "впишите номер текстом (формат ячейки «Текстовый»)"


class LabelNotKnownError(Exception):
    """The label fits no measure or several. The message (in Russian) names the nearest ones."""


@dataclass(frozen=True)
class MeasureLabels:
    """The measures that a form may name.

    Attributes:
        measures: Activity code and measure number by label («4.1/2»), of the whole roadmap.
        listed: The labels that the form itself lists.
    """

    measures: Mapping[str, tuple[str, int]]
    listed: frozenset[str]

    def meant(self, value: CellValue) -> str:
        """Returns the label of the measure that a cell names.

        Raises:
            LabelNotKnownError: None is called so, or several may be.
        """
        shown = read_text(value)
        if isinstance(value, date):
            raise LabelNotKnownError(self._date_words(value))
        if isinstance(value, float | int) and not isinstance(value, bool):
            return self._of_number(value, shown)
        return shown if shown in self.measures else self._of_text(shown)

    def _of_number(self, number: float, shown: str) -> str:
        """A number cell drops zeros at its end, so 4.1 may be 4.10."""
        alike = [label for label in self.measures if _as_number(self._activity(label)) == number]
        # A measure that the form does not list is not meant, unless the cell shows exactly its number.
        found = [label for label in alike if label in self.listed or self._activity(label) == shown]
        if len(found) == 1:
            return found[0]
        activities = dict.fromkeys(map(self._activity, found))
        if len(activities) > 1:
            raise LabelNotKnownError(f"Число не различает {' и '.join(activities)}: {AS_TEXT}.")
        raise LabelNotKnownError(self._unknown(shown, shown))

    def _of_text(self, shown: str) -> str:
        written = WRITTEN.fullmatch(shown)
        if not written:
            raise LabelNotKnownError(self._unknown(shown, ""))
        activity, number = written[1].replace(",", "."), written[2]
        of_activity = {label: str(own) for label, (code, own) in self.measures.items() if code == activity}
        found = [label for label, own in of_activity.items() if number in (None, own)]
        if len(found) != 1:
            raise LabelNotKnownError(self._unknown(f"{activity}/{number}" if number else activity, activity))
        return found[0]

    def _unknown(self, shown: str, activity: str) -> str:
        of_activity = [label for label, (code, _) in self.measures.items() if code == activity]
        if of_activity:
            return f"У мероприятия {activity} показатели: {', '.join(of_activity)}. Впишите номер одного из них."
        near = nearest(shown, list(self.listed or self.measures), NEAREST, LEAST_LIKENESS)
        hint = f"Ближайшие: {', '.join(near)}." if near else "Номера стоят на листе «Исполнение»."
        return f"Показателя с таким номером в «дорожной карте» нет. {hint}"

    def _date_words(self, day: date) -> str:
        """In a cell that is not text, «1.2» becomes the first of February and «4.13» becomes April 2013."""
        writings = [f"{day.day}.{day.month}", f"{day.day}.{day.month:02}", f"{day.month}.{day.day}"]
        writings += [f"{day.month}.{day.year % 100:02}"] if day.day == 1 else []
        near = [label for label in self.measures if self._activity(label) in writings]
        hint = f" Похоже на {' или '.join(near)}:" if near else " Номера стоят на листе «Исполнение»:"
        return f"Вместо номера показателя в ячейке дата.{hint} {AS_TEXT}."

    def _activity(self, label: str) -> str:
        return self.measures[label][0]


def labels_of(measures: Mapping[str, tuple[str, int]], listed: Iterable[CellValue] = ()) -> MeasureLabels:
    """Returns the measures that a form may name.

    Args:
        measures: Activity code and measure number by label, of the whole roadmap.
        listed: What stands in the form's own list; without a known label in it every measure may be meant.
    """
    known = frozenset(one for one in listed if isinstance(one, str) and one in measures)
    return MeasureLabels(measures, known or frozenset(measures))


def _as_number(activity: str) -> float | None:
    return float(activity) if re.fullmatch(r"\d+(?:\.\d+)?", activity) else None


def is_safe_link(link: str) -> bool:
    """An http(s) address, or the bare name of a file: no other scheme, no way out of a folder."""
    parts = urlsplit(link)
    if parts.scheme in ("http", "https"):
        return bool(parts.netloc)
    return not parts.scheme and PurePosixPath(link.replace("\\", "/")).name == link and link not in ("..", ".")


LABEL = "measure_label"
REPORTED = ("whole_count", "fact_count", "fact_date", "note")
YES_OR_NO = ("нет", "да")
LAPSED = (
    "Такого подтверждения больше нет: его изменили или отозвали, и решение о нём утратило силу.",
    "Рассмотрите новое подтверждение: analysis forms сделает свежий лист рассмотрения.",
)


@dataclass(frozen=True)
class FactRows:
    """Rows for the fact tables, by table, and the findings."""

    rows: Mapping[str, tuple[tuple[Any, ...], ...]]
    findings: tuple[Finding, ...]


def evidence_id(reporter: str, label: str, calendar_year: int, parts: Sequence[object]) -> str:
    """Returns the id of a piece of evidence; it changes when any part of the evidence changes.

    Args:
        reporter: Who named it.
        label: The measure, such as «4.1/2».
        calendar_year: The year.
        parts: Kind, number, date, link and confirmed count.
    """
    text = "|".join("" if part is None else str(part) for part in parts)
    return f"{label}@{calendar_year}·{reporter}·{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def clean_form(
    returned: Returned,
    measures: Mapping[str, tuple[str, int]],
    schools: Iterable[str],
    received: date,
    kinds: Mapping[tuple[str, int], str] = MappingProxyType({}),
) -> FactRows:
    """Returns reports, evidence and own measures of one form.

    Args:
        returned: The form.
        measures: Activity code and measure number by the label that the form shows («4.1/2»).
        schools: Logins of the registry.
        received: The day the form came; nothing in it can be later.
        kinds: The kind of each measure; without an entry it is a count.
    """
    notes, identity = Notes(returned.file, received), returned.identity
    reports, unread = _reports(returned, labels_of(measures), kinds, notes)
    listed = [row.cells[LABEL].value for row in returned.rows[EXECUTION.title] if LABEL in row.cells]
    evidence, rejected = _evidence(returned, labels_of(measures, listed), kinds, notes)
    reports = [_with_documents(line, evidence, kinds, unread) for line in reports]
    own = _own_measures(returned, notes) if identity.reporter in set(schools) else ()
    _note_doubtful([line for line in reports if line[3:5] not in unread], evidence, rejected, notes)
    rows = {"reports": tuple(reports), "evidence": tuple(evidence), "school_measures": tuple(own)}
    return FactRows(rows, (*returned.findings, *notes.findings))


def no_facts() -> dict[str, pd.DataFrame]:
    """Returns the fact tables of a project to which nothing has come back."""
    return {name: fact_table(name, ()) for name in FACT_TABLES}


def fact_table(name: str, rows: Iterable[tuple[Any, ...]]) -> pd.DataFrame:
    """Returns a typed fact table from its rows."""
    return rows_table(FACT_TABLES[name], list(rows))


def _with_documents(
    report: tuple[Any, ...],
    evidence: Sequence[tuple[Any, ...]],
    kinds: Mapping[tuple[str, int], str],
    unread: Container[tuple[str, int]],
) -> tuple[Any, ...]:
    """The report of a document: that it is named is the fact, where no number is given."""
    named = sum(line[-1] for line in evidence if line[4:7] == report[3:6])
    asked = kinds.get(report[3:5]) == "document" and report[3:5] not in unread
    return (*report[:7], named, *report[8:]) if asked and report[7] is None and named else report


def _fact(row: ReturnedRow, kind: str, notes: Notes) -> tuple[int | None, int | None]:
    """The whole of a share and the fact, as the kind of the measure asks for it; neither where they do not go
    together."""
    fact, whole = notes.read(row, "fact_count", read_count), notes.read(row, "whole_count", read_count)
    state = notes.read(row, "state_fact", chosen(YES_OR_NO))
    for name, of_kind, said in (
        ("whole_count", "share", "Показатель — не доля: «Из скольких» не прочитано."),
        ("state_fact", "state", "План — не «да» или «нет»: ответ не прочитан."),
    ):
        if name in row.cells and kind != of_kind:
            notes.refuse(row, name, "value", Severity.ATTENTION, said)
    if kind == "state" and state is not None:
        if state not in YES_OR_NO:
            notes.refuse(row, "state_fact", "value", Severity.BLOCKS, not_listed(state, YES_OR_NO))
            return None, None
        return None, YES_OR_NO.index(state)
    if kind != "share" or "whole_count" not in row.columns or notes.unread(row, "fact_count", "whole_count"):
        return None, fact
    return _share(row, fact, whole, notes)


def _share(row: ReturnedRow, part: int | None, whole: int | None, notes: Notes) -> tuple[int | None, int | None]:
    """Both numbers of a share; neither is taken where one is missing or the part is larger."""
    if part is None and whole is None:
        return None, None
    both = tuple(notes.place_of(row, name) for name in ("fact_count", "whole_count"))
    if part is None or whole is None:
        severity = Severity.ATTENTION
        said = f"У доли назван{'а только часть' if whole is None else 'о только целое'}: сравнить не с чем, факта нет."
    elif part > whole:
        severity, said = Severity.BLOCKS, "Часть больше целого."
    else:
        if not whole:
            said = "Целое — 0: доли нет, и сравнивать с планом нечего. Это не ноль процентов."
            notes.add("value", Severity.NOTE, both[1], "0", said, "Ничего, если так и есть.")
        return whole, part
    value = " из ".join("пусто" if one is None else str(one) for one in (part, whole))
    notes.findings.append(Finding("value", severity, notes.file, both, value, said, ASK))
    return None, None


def _reports(
    returned: Returned, labels: MeasureLabels, kinds: Mapping[tuple[str, int], str], notes: Notes
) -> tuple[list[tuple[Any, ...]], set[tuple[str, int]]]:
    """Returns the reports, and the measures whose fact is filled in but could not be read."""
    found: dict[str, tuple[Any, ...]] = {}
    unread: set[tuple[str, int]] = set()
    identity = returned.identity
    for row in filter(_is_measure, returned.rows[EXECUTION.title]):
        # All cells are read before any is judged, so that all faults of a row are reported at once.
        label = _known_label(row, labels, notes)
        values = (
            *_fact(row, kinds.get(labels.measures[label], "") if label else "", notes),
            notes.read(row, "fact_date", read_date),
            notes.read(row, "note", shown_text),
        )
        _note_day(notes.place_of(row, "fact_date"), "факта", values[2], identity.calendar_year, notes)
        if label is None:
            continue
        if label in found:
            _note_repeated(row, label, _differing(found[label][-4:], values), notes)
            continue
        key = (identity.reporter, *labels.measures[label], identity.calendar_year)
        found[label] = (returned.file, notes.place_of(row, "fact_count"), *key, *values)
        unread |= {labels.measures[label]} if notes.unread(row, "fact_count", "state_fact") else set()
    return list(found.values()), unread


def _evidence(
    returned: Returned, labels: MeasureLabels, kinds: Mapping[tuple[str, int], str], notes: Notes
) -> tuple[list[tuple[Any, ...]], set[tuple[str, int]]]:
    """Returns the evidence, and the measures of lines that could not be used."""
    found: dict[str, tuple[Any, ...]] = {}
    rejected: set[tuple[str, int]] = set()
    identity = returned.identity
    for row in returned.rows[EVIDENCE.title]:
        label = _known_label(row, labels, notes)
        kind, number = _kind(row, notes), notes.read(row, "evidence_number", shown_text)
        day, link = notes.read(row, "evidence_date", read_date), notes.read(row, "evidence_link", shown_text)
        confirmed, title = notes.read(row, "confirmed_count", read_count), notes.read(row, "evidence_title", shown_text)
        if "confirmed_count" not in row.cells and kinds.get(labels.measures.get(label or "", ("", 0))) == "document":
            confirmed = 1  # a document is one document
        _note_day(notes.place_of(row, "evidence_date"), "документа", day, identity.calendar_year, notes)
        usable = _can_be_used(row, kind, number, link, confirmed, notes)
        if label is None:
            continue
        if not usable:
            rejected.add(labels.measures[label])
            continue
        parts = (kind, number, day, link, confirmed)
        named = parts if title is None else (*parts, title)
        identifier = evidence_id(identity.reporter, label, identity.calendar_year, named)
        if identifier in found:
            _note_repeated(row, label, [], notes)
            continue
        key = (identity.reporter, *labels.measures[label], identity.calendar_year)
        found[identifier] = (returned.file, row.place, identifier, *key, title, *parts)
    return list(found.values()), rejected


def _own_measures(returned: Returned, notes: Notes) -> list[tuple[Any, ...]]:
    identity = returned.identity
    found: list[tuple[Any, ...]] = []
    for row in returned.rows[OWN_MEASURES.title]:
        values = (
            notes.read(row, "own_measure", shown_text),
            notes.read(row, "planned_count", read_count),
            notes.read(row, "done_count", read_count),
            notes.read(row, "done_date", read_date),
        )
        if "own_measure" in row.cells:
            line = len(found) + 1
            found.append((returned.file, row.place, identity.reporter, identity.calendar_year, line, *values))
        else:
            notes.add("blank_cell", Severity.BLOCKS, row.place, "", "В строке есть значения, а мера не названа.")
    return found


def _is_measure(row: ReturnedRow) -> bool:
    """Whether a row names a measure or reports something; the office's own words to the reader do neither."""
    office = {column.name for column in EXECUTION.columns if column.kind == "fixed"}
    return LABEL in row.cells or bool(row.cells.keys() - office)


def _known_label(row: ReturnedRow, labels: MeasureLabels, notes: Notes) -> str | None:
    shown = notes.read(row, LABEL, shown_text)
    if notes.unread(row, LABEL):
        return None
    said = "В строке есть значения, а номера показателя нет."
    if shown is not None:
        try:
            return labels.meant(row.cells[LABEL].value)
        except LabelNotKnownError as error:
            said = str(error)
    notes.add("measure_label", Severity.BLOCKS, row.place, shown or "", said)
    return None


def _kind(row: ReturnedRow, notes: Notes) -> str | None:
    kind = notes.read(row, "evidence_kind", chosen(EVIDENCE_KINDS))
    if kind is None or kind in EVIDENCE_KINDS:
        return kind
    said = f"{not_listed(kind, EVIDENCE_KINDS)} Подтверждение не принято к учёту."
    notes.refuse(row, "evidence_kind", "evidence", Severity.ATTENTION, said)
    return None


def _can_be_used(
    row: ReturnedRow, kind: str | None, number: str | None, link: str | None, confirmed: int | None, notes: Notes
) -> bool:
    """Whether a line of evidence can be found by somebody and says what it confirms."""
    safe = link is None or is_safe_link(link)
    if not safe:
        said = "Это не адрес http(s) и не имя файла; подтверждение не принято к учёту."
        notes.add("evidence", Severity.ATTENTION, row.place, link or "", said)
    needed = (
        ("вид документа из списка", ("evidence_kind",), kind is None),
        ("номер или ссылка", ("evidence_number", "evidence_link"), number is None and link is None),
        ("сколько единиц подтверждает", ("confirmed_count",), not confirmed),
    )
    lacking = {said: notes.unread(row, *names) for said, names, missing in needed if missing}
    if not all(lacking.values()):
        names = ", ".join(said for said, unread in lacking.items() if not unread)
        said = f"Не указано: {names}; подтверждение не принято к учёту."
        notes.add("evidence", Severity.ATTENTION, row.place, " ".join(filter(None, (kind, number, link))), said)
    return safe and not lacking


def _differing(before: Sequence[object], now: Sequence[object]) -> list[str]:
    """The columns in which a second report of a measure says something else."""
    return [name for name, *both in zip(REPORTED, before, now, strict=True) if both[0] != both[1]]


def _note_repeated(row: ReturnedRow, label: str, differing: Sequence[str], notes: Notes) -> None:
    """Notes a repeated row. If only one cell differs, the finding names that cell."""
    severity, said = Severity.ATTENTION, "Строка стоит второй раз; засчитана один раз."
    if differing:
        severity, said = Severity.BLOCKS, "Показатель стоит дважды с разными значениями."
    place = notes.place_of(row, differing[0]) if len(differing) == 1 else row.place
    notes.add("pasted_twice", severity, place, label, said)


def _note_day(place: str, whose: str, day: date | None, calendar_year: int, notes: Notes) -> None:
    """Notes a day after the year of the form or after its receipt, which blocks. An earlier year is asked about."""
    if day is None or day.year == calendar_year and day <= notes.received:
        return
    impossible = day.year > calendar_year or day > notes.received
    said = f"Дата {whose} не из {calendar_year} года или позже дня, когда форма получена."
    severity = Severity.BLOCKS if impossible else Severity.ATTENTION
    notes.add("other_year", severity, place, day.strftime("%d.%m.%Y"), said)


def _note_doubtful(
    reports: Sequence[tuple[Any, ...]],
    evidence: Sequence[tuple[Any, ...]],
    rejected: Container[tuple[str, int]],
    notes: Notes,
) -> None:
    """A fact above zero without any evidence, more evidence than fact, a day or a note without a fact.

    Where a line of evidence was rejected, its own finding says why the fact has none.
    """
    confirmed: dict[tuple[Any, ...], int] = {}
    for line in evidence:
        confirmed[line[4:7]] = confirmed.get(line[4:7], 0) + line[-1]
    for line in reports:
        fact, day, note, named = *line[7:10], confirmed.get(line[3:6], 0)
        if fact and not named and line[3:5] not in rejected:
            said = "Факт назван, а документов к нему на листе «Подтверждения» нет."
            notes.add("evidence", Severity.ATTENTION, line[1], str(fact), said, NAME_DOCUMENT)
        elif named > (fact or 0):
            said = (
                f"Подтверждений на {named}, а факт {'не указан' if fact is None else fact}; засчитано не больше факта."
            )
            notes.add("evidence", Severity.ATTENTION, line[1], "" if fact is None else str(fact), said)
        elif fact is None and (day or note):
            said = "Есть дата или примечание, а факт пуст: ноль или нет сведений?"
            stands = "; ".join(filter(None, (day and day.strftime("%d.%m.%Y"), note)))
            notes.add("blank_fact", Severity.ATTENTION, line[1], stands, said, ZERO_OR_NOTHING)


def clean_acceptance(returned: Returned, known: Iterable[str]) -> FactRows:
    """Returns the verdicts. A verdict lapses if its evidence is no longer there."""
    notes, present = Notes(returned.file), set(known)
    rows: dict[str, tuple[Any, ...]] = {}
    for row in returned.rows[ACCEPTANCE.title]:
        identifier, verdict = notes.read(row, "evidence_id", shown_text), notes.read(row, "verdict", chosen(VERDICTS))
        if notes.unread(row, "evidence_id", "verdict") or verdict in (None, VERDICTS[-1]):
            continue
        if identifier is None:
            said = "Решение есть, а кода подтверждения в строке нет: к чему оно относится, неизвестно."
            notes.add("acceptance", Severity.BLOCKS, row.place, str(verdict), said)
            continue
        if identifier not in present:
            notes.add("acceptance", Severity.ATTENTION, row.place, str(identifier), *LAPSED)
            continue
        if verdict is not None and verdict not in VERDICTS:
            said = f"Нужно решение из списка. {not_listed(verdict, VERDICTS)}"
            notes.refuse(row, "verdict", "acceptance", Severity.BLOCKS, said)
            continue
        who, reason = notes.read(row, "verdict_by", shown_text), notes.read(row, "reason", shown_text)
        day = notes.read(row, "verdict_date", read_date)
        lacking = _lacking_in_verdict(verdict, who, day, reason)
        unsaid = [said for said, name in lacking.items() if not notes.unread(row, name)]
        if unsaid:
            notes.add("acceptance", Severity.BLOCKS, row.place, str(verdict), f"Не указано: {', '.join(unsaid)}.")
        elif not lacking and identifier in rows and rows[identifier][3] != verdict:
            notes.add("acceptance", Severity.BLOCKS, row.place, str(verdict), "О подтверждении два разных решения.")
        elif not lacking:
            rows[identifier] = (returned.file, row.place, identifier, verdict, who, day, reason)
    return FactRows({"acceptance": tuple(rows.values())}, (*returned.findings, *notes.findings))


def _lacking_in_verdict(verdict: str | None, who: str | None, day: date | None, reason: str | None) -> dict[str, str]:
    """Returns what a verdict lacks, in words, and the column where it belongs."""
    needed = (
        ("кто решил", "verdict_by", who is None),
        ("дата решения", "verdict_date", day is None),
        ("причина возврата", "reason", verdict == SENT_BACK and reason is None),
    )
    return {said: name for said, name, missing in needed if missing}
