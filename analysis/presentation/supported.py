"""«Поддерживаемые школы», half a page each, and «Обучение», the topics by need."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import pandas as pd

from analysis.contracts.effectiveness import LIKE_CITY, PublicIndicators
from analysis.contracts.execution import DONE, NOT_PLANNED
from analysis.presentation.conclusions.listing import conclusions
from analysis.presentation.conclusions.sentence import SCHOOL, TRANSITION, Case, Evidence, Said, by_id, judged
from analysis.presentation.edition import GROUPS_LAST, Edition
from analysis.presentation.exhibits import Drawing, Exhibit, Part, picture, with_notes
from analysis.presentation.figures import Share, in_lines, intervals
from analysis.presentation.markdown import escape, joined, table_note
from analysis.presentation.shares import EXAMS, VPR_NOTICE, exported, interval_words, out_of, whole_percent
from analysis.presentation.words import (
    Row,
    counted,
    in_order_of_codes,
    listed,
    rows_of,
    short_date,
    state_words,
    subject_words,
)
from analysis.rules.documents import REPORT
from analysis.rules.written import JOURNAL

# «Поддерживаемые школы»: half a page each, what it has to do, how it stands beside the city, what it lacks.

MOST_LINES = 8
WITHOUT_VERDICT = (
    "Выводов о том, лучше или хуже школа других, открытый доклад не печатает: они оценены по всем школам города, а по "
    "ним можно вычислить скрытые малые числа. Показано то, что школа сообщила сама и что открыто. "
    "«Город» — школы, о которых есть сведения по этой процедуре: не всегда все."
)
OUTER = "99,8 %"


def schools(edition: Edition) -> list[tuple[str, str, Exhibit | None]]:
    """Name, words and picture of each supported school: for the office those first that surely differ."""
    made = [(name, _shown(edition, name)) for name in schools_by_need(edition)]
    return [
        (name, _words(edition, name), _picture(edition, number, name, rows))
        for number, (name, rows) in enumerate(made, 1)
    ]


def schools_by_need(edition: Edition) -> list[str]:
    """Names of the supported schools: for the office those first that surely have more who did not manage."""
    sure = _surely_above(edition) if edition.internal else {}
    return sorted(edition.supported, key=lambda name: -sure.get(name, 0.0))


def shows_vpr(made: Sequence[tuple[str, str, Exhibit | None]]) -> bool:
    """Whether results of the ВПР are shown of some school."""
    shown = [one.data for _, _, one in made if one is not None]
    return any((data["procedure"] == "ВПР").any() for data in shown)


def answer(edition: Edition) -> str:
    """The first sentences of the chapter: which schools are supported, and for the public why no verdict follows."""
    names, year = edition.supported, f"В {edition.calendar_year} году поддержку"
    if not names:
        return f"{year} не получает ни одна школа."
    said = f"{year} получает {names[0]}." if len(names) == 1 else f"{year} получают: {listed(names)}."
    return said if edition.internal or len(edition.school_names) == 1 else f"{said} {WITHOUT_VERDICT}"


def results_of(edition: Edition, name: str) -> pd.DataFrame:
    """The shares of a school that did not manage, of procedures alone: the journal is none."""
    rows = edition.shown_indicators
    mine = (
        rows["indicator_id"].isin(_judged_ids(edition)) & (rows["group_name"] == name) & (rows["procedure"] != JOURNAL)
    )
    return rows[mine & rows["interval_low"].notna()]


def _judged_ids(edition: Edition) -> list[str]:
    """The shares of those who did not manage: of other shares more is better, or neither."""
    return [one.id for one in judged(edition)]


def _shown(edition: Edition, name: str) -> pd.DataFrame:
    """At most eight results: for the office those that differ most surely, for all the first of the passport."""
    rows = results_of(edition, name)
    if edition.internal and len(rows):
        order = rows["against_city"].map(_sureness) + (rows["value"] - rows["city_value"]).abs().fillna(0).astype(
            "float64"
        )
        rows = rows.loc[order.sort_values(ascending=False, kind="stable").index]
    return rows.head(MOST_LINES)


def _sureness(against: Any) -> float:
    return 0.0 if pd.isna(against) or against == LIKE_CITY else 2.0 if OUTER in str(against) else 1.0


def _surely_above(edition: Edition) -> dict[str, float]:
    """By name of a school how likely its share of those who did not manage is above the city's, over all results."""
    rows = edition.effectiveness("school_effects")
    rows = rows[rows["indicator_id"].isin(_judged_ids(edition))] if len(rows) else rows
    if rows.empty:
        return {}
    names, chances = rows["school_login"].map(edition.school_names), rows["above_city_probability"].astype("float64")
    return {str(name): float(chance) for name, chance in chances.groupby(names).max().items()}


