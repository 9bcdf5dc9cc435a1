"""Sentences about selection and of the report that is read; and the list of all sentences."""

from collections.abc import Iterator, Sequence

import pandas as pd

from analysis.contracts.effectiveness import LEAVING_WORDS, LISTED_WORDS
from analysis.indicators.selection import PROCEDURE, repeated_over_breaks
from analysis.presentation.conclusions import documents, results
from analysis.presentation.conclusions.results import OUTER, comparisons_with_city, effects_of
from analysis.presentation.conclusions.sentence import (
    CONCLUSION,
    FACT,
    OFFICE,
    SCHOOL,
    SELECTION,
    SUMMARY,
    Case,
    Evidence,
    Said,
    Sentence,
    Told,
)
from analysis.presentation.edition import Edition, effect_key, indicator_keys, selection_key, threshold_key
from analysis.presentation.shares import likely, out_of, percent, probability, whole_percent
from analysis.presentation.words import PREPOSITIONAL, Row, counted, listed, lowered, rows_of, subject_words
from analysis.rules.documents import IN_SELECTION_NOTE, REPORT
from analysis.rules.methods import NO_REPETITION, PARTS_NOTHING, Indicator, RuleSet
from analysis.rules.written import JOURNAL, bracketed, doubt

# Sentences about the rules of selection, of the report and of the note on selection.

LISTED, UNLISTED, UNDECIDED = LISTED_WORDS
LEAVES = LEAVING_WORDS[1]
BOTH = (REPORT, IN_SELECTION_NOTE)


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


