"""Files with a row per pupil become counts per school and exam; expected values are counted by hand."""

import io
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from analysis.errors import AnalysisError
from analysis.intake.exports.cells import counts_csv, read_counts
from analysis.intake.exports.recognise import read_export
from export_files import NAMES, PROTOCOL_HEADING, VOCABULARY, csv_text, f1, f1_row, protocol, protocol_row, xlsx

SUBJECT = "12 - Обществознание 2022.06.02"
PUPILS = [
    protocol_row(1, 9306.0, 2),
    protocol_row(2, "9306.0", "3"),
    protocol_row(3, 9306, 5.0),
    protocol_row(4, 9307, 4),
    protocol_row(5, 9306, None, score=None),
]


def counted(rows, read=xlsx):
    return read_export(read(rows), "выгрузка", VOCABULARY).counts


def marks(one):
    return one.mark_2_count, one.mark_3_count, one.mark_4_count, one.mark_5_count


@pytest.mark.parametrize("read", [xlsx, csv_text, lambda rows: csv_text(rows, "cp1251")])
def test_protocol_in_every_format(read):
    first, second = counted(protocol((SUBJECT, PUPILS)), read)
    assert (first.procedure, first.subject, first.calendar_year, first.named_grade) == (
        "ОГЭ",
        "Обществознание",
        2022,
        9,
    )
    assert (first.code_oo, first.code_msu, first.participant_count, marks(first)) == ("9306", "26", 3, (1, 1, 0, 1))
    assert (second.code_oo, second.participant_count, marks(second)) == ("9307", 1, (0, 0, 1, 0))
    assert first.place.endswith("строки 6–8, 10")
    assert not first.fault


def test_old_xls_made_by_libreoffice_reads_like_the_new_one():
    content = (Path(__file__).parent / "protocol.xls").read_bytes()
    assert read_export(content, "x", VOCABULARY).counts == counted(protocol((SUBJECT, PUPILS)))


def test_several_exams_in_a_file_and_a_school_in_several_blocks():
    blocks = [(SUBJECT, PUPILS), ("02 - Математика 2022.06.06", PUPILS[:1]), (SUBJECT, [protocol_row(1, 9306, 4)])]
    found = {(one.subject, one.code_oo): marks(one) for one in counted(protocol(*blocks))}
    assert found == {
        ("Обществознание", "9306"): (1, 1, 1, 1),
        ("Обществознание", "9307"): (0, 0, 1, 0),
        ("Математика", "9306"): (1, 0, 0, 0),
    }


@pytest.mark.parametrize("subject", [None, "Математика", "02 - Математика"])
def test_a_subject_that_cannot_be_read_is_not_the_one_before_it(subject):
    found = counted(protocol((SUBJECT, PUPILS), (subject, PUPILS[:2])))
    assert [(one.subject, one.participant_count) for one in found] == [
        ("Обществознание", 3),
        ("Обществознание", 1),
        ("", 2),
    ]
    assert found[2].fault.startswith("над таблицей нет строки")
    first, second = counted([*f1((3, 4)), *f1((5, 5), title="ВПР Математика")])
    assert (marks(first), second.subject, second.participant_count) == ((0, 1, 0, 0), "", 1)


def test_a_page_break_keeps_the_subject():
    pages = [[SUBJECT], PROTOCOL_HEADING, *PUPILS[:2], ["Страница 2"], PROTOCOL_HEADING, *PUPILS[2:]]
    assert [one.participant_count for one in counted(pages)] == [3, 1]


def test_block_pasted_twice_counts_once_and_is_named():
    *exams, repeated = counted(protocol((SUBJECT, PUPILS), (SUBJECT, PUPILS)))
    assert [one.participant_count for one in exams] == [3, 1]
    assert "блок вставлен дважды" in repeated.fault


