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
    named = [{"term": one.term, "expansion": one.expansion, "basis": one.basis} for one in abbreviations]
    return {
        "passport": typed_table(PassportRows, list(map(passport_row, methods.passport.indicators if methods else ()))),
        "selection_rules": typed_table(SelectionRules, list(map(_rule, methods.rules if methods else ()))),
        "sources": typed_table(Sources, list(map(source_row, sources))),
        "abbreviations": typed_table(Abbreviations, named),
        "assumptions": typed_table(Assumptions, list(map(assumption_row, assumptions))),
    }


def source_row(one: Source) -> dict[str, object]:
    """A received file as a row of contracts.indicators.Sources."""
    return {
        "title": one.title,
        "origin": one.origin,
        "received": pd.Timestamp(one.received),
        "file_name": one.file,
        "sha256": one.sha256,
        "licence": one.licence,
    }


def assumption_row(one: Assumption) -> dict[str, object]:
    """An assumption as a row of contracts.quality.Assumptions."""
    return {
        "assumption_id": one.assumption_id,
        "statement": one.text,
        "used_in": one.used_in,
        "basis": one.basis,
        "reliability": one.reliability,
        "impact": one.impact,
        "confirmation": CONFIRMED if one.confirmed else NOT_CONFIRMED,
        "since_date": pd.NaT if one.since is None else pd.Timestamp(one.since),
    }


def passport_row(one: Indicator) -> dict[str, object]:
    """An indicator as a row of contracts.report.PassportRows."""
    return {
        "indicator_id": one.id,
        "indicator_name": one.name,
        "formula": one.formula,
        "formula_source": one.formula_source,
        "formula_confirmed": one.formula_confirmed,
        "unit": one.unit,
        "direction": one.direction,
        "numerator_parts": "; ".join(one.numerator),
        "denominator_parts": "; ".join(one.denominator),
        "interval_kind": interval_words(one),
        "threshold": one.threshold,
        "threshold_source": one.threshold_source,
        "threshold_confirmed": one.threshold_confirmed,
        "supplied_by": one.supplied_by,
    }


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
