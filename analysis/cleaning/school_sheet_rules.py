"""What a row of school facts, and the rows of one sheet together, must satisfy. Pure; the words are in outcomes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
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
ALL_MARKS = (*MARK_COLUMNS, "not_attested_count")
JOURNAL = "Журнал"
FULL_SCORE, BEST_BUT_FULL, LEAST_HIGH, BEST_BELOW_HIGH = 100, 99, 80, 79
# A mean may have been rounded to a whole number.
MEAN_TOLERANCE = 0.5


def _no_numbers(_row: Values) -> str:
    return ""


@dataclass(frozen=True)
class Rule:
    """One rule for a row.

    Attributes:
        why: Key of outcomes.SETS_ASIDE.
        columns: What it looks at; where one of them is in doubt already, the rule says nothing.
        broken: Whether a row breaks it.
        at: Whose cells a person looks at; all of `columns` where it is left out.
        numbers: Both numbers of a row that contradict each other, in words.
    """

    why: str
    columns: tuple[str, ...]
    broken: Callable[[Values], bool]
    at: tuple[str, ...] = ()
    numbers: Callable[[Values], str] = _no_numbers

    @property
    def shown(self) -> tuple[str, ...]:
        """The columns whose cells are named."""
        return self.at or self.columns


@dataclass(frozen=True)
class Contradiction:
    """What lines of one sheet contradict in each other.

    Attributes:
        why: Key of outcomes.SETS_ASIDE.
        lines: All that are in doubt.
        at: The one whose cell is named.
        numbers: Both numbers, in words.
    """

    why: str
    lines: tuple[str, ...]
    at: str
    numbers: str


def broken_rules(title: str, row: Values, doubtful: Iterable[str]) -> list[Rule]:
    """Returns the rules that a row breaks, each resting on cells that no other fault has put in doubt.

    Args:
        title: The sheet.
        row: Its values by column.
        doubtful: Columns that could not be read or name nothing known.
    """
    in_doubt, found = set(doubtful), []
    for rule in ROW_RULES[title]:
        if not in_doubt & set(rule.columns) and rule.broken(row):
            found.append(rule)
            in_doubt |= set(rule.columns)
    return found


def _lacks(*columns: str) -> Rule:
    return Rule("blank_or_zero", columns, lambda row: any(row[name] is None for name in columns))


def _without_participants(*results: str) -> Rule:
    columns = ("participant_count", *results)
    return Rule("no_participants", columns, lambda row: row["participant_count"] is None, results)


def _more(why: str, part: str, whole: str) -> Rule:
    return Rule(
        why,
        (part, whole),
        lambda row: bool(row[part] > row[whole]),
        (part,),
        lambda row: _above_words(row[part], row[whole]),
    )


def _above_words(part: float, whole: float) -> str:
    return f"{_plain(part)} больше, чем {_plain(whole)}"


def _sum_words(total: float, stands: float) -> str:
    return f"сумма {_plain(total)}, стоит {_plain(stands)}"


def _plain(number: float) -> str:
    return f"{number:g}".replace(".", ",")


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
            ("staff_unit", "staff_amount"),
            lambda row: row["staff_unit"] == "человек" and row["staff_amount"] % 1,
            ("staff_amount",),
        ),
    ),
    RESULTS.title: (
        Rule(
            "not_attested",
            ("procedure", "not_attested_count"),
            lambda row: row["not_attested_count"] and row["procedure"] != JOURNAL,
            ("not_attested_count",),
        ),
        _without_participants(*MARK_COLUMNS),
        _lacks(*MARK_COLUMNS),
        Rule(
            "marks_do_not_add_up",
            ("participant_count", *ALL_MARKS),
            lambda row: _sum(row, ALL_MARKS) != row["participant_count"],
            ("participant_count",),
            lambda row: _sum_words(_sum(row, ALL_MARKS), row["participant_count"]),
        ),
    ),
    SCORES.title: (
        _without_participants("mean_score", *SCORE_COLUMNS),
        Rule(
            "mean_without_participants",
            ("mean_score", "participant_count"),
            lambda row: row["participant_count"] == 0 and row["mean_score"] is not None,
        ),
        Rule(
            "parts_above_whole",
            ("participant_count", *SCORE_COLUMNS),
            lambda row: _sum(row, SCORE_COLUMNS) > row["participant_count"],
            ("participant_count",),
            lambda row: _sum_words(_sum(row, SCORE_COLUMNS), row["participant_count"]),
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


def contradictions(title: str, amounts: Mapping[str, float]) -> list[Contradiction]:
    """Returns what the lines of «Контингент» or «Кадры» contradict in each other.

    Args:
        title: The sheet.
        amounts: The value of each line that is there.
    """
    if title == CONTEXT.title:
        return _context_faults(amounts)
    return _staff_faults(amounts) if title == STAFF.title else []


def _context_faults(amounts: Mapping[str, float]) -> list[Contradiction]:
    grades = _sum_against("grades_against_total", amounts, list(GRADES), PUPIL_TOTAL)
    # Where the total is in doubt, a group may still be too large for either number.
    largest = max(amounts.get(PUPIL_TOTAL, 0), _known_sum(amounts, GRADES) if grades else 0)
    groups = [
        _above("group_above_total", amounts, (group,), largest)
        for group in SOCIAL_GROUPS
        if PUPIL_TOTAL in amounts and amounts.get(group, 0) > largest
    ]
    return [*grades, *groups]


def _staff_faults(amounts: Mapping[str, float]) -> list[Contradiction]:
    faults = _sum_against("categories_against_teachers", amounts, CATEGORIES, TEACHERS)
    if _exceeds(amounts, VACANCIES, POSTS):
        faults.append(_above("vacancies_above_posts", amounts, (VACANCIES, POSTS), amounts[POSTS]))
    if _exceeds(amounts, TRAINED, TEACHERS):
        faults.append(_above("trained_above_teachers", amounts, (TRAINED,), amounts[TEACHERS]))
    return faults


def _exceeds(amounts: Mapping[str, float], part: str, whole: str) -> bool:
    return part in amounts and whole in amounts and amounts[part] > amounts[whole]


def _above(why: str, amounts: Mapping[str, float], lines: tuple[str, ...], whole: float) -> Contradiction:
    """The first of the lines is more than there can be."""
    return Contradiction(why, lines, lines[0], _above_words(amounts[lines[0]], whole))


def _known_sum(amounts: Mapping[str, float], parts: Iterable[str]) -> float:
    return sum(amounts[part] for part in parts if part in amounts)


def _sum_against(why: str, amounts: Mapping[str, float], parts: Sequence[str], whole: str) -> list[Contradiction]:
    """Whether the parts cannot make the whole; while one of them is blank they may only fall short of it."""
    if whole not in amounts:
        return []
    known, total = [part for part in parts if part in amounts], _known_sum(amounts, parts)
    agrees = total == amounts[whole] if len(known) == len(parts) else total <= amounts[whole]
    return [] if agrees else [Contradiction(why, (whole, *known), whole, _sum_words(total, amounts[whole]))]
