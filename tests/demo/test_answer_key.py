"""The answer key tells the truth: its cells hold what it says, and the findings are just those it names."""

import io
import re
from collections import Counter

import openpyxl
import pytest

from analysis.intake.word_file import read_word_blocks

ROADMAP = "data/raw/roadmap.docx"
PLANTED = {
    "дата текстом",
    "число текстом",
    "«5,0» вместо 5",
    "неразрывный пробел после числа",
    "пусто там, где имелся в виду ноль",
    "лист переименован",
    "строки переставлены",
    "строка добавлена",
    "номера показателя нет в документе",
    "блок подтверждений вставлен дважды",
    "подтверждение без номера и ссылки",
    "факт без подтверждения",
    "соисполнитель сообщает другое число",
    "форма вернулась дважды: эта версия заменена второй",
    "форма не вернулась",
    "форма получена после срока",
    "дата из другого года",
    "решение о подтверждении, которого больше нет",
}


def _row_and_cell(answer):
    """The two ways in which a finding names a cell of a workbook."""
    number = re.sub(r"\D", "", answer["cell"])
    return {f"лист {answer['sheet']}, ячейка {answer['cell']}", f"лист {answer['sheet']}, строка {number}"}


def _reporter(answer):
    year, reporter = re.fullmatch(r"data/raw/(\d{4})/form_(\w+)_v\d\.xlsx", answer["file"]).groups()
    return year, f"Школа № {int(reporter[-2:])}" if reporter.startswith("edu") else reporter


def _expected(answer):
    """File and possible places of the finding that an answer asks for."""
    if answer["rule"] == "missing_report":
        year, name = _reporter(answer)
        return f"{year} год", {name}
    if answer["file"] == ROADMAP:
        return ROADMAP, {answer["cell"]}
    return answer["file"], _row_and_cell(answer) if answer["cell"] else {"весь файл"}


def _meets(finding, answer):
    file, places = _expected(answer)
    return finding.rule == answer["rule"] and finding.file == file and places & set(finding.places)


def test_everything_ordinary_is_planted(answers):
    assert {answer["planted"] for answer in answers} >= PLANTED


def test_every_finding_is_in_the_key_and_every_entry_gives_one(answers, checked):
    asked = [answer for answer in answers if answer["rule"]]
    found = Counter(next((n for n, answer in enumerate(asked) if _meets(one, answer)), one) for one in checked.findings)
    assert found == Counter(range(len(asked)))


def test_what_must_be_read_right_gives_no_finding(answers, checked):
    quiet = [answer for answer in answers if not answer["rule"] and answer["cell"]]
    assert quiet
    for answer in quiet:
        assert not [
            one for one in checked.findings if one.file == answer["file"] and _row_and_cell(answer) & set(one.places)
        ]


def test_what_must_be_read_right_is(checked):
    reports = checked.tables["reports"].set_index(["calendar_year", "reporter", "activity_code", "measure_number"])
    facts = reports["fact_count"]
    assert facts[2020, "ИМО", "2.1", 1] == 4
    assert facts[2020, "ИМО", "4.2", 1] == 1
    assert facts[2020, "edu990005", "2.3", 1] == 5
    assert facts[2021, "ИМО", "1.1", 1] == 2
    assert facts[2021, "УО", "4.3", 1] == 1
    assert facts[2021, "edu990005", "1.3", 1] == 1
    assert facts[2021, "edu990005", "4.3", 1] == 1
    assert facts[2022, "edu990005", "2.3", 1] == 5
    assert f"{reports['fact_date'][2020, 'УО', '1.2', 1]:%d.%m.%Y}" == "15.09.2020"


def test_the_cells_of_the_workbooks_hold_what_the_key_says(answers, files):
    named = [answer for answer in answers if answer["sheet"]]
    assert len(named) > 15
    for answer in named:
        book = openpyxl.load_workbook(io.BytesIO(files[answer["file"]]))
        value = book[answer["sheet"]][answer["cell"]].value
        text = "" if value is None else value.date().isoformat() if hasattr(value, "date") else str(value)
        assert text == answer["holds"], answer


@pytest.mark.parametrize(
    ("planted", "times"),
    [("число текстом", 2), ("«5,0» вместо 5", 1), ("дата текстом", 1), ("неразрывный пробел после числа", 3)],
)
def test_values_meant_to_be_texts_are_texts(answers, files, planted, times):
    named = [answer for answer in answers if answer["planted"] == planted]
    assert len(named) == times
    for answer in named:
        book = openpyxl.load_workbook(io.BytesIO(files[answer["file"]]))
        assert isinstance(book[answer["sheet"]][answer["cell"]].value, str)


def test_the_cells_of_the_roadmap_hold_what_the_key_says(answers, files):
    blocks, _ = read_word_blocks(files[ROADMAP], ROADMAP)
    texts = {cell.place: cell.text for block in blocks for cell in block.cells} | {block.place: "" for block in blocks}
    named = [answer for answer in answers if answer["file"] == ROADMAP]
    assert named
    for answer in named:
        text = texts[answer["cell"]]
        assert answer["holds"] in text, answer


def test_files_that_the_key_names_are_there_but_for_the_one_that_never_came(answers, files):
    absent = {answer["file"] for answer in answers} - set(files)
    assert absent == {"data/raw/2020/form_edu990012_v1.xlsx"}
