"""Exports that name schools and no pupils: statistics of marks and the regional summary."""

import io
from decimal import Decimal

import openpyxl
import pytest

from analysis.errors import AnalysisError
from analysis.intake.exports.cells import counts_of
from analysis.intake.exports.recognise import read_export
from export_files import VOCABULARY, csv_text, f1, xlsx

NARROW = [
    ["ВПР 2021 Русский язык 5 класс"],
    ["Группы участников", "Кол-во участников", "2", "3", "4", "5"],
    ["Вся выборка", 1300000, 10.5, 30.1, 40.2, 19.2],
    ["Примерский край", 25000, 10.5, 30.1, 40.2, 19.2],
    ["МБОУ СОШ № 1 (edu260001)", 24, "8,33", "33,33", "41,67", "16,67"],
    ["МБОУ СОШ № 2 (edu260002)", "25", "8,33", "33,33", "41,67", "16,67"],
]
WIDE = [
    ["Год", "Класс", "Предмет", "Муниципалитет", "Логин", "ОО", "Кол-во участников", 2, 3, 4, 5],
    [2021, "5 класс", "Математика", "город Примерск", "edu260001", "Школа", 8, 0, 50, 37.5, 12.5],
    [2022, 6, "Физика", "г. Далёкий", "edu260777", "Школа", 8, 0, 50, 37.5, 101],
    [2022, 6, "Астрономия", "город Примерск", "edu260001", "Школа", 4, 0, 50, 25, 25],
    [2022, 6, "Физика", "город Примерск", "edu260001", "Школа", 4, None, 50, 25, 25],
]


def counted(rows, read=xlsx):
    return read_export(read(rows), "выгрузка", VOCABULARY).counts


def marks(one):
    return one.participant_count, one.mark_2_count, one.mark_3_count, one.mark_4_count, one.mark_5_count


def test_narrow_statistics():
    first, second = counted(NARROW)
    assert (first.procedure, first.subject, first.calendar_year, first.named_grade) == ("ВПР", "Русский язык", 2021, 5)
    assert (first.school_login, first.school_name, first.place) == (
        "edu260001",
        "МБОУ СОШ № 1",
        "лист Sheet1, строка 5",
    )
    assert marks(first) == (24, 2, 8, 10, 4)
    assert marks(second) == (None,) * 5
    assert "не сводятся" in second.fault
    assert "участников 25" in second.fault


@pytest.mark.parametrize("name", ["Центр образования «Успех»", "Ромашка", "Кадетский корпус"])
def test_a_row_that_names_no_group_is_not_lost(name):
    first, *_ = counted([*NARROW[:2], [name, 24, "8,33", "33,33", "41,67", "16,67"], NARROW[4]])
    assert (first.school_name, marks(first)) == (name, (24, 2, 8, 10, 4))


@pytest.mark.parametrize(
    "name",
    ["Вся выборка", "Примерский край", "город Примерск", "Примерский муниципальный округ", "Республика Примерия",
     "Городской округ Примерск", "Примерская область (регион)", "г. Примерск", "Российская Федерация"],
)  # fmt: skip
def test_a_group_of_schools_is_no_school(name):
    assert len(counted([*NARROW[:2], [name, 24, "8,33", "33,33", "41,67", "16,67"], NARROW[4]])) == 1


@pytest.mark.parametrize(
    "title",
    [
        [["ВПР 2021. 5 класс. Русский язык"]],
        [["ВПР 2021. 5 класс"], ["Предмет: Русский язык"], ["Дата: 15.03.2021"]],
        [["Предмет:", "Русский язык"], ["ВПР 2021 г. 5 класс"]],
    ],
)
def test_titles_of_other_shapes(title):
    first, *_ = counted([*title, *NARROW[1:]])
    assert (first.subject, first.calendar_year, first.named_grade, first.fault) == ("Русский язык", 2021, 5, "")


def test_a_second_exam_without_its_subject_is_not_the_first_subject():
    title = [["ВПР 2021. 5 класс"], ["Предмет: Русский язык"]]
    *_, last = counted([*title, NARROW[1], NARROW[4], ["ВПР 2021. 6 класс"], NARROW[1], NARROW[4]])
    assert (last.subject, last.fault) == ("", "предмет не назван")


