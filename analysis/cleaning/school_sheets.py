"""The sheets of school facts in a returned form become rows of the tables; doubtful rows are set aside, never lost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.cleaning.notes import ASK, Notes, lower_text, shown_text
from analysis.cleaning.school_sheet_keys import SCALE_OF, UnknownRowError, identified
from analysis.cleaning.school_sheet_rules import ROW_RULES, Rule, faults_together
from analysis.cleaning.typed_rows import typed_table
from analysis.config import Collection
from analysis.contracts.forms import (
    CONTESTS,
    CONTEXT,
    DEFICITS,
    SCHOOL_SHEETS,
    SELF_ASSESSMENT,
    STAFF,
    FormColumn,
    FormSheet,
)
from analysis.contracts.outcomes import ASKS, BLOCKS, SETS_ASIDE
from analysis.contracts.school_facts import RESULT_ORIGINS, SCHOOL_FACT_TABLES
from analysis.exam_calendar import Sitting
from analysis.findings import Finding, Severity
from analysis.intake.cell_values import read_count, read_number, read_text
from analysis.intake.returns import Returned, ReturnedRow

READERS = {"count": read_count, "number": read_number, "choice": lower_text}
GRADE_COLUMNS = ("programme_grade", "sitting_grade")
# Where a value has an address of its own; elsewhere the address is that of the row.
VALUE_COLUMNS = {CONTEXT.title: "group_pupil_count", STAFF.title: "staff_amount"}
UNTIL_THEN = "Уточните у школы и примите форму заново или запишите исправление; до этого строка в таблицы не входит."


@dataclass(frozen=True)
class SchoolRows:
    """Rows for the tables of school facts (contracts.school_facts), by table, and the findings."""

    rows: Mapping[str, tuple[Mapping[str, Any], ...]]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Line:
    """One filled row of a sheet: where it stands and what it says."""

    row: ReturnedRow
    number: int
    values: Mapping[str, Any]


@dataclass
class _Form:
    """A form while its sheets are read: what is noted about it and which rows are set aside."""

    returned: Returned
    collection: Collection
    sittings: Sequence[Sitting]
    notes: Notes
    aside: list[Mapping[str, Any]] = field(default_factory=list)

    def set_aside(self, layout: FormSheet, lines: Sequence[_Line], columns: Sequence[str], why: str) -> None:
        """Notes one contradiction: a finding about its cells, and a row of the quarantine for each line."""
        cells = [(line, name) for line in lines for name in columns if name in line.row.cells]
        places = tuple(self.notes.cell_place(line.row, name) or line.row.place for line, name in cells)
        value = "; ".join(read_text(line.row.cells[name].value) for line, name in cells)
        self._add(places or tuple(line.row.place for line in lines), value, why)
        for line in lines:
            self._keep_aside(layout, line.row.place, why, line.values.get("procedure"))

    def set_aside_sheet(self, layout: FormSheet) -> None:
        """Notes a sheet that is not there, or whose headings are."""
        place, titles = f"лист {layout.title}", ", ".join(f"«{column.title}»" for column in layout.columns)
        self._add((place,), "", f"{SETS_ASIDE['no_sheet']}. Нужны заголовки: {titles}")
        self._keep_aside(layout, place, SETS_ASIDE["no_sheet"])

    def _add(self, places: tuple[str, ...], value: str, why: str) -> None:
        said = f"{why.rstrip('.')}."
        self.notes.findings.append(
            Finding("quarantine", Severity.ATTENTION, self.returned.file, places, value, said, UNTIL_THEN)
        )

    def _keep_aside(self, layout: FormSheet, place: str, why: str, procedure: str | None = None) -> None:
        # What the quarantine says is the rule; the values stay in the finding. So a procedure must be a known word.
        rule = next(text for text in SETS_ASIDE.values() if why.startswith(text))
        known = next((one.procedure for one in self.sittings if one.procedure == procedure), None)
        said = {"table_name": SCHOOL_SHEETS[layout], "procedure": known, "why": rule}
        self.aside.append({**self.about(place), **said})

    def about(self, place: str) -> dict[str, Any]:
        """The columns that every table begins with."""
        identity = self.returned.identity
        return {
            "source_file": self.returned.file,
            "place": place,
            "school_login": identity.reporter,
            "calendar_year": identity.calendar_year,
        }


def clean_school_sheets(returned: Returned, collection: Collection, sittings: Sequence[Sitting]) -> SchoolRows:
    """Returns the school facts of one form: rows by table, those set aside in `quarantine`.

    Args:
        returned: The form of a school.
        collection: Its lists name the lines of «Дефициты» and «Самооценка».
        sittings: The calendar of procedures.
    """
    form = _Form(returned, collection, sittings, Notes(returned.file))
    rows: dict[str, list[Mapping[str, Any]]] = {name: [] for name in SCHOOL_FACT_TABLES}
    for layout, table in SCHOOL_SHEETS.items():
        if layout.title in returned.rows:
            rows[table] += _sheet_rows(form, layout)
        elif _is_expected(layout, returned.identity.calendar_year, sittings):
            form.set_aside_sheet(layout)
    rows["quarantine"] = form.aside
    return SchoolRows({name: tuple(found) for name, found in rows.items()}, tuple(form.notes.findings))


def school_fact_tables(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, pd.DataFrame]:
    """Returns the typed tables of school facts from their rows."""
    return {name: typed_table(contract, rows.get(name, ())) for name, contract in SCHOOL_FACT_TABLES.items()}


def _is_expected(layout: FormSheet, calendar_year: int, sittings: Iterable[Sitting]) -> bool:
    """Whether the form was sent out with this sheet: results are asked for only where the calendar has sittings."""
    scale = SCALE_OF.get(layout.title)
    return scale is None or any(
        (one.calendar_year, one.scale) == (calendar_year, scale) and one.form_subjects for one in sittings
    )


def _sheet_rows(form: _Form, layout: FormSheet) -> list[Mapping[str, Any]]:
    lines = _without_repeats(form, layout, _identified(form, layout, _filled(form, layout)))
    sound = [line for line in lines if _is_sound(form, layout, line)]
    kept = _without_contradictions(form, layout, sound)
    return [_table_row(form, layout, line) for line in kept]


def _filled(form: _Form, layout: FormSheet) -> list[_Line]:
    """The rows that say something and can be read; a cell that cannot has its own finding."""
    lines = [
        _Line(row, number, {column.name: _read(form.notes, row, column) for column in layout.columns})
        for number, row in enumerate(form.returned.rows[layout.title], start=1)
    ]
    readable = [line for line in lines if not form.notes.unread(line.row, *line.values)]
    naming = layout.naming_columns
    return [
        line
        for line in readable
        if any(value is not None for name, value in line.values.items() if name not in naming)
        or (_is_open(form, layout) and line.values[naming[0]] is not None)
    ]


def _read(notes: Notes, row: ReturnedRow, column: FormColumn) -> Any:
    kind = "count" if column.name in GRADE_COLUMNS else column.kind
    return notes.read(row, column.name, READERS.get(kind, shown_text))


def _is_open(form: _Form, layout: FormSheet) -> bool:
    """Whether the school itself names the lines of this sheet: then a name without numbers is no blank line."""
    lists = {
        DEFICITS.title: form.collection.competences,
        SELF_ASSESSMENT.title: form.collection.self_assessment_criteria,
        CONTESTS.title: (),
    }
    return not lists.get(layout.title, ("named by the office",))


def _identified(form: _Form, layout: FormSheet, lines: Sequence[_Line]) -> list[_Line]:
    """The lines that name what they are about, in the words of the lists and the calendar."""
    known, naming, year = [], layout.naming_columns, form.returned.identity.calendar_year
    for line in lines:
        if any(line.values[name] is None for name in naming if name != "staff_unit"):
            form.set_aside(layout, [line], (), SETS_ASIDE["no_key"])
            continue
        try:
            found = identified(layout.title, line.values, year, form.collection, form.sittings)
        except UnknownRowError as error:
            form.set_aside(layout, [line], naming, str(error))
        else:
            known.append(_Line(line.row, line.number, {**line.values, **found}))
    return known


def _without_repeats(form: _Form, layout: FormSheet, lines: Sequence[_Line]) -> list[_Line]:
    """The lines, each once: a second one like the first is left out, one with other values blocks."""
    # A contest may be held twice; only a line that repeats everything was pasted.
    key = list(lines[0].values) if lines and layout is CONTESTS else layout.naming_columns
    first: dict[tuple[str, ...], _Line] = {}
    for line in lines:
        name = tuple(str(line.values[column]).casefold() for column in key)
        before = first.setdefault(name, line)
        if before is not line:
            alike = before.values == line.values
            said = ASKS["twice_alike"] if alike else f"{BLOCKS['twice']}: {before.row.place}"
            severity = Severity.ATTENTION if alike else Severity.BLOCKS
            value = ", ".join(read_text(line.values[column]) for column in layout.naming_columns)
            form.notes.add("pasted_twice", severity, line.row.place, value, f"{said}.", ASK)
    return list(first.values())


def _is_sound(form: _Form, layout: FormSheet, line: _Line) -> bool:
    broken = next((rule for rule in ROW_RULES[layout.title] if rule.broken(line.values)), None)
    if broken is not None:
        form.set_aside(layout, [line], broken.columns, f"{SETS_ASIDE[broken.why]}{_blank(layout, line, broken)}")
    return broken is None


def _blank(layout: FormSheet, line: _Line, broken: Rule) -> str:
    """Which cells of a broken rule are blank: they have no address of their own that a reader could be sent to."""
    if broken.why != "blank_or_zero":
        return ""
    titles = [one.title for one in layout.columns if one.name in broken.columns and line.values[one.name] is None]
    return f". Пусто в столбце: {', '.join(f'«{title}»' for title in titles)}"


def _without_contradictions(form: _Form, layout: FormSheet, lines: Sequence[_Line]) -> list[_Line]:
    """The lines that do not contradict each other."""
    column, name = VALUE_COLUMNS.get(layout.title, ""), layout.naming_columns[0]
    if not column:
        return list(lines)
    by_name = {line.values[name]: line for line in lines}
    gone: set[str] = set()
    for why, names in faults_together(layout.title, {one: line.values[column] for one, line in by_name.items()}):
        form.set_aside(layout, [by_name[one] for one in names], [column], SETS_ASIDE[why])
        gone |= set(names)
    return [line for one, line in by_name.items() if one not in gone]


def _table_row(form: _Form, layout: FormSheet, line: _Line) -> Mapping[str, Any]:
    place = form.notes.cell_place(line.row, VALUE_COLUMNS.get(layout.title, "")) or line.row.place
    row = {**form.about(place), **line.values}
    if layout.title in SCALE_OF:
        return row | {"origin": RESULT_ORIGINS[0]}
    return row | {"line": line.number} if layout is CONTESTS else row
