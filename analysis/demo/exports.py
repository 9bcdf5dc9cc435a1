"""The exports of the exam systems that the invented town received: every file with its bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from analysis.demo.exam_sittings import Sat, all_sat, sitting
from analysis.demo.layouts import (
    Cell,
    Grid,
    csv_bytes,
    individual_results,
    narrow_statistics,
    protocol,
    summary,
    wide_statistics,
    xlsx_bytes,
)
from analysis.demo.town import read

SHEET = "Лист1"
PUPIL_LAYOUTS = ("individual", "protocol")
LAYOUT_TITLES = {
    "wide": "статистика по отметкам",
    "narrow": "статистика по отметкам",
    "individual": "индивидуальные результаты",
    "protocol": "протокол",
    "summary": "региональная сводка",
}
TellTale = Sequence[str]


@dataclass(frozen=True)
class Export:
    """An export as it came.

    Attributes:
        year: The year under which the office filed it.
        file: Its name.
        layout: wide, narrow, individual, protocol or summary.
        procedure: ВПР, ОГЭ or ЕГЭ.
        received: The day it came.
        subjects: What is in it.
        grades: Programme grades; empty for all that the calendar knows.
        wave: Which of the sittings of the year; blank where there is one.
        said_wave: Whether its entry in SOURCES.toml names the wave.
        sitting_year: The year of the results, where it is filed under another.
        codes_with_point: Whether the codes of schools stand as 990001.0.
        only_inbox: Whether nobody has received it yet.
        changed: Texts that tell the row, heading of the column, and what stands there: a value, or a text with {} for
            the value that would be right.
        planted: What it is, texts that tell the row, heading of the column, rule of the finding.
    """

    year: int
    file: str
    layout: str
    procedure: str
    received: date
    subjects: Sequence[str]
    grades: Sequence[int] = ()
    wave: str = ""
    said_wave: bool = False
    sitting_year: int = 0
    codes_with_point: bool = False
    only_inbox: bool = False
    changed: Sequence[tuple[TellTale, str, Any]] = ()
    planted: Sequence[tuple[str, TellTale, str, str]] = ()

    @property
    def has_pupils(self) -> bool:
        """Whether it has a row per pupil: then it never enters the project."""
        return self.layout in PUPIL_LAYOUTS

    @property
    def path(self) -> str:
        """Its path in the project, or its name in the inbox if it has a row per pupil."""
        return f"{self.year}_{self.file}" if self.has_pupils else f"data/raw/{self.year}/{self.file}"

    @property
    def title(self) -> str:
        """What it is, in words."""
        subjects = ", ".join(self.subjects)
        return f"{self.procedure} {self.year} года, {LAYOUT_TITLES[self.layout]}: {subjects}"

    def content(self) -> bytes:
        """Its bytes."""
        grid = self.grid()
        return csv_bytes(grid) if self.file.endswith(".csv") else xlsx_bytes(grid, SHEET, self.received)

    def grid(self) -> Grid:
        """Its rows, with the changes that people and systems made."""
        rows: list[Sequence[Cell]] = list(self._rows())
        for tale, column, instead in self.changed:
            row, position = cell_of(rows, tale, column)
            line = list(rows[row])
            right = str(line[position]).replace(".", ",")
            line[position] = instead.format(right) if isinstance(instead, str) else instead
            rows[row] = line
        return rows

    def cell(self, tale: TellTale, column: str) -> tuple[str, str]:
        """Address of a cell, and what stands in it."""
        grid = self.grid()
        row, position = cell_of(grid, tale, column)
        return xl_rowcol_to_cell(row, position), str(grid[row][position])

    def _rows(self) -> Sequence[Sequence[Cell]]:
        if self.layout == "summary":
            return list(summary(self.year, self.subjects))
        exams = self._exams()
        if self.layout == "protocol":
            return list(protocol(exams, self.codes_with_point))
        if self.layout == "wide":
            return list(wide_statistics(one for exam in exams for one in exam))
        return list((narrow_statistics if self.layout == "narrow" else individual_results)(exams[0]))

    def _exams(self) -> list[list[Sat]]:
        held = sitting(self.procedure, self.sitting_year or self.year, self.wave)
        return [
            list(all_sat(held, subject, grade))
            for subject in self.subjects
            for grade in self.grades or held.grades[subject]
        ]


@cache
def exports() -> tuple[Export, ...]:
    """Returns the exports of all years: exports.toml."""
    return tuple(Export(**entry) for entry in read("exports.toml")["export"])


def cell_of(rows: Grid, tale: TellTale, column: str) -> tuple[int, int]:
    """Row and column of a cell: the row that has all the texts, the column under its heading."""
    position = next(list(cells).index(column) for cells in rows if column in cells)
    (row,) = (number for number, cells in enumerate(rows) if set(tale) <= set(map(str, cells)))
    return row, position
