"""The exports of the invented town: read by content they give what its pupils got; pupils have artificial names."""

import csv
import io
import re

import pytest

from analysis.demo.exports import cell_of, exports, percents_of
from analysis.demo.pupils import all_sat, sitting
from analysis.demo.town import schools
from analysis.intake.exports.recognise import read_export
from analysis.rules.config import INVENTED
from analysis.rules.office_files import load_vocabulary
from analysis.starter import INSTALLATION

LAYOUTS = {
    "wide": "статистика по отметкам (ФИС ОКО)",
    "narrow": "статистика по отметкам (ФИС ОКО)",
    "individual": "индивидуальные результаты ВПР (ФИС ОКО, Ф1)",
    "protocol": "протокол РЦОИ (ОГЭ, ЕГЭ)",
    "summary": "региональная сводка ЕГЭ",
}


@pytest.fixture(scope="module")
def read():
    vocabulary = load_vocabulary(INSTALLATION)
    return {one.path: read_export(one.content(), one.path, vocabulary) for one in exports()}


def _number(counts):
    """Number of the school that a row of an export is about; 0 for a school of another town or nobody's."""
    if counts.municipality not in ("", "город Примерск"):
        return 0
    names = {school.name: school.number for school in schools()}
    code = counts.school_login.removeprefix("edu") or counts.code_oo
    return int(code) - 990000 if code else names.get(counts.school_name, 0)


def _got(counts):
    marks = (counts.mark_2_count, counts.mark_3_count, counts.mark_4_count, counts.mark_5_count)
    return _number(counts), counts.subject, counts.participant_count, *marks, counts.high_score_count


def _truth(export):
    held = sitting(export.procedure, export.sitting_year or export.year, export.wave)
    for subject in export.subjects:
        for grade in export.grades or held.grades[subject]:
            for one in all_sat(held, subject, grade):
                marks = one.mark_counts if one.marks else (None,) * 4
                yield one.school, subject, one.participant_count, *marks, one.high_score_count if one.scores else None


def test_there_are_some_twenty_in_every_layout():
    assert 18 <= len(exports()) <= 24
    assert {one.layout for one in exports()} == set(LAYOUTS)
    assert {one.file.rpartition(".")[2] for one in exports() if one.layout == "protocol"} == {"csv", "xlsx"}


@pytest.mark.parametrize("export", [one for one in exports() if not one.changed], ids=lambda one: one.path)
def test_each_is_recognised_and_gives_what_the_pupils_got(export, read):
    found = read[export.path]
    assert found.layout == LAYOUTS[export.layout]
    assert found.has_pupils == export.has_pupils
    assert [one.fault for one in found.counts if one.fault] == []
    ours = [got for got in map(_got, found.counts) if got[0]]
    assert sorted(ours, key=str) == sorted(_truth(export), key=str)


def test_percents_are_printed_with_two_decimals():
    assert percents_of((8, 17, 8, 6)) == [20.51, 43.59, 20.51, 15.38]
    assert percents_of((1, 1, 1, 0)) == [33.33, 33.33, 33.33, 0.0]


def test_a_file_with_pupils_has_artificial_names_and_says_that_it_is_invented():
    protocol = next(one for one in exports() if one.layout == "protocol" and one.file.endswith(".csv"))
    rows = list(csv.reader(io.StringIO(protocol.content().decode("utf-8-sig")), delimiter=";"))
    heading = next(row for row in rows if "Фамилия" in row)
    columns = [heading.index(name) for name in ("Фамилия", "Имя", "Отчество")]
    pupils = [[row[column] for column in columns] for row in rows if row[0].isdecimal() and row[2]]
    assert len(pupils) > 100
    assert all(re.fullmatch(r"Проверочный \d\d", surname) for surname, _, _ in pupils)
    assert {(name, second) for _, name, second in pupils} == {("Имярек", "Вымышленный")}
    assert any(INVENTED in cell for row in rows[:3] for cell in row)


def test_a_cell_is_found_by_what_stands_in_its_row():
    grid = [("Город",), ("Логин", "2", "3"), ("edu1", 10, 90), ("edu2", 20, 80)]
    assert cell_of(grid, ["edu2"], "3") == (3, 2)
    with pytest.raises(ValueError, match="values to unpack"):
        cell_of(grid, ["edu3"], "3")