def test_rows_pasted_again_under_the_same_headings_count_once_and_are_named():
    (one,) = counted(protocol((SUBJECT, [*PUPILS[:3], *PUPILS[:2]])))
    assert (one.participant_count, marks(one)) == (3, (1, 1, 0, 1))
    assert one.remark == "строки 9–10: стоят второй раз, все ячейки те же; засчитаны один раз"
    (ninth,) = counted(f1((2, 3), (4, 4), f1_row(1, 2, 3), stated=2))
    assert (ninth.participant_count, ninth.journal_lower_count, ninth.journal_same_count) == (2, 1, 1)
    assert ninth.remark.startswith("строка 8: стоят второй раз")


def test_rows_without_number_and_name_may_be_alike():
    rows = [[None, *row[1:7], None, None, None, None, *row[11:]] for row in (PUPILS[0], PUPILS[0])]
    (one,) = counted(protocol((SUBJECT, rows)))
    assert (one.participant_count, one.remark) == (2, "")


@pytest.mark.parametrize("sheets", [1, 2])
def test_rows_pasted_under_other_headings_make_the_result_of_the_school_doubtful(sheets):
    parts = [protocol((SUBJECT, PUPILS[:3])), protocol((SUBJECT, PUPILS[1:2]))]
    content = xlsx(*parts) if sheets == 2 else xlsx(parts[0] + parts[1])
    (one,) = read_export(content, "выгрузка", VOCABULARY).counts
    assert one.fault.startswith("строки учеников стоят и в другой части файла")


def test_day_of_the_exam_in_the_order_of_people():
    (one, _) = counted(protocol(("12 - Обществознание 02.06.2022 г.", PUPILS)))
    assert (one.subject, one.calendar_year, one.fault) == ("Обществознание", 2022, "")


def test_headings_and_subject_as_other_regions_write_them():
    heading = ["Код школы" if name == "Код ОО" else name for name in PROTOCOL_HEADING]
    (one,) = counted(protocol(("Предмет: 12 - Обществознание 2022.06.07", PUPILS[:2]), heading=heading))
    assert (one.subject, one.code_oo, one.participant_count, one.fault) == ("Обществознание", "9306", 2, "")


def test_page_break_with_headings_in_two_rows_and_numbered_columns():
    upper = ["№", "Код ОО", None, "Класс", "Код ППЭ", "Аудитория", "Код МСУ", "Фамилия", None, "Имя", "Отчество"]
    lower = [None] * 11 + ["краткий", None, "развёрнутый", "Первичный балл", "Оценка"]
    numbers = list(range(1, 17))
    page = [upper + ["Ответы"], lower, numbers]
    rows = [[SUBJECT], *page, *PUPILS[:2], *page, *PUPILS[2:]]
    assert [(one.code_oo, marks(one)) for one in counted(rows)] == [("9306", (1, 1, 0, 1)), ("9307", (0, 0, 1, 0))]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (protocol_row(9, 9306, 7), "в столбце «Оценка» не отметка"),
        (protocol_row(9, 9306, "Имярек"), "в столбце «Оценка» не отметка"),
        (protocol_row(9, "Имярек", 4), "в столбце «Код ОО» не код школы"),
        (protocol_row(9, None, 4), "в столбце «Код ОО» не код школы"),
        (protocol_row(9, 9306, 4, msu="Имярек"), "в столбце «Код МСУ» не код"),
        (protocol_row(9, 9306, 4, msu="Имярек"), "(лист 1, строка 11)"),
        (protocol_row(9, 9306, None), "первичный балл есть, а результата нет"),
        (protocol_row(9, 9306, 4, grade="8Б"), "классы участников (8, 9)"),
    ],
)
def test_what_cannot_be_counted_is_told_by_address_alone(row, fault):
    found = [one for one in counted(protocol((SUBJECT, [*PUPILS, row]))) if one.fault]
    assert len(found) == 1
    assert fault in found[0].fault
    assert not any(name in str(found) for name in NAMES)


