"""Sentences of the report that is read: what results and rules say of the supported schools, each once.

For the office alone: in a public edition mostly small numbers are hidden, and counts over the rest would mislead.
Similar findings are one sentence, with their number and the strongest case.
"""

from collections.abc import Iterator, Sequence

import pandas as pd

from analysis.presentation.conclusions.places import REPORT, SELECTION_NOTE
from analysis.presentation.conclusions.results import OUTER, comparisons_with_city
from analysis.presentation.conclusions.selection import LISTED, UNDECIDED, how_surely, selected_by_rules
from analysis.presentation.conclusions.sentence import (
    CONCLUSION,
    FACT,
    OFFICE,
    SCHOOL,
    SUMMARY,
    Case,
    Sentence,
    Told,
)
from analysis.presentation.conclusions.support import effects_of
from analysis.presentation.effectiveness_tables import lowered
from analysis.presentation.row_keys import effect_key, indicator_keys, selection_key
from analysis.presentation.russian import PREPOSITIONAL, counted, listed
from analysis.presentation.school_facts import subject_words
from analysis.presentation.shares import likely, out_of, whole_percent
from analysis.presentation.words import Row
from analysis.rules.exam_calendar import JOURNAL
from analysis.rules.indicator_passport import Indicator

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
    found = [(row, one) for _, _, one, rows in comparisons_with_city(case.edition) for row in rows]
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
SENTENCES = tuple(
    Sentence(name, kind, condition, tell, places, OFFICE, section)
    for name, kind, section, places, tell, condition in (
        (
            "итог-против-города", CONCLUSION, SUMMARY, (REPORT,), beside_city,
            f"у поддерживаемых школ {COMPARED}",
        ),
        (
            "итог-отбор", FACT, SUMMARY, (REPORT, SELECTION_NOTE), listed_by_rules,
            "правило отбора, различающее школы, применено к году",
        ),
        ("школа-в-целом", CONCLUSION, SCHOOL, (REPORT,), school_in_all, "доля школы по всем результатам года оценена"),
        (BESIDE_CITY, CONCLUSION, SCHOOL, (REPORT,), school_beside_city, f"у школы {COMPARED}"),
    )
)  # fmt: skip
