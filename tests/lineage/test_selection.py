"""A row of selection, of another threshold, of a topic, and a sentence about them: down to the cells of the sources."""

from dataclasses import replace

import pytest

from analysis.cleaning.typed_rows import typed_table
from analysis.contracts.effectiveness import EFFECTIVENESS_TABLES
from analysis.contracts.school_facts import SCHOOL_FACT_TABLES
from analysis.lineage.indicator_cells import indicator_cell_chain
from analysis.lineage.selection import is_of_selection, selection_cell_chain
from analysis.rules.indicator_passport import load_passport
from analysis.rules.selection_rules import SAME_LIST
from hand_made import RULE, selected, threshold, topic
from roadmaps import HOUSE

A = "edu000001"
EXPORT, FORM = "vpr.xlsx (sha256 cdcdcdcdcdcd…)", "school.xlsx (sha256 cdcdcdcdcdcd…)"
RULE_LINE = (
    "правило: «Правило» (не подтверждено): низкая — доля не меньше 0,3; в списке — низких не меньше 2, повторение: нет "
    "← data/selection.toml, rule"
)
SPRING = [
    "2021: ВПР, Математика, программа 5 класса, весна: низкая: нет; доля 2 из 12 = 0,1667",
    "ВПР, Математика, 5 класс, весна, 2020/21: Участников — 12, Отметок «2» — 2, Отметок «3» — 4, Отметок «4» — 3, "
    "Отметок «5» — 3",
    f"← {EXPORT}, лист 1, строка 7",
    "засчитана выгрузка; в форме школы: Участников — 12, Отметок «2» — 1, Отметок «3» — 5, Отметок «4» — 3, "
    f"Отметок «5» — 3, в счёт не идёт ← {FORM}, лист Результаты, строка 2",
    "замечание «Форма и выгрузка расходятся»: лист Результаты, строка 2: Форма и выгрузка.",
]


def _hit(k, n, year=2021, is_low="нет", **changed):
    return {
        "rule_id": "rule", "school_login": A, "calendar_year": year, "procedure": "ВПР", "subject": "Математика",
        "programme_grade": 5, "wave": "весна", "numerator": k, "denominator": n, "is_low": is_low, "flags": "",
        "value": None if k is None else k / n, **changed,
    }  # fmt: skip


def _deficit(login, diagnosed, deficit, line, competence="Урок"):
    return {
        "source_file": "school.xlsx", "place": f"лист Дефициты, строка {line}", "school_login": login,
        "calendar_year": 2021, "competence": competence, "diagnosed_teacher_count": diagnosed,
        "deficit_teacher_count": deficit,
    }  # fmt: skip


@pytest.fixture(scope="module")
def grounded(school_ground):
    def made(rule=RULE, **rows):
        tables = {
            name: typed_table(EFFECTIVENESS_TABLES[name], [{"calendar_year": 2021, **row} for row in some])
            for name, some in rows.items()
        }
        deficits = [
            _deficit(A, 10, 3, 2),
            _deficit("edu000002", 12, 1, 3),
            {**_deficit(A, 9, 9, 4), "competence": "Цифра"},
        ]
        tables["deficits"] = typed_table(SCHOOL_FACT_TABLES["deficits"], deficits)
        return replace(school_ground, tables={**school_ground.tables, **tables}, rules=(rule,))

    return made


def _told(cells, ground, office=True):
    return [line.strip() for line in selection_cell_chain({"calendar_year": "2021", **cells}, 2021, office, ground)]


def test_a_school_under_a_rule_goes_back_to_the_results_that_were_judged(grounded):
    oge = _hit(None, None, is_low="нет данных", procedure="ОГЭ", wave="основная", programme_grade=8)
    ground = grounded(selection=[selected(A)], selection_hits=[_hit(2, 12), oge, _hit(3, 63, school_login="edu000002")])
    told = _told({"rule_id": "rule", "school_login": A}, ground)
    assert told == [
        RULE_LINE,
        "Школа А, 2021 год: не в списке: низких 2; низких 2 из 6",
        *SPRING,
        "2021: ОГЭ, Математика, программа 8 класса, основная: результата нет",
    ]


