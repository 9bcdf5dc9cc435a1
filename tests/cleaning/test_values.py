"""The grammar of values, and the rule of readings held against an independent statement of it."""

import re
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.cleaning.values import Value, ValueNotReadError, derive_reading, read_executors, read_values

LARGEST = 1000


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("2", [Value(2)]),
        ("0", [Value(0)]),
        ("1000", [Value(1000)]),
        ("", []),
        (" \u00a0\n", []),
        ("не менее 4", [Value(4, "≥")]),
        ("Не  менее\u00a04", [Value(4, "≥")]),
        ("1; 4", [Value(1), Value(4)]),
        ("1;4", [Value(1), Value(4)]),
        ("1;\n4", [Value(1), Value(4)]),
        ("не менее 1; 4", [Value(1, "≥"), Value(4)]),
        ("1 (раз в год)", [Value(1, once_a_year=True)]),
        ("1 (май)", [Value(1, month=5)]),
        ("2(Февраль)", [Value(2, month=2)]),
        ("1 ( декабря )", [Value(1, month=12)]),
        ("12,5", [Value(12.5)]),
        ("1 200 тыс. руб.", [Value(1200, unit="тыс. руб.")]),
        ("60 %", [Value(60, unit="%")]),
        ("12.5%", [Value(12.5, unit="%")]),
        ("не более 20 %", [Value(20, "≤", unit="%")]),
        ("≥2", [Value(2, "≥")]),
        ("30+", [Value(30, "≥")]),
        ("от 10 до 20", [Value(10, "–", upper=20)]),
        ("20–30 чел.", [Value(20, "–", upper=30, unit="чел.")]),
        ("2 шт", [Value(2, unit="шт")]),
        ("4 (ед.)", [Value(4, unit="ед.")]),
        ("2 (два)", [Value(2)]),
        ("3 семинара в год", [Value(3, unit="семинара", once_a_year=True)]),
        ("-", [Value(None, mark="не планируется")]),
        ("—", [Value(None, mark="не планируется")]),
        ("х", [Value(None, mark="не применимо")]),
        ("да", [Value(1, mark="да")]),
        ("Нет", [Value(0, mark="нет")]),
    ],
)
def test_read(text, values):
    assert list(read_values(text, LARGEST)) == values


@pytest.mark.parametrize(
    "text",
    [
        "ежегодно", "3-2", "½", "²", "-5", "−5", "+5", "1000000", "1001", "99999999999999999999", "2.5", "2.0", "1e3",
        "0x1", "более 2", "1;", ";", "1; ;4", "1 4", "1\u200b4", "1\n4", "10¹", "\ufffd4", "2 (три)", "2 мая",
        "не менее 2-3", "не менее 5 и менее", "٢", "NA", "None", "nan", "1 (раз)", "1 (до мая)", "1 (13)", "1 ()",
        "1 (май) (июнь)", "один", "‹автонумерация›", "=1+1", "2020 г.", "true",
    ],
)  # fmt: skip
def test_not_read(text):
    with pytest.raises(ValueNotReadError):
        read_values(text, LARGEST)


@given(st.text(max_size=12))
def test_a_value_is_read_whole_or_not_at_all(text):
    """What is read, written out again, is what stood there: no digit is dropped or made up."""
    try:
        values = read_values(text, LARGEST)
    except ValueNotReadError:
        return
    digits = "".join(one for one in text if one in "0123456789")
    numbers = [
        number for value in values for number in (value.count, value.upper) if number is not None and not value.mark
    ]
    assert sum(Decimal(str(one)) for one in numbers) == sum(map(written, PIECES.findall(" ".join(text.split()))))
    assert bool(digits) == bool(numbers)


# The numbers of a text, by a rule of its own: thousands apart, a comma or point before one or two digits.
PIECES = re.compile(r"\d{1,3}(?: \d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?")


def written(piece: str) -> Decimal:
    return Decimal(piece.replace(" ", "").replace(",", "."))


COUNTS = st.integers(0, 4)
YEARS = st.lists(st.none() | COUNTS, min_size=1, max_size=4)


def by_the_book(at_least: bool, total: int, once: bool, years: list[int | None]) -> str:
    """The rule of domain.md as a table of cases, stated without looking at the code."""
    filled = [year for year in years if year is not None]
    adds_up = len(filled) > 0 and total - sum(filled) == 0
    stays = len(filled) > 0 and {*filled} == {total}
    cases = {
        (True, False): "flow",
        (False, True): "annual",
        (True, True): "annual" if once else "flow",
        (False, False): "both_possible" if at_least and sum(filled) > total else "contradiction",
    }
    return cases[adds_up, stays]


@given(st.booleans(), COUNTS, st.booleans(), YEARS)
@example(True, 1, False, [0, 1, 1])
@example(False, 1, True, [None, 1, 1])
@example(False, 1, True, [None, 1, None])
@example(False, 0, False, [None, None])
def test_reading(at_least, total, once, years):
    reading, basis = derive_reading(Value(total, "≥" if at_least else "=", once_a_year=once), years)
    assert reading == by_the_book(at_least, total, once, years)
    assert (basis == "unsettled") == (reading in ("both_possible", "contradiction"))


@given(st.booleans(), COUNTS, YEARS)
def test_a_blank_year_is_no_zero(at_least, total, years):
    """A zero year adds to the sum as a blank does, but it is a year that must equal an annual total."""
    total_value = Value(total, "≥" if at_least else "=")
    reading, _ = derive_reading(total_value, [*years, None])
    assert reading == derive_reading(total_value, years)[0]
    if total > 0:
        assert derive_reading(total_value, [*years, 0])[0] != "annual"


@pytest.mark.parametrize(
    ("text", "names", "months"),
    [
        ("УО, ИМО", ("УО", "ИМО"), ()),
        ("УО,ИМО;  ОО", ("УО", "ИМО", "ОО"), ()),
        ("УО\nИМО", ("УО", "ИМО"), ()),
        ("ИМО (февраль)", ("ИМО",), (2,)),
        ("ИМО (Февраль), ОО (май)", ("ИМО", "ОО"), (2, 5)),
        ("ИМО (отдел)", ("ИМО (отдел)",), ()),
        ("ИМО (отдел А, отдел Б), ОО", ("ИМО (отдел А, отдел Б)", "ОО"), ()),
        ("ИМО (до 1 мая)", ("ИМО (до 1 мая)",), ()),
        ("руководители ГМО,", ("руководители ГМО",), ()),
    ],
)
def test_executors(text, names, months):
    assert read_executors(text) == (names, months)
