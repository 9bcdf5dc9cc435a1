"""What a number rests on, told by hand: every link of the chain, what was not counted and why."""

from dataclasses import replace

import pytest

from analysis.cleaning.returns import fact_table
from analysis.errors import AnalysisError
from analysis.lineage.explain import explain
from analysis.lineage.ground import Ground, row_place

DIGEST = "(sha256 abababababab…)"


@pytest.fixture(scope="module")
def told(ground):
    return [line.strip() for line in explain("4.3@2021", ground)]


def test_a_fact_goes_back_to_its_cell_as_it_stood_before_the_correction(told):
    assert f"УО: 3 ← uo_v2.xlsx {DIGEST}, лист Исполнение, ячейка E2: «три»" in told
    assert "исправление: лист Исполнение, ячейка E2: стояло «три». По записи заменено на «3»." in told


def test_it_says_whose_fact_counts_and_by_which_rule(told, ground):
    assert "засчитывается: УО; без записи в data/reporting.toml: засчитан названный первым" in told
    entry = "засчитывается: edu000001; запись в data/reporting.toml: Приказ № 5 (Петрова)"
    assert entry in [line.strip() for line in explain("4.4@2021", ground)]


def test_a_confirmation_does_not_count(told):
    place = told.index(f"ИМО: 5 ← imo.xlsx {DIGEST}, лист Исполнение, ячейка E2")
    assert told[place + 1].startswith("в счёт не идёт, лишь подтверждает")


def test_evidence_that_does_not_count_says_why(told):
    assert any(line.startswith("принято, Петрова, 20.05.2021 ← acceptance.xlsx") for line in told)
    assert any(line.startswith("возвращено, Петрова, 20.05.2021: нет подписи; не засчитано ←") for line in told)
    assert "не рассмотрено: в принятое не вошло" in told
    # e1 and e3, 1 + 3; e2 was returned
    assert "подтверждений на 4, а факт 3: засчитано не больше факта" in told
    assert "замечание «Подтверждения»: лист Подтверждения, строка 5: Не указано: номер или ссылка." in told
    assert not any("О другом показателе" in line for line in told)
    assert any("Утратило силу." in line for line in told)


def test_forms_that_do_not_stand_are_named(told):
    assert "форма uo_v1.xlsx, получена 10.01.2022: заменена формой uo_v2.xlsx" in told
    assert "форма uo_v3.xlsx, получена 03.02.2022: после срока 31.01.2022, сведения в отчёт не вошли" in told
    assert not any(line.startswith("форма uo_v2.xlsx") for line in told)


def test_a_sum_to_date_lists_what_is_added(told):
    place = told.index("план с начала срока, если складывать: 3 = 1 + 2")
    assert told[place + 1] == f"2020: 1 ← map.txt {DIGEST}, строка 8, ячейка 5: «1»"
    assert told[place + 2] == f"2021: 2 ← map.txt {DIGEST}, строка 8, ячейка 6: «2»"
    unknown = "(? — не указано: ничего не прибавляет, но и не ноль)"
    place = told.index(f"принято с начала срока, если складывать: не менее 1 = ? + 1 {unknown}")
    assert told[place + 1 : place + 3] == ["2020: принято — нет сведений", "УО: нет сведений"]


def test_findings_about_the_row_of_the_document_are_named(told, ground):
    finding = "замечание «Год не заполнен»: строка 8, ячейка 5: Год не заполнен."
    assert finding in told
    assert finding not in [line.strip() for line in explain("4.4@2021", ground)]


def test_notes_are_not_quoted(told, ground):
    everything = [*told, *explain("УО@2021", ground), *explain("4@2021", ground)]
    assert ground.tables["reports"]["note"].str.contains("личное").any()
    assert not any("личное" in line for line in everything)


def test_a_task_of_a_year_is_counted_from_its_measures(ground):
    lines = explain("4@2020", ground)
    assert lines[0] == "Задача 4@2020 «Обмен опытом»: показателей 2"
    assert lines[1:5] == [
        "  запланировано (план больше нуля): 1",
        f"    4.3@2020: 1 ← map.txt {DIGEST}, строка 8, ячейка 5: «1»",
        "  план — ноль: 1",
        f"    4.4@2020: 0 ← map.txt {DIGEST}, строка 12, ячейка 5: «0»",
    ]
    assert "  состояние «нет сведений»: 1" in lines
    total = "  из показателей с планом больше нуля: сообщено о 1, подтверждено 1, принято 0"
    assert total in explain("4@2021", ground)