def test_a_school_year_is_no_year():
    one, *_ = counted([WIDE[0], ["2020/2021", *WIDE[1][1:]], WIDE[1]])
    assert one.calendar_year is None
    assert one.fault == "в столбце «Год» не год (2020/2021): один календарный год, например 2021"


def test_thousands_may_be_set_apart():
    one, *_ = counted([*NARROW[:2], ["МБОУ СОШ № 1 (edu260001)", "1\u00a0000", 10, 30, 40, 20]])
    assert marks(one) == (1000, 100, 300, 400, 200)


SCHOOL_ONE = "МБОУ СОШ № 1 (edu260001)"
ABOVE = ["Группы участников", "Кол-во участников", "Распределение групп баллов в %"]


def test_marks_under_the_heading_of_their_distribution():
    rows = [NARROW[0], ABOVE, [None, None, 2, 3, 4, 5], *NARROW[2:5]]
    (one,) = counted(rows)
    assert (one.school_login, one.place, marks(one)) == ("edu260001", "лист Sheet1, строка 6", (24, 2, 8, 10, 4))
    (one,) = counted([*rows[:2], [None, "чел.", 2, 3, 4, 5], *rows[3:]])
    assert marks(one) == (24, 2, 8, 10, 4)


PAIRS = ["чел.", "%"] * 4
OF_PAIRS = [2, "8,3", 8, "33,3", 10, "41,7", 4, "16,7"]


@pytest.mark.parametrize(
    "heading",
    [
        [[*ABOVE[:2], 2, None, 3, None, 4, None, 5], [None, None, *PAIRS]],
        [ABOVE, [None, None, 2, None, 3, None, 4, None, 5], [None, "чел.", *PAIRS], list(range(1, 11))],
    ],
)
def test_each_mark_parted_in_people_and_percent(heading):
    (one,) = counted([NARROW[0], *heading, [SCHOOL_ONE, 24, *OF_PAIRS]])
    assert (marks(one), one.fault) == ((24, 2, 8, 10, 4), "")


def test_marks_in_people_alone():
    (one,) = counted([NARROW[0], ABOVE[:2] + [2, 3, 4, 5], [None, None, *["чел."] * 4], [SCHOOL_ONE, 24, 2, 8, 10, 4]])
    assert (marks(one), one.fault) == ((24, 2, 8, 10, 4), "")


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ([3, "8,3", 8, "33,3", 10, "41,7", 4, "16,7"], "отметки не складываются в число участников (2 — 3, "),
        ([8, "8,3", 2, "33,3", 10, "41,7", 4, "16,7"], "число и доля одной из отметок не сходятся (2 — 8, "),
        ([2, "8,3", None, "33,3", 10, "41,7", 4, "16,7"], "число одной из отметок не указано: пусто не ноль"),
    ],
)
def test_people_that_contradict_the_sum_or_the_percents_are_set_aside(values, fault):
    heading = [*ABOVE[:2], 2, None, 3, None, 4, None, 5], [None, None, *PAIRS]
    (one,) = counted([NARROW[0], *heading, [SCHOOL_ONE, 24, *values]])
    assert one.fault.startswith(fault)
    assert marks(one) == (None,) * 5


def test_wide_statistics():
    first, *others = counted(WIDE, csv_text)
    assert (first.subject, first.calendar_year, first.named_grade) == ("Математика", 2021, 5)
    assert (first.municipality, first.school_login) == ("город Примерск", "edu260001")
    assert marks(first) == (8, 0, 4, 3, 1)
    faults = [one.fault for one in sorted(others, key=lambda one: one.place)]
    assert faults == [
        "в столбце «5» не число от 0 до 100",
        "предмета нет в календаре процедур (Астрономия)",
        "доля одной из отметок не указана: пусто не ноль",
    ]


