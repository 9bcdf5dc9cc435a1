"""The sentence on support: what came against what earlier years foresaw. Nothing else says whether support helped."""

from collections.abc import Iterator

import pandas as pd

from analysis.presentation.brief_words import interval_words
from analysis.presentation.conclusions.places import SCHOOL_NOTE
from analysis.presentation.conclusions.sentence import CONCLUSION, OFFICE, SUMMARY, TRANSITION, Case, Sentence, Told
from analysis.presentation.effectiveness_tables import NONE_NOTICED, by_id, effect_rows, lowered, noticeable_words
from analysis.presentation.row_keys import effect_key
from analysis.presentation.shares import NO_DATA, NOTED, SURE, whole_percent, words_of
from analysis.presentation.words import Row, rows_of
from analysis.rules.indicator_passport import Indicator

# How often as much comes by itself: what is said is the tail of a prediction, and the sentence says so.
BY_ITSELF = {NOTED: "у одной из пяти школ", SURE: "у одной из двадцати школ"}


def support(case: Case) -> Iterator[Told]:
    """Of each supported school, or of the one that a document is about, whether its results are as foreseen."""
    for indicator, row in effects_of(case):
        about = "" if case.school else f"{case.evidence.name(row['school_login'])}, "
        name = lowered(indicator.name) if about else indicator.name
        supported = row["school_login"] in case.evidence.supported
        more = _noticeable(row) if case.school and pd.notna(row["comparable_count"]) else ""
        yield Told(f"{about}{name}: {_said(row, supported=supported)}.{more}", [effect_key(row)])


def _said(row: Row, *, supported: bool) -> str:
    if pd.isna(row["better_probability"]):
        why = str(row["flags"]).partition("; ")[0].partition(": ")
        return f"стало ли лучше, сказать нельзя: {why[2] or why[0]}"
    around = interval_words(row, "foreseen_low", "foreseen_high").replace("–", " до ")
    came, foreseen = (whole_percent(row[f"{name}_value"]) for name in ("comparable", "foreseen"))
    numbers = f"{came}, а ждали {foreseen}, от {around}"
    without = " без поддержки" if supported else ""
    for word, such, chance in (
        ("лучше", "такой или больший рост бывает и сам собой", row["better_probability"]),
        ("хуже", "такое или большее ухудшение бывает и само собой", row["worse_probability"]),
    ):
        level = next((one for one in (SURE, NOTED) if chance >= one), None)
        if level is not None:
            return f"{word}, чем ожидалось{without} ({numbers}); {such} {BY_ITSELF[level]}"
    if not supported:
        return f"так, как ожидалось ({numbers})"
    return f"так, как ожидалось и без поддержки ({numbers}); сказать, помогла ли она, нельзя"


def in_all(case: Case) -> Iterator[Told]:
    """In how many supported schools results are better or worse than foreseen, or cannot be told."""
    rows = [row for _, row in effects_of(case)]
    if rows:
        told = [row for row in rows if pd.notna(row["better_probability"])]
        better, worse = (sum(row[f"{way}_probability"] >= NOTED for row in told) for way in ("better", "worse"))
        left = f", не сравнить — {len(rows) - len(told)}" if len(told) < len(rows) else ""
        text = (
            f"Против ожидаемого без поддержки (сравнений — {len(told)}) лучше — {better}, хуже — {worse}{left}; само "
            "собой лучше бывает у одной школы из пяти."
            if told
            else "Стали ли результаты школ лучше, сказать нельзя: с прежними годами их не сравнить."
        )
        yield Told(text, [effect_key(row) for row in rows])


def _noticeable(row: Row) -> str:
    """From which improvement of the school on it would be noticed at all; nothing where the share is not estimated."""
    said = noticeable_words(row)
    never = " Улучшения при таком числе участников не заметили бы никакого."
    return {NO_DATA: "", NONE_NOTICED: never}.get(said, f" Заметили бы улучшение больше {said}")


def effects_of(case: Case) -> Iterator[tuple[Indicator, Row]]:
    """The effects of the supported schools, or of the school of a document, by the indicators that are judged."""
    logins = [case.school] if case.school else case.evidence.supported
    for indicator in by_id(case.edition).values():
        if indicator.threshold is not None and indicator.table == "results":
            rows = effect_rows(case.edition, indicator)
            yield from ((indicator, row) for row in rows_of(rows) if row["school_login"] in logins)


HELD = "доля школы по всем результатам года оценена; «лучше» и «хуже» — от вероятности " + words_of(NOTED)
SENTENCES = (
    Sentence("поддержка", CONCLUSION, HELD, support, audience=OFFICE, section=TRANSITION),
    Sentence("школа-поддержка", CONCLUSION, HELD, support, (SCHOOL_NOTE,), OFFICE),
    Sentence("итог-поддержка", CONCLUSION, HELD, in_all, audience=OFFICE, section=SUMMARY),
)
