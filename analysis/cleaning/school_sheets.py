"""The sheets of school facts become rows of the tables, each of its sitting; doubtful rows are set aside."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from analysis.cleaning.names import CYRILLIC, LATIN
from analysis.cleaning.returns import Notes, chosen, not_listed, shown_text
from analysis.cleaning.school_sheet_rules import Rule, broken_rules, contradictions
from analysis.contracts.facts import (
    CONTESTS,
    DEFICITS,
    LINED,
    RESULT_ORIGINS,
    RESULTS,
    SCHOOL_FACT_TABLES,
    SCHOOL_SHEETS,
    SCORES,
    SELF_ASSESSMENT,
    VERSIONS,
    FormColumn,
    FormSheet,
    Lined,
    lines_asked,
)
from analysis.contracts.findings import ASK, ASK_SCHOOL, ASKS, BLOCKS, SEND_AGAIN, SETS_ASIDE, Finding, Severity
from analysis.intake.cells import read_count, read_number, read_text
from analysis.intake.workbook import Identity, Returned, ReturnedRow
from analysis.rules.config import Collection
from analysis.rules.methods import PartOf
from analysis.rules.office_files import Sitting, school_year_from
from analysis.rules.written import MARK_SCALE, SCORE_SCALE

# What a row of a school sheet is about, by its fixed cells: a line, or a sitting of the calendar.

Values = Mapping[str, Any]
LINED_SHEETS = {sheet.title: table for sheet, table in SCHOOL_SHEETS.items() if table in LINED}
SCALE_OF = {RESULTS.title: MARK_SCALE, SCORES.title: SCORE_SCALE}


class UnknownRowError(Exception):
    """The fixed cells name nothing that the sheet can hold; the message (in Russian) says what is known."""


def identified(
    title: str, values: Values, calendar_year: int, collection: Collection, sittings: Sequence[Sitting]
) -> dict[str, Any]:
    """Returns the columns that say what a row is about, in the words of the lists and the calendar.

    Args:
        title: Of the sheet's layout.
        values: What its fixed cells say.
        calendar_year: Of the form.
        collection: Its lists of competences and criteria.
        sittings: The calendar of procedures.

    Raises:
        UnknownRowError: There is no such line.
    """
    year = {"school_year": school_year_from(calendar_year)}
    if title in LINED_SHEETS:
        table = LINED_SHEETS[title]
        return year | _line(LINED[table], values, lines_asked(table, calendar_year))
    if title in SCALE_OF:
        return _sat(values, calendar_year, SCALE_OF[title], sittings)
    if title == DEFICITS.title:
        return _listed("competence", values, collection.competences)
    if title == SELF_ASSESSMENT.title:
        return _listed("criterion", values, collection.self_assessment_criteria)
    return {"contest_name": values["contest_name"]}


def _listed(column: str, values: Values, known: Iterable[str]) -> dict[str, Any]:
    by_name = {_alike(name): name for name in known}
    if by_name and _alike(values[column]) not in by_name:
        raise UnknownRowError(f"{SETS_ASIDE['unknown_group']}: «{values[column]}».{_latin(values[column])}")
    return {column: by_name.get(_alike(values[column]), values[column])}


def _line(lined: Lined, values: Values, units: Mapping[str, str]) -> dict[str, Any]:
    found = _listed(lined.line, values, units)
    if not lined.unit:
        return found
    unit, said = units[found[lined.line]], values[lined.unit]
    if said is not None and _alike(said) != unit:
        raise UnknownRowError(f"{SETS_ASIDE['other_unit']}: «{said}», а нужно «{unit}».")
    return {**found, lined.unit: unit}


def _sat(values: Values, calendar_year: int, scale: str, sittings: Sequence[Sitting]) -> dict[str, Any]:
    """The sitting that the row names; each step leaves fewer, and the one that leaves none is what is unknown."""
    left = [one for one in sittings if (one.calendar_year, one.scale) == (calendar_year, scale)]
    left = _narrowed(left, "процедура", values["procedure"], lambda one: [one.procedure])
    left = _narrowed(left, "волна", values["wave"], lambda one: [one.wave])
    left = _narrowed(left, "предмет", values["subject"], lambda one: one.grades)
    subject = next(name for name in left[0].grades if _alike(name) == _alike(values["subject"]))
    left = _narrowed(left, "программа класса", values["programme_grade"], lambda one: one.grades[subject])
    grade = values["programme_grade"]
    left = _narrowed(left, "класс участников", values["sitting_grade"], lambda one: [grade + one.grade_lag])
    of_sitting = {name: getattr(left[0], name) for name in ("procedure", "wave", "school_year", "scale")}
    return {**of_sitting, "subject": subject, "programme_grade": grade, "sitting_grade": values["sitting_grade"]}


def _narrowed(
    sittings: Sequence[Sitting], what: str, said: object, known: Callable[[Sitting], Iterable[object]]
) -> list[Sitting]:
    found = [one for one in sittings if _alike(said) in map(_alike, known(one))]
    if not found:
        names = ", ".join(dict.fromkeys(str(name) for one in sittings for name in known(one))) or "ничего"
        raise UnknownRowError(
            f"{SETS_ASIDE['unknown_sitting']}: {what} «{said}»; на этом листе за год бывает: {names}.{_latin(said)}"
        )
    return found


def _latin(said: object) -> str:
    """Which Latin letters stand in Russian words: nobody sees them, and the right name beside looks the same."""
    words = re.findall(r"\w+", str(said))
    mixed = [word for word in words if LATIN.search(word) and CYRILLIC.search(word)]
    letters = dict.fromkeys(letter for word in mixed for letter in LATIN.findall(word))
    return f" Среди русских букв стоят латинские: {', '.join(letters)}." if letters else ""


def _alike(name: object) -> str:
    return str(name).casefold().replace("ё", "е")


# The sheets of school facts in a returned form become rows of the tables; doubtful rows are set aside, never lost.

READERS = {"count": read_count, "number": read_number}
GRADE_COLUMNS = ("programme_grade", "sitting_grade")
# Where a value has an address of its own; elsewhere the address is that of the row.
VALUE_COLUMNS = {title: LINED[table].amount for title, table in LINED_SHEETS.items()}
# A line whose unit somebody has wiped out is still known by its name.
UNITS = {one.unit for one in LINED.values()}


@dataclass(frozen=True)
class SchoolRows:
    """Rows for the tables of school facts (contracts.facts), by table, and the findings."""

    rows: Mapping[str, tuple[Mapping[str, Any], ...]]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Line:
    """One filled row of a sheet: where it stands, what it says, and which of its columns are in doubt."""

    row: ReturnedRow
    number: int
    values: Mapping[str, Any]
    doubtful: frozenset[str] = frozenset()


_Cell = tuple[_Line, str]


@dataclass
class _Form:
    """A form while its sheets are read: what is noted about it and which rows are set aside."""

    returned: Returned
    collection: Collection
    sittings: Sequence[Sitting]
    parts: Sequence[PartOf]
    notes: Notes
    aside: list[Mapping[str, Any]] = field(default_factory=list)

    def set_aside(self, layout: FormSheet, lines: Sequence[_Line], shown: Sequence[_Cell], why: str) -> None:
        """Notes one contradiction: a finding about the cells shown, and each line once in the quarantine."""
        cells = [(line, name) for line, name in shown if name in line.row.cells]
        places = tuple(self.notes.cell_place(line.row, name) or line.row.place for line, name in cells)
        value = "; ".join(read_text(line.row.cells[name].value) for line, name in cells)
        self._add(places or tuple(line.row.place for line in lines), value, why)
        for line in lines:
            self._keep_aside(layout, line.row.place, why, line.values.get("procedure"))

    def set_aside_sheet(self, layout: FormSheet) -> None:
        """Notes a sheet that is not there, or whose headings are."""
        place, titles = f"лист {layout.title}", ", ".join(f"«{column.title}»" for column in layout.columns)
        self._add((place,), "", f"{SETS_ASIDE['no_sheet']}. Нужны заголовки: {titles}", SEND_AGAIN)
        self._keep_aside(layout, place, SETS_ASIDE["no_sheet"])

    def _add(self, places: tuple[str, ...], value: str, why: str, action: str = ASK_SCHOOL) -> None:
        finding = Finding(
            "quarantine", Severity.ATTENTION, self.returned.file, places, value, f"{why.rstrip('.')}.", action
        )
        self.notes.findings.append(finding)

    def _keep_aside(self, layout: FormSheet, place: str, why: str, procedure: str | None = None) -> None:
        # What the quarantine says is the rule; the values stay in the finding. So a procedure must be a known word.
        rule = next(text for text in SETS_ASIDE.values() if why.startswith(text))
        known = next((one.procedure for one in self.sittings if one.procedure == procedure), None)
        said = {"table_name": SCHOOL_SHEETS[layout], "procedure": known, "why": rule}
        if place not in {one["place"] for one in self.aside}:
            self.aside.append({**self.about(place), **said})

    def about(self, place: str) -> dict[str, Any]:
        """The columns that every table begins with."""
        who = self.returned.identity
        whose = {"school_login": who.reporter, "calendar_year": who.calendar_year}
        return {"source_file": self.returned.file, "place": place, **whose}


def clean_school_sheets(
    returned: Returned, collection: Collection, sittings: Sequence[Sitting], parts: Sequence[PartOf]
) -> SchoolRows:
    """Returns the school facts of one form: rows by table, those set aside in `quarantine`.

    Args:
        returned: The form of a school.
        collection: Its lists name the lines of «Дефициты» and «Самооценка».
        sittings: The calendar of procedures.
        parts: What is part of what.
    """
    form = _Form(returned, collection, sittings, parts, Notes(returned.file))
    rows: dict[str, list[Mapping[str, Any]]] = {name: [] for name in SCHOOL_FACT_TABLES}
    for layout, table in SCHOOL_SHEETS.items():
        if layout.title in returned.rows:
            rows[table] += _sheet_rows(form, layout)
        elif _is_expected(layout, returned.identity, sittings):
            form.set_aside_sheet(layout)
    rows["quarantine"] = form.aside
    return SchoolRows({name: tuple(found) for name, found in rows.items()}, tuple(form.notes.findings))


def _is_expected(layout: FormSheet, identity: Identity, sittings: Iterable[Sitting]) -> bool:
    """Whether the form was sent out with this sheet: results are asked for only where the calendar has sittings."""
    scale = SCALE_OF.get(layout.title)
    held = any(
        (one.calendar_year, one.scale) == (identity.calendar_year, scale) and one.form_subjects for one in sittings
    )
    return layout in VERSIONS[identity.version] and (scale is None or held)


def _sheet_rows(form: _Form, layout: FormSheet) -> list[Mapping[str, Any]]:
    """The rows that enter a table. Every line is looked at whole, so that all its faults are told at once."""
    lines = [_identified(form, layout, line) for line in _filled(form, layout)]
    sound = [line for line in _without_repeats(form, layout, lines) if _is_sound(form, layout, line)]
    kept = _without_contradictions(form, layout, sound)
    return [_table_row(form, layout, line) for line in kept]


def _filled(form: _Form, layout: FormSheet) -> list[_Line]:
    """The lines that say something; a cell that cannot be read has its own finding, and its column is in doubt."""
    lines = []
    for number, row in enumerate(form.returned.rows[layout.title], start=1):
        values = {column.name: _read(form.notes, row, column) for column in layout.columns}
        unread = frozenset(name for name in values if form.notes.unread(row, name))
        lines.append(_Line(row, number, values, unread))
    naming = layout.naming_columns
    return [
        line
        for line in lines
        if line.doubtful
        or any(value is not None for name, value in line.values.items() if name not in naming)
        or (_is_open(form, layout) and line.values[naming[0]] is not None)
    ]


def _read(notes: Notes, row: ReturnedRow, column: FormColumn) -> Any:
    kind = "count" if column.name in GRADE_COLUMNS else column.kind
    reader = chosen(column.choices) if kind == "choice" else READERS.get(kind, shown_text)
    return notes.read(row, column.name, reader)


def _is_open(form: _Form, layout: FormSheet) -> bool:
    """Whether the school itself names the lines of this sheet: then a name without numbers is no blank line."""
    lists = {
        DEFICITS.title: form.collection.competences,
        SELF_ASSESSMENT.title: form.collection.self_assessment_criteria,
        CONTESTS.title: (),
    }
    return not lists.get(layout.title, ("named by the office",))


def _identified(form: _Form, layout: FormSheet, line: _Line) -> _Line:
    """The line with what it is about in the words of the lists and the calendar; in doubt where they know no such."""
    naming = layout.naming_columns
    if line.doubtful & set(naming):
        return line
    if any(line.values[name] is None for name in naming if name not in UNITS):
        form.set_aside(layout, [line], (), SETS_ASIDE["no_key"])
        return replace(line, doubtful=line.doubtful | set(naming))
    year = form.returned.identity.calendar_year
    try:
        found = identified(layout.title, line.values, year, form.collection, form.sittings)
    except UnknownRowError as error:
        form.set_aside(layout, [line], [(line, name) for name in naming], str(error))
        return replace(line, doubtful=line.doubtful | set(naming))
    return replace(line, values={**line.values, **found})


def _without_repeats(form: _Form, layout: FormSheet, lines: Sequence[_Line]) -> list[_Line]:
    """The lines, each once: a second one like the first is left out, one with other values blocks."""
    # A contest may be held twice; only a line that repeats everything was pasted.
    key = list(lines[0].values) if lines and layout is CONTESTS else layout.naming_columns
    first: dict[tuple[str, ...], _Line] = {}
    kept = []
    for line in lines:
        if line.doubtful & set(key):
            kept.append(line)
            continue
        name = tuple(str(line.values[column]).casefold() for column in key)
        before = first.setdefault(name, line)
        if before is line:
            kept.append(line)
        else:
            alike = before.values == line.values and not line.doubtful | before.doubtful
            said = ASKS["twice_alike"] if alike else f"{BLOCKS['twice']}: {before.row.place}"
            severity = Severity.ATTENTION if alike else Severity.BLOCKS
            value = ", ".join(read_text(line.values[column]) for column in layout.naming_columns)
            form.notes.add("pasted_twice", severity, line.row.place, value, f"{said}.", ASK)
    return kept


def _is_sound(form: _Form, layout: FormSheet, line: _Line) -> bool:
    broken = broken_rules(layout, line.values, line.doubtful, form.parts)
    for rule in broken:
        more = _more(layout, line, rule) or _with_numbers(rule.numbers(line.values))
        form.set_aside(layout, [line], [(line, name) for name in rule.shown], f"{SETS_ASIDE[rule.why]}{more}")
    return not broken and not line.doubtful


def _with_numbers(numbers: str) -> str:
    return f": {numbers}" if numbers else ""


def _more(layout: FormSheet, line: _Line, broken: Rule) -> str:
    """What stands in no cell that a reader could be sent to: which cells are blank, which choice comes near."""
    if broken.why == "not_in_list":
        (column,) = (one for one in layout.columns if one.name in broken.columns)
        return f". {not_listed(line.values[column.name], column.choices)}"
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
    amounts = {line_name: line.values[column] for line_name, line in by_name.items()}
    for one in contradictions(layout, amounts, form.parts):
        why = f"{SETS_ASIDE[one.why]}{_with_numbers(one.numbers)}"
        form.set_aside(layout, [by_name[line] for line in one.lines], [(by_name[line], column) for line in one.at], why)
        gone |= set(one.lines)
    return [line for line_name, line in by_name.items() if line_name not in gone]


def _table_row(form: _Form, layout: FormSheet, line: _Line) -> Mapping[str, Any]:
    place = form.notes.cell_place(line.row, VALUE_COLUMNS.get(layout.title, "")) or line.row.place
    row = {**form.about(place), **line.values}
    if layout.title in SCALE_OF:
        return row | {"origin": RESULT_ORIGINS[0]}
    return row | {"line": line.number} if layout is CONTESTS else row
