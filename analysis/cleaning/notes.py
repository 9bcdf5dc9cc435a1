"""Findings about one workbook, collected while its cells are read. One mistake in a cell gives one finding."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from analysis.cleaning.schools import same_name
from analysis.contracts.findings import Finding, Severity
from analysis.errors import nearest, probably_meant
from analysis.intake.cell_values import QUESTIONS, CellNotReadError, read_text
from analysis.intake.returns import ReturnedRow

ASK = "Уточните у того, кто вернул форму, или запишите исправление в data/corrections.toml."
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
