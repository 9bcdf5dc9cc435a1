"""What rows of school facts must satisfy, and which numbers look odd. All functions are pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from operator import gt, ne
from typing import Any

import pandas as pd

from analysis.cleaning.returns import is_safe_link
from analysis.contracts.facts import (
    CONTEST_LEVELS,
    CONTESTANTS,
    CONTESTS,
    DEFICITS,
    GRADES,
    LINED,
    MARK_COLUMNS,
    PERSON,
    POSTS,
    PUPIL_TOTAL,
    RESULTS,
    SCHOOL_SHEETS,
    SCORE_COLUMNS,
    SCORES,
    SELF_ASSESSMENT,
    SOCIAL_GROUPS,
    TEACHERS,
    TRAINED,
    VACANCIES,
    FormSheet,
    Lined,
)
from analysis.contracts.findings import ASKS, LOOK, Finding, Severity
from analysis.rules.methods import PartOf
from analysis.rules.written import JOURNAL

# What a row of school facts, and the rows of one sheet together, must satisfy. Pure; the words are in outcomes.

Values = Mapping[str, Any]
ALL_MARKS = (*MARK_COLUMNS, "not_attested_count")
FULL_SCORE, BEST_BUT_FULL, LEAST_HIGH, BEST_BELOW_HIGH = 100, 99, 80, 79
# What is said of a part above its whole, at the cell of the part; of all others both cells and names are told.
SAID_OF_PARTS: Mapping[tuple[str, ...], str] = {
    **dict.fromkeys(((group, PUPIL_TOTAL) for group in SOCIAL_GROUPS), "group_above_total"),
    (VACANCIES, POSTS): "vacancies_above_posts",
    (TRAINED, TEACHERS): "trained_above_teachers",
    ("deficit_teacher_count", "diagnosed_teacher_count"): "deficit_above_diagnosed",
    ("winner_count", "contestant_count"): "winners_above_contestants",
}
# A mean may have been rounded to a whole number.
MEAN_TOLERANCE = 0.5


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
    numbers: Callable[[Values], str] = lambda _: ""

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
        at: Those whose cells are named.
        numbers: Both numbers, in words.
    """

    why: str
    lines: tuple[str, ...]
    at: tuple[str, ...]
    numbers: str


def broken_rules(layout: FormSheet, row: Values, doubtful: Iterable[str], parts: Iterable[PartOf]) -> list[Rule]:
    """Returns the rules that a row breaks, each resting on cells that no other fault has put in doubt.

    Args:
        layout: The sheet.
        row: Its values by column.
        doubtful: Columns that could not be read or name nothing known.
        parts: What is part of what.
    """
    in_doubt, found = set(doubtful), []
    shares = (_share(one, layout) for one in _of_sheet(layout, parts) if {*one.part, *one.whole} <= row.keys())
    for rule in (*ROW_RULES[layout.title], *shares):
        if not in_doubt & set(rule.columns) and rule.broken(row):
            found.append(rule)
            in_doubt |= set(rule.columns)
    return found


def _lacks(*columns: str) -> Rule:
    return Rule("blank_or_zero", columns, lambda row: any(row[name] is None for name in columns))


def _without_participants(*results: str) -> Rule:
    columns = ("participant_count", *results)
    return Rule("no_participants", columns, lambda row: row["participant_count"] is None, results)


def _of_sheet(layout: FormSheet, parts: Iterable[PartOf]) -> list[PartOf]:
    table = SCHOOL_SHEETS[layout]  # a dictionary finds a sheet by all that it holds, which takes a while
    return [one for one in parts if one.table == table]


def _share(pair: PartOf, layout: FormSheet) -> Rule:
    """Columns of one row that are part of others."""
    titles = {column.name: column.title for column in layout.columns}

    def amounts(row: Values) -> tuple[Any, Any]:
        part, whole = ([row[name] for name in names] for names in (pair.part, pair.whole))
        return None if None in part else sum(part), None if None in whole else sum(whole)

    def is_broken(row: Values) -> bool:
        part, whole = amounts(row)
        return part is not None and whole is not None and bool(part > whole)

    why, at = _said_of(pair)
    return Rule(why, (*pair.part, *pair.whole), is_broken, at, lambda row: _above_words(pair, *amounts(row), titles))


