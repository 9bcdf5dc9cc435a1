"""What a number rests on, told by hand: every link of the chain, what was not counted and why."""

import pytest

from analysis.lineage.explain import explain
from analysis.lineage.walk import Walk, value_words

DIGEST = "(sha256 abababababab…)"
FORM, EXPORT = "school.xlsx (sha256 cdcdcdcdcdcd…)", "vpr.xlsx (sha256 cdcdcdcdcdcd…)"
PUPILS = "counts_ab.csv (sha256 efefefefefef…), строка 4 ← файл с учениками (sha256 121212121212…, не хранится)"


def _told(asked, store):
    return [line.strip() for line in explain(asked, store, lambda who: who, lambda who: "")]


def _walked(store, table, row, *columns, public=False):
    return [line.strip() for line in Walk(store, public).of_cell(table, row, columns)]


@pytest.fixture(scope="module")
def told(store):
    return _told("4.3@2021", store)


def test_a_fact_goes_back_to_its_cell_as_it_stood_before_the_correction(told):
    report = "Исполнение: УО, 4.3, показатель 1, 2021 год: Факт — 3, Дата — 20.05.2021"
    place = told.index(f"{report} ← uo_v2.xlsx {DIGEST}, лист Исполнение, ячейка E2: «три»")
    assert told[place + 1] == "исправление: лист Исполнение, ячейка E2: стояло «три». По записи заменено на «3»."


def test_it_says_whose_fact_counts_and_by_which_rule(told, store):
    first = "Кто отвечает: УО, засчитывается, без записи в data/reporting.toml: засчитан названный первым: "
    assert f"{first}Доля — 2, Сообщено — 3, Подтверждено — 3, Принято — 1" in told
    entry = "Кто отвечает: Школа А, засчитывается, запись в data/reporting.toml: Приказ № 5 (Петрова)"
    assert any(line.startswith(entry) for line in _told("4.4@2021", store))


def test_a_confirmation_does_not_count(told):
    place = told.index(
        "Кто отвечает: ИМО, лишь подтверждает, в счёт не идёт: Сообщено — 5, Подтверждено — 0, Принято — 0"
    )
    assert told[place + 1].endswith(f"Факт — 5, Дата — 20.05.2021 ← imo.xlsx {DIGEST}, лист Исполнение, ячейка E2")


def test_evidence_is_told_with_its_verdict_or_that_there_is_none(told):
    first, second, third = (number for number, line in enumerate(told) if line.startswith("Подтверждения: УО"))
    assert told[first + 1].startswith("Рассмотрение подтверждений: принято: Кто решил — Петрова")
    assert "возвращено: Кто решил — Петрова, Дата решения — 20.05.2021, Причина — нет подписи" in told[second + 1]
    assert told[third + 1] == "не рассмотрено: в принятое не вошло"


def test_findings_about_the_measure_are_named_and_those_about_others_are_not(told, store):
    named = "замечание «Подтверждения»: лист Подтверждения, строка 5: Не указано: номер или ссылка."
    assert any(line.startswith(named) for line in told)
    assert any("Утратило силу." in line for line in told)
    assert not any("О другом показателе" in line for line in told)
    of_year = "замечание «Год не заполнен»: строка 8, ячейка 5: Год не заполнен."
    assert of_year in told
    assert of_year not in _told("4.4@2021", store)


def test_forms_that_do_not_stand_are_named(told):
    states = [line.split("Что с формой — ")[1].split(",")[0] for line in told if "Что с формой — " in line]
    assert states[:3] == ["вошла в отчёт", "заменена", "получена после срока"]


def test_a_sum_to_date_lists_what_is_added(store):
    plan = _walked(store, "plan", 1, "cumulative_flow_count")
    assert [line.split(" ← ")[0] for line in plan if " ← " in line] == [
        "Плановые значения документа: 4.3, показатель 1, 2020 год: 1",
        "Плановые значения документа: 4.3, показатель 1, 2021 год: 2",
    ]


def test_what_nobody_reported_ends_in_an_absence(store):
    walk = Walk(store)
    lines = [line.strip() for line in walk.of_cell("plan_fact", 0, ["reported_count"])]
    assert "нет сведений: этого никто не сообщил" in lines
    assert walk.ends >= 1


def test_notes_are_not_quoted(told, tables, store):
    everything = [*told, *_told("УО@2021", store), *_told("4@2021", store)]
    assert tables["reports"]["note"].str.contains("личное").any()
    assert not any("личное" in line for line in everything)


