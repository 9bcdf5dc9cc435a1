"""The sheets of school facts as the invented schools fill them in, with the mistakes of people."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from analysis.contracts.forms import CONTESTS, CONTEXT, DEFICITS, RESULTS, SCORES, SELF_ASSESSMENT, STAFF, FormSheet
from analysis.demo.exam_sittings import Sat, sat, sitting
from analysis.demo.pupils import contests, context_counts, deficit_counts, self_assessment, staff_amounts
from analysis.demo.town import Planted, School, read, schools
from analysis.forms.workbook import FilledSheet, Given
from analysis.rules.exam_calendar import JOURNAL

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


def _context(fixed: Sequence[Sequence[Given]], school: School, year: int) -> list[Line]:
    counts = context_counts(school, year)
    return [(group, counts[str(group)]) for (group,) in fixed]


def _staff(fixed: Sequence[Sequence[Given]], school: School, year: int) -> list[Line]:
    amounts = staff_amounts(school, year)
    return [(group, unit, amounts[str(group)]) for group, unit in fixed]


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
    CONTEXT.title: _context,
    STAFF.title: _staff,
    RESULTS.title: _marks,
    SCORES.title: _scores,
    DEFICITS.title: _deficits,
    SELF_ASSESSMENT.title: _self_assessment,
    CONTESTS.title: _contests,
}
