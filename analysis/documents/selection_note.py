"""The note on selection: whom each rule lists, how sure that is, what another threshold would change, who leaves."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pandas as pd

from analysis.contracts.effectiveness import LISTED_WORDS, LOW_WORDS, Selection, SelectionHits, SelectionThresholds
from analysis.documents.material import (
    CONCLUSION,
    FACT,
    Material,
    asked_for,
    bullets,
    city_document,
    concluded,
    hypotheses_and_decisions,
    vpr_notice,
    whence,
    with_codes,
)
from analysis.documents.settings import SELECTION
from analysis.documents.staging import Document
from analysis.presentation.brief_words import share_words, sitting_words
from analysis.presentation.city_schools import city_note
from analysis.presentation.conclusions.evidence import NO_SCHOOLS
from analysis.presentation.conclusions.selection import LEAVES, repetition_note
from analysis.presentation.conclusions.sentence import Case
from analysis.presentation.exhibits import Col, plain_table
from analysis.presentation.markdown import escape, points, table_note
from analysis.presentation.russian import form
from analysis.presentation.shares import NO_DATA, probability, whole_percent
from analysis.presentation.words import Row, rows_of
from analysis.rules.exam_calendar import school_years_of
from analysis.rules.methods import PARTS_NOTHING, RuleSet
from analysis.rules.written import doubt

UNLISTED = LISTED_WORDS[1]
LOW = LOW_WORDS[0]
NO_RULES = "Нет данных: правил отбора или результатов процедур за этот год нет."
HOW_TO_READ = (
    "Правило — предмет для решения, а не решение: ни одно не объявлено официальным для этого города, если рядом стоит "
    "«не подтверждено» или «не утверждено управлением». Правило применено так, как написано; «Вероятность» — что "
    "школа выполнила бы условие года и при неограниченном числе учеников, по всем процедурам вместе. Повторение два "
    "года подряд в ней не учтено. Выход из списка: прочерк — год назад правило эту школу в список не "
    "включало. Порядок школ — как в реестре; рейтинга нет."
)


def selection_note(material: Material) -> Document:
    """The note on the selection of a year."""
    rules = [rule for rule in material.rules if len(material.of_rule("selection", rule))]
    low = {rule.id: _low_cells(material, rule) for rule in rules}
    first = {rule.id: next(one for one in rules if low[one.id] == low[rule.id]) for rule in rules}
    body = [
        asked_for(material, SELECTION),
        FACT,
        bullets([_supported(material)]),
        *([HOW_TO_READ] if rules else [NO_RULES]),
        *(part for rule in rules for part in _rule(material, rule, _hits(material, rule, first[rule.id]))),
        CONCLUSION,
        *vpr_notice(any(one.procedure == "ВПР" for rule in rules for one in rule.procedures)),
        concluded(SELECTION, *(Case(material, rule=rule) for rule in rules)),
        hypotheses_and_decisions(material, SELECTION),
        "# Откуда сведения",
        whence(material, [f"{login}@{material.year}" for login in material.supported[:2]]),
    ]
    return city_document(material, SELECTION, "selection-note", body)


def _supported(material: Material) -> str:
    status = material.edition.tables.get("school_status", NO_SCHOOLS)
    rows = status[status["school_year"].isin(school_years_of(material.year)) & (status["status"] != "нет")]
    if rows.empty:
        return "По реестру поддерживаемых школ в этом году нет."
    said = [
        f"{material.name(str(login))} — "
        + ", ".join(f"{row['status']} ({row['school_year']} учебный год)" for row in rows_of(mine))
        for login, mine in rows.groupby("school_login")
    ]
    return points("По реестру поддержку получают", said)


def _rule(material: Material, rule: RuleSet, hits: str) -> Iterator[str]:
    sure = doubt(rule.default, rule.confirmed)
    yield f"## {escape(' — '.join(filter(None, [rule.name, sure])))}"
    participants = "" if rule.minimum_participants_confirmed else " (не подтверждено)"
    yield escape(
        f"Процедура низкая, если доля не справившихся не меньше {whole_percent(rule.threshold)}; школа попадает в "
        f"список, если низких процедур не меньше {rule.minimum_low_procedures}{REPEATED[rule.repetition]}. "
        f"Наименьшее число участников, при котором процедура учитывается, — {rule.minimum_participants}{participants}. "
        f"Основание: {rule.source}."
    )
    if not rule.parts_schools:
        yield escape(f"Правило не применено: {PARTS_NOTHING}. Исправьте threshold в data/selection.toml.")
        return
    yield _schools(material, rule)
    yield hits
    if hits.startswith("|"):
        yield _city_of(material, rule)
    yield _thresholds(material, rule)


REPEATED = {
    "нет": "",
    "перечень": " и в этом году, и в предыдущем",
    "процедура": ", причём одна и та же процедура низкая два года подряд",
}


def _concerned(material: Material, rule: RuleSet) -> list[Row]:
    """Schools about which there is something to say: listed or undecided, with a low procedure, supported, leaving."""
    rows = material.of_rule("selection", rule)
    return [
        row
        for row in rows_of(rows)
        if row["listed"] != UNLISTED
        or row["low_procedure_count"]
        or str(row["leaving"]) == LEAVES
        or row["school_login"] in material.supported
    ]


def _schools(material: Material, rule: RuleSet) -> str:
    rows = _concerned(material, rule)
    all_of_them = len(material.of_rule("selection", rule))
    if not rows:
        return f"Низких процедур нет ни у одной из {all_of_them} школ."
    columns = [
        Col("school_login", "Школа", 17, "l", material.name),
        Col(None, "Низких процедур", 13, "c", _low_of),
        Col("repeated_low_count", "Два года подряд", 11, "c"),
        Col("listed", width=14),
        Col("low_probability", width=14, align="c", say=probability),
        Col(None, "Выход из списка", 19, "l", _leaving),
    ]
    rest = all_of_them - len(rows)
    others = f"Ещё у {rest} {form(rest, ('школы', 'школ', 'школ'))} низких процедур нет." if rest else ""
    note = repetition_note(material.edition, rule.id)
    schools = plain_table(f"{_slug(rule)}-schools", "Школы по правилу", Selection, rows, columns)
    below = [schools, table_note(note) if note else "", others]
    return "\n\n".join(part for part in below if part)


def _low_of(row: Row) -> str:
    """«2 из 6», and how many were to be expected where some are missing."""
    said = f"{row['low_procedure_count']} из {row['known_procedure_count']}"
    missed = row["known_procedure_count"] < row["expected_procedure_count"]
    return f"{said}, а ожидалось {row['expected_procedure_count']}" if missed else said


def _leaving(row: Row) -> str:
    leaving: str = "" if pd.isna(row["leaving"]) else str(row["leaving"])
    if leaving != LEAVES:
        return leaving or NO_DATA
    note: str = "" if pd.isna(row["leaving_note"]) else str(row["leaving_note"])
    return f"{leaving}: {note}" if note else leaving


def _city_of(material: Material, rule: RuleSet) -> str:
    """Of how many schools the city is made beside the low procedures, where not of all."""
    ids = _indicators(rule)
    rows = [
        (sitting_words(row), {**row, "indicator_id": ids[(row["procedure"], row["subject"])], "aspect": None})
        for row in _low_rows(material, rule)
    ]
    note = city_note(rows, material.edition.schools_behind_city, len(material.edition.school_names))
    return table_note(note) if note else ""


def _indicators(rule: RuleSet) -> dict[tuple[str, str], str]:
    """By procedure and subject the indicator that the rule looks at."""
    return {(one.procedure, subject): one.indicator for one in rule.procedures for subject in one.subjects}


def _low_rows(material: Material, rule: RuleSet) -> list[Row]:
    """The low procedures by a rule, school by school."""
    rows = material.of_rule("selection_hits", rule)
    rows = rows.sort_values("school_login", kind="stable") if len(rows) else rows
    return rows_of(rows[rows["is_low"] == LOW])


def _hits(material: Material, rule: RuleSet, first: RuleSet) -> str:
    """The low procedures of a rule; where they are those of a rule before it, a word about that."""
    rows = _low_rows(material, rule)
    if rows and first.id != rule.id:
        return f"{escape(f'Низкие процедуры — те же, что по правилу «{first.name}»:')} @tbl-{_slug(first)}-hits."
    columns = _low_columns(material)
    indicators = _indicators(rule)
    asked = dict.fromkeys(
        f"{row['school_login']}/{indicators[(str(row['procedure']), str(row['subject']))]}" for row in rows
    )
    hits = plain_table(f"{_slug(rule)}-hits", "Низкие процедуры", SelectionHits, rows, columns)
    return with_codes(hits, list(asked), material.year)


def _low_cells(material: Material, rule: RuleSet) -> list[list[str]]:
    """What its table of low procedures says: two rules may say the same."""
    columns = _low_columns(material)
    return [[one.cell(row) for one in columns] for row in _low_rows(material, rule)]


def _low_columns(material: Material) -> list[Col]:
    return [
        Col("school_login", "Школа", 14, "l", material.name),
        Col(None, "Низкая процедура", 25, "l", sitting_words),
        Col(None, "Не справились", 16, "c", share_words),
        Col("city_value", width=8, align="c", say=whole_percent),
        Col("low_probability", width=14, align="c", say=probability),
    ]


def _thresholds(material: Material, rule: RuleSet) -> str:
    columns = [
        Col(None, "Порог", 18, "l", _threshold_words),
        Col("listed_school_count", width=12, align="c"),
        Col("undecided_school_count", width=14, align="c"),
        Col("entering_schools", width=28, say=partial(_names, material)),
        Col("leaving_schools", width=28, say=partial(_names, material)),
    ]
    rows = rows_of(material.of_rule("selection_thresholds", rule))
    return plain_table(f"{_slug(rule)}-thresholds", "Если бы порог был другим", SelectionThresholds, rows, columns)


def _threshold_words(row: Row) -> str:
    return f"{whole_percent(row['threshold'])}{' (правило)' if row['is_rule'] else ''}"


def _names(material: Material, logins: Any) -> str:
    text = "" if pd.isna(logins) else str(logins)
    return ", ".join(material.name(login.strip()) for login in text.split(",") if login.strip()) or NO_DATA


def _slug(rule: RuleSet) -> str:
    return rule.id.replace("_", "-")
