"""Tables of the indicators: each number with what it is made of, its interval, and what must be said of it."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from analysis.presentation.certainty import probability
from analysis.presentation.edition import Edition
from analysis.presentation.exhibits import Exhibit, printed_table
from analysis.presentation.indicator_tables import flagged_table
from analysis.presentation.indicator_words import change_words, exported, value_words, with_interval
from analysis.presentation.school_tables import SLUGS, TITLES, subject_words
from analysis.presentation.shares import out_of, percent
from analysis.presentation.words import Row, rows_of
from analysis.rules.indicator_passport import Indicator

BREAK = "разрыв"


def sittings(rows: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """The rows of each procedure and wave, with a slug and a title."""
    numbers: dict[str, int] = {}
    named = rows[rows["procedure"].notna()]
    for keys, group in named.groupby(["procedure", "calendar_year", "wave", "school_year"], sort=True):
        procedure, _, wave, school_year = map(str, keys)
        numbers[procedure] = numbers.get(procedure, 0) + 1
        title = TITLES.get(procedure) or f"{procedure}, {wave}"
        slug = f"{SLUGS.get(procedure, 'other')}-{numbers[procedure]}"
        yield slug, f"{title}, {school_year} учебный год", group


def reliability(edition: Edition, slug: str, title: str, rows: pd.DataFrame, indicator: Indicator) -> Exhibit | None:
    """One share with everything that says how sure it is; None where nothing of it can be shown."""
    rows = rows[rows["indicator_id"] == indicator.id]
    if rows.empty:
        return None
    over = f"Не ниже порога {percent(indicator.threshold, 0)}" if indicator.threshold is not None else "Порог"
    header = ["Предмет и класс", "Школа или группа", "Сколько из скольких", "Доля и интервал 95 %"]
    header += ["Стабилизировано", f"{over}: вероятность", "Против города"]
    cells = [
        [
            subject_words(row),
            row["group_name"],
            out_of(row),
            with_interval(row, indicator),
            steady_words(row),
            chance_words(edition, row["threshold_probability"]),
            text(row["against_city"]),
        ]
        for row in rows_of(rows)
    ]
    caption = f"{title}: {lowered(indicator.name)}"
    printed = (header, cells, [18, 14, 10, 16, 16, 11, 13], "llccccc")
    return flagged_table(edition, f"sure-{slug}", caption, exported(rows), printed, rows["flags"].tolist())


def levels(edition: Edition, slug: str, title: str, rows: pd.DataFrame, shown: Sequence[Indicator]) -> Exhibit | None:
    """Several indicators beside each other, each with its interval."""
    rows = rows[rows["indicator_id"].isin([one.id for one in shown])]
    if rows.empty:
        return None
    cells = []
    keys = ["subject", "programme_grade", "sitting_grade", "group_name"]
    for _, group in rows.groupby(keys, sort=False, dropna=False):
        found = {row["indicator_id"]: row for row in rows_of(group)}
        first = next(iter(found.values()))
        said = [with_interval(found[one.id], one) if one.id in found else "—" for one in shown]
        cells.append([subject_words(first), first["group_name"], *said])
    header = ["Предмет и класс", "Школа или группа", *(one.name for one in shown)]
    width = 66 // len(shown)
    printed = (header, cells, [18, 16, *([width] * len(shown))], "ll" + "c" * len(shown))
    return printed_table(edition, slug, title, exported(rows), printed)


def plain_indicators(edition: Edition, name: str, caption: str, rows: pd.DataFrame) -> Exhibit:
    """Indicators that are counted in full: value, change, flags."""
    passport = by_id(edition)
    cells = [
        [
            named(passport[row["indicator_id"]], row),
            row["group_name"],
            out_of(row),
            value_words(row, passport[row["indicator_id"]]),
            value_words({**row, "value": row["city_value"]}, passport[row["indicator_id"]]),
            change_words(row, passport[row["indicator_id"]]),
        ]
        for row in rows_of(rows)
    ]
    header = ["Показатель", "Школа или группа", "Сколько из скольких", "Значение", "Город"]
    header += ["Изменение к прежнему году"]
    printed = (header, cells, [24, 13, 13, 12, 9, 21], "llcccl")
    return flagged_table(edition, name, caption, exported(rows), printed, rows["flags"].tolist())


def changes(edition: Edition, name: str, caption: str, rows: pd.DataFrame) -> Exhibit:
    """Changes of results with the probability that they are real; a break is named, its reason stands below."""
    passport = by_id(edition)
    cells = [
        [
            f"{row['procedure']}, {row['wave']}: {subject_words(row)}. {passport[row['indicator_id']].name}",
            row["group_name"],
            f"{with_interval(row, passport[row['indicator_id']])}",
            "—" if pd.isna(row["earlier_year"]) else str(row["earlier_year"]),
            _change_or_break(row, passport[row["indicator_id"]]),
            chance_words(edition, better(row, passport[row["indicator_id"]])),
        ]
        for row in rows_of(rows)
    ]
    header = ["Показатель", "Школа", f"{edition.calendar_year} год", "Сравнено с", "Изменение"]
    header += ["Вероятность улучшения"]
    printed = (header, cells, [26, 12, 17, 9, 25, 11], "llcclc")
    return flagged_table(edition, name, caption, exported(rows), printed, [""] * len(rows))


def _change_or_break(row: Row, indicator: Indicator) -> str:
    said = change_words(row, indicator)
    return said.partition(":")[0] if said.startswith(BREAK) else said


def better(row: Row, indicator: Indicator) -> float | None:
    """The probability that the change is for the better; None where no way is better."""
    if pd.isna(row["growth_probability"]) or indicator.direction == "без оценки":
        return None
    grown = float(row["growth_probability"])
    return grown if indicator.direction == "больше — лучше" else 1 - grown


def training(edition: Edition) -> Exhibit:
    """Topics by need; only for the office, for it counts schools by single deficits."""
    rows = edition.effectiveness("training_needs")
    cells = [
        [
            row["competence"],
            f"{row['deficit_teacher_count']} из {row['diagnosed_teacher_count']}",
            percent(row["value"]),
            f"{percent(row['interval_low'])} – {percent(row['interval_high'])}",
            f"{row['deficit_school_count']} из {row['diagnosed_school_count']}",
            "—" if pd.isna(row["rank_low"]) else f"{row['rank_low']}–{row['rank_high']}",
            probability(row["top_probability"]),
        ]
        for row in rows_of(rows)
    ]
    header = ["Тема", "Учителей с дефицитом", "Доля", "Интервал 95 %", "Школ", "Место", "В первых трёх"]
    caption = f"Темы обучения по дефицитам {edition.calendar_year} года; место — с вероятностью 95 %"
    printed = (header, cells, [30, 13, 9, 17, 9, 8, 9], "lcccccc")
    data = rows.drop(columns="deficit_schools")
    return flagged_table(edition, "training", caption, data, printed, rows["flags"].tolist())


def chance_words(edition: Edition, chance: float | None) -> str:
    """A probability that rests on all schools: for the office; the public table goes without."""
    return probability(chance) if edition.internal else "—"


def steady_words(row: Row) -> str:
    """«29,4 % (14,3–47,4 %)» or a dash."""
    if pd.isna(row["stabilised_value"]):
        return "—"
    low, high = percent(row["stabilised_low"]).split("\N{NO-BREAK SPACE}")[0], percent(row["stabilised_high"])
    return f"{percent(row['stabilised_value'])} ({low}–{high})"


def by_id(edition: Edition) -> dict[str, Indicator]:
    """The passport by name; what is not in it cannot be printed."""
    return {} if edition.methods is None else {one.id: one for one in edition.methods.passport.indicators}


def named(indicator: Indicator, row: Row) -> str:
    """The name of the indicator with its aspect."""
    return f"{indicator.name}: {row['aspect']}" if pd.notna(row["aspect"]) else indicator.name


def lowered(name: str) -> str:
    """«доля «2»» inside a caption, which names the procedure itself: «ЕГЭ: …» loses its beginning, «СОУ» stays."""
    plain = name.removeprefix("ЕГЭ: ")
    return plain if plain[:2].isupper() else plain[0].lower() + plain[1:]


def text(word: Any) -> str:
    """A word or a dash."""
    return "—" if pd.isna(word) else str(word)
