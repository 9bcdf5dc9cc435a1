"""What people write into cells: what is read, what is refused, and in what words."""

from datetime import date, datetime

import pytest

from analysis.intake.cells import CellNotReadError, read_count, read_date, read_number, read_text

AUGUST = date(2021, 8, 25)


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (None, None),
        ("", None),
        (" \u00a0\u200b", None),
        (0, 0),
        (0.0, 0),
        (2, 2),
        (2.0, 2),
        ("0", 0),
        ("2", 2),
        (" 2 ", 2),
        ("\u00a02\u200b", 2),
        ("2,0", 2),
        ("2.00", 2),
        ("007", 7),
        ("1 000", 1000),
        ("1\u00a0000", 1000),
        ("1\u202f000", 1000),
        ("1\u2009000", 1000),
        ("12 345,0", 12345),
        (1_000_000, 1_000_000),
        ("2 (два)", 2),
        ("1 (Одна)", 1),
        ("0(ноль)", 0),
        ("13 ( тринадцать )", 13),
        ("40 (сорок)", 40),
        ("25 (двадцать пять)", 25),
        ("100 (сто)", 100),
    ],
)
def test_counts_are_read(value, count):
    assert read_count(value) == count


@pytest.mark.parametrize(
    "value",
    [
        2.5, -1, -1.0, 1e9, 1e300, 1_000_001, float("nan"), float("inf"), True, False, AUGUST,
        datetime(2021, 8, 25, 12),
        "2.5", "2,5", "-1", "−1", "+1", "½", "²", "٢", "2 шт", "2 (шт)", "два", "да", "1e3", "0x10", "2/3",
        "1,000", "1.000", "1 00", "1 2", "10 0000", "2,", ",0", "2 000 00", "1'000", "1_000", "9" * 5000, "#Н/Д",
        "январь", "02.01.1900",
    ],
)  # fmt: skip
def test_what_is_no_sure_count_is_refused(value):
    with pytest.raises(CellNotReadError, match="Ожидалось целое число"):
        read_count(value)


@pytest.mark.parametrize("read", [read_count, read_number])
@pytest.mark.parametrize(
    ("value", "asked"),
    [
        ("нет", "Пусто или ноль"),
        ("Нет", "Пусто или ноль"),
        ("-", "Пусто или ноль"),
        ("—", "Пусто или ноль"),
        ("н/д", "Пусто или ноль"),
        ("х", "Пусто или ноль"),
        ("не проводилось", "Пусто или ноль"),
        ("3-4", "Стоит промежуток"),
        ("3 – 4", "Стоит промежуток"),
        ("от 3 до 4", "Стоит промежуток"),
        ("3 или 4", "Стоит промежуток"),
        ("2 (три)", "Цифрами стоит 2, а словами — «три»"),
        ("30 (тринадцать)", "Цифрами стоит 30"),
        ("1О", "стоит буква «О». Если это ноль, впишите 10"),
        ("1O", "стоит буква «O». Если это ноль, впишите 10"),
        ("О", "впишите 0"),
        ("1l", "стоит буква «l»$"),
    ],
)
def test_a_text_of_a_known_sort_is_asked_about_by_its_sort(read, value, asked):
    with pytest.raises(CellNotReadError, match=asked):
        read(value)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (None, None),
        ("  ", None),
        (AUGUST, AUGUST),
        (datetime(2021, 8, 25, 14, 30), AUGUST),
        ("25.08.2021", AUGUST),
        (" 25.08.2021 г.", AUGUST),
        ("25.08.2021г", AUGUST),
        ("25.8.2021", AUGUST),
        ("25.08.21", AUGUST),
        ("25/08/2021", AUGUST),
        ("25-08-2021", AUGUST),
        ("2021-08-25", AUGUST),
        ("2021-08-25 00:00:00", AUGUST),
        ("25 августа 2021 г.", AUGUST),
        ("25\u00a0Августа 2021 года", AUGUST),
        ("«25» августа 2021", AUGUST),
        ("29.02.2020", date(2020, 2, 29)),
        ("01.01.2000", date(2000, 1, 1)),
        ("31.12.2100", date(2100, 12, 31)),
    ],
)
def test_dates_are_read(value, day):
    assert read_date(value) == day


@pytest.mark.parametrize(
    "value",
    [
        44433, 44433.0, True, date(1900, 1, 2), date(1999, 12, 31), date(2101, 1, 1), datetime(1899, 12, 30),
        "31.02.2021", "29.02.2021", "00.08.2021", "25.13.2021", "08/25/2021", "25.8", "август", "август 2021", "2021",
        "2021 г.", "44433", "25.08.20211", "25.08.202", "25.08/2021", "25.08.1921", "01.01.2101", "1.2.3.2021",
        "до 25.08.2021",
        "25.08.2021-30.08.2021", "25 августобря 2021", "32 августа 2021", "вчера", "٢٥.٠٨.٢٠٢١", "2021-8-25", "да",
    ],
)  # fmt: skip
def test_what_is_no_sure_date_is_refused(value):
    with pytest.raises(CellNotReadError, match="Ожидалась дата"):
        read_date(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("", ""),
        (" Приказ\u00a0№ 5 \n от 01.09 ", "Приказ № 5 от 01.09"),
        ("NA", "NA"),
        ("None", "None"),
        (2.0, "2"),
        (0, "0"),
        (9306.0, "9306"),
        (4.1, "4.1"),
        (0.1 + 0.2, "0.3"),
        (26032500412345.0, "26032500412345"),
        (AUGUST, "25.08.2021"),
        (datetime(2021, 8, 25, 14, 30), "25.08.2021 14:30"),
        (True, "ИСТИНА"),
        (False, "ЛОЖЬ"),
    ],
)
def test_texts_are_read_as_the_sheet_shows_them(value, text):
    assert read_text(value) == text


def test_a_number_cell_shown_as_a_date_says_how_to_mend_it():
    with pytest.raises(CellNotReadError, match="верните ей числовой формат"):
        read_count(date(1900, 1, 2))
    with pytest.raises(CellNotReadError, match="число без формата даты"):
        read_date(44433.0)
    with pytest.raises(CellNotReadError, match="такого дня в календаре нет"):
        read_date("31.02.2021")
    with pytest.raises(CellNotReadError, match="нет даты — очистите ячейку"):
        read_date("нет")