@pytest.mark.parametrize(
    ("total", "percents", "decimals", "expected"),
    [
        (24, ("8.33", "33.33", "41.67", "16.67"), 2, [2, 8, 10, 4]),
        (3, ("33.3", "33.3", "33.3", "0"), 1, [1, 1, 1, 0]),
        (3, ("33.3", "33.3", "33.4", "0"), 1, None),  # 33.4 is no third
        (7, ("50", "25", "25", "0"), 0, None),  # 4 + 2 + 2
        (4, ("12.5", "37.5", "25", "25"), 1, None),  # half a pupil
        (0, ("0", "0", "0", "0"), 0, [0, 0, 0, 0]),
        (0, ("100", "0", "0", "0"), 0, None),
        (200, ("10", "20", "30", "40"), 0, [20, 40, 60, 80]),
    ],
)
def test_percents_become_counts_only_where_they_reconcile(total, percents, decimals, expected):
    assert counts_of(total, [Decimal(one) for one in percents], decimals) == expected


SUMMARY = [
    ["Результаты ЕГЭ 2022 года"],
    ["Муниципалитет", "ОО", "Всего выпускников", "из них"],
    [None, None, None, "Русский язык", None, None, None, None, "Физика"],
    [None, None, None, *["приняли участие", "не преодолели минимум", "80–99", "100", "средний балл"] * 2],
    ["город Примерск", "МБОУ «СОШ №1»", 20, 20, 1, 3, 0, "61,5", "-", "-", "-", "-", "-"],
    [None, "Лицей 2", 15, 15, 0, 5, 1, 70.25, 4, "-", "-", "-", "55"],
    ["город Примерск всего", None, 35, 35, 1, 8, 1, 65, 4, 0, 0, 0, 55],
    ["Далёкий район", "Школа 1", 5, 5, 0, 0, 0, 50, None, 1, None, None, "60"],
    ["Всего", None, 40, 40, 1, 8, 1, 60],
]


def test_regional_summary():
    found = counted(SUMMARY)
    shown = [(one.municipality, one.school_name, one.subject, one.participant_count, one.mean_score) for one in found]
    assert shown == [
        ("город Примерск", "МБОУ «СОШ №1»", "Русский язык", 20, 61.5),
        ("город Примерск", "Лицей 2", "Русский язык", 15, 70.25),
        ("город Примерск", "Лицей 2", "Физика", 4, 55.0),
        ("Далёкий район", "Школа 1", "Русский язык", 5, 50.0),
        ("Далёкий район", "Школа 1", "Физика", None, 60.0),
    ]
    first = found[0]
    assert (first.below_minimum_count, first.high_score_count, first.full_score_count) == (1, 3, 0)
    assert (first.procedure, first.calendar_year, first.scale) == ("ЕГЭ", 2022, "100 баллов")
    assert found[2].below_minimum_count is None
    assert found[4].fault == "число участников не указано, а другие показатели есть"


def summary(*measures, values, title="Результаты ЕГЭ 2022 года", under=()):
    """A summary of one school and one subject, as other regions head it."""
    return [
        [title],
        ["Муниципальное образование", "Наименование образовательной организации", "Русский язык"],
        [None, None, *measures],
        *under,
        ["город Примерск", "Школа 1", *values],
    ]


def test_a_summary_under_other_headings():
    (one,) = counted(
        summary(
            *("Приняло участие, чел.", "Не преодолели min порог", "Высокобалльники (80-99)"),
            *("Кол-во 100-балльников", "Средний тестовый балл"),
            values=[10, 1, 2, 3, "65,4"],
        )
    )
    assert (one.participant_count, one.below_minimum_count, one.mean_score) == (10, 1, 65.4)
    assert (one.high_score_count, one.full_score_count, one.remark) == (2, 3, "")


def test_a_share_is_no_count_and_the_mean_of_the_region_not_the_schools():
    (one,) = counted(
        summary(
            *("Участников", "Не преодолели минимум, %", "80–99 (доля)", "Средний балл по региону", "Средний балл"),
            values=[10, 10, 2, "50,1", "65,4"],
        )
    )
    assert (one.participant_count, one.below_minimum_count, one.high_score_count, one.mean_score) == (
        10,
        None,
        None,
        65.4,
    )
    assert "столбцы D, E, F («не преодолели минимум, %»; «80–99 (доля)»; «средний балл по региону»)" in one.remark


