"""What people wrote into files of rules becomes typed tables, after their contracts."""

from collections.abc import Sequence

import pandas as pd

from analysis.contracts.columns import typed_table
from analysis.contracts.indicators import Abbreviations, Sources
from analysis.contracts.quality import CONFIRMED, Assumptions
from analysis.contracts.report import PassportRows, SelectionRules
from analysis.rules.assumptions import Assumption
from analysis.rules.config import Abbreviation, Source
from analysis.rules.indicator_passport import NO_INTERVAL, Indicator
from analysis.rules.methods import Methods, RuleSet
from analysis.rules.written import NOT_CONFIRMED, bracketed, doubt


def rule_tables(
    sources: Sequence[Source],
    abbreviations: Sequence[Abbreviation],
    assumptions: Sequence[Assumption],
    methods: Methods | None,
) -> dict[str, pd.DataFrame]:
    """Returns passport, selection_rules, sources, abbreviations and assumptions, each in the order of its file."""
    return {
        "passport": typed_table(PassportRows, list(map(passport_row, methods.passport.indicators if methods else ()))),
        "selection_rules": typed_table(SelectionRules, list(map(_rule, methods.rules if methods else ()))),
        "sources": typed_table(Sources, [{**vars(one), "file_name": one.file} for one in sources]),
        "abbreviations": typed_table(Abbreviations, list(map(vars, abbreviations))),
        "assumptions": typed_table(Assumptions, list(map(assumption_row, assumptions))),
    }


# Fields that are columns by the same name are not listed: a contract takes from a row what it knows.
def assumption_row(one: Assumption) -> dict[str, object]:
    """An assumption as a row of contracts.quality.Assumptions."""
    confirmation = CONFIRMED if one.confirmed else NOT_CONFIRMED
    return {**vars(one), "statement": one.text, "confirmation": confirmation, "since_date": one.since}


def passport_row(one: Indicator) -> dict[str, object]:
    """An indicator as a row of contracts.report.PassportRows."""
    parts = {"numerator_parts": "; ".join(one.numerator), "denominator_parts": "; ".join(one.denominator)}
    named = {"indicator_id": one.id, "indicator_name": one.name, "interval_kind": interval_words(one)}
    return {**vars(one), **named, **parts}


def interval_words(one: Indicator) -> str:
    """The kind of interval, or why there is none."""
    return f"нет: {one.interval_note}" if one.interval == NO_INTERVAL else one.interval


def _rule(rule: RuleSet) -> dict[str, object]:
    sure = bracketed(doubt(rule.default, rule.confirmed))
    threshold = f"{rule.threshold:.4f}".rstrip("0").rstrip(".").replace(".", ",")
    return {
        "rule_id": rule.id,
        "rule_words": f"«{rule.name}»{sure}: низкая — доля не меньше {threshold}; в списке — низких не меньше "
        f"{rule.minimum_low_procedures}, повторение: {rule.repetition}",
    }
