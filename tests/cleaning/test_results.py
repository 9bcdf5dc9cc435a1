"""What a result says: a number that counts, its unit, a name without it; other digits are not taken for a plan."""

import pytest

from analysis.cleaning.values import Value, better_of, has_unread_number, kind_of, read_result


@pytest.mark.parametrize(
    ("text", "name", "number"),
    [
        ("Не менее 2 тренингов в год", None, Value(2, "≥", once_a_year=True, unit="тренингов")),
        ("Сборники (5 шт.)", "Сборники", Value(5, unit="шт.")),
        ("Отчёты – 2 шт.", "Отчёты", Value(2, unit="шт.")),
        ("от 10 до 20 участников", None, Value(10, "–", upper=20, unit="участников")),
        ("Охват 100 % педагогов", None, Value(100, unit="%")),
        ("Проведено не менее 4 встреч", None, Value(4, "≥", unit="встреч")),
        ("Приказ № 15", None, None),
        ("Контрольные работы в 5-9 классах", None, None),
        ("Справка за 2024 год", None, None),
        ("2 совещания, 3 протокола", None, None),
        ("Протокол", None, None),
    ],
)
def test_a_number_in_a_result(text, name, number):
    assert read_result(text) == (name or text, number)


def test_digits_that_may_count_something_are_named():
    texts = ("2 совещания, 3 протокола", "Положение 2.0", "Приказ № 15", "Справка за 2024 год")
    assert [has_unread_number(text) for text in texts] == [True, True, False, False]


@pytest.mark.parametrize(
    ("unit", "name", "values", "derived", "kind"),
    [
        ("%", "Курсы", [Value(5)], False, "share"),
        ("", "Доля учителей", [Value(5)], False, "share"),
        ("тыс. руб.", "Курсы", [Value(5)], False, "money"),
        ("", "Музей", [Value(1, mark="да")], False, "state"),
        ("", "Приказ", [Value(1)], True, "document"),
        ("чел.", "Курсы", [Value(5)], False, "count"),
    ],
)
def test_kinds(unit, name, values, derived, kind):
    assert kind_of(unit, (name, name), values, derived) == kind


@pytest.mark.parametrize(
    ("name", "baseline", "values", "better"),
    [
        ("Отток", 12.5, [Value(10), Value(7)], "less"),
        ("Охват", 35, [Value(50), Value(70)], "more"),
        ("Школы", 4, [Value(4), Value(4)], None),
        ("Школы", 4, [Value(3), Value(5)], None),
        ("Школы", None, [Value(3, "≥")], "more"),
        ("Школы", None, [Value(3, "≤")], "less"),
        ("Снижение оттока", None, [Value(3)], "less"),
        ("Школы", None, [Value(3)], None),
    ],
)
def test_what_is_better(name, baseline, values, better):
    assert better_of(name, baseline, values) == better
