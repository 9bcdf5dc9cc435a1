"""The collection workbook: its sheets, columns and hidden identifiers, shared by who writes it and who reads it.

What the sheets ask for, and in which words, stands in `forms.toml`.
"""

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from analysis.contracts.facts import CONTEST_LEVELS, CONTESTANTS, EVIDENCE_KINDS, STATUSES, VERDICTS

IDENTITY_SHEET = "_форма"
INSTRUCTIONS = "Как заполнить"
IDENTITY_KEYS = ("kind", "version", "project", "calendar_year", "reporter")
SPARE_ROWS = 30


@dataclass(frozen=True)
class FormColumn:
    """One column of a sheet.

    Attributes:
        name: Column of the table it becomes.
        title: What its heading says; the reader finds the column by it.
        kind: fixed (written by the office), text, count (whole), number (with decimals), date or choice.
        width: In characters.
        hint: Shown beside the cell while it is filled in.
        choices: Allowed texts of a choice.
        needed: Whether a sheet without it is another sheet; False for what only helps whoever fills it in.
    """

    name: str
    title: str
    kind: str
    width: int
    hint: str = ""
    choices: tuple[str, ...] = ()
    needed: bool = True


@dataclass(frozen=True)
class FormSheet:
    """One sheet of a workbook.

    Attributes:
        title: Its name.
        columns: From left to right.
        key: The columns that say what a row is about, where they are others than `naming_columns` finds by itself.
        spare_rows: How many blank rows stand open where people write the lines themselves.
        sometimes: Columns that a sheet has only where one of its rows is measured so, behind the named one each.
        how_to_fill: What «Как заполнить» says of it; {year} is that of the form, {autumn} the school year it begins.
    """

    title: str
    columns: tuple[FormColumn, ...]
    key: tuple[str, ...] = ()
    spare_rows: int = SPARE_ROWS
    sometimes: tuple[tuple[str, FormColumn], ...] = ()
    how_to_fill: str = ""

    @cached_property
    def every_column(self) -> tuple[FormColumn, ...]:
        """All columns that the sheet may have."""
        return (*self.columns, *(column for _, column in self.sometimes))

    def asking_for(self, names: Collection[str]) -> "FormSheet":
        """The sheet with those of its columns that it has only sometimes."""
        columns = list(self.columns)
        for behind, column in self.sometimes:
            if column.name in names:
                columns.insert([one.name for one in columns].index(behind) + 1, column)
        return self if len(columns) == len(self.columns) else replace(self, columns=tuple(columns), sometimes=())

    @cached_property
    def by_heading(self) -> dict[str, str]:
        """The name of each column by its heading in lower case."""
        return {column.title.casefold(): column.name for column in self.every_column}

    @cached_property
    def naming_columns(self) -> tuple[str, ...]:
        """The columns that say what a row is about: those the office has written, else the first."""
        fixed = tuple(column.name for column in self.columns if column.kind == "fixed")
        return self.key or fixed or (self.columns[0].name,)

    @cached_property
    def needed_columns(self) -> frozenset[str]:
        """The columns by whose headings the sheet is recognised, whatever its name has become."""
        return frozenset(column.name for column in self.columns if column.needed)

    @cached_property
    def needed_titles(self) -> frozenset[str]:
        """Those headings, in small letters."""
        return frozenset(column.title.casefold() for column in self.columns if column.needed)

    @property
    def is_open(self) -> bool:
        """Whether whoever fills it in writes its lines, too."""
        return self.columns[0].kind != "fixed"

    @property
    def open_list(self) -> "FormSheet":
        """The same sheet without lines from the office: whoever fills it in names the first column, too."""
        first, *others = self.columns
        return replace(self, columns=(replace(first, kind="text"), *others))


# What may be chosen, by the name of the column.
CHOICES: Mapping[str, Iterable[str]] = {
    "state_fact": ("да", "нет"),
    "evidence_kind": EVIDENCE_KINDS,
    "contest_level": CONTEST_LEVELS,
    "contestants": CONTESTANTS,
    "status": STATUSES,
    "verdict": VERDICTS,
}


def _sheets() -> dict[str, FormSheet]:
    """The sheets of `forms.toml` by name."""
    written = tomllib.loads(Path(__file__).with_name("forms.toml").read_text(encoding="utf-8"))
    hints = written.pop("hints")
    return {name: _sheet(said, written, hints) for name, said in written.items() if "title" in said}


def _sheet(said: Mapping[str, Any], written: Mapping[str, Any], hints: Mapping[str, str]) -> FormSheet:
    first = written[said["begins_with"]]["columns"] if "begins_with" in said else []
    helping = said.get("only_help", "").split()
    columns = [_column(one, hints, needed=one[0] not in helping) for one in (*first, *said["columns"])]
    sometimes = [(name, _column(one, hints)) for name, some in said.get("sometimes", {}).items() for one in some]
    key, spare_rows = tuple(said.get("key", "").split()), said.get("spare_rows", SPARE_ROWS)
    return FormSheet(said["title"], tuple(columns), key, spare_rows, tuple(sometimes), said.get("how_to_fill", ""))


def _column(said: Sequence[Any], hints: Mapping[str, str], *, needed: bool = True) -> FormColumn:
    name, title, kind, width, *hint = said
    choices = tuple(CHOICES.get(name, ())) if kind == "choice" else ()
    return FormColumn(name, title, kind, width, "".join(hint).format(**hints), choices, needed)


SHEETS = _sheets()
EXECUTION, EVIDENCE, OWN_MEASURES = SHEETS["execution"], SHEETS["evidence"], SHEETS["own_measures"]
CONTEXT, STAFF, RESULTS, SCORES = (SHEETS[name] for name in ("context", "staff", "results", "scores"))
DEFICITS, SELF_ASSESSMENT, CONTESTS = SHEETS["deficits"], SHEETS["self_assessment"], SHEETS["contests"]
REGISTRY_SCHOOLS, REGISTRY_STATUS = SHEETS["registry_schools"], SHEETS["registry_status"]
# The second is the first sheet of a marked copy: made anew for each copy, never read.
ACCEPTANCE, TO_MEND = SHEETS["acceptance"], SHEETS["to_mend"]
# What a form asks for beside the number of what is done, by the kind of a measure.
ASKED_BY_KIND = {"share": "whole_count", "state": "state_fact", "document": "evidence_title"}
# The sheets of school facts, and the table that each becomes.
SCHOOL_SHEETS: Mapping[FormSheet, str] = {
    CONTEXT: "context",
    STAFF: "staff",
    RESULTS: "results",
    SCORES: "results",
    DEFICITS: "deficits",
    SELF_ASSESSMENT: "self_assessment",
    CONTESTS: "contests",
}
# Every version of the forms that was ever sent out, with its sheets of school facts; all of them are read, the last is
# sent out today. A new sheet needs a new version, a new line does not: it says since which year it is asked for.
VERSIONS: Mapping[str, tuple[FormSheet, ...]] = {"1": (), "2": tuple(SCHOOL_SHEETS)}
FORM_VERSION = list(VERSIONS)[-1]


def form_identity(kind: str, project: str, calendar_year: int, reporter: str) -> dict[str, str]:
    """Returns what a workbook carries hidden, by IDENTITY_KEYS: kind is form, registry or acceptance."""
    values = (kind, FORM_VERSION, project, str(calendar_year), reporter)
    return dict(zip(IDENTITY_KEYS, values, strict=True))