SELECTION_SENTENCES = tuple(
    Sentence(name, kind, condition, tell, places, OFFICE, SELECTION)
    for name, kind, tell, places, condition in (
        ("список", FACT, who_is_listed, (REPORT,), "правило применено к результатам года"),
        ("ответ-не-ясен", CONCLUSION, undecided, BOTH, "недостающие результаты могут изменить ответ правила"),
        ("другой-порог", CONCLUSION, other_thresholds, (REPORT,), "при другом пороге список другой"),
        ("выход", CONCLUSION, leaving, BOTH, "школа была в списке и по правилу выходит"),
        (
            "правило-и-поддержка", CONCLUSION, supported_but_not_listed, (IN_SELECTION_NOTE,),
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


# Sentences of the report that is read: what results and rules say of the supported schools, each once.
#
# For the office alone: in a public edition mostly small numbers are hidden, and counts over the rest would mislead.
# Similar findings are one sentence, with their number and the strongest case.

RESULT = {"результат": ("результата", "результатов", "результатов")}
Compared = list[tuple[Row, Indicator]]


def beside_city(case: Case) -> Iterator[Told]:
    """How many results of the supported schools are surely worse than the city's, and the strongest case."""
    yield from _beside_city(_compared(case), "")


def school_beside_city(case: Case) -> Iterator[Told]:
    """The same of one school."""
    name = case.evidence.name(case.school)
    yield from _beside_city([one for one in _compared(case) if one[0]["group_name"] == name], name)


def school_in_all(case: Case) -> Iterator[Told]:
    """A school over all its results of the year beside the city, and how likely it is above it."""
    found = [(one, row) for one, row in effects_of(case) if pd.notna(row["pooled_value"])] if case.school else []
    if found:
        said = "; ".join(_in_all(one, row) for one, row in found)
        text = f"{case.evidence.name(case.school)}: по всем результатам вместе {said}."
        yield Told(text, [effect_key(row) for _, row in found])


def _in_all(indicator: Indicator, row: Row) -> str:
    """«доля «2» — 26 % при 10 % в городе, больше — почти наверняка»."""
    share, city = whole_percent(row["pooled_value"]), whole_percent(row["city_value"])
    return f"{lowered(indicator.name)} — {share} при {city} в городе, больше — {likely(row['above_city_probability'])}"


def listed_by_rules(case: Case) -> Iterator[Told]:
    """Whom the rules list, and of how many it cannot be told; rules that list the same are told together."""
    alike: dict[tuple[str, ...], list[Sequence[Row]]] = {}
    for rule, rows in selected_by_rules(case.evidence):
        if rule.parts_schools:
            names = [how_surely(case, row) for row in rows if row["listed"] == LISTED]
            alike.setdefault((*names, str(sum(row["listed"] == UNDECIDED for row in rows))), []).append(rows)
    for (*names, unknown), groups in alike.items():
        by = "По правилу отбора" if len(groups) == 1 else f"По правилам отбора (их {len(groups)})"
        verb = "попадает" if len(names) == 1 else "попадают"
        who = f"{verb} {listed(names)}" if names else "не попадает ни одна школа"
        rest = f"; о {counted(int(unknown), 'школа', PREPOSITIONAL)} сказать нельзя" if int(unknown) else ""
        yield Told(f"{by} в список {who}{rest}.", [selection_key(row) for rows in groups for row in rows])


def _compared(case: Case) -> Compared:
    """Results of procedures that can be compared with the city; marks of the journal are none."""
    found = [(row, one) for _, one, rows in comparisons_with_city(case.edition) for row in rows]
    return [(row, one) for row, one in found if row["procedure"] != JOURNAL]


def _beside_city(found: Compared, school: str) -> Iterator[Told]:
    worse = [row for row, one in found if OUTER in str(row["against_city"]) and _is_worse(row, one)]
    keys, whole = indicator_keys([row for row, _ in found]), counted(len(found), "результат", RESULT)
    whose = "" if school else " поддерживаемых школ"
    if worse:
        worst = max(worse, key=lambda row: abs(row["value"] - row["city_value"]))
        strongest = _case(worst, named=not school)
        said = f"Почти наверняка хуже городского {len(worse)} из {whole}{whose}; сильнее всего — {strongest}."
        yield Told(_of(school, said), keys)
    elif found:
        said = f"Ни об одном из {whole}{whose} нельзя сказать, что он почти наверняка хуже городского."
        yield Told(_of(school, said), keys)


def _of(school: str, said: str) -> str:
    """A sentence that names its school first; of all of them as it is."""
    return f"{school}: {said[:1].lower()}{said[1:]}" if school else said


def _is_worse(row: Row, indicator: Indicator) -> bool:
    return bool(row["value"] > row["city_value"]) == (indicator.direction != "больше — лучше")


def _case(row: Row, *, named: bool) -> str:
    """«Школа № 12, ВПР, математика, 8 класс: 7 из 16 при 10 % в городе»."""
    subject, who = subject_words(row), f"{row['group_name']}, " if named else ""
    about = f"{who}{row['procedure']}, {subject[:1].lower()}{subject[1:]}"
    return f"{about}: {out_of(row)} при {whole_percent(row['city_value'])} в городе"


BESIDE_CITY = "школа-в-городе"
COMPARED = "есть доли с порогом, которые сравнены с городом"
SUMMARY_SENTENCES = tuple(
    Sentence(name, kind, condition, tell, places, OFFICE, section)
    for name, kind, section, places, tell, condition in (
        (
            "итог-против-города", CONCLUSION, SUMMARY, (REPORT,), beside_city,
            f"у поддерживаемых школ {COMPARED}",
        ),
        (
            "итог-отбор", FACT, SUMMARY, (REPORT, IN_SELECTION_NOTE), listed_by_rules,
            "правило отбора, различающее школы, применено к году",
        ),
        ("школа-в-целом", CONCLUSION, SCHOOL, (REPORT,), school_in_all, "доля школы по всем результатам года оценена"),
        (BESIDE_CITY, CONCLUSION, SCHOOL, (REPORT,), school_beside_city, f"у школы {COMPARED}"),
    )
)  # fmt: skip


# The list itself: every sentence once, in the order in which it is printed.

SENTENCES: tuple[Sentence, ...] = (
    *SUMMARY_SENTENCES,
    *results.RESULT_SENTENCES,
    *results.TEACHER_SENTENCES,
    *results.SUPPORT_SENTENCES,
    *results.TRANSITION_SENTENCES,
    *SELECTION_SENTENCES,
    *documents.SCHOOL_NOTE_SENTENCES,
    *documents.MEETING_SENTENCES,
    *documents.CONTEST_SENTENCES,
)


def conclusions(case: Case, place: str, section: str = "") -> list[Said]:
    """What the evidence carries in the report or in a kind of document, in the order of the list.

    Args:
        case: The evidence of the year, and the school or the rule that a document is about.
        place: One of places.PLACES.
        section: The section of the report wanted; all where it is empty.
    """
    wanted = [one for one in SENTENCES if place in one.places and section in ("", one.section)]
    fit = [one for one in wanted if one.audience != OFFICE or case.edition.internal]
    return [Said(one, told) for one in fit for told in one.tell(case)]