def test_a_reporter_is_counted_from_what_it_answers_for(ground):
    lines = explain("УО@2021", ground)
    # e1 and e3 document all 3 that were reported; accepted is only e1
    assert lines[0] == "УО, 2021 год: отвечает за 1, сообщено о 1, подтверждено 1, принято 0"
    assert any(line.startswith("    4.3@2021: сообщено 3, подтверждено 3, принято 1 ← uo_v2.xlsx") for line in lines)
    assert "  форма uo_v2.xlsx, получена 20.01.2022: действует" in lines
    assert "  лишь подтверждает, в счёт не идёт: 1" in explain("ИМО@2021", ground)


def test_a_school_is_told_with_its_entry_status_and_own_measures(ground):
    lines = explain("edu000001@2021", ground)
    assert lines[0] == "edu000001 «Школа А» ← registry.xlsx (sha256 ?…), лист Школы, строка 2"
    assert any(line.startswith("  2020/21: ШНОР ←") for line in lines)
    assert "    лишь подтверждает, в счёт не идёт: 0" in lines
    assert "  собственная мера, 2021 год: «Кружок»: план 2, сделано не указано" in lines


@pytest.fixture(scope="module")
def of_names(ground):
    schools = [
        (
            "registry.xlsx",
            "лист Школы, строка 2",
            "edu000001",
            "9301",
            None,
            "СОШ № 2",
            "МБОУ «СОШ № 2»",
            "Вторая",
            None,
            5,
        ),
        ("registry.xlsx", "лист Школы, строка 3", "edu000002", None, None, "Лицей", None, "Общая", None, 5),
        ("registry.xlsx", "лист Школы, строка 4", "edu000003", None, None, "Гимназия", None, "Общая", None, 5),
    ]
    return replace(ground, tables={**ground.tables, "schools": fact_table("schools", schools)})


@pytest.mark.parametrize(
    "asked",
    [
        "СОШ № 2", "сош №2", "СОШ 2", "СОШ N 2", "МБОУ СОШ № 2", "мбоу «сош № 2»", "Вторая", "EDU000001", "9301",
        "COШ № 2", "'СОШ № 2", "«СОШ № 2»",
    ],
)  # fmt: skip
def test_a_school_is_asked_for_by_any_of_its_names(of_names, asked):
    lines = explain("edu000001@2021", of_names)
    assert lines[0].startswith("edu000001 «СОШ № 2» ← registry.xlsx")
    assert explain(f"{asked}@2021", of_names) == lines
    assert explain(asked, of_names)[0] == lines[0]


def test_a_name_of_two_schools_lists_their_logins(of_names):
    with pytest.raises(AnalysisError, match=r"Назовите логин: Лицей \(edu000002\); Гимназия \(edu000003\)"):
        explain("общая@2021", of_names)
    with pytest.raises(AnalysisError, match=r"«Гимнзия@2021»: нет такого. Похожие: Гимназия \(edu000003\)"):
        explain("Гимнзия@2021", of_names)


@pytest.mark.parametrize("asked", ["'4.3@2021'", '"4.3@2021"', "«4.3@2021»", " ’4.3@2021’ "])
def test_quotes_around_a_question_are_dropped(ground, asked):
    assert explain(asked, ground) == explain("4.3@2021", ground)


@pytest.mark.parametrize("asked", ["9.9@2021", "4.3@2031", "4.3", "9", "edu999999", "", "4.3@21", "4.3@2021!D5"])
def test_what_is_not_there_is_answered_by_what_can_be_asked(ground, asked):
    with pytest.raises(AnalysisError, match=r"нет такого\. Можно спросить.*Годы: 2020, 2021"):
        explain(asked, ground)


def test_without_facts_the_plan_alone_is_told(ground):
    names = ("activities", "measures", "targets", "executors", "findings", "plan")
    lines = explain("4.3@2021", Ground({name: ground.tables[name] for name in names}, ground.sources))
    assert "  план на 2021 год: 2" in lines
    assert not any("факт" in line or "принято" in line for line in lines)
    with pytest.raises(AnalysisError):
        explain("УО", Ground({name: ground.tables[name] for name in names}, ground.sources))


@pytest.mark.parametrize(
    ("place", "row"),
    [
        ("лист Исполнение, ячейка E12", "лист Исполнение, строка 12"),
        ("лист Подтверждения, строка 5", "лист Подтверждения, строка 5"),
        ("таблица 1, строка 8, ячейка 6", "таблица 1, строка 8"),
        ("строка 23, ячейка 6", "строка 23"),
        ("весь файл", "весь файл"),
    ],
)
def test_cells_of_a_row_are_of_one_row(place, row):
    assert row_place(place) == row
