"""The tables of a year written by hand: three schools, two of them supported, and one rule of selection."""

from dataclasses import replace

import pandas as pd

from analysis.contracts.columns import typed_table
from analysis.contracts.effectiveness import EFFECTIVENESS_TABLES
from analysis.presentation.conclusions.sentence import Case, Evidence
from analysis.presentation.edition import Edition
from analysis.rules.config import load_project
from analysis.rules.methods import NO_REPETITION, Procedure, RuleSet, load_methods
from roadmaps import HOUSE

YEAR = 2021
NAMES = {"edu1": "Школа 1", "edu2": "Школа 2", "edu3": "Школа 3"}
SUPPORTED = ("edu1", "edu2")
RULE = RuleSet(
    id="rule", name="Правило", source="приказ", confirmed=False, threshold=0.3, minimum_low_procedures=2,
    repetition=NO_REPETITION, minimum_participants=1, minimum_participants_confirmed=False, leave_low_count=0,
    leave_confirmed=False, alternative_thresholds=(0.25,),
    procedures=(Procedure("ВПР", "fail_share", ("Математика",), (6,)),),
)  # fmt: skip
PROJECT, METHODS = load_project(HOUSE), replace(load_methods(HOUSE), rules=(RULE,))


def low(k=6, n=20, **changed):
    """A share that did not manage, like the city's and like the year before."""
    return {
        "indicator_id": "fail_share", "school_login": "edu1", "procedure": "ВПР", "subject": "Математика",
        "programme_grade": 6, "sitting_grade": 6, "wave": "весна", "school_year": "2020/21", "scale": "отметка",
        "numerator": k, "denominator": n, "value": k / n, "city_value": 0.1, "threshold_probability": 0.5,
        "against_city": "неотличимо от города", "earlier_year": 2020, "change": 0.0,
        "flags": "", **changed,
    }  # fmt: skip


def effect(login="edu1", better=0.5, worse=0.4, **changed):
    """A school over all its results: 9 of 40, foreseen 30 %."""
    return {
        "indicator_id": "fail_share", "school_login": login, "procedure_count": 2, "numerator": 9.0,
        "denominator": 40.0, "city_value": 0.2, "pooled_value": 0.22, "pooled_low": 0.1, "pooled_high": 0.3,
        "above_city_probability": 0.6, "comparable_count": 2, "comparable_value": 0.225, "foreseen_value": 0.3,
        "foreseen_low": 0.1, "foreseen_high": 0.45, "better_probability": better, "worse_probability": worse,
        "noticeable_change": 0.1, "flags": "", **changed,
    }  # fmt: skip


def share(indicator_id, k, n, **changed):
    """An indicator that is no result."""
    return {
        "indicator_id": indicator_id, "school_login": "edu1", "numerator": k, "denominator": n, "value": k / n,
        "city_value": 0.04, "flags": "", **changed,
    }  # fmt: skip


def selected(login="edu1", listed="не в списке", **changed):
    """A school under the rule."""
    return {
        "rule_id": "rule", "school_login": login, "expected_procedure_count": 6, "known_procedure_count": 6,
        "low_procedure_count": 2, "repeated_low_count": 0, "listed": listed, "reason": "низких 2",
        "low_probability": 0.8, "leaving": "", "leaving_note": "", **changed,
    }  # fmt: skip


def hit(year=YEAR, wave="весна", is_low="да", **changed):
    """A procedure under the rule."""
    return {
        "rule_id": "rule", "school_login": "edu1", "calendar_year": year, "procedure": "ВПР", "subject": "Математика",
        "programme_grade": 6, "wave": wave, "is_low": is_low, "flags": "", **changed,
    }  # fmt: skip


def threshold(number, entering="", leaving=""):
    """Another threshold of the rule."""
    return {
        "rule_id": "rule", "threshold": number, "is_rule": False, "listed_school_count": 1,
        "undecided_school_count": 0, "entering_schools": entering, "leaving_schools": leaving,
    }  # fmt: skip


def topic(name, top=0.5, places=(1, 4)):
    """A topic of training."""
    return {
        "competence": name, "diagnosed_teacher_count": 20, "deficit_teacher_count": 5, "diagnosed_school_count": 2,
        "deficit_school_count": 1, "deficit_schools": "edu1", "rank_low": places[0], "rank_high": places[1],
        "top_probability": top, "flags": "",
    }  # fmt: skip


def contest(login="edu1", level="муниципальный", who="педагоги", winners=1, line=1):
    """A contest of a school."""
    return {
        "school_login": login, "line": line, "contest_name": "Учитель года", "contest_level": level,
        "contestants": who, "contestant_count": 2, "winner_count": winners,
    }  # fmt: skip


def measure(label, status="выполнено", target=1):
    """A measure of the roadmap and its fact."""
    return {"measure_label": label, "target_count": target, "status": status}


def case(school="", **tables):
    """What a sentence is asked about: rows by table; tables that are not named do not exist."""
    made = {name: _table(name, rows) for name, rows in tables.items()}
    made["schools"] = pd.DataFrame({"school_login": list(NAMES), "school_name": list(NAMES.values())})
    status = [(login, "2021/22", "ШНОР") for login in SUPPORTED]
    made["school_status"] = pd.DataFrame(status, columns=["school_login", "school_year", "status"])
    shown = [(YEAR, "школа", NAMES[login]) for login in SUPPORTED]
    columns = ["calendar_year", "scope", "group_name"]
    made["mark_results"] = pd.DataFrame(shown, columns=columns).assign(school_count=1)
    edition = Edition(PROJECT, YEAR, made, (), (), internal=True, methods=METHODS)
    return Case(Evidence(edition), school)


def _table(name, rows):
    dated = [{"calendar_year": YEAR, **row} for row in rows]
    contract = EFFECTIVENESS_TABLES.get(name)
    if contract is not None:
        return typed_table(contract, dated)
    frame = pd.DataFrame(dated)
    return frame.astype({"target_count": "Int64"}) if "target_count" in frame else frame
