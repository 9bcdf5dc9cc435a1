"""Findings about one workbook, collected while its cells are read: one mistake in a cell gives one finding."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from analysis.findings import Finding, Severity
from analysis.intake.cell_values import CellNotReadError, read_text
from analysis.intake.returns import ReturnedRow

ASK = "Уточните у того, кто вернул форму, или запишите исправление в data/corrections.toml."
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
            place = self.cell_place(row, name) or row.place
            self.add("value", Severity.BLOCKS, place, read_text(cell.value), f"{error}.")
        self._unread.add((row.place, name))
        return None

    def unread(self, row: ReturnedRow, *names: str) -> bool:
        """Whether one of these cells holds something that could not be read: a finding names it already."""
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


def lower_text(value: Any) -> str | None:
    """A choice from a list, however it was typed."""
    return read_text(value).casefold() or None


def shown_text(value: Any) -> str | None:
    """The text that the spreadsheet shows, or None for a blank cell."""
    return read_text(value) or None