@pytest.mark.parametrize(
    ("rule", "row", "years"),
    [
        (RULE, {}, ["2021"]),
        (RULE, {"leaving": "выходит", "leaving_note": "неотличимо"}, ["2021", "2020"]),
        (replace(RULE, repetition=SAME_LIST), {}, ["2021", "2020"]),
    ],
)
def test_the_year_before_is_told_where_the_answer_rests_on_it(grounded, rule, row, years):
    ground = grounded(rule, selection=[selected(A, **row)], selection_hits=[_hit(9, 12, 2020, "да"), _hit(2, 12)])
    told = _told({"rule_id": "rule", "school_login": A}, ground)
    assert [line[:4] for line in told if "программа 5 класса" in line] == years
    assert ("выход из списка: выходит; неотличимо" in told) == bool(row)


def test_another_threshold_names_whom_it_would_change_and_the_shares_between(grounded):
    ground = grounded(
        selection_thresholds=[threshold(0.15, entering=A), threshold(0.25)],
        selection_hits=[_hit(2, 12), _hit(4, 12, is_low="да", wave="осень"), _hit(1, 12, subject="Физика")],
    )
    told = _told({"rule_id": "rule", "threshold": "0.15"}, ground)
    assert told == [
        RULE_LINE,
        "при пороге 0,15 в списке школ: 1, нельзя сказать: 0",
        "вошла бы Школа А: доли от 0,15 до 0,3",
        *SPRING,
    ]
    assert _told({"rule_id": "rule", "threshold": "0.25"}, ground)[2:] == []


def test_a_topic_goes_back_to_the_deficits_of_every_school(grounded):
    ground = grounded(training_needs=[topic("Урок"), topic("Цифра")])
    told = _told({"competence": "Урок", "top_probability": "0.5"}, ground)
    assert told[:3] == [
        "«Урок», 2021 год: учителей с дефицитом 5 из 20 диагностированных ← строк 2",
        f"Школа А: Диагностировано — 10, С дефицитом — 3 ← {FORM}, лист Дефициты, строка 2",
        f"Школа Б: Диагностировано — 12, С дефицитом — 1 ← {FORM}, лист Дефициты, строка 3",
    ]
    assert told[3].startswith("правило: место темы — по доле")


PRINTED = {
    "rule_id": "rule", "group_name": "Школа А", "procedure": "ВПР", "subject": "Математика", "programme_grade": "5",
    "wave": "весна",
}  # fmt: skip


def test_a_low_procedure_shows_its_result_to_the_office_and_the_question_to_the_public(grounded):
    ground = grounded(selection_hits=[_hit(2, 12), _hit(5, 12, subject="Физика")])
    assert _told(PRINTED, ground) == [RULE_LINE, *SPRING]
    public = _told(PRINTED, ground, office=False)
    assert public == [
        RULE_LINE,
        f"строки, из которых это получено, — служебные: analysis explain '{A}/fail_share@2021'",
    ]


def test_a_sentence_goes_on_from_its_keys(grounded):
    gap = {"indicator_id": "fail_share", "school_count": 0, "missing_school_count": 2, "reason": "нет данных"}
    ground = grounded(
        selection=[selected(A)],
        selection_thresholds=[threshold(0.25)],
        training_needs=[topic("Урок")],
        indicator_gaps=[gap],
        school_indicators=[],
    )
    ground = replace(ground, passport=load_passport(HOUSE))
    keys = [
        f"selection | rule | {A} | 2021",
        "selection_thresholds | rule | 0.25 | 2021",
        "training_needs | Урок | 2021",
        "fail_share | 2021",
    ]
    cells = {"sentence_id": "список", "condition": "правило применено", "rests_on": "; ".join(keys)}
    told = list(indicator_cell_chain(cells, 2021, True, ground))
    after = [told[told.index(f"← {key}") + 1].strip() for key in keys]
    assert after == [
        RULE_LINE,
        RULE_LINE,
        "«Урок», 2021 год: учителей с дефицитом 5 из 20 диагностированных ← строк 2",
        "школ с данными: 0, без данных: 2",
    ]
    public = list(indicator_cell_chain(cells, 2021, False, ground))
    assert public == ["условие: правило применено", *(f"← {key}" for key in keys[:3]), *told[-3:]]


@pytest.mark.parametrize("name", ["selection", "selection_thresholds", "selection_hits", "training_needs"])
def test_every_table_of_selection_is_known_by_its_columns(name):
    assert is_of_selection(dict.fromkeys(EFFECTIVENESS_TABLES[name].to_schema().columns, ""))
