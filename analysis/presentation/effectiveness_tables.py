"""Tables of the indicators: each number with what it is made of, its interval, and what must be said of it."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import pandas as pd

from analysis.contracts.effectiveness import BREAK, PublicIndicators, SchoolEffects, TrainingNeeds
from analysis.presentation.catalogue import SLUGS
from analysis.presentation.conclusions.sentence import by_id, effect_rows
from analysis.presentation.edition import Edition
from analysis.presentation.exhibits import Col, Condensed, Exhibit, filled, flagged_table, table, with_notes
from analysis.presentation.shares import (
    change_words,
    exported,
    noticeable_words,
    out_of,
    percent,
    probability,
    span,
    value_words,
    whole_percent,
    with_interval,
)
from analysis.presentation.words import TITLES, Row, lowered, rows_of, subject_words
from analysis.rules.methods import Indicator


def sittings(rows: pd.DataFrame, *, sort: bool = True) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """The rows of each procedure and wave, with a slug and a title."""
    numbers: dict[str, int] = {}
    named = rows[rows["procedure"].notna()]
    for keys, group in named.groupby(["procedure", "calendar_year", "wave", "school_year"], sort=sort):
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
    columns = [
        Col(None, "Предмет и класс", 18, "l", subject_words),
        Col("group_name", "Школа или группа", 14),
        Col(None, "Сколько из скольких", 10, "c", out_of),
        Col(None, "Доля и интервал 95 %", 16, "c", partial(with_interval, indicator=indicator)),
        Col(None, "С учётом всех результатов", 16, "c", pooled_words),
        Col("threshold_probability", f"{over}: вероятность", 11, "c", partial(chance_words, edition)),
        Col("against_city", width=13, align="c", say=text),
    ]
    caption = f"{title}: {lowered(indicator.name)}"
    return flagged_table(edition, f"sure-{slug}", caption, PublicIndicators, _whole(rows), columns)


def levels(edition: Edition, slug: str, title: str, rows: pd.DataFrame, shown: Sequence[Indicator]) -> Exhibit | None:
    """Several indicators beside each other, each with its interval."""
    rows = rows[rows["indicator_id"].isin([one.id for one in shown])]
    if rows.empty:
        return None
    keys = ["subject", "programme_grade", "sitting_grade", "group_name"]
    groups = [rows_of(group) for _, group in rows.groupby(keys, sort=False, dropna=False)]
    printed = [{**group[0], **{row["indicator_id"]: row for row in group}} for group in groups]
    columns = [
        Col(None, "Предмет и класс", 18, "l", subject_words),
        Col("group_name", "Школа или группа", 16),
        *(Col(None, one.name, 66 // len(shown), "c", partial(_level, one)) for one in shown),
    ]
    return table(edition, slug, title, PublicIndicators, Condensed(exported(rows), printed), columns)


def _level(indicator: Indicator, row: Row) -> str:
    return with_interval(row[indicator.id], indicator) if indicator.id in row else "—"


def plain_indicators(edition: Edition, name: str, caption: str, rows: pd.DataFrame) -> Exhibit:
    """Indicators that are counted in full: value, change, flags."""
    columns = [
        Col(None, "Показатель", 24, "l", lambda row: named(_defined(edition, row), row)),
        Col("group_name", "Школа или группа", 13),
        Col(None, "Сколько из скольких", 13, "c", out_of),
        Col(None, "Значение", 12, "c", lambda row: value_words(row, _defined(edition, row))),
        Col(None, "Город", 9, "c", lambda row: value_words(row, _defined(edition, row), "city_value")),
        Col(None, "Изменение к прежнему году", 21, "l", lambda row: change_words(row, _defined(edition, row))),
        *([Col(None, "Ожидалось", 13, "c", partial(interval_share, name="foreseen"))] if edition.internal else []),
    ]
    return flagged_table(edition, name, caption, PublicIndicators, _whole(rows), filled(columns, rows_of(rows)))


def changes(edition: Edition, name: str, caption: str, rows: pd.DataFrame) -> Exhibit:
    """Changes of results, and for the office what the earlier years foresaw; a break is named, its reason stands
    below."""
    ahead = [
        Col(None, "Ожидалось", 13, "c", partial(interval_share, name="foreseen")),
        Col("better_probability", "Лучше ожидаемого: вероятность", 10, "c", probability),
        Col(None, "Заметна перемена от", 9, "c", noticeable_words),
    ]
    columns = [
        Col(None, "Показатель", 26, "l", lambda row: _result_words(row, _defined(edition, row))),
        Col("group_name", "Школа", 12),
        Col(None, f"{edition.calendar_year} год", 17, "c", lambda row: with_interval(row, _defined(edition, row))),
        Col("earlier_year", "Сравнено с", 9, "c", text),
        Col(None, "Изменение", 25, "l", lambda row: _change_or_break(row, _defined(edition, row))),
        *(ahead if edition.internal else []),
    ]
    shown = filled(columns, rows_of(rows))
    return table(edition, name, caption, PublicIndicators, _whole(rows), shown)


def _whole(rows: pd.DataFrame) -> Condensed:
    """All columns for the print, and for the data those in which something stands."""
    return Condensed(exported(rows), rows_of(rows))


def _defined(edition: Edition, row: Row) -> Indicator:
    return by_id(edition)[row["indicator_id"]]


def _result_words(row: Row, indicator: Indicator) -> str:
    return f"{row['procedure']}, {row['wave']}: {subject_words(row)}. {indicator.name}"


def _change_or_break(row: Row, indicator: Indicator) -> str:
    said = change_words(row, indicator)
    return said.partition(":")[0] if said.startswith(BREAK) else said


def training(edition: Edition) -> Exhibit:
    """Topics by need; only for the office, for it counts schools by single deficits."""
    rows = edition.effectiveness("training_needs")
    columns = [
        Col("competence", width=30),
        Col(None, "Учителей с дефицитом", 13, "c", _out_of("deficit_teacher_count", "diagnosed_teacher_count")),
        Col("value", width=9, align="c", say=whole_percent),
        Col(None, "Интервал 95 %", 17, "c", between),
        Col(None, "Школ", 9, "c", _out_of("deficit_school_count", "diagnosed_school_count")),
        Col(None, "Место", 8, "c", _ranks),
        Col("top_probability", "В первых трёх", 9, "c", probability),
    ]
    caption = f"Темы обучения по дефицитам {edition.calendar_year} года; место — с вероятностью 95 %"
    data = rows.drop(columns="deficit_schools")
    return flagged_table(edition, "training", caption, TrainingNeeds, data, columns)


def _out_of(part: str, whole: str) -> Callable[[Row], str]:
    return lambda row: f"{row[part]} из {row[whole]}"


def _ranks(row: Row) -> str:
    return "—" if pd.isna(row["rank_low"]) else f"{row['rank_low']}–{row['rank_high']}"


def between(row: Row) -> str:
    """«14–47 %»: the interval of a share."""
    return span(row["interval_low"], row["interval_high"])


def chance_words(edition: Edition, chance: float | None) -> str:
    """A probability that rests on all schools: for the office; the public table goes without."""
    return probability(chance) if edition.internal else "—"


def pooled_words(row: Row) -> str:
    """«29 % (14–47 %)» or a dash."""
    return interval_share(row, "pooled")


def interval_share(row: Row, name: str) -> str:
    """A share and its interval by the beginning of their columns; a dash where there is none."""
    if pd.isna(row[f"{name}_value"]):
        return "—"
    return f"{whole_percent(row[f'{name}_value'])} ({span(row[f'{name}_low'], row[f'{name}_high'])})"


def school_effects(edition: Edition, indicator: Indicator) -> Exhibit | None:
    """All schools over all their results of a share that is judged; only for the office. None where there are none."""
    rows = effect_rows(edition, indicator)
    if rows.empty:
        return None
    columns = [
        Col("school_login", "Школа", 15, "l", edition.school_names.__getitem__),
        Col("procedure_count", width=9, align="c"),
        Col(None, f"Там, где у города {whole_percent(rows['city_value'].iloc[0])}", 18, "c", pooled_words),
        Col("above_city_probability", width=11, align="c", say=probability),
        Col("comparable_value", width=10, align="c", say=whole_percent),
        Col(None, "Ожидалось", 17, "c", partial(interval_share, name="foreseen")),
        Col("better_probability", width=11, align="c", say=probability),
        Col(None, "Заметна перемена от", 10, "c", noticeable_words),
    ]
    caption = f"Школы по всем результатам {edition.calendar_year} года: {lowered(indicator.name)}"
    name = f"effects-{indicator.id.replace('_', '-')}"
    return flagged_table(edition, name, caption, SchoolEffects, rows, columns)


LOCAL_INDEX = (
    "Похожий контекст — по местному индексу: главному различию социальных паспортов школ этого города. Вне города он "
    "ничего не значит, и школы по нему не упорядочены."
)


def against_context(edition: Edition, indicator: Indicator) -> Exhibit | None:
    """Each school against what schools of like context reach; only for the office. None without social passports."""
    rows = effect_rows(edition, indicator)
    rows = rows[rows["like_context_value"].notna()] if len(rows) else rows
    if rows.empty:
        return None
    columns = [
        Col("school_login", "Школа", 22, "l", edition.school_names.__getitem__),
        Col(
            None,
            "По всем результатам",
            22,
            "c",
            lambda row: f"{out_of(row)} ({whole_percent(row['numerator'] / row['denominator'])})",
        ),
        Col(None, "У школ с похожим контекстом", 26, "c", partial(interval_share, name="like_context")),
        Col("above_context_probability", width=20, align="c", say=probability),
    ]
    caption = f"Школы и их контекст в {edition.calendar_year} году: {lowered(indicator.name)}"
    name = f"like-context-{indicator.id.replace('_', '-')}"
    return with_notes(table(edition, name, caption, SchoolEffects, rows, columns), [LOCAL_INDEX])


def named(indicator: Indicator, row: Row) -> str:
    """The name of the indicator with its aspect."""
    return f"{indicator.name}: {row['aspect']}" if pd.notna(row["aspect"]) else indicator.name


def text(word: Any) -> str:
    """A word or a dash."""
    return "—" if pd.isna(word) else str(word)