@pytest.mark.parametrize(
    ("subject", "fault"),
    [("99 - Имярек Проверочный 2022.06.02", "предмета нет в календаре процедур (код 99)"), (None, "над таблицей нет")],
)
def test_unknown_and_unnamed_subject(subject, fault):
    found = counted(protocol((subject, PUPILS)))
    assert found
    assert all(fault in one.fault for one in found)


def ege(scores, subject="3 - Физика 2022.06.06"):
    heading = [*PROTOCOL_HEADING[:-1], "Балл"]
    rows = [protocol_row(number, 9306, score, grade="11А") for number, score in enumerate(scores, start=1)]
    return protocol((subject, rows), heading=heading, title="Протокол проверки результатов ЕГЭ")


def test_scores_of_the_state_exam():
    (one,) = counted(ege([35, 36, 80, 99, 100]))
    assert (one.procedure, one.scale, one.named_grade) == ("ЕГЭ", "100 баллов", 11)
    assert (one.participant_count, one.below_minimum_count, one.minimum_score) == (5, 1, 36)
    assert (one.mean_score, one.high_score_count, one.full_score_count) == (70, 2, 1)
    assert marks(one) == (None, None, None, None)


def test_without_a_known_minimum_nothing_is_below_it_nor_above():
    (one,) = counted(ege([10, 90], subject="2 - Математика 2022.06.02"))
    assert (one.subject, one.below_minimum_count, one.high_score_count) == ("Математика (профильная)", None, 1)


@pytest.mark.parametrize("score", [101, 35.5, "Имярек"])
def test_no_score(score):
    (one,) = counted(ege([50, score]))
    assert "не балл от 0 до 100 (лист 1, строка 7)" in one.fault


def test_marks_against_the_journal():
    pupils = [
        (3, 4),
        (4, 4),
        ("5", "4"),
        (5, 3),
        (2, "-"),
        (3, "нет отметки"),
        ("X", 4),
        ("Х", 3),
        (None, 5),
        ("-", 4),
        (4, None),
    ]
    (one,) = counted(f1(*pupils))
    assert (one.procedure, one.subject, one.calendar_year, one.named_grade) == ("ВПР", "Русский язык", 2021, 5)
    assert (one.school_login, one.participant_count, marks(one)) == ("edu260001", 7, (1, 2, 2, 2))
    assert (one.journal_lower_count, one.journal_same_count, one.journal_higher_count) == (1, 1, 2)
    assert (one.stated_count, one.remark, one.fault) == (11, "", "")


def test_a_city_of_many_schools_has_a_line_for_each_above_the_headings():
    title, note, *rest = f1((3, 4))
    others = [[f"ОО(edu27{number:04d})", "Кол-во участников: 1"] for number in range(200)]
    assert [one.participant_count for one in counted([title, note, *others, *rest])] == [1]


def test_stated_number_that_is_not_the_counted_one():
    (one,) = counted(f1((3, 4), (4, 4), stated=5))
    assert one.remark == "в шапке участников 5, а строк 2, из них с отметкой 2"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (f1_row(3, "Имярек", 4), "в столбце «Отметка» не отметка"),
        (f1_row(3, 4, 1), "в столбце «Отметка по журналу» не отметка"),
        (f1_row(3, 4, 4, grade="6А"), "классы участников (5, 6)"),
    ],
)
def test_faults_of_individual_results(row, fault):
    (one,) = counted(f1((3, 4), (4, 4), row))
    assert fault in one.fault
    assert not any(name in str(one) for name in NAMES)


def test_file_of_counts_reads_back():
    counts = (*counted(ege([35, 100])), *counted(f1((3, 4))), *counted(protocol((SUBJECT, PUPILS))))
    assert read_counts(counts_csv(counts), "x") == counts
    assert not any(name.encode() in counts_csv(counts) for name in NAMES)


def test_file_of_counts_that_is_none():
    with pytest.raises(AnalysisError, match="не файл итогов"):
        read_counts(b"a,b\n1,2\n", "x")


