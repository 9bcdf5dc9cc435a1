"""The tables of a school's note: its own numbers beside the city's; no other school is named."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import pandas as pd

from analysis.contracts.tables import TABLES
from analysis.documents.material import Material, with_codes
from analysis.presentation.brief_words import (
    change_words,
    interval_words,
    limit_words,
    missing,
    share_words,
    sitting_words,
)
from analysis.presentation.city_schools import city_note
from analysis.presentation.conclusions.school import LOW_SHARES
from analysis.presentation.exhibits import Col, plain_table
from analysis.presentation.markdown import table_note
from analysis.presentation.russian import decimal
from analysis.presentation.shares import NO_DATA, probability, whole_percent
from analysis.presentation.words import Row, count_words, date_words, rows_of
from analysis.rules.exam_calendar import JOURNAL
from analysis.rules.indicator_passport import SHARE

COMPARED = ("journal_lower_share", "journal_same_share", "journal_higher_share")
CONTESTS = ("contest_count", "contestant_count", "winner_count")
# Columns of several tables, each with its width there.
RESULT = partial(Col, None, "Результат", align="l", say=sitting_words)
INTERVAL = partial(Col, None, "Интервал 95\N{NO-BREAK SPACE}%", align="c", say=interval_words)
CITY = partial(Col, "city_value", None, align="c", say=whole_percent)
LIMIT = partial(Col, "against_city", None, align="l", say=limit_words)
CHANGE = partial(Col, None, "Изменение", align="l", say=change_words)


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


def low_results(material: Material, login: str) -> str:
    """The share that did not manage, with what can be said of it."""
    rows = [row for row in material.of(login, *LOW_SHARES) if str(row["procedure"]) != JOURNAL]
    columns = [
        RESULT(22),
        Col(None, "Не справились", 15, "c", share_words),
        INTERVAL(11),
        Col("pooled_value", width=15, align="c", say=whole_percent),
        CITY(8),
        Col("threshold_probability", width=15, align="c", say=probability),
        LIMIT(14),
    ]
    caption = "Отметка «2» или балл ниже минимального"
    return _beside_city(material, rows, plain_table("low", caption, TABLES["school_indicators"], rows, columns))


def quality(material: Material, login: str) -> str:
    """Marks 4 and 5, and how they changed."""
    rows = [row for row in material.of(login, "quality_share") if str(row["procedure"]) != JOURNAL]
    columns = [
        RESULT(34),
        Col(None, "Качество: «4» и «5»", 20, "c", share_words),
        INTERVAL(14),
        CITY(10),
        CHANGE(22),
    ]
    return _beside_city(material, rows, plain_table("quality", "Качество", TABLES["school_indicators"], rows, columns))


def journal(material: Material, login: str) -> str:
    """The journal's marks of the year, and the ВПР beside them."""
    rows = [row for row in material.of(login, "quality_share") if str(row["procedure"]) == JOURNAL]
    fails = {_key(row): row for row in material.of(login, "fail_share")}
    columns = [
        Col(None, "Предмет", 40, "l", lambda row: sitting_words(row).partition(", ")[2].capitalize()),
        Col(None, "Качество", 22, "c", share_words),
        Col("city_value", "Качество в городе", 16, "c", whole_percent),
        Col(None, "Отметка «2»", 22, "c", lambda row: share_words(fails[_key(row)])),
    ]
    shown = [row for row in rows if _key(row) in fails]
    printed = plain_table("journal", "Отметки журнала за год", TABLES["school_indicators"], shown, columns)
    return _beside_city(material, rows, printed)


def compared(material: Material, login: str) -> str:
    """The ВПР against the journal."""
    parts = {name: {_key(row): row for row in material.of(login, name)} for name in COMPARED}
    names = zip(COMPARED, ("Понизили", "Подтвердили", "Повысили"), strict=True)
    columns = [
        Col(None, "ВПР", 36, "l", sitting_words),
        *(Col(None, heading, 17, "c", partial(_part_words, parts[name])) for name, heading in names),
        Col("city_value", "Понизили в городе", 13, "c", whole_percent),
    ]
    rows = list(parts[COMPARED[0]].values())
    caption = "Отметка ВПР против отметки журнала"
    return _beside_city(material, rows, plain_table("compared", caption, TABLES["school_indicators"], rows, columns))


