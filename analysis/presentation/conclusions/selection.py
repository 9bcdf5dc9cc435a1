"""Sentences about the rules of selection, of the report and of the note on selection."""

from collections.abc import Iterator

import pandas as pd

from analysis.contracts.effectiveness import LEAVING_WORDS, LISTED_WORDS
from analysis.indicators.selection_hits import PROCEDURE, repeated_over_breaks
from analysis.presentation.conclusions.evidence import Evidence
from analysis.presentation.conclusions.places import REPORT, SELECTION_NOTE
from analysis.presentation.conclusions.sentence import CONCLUSION, FACT, OFFICE, SELECTION, Case, Sentence, Told
from analysis.presentation.edition import Edition
from analysis.presentation.row_keys import selection_key, threshold_key
from analysis.presentation.russian import counted, listed
from analysis.presentation.shares import likely, percent, probability
from analysis.presentation.words import Row, rows_of
from analysis.rules.methods import NO_REPETITION, PARTS_NOTHING, RuleSet
from analysis.rules.written import bracketed, doubt

LISTED, UNLISTED, UNDECIDED = LISTED_WORDS
LEAVES = LEAVING_WORDS[1]
BOTH = (REPORT, SELECTION_NOTE)


def who_is_listed(case: Case) -> Iterator[Told]:
    """Whom each rule lists."""
    for rule, rows in selected_by_rules(case.evidence):
        some = _of_state(rows, LISTED)
        if not some and _of_state(rows, UNDECIDED):
            continue
        names = listed([case.evidence.name(row["school_login"]) for row in some])
        said = f"{counted(len(some), 'школа')}: {names}" if some else "ни одной школы"
        yield Told(f"{named(rule)}: в списке {said}.", [selection_key(row) for row in some])


def undecided(case: Case) -> Iterator[Told]:
    """For whom missing data decide."""
    for rule, rows in selected_by_rules(case.evidence):
        some = _of_state(rows, UNDECIDED)
        if some and not rule.parts_schools:
            yield Told(f"«{rule.name}» не применено: {PARTS_NOTHING}.", [selection_key(row) for row in some])
        elif some:
            cases = "; ".join(f"{case.evidence.name(row['school_login'])} — {row['reason']}" for row in some)
            text = f"«{rule.name}»: недостаточно данных, попадает ли школа в список: {cases}."
            yield Told(text, [selection_key(row) for row in some])


def other_thresholds(case: Case) -> Iterator[Told]:
    """Whom another threshold would change."""
    for rule in case.evidence.rules:
        rows = rows_of(case.evidence.of_rule("selection_thresholds", rule))
        some = [row for row in rows if row["entering_schools"] or row["leaving_schools"]]
        if some:
            cases = "; ".join(_threshold_case(case.evidence, row) for row in some)
            yield Told(
                f"«{rule.name}»: список зависит от порога: {cases}.",
                [threshold_key(row) for row in some],
            )


def leaving(case: Case) -> Iterator[Told]:
    """Who leaves the list, and whether chance would do as much."""
    for rule, rows in selected_by_rules(case.evidence):
        for row in _leaving(rows):
            chance = f", вероятность, что на деле всё ещё низкие, — {probability(row['still_low_probability'])}"
            known: str = chance if pd.notna(row["still_low_probability"]) else ""
            name = case.evidence.name(row["school_login"])
            text = f"«{rule.name}»: {name} выходит из списка: {row['leaving_note']}{known}."
            yield Told(text, [selection_key(row)])


def supported_but_not_listed(case: Case) -> Iterator[Told]:
    """Supported schools that rules do not list; rules that leave out the same are told together."""
    alike: dict[tuple[str, ...], list[tuple[RuleSet, list[str]]]] = {}
    for rule, rows in selected_by_rules(case.evidence):
        keys = {row["school_login"]: selection_key(row) for row in _of_state(rows, UNLISTED)}
        outside = tuple(login for login in case.evidence.supported if login in keys)
        alike.setdefault(outside, []).append((rule, [keys[login] for login in outside]))
    for outside, some in alike.items():
        if outside:
            names = listed([case.evidence.name(login) for login in outside])
            by = f"{'правилу' if len(some) == 1 else 'правилам'} {listed([named(rule) for rule, _ in some])}"
            yield Told(
                f"Получают поддержку, но по {by} за {case.evidence.year} год в список не попадают: {names}. "
                "Социальных условий (ШНСУ) правила отбора не учитывают.",
                [key for _, keys in some for key in keys],
            )


