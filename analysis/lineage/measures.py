"""The chain of a measure and year: the plan from its cells of the document, then what was reported about it."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from analysis.contracts.columns import READING_WORDS
from analysis.contracts.findings import RULE_TITLES
from analysis.lineage.facts import fact_chain, facts_in_short
from analysis.lineage.ground import Ground, asked_as, key_of, row_place
from analysis.presentation.words import Row, bounded, count_words, rows_of

READING_RULES = {
    "sum": "сумма заполненных лет равна итогу",
    "annual": "каждый заполненный год равен итогу",
    "yearly_words": "слова «раз в год», и каждый заполненный год равен итогу",
    "decision": "записанное решение",
    "unsettled": "ни одно правило не подошло, показаны оба прочтения",
}


def measure_chain(row: Row, ground: Ground) -> Iterator[str]:
    """The whole chain of one row of the plan."""
    year = row["calendar_year"]
    measure = _measure(row, ground)
    yield f"{asked_as(row)} «{row['measure_name']}»"
    yield f"  план на {year} год: {count_words(row['target_count'])}"
    yield f"    ← {_target_cell(row, ground)}"
    yield (
        f"  план за срок: {bounded(row['planned_total_count'], row['comparator'])}; {READING_WORDS[row['reading']]} "
        f"({READING_RULES[measure['reading_basis']]})"
    )
    yield f"    ← {ground.cell(measure)}: «{measure['planned_total_text']}»"
    if not pd.isna(measure["decision_document"]):
        yield f"    ← решение: {measure['decision_document']}"
    yield from _row_findings(measure, ground)
    yield from plan_to_date(row, ground)
    if "plan_fact" in ground.tables:
        yield from fact_chain(row, ground)
        yield from accepted_to_date(row, ground)


def target_line(row: Row, ground: Ground) -> str:
    """The plan of a measure and year in one line: «4.3@2021: 1 ← file, cell: «1»»."""
    return f"{asked_as(row)}: {count_words(row['target_count'])} ← {_target_cell(row, ground)}"


def plan_to_date(row: Row, ground: Ground) -> Iterator[str]:
    """The plan from the first year to this one, and what it is added up from."""
    if row["reading"] != "annual":
        years = _years_to_date(row, ground)
        added = _addition([one["target_count"] for one in years])
        yield f"  план с начала срока, если складывать: {count_words(row['cumulative_flow_count'])}{added}"
        for one in years:
            yield f"    {one['calendar_year']}: {count_words(one['target_count'])} ← {_target_cell(one, ground)}"
    if row["reading"] != "flow":
        level = count_words(row["cumulative_annual_count"])
        yield f"  план с начала срока, если это уровень: {level} — план самого года, годы не складываются"


def accepted_to_date(row: Row, ground: Ground) -> Iterator[str]:
    """What was accepted from the first year to this one; a level is never added."""
    if row["reading"] == "annual":
        return
    years = _years_to_date(row, ground)
    least = "не менее " if row["unknown_year_count"] and not pd.isna(row["accepted_flow_count"]) else ""
    added = _addition([one["accepted_count"] for one in years])
    yield f"  принято с начала срока, если складывать: {least}{count_words(row['accepted_flow_count'])}{added}"
    for one in years:
        yield f"    {one['calendar_year']}: принято {_or_unknown(one['accepted_count'])}"
        yield from (f"      {line}" for line in facts_in_short(one, ground))


def _years_to_date(row: Row, ground: Ground) -> list[Row]:
    code, number, last = key_of(row)
    return [one for (at, which, year), one in ground.plan.items() if (at, which) == (code, number) and year <= last]


def _addition(counts: Sequence[Any]) -> str:
    """« = 0 + 2»; a year without a value adds nothing and is said to be unknown."""
    words = ["?" if pd.isna(count) else str(count) for count in counts]
    unknown = " (? — не указано: ничего не прибавляет, но и не ноль)" if "?" in words else ""
    return f" = {' + '.join(words)}{unknown}"


def _or_unknown(count: Any) -> str:
    return "— нет сведений" if pd.isna(count) else str(count)


def _target_cell(row: Row, ground: Ground) -> str:
    target = ground.targets[key_of(row)]
    return f"{ground.cell(target)}: «{target['target_text']}»"


def _measure(row: Row, ground: Ground) -> Row:
    measures = ground.tables["measures"]
    same = (measures["activity_code"] == row["activity_code"]) & (measures["measure_number"] == row["measure_number"])
    return rows_of(measures[same])[0]


def _row_findings(measure: Row, ground: Ground) -> Iterator[str]:
    """Findings about the row of the document, corrections and decisions among them."""
    row = row_place(measure["place"])
    for finding in ground.findings[measure["source_file"]]:
        if any(row_place(place) == row for place in finding["place"].split("; ")):
            yield f"    замечание «{RULE_TITLES[finding['rule']]}»: {finding['place']}: {finding['explanation']}"