@pytest.mark.parametrize(
    ("parts", "values"),
    [
        ([None, "чел.", "%", None], [10, 1, 30, "65,4"]),
        ([None, "%", "чел.", None], [10, 30, 1, "65,4"]),
    ],
)
def test_a_measure_may_be_parted_in_people_and_percent(parts, values):
    measures = ("Приняли участие", "Не преодолели минимум", None, "Средний балл")
    (one,) = counted(summary(*measures, values=values, under=[[None, None, *parts]]))
    assert (one.participant_count, one.below_minimum_count, one.mean_score) == (10, 1, 65.4)


ONE_ROW = ["Муниципалитет", "ОО", "Предмет", "Приняли участие", "Не преодолели минимум", "Средний балл"]


def test_a_summary_with_one_row_of_headings():
    rows = [["ЕГЭ 2022"], ONE_ROW, ["город Примерск", "Школа 1", "Русский язык", 10, 1, "65,4"]]
    first, second = counted([*rows, [None, "Школа 1", "Физика", 4, 0, 50]])
    assert (first.municipality, first.school_name, first.subject) == ("город Примерск", "Школа 1", "Русский язык")
    assert (first.participant_count, first.below_minimum_count, first.mean_score, first.fault) == (10, 1, 65.4, "")
    assert (second.municipality, second.subject, second.participant_count) == ("город Примерск", "Физика", 4)


def test_subjects_may_stand_between_two_rows_that_both_name_measures():
    upper = ["Муниципалитет", "ОО", "Всего участников", "Средний балл", "из них"]
    rows = [["ЕГЭ 2022"], upper, [None, None, None, None, "Физика"], [*[None] * 4, "приняли участие", "средний балл"]]
    (one,) = counted([*rows, ["город Примерск", "Школа 1", 30, 60, 4, 50]])
    assert (one.subject, one.participant_count, one.mean_score) == ("Физика", 4, 50)


def test_a_summary_that_names_no_subject_says_so():
    heading = [name for name in ONE_ROW if name != "Предмет"]
    (one,) = counted([["ЕГЭ 2022"], heading, ["город Примерск", "Школа 1", 10, 1, "65,4"]])
    assert one.fault == "предмет не назван: нет ни строки предметов над показателями, ни столбца «Предмет»"
    assert one.participant_count == 10


def test_columns_that_count_something_else_are_named():
    (one,) = counted(summary("Приняли участие", "От 80 до 100 баллов", "Средний балл", values=[10, 4, 65]))
    assert one.high_score_count is None
    assert "столбец D («от 80 до 100 баллов»)" in one.remark


def test_a_book_of_years_has_them_on_its_tabs():
    rows = summary("Приняли участие", "Средний балл", values=[10, 65], title="Результаты")
    found = read_export(xlsx(rows, rows, names=["2021", "2022 год"]), "выгрузка", VOCABULARY).counts
    assert [one.calendar_year for one in found] == [2021, 2022]


def test_a_summary_of_another_exam_is_no_summary_of_this_one():
    measures = ("Приняли участие", "Средний балл")
    (one,) = counted(summary(*measures, values=[10, "3,6"], title="Результаты ОГЭ 2022 года"))
    assert one.fault == "в заголовке назван не ЕГЭ, а сводки с баллами читаются только о нём"
    measures = ("Приняли участие", "Не преодолели минимум", "Средняя отметка")
    (one,) = counted(summary(*measures, values=[10, 1, "3,6"]))
    assert one.mean_score is None


SCORES = list(range(11))
SHARES = [0, 0, 4.2, 8.3, 12.5, 25, 20.8, 16.7, 8.3, 4.2, 0]


@pytest.mark.parametrize(
    "rows",
    [
        [NARROW[0], ["Логин", "Кол-во участников", *SCORES], ["edu260001", 24, *SHARES]],
        [NARROW[0], ["Логин", "Кол-во участников", *map(str, SCORES)], ["edu260001", 24, *SHARES]],
        [
            NARROW[0],
            ["Группы участников", "Кол-во участников", "Распределение первичных баллов участников в %"],
            [None, None, *SCORES],
            ["МБОУ СОШ № 1 (edu260001)", 24, *SHARES],
        ],
        [[*WIDE[0][:7], *SCORES], [2021, 5, "Математика", "город Примерск", "edu260001", "Школа", 24, *SHARES]],
    ],
)
@pytest.mark.parametrize("read", [xlsx, csv_text])
def test_shares_of_primary_scores_are_named_for_what_they_are(rows, read):
    with pytest.raises(AnalysisError, match="это распределение первичных баллов") as stopped:
        counted(rows, read)
    assert "Искали" not in str(stopped.value)