def repeated_over_a_break(case: Case) -> Iterator[Told]:
    """Low procedures that rules count as repeated though the two years may not be compared; rules alike together."""
    alike: dict[str, list[tuple[RuleSet, list[Row]]]] = {}
    for rule, rows in selected_by_rules(case.evidence):
        broken = over_breaks(case.edition, rule.id)
        number = broken["school_login"].value_counts()
        some = [row for row in rows if row["school_login"] in number]
        if some and rule.repetition != NO_REPETITION:
            counts = [(row, f"{number[row['school_login']]} из {row['repeated_low_count']}") for row in some]
            said = "; ".join(f"{case.evidence.name(row['school_login'])} — {count}" for row, count in counts)
            text = f"{said}. Считать годы правило велит, а сравнивать их нельзя ({breaks_words(case.edition, broken)})"
            alike.setdefault(text, []).append((rule, some))
    for text, found in alike.items():
        names = listed([named(rule) for rule, _ in found])
        head = f"{names}: из процедур, низких два года подряд, через разрыв сопоставимости"
        yield Told(f"{head}: {text}.", [selection_key(row) for _, rows in found for row in rows])


def how_surely(case: Case, row: Row) -> str:
    """«Школа № 12 (по истинным долям — вероятно)»: the school, and how likely the rule is met without chance."""
    sure: str = "" if pd.isna(row["low_probability"]) else f" (по истинным долям — {likely(row['low_probability'])})"
    return f"{case.evidence.name(row['school_login'])}{sure}"


def selected_by_rules(evidence: Evidence) -> Iterator[tuple[RuleSet, list[Row]]]:
    """Each rule with what it says of every school."""
    for rule in evidence.rules if len(evidence.rows("selection")) else ():
        yield rule, rows_of(evidence.of_rule("selection", rule))


def named(rule: RuleSet) -> str:
    """The name of a rule, and what of it is in doubt."""
    return f"«{rule.name}»{bracketed(doubt(rule.default, rule.confirmed))}"


def _of_state(rows: list[Row], state: str) -> list[Row]:
    return [row for row in rows if row["listed"] == state]


def _leaving(rows: list[Row]) -> list[Row]:
    return [row for row in rows if str(row["leaving"]) == LEAVES]


def _threshold_case(evidence: Evidence, row: Row) -> str:
    moves = [
        f"{word}: {', '.join(evidence.name(login) for login in row[column].split(', '))}"
        for word, column in (("вошли бы", "entering_schools"), ("выпали бы", "leaving_schools"))
        if row[column]
    ]
    return f"при {percent(row['threshold'], 0)} {', '.join(moves)}"


SENTENCES = tuple(
    Sentence(name, kind, condition, tell, places, OFFICE, SELECTION)
    for name, kind, tell, places, condition in (
        ("список", FACT, who_is_listed, (REPORT,), "правило применено к результатам года"),
        ("ответ-не-ясен", CONCLUSION, undecided, BOTH, "недостающие результаты могут изменить ответ правила"),
        ("другой-порог", CONCLUSION, other_thresholds, (REPORT,), "при другом пороге список другой"),
        ("выход", CONCLUSION, leaving, BOTH, "школа была в списке и по правилу выходит"),
        (
            "правило-и-поддержка", CONCLUSION, supported_but_not_listed, (SELECTION_NOTE,),
            "школа получает поддержку, а по правилу не в списке",
        ),
        (
            "повторение-и-разрыв", CONCLUSION, repeated_over_a_break, BOTH,
            "процедура низкая два года подряд, а слово сопоставимости сменилось; правило требует повторения",
        ),
    )
)  # fmt: skip


NOTHING = pd.DataFrame(columns=[*PROCEDURE, "comparability_before", "comparability"])


def over_breaks(edition: Edition, rule_id: str) -> pd.DataFrame:
    """The repetitions of a rule over a break in the year of the edition (`repeated_over_breaks`)."""
    hits = edition.tables.get("selection_hits")
    if hits is None or edition.methods is None:
        return NOTHING
    return repeated_over_breaks(hits, edition.methods.calendar, rule_id, edition.calendar_year)


def breaks_words(edition: Edition, broken: pd.DataFrame) -> str:
    """«ВПР: 2020 год — осень; 2021 год — весна»; each break once."""
    year = edition.calendar_year
    each = broken[["procedure", "comparability_before", "comparability"]].drop_duplicates()
    said = [
        f"{procedure}: {year - 1} год — {before or 'без календаря'}; {year} год — {now or 'без календаря'}"
        for procedure, before, now in each.itertuples(index=False)
    ]
    return "; ".join(said)


def repetition_note(edition: Edition, *rule_ids: str) -> str:
    """The remark under a table of schools by these rules; empty where no repetition lies over a break."""
    broken = pd.concat([over_breaks(edition, one) for one in rule_ids]) if rule_ids else NOTHING
    if broken.empty:
        return ""
    return (
        "Два года подряд посчитаны, как велит правило, и там, где эти годы нельзя сравнивать (разрыв сопоставимости): "
        f"{breaks_words(edition, broken)}."
    )
