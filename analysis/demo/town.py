"""The invented town as data: its roadmap, schools, decisions, and what came back from whom."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from analysis.forms.workbook import Given

HERE = Path(__file__).parent
ROADMAP = "data/raw/roadmap.docx"
ORDINARY_KIND, UNSUPPORTED = "школа", "нет"
SUPPORTED, ORDINARY, CHOSEN = "supported", "ordinary", "chosen"


@dataclass(frozen=True)
class Planted:
    """A mistake that was planted, or a habit that must not disturb.

    Attributes:
        what: What it is, in Russian.
        sheet: Title of the sheet's layout; empty for the whole file.
        row: A measure of «Исполнение», the words that the office wrote into a row, or the position of a line.
        column: Name of the column.
        rule: Rule of the finding it must give; empty where the value must be read right in spite of it.
    """

    what: str
    sheet: str
    row: str
    column: str
    rule: str


@dataclass(frozen=True)
class Return:
    """A form as it came back.

    Attributes:
        year: Calendar year of the form.
        reporter: Who filled it in.
        received: The day it came.
        facts: Measure, fact, date, note.
        evidence: Measure, kind, number, date, link, confirmed count, and what the office decided about it.
        own: Own measures of a school: measure, planned, done, date.
        planted: What is out of order.
        renamed: New names of sheets.
        reversed: Whether the rows of «Исполнение» stand in the opposite order.
        blank_row: Before which row a blank one was put in; 0 for none.
        added: Rows that were added below «Исполнение».
    """

    year: int
    reporter: str
    received: date
    facts: Sequence[Sequence[Given]] = ()
    evidence: Sequence[Sequence[Given]] = ()
    own: Sequence[Sequence[Given]] = ()
    planted: Sequence[Planted] = ()
    renamed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    reversed: bool = False
    blank_row: int = 0
    added: Sequence[Sequence[Given]] = ()


@dataclass(frozen=True)
class School:
    """A school of the town, with its status in each school year."""

    number: int
    kind: str
    pupils: int | str
    statuses: Mapping[str, str]

    @property
    def login(self) -> str:
        """Its login."""
        return f"edu{990000 + self.number}"

    @property
    def name(self) -> str:
        """Its short name."""
        return f"{self.kind.capitalize()} № {self.number}"

    @property
    def sort(self) -> str:
        """Which shares of facts.toml are its own: supported, chosen (lyceum and gymnasium) or ordinary."""
        if set(self.statuses.values()) != {UNSUPPORTED}:
            return SUPPORTED
        return ORDINARY if self.kind == ORDINARY_KIND else CHOSEN


@cache
def town() -> Mapping[str, Any]:
    """Returns what is decided about the town: town.toml."""
    return MappingProxyType(read("town.toml"))


@cache
def parameters() -> Mapping[str, Any]:
    """Returns what the school facts are made from: facts.toml."""
    return MappingProxyType(read("facts.toml"))


@cache
def schools() -> tuple[School, ...]:
    """Returns the schools of the town in the order of their numbers."""
    described = town()["schools"]
    years = described["school_years"]
    kinds = dict.fromkeys(described["lyceum"], "лицей") | dict.fromkeys(described["gymnasium"], "гимназия")
    found = []
    for number, pupils in enumerate(described["pupils"], start=1):
        status = described["status"].get(str(number), [UNSUPPORTED] * len(years))
        found.append(School(number, kinds.get(number, ORDINARY_KIND), pupils, dict(zip(years, status, strict=True))))
    return tuple(found)


def returns() -> list[Return]:
    """Returns the forms that came back, by years; of one reporter and year the later replaces the earlier."""
    content = read("returns.toml")
    filled = [_return(entry) for entry in content["return"]]
    own = content["own"]
    others = [
        Return(int(year), school.login, received, own=own.get(year, {}).get(school.login, ()))
        for year, received in content["others_received"].items()
        for school in schools()
        if school.sort != SUPPORTED
    ]
    return sorted([*filled, *others], key=lambda form: form.year)


def _return(entry: Mapping[str, Any]) -> Return:
    return Return(**{**entry, "planted": [Planted(*mark) for mark in entry.get("planted", [])]})


def read(name: str) -> dict[str, Any]:
    """Returns a file of this room."""
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))
