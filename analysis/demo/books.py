"""The workbooks of the invented town as people fill them in, with their mistakes."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import date, timedelta
from functools import cache, partial
from types import MappingProxyType
from typing import Any

from analysis.cleaning.registry import reporter_words
from analysis.cleaning.returns import evidence_id
from analysis.contracts.facts import (
    ACCEPTANCE,
    CONTESTS,
    DEFICITS,
    EVIDENCE,
    EXECUTION,
    OWN_MEASURES,
    REGISTRY_SCHOOLS,
    REGISTRY_STATUS,
    RESULTS,
    SCHOOL_SHEETS,
    SCORES,
    SELF_ASSESSMENT,
    FormSheet,
    form_identity,
)
from analysis.demo.pupils import (
    LINE_AMOUNTS,
    Sat,
    contests,
    deficit_counts,
    sat,
    self_assessment,
    sitting,
)
from analysis.demo.town import Planted, Return, School, read, schools, town
from analysis.forms.collect import (
    FACT_NOT_GIVEN,
    HOW_TO_DECIDE,
    BlankForm,
    FilledSheet,
    Given,
    acceptance_row,
    form_bytes,
)
from analysis.intake.cells import read_count
from analysis.rules.config import INVENTED
from analysis.rules.written import JOURNAL

# The sheets of school facts as the invented schools fill them in, with the mistakes of people.

# A row of a form as it is filled in.
Line = tuple[Given, ...]


@dataclass(frozen=True)
class Slips:
    """What one school did to the sheets of one form.

    Attributes:
        year: Calendar year of the form.
        reporter: The school.
        version: Which of its forms of that year.
        blank: Sheets that were left blank.
        copied: Sheet, beginning of rows, and the school from whose form they were pasted.
        changed: Sheet, row, column, and what stands there instead: a value; a text with {} for the value that would
            be right; or how much was added to it.
        added: Sheet and a row below the others.
        planted: What must come of it.
    """

    year: int
    reporter: str
    version: int = 1
    blank: Sequence[str] = ()
    copied: Sequence[tuple[str, str, str]] = ()
    changed: Sequence[tuple[str, str, str, Any]] = ()
    added: Sequence[tuple[str, Sequence[Given]]] = ()
    planted: Sequence[Planted] = field(default_factory=tuple)


@cache
def all_slips() -> Mapping[tuple[int, str, int], Slips]:
    """Returns slips.toml by year, reporter and version of the form."""
    entries = [
        Slips(**{**entry, "planted": [Planted(*mark) for mark in entry.get("planted", [])]})
        for entry in read("slips.toml")["slips"]
    ]
    return MappingProxyType({(one.year, one.reporter, one.version): one for one in entries})


def filled_school_sheet(sheet: FilledSheet, reporter: str, year: int, version: int) -> FilledSheet:
    """Returns a sheet of school facts as it came back."""
    layout, fixed, choices = sheet
    slips = all_slips().get((year, reporter, version), Slips(year, reporter))
    if layout.title in slips.blank:
        return sheet
    lines = _true_lines(layout, fixed, reporter, year)
    for title, beginning, other in slips.copied:
        if title == layout.title:
            theirs = _true_lines(layout, fixed, other, year)
            pairs = zip(lines, theirs, strict=True)
            lines = [their if row_label(layout, own).startswith(beginning) else own for own, their in pairs]
    for title, row, column, instead in slips.changed:
        if title == layout.title:
            lines = _changed(layout, lines, row, column, instead)
    added = [tuple(cells) for title, cells in slips.added if title == layout.title]
    return layout, [*lines, *added], choices


def row_label(layout: FormSheet, row: Sequence[Given]) -> str:
    """The label of a row: the cells that the office has written."""
    fixed = [value for value, column in zip(row, layout.columns, strict=False) if column.kind == "fixed"]
    return ", ".join(map(str, fixed))


def _true_lines(layout: FormSheet, fixed: Sequence[Sequence[Given]], reporter: str, year: int) -> list[Line]:
    school = next(one for one in schools() if one.login == reporter)
    return FILLED[layout.title](fixed, school, year)


def _changed(layout: FormSheet, lines: Sequence[Line], row: str, column: str, instead: Any) -> list[Line]:
    labels, position = [row_label(layout, line) for line in lines], [one.name for one in layout.columns].index(column)
    number = labels.index(row)
    line = [*lines[number], *[""] * (len(layout.columns) - len(lines[number]))]
    line[position] = _instead(instead, line[position])
    return [*lines[:number], tuple(line), *lines[number + 1 :]]


def _instead(instead: Any, right: Given) -> Given:
    if isinstance(instead, dict):
        return int(str(right)) + int(instead["add"])
    return instead.format(str(right).replace(".", ",")) if isinstance(instead, str) else instead


def _amounts(table: str, fixed: Sequence[Sequence[Given]], school: School, year: int) -> list[Line]:
    amounts = LINE_AMOUNTS[table](school, year)
    return [(*row, amounts[str(row[0])]) for row in fixed]


def _marks(fixed: Sequence[Sequence[Given]], school: School, year: int) -> list[Line]:
    return [(*row, *_mark_cells(_result(row, school, year))) for row in fixed]


def _mark_cells(result: Sat | None) -> Line:
    """Returns the cells of marks: blank if nobody sat; «н/а» only in the journal."""
    if result is None:
        return ()
    absent = (result.not_attested,) if result.sitting.procedure == JOURNAL else ()
    return (result.participant_count, *result.mark_counts, *absent)


def _scores(fixed: Sequence[Sequence[Given]], school: School, year: int) -> list[Line]:
    return [(*row, *_score_cells(_result(row, school, year))) for row in fixed]


def _score_cells(result: Sat | None) -> Line:
    if result is None:
        return (0,)
    mean = result.mean_tenths / 10
    counts = (result.high_score_count, result.full_score_count)
    return (result.participant_count, result.below_minimum_count, mean, *counts)


def _result(row: Sequence[Given], school: School, year: int) -> Sat | None:
    procedure, subject, programme_grade, _, wave = row
    return sat(school.number, sitting(str(procedure), year, str(wave)), str(subject), int(str(programme_grade)))


def _deficits(_: Sequence[Sequence[Given]], school: School, year: int) -> list[Line]:
    return [(competence, *counts) for competence, counts in deficit_counts(school, year).items()]


def _self_assessment(_: Sequence[Sequence[Given]], school: School, year: int) -> list[Line]:
    return [(criterion, *given) for criterion, given in self_assessment(school, year).items()]


def _contests(_: Sequence[Sequence[Given]], school: School, year: int) -> list[Line]:
    return list(map(astuple, contests(school, year)))


FILLED: Mapping[str, Callable[[Sequence[Sequence[Given]], School, int], list[Line]]] = {
    **{sheet.title: partial(_amounts, table) for sheet, table in SCHOOL_SHEETS.items() if table in LINE_AMOUNTS},
    RESULTS.title: _marks,
    SCORES.title: _scores,
    DEFICITS.title: _deficits,
    SELF_ASSESSMENT.title: _self_assessment,
    CONTESTS.title: _contests,
}


# The workbooks of the invented town as people fill them in: registry, returned forms, acceptance by the office.

DECIDED_BY = "Ведущий специалист УО"
NOT_EXAMINED = "не рассмотрено"
DAYS_TO_DECIDE = 4
ROWS_ABOVE = 1  # the headings
CODE_MSU = "991"


@dataclass(frozen=True)
class Book:
    """A workbook of the demo.

    Attributes:
        file: Its path inside the project.
        title: What it is, for SOURCES.toml.
        kind: registry, form or acceptance.
        received: The day it came.
        instructions: Lines of its first sheet.
        sheets: Its sheets as filled in.
        identity: Its hidden identifiers.
        replaces: An earlier version of the same form.
        version: Which version of the form it is.
    """

    file: str
    title: str
    kind: str
    received: date
    instructions: Sequence[str]
    sheets: Sequence[FilledSheet]
    identity: Mapping[str, str]
    replaces: str = ""
    version: int = 1

    def content(self) -> bytes:
        """The bytes of the workbook."""
        return form_bytes(self.instructions, self.sheets, self.identity, self.received)

    def rows(self, layout: FormSheet) -> tuple[str, Sequence[Sequence[Given]]]:
        """Name and rows of the sheet with the columns of a layout, whatever its current name."""
        return next((found.title, rows) for found, rows, _ in self.sheets if found.columns == layout.columns)


def registry_book(city: str, all_schools: Sequence[School], received: date) -> Book:
    """Returns the registry of schools and their status."""
    title, identity = "Реестр школ города", form_identity("registry", city, received.year, "registry")
    statuses = [(school.login, year, status) for school in all_schools for year, status in school.statuses.items()]
    about = list(map(_school_row, all_schools))
    sheets: list[FilledSheet] = [(REGISTRY_SCHOOLS, about, {}), (REGISTRY_STATUS, statuses, {})]
    said = (title, f"{INVENTED}.")
    return Book("data/raw/registry.xlsx", title, "registry", received, said, sheets, identity)


def returned_books(blank: Mapping[tuple[int, str], BlankForm], returns: Sequence[Return]) -> list[Book]:
    """Returns the forms as they came back.

    Args:
        blank: The forms that were sent out, by year and reporter.
        returns: What was filled in; a second return of a form replaces the first.
    """
    seen: Counter[tuple[int, str]] = Counter()
    books: list[Book] = []
    for filled in returns:
        key = (filled.year, filled.reporter)
        seen[key] += 1
        books.append(_returned_book(blank[key], filled, seen[key]))
    return books


def _returned_book(form: BlankForm, filled: Return, version: int) -> Book:
    stem = f"data/raw/{filled.year}/form_{filled.reporter}"
    title = f"{filled.year} год, сведения: {filled.reporter}"
    sheets = [_filled_sheet(sheet, filled, version) for sheet in form.sheets]
    before = f"{stem}_v{version - 1}.xlsx" if version > 1 else ""
    about = (title, "form", filled.received, form.instructions)
    return Book(f"{stem}_v{version}.xlsx", *about, sheets, form.identity, before, version)


def acceptance_book(
    city: str, calendar_year: int, returns: Sequence[Return], blank: Mapping[tuple[int, str], BlankForm]
) -> Book:
    """Returns what the office decided about the evidence of a year.

    Args:
        city: The city.
        calendar_year: The year.
        returns: The forms of that year as they came back.
        blank: The forms that were sent out, by year and reporter: they hold the words of the measures.
    """
    title = f"Рассмотрение подтверждений за {calendar_year} год"
    rows = [row for filled in returns for row in acceptance_rows(filled, _measure_titles(blank, filled))]
    received = max(filled.received for filled in returns) + timedelta(days=DAYS_TO_DECIDE)
    said, identity = (
        (title, f"{INVENTED}.", *HOW_TO_DECIDE),
        form_identity("acceptance", city, calendar_year, "acceptance"),
    )
    file = f"data/raw/{calendar_year}/acceptance.xlsx"
    return Book(file, title, "acceptance", received, said, ((ACCEPTANCE, rows, {}),), identity)


def acceptance_rows(filled: Return, titles: Mapping[Given, Given]) -> Iterator[Sequence[Given]]:
    """Yields the filled-in rows of the list of the office for one form.

    Args:
        filled: The form as it came back.
        titles: The words of its measures by their number.
    """
    facts = {fact[0]: fact[1] for fact in filled.facts}
    names = {school.login: school.name for school in schools()}
    for label, *named, confirmed, decided in filled.evidence:
        verdict, _, reason = str(decided).partition(": ")
        if not verdict:
            continue
        parts = [part or None for part in (*named, confirmed)]
        examined = verdict != NOT_EXAMINED
        yield acceptance_row(
            **dict(zip(("evidence_kind", "evidence_number", "evidence_date", "evidence_link"), named, strict=True)),
            evidence_id=evidence_id(filled.reporter, str(label), filled.year, parts),
            measure_label=label,
            measure_title=titles.get(label, ""),
            reporter=reporter_words(filled.reporter, names),
            fact_count=_count(facts.get(label, "")),
            confirmed_count=confirmed,
            received=filled.received,
            verdict=verdict,
            verdict_by=DECIDED_BY if examined else "",
            verdict_date=filled.received + timedelta(days=DAYS_TO_DECIDE) if examined else "",
            reason=reason,
        )


def _measure_titles(blank: Mapping[tuple[int, str], BlankForm], filled: Return) -> dict[Given, Given]:
    rows = next(rows for layout, rows, _ in blank[(filled.year, filled.reporter)].sheets if layout is EXECUTION)
    return {row[0]: row[1] for row in rows}


def _count(typed: Given) -> Given:
    """A fact as in the list of the office: the intended number."""
    count = None if isinstance(typed, date) else read_count(typed)
    return FACT_NOT_GIVEN if count is None else count


def code_oo(school: School) -> str:
    """The code of a school in the exam system."""
    return str(990000 + school.number)


def full_name(school: School) -> str:
    """The full name of a school."""
    return f"МБОУ «{school.name}» {town()['city_genitive']}"


def _filled_sheet(sheet: FilledSheet, filled: Return, version: int) -> FilledSheet:
    layout, rows, choices = sheet
    if layout.title in FILLED:
        return filled_school_sheet(sheet, filled.reporter, filled.year, version)
    content: Mapping[str, Sequence[Sequence[Given]]] = {
        EXECUTION.title: _execution_rows(rows, filled) if layout is EXECUTION else (),
        EVIDENCE.title: [line[:-1] for line in filled.evidence],
        OWN_MEASURES.title: filled.own,
    }
    return replace(layout, title=filled.renamed.get(layout.title, layout.title)), content[layout.title], choices


def _execution_rows(rows: Sequence[Sequence[Given]], filled: Return) -> list[Sequence[Given]]:
    facts = {fact[0]: fact[1:] for fact in filled.facts}
    unknown = facts.keys() - {row[0] for row in rows}
    if unknown:
        raise ValueError(f"{filled.reporter} {filled.year}: the form has no {sorted(map(str, unknown))}")
    written = [(*row, *facts.get(row[0], ())) for row in rows]
    ordered = written[::-1] if filled.reversed else written
    blank: list[Sequence[Given]] = [("",)] if filled.blank_row else []
    return [*ordered[: filled.blank_row], *blank, *ordered[filled.blank_row :], *filled.added]


def _school_row(school: School) -> Sequence[Given]:
    short = f"{'СОШ' if school.kind == 'школа' else school.kind.capitalize()} {school.number}"
    codes, names = (school.login, code_oo(school), CODE_MSU), (school.name, full_name(school), f"{short}; МБОУ {short}")
    return (*codes, *names, school.kind, school.pupils)
