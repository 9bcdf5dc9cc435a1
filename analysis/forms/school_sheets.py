"""The sheets of school facts in a school's form: which lines the office writes, and what each sheet asks for."""

from collections.abc import Iterator, Sequence

from analysis.contracts.forms import (
    CONTESTS,
    CONTEXT,
    DEFICITS,
    RESULTS,
    SCORES,
    SELF_ASSESSMENT,
    STAFF,
    FormSheet,
)
from analysis.contracts.school_facts import lines_asked
from analysis.forms.workbook import FilledSheet, Given
from analysis.rules.config import Collection
from analysis.rules.exam_calendar import MARK_SCALE, SCORE_SCALE, Sitting, school_year_from


def school_sheets(collection: Collection, sittings: Sequence[Sitting], calendar_year: int) -> list[FilledSheet]:
    """Returns the sheets that every school of the city fills in, supported or not.

    Args:
        collection: Its lists are the lines of «Дефициты» and «Самооценка»; without them schools write the names.
        sittings: The calendar of procedures; a year without sittings of a scale has no sheet for it.
        calendar_year: The year of the form.
    """
    marks, scores = (_sitting_rows(sittings, calendar_year, scale) for scale in (MARK_SCALE, SCORE_SCALE))
    results: list[FilledSheet] = [(layout, rows, {}) for layout, rows in ((RESULTS, marks), (SCORES, scores)) if rows]
    return [
        (CONTEXT, [(line,) for line in lines_asked("context", calendar_year)], {}),
        (STAFF, list(lines_asked("staff", calendar_year).items()), {}),
        *results,
        _listed(DEFICITS, collection.competences),
        _listed(SELF_ASSESSMENT, collection.self_assessment_criteria),
        (CONTESTS, [], {}),
    ]


def how_to_fill_sheets(sheets: Sequence[FilledSheet], calendar_year: int) -> Iterator[str]:
    """Yields a line of «Как заполнить» about each of those sheets."""
    autumn = school_year_from(calendar_year)
    said = {
        CONTEXT.title: f"сколько человек в школе, в каждом классе и в каждой группе на начало {autumn} учебного года.",
        STAFF.title: f"ставки и учителя на начало {autumn} учебного года; вакансии входят в ставки, категории — "
        "в число учителей.",
        RESULTS.title: f"сколько отметок «2», «3», «4», «5» получено в {calendar_year} году; вместе (в журнале — с "
        "н/а) они дают число участников. Не проводилось — оставьте всю строку пустой.",
        SCORES.title: f"баллы основного периода {calendar_year} года: участники, средний балл и сколько из них ниже "
        "минимума, с 80–99 и со 100 баллами.",
        DEFICITS.title: f"сколько учителей прошло в {calendar_year} году диагностику и у скольких найден дефицит.",
        SELF_ASSESSMENT.title: f"баллы, которые школа поставила себе в {calendar_year} году, и где это опубликовано.",
        CONTESTS.title: f"по строке на каждый конкурс {calendar_year} года, отдельно для обучающихся и для педагогов.",
    }
    for layout, _, _ in sheets:
        yield f"Лист «{layout.title}»: {said[layout.title]}"


def _sitting_rows(sittings: Sequence[Sitting], calendar_year: int, scale: str) -> list[Sequence[Given]]:
    return [
        (sitting.procedure, subject, grade, grade + sitting.grade_lag, sitting.wave)
        for sitting in sittings
        if (sitting.calendar_year, sitting.scale) == (calendar_year, scale)
        for subject in sitting.form_subjects
        for grade in sitting.grades.get(subject, ())
    ]


def _listed(layout: FormSheet, lines: Sequence[str]) -> FilledSheet:
    return (layout, [(line,) for line in lines], {}) if lines else (layout.open_list, [], {})
