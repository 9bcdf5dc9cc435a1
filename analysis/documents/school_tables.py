"""The tables of a school's note: its own numbers beside the city's; no other school is named."""

from collections import Counter
from collections.abc import Iterable, Iterator

import pandas as pd

from analysis.documents.material import Material
from analysis.documents.parts import table, table_note, with_codes
from analysis.indicators.effectiveness import NOT_STABILISED
from analysis.presentation.brief_words import (
    change_words,
    interval_words,
    limit_words,
    missing,
    share_words,
    sitting_words,
)
from analysis.presentation.certainty import probability
from analysis.presentation.city_schools import city_note
from analysis.presentation.conclusions.school import JOURNAL, LOW_SHARES
from analysis.presentation.russian import decimal, short_date
from analysis.presentation.shares import NO_DATA, whole_percent
from analysis.presentation.words import Row, count_words, rows_of
from analysis.rules.indicator_passport import SHARE

COMPARED = ("journal_lower_share", "journal_same_share", "journal_higher_share")
CONTESTS = ("contest_count", "contestant_count", "winner_count")


def execution(material: Material, login: str) -> str:
    """What the school answers for in the roadmap, and what became of it."""
    rows = material.rows("school_results")
    rows = rows[rows["school_login"] == login]
    cells = [
        [
            row["measure_label"],
            row["measure_name"],
            "не установлена" if pd.isna(row["share_count"]) else str(row["share_count"]),
            *(
                NO_DATA if pd.isna(row[name]) else str(row[name])
                for name in ("reported_count", "documented_count", "accepted_count")
            ),
            row["school_status"],
        ]
        for row in rows_of(rows)
    ]
    header = ["№", "Показатель", "Доля школы", "Сообщено", "Подтверждено", "Принято", "Состояние"]
    caption = f"Показатели «дорожной карты», за которые отвечает школа, {material.year} год"
    return table("execution", caption, (header, cells, [6, 25, 14, 12, 16, 11, 16], "llccccl")) if cells else ""


def own_measures(material: Material, login: str) -> str:
    """The measures of the school's own roadmap."""
    rows = material.rows("school_measures")
    cells = [
        [
            row["own_measure"],
            count_words(row["planned_count"]),
            count_words(row["done_count"]),
            NO_DATA if pd.isna(row["done_date"]) else short_date(row["done_date"]),
        ]
        for row in rows_of(rows[rows["school_login"] == login])
    ]
    caption = f"Меры школьной «дорожной карты», {material.year} год"
    header = ["Мера", "План", "Сделано", "Когда"]
    return table("own", caption, (header, cells, [58, 14, 14, 14], "lccc")) if cells else ""


def low_results(material: Material, login: str) -> str:
    """The share that did not manage, with what can be said of it."""
    rows = [row for row in material.of(login, *LOW_SHARES) if str(row["procedure"]) != JOURNAL]
    cells = [
        [
            sitting_words(row),
            share_words(row),
            interval_words(row),
            whole_percent(row["stabilised_value"]),
            whole_percent(row["city_value"]),
            probability(row["threshold_probability"]),
            limit_words(row["against_city"]),
        ]
        for row in rows
    ]
    header = [
        "Результат",
        "Не справились",
        "Интервал 95\N{NO-BREAK SPACE}%",
        "Приближено к городу",
        "Город",
        "Вероятность порога",
    ]
    header.append("Против города")
    caption = "Отметка «2» или балл ниже минимального"
    printed = (header, cells, [22, 15, 11, 15, 8, 15, 14], "lcccccl")
    notes = [_why_not_drawn(rows), _city(material, rows)]
    return "\n\n".join([table("low", caption, printed), *(one for one in notes if one)]) if cells else ""


def _why_not_drawn(rows: list[Row]) -> str:
    """Why some shares could not be drawn towards the city."""
    flags = [flag for row in rows for flag in str(row["flags"]).split("; ") if flag.startswith(NOT_STABILISED)]
    said = "; ".join(f"{flag.removeprefix(NOT_STABILISED)} — {count}" for flag, count in Counter(flags).items())
    return table_note(f"Не приближено к городу, результатов: {said}.") if said else ""


