"""The section about selection: rules, low procedures, chances of error, other thresholds, who would leave."""

from collections.abc import Sequence

import pandas as pd

from analysis.presentation.certainty import probability
from analysis.presentation.edition import Edition
from analysis.presentation.effectiveness_tables import chance_words, steady_words, text
from analysis.presentation.exhibits import Exhibit, printed_table
from analysis.presentation.indicator_tables import flagged_table
from analysis.presentation.indicator_words import exported, with_interval
from analysis.presentation.markdown import escape
from analysis.presentation.shares import out_of, percent
from analysis.presentation.words import Row, rows_of
from analysis.rules.defaults import doubt
from analysis.rules.indicator_passport import Indicator
from analysis.rules.selection_rules import NO_REPETITION, SAME_LIST, RuleSet

NO_RULES = "Правил отбора в проекте нет."
NOT_SELECTED = (
    "По правилам отбора в этом отчёте ничего не посчитано: результатов, на которые они смотрят, нет или они скрыты."
)
HOW_WRONG = (
    "Ложная тревога — вероятность, что школа с долей города при таком числе участников окажется низкой случайно. "
    "Пропуск — вероятность, что школа, чья истинная доля настолько же выше порога, насколько город ниже его, низкой не "
    "окажется. Перечень по правилу — не решение об отборе: его принимает управление."
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
    shown = [one for one in (_hits(edition), *_office(edition)) if one is not None]
    return "\n\n".join([words, HOW_WRONG, *([] if edition.internal else [ONLY_OFFICE])]), shown


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
    cells = [
        [
            str(row["aspect"]),
            row["group_name"],
            out_of(row),
            with_interval(row, indicator),
            steady_words(row),
            text(row["against_city"]),
        ]
        for row in rows_of(rows)
    ]
    header = ["Компетенция", "Школа или группа", "Сколько из скольких", "Доля и интервал 95 %", "Стабилизировано"]
    printed = ([*header, "Против города"], cells, [27, 15, 11, 17, 17, 13], "llcccc")
    caption = f"Дефициты учителей в {edition.calendar_year} году с интервалами"
    return flagged_table(edition, "deficit-shares", caption, exported(rows), printed, rows["flags"].tolist())


def _hits(edition: Edition) -> Exhibit | None:
    """Low procedures; rules that look at the same have one table, for the first of them stands for all."""
    rows = _hit_rows(edition)
    if rows.empty:
        return None
    if edition.internal:
        rows = rows.assign(group_name=rows["school_login"].map(edition.school_names)).drop(columns="school_login")
    rows = rows[rows["is_low"] == "да"]
    once = rows.drop_duplicates([name for name in rows.columns if name != "rule_id"])
    cells = [
        [
            row["group_name"],
            f"{row['procedure']}, {row['wave']}: {row['subject']}, программа {row['programme_grade']} класса",
            out_of(row),
            f"{percent(row['value'])} ({percent(row['interval_low'])} – {percent(row['interval_high'])})",
            chance_words(edition, row["low_probability"]),
            probability(row["false_alarm_probability"]),
            probability(row["miss_probability"]),
        ]
        for row in rows_of(once)
    ]
    header = ["Школа", "Процедура", "Не преодолели", "Доля и интервал 95 %", "Истинная не ниже порога"]
    header += ["Ложная тревога", "Пропуск"]
    caption = f"Низкие процедуры {edition.calendar_year} года по правилам отбора"
    printed = (header, cells, [12, 26, 10, 18, 11, 10, 10], "llccccc")
    first = ["rule_id", "group_name"]
    data = rows[[*first, *(name for name in rows.columns if name not in first)]]
    flags = once["flags"].tolist()
    return flagged_table(edition, "low-procedures", caption, data, printed, flags) if cells else None


def _office(edition: Edition) -> list[Exhibit | None]:
    """Who is listed, other thresholds; only in the edition for the office."""
    return [_listed(edition), _thresholds(edition)] if edition.internal else []


def _listed(edition: Edition) -> Exhibit | None:
    rows = edition.effectiveness("selection")
    if rows.empty:
        return None
    rows = rows[(rows["low_procedure_count"] > 0) | (rows["leaving"] != "") | (rows["listed"] != "не в списке")]
    names = {rule.id: rule.name for rule in edition.methods.rules} if edition.methods else {}
    cells = [
        [
            names[row["rule_id"]],
            edition.school_names[row["school_login"]],
            f"{row['low_procedure_count']} из {row['known_procedure_count']}; "
            f"ожидалось {row['expected_procedure_count']}",
            str(row["repeated_low_count"]),
            f"{row['listed']}: {row['reason']}",
            probability(row["chance_probability"]),
            probability(row["low_probability"]),
            _leaving(row),
        ]
        for row in rows_of(rows)
    ]
    header = ["Правило", "Школа", "Низких процедур", "Низких два года", "По правилу"]
    header += ["Столько низких случайно", "Столько низких на деле", "Выход из списка"]
    caption = f"Школы, у которых в {edition.calendar_year} году есть низкие процедуры или решается выход из списка"
    printed = (header, cells, [15, 10, 12, 8, 22, 10, 10, 13], "llccllll")
    return printed_table(edition, "selection", caption, rows, printed) if cells else None


def _leaving(row: Row) -> str:
    if not row["leaving"]:
        return "—"
    said = f"{row['leaving']}; {row['leaving_note']}" if row["leaving_note"] else row["leaving"]
    chance = probability(row["unchanged_probability"])
    return said if chance == "—" else f"{said} (без изменений — {chance})"


def _thresholds(edition: Edition) -> Exhibit | None:
    rows = edition.effectiveness("selection_thresholds")
    if rows.empty:
        return None
    names = {rule.id: rule.name for rule in edition.methods.rules} if edition.methods else {}
    cells = [
        [
            names[row["rule_id"]],
            f"{percent(row['threshold'], 0)}{' — порог правила' if row['is_rule'] else ''}",
            str(row["listed_school_count"]),
            str(row["undecided_school_count"]),
            _schools(edition, row["entering_schools"]),
            _schools(edition, row["leaving_schools"]),
        ]
        for row in rows_of(rows)
    ]
    header = ["Правило", "Порог", "В списке", "Нельзя сказать", "Вошли бы", "Выпали бы"]
    caption = f"Что изменил бы другой порог в {edition.calendar_year} году"
    printed = (header, cells, [24, 15, 10, 12, 20, 19], "llccll")
    return printed_table(edition, "thresholds", caption, rows, printed)


def _schools(edition: Edition, logins: str) -> str:
    return ", ".join(edition.school_names[one] for one in logins.split(", ")) if logins else "—"
