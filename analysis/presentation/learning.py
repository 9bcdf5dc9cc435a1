"""«Обучение»: the topics by need, each with its interval, how many teachers and schools."""

from functools import partial

from analysis.contracts.effectiveness import PublicIndicators
from analysis.presentation.city_schools import city_note
from analysis.presentation.edition import GROUPS_LAST, Edition
from analysis.presentation.effectiveness_figures import in_lines
from analysis.presentation.exhibits import Drawing, Exhibit, picture, with_notes
from analysis.presentation.indicator_words import exported
from analysis.presentation.interval_figure import Share, intervals
from analysis.presentation.shares import out_of, whole_percent
from analysis.presentation.words import Row, rows_of

LABEL_LETTERS = 34


def topics_picture(edition: Edition) -> tuple[Exhibit, str] | None:
    """The share of teachers with a deficit in the whole city by topic, and the sentence above it; None without any."""
    rows = edition.shown_indicators
    rows = rows[(rows["indicator_id"] == "deficit_share") & (rows["group_name"] == GROUPS_LAST[1])]
    rows = rows[rows["interval_low"].notna()].sort_values("value", ascending=False, kind="stable")
    if rows.empty:
        return None
    schools = _schools(edition)
    shares = [_share(row, schools) for row in rows_of(rows)]
    said = "; ".join(
        f"{row['aspect']}: {out_of(row)}{schools.get(str(row['aspect']), '')}, {whole_percent(row['value'])}"
        for row in rows_of(rows)
    )
    drawn = Drawing(
        partial(intervals, shares, "доля учителей из прошедших диагностику, интервал 95 %"),
        f"Точки с интервалами 95 %. {said}.",
    )
    caption = f"Темы обучения: доля учителей с дефицитом в {edition.calendar_year} году"
    exhibit = picture(edition, "topics", caption, PublicIndicators, exported(rows), drawn)
    named = [(str(row["aspect"]), row) for row in rows_of(rows.assign(city_value=rows["value"]))]
    note = city_note(named, edition.schools_behind_city, len(edition.school_names))
    return with_notes(exhibit, [note] if note else []), _first_sentence(rows_of(rows))


def _schools(edition: Edition) -> dict[str, str]:
    """«; школ 18»: in how many schools a topic is needed, for the office."""
    rows = edition.effectiveness("training_needs") if edition.internal else edition.plan.iloc[:0]
    return {str(row["competence"]): f"; школ {row['deficit_school_count']}" for row in rows_of(rows)}


def _share(row: Row, schools: dict[str, str]) -> Share:
    low, high = float(row["interval_low"]), float(row["interval_high"])
    made_of = out_of(row) + schools.get(str(row["aspect"]), "")
    return Share(in_lines(str(row["aspect"]), LABEL_LETTERS), float(row["value"]), low, high, made_of)


def _first_sentence(rows: list[Row]) -> str:
    first, *others = rows
    said = f"Чаще всего дефицит найден по теме «{first['aspect']}»: у {out_of(first)} учителей"
    alike = [row for row in others if row["interval_high"] >= first["interval_low"]]
    more = f"; близка к ней тема «{alike[0]['aspect']}»" if alike else ""
    return f"{said}{more}."