def test_each_fact_of_a_school_goes_back_to_its_cell_as_it_stood(school_store):
    told = _told("edu000001@2021", school_store)
    assert f"Контингент: Школа А, 2021/22, 5 класс: 12 ← {FORM}, лист Контингент, ячейка B3: «двенадцать»" in told
    assert any(
        line.startswith("Кадры: Школа А") and line.endswith(f"12,5 ← {FORM}, лист Кадры, ячейка C2") for line in told
    )
    aside = "Отложено, в счёт не идёт: Школа А, 2021 год, Дефициты: Части больше целого"
    assert f"{aside} ← {FORM}, лист Дефициты, строка 3" in told
    assert "исправление: лист Результаты, ячейка F3: стояло «сто». Заменено на «10»." in told
    assert not any("О другой группе" in line for line in told)


def test_of_a_form_and_an_export_it_says_which_counted(school_store):
    told = _told("edu000001@2021", school_store)
    counted = "Результаты: Школа А, ВПР, Математика, 5 класс, весна, 2020/21: Участников — 12, Отметок «2» — 2"
    place = next(number for number, line in enumerate(told) if line.startswith(counted))
    assert told[place].endswith(f"← {EXPORT}, лист 1, строка 7")
    assert told[place + 1].startswith("Форма школы (засчитана выгрузка, в счёт не идёт): Школа А, ВПР")
    assert "Отметок «2» — 1" in told[place + 1]
    assert told[place + 2].startswith("замечание «Форма и выгрузка расходятся»")


def test_a_file_with_pupils_is_named_by_hash_and_rows_alone(school_store):
    told = _told("edu000001@2021", school_store)
    assert any(
        line.startswith("Результаты: Школа А, ОГЭ") and line.endswith(f"← {PUPILS}, лист 1, строки 3–9")
        for line in told
    )


def test_an_indicator_goes_back_to_its_entry_its_row_and_what_was_fitted(school_store):
    told = _told("edu000001/fail_share@2021", school_store)
    place = told.index("Показатели школ: Доля «2», Школа А, ВПР, Математика, 5, весна, 2020/21, 2021 год")
    # 2 of 12 in the ВПР that was counted, not 1 of 12 as the form has it
    assert told[place + 1 : place + 4] == ["Значение: 0,1667", "Числитель: 2", "Знаменатель: 12"]
    assert "← data/indicators.toml, fail_share: Формула — k2 / N, Источник формулы — Общепринятая формула" in told
    # The ВПР of two schools and the ОГЭ of one were pooled: what is not the same in all three is not told.
    assert "совокупность: Показатели школ: Доля «2», Математика, 2020/21, 2021 год; строк 3" in told
    assert not any("Школа Б" in line for line in told)


def test_a_city_value_goes_back_to_the_rows_of_its_schools(school_store):
    told = _told("город/fail_share@2021", school_store)
    rows = [line for line in told if line.startswith("Результаты:") and "ВПР" in line]
    assert [line.split(", ВПР")[0] for line in rows] == ["Результаты: Школа А", "Результаты: Школа Б"]


def test_a_public_walk_shows_addresses_and_no_value(school_store):
    rows = school_store.rows("mark_results", scope="город", procedure="ВПР")
    told = _walked(school_store, "mark_results", rows[0], "mark_2_count", public=True)
    assert told == [
        "правило: сумма строк; где хотя бы одна школа этого не сообщила, общего числа нет; это не ноль",
        f"← {EXPORT}, лист 1, строка 7",
        f"← {EXPORT}, лист 1, строка 8",
    ]


def test_a_public_walk_says_nothing_of_the_rows_of_pupils(school_store):
    """Their list is as long as the school has participants."""
    rows = school_store.rows("mark_results", scope="школа", procedure="ОГЭ")
    told = _walked(school_store, "mark_results", rows[0], "mark_2_count", public=True)
    assert told[1:] == ["← counts_ab.csv (sha256 efefefefefef…) ← файл с учениками (не хранится)"]


def test_what_is_owed_shows_the_evidence_of_its_debtor_alone(store, tables):
    owed = tables["owed"]
    told = {
        debtor: [line for line in _walked(store, "owed", row, "reason") if line.startswith("Подтверждения:")]
        for row, debtor in enumerate(owed["debtor"])
    }
    assert set(told) == {"УО", "управление образования", "edu000001"}
    assert [len(told[one]) for one in ("УО", "управление образования", "edu000001")] == [3, 1, 0]


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "не указано"), ("", "не указано"), (float("nan"), "не указано"), (True, "да"), (12.5, "12,5"), (3.0, "3"),
     (0.87812, "0,8781"), (1e-7, "меньше 0,0001"), (4, "4")],
)  # fmt: skip
def test_values_in_words(value, said):
    assert value_words(value) == said
