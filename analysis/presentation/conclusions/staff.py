"""Sentences about posts, teachers and the topics of training."""

from collections.abc import Iterator

import pandas as pd

from analysis.presentation.conclusions.places import COURSES, REPORT
from analysis.presentation.conclusions.sentence import CONCLUSION, FACT, OFFICE, STAFF, Case, Sentence, Told
from analysis.presentation.row_keys import indicator_keys, training_key
from analysis.presentation.russian import NO_BREAK_SPACE, form, listed
from analysis.presentation.shares import SURE, SURELY, UNSURE, out_of, whole_percent, words_of
from analysis.presentation.words import Row, rows_of

MOST_NEEDED = 3


def vacancies(case: Case) -> Iterator[Told]:
    """How many posts are vacant."""
    for row in case.evidence.shown_of_schools("vacancy_share"):
        city: str = f", в городе {whole_percent(row['city_value'])}" if pd.notna(row["city_value"]) else ""
        text = f"{row['group_name']}: вакантно {out_of(row)} ставок ({whole_percent(row['value'])}{city})."
        yield Told(text, indicator_keys([row]))


def most_needed(case: Case) -> Iterator[Told]:
    """Topics that are nearly surely among the first three of more."""
    known = _ranked(case)
    sure = [row for row in known if row["top_probability"] >= SURE]
    if sure and len(known) > MOST_NEEDED:
        names = listed([f"«{row['competence']}»" for row in sure])
        text = f"Среди трёх самых нужных тем обучения {SURELY}: {names}."
        yield Told(text, [training_key(row) for row in sure])


def order_of_topics(case: Case) -> Iterator[Told]:
    """Topics whose order cannot be told."""
    known = [row for row in rows_of(case.evidence.rows("training_needs")) if pd.notna(row["rank_low"])]
    pairs = [(one, two) for one, two in zip(known, known[1:], strict=False) if two["rank_low"] <= one["rank_high"]]
    for one, two in pairs:
        yield Told(
            f"Какая из тем нужнее, «{one['competence']}» или «{two['competence']}», сказать нельзя: "
            f"их места {one['rank_low']}–{one['rank_high']} и {two['rank_low']}–{two['rank_high']}.",
            [training_key(row) for row in (one, two)],
        )


def all_needed(case: Case) -> Iterator[Told]:
    """There are no more topics than places."""
    known = _ranked(case)
    if 0 < len(known) <= MOST_NEEDED:
        text = f"Тем не больше трёх ({len(known)}): все они нужны, порядок между ними показан в таблице."
        yield Told(text, [training_key(row) for row in known], table="tbl-training")


def undecided_topics(case: Case) -> Iterator[Told]:
    """Topics of which it cannot be told whether they are among the first three."""
    known = _ranked(case)
    open_ones = [row for row in known if UNSURE < row["top_probability"] < SURE]
    if open_ones and len(known) > MOST_NEEDED:
        topic = form(len(open_ones), ("теме", "темах", "темах"))
        goes = form(len(open_ones), ("входит ли она", "входят ли они", "входят ли они"))
        names = ", ".join(f"«{row['competence']}»" for row in open_ones)
        text = f"О {len(open_ones)}{NO_BREAK_SPACE}{topic} сказать, {goes} в первые три, нельзя: {names}."
        yield Told(text, [training_key(row) for row in open_ones])


def _ranked(case: Case) -> list[Row]:
    rows = rows_of(case.evidence.rows("training_needs"))
    return [row for row in rows if not pd.isna(row["top_probability"])]


TOP = "вероятность быть среди трёх самых нужных"
BETWEEN = f"больше {words_of(UNSURE)} и меньше {words_of(SURE)}"
SENTENCES = (
    Sentence("вакансии", FACT, "школа назвала ставки и вакансии", vacancies, section=STAFF),
    *(
        Sentence(name, CONCLUSION, condition, tell, places, OFFICE, STAFF)
        for name, tell, places, condition in (
            ("темы-все-нужны", all_needed, (REPORT, COURSES), "тем не больше трёх"),
            ("нужнее-всего", most_needed, (REPORT, COURSES), f"тем больше трёх; {TOP} не меньше {words_of(SURE)}"),
            ("порядок-тем", order_of_topics, (REPORT,), "места соседних тем перекрываются"),
            ("темы-не-ясны", undecided_topics, (COURSES,), f"тем больше трёх; {TOP} {BETWEEN}"),
        )
    ),
)