def _said_of(pair: PartOf) -> tuple[str, tuple[str, ...]]:
    """What is said of a part above its whole, and at which cells."""
    why = SAID_OF_PARTS.get((*pair.part, *pair.whole))
    return (why, pair.part) if why else ("part_above_whole", (*pair.part, *pair.whole))


def _above_words(pair: PartOf, part: float, whole: float, titles: Mapping[str, str] | None = None) -> str:
    if _said_of(pair)[1] == pair.part:
        return f"{plain_number(part)} больше, чем {plain_number(whole)}"
    named = (" + ".join(f"«{(titles or {}).get(name, name)}»" for name in names) for names in (pair.part, pair.whole))
    return ", ".join(f"{name} — {plain_number(amount)}" for name, amount in zip(named, (part, whole), strict=True))


def _sum_words(total: float, stands: float) -> str:
    return f"сумма {plain_number(total)}, стоит {plain_number(stands)}"


def plain_number(number: Any) -> str:
    """A number as a person writes it: «12,5»."""
    return f"{number:g}".replace(".", ",")


def _sum_against_participants(why: str, parts: Sequence[str], broken: Callable[[float, float], bool]) -> Rule:
    def _both(row: Values) -> tuple[float, float]:
        return sum(row[name] or 0 for name in parts), row["participant_count"]

    columns, at = ("participant_count", *parts), ("participant_count",)
    return Rule(why, columns, lambda row: broken(*_both(row)), at, lambda row: _sum_words(*_both(row)))


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


def _whole_people(lined: Lined) -> tuple[Rule, ...]:
    """Where a sheet names units, people are counted in whole numbers."""

    def is_broken(row: Values) -> bool:
        return row[lined.unit] == PERSON and bool(row[lined.amount] % 1)

    columns = (lined.unit, lined.amount)
    return (Rule("people_not_whole", columns, is_broken, (lined.amount,)),) if lined.unit else ()


ROW_RULES: Mapping[str, tuple[Rule, ...]] = {
    **{sheet.title: _whole_people(LINED[table]) for sheet, table in SCHOOL_SHEETS.items() if table in LINED},
    RESULTS.title: (
        Rule(
            "not_attested",
            ("procedure", "not_attested_count"),
            lambda row: row["not_attested_count"] and row["procedure"] != JOURNAL,
            ("not_attested_count",),
        ),
        _without_participants(*MARK_COLUMNS),
        _lacks(*MARK_COLUMNS),
        _sum_against_participants("marks_do_not_add_up", ALL_MARKS, ne),
    ),
    SCORES.title: (
        _without_participants("mean_score", *SCORE_COLUMNS),
        Rule(
            "mean_without_participants",
            ("mean_score", "participant_count"),
            lambda row: row["participant_count"] == 0 and row["mean_score"] is not None,
        ),
        _sum_against_participants("parts_above_whole", SCORE_COLUMNS, gt),
        Rule("mean_out_of_range", ("mean_score",), lambda row: (row["mean_score"] or 0) > FULL_SCORE),
        Rule("mean_against_counts", ("mean_score", "participant_count", *SCORE_COLUMNS), mean_cannot_be),
    ),
    DEFICITS.title: (_lacks("diagnosed_teacher_count", "deficit_teacher_count"),),
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
    ),
}


def contradictions(layout: FormSheet, amounts: Mapping[str, float], parts: Iterable[PartOf]) -> list[Contradiction]:
    """Returns what the lines of a sheet that adds up contradict in each other; of other sheets nothing.

    Args:
        layout: The sheet.
        amounts: The value of each line that is there.
        parts: What is part of what.
    """
    if SCHOOL_SHEETS[layout] not in LINED:
        return []
    total, summed, why = LINED[SCHOOL_SHEETS[layout]].adding_up
    sums = _sum_against(why, amounts, summed, total)
    # Where the total is in doubt, a part may still be too large for either number.
    at_least: dict[tuple[str, ...], float] = {(total,): _known_sum(amounts, summed)} if sums else {}
    pairs = _of_sheet(layout, parts)
    of_whole = Counter(one.whole for one in pairs)
    found = [
        _above(one, amounts, at_least.get(one.whole, 0), of_whole[one.whole] == 1)
        for one in pairs
        if not (one.whole == (total,) and set(one.part) <= set(summed))
    ]
    return [*sums, *(one for one in found if one)]