def _picture(edition: Edition, number: int, name: str, rows: pd.DataFrame) -> Exhibit | None:
    if rows.empty:
        return None
    shares = [_share(row) for row in rows_of(rows)]
    said = "; ".join(_in_words(edition, row) for row in rows_of(rows))
    words = f"Точки с интервалами 95 %, черта — город. {said}."
    drawn = Drawing(partial(intervals, shares, "доля не справившихся, интервал 95 %"), words)
    caption = f"{name}: доля не справившихся и город, {edition.calendar_year} год"
    made = picture(edition, f"school-results-{number}", caption, PublicIndicators, exported(rows), drawn)
    named = [(_sitting(row), row) for row in rows_of(rows)]
    note = edition.city_note(named)
    return with_notes(made, [note] if note else [])


def _share(row: Row) -> Share:
    city: float | None = None if pd.isna(row["city_value"]) else float(row["city_value"])
    low, high = float(row["interval_low"]), float(row["interval_high"])
    return Share(_sitting(row), float(row["value"]), low, high, out_of(row), city)


def _sitting(row: Row) -> str:
    subject = str(row["subject"])
    grade = "" if row["procedure"] in EXAMS else f", {row['sitting_grade']} кл."
    return f"{row['procedure']}: {subject[:1].lower()}{subject[1:]}{grade}"


def _in_words(edition: Edition, row: Row) -> str:
    city: str = f", город {whole_percent(row['city_value'])}" if pd.notna(row["city_value"]) else ""
    between = interval_words(row, by_id(edition)[row["indicator_id"]])
    return f"{row['procedure']}, {subject_words(row)}: {out_of(row)}, интервал {between}{city}"


def _words(edition: Edition, name: str) -> str:
    """The lines about a school, as points of a list."""
    login = next(one for one, said in edition.school_names.items() if said == name)
    said = [*_status(edition, login), *measures(edition, login), *_owed(edition, login), *_own(edition, login)]
    said += _posts_and_deficits(edition, name)
    case = Case(Evidence(edition), login)
    told = conclusions(case, REPORT, SCHOOL)
    told += [one for one in conclusions(case, REPORT, TRANSITION) if one.sentence.id == "поддержка"]
    said += [below_its_name(one, name) for one in told]
    lines = [escape(one) for one in said]
    replied = edition.replies.get(login, "")
    return "\n".join(
        [*(f"- {one}" for one in lines), *([f"- **Школа ответила.** {escape(replied)}"] if replied else [])]
    )


def below_its_name(one: Said, name: str) -> str:
    """A sentence under the heading that names its school."""
    rest = one.text.removeprefix(f"{name}: ")
    return f"{rest[:1].upper()}{rest[1:]}"


def _status(edition: Edition, login: str) -> Iterator[str]:
    """Since when it is supported, and as what, which only the office reads."""
    rows = edition.tables["school_status"]
    mine = rows[(rows["school_login"] == login) & (rows["status"] != "нет")].sort_values("school_year")
    given = [row for row in rows_of(mine) if int(str(row["school_year"])[:4]) <= edition.calendar_year]
    if given:
        status: str = f", в {given[-1]['school_year']} — {given[-1]['status']}" if edition.internal else ""
        yield f"Поддержку получает с {given[0]['school_year']} учебного года{status}."


def measures(edition: Edition, login: str) -> Iterator[str]:
    """How many measures are the school's and in which state."""
    rows = edition.facts("school_results")
    mine = rows[(rows["school_login"] == login) & (rows["school_status"] != NOT_PLANNED)]
    if len(mine):
        done = int((mine["school_status"] == DONE).sum())
        others = mine.loc[mine["school_status"] != DONE, "school_status"].value_counts()
        rest: str = (
            f"; {', '.join(f'{state_words(str(one))} — {count}' for one, count in others.items())}"
            if len(others)
            else ""
        )
        yield f"Отвечает за {counted(len(mine), 'показатель')}: выполнено — {done}{rest}."