def test_primary_scores_beside_pupils_are_left_alone_as_any_other_sheet():
    rows = [NARROW[0], ["Логин", "Кол-во участников", *SCORES], ["edu260001", 24, *SHARES]]
    assert len(read_export(xlsx(f1((3, 4)), rows), "x", VOCABULARY).counts) == 1


PEOPLE = [
    [f"МБОУ СОШ № {number} (edu26000{number})", total, two, three, four, total - two - three - four]
    for number, (total, two, three, four) in enumerate(
        [(24, 2, 8, 10), (100, 10, 40, 30), (31, 0, 12, 15), (250, 110, 60, 40)], start=1
    )
]


def test_people_where_percents_should_stand_are_asked_about_once_and_nothing_enters():
    with pytest.raises(AnalysisError) as stopped:
        counted([*NARROW[:2], *PEOPLE])
    # The one of 100 participants fits both; the others fit people alone.
    assert "похоже, в столбцах отметок стоит число участников, а не процент: в строках школ (3 из 4)" in str(
        stopped.value
    )


def test_a_row_of_people_among_rows_of_percents_is_set_aside_alone():
    found = counted([*NARROW[:2], PEOPLE[0], NARROW[4], [NARROW[4][0].replace("1", "3"), *NARROW[4][1:]]])
    assert sorted(bool(one.fault) for one in found) == [False, False, True]


@pytest.mark.parametrize("shares", [(0.0833, 0.3333, 0.4167, 0.1667), ("0,08", "0,33", "0,42", "0,17")])
def test_shares_of_one_are_told_apart_from_percents(shares):
    with pytest.raises(AnalysisError, match="стоят доли от 0 до 1, а не проценты: в строках школ \\(1 из 1\\)"):
        counted([*NARROW[:2], [NARROW[4][0], 24, *shares]])


def test_what_is_advised_is_read_and_so_is_the_percent_format_of_excel():
    heading = ["Группы участников", "Кол-во участников", "2 чел.", "3 чел.", "4 чел.", "5 чел."]
    assert [marks(one) for one in counted([NARROW[0], heading, *PEOPLE])][0] == (24, 2, 8, 10, 4)
    book = openpyxl.load_workbook(io.BytesIO(xlsx([*NARROW[:2], [NARROW[4][0], 24, 0.0833, 0.3333, 0.4167, 0.1667]])))
    for cell in book.worksheets[0][3][2:]:
        cell.number_format = "0.00%"
    stream = io.BytesIO()
    book.save(stream)
    (one,) = read_export(stream.getvalue(), "выгрузка", VOCABULARY).counts
    assert marks(one) == (24, 2, 8, 10, 4)


def test_unknown_layout_says_what_was_looked_for():
    with pytest.raises(AnalysisError, match="не опознана. Искали: протокол РЦОИ: .*статистика .*сводка ЕГЭ"):
        counted([["Что-то", "другое"], [1, 2]])


def test_a_sheet_that_nobody_knows_is_not_copied_with_a_known_one():
    with pytest.raises(AnalysisError, match="листы № 2 скрыты или не опознаны"):
        read_export(xlsx(NARROW, [["Имярек"]]), "x", VOCABULARY)


def test_pupils_and_schools_do_not_share_a_file():
    with pytest.raises(AnalysisError, match="разделите"):
        read_export(xlsx(NARROW, f1((3, 4))), "x", VOCABULARY)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "файл пуст"),
        (b"<html><table></table>", "веб-страница"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000, "повреждена"),
        (b"PK\x03\x04 broken", "обрезан или поврежд"),
        ("Код ОО;Фамилия".encode("utf-16-le"), "не .xlsx, не .xls и не .csv"),
        ("Код ОО;Фамилия".encode("utf-16"), "ни одной строки школы"),
        (xlsx(NARROW[:2]), "ни одной строки школы"),
    ],
)
def test_what_is_no_table(content, said):
    with pytest.raises(AnalysisError, match=said):
        read_export(content, "x", VOCABULARY)
