"""Tables of the indicators, each number with its interval and what must be said of it; and the section on selection."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd

from analysis.contracts.effectiveness import (
    BREAK,
    PublicHits,
    PublicIndicators,
    SchoolEffects,
    Selection,
    SelectionThresholds,
    TrainingNeeds,
)
from analysis.presentation.conclusions.sentence import by_id, effect_rows
from analysis.presentation.edition import KEY, Edition
from analysis.presentation.exhibits import Col, Condensed, Exhibit, filled, flagged_table, table, with_notes
from analysis.presentation.markdown import escape
from analysis.presentation.place import SLUGS
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
from analysis.rules.methods import NO_REPETITION, SAME_LIST, Indicator, RuleSet
from analysis.rules.written import doubt

# Tables of the indicators: each number with what it is made of, its interval, and what must be said of it.


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
    """Those of some indicators that there are, beside each other, each with its interval."""
    shown = [one for one in shown if (rows["indicator_id"] == one.id).any()]
    if not shown:
        return None
    rows = rows[rows["indicator_id"].isin([one.id for one in shown])]
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


# The section about selection: rules, low procedures and how sure they are, other thresholds, who would leave.

NO_RULES = "Правил отбора в проекте нет."
NOT_SELECTED = (
    "По правилам отбора в этом отчёте ничего не посчитано: результатов, на которые они смотрят, нет или они скрыты."
)
NO_DECISION = "Перечень по правилу — не решение об отборе: его принимает управление."
HOW_SURE = (
    "Правило применено так, как написано. «На деле» — вероятность, что школа выполнила бы условие года и при "
    "неограниченном числе учеников, по всем процедурам вместе; повторение два года подряд в ней не учтено."
)
ONLY_OFFICE = (
    "Кого назвало бы каждое правило, что изменил бы другой порог и кто вышел бы из списка, напечатано в служебном "
    "отчёте: по этим ответам можно вычислить скрытые числа. Здесь — процедуры поддерживаемых школ, доля по которым "
    "открыта."
)
REPETITION_WORDS = {NO_REPETITION: "без повторения", SAME_LIST: "и годом раньше их было не меньше"}


def selection_section(edition: Edition) -> tuple[str, list[Exhibit]]:
    """Returns the words and the tables about selection."""
    if edition.methods is None or not edition.methods.rules:
        return NO_RULES, []
    if not selects(edition):
        return NOT_SELECTED, []
    rules = edition.methods.rules
    words = "\n".join(["Правила, по которым посчитано:", "", *map(_rule_list, rules)])
    shown = [one for one in (*_effects(edition), _hits(edition), *_office(edition)) if one is not None]
    return "\n\n".join(
        [words, f"{HOW_SURE} {NO_DECISION}" if edition.internal else f"{NO_DECISION} {ONLY_OFFICE}"]
    ), shown


def selects(edition: Edition) -> bool:
    """Whether something printed rests on the rules."""
    return not _hit_rows(edition).empty


def _hit_rows(edition: Edition) -> pd.DataFrame:
    return edition.effectiveness("selection_hits" if edition.internal else "public_selection_hits")


def _rule_list(rule: RuleSet) -> str:
    """A rule as a point of a list, with a line for each thing it says."""
    confirmed = doubt(rule.default, rule.confirmed) or "подтверждено"
    return "\n".join(
        [f"- **{escape(f'{rule.name} — {confirmed}')}**", *(f"  - {escape(line)}" for line in rule_lines(rule))]
    )


def rule_lines(rule: RuleSet) -> list[str]:
    """What a rule says, line by line, each with what of it is not confirmed."""
    looked_at = "; ".join(
        f"{one.procedure}: {', '.join(one.subjects)}, {_programmes(one.programme_grades)}" for one in rule.procedures
    )
    repeated = REPETITION_WORDS.get(rule.repetition, "та же процедура низкая два года подряд")
    least = "" if rule.minimum_participants_confirmed else " (не подтверждено)"
    leaves = "" if rule.leave_confirmed else " (не подтверждено)"
    left = f"не больше {rule.leave_low_count}" if rule.leave_low_count else "не осталось"
    return [
        f"Процедура низкая, если доля не справившихся не меньше {percent(rule.threshold, 0)}.",
        f"В списке школа, у которой низких процедур не меньше {rule.minimum_low_procedures}, {repeated}; выходит из "
        f"списка, если низких {left}{leaves}.",
        f"Процедуры: {looked_at}; участников не меньше {rule.minimum_participants}{least}.",
        f"Источник: {rule.source}",
    ]


def _programmes(grades: Sequence[int]) -> str:
    return f"программа {', '.join(map(str, grades))} {'классов' if len(grades) > 1 else 'класса'}"


def deficits(edition: Edition, rows: pd.DataFrame, indicator: Indicator) -> Exhibit:
    """Deficits by competence with their uncertainty."""
    columns = [
        Col("aspect", "Компетенция", 27),
        Col("group_name", "Школа или группа", 15),
        Col(None, "Сколько из скольких", 11, "c", out_of),
        Col(None, "Доля и интервал 95 %", 17, "c", partial(with_interval, indicator=indicator)),
        Col(None, "С учётом всех результатов", 17, "c", pooled_words),
        Col("against_city", width=13, align="c", say=text),
    ]
    caption = f"Дефициты учителей в {edition.calendar_year} году с интервалами"
    printed = Condensed(exported(rows), rows_of(rows))
    return flagged_table(edition, "deficit-shares", caption, PublicIndicators, printed, columns)


def _hits(edition: Edition) -> Exhibit | None:
    """Low procedures; rules that look at the same have one table, for the first of them stands for all."""
    rows = _hit_rows(edition)
    if rows.empty:
        return None
    if edition.internal:
        rows = rows.assign(group_name=rows["school_login"].map(edition.school_names)).drop(columns="school_login")
    rows = rows[rows["is_low"] == "да"]
    first = ["rule_id", "group_name"]
    data = rows[[*first, *(name for name in rows.columns if name not in first)]]
    once = rows_of(data.drop_duplicates([name for name in data.columns if name != "rule_id"]))
    columns = [
        Col("group_name", "Школа", 12),
        Col(None, "Процедура", 26, "l", _procedure_words),
        Col(None, "Не преодолели", 10, "c", out_of),
        Col(None, "Доля и интервал 95 %", 18, "c", lambda row: f"{whole_percent(row['value'])} ({between(row)})"),
        *(_for_the_office() if edition.internal else []),
    ]
    caption = f"Низкие процедуры {edition.calendar_year} года по правилам отбора"
    printed = Condensed(data, once)
    return flagged_table(edition, "low-procedures", caption, PublicHits, printed, columns) if once else None


def _for_the_office() -> list[Col]:
    return [
        Col("city_value", "В городе", 8, "c", whole_percent),
        Col("low_probability", "На деле не ниже порога", 12, "c", probability),
    ]


def _procedure_words(row: Row) -> str:
    return f"{row['procedure']}, {row['wave']}: {row['subject']}, программа {row['programme_grade']} класса"


def looked_at(edition: Edition) -> list[Indicator]:
    """The shares that the rules look at."""
    rules = edition.methods.rules if edition.methods else ()
    names = dict.fromkeys(one.indicator for rule in rules for one in rule.procedures)
    return [by_id(edition)[name] for name in names]


def _effects(edition: Edition) -> Iterator[Exhibit | None]:
    """The schools over all their results, tables of each share that the rules look at; for the office."""
    for indicator in looked_at(edition) if edition.internal else ():
        yield school_effects(edition, indicator)
        yield against_context(edition, indicator)


def _office(edition: Edition) -> list[Exhibit | None]:
    """Who is listed, other thresholds; only in the edition for the office."""
    return [_listed(edition), _thresholds(edition)] if edition.internal else []


def _listed(edition: Edition) -> Exhibit | None:
    rows = edition.effectiveness("selection")
    if rows.empty:
        return None
    rows = rows[(rows["low_procedure_count"] > 0) | (rows["leaving"] != "") | (rows["listed"] != "не в списке")]
    columns = [
        Col("rule_id", width=18, say=partial(_rule_names, edition)),
        Col("school_login", "Школа", 12, "l", edition.school_names.__getitem__),
        Col(None, "Низких процедур", 12, "c", _low_of_known),
        Col("repeated_low_count", width=8, align="c"),
        Col(None, "По правилу", 22, "l", lambda row: f"{row['listed']}: {row['reason']}"),
        Col("low_probability", "Условие года на деле", 11, "l", probability),
        Col(None, "Выход из списка", 13, "l", _leaving),
    ]
    caption = f"Школы, у которых в {edition.calendar_year} году есть низкие процедуры или решается выход из списка"
    return table(edition, "selection", caption, Selection, _once(rows), columns) if len(rows) else None


def _once(rows: pd.DataFrame) -> Condensed:
    """The rows, of which those of several rules that say the same are printed once."""
    same = [name for name in rows.columns if name != "rule_id"]
    rules = rows.groupby(same, sort=False, dropna=False, observed=True)["rule_id"].agg("; ".join)
    return Condensed(rows, rows_of(rules.reset_index()))


def _rule_names(edition: Edition, rule_ids: str) -> str:
    """The rules of a row by their names."""
    named = {rule.id: rule.name for rule in edition.methods.rules} if edition.methods else {}
    ids = rule_ids.split("; ")
    return "все правила" if len(ids) == len(named) > 1 else "; ".join(named.get(one, one) for one in ids)


def _low_of_known(row: Row) -> str:
    """«2 из 6», and how many were to be expected where some are missing."""
    low, known, expected = (row[f"{name}_procedure_count"] for name in ("low", "known", "expected"))
    return f"{low} из {known}; ожидалось {expected}" if known < expected else f"{low} из {known}"


def _leaving(row: Row) -> str:
    if not row["leaving"]:
        return "—"
    said = f"{row['leaving']}; {row['leaving_note']}" if row["leaving_note"] else row["leaving"]
    chance = probability(row["still_low_probability"])
    return said if chance == "—" else f"{said} (на деле всё ещё низкие — {chance})"


def _thresholds(edition: Edition) -> Exhibit | None:
    rows = edition.effectiveness("selection_thresholds")
    if rows.empty:
        return None
    columns = [
        Col("rule_id", width=24, say=partial(_rule_names, edition)),
        Col(None, "Порог", 15, "l", _threshold_words),
        Col("listed_school_count", width=10, align="c"),
        Col("undecided_school_count", width=12, align="c"),
        Col("entering_schools", width=20, say=partial(_schools, edition)),
        Col("leaving_schools", width=19, say=partial(_schools, edition)),
    ]
    caption = f"Что изменил бы другой порог в {edition.calendar_year} году"
    return table(edition, "thresholds", caption, SelectionThresholds, _once(rows), columns)


def _threshold_words(row: Row) -> str:
    return f"{percent(row['threshold'], 0)}{' — порог правила' if row['is_rule'] else ''}"


def _schools(edition: Edition, logins: str) -> str:
    return ", ".join(edition.school_names[one] for one in logins.split(", ")) if logins else "—"


def city_words(edition: Edition, exhibit: Exhibit) -> str:
    """Of how many schools the city is made in a table where it stands beside a school."""
    if not exhibit.label.startswith("tbl-") or not {"indicator_id", "city_value"} <= set(exhibit.data.columns):
        return ""
    passport = by_id(edition)
    about = exhibit.data.reindex(columns=list(dict.fromkeys([*exhibit.data.columns, *KEY])))
    rows = [(_row_words(passport, row), row) for row in rows_of(about)]
    return edition.city_note(rows)


def _row_words(passport: Mapping[str, Indicator], row: Row) -> str:
    if pd.notna(row["procedure"]):
        return subject_words(row)
    return named(passport[row["indicator_id"]], row)
