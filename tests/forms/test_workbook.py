"""A workbook to fill in: rows for all that may come, and words that fit what a cell takes."""

import io
from datetime import date

import openpyxl
import pytest

from analysis.contracts.facts import (
    CONTESTS,
    CONTEXT,
    EVIDENCE,
    EXECUTION,
    OWN_MEASURES,
    REGISTRY_SCHOOLS,
    REGISTRY_STATUS,
    STAFF,
    form_identity,
)
from analysis.forms.collect import form_bytes

DAY = date(2022, 1, 20)


def _book(*sheets):
    identity = form_identity("form", "город", 2021, "edu1")
    return openpyxl.load_workbook(io.BytesIO(form_bytes(["Форма"], sheets, identity, DAY)))


def test_the_schools_of_a_large_city_and_their_status_in_three_years_fit():
    book = _book((REGISTRY_SCHOOLS, [], {}), (REGISTRY_STATUS, [], {}))
    assert not any(cell.protection.locked for cell in book["Школы"][301])
    assert not any(cell.protection.locked for cell in book["Статус"][901])
    assert book["Школы"]["A302"].protection.locked
    (statuses,) = (one for one in book["Статус"].data_validations.dataValidation if one.type == "list")
    assert str(statuses.sqref) == "C2:C901"


def _instructions(book):
    return [row[0].value for row in book["Как заполнить"]]


def test_whoever_needs_more_rows_is_told_how_to_get_them():
    sheets = ((EXECUTION, [("1.4",)], {}), (EVIDENCE, [], {}), (OWN_MEASURES, [], {}), (CONTESTS, [], {}))
    line = _instructions(_book(*sheets))[-1]
    assert "(«Подтверждения», «Школьная дорожная карта», «Конкурсы»): «Рецензирование → Снять защиту листа»" in line
    assert _instructions(_book((EXECUTION, [("1.4",)], {}))) == ["Форма"]


@pytest.mark.parametrize(
    ("layout", "column", "said"),
    [
        (CONTEXT, "B", "Нужно целое число от 0"),
        (REGISTRY_SCHOOLS, "H", "Нужно целое число от 0"),
        (STAFF, "C", "Нужно число от 0, можно с десятыми"),
        (EVIDENCE, "D", "Нужна дата вида ДД.ММ.ГГГГ"),
        (EVIDENCE, "B", "Выберите значение из списка"),
    ],
)
def test_the_words_about_a_wrong_value_fit_its_kind(layout, column, said):
    rules = _book((layout, [("строка",)], {}))[layout.title].data_validations.dataValidation
    (rule,) = (one for one in rules if str(one.sqref).startswith(f"{column}2:") or str(one.sqref) == f"{column}2")
    assert rule.error.startswith(said)
    assert rule.errorTitle == "Проверьте значение"
