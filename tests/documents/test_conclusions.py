"""Each conclusion is printed when the rows carry it, and not otherwise; expected words from rows written by hand."""

from types import SimpleNamespace

import pandas as pd
import pytest

from analysis.documents.conclusions import CONCLUSIONS, conclusions
from analysis.documents.material import Material
from analysis.documents.settings import Settings
from analysis.indicator_passport import load_passport
from roadmaps import HOUSE

NOTHING = {"flags": "", "change_note": None, "aspect": None}
NUMBERS = [
    "value", "interval_low", "interval_high", "numerator", "denominator", "stabilised_value", "city_value",
    "threshold_probability", "change", "growth_probability", "earlier_year", "programme_grade",
]  # fmt: skip
TEXTS = [
    "indicator_id",
    "school_login",
    "aspect",
    "procedure",
    "subject",
    "wave",
    "against_city",
    "change_note",
    "flags",
]


def low(k=6, n=20, **more):
    return NOTHING | {
        "indicator_id": "fail_share", "procedure": "ВПР", "subject": "Математика", "programme_grade": 6,
        "wave": "весна", "numerator": k, "denominator": n, "value": k / n, "city_value": 0.1,
        "threshold_probability": 0.5, "against_city": "как в городе", "growth_probability": 0.5, "change": 0.0,
        "earlier_year": 2020, **more,
    }  # fmt: skip


def deficit(name, k, interval):
    low, high = interval
    return NOTHING | {"indicator_id": "deficit_share", "aspect": name, "numerator": k, "denominator": 20,
                      "value": k / 20, "interval_low": low, "interval_high": high}  # fmt: skip


def _said(*rows):
    frame = pd.DataFrame([{"school_login": "edu1", "calendar_year": 2021, **row} for row in rows])
    frame = frame.reindex(columns=[*TEXTS, *NUMBERS, "calendar_year"])
    frame = frame.astype(dict.fromkeys(TEXTS, "category") | dict.fromkeys(NUMBERS, "Float64"))
    edition = SimpleNamespace(calendar_year=2021, tables={"school_indicators": frame})
    material = Material(edition, load_passport(HOUSE), (), None, {}, {}, Settings())
    said = {}
    for one in conclusions(material, "edu1"):
        said.setdefault(one.id, []).append(one.text.replace("\\", "").replace("\N{NO-BREAK SPACE}", " "))
    return said


def test_over_the_threshold_only_when_it_is_probable():
    said = _said(low(threshold_probability=0.93))
    assert said["over-threshold"] == [
        "Доля не справившихся, вероятно, не меньше порога 30 % (порог не подтверждён): "
        "ВПР, математика за 6 класс, весна — 6 из 20 (30 %), вероятность 93 %."
    ]
    assert "over-threshold" not in _said(low(threshold_probability=0.89))


def test_what_cannot_be_told_from_the_threshold_is_said():
    [said] = _said(low(threshold_probability=0.05), low(threshold_probability=0.4, programme_grade=7))[
        "under-or-undecided"
    ]
    assert said.startswith("Из 2 результатов доля не справившихся, вероятно, меньше порога 30 %")
    assert "в 1 отличить её от порога нельзя" in said
    assert "за 7 класс, весна (40 %)" in said


def test_against_the_city_a_difference_is_real_or_not():
    assert "неотличимо от случайного" in _said(low())["against-city"][0]
    first, second = _said(low(against_city="выше предела 95 %"), low(programme_grade=7))["against-city"]
    assert "6 из 20 (30 %) при 10 % в городе (за пределом 95 %)" in first
    assert second == "Сравнений с городом — 2; случайно за предел вышло бы в среднем 0,05."


def test_a_change_is_told_only_when_it_is_real():
    grown = _said(low(growth_probability=0.97, change=0.12))["change"]
    assert len(grown) == 1
    assert grown[0].startswith("Доля не справившихся выросла: ")
    assert "+12 п. п. к 2020 году" in grown[0]
    assert _said(low(growth_probability=0.03, change=-0.12))["change"][0].startswith("Доля не справившихся снизилась: ")
    assert _said(low(growth_probability=0.94, change=0.1))["change"] == [
        "У 1 результата изменение к прежнему сопоставимому году неотличимо от случайного."
    ]


def test_a_break_gives_its_reason_and_no_change():
    note = "разрыв сопоставимости: 2020 год — осень; 2021 год — весна"
    said = _said(low(change=None, growth_probability=None, earlier_year=None, change_note=note))
    assert "change" not in said
    assert said["break"] == [
        "С прежним годом нельзя сравнить 1 результат (разрыв сопоставимости): 2020 год — осень; 2021 год — весна."
    ]


def test_from_few_participants_nothing_is_concluded_but_that_they_are_few():
    said = _said(
        low(1, 1, flags="мало участников: меньше 10", threshold_probability=0.95, against_city="выше предела 95 %")
    )
    assert set(said) == {"few", "lacking"}
    assert said["few"] == ["Мало участников, по этим долям выводов не делают: ВПР, математика за 6 класс, весна."]


def test_marks_of_the_journal_are_no_exam():
    assert set(_said(low(procedure="Журнал", wave="год", threshold_probability=0.99))) == {"lacking"}


def test_the_journal_against_the_exam():
    row = low(indicator_id="journal_lower_share", against_city="выше предела 95 %")
    assert _said(row)["journal"][0].startswith("Отметка ВПР ниже журнальной чаще, чем в городе: ВПР, математика")
    assert "неотличимо" in _said(row | {"against_city": "как в городе"})["journal"][0]
    assert "journal" not in _said(row | {"flags": "мало участников: меньше 10"})


def test_a_deficit_stands_out_or_not():
    apart = _said(deficit("Урок", 2, (0.02, 0.2)), deficit("Чтение", 15, (0.5, 0.9)))["deficit"]
    assert apart == ["Чаще всего дефицит найден по компетенции «Чтение» — 15 из 20 (75 %)."]
    alike = _said(deficit("Урок", 9, (0.25, 0.66)), deficit("Чтение", 10, (0.3, 0.7)))["deficit"]
    assert alike[0].endswith("отличие её от других неотличимо от случайного.")


def test_what_was_not_reported_is_named():
    [said] = _said(low())["lacking"]
    assert said.endswith("социальный паспорт, кадры, дефициты педагогов, самооценка, конкурсы.")


def test_every_entry_of_the_list_has_a_test_here():
    tried = {
        "over-threshold",
        "under-or-undecided",
        "against-city",
        "change",
        "break",
        "few",
        "journal",
        "deficit",
        "lacking",
    }
    assert {name for name, _, _ in CONCLUSIONS} == tried


@pytest.mark.parametrize("share", [None])
def test_a_share_that_is_not_there_concludes_nothing(share):
    assert set(_said(low(value=share, threshold_probability=None))) == {"lacking"}
