"""The section about selection: rules, low procedures and how sure they are, other thresholds, who would leave."""

from collections.abc import Iterator, Sequence
from functools import partial

import pandas as pd

from analysis.contracts.effectiveness import PublicHits, PublicIndicators, Selection, SelectionThresholds
from analysis.presentation.conclusions.sentence import by_id
from analysis.presentation.edition import Edition
from analysis.presentation.effectiveness_tables import against_context, between, pooled_words, school_effects, text
from analysis.presentation.exhibits import Col, Condensed, Exhibit, flagged_table, table
from analysis.presentation.markdown import escape
from analysis.presentation.shares import exported, out_of, percent, probability, whole_percent, with_interval
from analysis.presentation.words import Row, rows_of
from analysis.rules.methods import NO_REPETITION, SAME_LIST, Indicator, RuleSet
from analysis.rules.written import doubt

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


def section(edition: Edition) -> tuple[str, list[Exhibit]]:
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