def _above(pair: PartOf, amounts: Mapping[str, float], at_least: float, is_alone: bool) -> Contradiction | None:
    """A part that is more than there can be; a whole that has no other part is in doubt together with it."""
    if not amounts.keys() >= {*pair.part, *pair.whole}:
        return None
    part, whole = _known_sum(amounts, pair.part), max(_known_sum(amounts, pair.whole), at_least)
    if part <= whole:
        return None
    why, at = _said_of(pair)
    lines = (*pair.part, *pair.whole) if is_alone else pair.part
    return Contradiction(why, lines, at, _above_words(pair, part, whole))


def _known_sum(amounts: Mapping[str, float], parts: Iterable[str]) -> float:
    return sum(amounts[part] for part in parts if part in amounts)


def _sum_against(why: str, amounts: Mapping[str, float], parts: Sequence[str], whole: str) -> list[Contradiction]:
    """Whether the parts cannot make the whole; while one of them is blank they may only fall short of it."""
    if whole not in amounts:
        return []
    known, total = [part for part in parts if part in amounts], _known_sum(amounts, parts)
    agrees = total == amounts[whole] if len(known) == len(parts) else total <= amounts[whole]
    return [] if agrees else [Contradiction(why, (whole, *known), (whole,), _sum_words(total, amounts[whole]))]


# Numbers that may be right but look odd beside enrolment, last year or other schools. All functions are pure.

# Thresholds for questions to a person. They change no number: a row that is named stays as it is.
# The count of a school rarely triples in a year, but below ten a single class can do so.
MANY_TIMES, MORE_THAN = 3, 10
# One absent pupil in five means an illness or a forgotten class. Smaller enrolments are not judged.
COVERAGE_FALL, LEAST_ENROLLED = 0.2, 10
# Few pupils choose an optional exam, and their number says nothing. It never covered its grade.
LEAST_COVERED, WHOLE_GRADE = 0.75, 1.0
# Three equal distributions of ten or more pupils are hardly a coincidence.
EQUAL_ROWS, LEAST_IN_BLOCK, PLACES_NAMED = 3, 10, 20
SITTING = ["school_login", "procedure", "subject", "programme_grade", "sitting_grade", "wave"]
# What is compared with last year: the table, its key besides the year, its number.
COMPARED = (
    *((name, ["school_login", one.line], one.amount) for name, one in LINED.items()),
    ("results", SITTING, "participant_count"),
    ("deficits", ["school_login", "competence"], "diagnosed_teacher_count"),
)


def implausible(tables: Mapping[str, pd.DataFrame]) -> list[Finding]:
    """Returns what a person should look at in the tables of school facts; all of it keeps its rows.

    Args:
        tables: Those of COMPARED, as contracts.facts describes them.
    """
    enrolled = with_enrolment(tables["results"], tables["context"])
    return [
        *above_enrolment(enrolled),
        *lower_coverage(enrolled),
        *(finding for name, key, column in COMPARED for finding in changed_much(tables[name], key, column)),
        *same_blocks(tables["results"]),
    ]


def with_enrolment(results: pd.DataFrame, context: pd.DataFrame) -> pd.DataFrame:
    """Returns the results whose school has said how many pupils the participants' grade had in that school year.

    Adds `enrolled_count` and `enrolled_place`, the file and the cell that say so.
    """
    grades = context[context["pupil_group"].isin(list(GRADES))]
    enrolment = grades[["school_login", "school_year"]].assign(
        sitting_grade=grades["pupil_group"].map(GRADES).astype("int64"),
        enrolled_count=grades["group_pupil_count"],
        enrolled_place=grades["source_file"] + ": " + grades["place"],
    )
    return results.merge(enrolment, on=["school_login", "school_year", "sitting_grade"])


