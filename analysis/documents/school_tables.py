"""The tables of a school's note: its own numbers beside the city's; no other school is named."""

from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import Any

from analysis.contracts.facts import FORM_LINES
from analysis.contracts.tables import TABLES
from analysis.documents.material import Material
from analysis.presentation.conclusions.documents import low_rows
from analysis.presentation.edition import city_note
from analysis.presentation.exhibits import Col, plain_table
from analysis.presentation.markdown import table_note
from analysis.presentation.shares import (
    NO_DATA,
    SEASONS,
    brief_change,
    limit_words,
    missing,
    share_words,
    sitting_words,
    span_words,
    whole_percent,
)
from analysis.presentation.words import NO_BREAK_SPACE, Row, count_words, date_words, rows_of

NOTHING: Row = {"value": None}


def _limit(against: Any) -> str:
    """«выше, 95 %»: short enough for one line."""
    return limit_words(against).replace(" предела ", f",{NO_BREAK_SPACE}")


# Columns of several tables, each with its width there.
INTERVAL = partial(Col, None, "Интервал 95\N{NO-BREAK SPACE}%", align="c", say=span_words)
CITY = partial(Col, "city_value", None, align="c", say=whole_percent)
LIMIT = partial(Col, "against_city", None, align="l", say=_limit)


def _known(count: Any) -> str:
    return count_words(count, NO_DATA)


def execution(material: Material, login: str) -> str:
    """What the school answers for in the roadmap, and what became of it."""
    rows = material.rows("school_results")
    rows = rows[rows["school_login"] == login]
    columns = [
        Col("measure_label", "№", 6),
        Col("measure_name", width=25),
        Col("share_count", width=14, align="c", say=partial(count_words, otherwise="не установлена")),
        Col("reported_count", width=12, align="c", say=_known),
        Col("documented_count", width=16, align="c", say=_known),
        Col("accepted_count", width=11, align="c", say=_known),
        Col("school_status", "Состояние", 16),
    ]
    caption = f"Показатели «дорожной карты», за которые отвечает школа, {material.year} год"
    return plain_table("execution", caption, TABLES["school_results"], rows_of(rows), columns)


def own_measures(material: Material, login: str) -> str:
    """The measures of the school's own roadmap."""
    rows = material.rows("school_measures")
    columns = [
        Col("own_measure", width=58),
        Col("planned_count", width=14, align="c", say=count_words),
        Col("done_count", width=14, align="c", say=count_words),
        Col("done_date", "Когда", 14, "c", partial(date_words, otherwise=NO_DATA)),
    ]
    caption = f"Меры школьной «дорожной карты», {material.year} год"
    return plain_table("own", caption, TABLES["school_measures"], rows_of(rows[rows["school_login"] == login]), columns)


def results(material: Material, login: str) -> str:
    """The share that did not manage and how sure it is, beside it that of the marks 4 and 5; of few pupils none."""
    rows = low_rows(material, login)
    good = {_key(row): row for row in material.of(login, "quality_share")}
    seasons = Counter(str(row["wave"]) for row in rows if str(row["wave"]) in SEASONS)
    usual = next((season for season, _ in seasons.most_common(1)), "")
    columns = [
        Col(None, "Результат", 34, "l", lambda row: sitting_words(row).removesuffix(f", {usual}")),
        Col(None, "Не справились", 17, "c", share_words),
        INTERVAL(9),
        Col("pooled_value", "С учётом всех", 9, "c", whole_percent),
        CITY(7),
        LIMIT(14),
        Col(None, "Отметки «4» и «5»", 16, "c", lambda row: share_words(good.get(_key(row), NOTHING))),
    ]
    when = f" (ВПР — {usual}{', где не сказано иное' if len(seasons) > 1 else ''})" if usual else ""
    caption = f"Результаты процедур {material.year} года{when}"
    return _beside_city(material, rows, plain_table("low", caption, TABLES["school_indicators"], rows, columns))


def passport_shares(material: Material, login: str, ids: list[str]) -> str:
    """Shares of the social passport, of posts and of teachers."""
    rows = material.of(login, *ids)
    columns = [
        Col("indicator_id", width=46, say=lambda one: material.passport[str(one)].name if material.passport else one),
        Col(None, "Школа", 20, "c", share_words),
        CITY(10),
        Col(None, "Изменение", 24, "l", brief_change),
    ]
    printed = plain_table("social", "Контингент и кадры", TABLES["school_indicators"], rows, columns)
    return _beside_city(material, rows, printed)


def deficits(material: Material, login: str) -> str:
    """Deficits of teachers by competence."""
    columns = [
        Col("aspect", "Компетенция", 57),
        Col(None, "С дефицитом", 17, "c", share_words),
        INTERVAL(9),
        CITY(7),
        LIMIT(14),
    ]
    rows = material.of(login, "deficit_share")
    printed = plain_table("deficits", "Профессиональные дефициты учителей", TABLES["school_indicators"], rows, columns)
    return _beside_city(material, rows, printed)


def tables_of_school(material: Material, login: str) -> list[str]:
    """All tables of the note, those without rows left out."""
    ids = [one for table in FORM_LINES for one in material.shares_of(table)]
    shares = partial(passport_shares, ids=ids)
    made = (of(material, login) for of in (execution, own_measures, results, shares, deficits))
    return [one for one in made if one]


def _beside_city(material: Material, rows: Iterable[Row], markdown: str) -> str:
    """A table, and under it of how many schools the city is made where not of all."""
    note = _city(material, rows) if markdown else ""
    return f"{markdown}\n\n{note}" if note else markdown


def _city(material: Material, rows: Iterable[Row]) -> str:
    edition = material.edition
    named = [(_about(material, row), row) for row in rows]
    note = city_note(named, edition.schools_behind_city, len(edition.school_names))
    return table_note(note) if note else ""


def _about(material: Material, row: Row) -> str:
    """What a row is about, as its table calls it."""
    if not missing(row["procedure"]):
        return sitting_words(row)
    assert material.passport is not None
    return f"«{material.passport[row['indicator_id']].name if missing(row['aspect']) else row['aspect']}»"


def _key(row: Row) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("procedure", "subject", "programme_grade", "wave"))