def _owed(edition: Edition, login: str) -> Iterator[str]:
    """What the school owes and since when."""
    rows = edition.facts("owed")
    rows = rows[(rows["debtor"] == login) & edition.is_over]
    for kind, some in rows.groupby("owed_kind", sort=False):
        since = some["since_date"].min()
        day: str = "" if pd.isna(since) else f" с {short_date(since)}"
        yield f"Осталось{day}: {kind}, {', '.join(in_order_of_codes(some['measure_label']))}."


def _own(edition: Edition, login: str) -> Iterator[str]:
    rows = edition.facts("school_measures")
    mine = rows_of(rows[rows["school_login"] == login])
    if mine:
        said = "; ".join(f"{str(row['own_measure']).rstrip('. ')} — {_done(row)}" for row in mine)
        yield f"Собственные меры: {said}."


def _done(row: Row) -> str:
    if pd.isna(row["done_count"]):
        return "сколько сделано, не сообщено"
    plan: str = "" if pd.isna(row["planned_count"]) else f" при плане {row['planned_count']}"
    return f"сделано {row['done_count']}{plan}"


def _posts_and_deficits(edition: Edition, name: str) -> Iterator[str]:
    """Vacancies and the commonest deficit in a line, as far as they may be shown."""
    rows = edition.shown_indicators
    mine = rows[rows["group_name"] == name]
    said = [f"вакантно {out_of(row)} ставок" for row in rows_of(mine[mine["indicator_id"] == "vacancy_share"])]
    deficits = mine[mine["indicator_id"] == "deficit_share"].sort_values("value", ascending=False, kind="stable")
    for row in rows_of(deficits)[:1]:
        said.append(f"чаще всего дефицит — «{row['aspect']}», у {out_of(row)} учителей")
    if said:
        yield f"Кадры: {'; '.join(said)}."


# «Обучение»: the topics by need, each with its interval, how many teachers and schools.

LABEL_LETTERS = 34


def topics_picture(edition: Edition) -> tuple[Exhibit, str] | None:
    """The share of teachers with a deficit in the whole city by topic, and the sentence above it; None without any."""
    rows = edition.shown_indicators
    rows = rows[(rows["indicator_id"] == "deficit_share") & (rows["group_name"] == GROUPS_LAST[1])]
    rows = rows[rows["interval_low"].notna()].sort_values("value", ascending=False, kind="stable")
    if rows.empty:
        return None
    schools = _schools(edition)
    shares = [_topic_share(row, schools) for row in rows_of(rows)]
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
    note = edition.city_note(named)
    return with_notes(exhibit, [note] if note else []), _first_sentence(rows_of(rows))


def _schools(edition: Edition) -> dict[str, str]:
    """«; школ 18»: in how many schools a topic is needed, for the office."""
    rows = edition.effectiveness("training_needs") if edition.internal else edition.plan.iloc[:0]
    return {str(row["competence"]): f"; школ {row['deficit_school_count']}" for row in rows_of(rows)}


def _topic_share(row: Row, schools: dict[str, str]) -> Share:
    low, high = float(row["interval_low"]), float(row["interval_high"])
    made_of = out_of(row) + schools.get(str(row["aspect"]), "")
    return Share(in_lines(str(row["aspect"]), LABEL_LETTERS), float(row["value"]), low, high, made_of)


def _first_sentence(rows: list[Row]) -> str:
    first, *others = rows
    said = f"Чаще всего дефицит найден по теме «{first['aspect']}»: у {out_of(first)} учителей"
    alike = [row for row in others if row["interval_high"] >= first["interval_low"]]
    more = f"; близка к ней тема «{alike[0]['aspect']}»" if alike else ""
    return f"{said}{more}."


def supported_schools(edition: Edition) -> Part:
    """The chapter «Поддерживаемые школы»."""
    made = schools(edition)
    if not made:
        return "", []
    parts = ["# Поддерживаемые школы {#sec-supported}", escape(answer(edition))]
    parts += [table_note(VPR_NOTICE)] if shows_vpr(made) else []
    for name, words, one in made:
        shown = one.markdown if one else ""
        parts += [f"## {escape(name)} {{.unnumbered .unlisted}}", words, shown]
    return joined(parts), [one for _, _, one in made if one]


def learning(edition: Edition) -> Part:
    """The chapter «Обучение»."""
    made = topics_picture(edition)
    if made is None:
        return "", []
    exhibit, said = made
    return joined(["# Обучение {#sec-learning}", said, exhibit.markdown]), [exhibit]
