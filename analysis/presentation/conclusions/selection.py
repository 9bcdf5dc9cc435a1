"""Sentences about the rules of selection: in the report all rules one after the other, in the note one at a time."""

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
from analysis.presentation.shares import percent, probability
from analysis.presentation.words import Row, rows_of
from analysis.rules.methods import NO_REPETITION, PARTS_NOTHING, RuleSet
from analysis.rules.written import bracketed, doubt

LISTED, UNLISTED, UNDECIDED = LISTED_WORDS
LEAVES = LEAVING_WORDS[1]


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


def listed_by_the_rule(case: Case) -> Iterator[Told]:
    """Whom the rule lists, and how sure that is."""
    name, rows = named(case.rule), _rows(case)
    some = _of_state(rows, LISTED)
    said = [
        f"{case.evidence.name(row['school_login'])}: {row['low_procedure_count']} из {row['known_procedure_count']}; "
        f"вероятность, что условие года выполнено и на деле, — {probability(row['low_probability'])}"
        for row in some
    ]
    keys = [selection_key(row) for row in some]
    if said:
        yield Told(f"По правилу {name} в список попадают (низких процедур)", keys, said)
    elif rows and not _of_state(rows, UNDECIDED):
        yield Told(f"По правилу {name} в список не попадает ни одна школа.", keys)


def undecided_by_the_rule(case: Case) -> Iterator[Told]:
    """For whom missing data decide under the rule."""
    some = _of_state(_rows(case), UNDECIDED)
    if some and case.rule and not case.rule.parts_schools:
        yield Told(f"Правило {named(case.rule)} не применено: {PARTS_NOTHING}.", [selection_key(row) for row in some])
    elif some:
        said = [f"{case.evidence.name(row['school_login'])}: {row['reason']}" for row in some]
        head = f"По правилу {named(case.rule)} о школах сказать нельзя, недостающие данные могли бы изменить ответ"
        yield Told(head, [selection_key(row) for row in some], said)


def supported_but_not_listed(case: Case) -> Iterator[Told]:
    """Supported schools that the rule does not list."""
    rows = _rows(case)
    found = {row["school_login"] for row in _of_state(rows, UNLISTED)}
    outside = [login for login in case.evidence.supported if login in found]
    if outside:
        names = listed([case.evidence.name(login) for login in outside])
        yield Told(
            f"Получают поддержку, но по правилу {named(case.rule)} за {case.evidence.year} год в список не попадают: "
            f"{names}. Правило не учитывает социальных условий (ШНСУ).",
            [selection_key(row) for row in rows if row["school_login"] in outside],
        )


def leaving_by_the_rule(case: Case) -> Iterator[Told]:
    """Who leaves last year's list of the rule."""
    some = _leaving(_rows(case))
    if some:
        said = [f"{case.evidence.name(row['school_login'])}: {_note(row)}" for row in some]
        head = f"По правилу {named(case.rule)} из списка прошлого года выходят"
        yield Told(head, [selection_key(row) for row in some], said)


def repeated_over_a_break(case: Case) -> Iterator[Told]:
    """Low procedures that a rule counts as repeated though the two years may not be compared."""
    for rule, rows in [(case.rule, _rows(case))] if case.rule else selected_by_rules(case.evidence):
        broken = over_breaks(case.edition, rule.id)
        number = broken["school_login"].value_counts()
        some = [row for row in rows if row["school_login"] in number]
        if some and rule.repetition != NO_REPETITION:
            of_how_many = [f"{number[row['school_login']]} из {row['repeated_low_count']}" for row in some]
            names = [case.evidence.name(row["school_login"]) for row in some]
            said = "; ".join(f"{name} — {count}" for name, count in zip(names, of_how_many, strict=True))
            yield Told(
                f"{named(rule)}: из процедур, низких два года подряд, через разрыв сопоставимости: {said}. Правило "
                f"считает годы, а сравнивать их нельзя ({breaks_words(case.edition, broken)}).",
                [selection_key(row) for row in some],
            )


def selected_by_rules(evidence: Evidence) -> Iterator[tuple[RuleSet, list[Row]]]:
    """Each rule with what it says of every school."""
    for rule in evidence.rules if len(evidence.rows("selection")) else ():
        yield rule, rows_of(evidence.of_rule("selection", rule))


def _rows(case: Case) -> list[Row]:
    assert case.rule is not None
    return rows_of(case.evidence.of_rule("selection", case.rule))


def named(rule: RuleSet | None) -> str:
    """The name of a rule, and what of it is in doubt."""
    assert rule is not None
    return f"«{rule.name}»{bracketed(doubt(rule.default, rule.confirmed))}"


def _of_state(rows: list[Row], state: str) -> list[Row]:
    return [row for row in rows if row["listed"] == state]


def _leaving(rows: list[Row]) -> list[Row]:
    return [row for row in rows if str(row["leaving"]) == LEAVES]


def _note(row: Row) -> str:
    return "" if pd.isna(row["leaving_note"]) else str(row["leaving_note"])


def _threshold_case(evidence: Evidence, row: Row) -> str:
    moves = [
        f"{word}: {', '.join(evidence.name(login) for login in row[column].split(', '))}"
        for word, column in (("вошли бы", "entering_schools"), ("выпали бы", "leaving_schools"))
        if row[column]
    ]
    return f"при {percent(row['threshold'], 0)} {', '.join(moves)}"


APPLIED, OPEN = "правило применено к результатам года", "недостающие результаты могут изменить ответ правила"
GOES = "школа была в списке и по правилу выходит"
SENTENCES = (
    *(
        Sentence(name, kind, condition, tell, audience=OFFICE, section=SELECTION)
        for name, kind, tell, condition in (
            ("список", FACT, who_is_listed, APPLIED),
            ("ответ-не-ясен", CONCLUSION, undecided, OPEN),
            ("другой-порог", CONCLUSION, other_thresholds, "при другом пороге список другой"),
            ("выход", CONCLUSION, leaving, GOES),
        )
    ),
    *(
        Sentence(name, CONCLUSION, condition, tell, (SELECTION_NOTE,), OFFICE)
        for name, tell, condition in (
            ("правило-список", listed_by_the_rule, APPLIED),
            ("правило-не-ясно", undecided_by_the_rule, OPEN),
            ("правило-и-поддержка", supported_but_not_listed, "школа получает поддержку, а по правилу не в списке"),
            ("правило-выход", leaving_by_the_rule, GOES),
        )
    ),
    Sentence(
        "повторение-и-разрыв",
        CONCLUSION,
        "процедура низкая два года подряд, а слово сопоставимости в календаре сменилось; правило требует повторения",
        repeated_over_a_break,
        (REPORT, SELECTION_NOTE),
        OFFICE,
        SELECTION,
    ),  # fmt: skip
)


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
