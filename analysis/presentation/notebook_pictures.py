"""Pictures of what reports say in tables; they are asked for in notebooks.

Dots with intervals and deficits; for the office alone low procedures with their intervals, marks and journal.
"""

from collections.abc import Iterator
from functools import partial

import pandas as pd

from analysis.contracts.effectiveness import PublicIndicators, SelectionHits
from analysis.presentation import effectiveness_figures as drawing
from analysis.presentation.brief_words import EXAMS
from analysis.presentation.edition import Edition
from analysis.presentation.effectiveness import notices
from analysis.presentation.effectiveness_pictures import SCHOOL, dot_pictures, heat_picture
from analysis.presentation.effectiveness_tables import by_id, sittings
from analysis.presentation.exhibits import Drawing, Exhibit, picture, with_notes
from analysis.presentation.figures import stacked_bars
from analysis.presentation.indicator_words import exported
from analysis.presentation.russian import NO_BREAK_SPACE
from analysis.presentation.school_facts import subject_words
from analysis.presentation.shares import whole_percent
from analysis.presentation.words import Row, rows_of
from analysis.rules.methods import RuleSet

# What their names begin with.
NOTEBOOK_PICTURES = ("fig-dots", "fig-deficits", "fig-low", "fig-journal")
LINES = 40
JOURNAL = {
    "journal_lower_share": "понизили",
    "journal_same_share": "подтвердили",
    "journal_higher_share": "повысили",
}


def notebook_pictures(edition: Edition) -> Iterator[Exhibit]:
    """All of them that the year has data for and the edition may show."""
    rules = edition.methods.rules if edition.methods and edition.internal else ()
    drawn = [*_all_dots(edition), heat_picture(edition), *(low_picture(edition, rule) for rule in rules)]
    drawn += [journal_picture(edition)] if edition.internal else []
    yield from (with_notes(one, notices(edition, one)) for one in drawn if one is not None)


def _all_dots(edition: Edition) -> Iterator[Exhibit]:
    judged = [one for one in by_id(edition).values() if one.table == "results" and one.threshold is not None]
    for slug, title, group in sittings(edition.shown_indicators):
        for indicator in judged:
            yield from dot_pictures(edition, slug, title, group, indicator)


def low_picture(edition: Edition, rule: RuleSet) -> Exhibit | None:
    """The low procedures of a year with their intervals beside the city's share; None where there are none.

    More than 40 are too many for a picture: those that are surest to be low are drawn, and the caption says so.
    """
    rows = edition.effectiveness("selection_hits")
    rows = rows[(rows["rule_id"] == rule.id) & (rows["is_low"] == "да")] if len(rows) else rows
    if rows.empty:
        return None
    all_of_them = len(rows)
    rows = rows.sort_values("low_probability", ascending=False, kind="stable").head(LINES)
    rows = rows.sort_values(["school_login", "procedure", "subject"], kind="stable")
    labels = [_low_words(edition, row) for row in rows_of(rows)]
    schools = [_dot(label, SCHOOL, row) for label, row in zip(labels, rows_of(rows), strict=True)]
    cities = [
        _city(label, row) for label, row in zip(labels, rows_of(rows), strict=True) if pd.notna(row["city_value"])
    ]
    some = f" ({LINES} из {all_of_them}, самые вероятные)" if all_of_them > LINES else ""
    caption = f"Низкие процедуры {edition.calendar_year} года и город{some}: {rule.name}"
    words = "; ".join(f"{_spoken(one.label)}: {whole_percent(one.value)}" for one in schools)
    drawn = partial(drawing.dots, [*schools, *cities], [SCHOOL, drawing.CITY], rule.threshold)
    return picture(edition, f"low-{rule.id.replace('_', '-')}", caption, SelectionHits, rows, Drawing(drawn, words))


def journal_picture(edition: Edition) -> Exhibit | None:
    """How marks of the ВПР stand to those of the journal, in whole percent; None where nobody compared them."""
    rows = edition.shown_indicators
    rows = rows[rows["indicator_id"].isin(list(JOURNAL))]
    if rows.empty:
        return None
    found = rows.assign(line=[f"{row['group_name']}\n{subject_words(row)}, {row['wave']}" for row in rows_of(rows)])
    shares = found.pivot(index="line", columns="indicator_id", values="value").reindex(found["line"].drop_duplicates())
    percents = {word: (100 * shares[name]).round().astype("int64").tolist() for name, word in JOURNAL.items()}
    words = "; ".join(
        f"{_spoken(line)}: " + ", ".join(f"{word} {percents[word][place]}{NO_BREAK_SPACE}%" for word in percents)
        for place, line in enumerate(shares.index)
    )
    bars = partial(stacked_bars, list(shares.index), list(percents.items()), "% участников (округлено)")
    caption = f"Отметки ВПР {edition.calendar_year} года против журнальных"
    return picture(edition, "journal", caption, PublicIndicators, exported(rows), Drawing(bars, words))


def _dot(label: str, group: str, row: Row) -> drawing.Dot:
    return drawing.Dot(label, group, float(row["value"]), float(row["interval_low"]), float(row["interval_high"]), None)


def _city(label: str, row: Row) -> drawing.Dot:
    share = float(row["city_value"])
    return drawing.Dot(label, drawing.CITY, share, share, share, None)


def _low_words(edition: Edition, row: Row) -> str:
    """«Школа № 5 / ВПР, осень: математика, 6 кл.»; of an exam neither wave nor grade, for they say nothing new."""
    name = edition.school_names.get(row["school_login"], row["school_login"])
    subject = f"{row['subject'][:1].lower()}{row['subject'][1:]}"
    if row["procedure"] in EXAMS:
        return f"{name}\n{row['procedure']}: {subject}"
    return f"{name}\n{row['procedure']}, {row['wave']}: {subject}, {row['programme_grade']} кл."


def _spoken(label: str) -> str:
    return label.replace("\n", ", ")
