"""What the cells of one form mean: findings about them, each once, and the numbers of measures."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Any, TypeVar
from urllib.parse import urlsplit

from analysis.cleaning.names import same_name
from analysis.contracts.findings import ASK, Finding, Severity
from analysis.errors import nearest, probably_meant
from analysis.intake.cells import QUESTIONS, CellNotReadError, read_text
from analysis.intake.returns import ReturnedRow
from analysis.intake.workbook_sheet import CellValue

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