def above_enrolment(enrolled: pd.DataFrame) -> list[Finding]:
    """Returns the results with more participants than their grade had pupils."""
    both = "участников {participant_count}, обучающихся {enrolled_count} ({enrolled_place})"
    above = _records(enrolled[enrolled["participant_count"] > enrolled["enrolled_count"]])
    said = f"{ASKS['above_enrolment']}: {both}"
    return [_look(row, "participant_count", said.format_map(row)) for row in above]


def lower_coverage(enrolled: pd.DataFrame) -> list[Finding]:
    """Returns the results that cover markedly less of their grade than the same sitting, which covered it, did a year
    before."""
    large = enrolled[enrolled["enrolled_count"] >= LEAST_ENROLLED]
    coverage = (large["participant_count"] / large["enrolled_count"]).clip(upper=WHOLE_GRADE)
    pairs = _beside_last_year(large.assign(coverage=coverage), SITTING)
    pairs = pairs[pairs["coverage_before"] >= LEAST_COVERED]
    now, before = "{participant_count} из {enrolled_count}", "{participant_count_before} из {enrolled_count_before}"
    said = f"{ASKS['lower_coverage']}: {now}, а было {before}"
    fallen = _records(pairs[pairs["coverage_before"] - pairs["coverage"] >= COVERAGE_FALL])
    return [_look(row, "participant_count", said.format_map(row)) for row in fallen]


def changed_much(frame: pd.DataFrame, key: Sequence[str], column: str) -> list[Finding]:
    """Returns the rows whose number has become several times larger or smaller within a year."""
    pairs = _beside_last_year(frame, key)
    both = pairs[[column, f"{column}_before"]]
    least, most = both.min(axis=1), both.max(axis=1)
    found = []
    for row in _records(pairs[(most > MANY_TIMES * least) & (most - least > MORE_THAN)]):
        now, before = (plain_number(row[name]) for name in (column, f"{column}_before"))
        where = f"{row['source_file_before']}: {row['place_before']}"
        found.append(_look(row, column, f"{ASKS['magnitude']}: стало {now}, а было {before} ({where})"))
    return found


def same_blocks(results: pd.DataFrame) -> list[Finding]:
    """Returns a finding for each two schools or years that have the same distributions of marks in several rows."""
    marked = results[results[MARK_COLUMNS].notna().all(axis=1) & (results["participant_count"] >= LEAST_IN_BLOCK)]
    alike = ["procedure", "subject", "programme_grade", *MARK_COLUMNS]
    met = marked[marked.duplicated(alike, keep=False)].sort_values(["calendar_year", "school_login"], kind="stable")
    shared: dict[tuple[Any, Any], list[tuple[Mapping[str, Any], Mapping[str, Any]]]] = defaultdict(list)
    for _, group in met.groupby(alike, sort=False):
        for before, after in combinations(_records(group), 2):
            sheets = [(row["school_login"], row["calendar_year"]) for row in (before, after)]
            if sheets[0] != sheets[1]:
                shared[(sheets[0], sheets[1])].append((before, after))
    return [_block(pairs) for pairs in shared.values() if len(pairs) >= EQUAL_ROWS]


def _block(pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Finding:
    before, after = pairs[0]
    others = "; ".join(str(one["place"]) for one, _ in pairs[:EQUAL_ROWS])
    said = f"{ASKS['same_block']}. Строк с теми же числами: {len(pairs)} ({before['source_file']}: {others} …)."
    places = tuple(str(one["place"]) for _, one in pairs[:PLACES_NAMED])
    return Finding("plausibility", Severity.ATTENTION, str(after["source_file"]), places, "", said, LOOK)


def _beside_last_year(frame: pd.DataFrame, key: Sequence[str]) -> pd.DataFrame:
    """The rows that have one with the same key in the year before; its columns end with _before."""
    before = frame.assign(calendar_year=frame["calendar_year"] + 1)
    return frame.merge(before, on=[*key, "calendar_year"], suffixes=("", "_before"))


def _look(row: Mapping[str, Any], column: str, said: str) -> Finding:
    file, place, value = str(row["source_file"]), (str(row["place"]),), plain_number(row[column])
    return Finding("plausibility", Severity.ATTENTION, file, place, value, f"{said}.", LOOK)


def _records(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    return frame.to_dict("records")
