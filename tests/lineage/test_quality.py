"""Counts about the facts themselves go back to rows, files and findings; a public cell shows no value of a row."""

from dataclasses import replace

import pytest

from analysis.cleaning.typed_rows import typed_table
from analysis.contracts.findings import RULE_TITLES
from analysis.contracts.quality import PRINTED_QUALITY_TABLES, QUALITY_TABLES, ReporterCompleteness
from analysis.lineage.quality import quality_cell_chain

FORM, EXPORT = "school.xlsx (sha256 cdcdcdcdcdcd…)", "vpr.xlsx (sha256 cdcdcdcdcdcd…)"
ASIDE = f"Части больше целого ← {FORM}, лист Дефициты, строка 3"


def _told(ground, office=True, **cells):
    return [line.strip() for line in quality_cell_chain(cells, 2021, office, ground)]


def test_what_a_school_gave_goes_back_to_its_cells(school_ground):
    told = _told(school_ground, reporter="Школа А", fact_kind="контингент", calendar_year="2021")
    assert told == [
        "вошло строк: 2",
        f"Всего обучающихся: 60 ← {FORM}, лист Контингент, ячейка B2",
        f"5 класс: 12 ← {FORM}, лист Контингент, ячейка B3: «двенадцать»",
        "форм за этот год не приходило",
    ]
    public = _told(school_ground, office=False, reporter="Школа А", fact_kind="контингент")
    assert public[1:3] == [
        f"Всего обучающихся ← {FORM}, лист Контингент, ячейка B2",
        f"5 класс ← {FORM}, лист Контингент, ячейка B3",
    ]


def test_results_are_told_by_procedure_and_what_is_set_aside_beside_them(school_ground):
    told = _told(school_ground, reporter="Школа А", fact_kind="результаты: Журнал")
    assert told[0] == "вошло строк: 1"
    assert told[1].endswith(f"← {FORM}, лист Результаты, строка 3")
    assert _told(school_ground, reporter="Школа А", fact_kind="дефициты")[:3] == [
        "вошло строк: 0",
        "отложено строк: 1",
        ASIDE,
    ]


def test_execution_and_forms_of_an_executor(school_ground):
    told = _told(school_ground, reporter="УО", fact_kind="исполнение")
    assert told[:2] == [
        "вошло строк: 1",
        "4.3@2021: 3 ← uo_v2.xlsx (sha256 abababababab…), лист Исполнение, ячейка E2: «три»",
    ]
    assert told[2:] == _told(school_ground, reporter="УО", fact_kind="форма")
    assert told[2] == "форма uo_v1.xlsx, получена 10.01.2022: заменена формой uo_v2.xlsx"


def _completeness(ground, *rows):
    table = typed_table(ReporterCompleteness, [{"calendar_year": 2021, **row} for row in rows])
    return replace(ground, tables={**ground.tables, "reporter_completeness": table})


def test_a_kind_is_told_reporter_by_reporter(school_ground):
    state = {"fact_kind": "дефициты", "row_count": 0, "set_aside_row_count": 1, "completeness": "отложено"}
    other = {**state, "reporter": "edu000002", "set_aside_row_count": 0, "completeness": "нет сведений"}
    ground = _completeness(school_ground, {**state, "reporter": "edu000001"}, other, {**other, "fact_kind": "кадры"})
    told = _told(ground, fact_kind="дефициты", sent_reporter_count="1")
    assert told == [
        "Школа А: отложено; вошло строк 0, отложено 1; подробно: analysis explain 'edu000001@2021'",
        "Школа Б: нет сведений; вошло строк 0, отложено 0; подробно: analysis explain 'edu000002@2021'",
        "отложено строк: 1",
        ASIDE,
    ]
    public = _told(ground, office=False, fact_kind="дефициты", sent_reporter_count="1")
    assert public[0] == "Школа А: отложено; подробно: analysis explain 'edu000001@2021'"


def test_a_kind_of_exports_is_told_file_by_file(school_ground):
    told = _told(_completeness(school_ground), fact_kind="выгрузка: ВПР", sent_reporter_count="2")
    assert told == [f"← {EXPORT}: строк 2, школ 2"]


def test_a_reason_names_the_rows_set_aside(school_ground):
    told = _told(school_ground, fact_kind="дефициты", why="Части больше целого", set_aside_row_count="1")
    assert told == ["отложено строк: 1", ASIDE]
    assert _told(school_ground, fact_kind="дефициты", why="Другое", set_aside_row_count="1") == []
    (row,) = _told(school_ground, fact_kind="", why="", source_file="school.xlsx", place="лист Дефициты, строка 3")
    assert row == f"← {FORM}, лист Дефициты, строка 3"


def test_counted_findings_are_named_and_quoted_for_the_office_alone(school_ground):
    cells = {"rule_title": RULE_TITLES["two_sources"], "severity": "посмотрите", "finding_count": "1"}
    place = f"← {FORM}, лист Результаты, строка 2"
    assert _told(school_ground, **cells) == [f"{place}: Форма и выгрузка."]
    assert _told(school_ground, office=False, **cells) == [place]
    assert _told(school_ground, **{**cells, "severity": "учтено"}) == []


def test_a_kind_of_files_names_the_files(school_ground):
    told = _told(school_ground, source_title="Итоги выгрузок, где строка — ученик", file_count="1")
    assert told == ["← counts_ab.csv (sha256 efefefefefef…), получен 20.05.2021, запись в data/raw/SOURCES.toml"]


@pytest.mark.parametrize("name", [*QUALITY_TABLES, *PRINTED_QUALITY_TABLES])
def test_every_table_about_quality_is_known_by_its_columns(name):
    contract = {**QUALITY_TABLES, **PRINTED_QUALITY_TABLES}[name]
    assert quality_cell_chain(dict.fromkeys(contract.to_schema().columns, ""), 2021, True, None) is not None


def test_a_row_of_another_table_has_no_such_chain(school_ground):
    finding = {"rule": "two_sources", "source_file": "", "place": "", "explanation": ""}
    assert quality_cell_chain(finding, 2021, True, school_ground) is None
    assert quality_cell_chain({"measure_label": "1.1"}, 2021, True, school_ground) is None