def quality(material: Material, login: str) -> str:
    """Marks 4 and 5, and how they changed."""
    rows = [row for row in material.of(login, "quality_share") if str(row["procedure"]) != JOURNAL]
    cells = [
        [sitting_words(row), share_words(row), interval_words(row), whole_percent(row["city_value"]), change_words(row)]
        for row in rows
    ]
    header = ["Результат", "Качество: «4» и «5»", "Интервал 95\N{NO-BREAK SPACE}%", "Город", "Изменение"]
    printed = (header, cells, [34, 20, 14, 10, 22], "lcccl")
    return _beside_city(material, rows, table("quality", "Качество", printed)) if cells else ""


def journal(material: Material, login: str) -> str:
    """The journal's marks of the year, and the ВПР beside them."""
    rows = [row for row in material.of(login, "quality_share") if str(row["procedure"]) == JOURNAL]
    fails = {_key(row): row for row in material.of(login, "fail_share")}
    cells = [
        [
            sitting_words(row).partition(", ")[2].capitalize(),
            share_words(row),
            whole_percent(row["city_value"]),
            share_words(fails[_key(row)]),
        ]
        for row in rows
        if _key(row) in fails
    ]
    header = ["Предмет", "Качество", "Качество в городе", "Отметка «2»"]
    printed = (header, cells, [40, 22, 16, 22], "lccc")
    return _beside_city(material, rows, table("journal", "Отметки журнала за год", printed)) if cells else ""


def compared(material: Material, login: str) -> str:
    """The ВПР against the journal."""
    parts = {name: {_key(row): row for row in material.of(login, name)} for name in COMPARED}
    cells = [
        [sitting_words(row), *(share_words(parts[name][key]) for name in parts), whole_percent(row["city_value"])]
        for key, row in parts[COMPARED[0]].items()
    ]
    header = ["ВПР", "Понизили", "Подтвердили", "Повысили", "Понизили в городе"]
    caption = "Отметка ВПР против отметки журнала"
    printed = (header, cells, [36, 17, 17, 17, 13], "lcccc")
    return _beside_city(material, parts[COMPARED[0]].values(), table("compared", caption, printed)) if cells else ""


def shares_of(material: Material, table: str) -> list[str]:
    """The indicators that are shares of a table, in the order of the passport."""
    indicators = material.passport.indicators if material.passport else ()
    return [one.id for one in indicators if (one.table, one.kind) == (table, SHARE)]


def passport_shares(material: Material, login: str, name: str, caption: str, ids: list[str]) -> str:
    """Shares of the social passport or of the staff."""
    assert material.passport is not None
    cells = [
        [
            material.passport[str(row["indicator_id"])].name,
            share_words(row),
            whole_percent(row["city_value"]),
            change_words(row),
        ]
        for row in material.of(login, *ids)
    ]
    header = ["Показатель", "Школа", "Город", "Изменение"]
    printed = (header, cells, [42, 22, 12, 24], "lccl")
    return _beside_city(material, material.of(login, *ids), table(name, caption, printed)) if cells else ""


def deficits(material: Material, login: str) -> str:
    """Deficits of teachers by competence."""
    cells = [
        [
            str(row["aspect"]),
            share_words(row),
            interval_words(row),
            whole_percent(row["city_value"]),
            limit_words(row["against_city"]),
        ]
        for row in material.of(login, "deficit_share")
    ]
    header = ["Компетенция", "Учителей с дефицитом", "Интервал 95\N{NO-BREAK SPACE}%", "Город", "Против города"]
    printed = (header, cells, [38, 20, 14, 10, 18], "lcccl")
    rows = material.of(login, "deficit_share")
    return _beside_city(material, rows, table("deficits", "Профессиональные дефициты", printed)) if cells else ""


def self_assessment(material: Material, login: str) -> str:
    """The scores that the school gave itself."""
    cells = [
        [str(row["aspect"]), share_words(row), _score_change(row)]
        for row in material.of(login, "self_assessment_score")
    ]
    header = ["Критерий", "Балл", "Изменение"]
    return table("self", "Самооценка школы", (header, cells, [60, 15, 25], "lcc")) if cells else ""


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
    cells = [
        [
            row["contest_name"],
            row["contest_level"],
            row["contestants"],
            str(row["contestant_count"]),
            str(row["winner_count"]),
        ]
        for row in rows_of(rows)
    ]
    header = ["Конкурс", "Уровень", "Участвовали", "Участников", "Победителей и призёров"]
    caption = f"Конкурсы {material.year} года"
    return table("contests", caption, (header, cells, [38, 17, 15, 14, 16], "lllcc")) if cells else ""


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
    note = _city(material, rows)
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