@pytest.mark.parametrize(
    "word",
    ["Не явился", "не явилась на экзамен", "Удалён", "Удален с экзамена", "Не завершил экзамен", "н/я", "неявка"],
)
def test_a_pupil_without_a_result_by_his_own_doing_is_no_participant_and_is_counted_apart(word):
    gone = [protocol_row(8, 9306, word, score=None), protocol_row(9, 9306, word, score=4)]
    (one,) = counted(protocol((SUBJECT, [*PUPILS[:3], *gone])))
    assert (one.participant_count, marks(one), one.fault) == (3, (1, 1, 0, 1), "")
    assert one.remark == "не явились, удалены или не завершили экзамен: 2; в число участников не входят"
    (scores,) = counted(ege([50, 70, word]))
    assert (scores.participant_count, scores.mean_score, scores.fault) == (2, 60, "")
    assert "завершили экзамен: 1;" in scores.remark


def test_the_word_in_the_place_of_the_primary_score_says_the_same():
    (one,) = counted(protocol((SUBJECT, [*PUPILS[:3], protocol_row(9, 9306, None, score="Не явился")])))
    assert (one.participant_count, one.fault) == (3, "")


TITLES_IN_TWO_LINES = [
    ["12 - Обществознание", "Дата экзамена: 24.05.2022"],
    ["Дата проведения экзамена: 24.05.2022 г.", "Предмет: 12 - Обществознание"],
    ["Предмет: Обществознание", "26 - Примерский край", "Дата: 2022.05.24"],
    ["12 - Обществознание", "Дата формирования: 01.06.2023", "Дата экзамена 24.05.2022"],
]


@pytest.mark.parametrize("titles", TITLES_IN_TWO_LINES)
def test_the_day_of_the_exam_in_a_line_of_its_own(titles):
    rows = [["Протокол ОГЭ"], ["26 - Примерский край"], *([title] for title in titles), PROTOCOL_HEADING, *PUPILS[:3]]
    (one,) = counted(rows)
    assert (one.subject, one.calendar_year, one.participant_count, one.fault) == ("Обществознание", 2022, 3, "")


def test_the_day_of_the_exam_as_a_date():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write(0, 0, "12 - Обществознание")
        sheet.write(1, 0, "Дата экзамена:")
        sheet.write_datetime(1, 2, datetime(2022, 5, 24), day)
        for number, row in enumerate([PROTOCOL_HEADING, *PUPILS[:3]], start=2):
            sheet.write_row(number, 0, ["" if value is None else value for value in row])
    (one,) = read_export(stream.getvalue(), "x", VOCABULARY).counts
    assert (one.subject, one.calendar_year, one.fault) == ("Обществознание", 2022, "")


def test_another_subject_without_a_day_is_not_dated_by_the_one_before_it():
    first = protocol(("12 - Обществознание", PUPILS[:2]), title="Дата экзамена: 24.05.2022")
    second = protocol(("02 - Математика", PUPILS[:1]))
    found = counted([*first, *second])
    assert [(one.subject, one.calendar_year) for one in found] == [("Обществознание", 2022), ("", None)]


def test_a_column_of_schools_headed_by_two_letters():
    heading = ["ОО" if name == "Код ОО" else name for name in PROTOCOL_HEADING]
    found = counted(protocol((SUBJECT, PUPILS), heading=heading))
    assert [(one.code_oo, one.participant_count) for one in found] == [("9306", 3), ("9307", 1)]


def test_names_of_schools_before_the_column_of_codes_are_not_taken_for_codes():
    rows = protocol((SUBJECT, [["СОШ № 1", *row] for row in PUPILS[:3]]), heading=["ОО", *PROTOCOL_HEADING])
    (one,) = counted(rows)
    assert (one.code_oo, one.participant_count, one.fault) == ("9306", 3, "")