def _part_words(part: Mapping[tuple[str, ...], Row], row: Row) -> str:
    return share_words(part[_key(row)])


def shares_of(material: Material, table: str) -> list[str]:
    """The indicators that are shares of a table, in the order of the passport."""
    indicators = material.passport.indicators if material.passport else ()
    return [one.id for one in indicators if (one.table, one.kind) == (table, SHARE)]


def passport_shares(material: Material, login: str, name: str, caption: str, ids: list[str]) -> str:
    """Shares of the social passport or of the staff."""
    assert material.passport is not None
    passport, rows = material.passport, material.of(login, *ids)
    columns = [
        Col("indicator_id", width=42, say=lambda one: passport[str(one)].name),
        Col(None, "Школа", 22, "c", share_words),
        CITY(12),
        CHANGE(24),
    ]
    return _beside_city(material, rows, plain_table(name, caption, TABLES["school_indicators"], rows, columns))


def deficits(material: Material, login: str) -> str:
    """Deficits of teachers by competence."""
    columns = [
        Col("aspect", "Компетенция", 38),
        Col(None, "Учителей с дефицитом", 20, "c", share_words),
        INTERVAL(14),
        CITY(10),
        LIMIT(18),
    ]
    rows = material.of(login, "deficit_share")
    printed = plain_table("deficits", "Профессиональные дефициты", TABLES["school_indicators"], rows, columns)
    return _beside_city(material, rows, printed)


def self_assessment(material: Material, login: str) -> str:
    """The scores that the school gave itself."""
    columns = [
        Col("aspect", "Критерий", 60),
        Col(None, "Балл", 15, "c", share_words),
        Col(None, "Изменение", 25, "c", _score_change),
    ]
    rows = material.of(login, "self_assessment_score")
    return plain_table("self", "Самооценка школы", TABLES["school_indicators"], rows, columns)


def _score_change(row: Row) -> str:
    if pd.isna(row["change"]):
        return change_words(row)
    return (
        f"{'+' if row['change'] > 0 else ''}{decimal(float(row['change']))} к {int(row['earlier_year'])} году".replace(
            "-", "−"
        )
    )


def contests(material: Material, login: str) -> str:
    """Contests by level."""
    rows = material.rows("contests")
    rows = rows[rows["school_login"] == login]
    columns = [
        Col("contest_name", width=38),
        Col("contest_level", width=17),
        Col("contestants", "Участвовали", 15),
        Col("contestant_count", "Участников", 14, "c"),
        Col("winner_count", width=16, align="c"),
    ]
    return plain_table("contests", f"Конкурсы {material.year} года", TABLES["contests"], rows_of(rows), columns)


def tables(material: Material, login: str) -> Iterator[str]:
    """All tables of the note, those without rows left out."""
    for printed, *ids in _with_ids(material, login):
        codes = [f"{login}/{one}" for one in ids if material.of(login, one)]
        yield with_codes(printed, codes or [login], material.year)


def _with_ids(material: Material, login: str) -> Iterator[tuple[str, ...]]:
    """Each table with the indicators that it shows; where it shows none, the school itself can be asked for."""
    yield (execution(material, login),)
    yield own_measures(material, login), "own_measures_done_share"
    yield low_results(material, login), *LOW_SHARES
    yield quality(material, login), "quality_share"
    yield compared(material, login), *COMPARED
    yield journal(material, login), "quality_share", "fail_share"
    for table_name, name, caption in (("context", "social", "Социальный паспорт"), ("staff", "staff", "Кадры")):
        ids = shares_of(material, table_name)
        if ids:
            yield passport_shares(material, login, name, caption, ids), *ids
    yield deficits(material, login), "deficit_share"
    yield self_assessment(material, login), "self_assessment_score"
    yield contests(material, login), *CONTESTS


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
