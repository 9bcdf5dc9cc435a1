"""What a row of school facts, and the rows of one sheet together, must satisfy. Pure; the words are in outcomes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.cleaning.returns import is_safe_link
from analysis.contracts.forms import CONTESTS, CONTEXT, DEFICITS, RESULTS, SCORES, SELF_ASSESSMENT, STAFF
from analysis.contracts.school_facts import (
    CATEGORIES,
    CONTEST_LEVELS,
    CONTESTANTS,
    GRADES,
    MARK_COLUMNS,
    POSTS,
    PUPIL_TOTAL,
    SCORE_COLUMNS,
    SOCIAL_GROUPS,
    TEACHERS,
    TRAINED,
    VACANCIES,
)

Values = Mapping[str, Any]
JOURNAL = "Журнал"
FULL_SCORE, BEST_BUT_FULL, LEAST_HIGH, BEST_BELOW_HIGH = 100, 99, 80, 79
# A mean may have been rounded to a whole number.
MEAN_TOLERANCE = 0.5


@dataclass(frozen=True)
class Rule:
    """One rule for a row.

    Attributes:
        why: Key of outcomes.SETS_ASIDE.
        columns: Whose cells a person looks at.
        broken: Whether a row breaks it; later rules may rely on the earlier ones.
    """

    why: str
    columns: tuple[str, ...]
    broken: Callable[[Values], bool]


def _lacks(*columns: str) -> Rule:
    return Rule("blank_or_zero", columns, lambda row: any(row[name] is None for name in columns))


def _more(why: str, part: str, whole: str) -> Rule:
    return Rule(why, (part, whole), lambda row: bool(row[part] > row[whole]))


def _sum(row: Values, columns: Sequence[str]) -> int:
    return sum(row[name] or 0 for name in columns)


def mean_cannot_be(row: Values) -> bool:
    """Whether the mean lies outside what the counts allow; a count that is not given may be anything."""
    count, mean = row["participant_count"], row["mean_score"]
    if not count or mean is None:
        return False
    high, full = row["high_score_count"], row["full_score_count"]
    least = (LEAST_HIGH * (high or 0) + FULL_SCORE * (full or 0)) / count
    below = row["below_minimum_count"] or 0
    free = count - (high or 0) - (full or 0) - below
    best_free = FULL_SCORE if full is None else BEST_BUT_FULL if high is None else BEST_BELOW_HIGH
    most = BEST_BUT_FULL * (high or 0) + FULL_SCORE * (full or 0) + best_free * free + BEST_BELOW_HIGH * below
    return not least - MEAN_TOLERANCE <= mean <= most / count + MEAN_TOLERANCE


ROW_RULES: Mapping[str, tuple[Rule, ...]] = {
    CONTEXT.title: (),
    STAFF.title: (
        Rule(
            "people_not_whole",
            ("staff_amount",),
            lambda row: row["staff_unit"] == "человек" and row["staff_amount"] % 1,
        ),
    ),
    RESULTS.title: (
        Rule(
            "not_attested",
            ("not_attested_count",),
            lambda row: row["not_attested_count"] and row["procedure"] != JOURNAL,
        ),
        Rule("no_participants", tuple(MARK_COLUMNS), lambda row: row["participant_count"] is None),
        _lacks(*MARK_COLUMNS),
        Rule(
            "marks_do_not_add_up",
            ("participant_count", *MARK_COLUMNS, "not_attested_count"),
            lambda row: _sum(row, [*MARK_COLUMNS, "not_attested_count"]) != row["participant_count"],
        ),
    ),
    SCORES.title: (
        Rule("no_participants", ("mean_score", *SCORE_COLUMNS), lambda row: row["participant_count"] is None),
        Rule(
            "mean_without_participants",
            ("mean_score", "participant_count"),
            lambda row: row["participant_count"] == 0 and row["mean_score"] is not None,
        ),
        Rule(
            "parts_above_whole",
            ("participant_count", *SCORE_COLUMNS),
            lambda row: _sum(row, SCORE_COLUMNS) > row["participant_count"],
        ),
        Rule("mean_out_of_range", ("mean_score",), lambda row: (row["mean_score"] or 0) > FULL_SCORE),
        Rule("mean_against_counts", ("mean_score", "participant_count", *SCORE_COLUMNS), mean_cannot_be),
    ),
    DEFICITS.title: (
        _lacks("diagnosed_teacher_count", "deficit_teacher_count"),
        _more("deficit_above_diagnosed", "deficit_teacher_count", "diagnosed_teacher_count"),
    ),
    SELF_ASSESSMENT.title: (
        _lacks("assessment_score"),
        Rule(
            "unsafe_link",
            ("publication_link",),
            lambda row: row["publication_link"] is not None and not is_safe_link(row["publication_link"]),
        ),
    ),
    CONTESTS.title: (
        _lacks("contest_level", "contestants", "contestant_count", "winner_count"),
        Rule("not_in_list", ("contest_level",), lambda row: row["contest_level"] not in CONTEST_LEVELS),
        Rule("not_in_list", ("contestants",), lambda row: row["contestants"] not in CONTESTANTS),
        _more("winners_above_contestants", "winner_count", "contestant_count"),
    ),
}


def faults_together(title: str, amounts: Mapping[str, float]) -> list[tuple[str, tuple[str, ...]]]:
    """Returns what the lines of «Контингент» or «Кадры» contradict in each other: the rule and the lines set aside.

    Args:
        title: The sheet.
        amounts: The value of each line that is there.
    """
    if title == CONTEXT.title:
        return _context_faults(amounts)
    return _staff_faults(amounts) if title == STAFF.title else []


def _context_faults(amounts: Mapping[str, float]) -> list[tuple[str, tuple[str, ...]]]:
    if PUPIL_TOTAL not in amounts:
        return []
    if _do_not_add_up(amounts, list(GRADES), PUPIL_TOTAL):
        return [("grades_against_total", (PUPIL_TOTAL, *(grade for grade in GRADES if grade in amounts)))]
    return [("group_above_total", (group,)) for group in SOCIAL_GROUPS if _above(amounts, group, PUPIL_TOTAL)]


def _staff_faults(amounts: Mapping[str, float]) -> list[tuple[str, tuple[str, ...]]]:
    faults: list[tuple[str, tuple[str, ...]]] = []
    if _above(amounts, VACANCIES, POSTS):
        faults.append(("vacancies_above_posts", (POSTS, VACANCIES)))
    if _do_not_add_up(amounts, CATEGORIES, TEACHERS):
        faults.append(("categories_against_teachers", (TEACHERS, *(one for one in CATEGORIES if one in amounts))))
    if _above(amounts, TRAINED, TEACHERS):
        faults.append(("trained_above_teachers", (TRAINED,)))
    return faults


def _above(amounts: Mapping[str, float], part: str, whole: str) -> bool:
    return part in amounts and whole in amounts and amounts[part] > amounts[whole]


def _do_not_add_up(amounts: Mapping[str, float], parts: Sequence[str], whole: str) -> bool:
    """Whether the parts cannot make the whole; while one of them is blank they may only fall short of it."""
    known = [amounts[part] for part in parts if part in amounts]
    if whole not in amounts:
        return False
    return sum(known) > amounts[whole] or (len(known) == len(parts) and sum(known) != amounts[whole])
