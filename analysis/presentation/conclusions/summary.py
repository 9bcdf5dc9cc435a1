"""Sentences of the summary: in numbers, what results, changes and rules say of the supported schools.

For the office alone: in a public edition mostly small numbers are hidden, and counts over the rest would mislead.
"""

from collections.abc import Iterator

from analysis.contracts.effectiveness import LIKE_CITY
from analysis.presentation.conclusions.results import OF, OUTER, comparisons_with_city
from analysis.presentation.conclusions.selection import LISTED, UNDECIDED, named, selected_by_rules
from analysis.presentation.conclusions.sentence import CONCLUSION, FACT, OFFICE, SUMMARY, Case, Sentence, Told
from analysis.presentation.row_keys import indicator_keys, selection_key
from analysis.presentation.russian import counted
from analysis.presentation.shares import NOT_TOLD

BASIS = "tbl-conclusions"


def beside_city(case: Case) -> Iterator[Told]:
    """How many comparisons of the supported schools with the city tell something."""
    rows = [row for _, _, _, some in comparisons_with_city(case.edition) for row in some]
    if rows:
        like = sum(row["against_city"] == LIKE_CITY for row in rows)
        outside = sum(OUTER in str(row["against_city"]) for row in rows)
        yield Told(
            f"Поддерживаемые школы против города: из {counted(len(rows), 'сравнение', OF)} за пределом {OUTER} — "
            f"{outside}, между 95 % и {OUTER} (повод посмотреть, не вывод) — {len(rows) - outside - like}, "
            f"{NOT_TOLD} — {like}.",
            indicator_keys(rows),
            table=BASIS,
        )


def listed_by_rules(case: Case) -> Iterator[Told]:
    """How many schools each rule lists, and for how many it cannot be told."""
    for rule, rows in selected_by_rules(case.evidence):
        states = [row["listed"] for row in rows]
        if rule.parts_schools:
            yield Told(
                f"Отбор школ с низкими результатами, {named(rule)}: в списке — {states.count(LISTED)}, "
                f"сказать нельзя — {states.count(UNDECIDED)}; всего школ — {len(rows)}.",
                [selection_key(row) for row in rows],
                table=BASIS,
            )


SENTENCES = tuple(
    Sentence(name, kind, condition, tell, audience=OFFICE, section=SUMMARY)
    for name, kind, tell, condition in (
        (
            "итог-против-города", CONCLUSION, beside_city,
            "у поддерживаемых школ есть доли с порогом, которые сравнены с городом",
        ),
        ("итог-отбор", FACT, listed_by_rules, "правило отбора, различающее школы, применено к году"),
    )
)  # fmt: skip
