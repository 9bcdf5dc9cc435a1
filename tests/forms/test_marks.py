"""A marked copy opens on what is wrong, marks it where it is, and carries no mark of an earlier round."""

import io

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from analysis.contracts.facts import CONTEXT_GROUPS, TO_MEND
from analysis.forms.annotate import MARK_FILL, TAB_COLOUR, Fault, marked_copy
from analysis.intake.workbook import read_returned, read_workbook
from school_forms import FILE, form_of

ADDED = {"Контингент": [(group, number) for number, group in enumerate(CONTEXT_GROUPS, start=10)]}
FAULT = Fault(("лист Контингент, ячейка B4",), "12", "Ожидалось другое.", "Исправьте.", must=True)
OTHER = Fault(("лист Кадры, ячейка C3", "лист Кадры, ячейка C2"), "", "Вакансий больше.", "Проверьте.", must=False)


def _book(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def _bytes(book):
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _notes(book):
    """The notes of a workbook by place."""
    return {
        f"{sheet.title}!{cell.coordinate}": cell.comment.text
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def _fills(book):
    """The fill of every cell but those of the list."""
    return {
        (sheet.title, cell.coordinate): (cell.fill.fill_type, cell.fill.fgColor.rgb[-6:])
        for sheet in book.worksheets
        if sheet.title != TO_MEND.title
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.fill.fgColor.rgb, str)
    }


def _tabs(book):
    return [one.title for one in book.worksheets if one.sheet_properties.tabColor]


def _list(book):
    """The lines of the first sheet under its headings, and where each link leads."""
    rows = list(book.worksheets[0].iter_rows(min_row=5))
    return [[cell.value for cell in row] for row in rows], [
        row[2].hyperlink and row[2].hyperlink.location for row in rows
    ]


def test_one_fault_among_three_hundred_cells_is_found_from_the_first_sheet():
    content = form_of(ADDED)
    cells = sum(1 for sheet in _book(content).worksheets for row in sheet.iter_rows() for _ in row)
    assert cells > 300
    book = _book(marked_copy(content, [FAULT]))
    lines, links = _list(book)
    assert lines == [[1, "Контингент", "B4", "12", "Ожидалось другое.", "Исправьте."]]
    assert links == ["'Контингент'!B4"]
    sheet, address = links[0].split("!")
    marked = book[sheet.strip("'")][address]
    assert (str(marked.value), marked.fill.fgColor.rgb[-6:]) == ("12", MARK_FILL)
    assert _tabs(book) == [TO_MEND.title, "Контингент"]
    assert book.active.title == TO_MEND.title
    assert [one.title for one in book.worksheets if one.sheet_view.tabSelected] == [TO_MEND.title]
    assert book.worksheets[0]["A2"].value.startswith("Без исправления форму не примут: 1. Остальные замечания: 0.")


def test_what_must_be_mended_stands_first_and_all_cells_of_a_fault_are_marked():
    book = _book(marked_copy(form_of(ADDED), [OTHER, FAULT]))
    lines, _ = _list(book)
    assert [line[1:3] for line in lines] == [["Контингент", "B4"], ["Кадры", "C3, C2"]]
    assert sorted(_notes(book)) == ["Кадры!C2", "Кадры!C3", "Контингент!B4"]


def test_a_second_round_carries_only_what_is_new_or_left():
    content = form_of(ADDED)
    first = _book(marked_copy(content, [FAULT, OTHER]))
    first["Контингент"]["B4"].value = 13
    second = _book(marked_copy(_bytes(first), [OTHER]))
    assert sorted(_notes(second)) == ["Кадры!C2", "Кадры!C3"]
    assert _notes(second)["Кадры!C3"] == "— Проверка —\nВакансий больше.\nПроверьте.\n— конец проверки —"
    assert _tabs(second) == [TO_MEND.title, "Кадры"]
    assert [line[1] for line in _list(second)[0]] == ["Кадры"]
    assert second.sheetnames.count(TO_MEND.title) == 1
    plain = _fills(_book(content))
    assert {place for place, fill in _fills(second).items() if fill != plain[place]} == {
        ("Кадры", "C2"),
        ("Кадры", "C3"),
    }


@pytest.mark.parametrize("address", ["A1", "A4", "B4", "F40"])
def test_a_mended_cell_looks_as_it_did(address):
    content = form_of(ADDED)
    marked = marked_copy(content, [Fault((f"лист Контингент, ячейка {address}",), "", "Не то.", "Исправьте.", True)])
    again = _book(marked_copy(marked, [OTHER]))["Контингент"][address].fill
    before = _book(content)["Контингент"][address].fill
    assert (again.fill_type, again.fgColor.rgb[-6:]) == (before.fill_type, before.fgColor.rgb[-6:])


def test_notes_of_people_are_kept_beside_ours_and_after_them():
    book = _book(form_of(ADDED))
    book["Контингент"]["B4"].comment = Comment("Так в приказе\n\nсм. п. 3", "Завуч")
    book["Контингент"]["B5"].comment = Comment("Просто так", "Завуч")
    marked = marked_copy(_bytes(book), [FAULT])
    ours = "— Проверка —\nОжидалось другое.\nИсправьте.\n— конец проверки —"
    assert _notes(_book(marked)) == {
        "Контингент!B4": f"Так в приказе\n\nсм. п. 3\n\n{ours}",
        "Контингент!B5": "Просто так",
    }
    assert _notes(_book(marked_copy(marked, [FAULT]))) == _notes(_book(marked))
    answered = _book(marked)
    note = answered["Контингент"]["B4"].comment
    answered["Контингент"]["B4"].comment = Comment(f"{note.text}\nИсправлено, см. письмо", note.author)
    last = _book(marked_copy(_bytes(answered), [OTHER]))
    assert _notes(last)["Контингент!B4"] == "Так в приказе\n\nсм. п. 3\n\n\nИсправлено, см. письмо"
    assert last["Контингент"]["B4"].comment.author == "Завуч"


def test_two_faults_of_one_cell_stand_in_one_note():
    other = Fault(FAULT.places, "12", "Ещё одно.", "И это.", must=False)
    book = _book(marked_copy(form_of(ADDED), [FAULT, other, FAULT]))
    said = "— Проверка —\nОжидалось другое.\nИсправьте.\n\nЕщё одно.\nИ это.\n— конец проверки —"
    assert _notes(book) == {"Контингент!B4": said}


def test_marks_of_the_first_version_are_taken_off_too():
    """They had no sign of their own: a note by «Проверка» whose paragraphs end alike, and the same red."""
    book = _book(form_of(ADDED))
    said = "Заметка завуча\n\nОжидалось целое число.\nИсправьте и верните форму.\n\nИное.\nИсправьте и верните форму."
    for address, text in (("B4", said), ("B5", "Иное.\nИсправьте и верните форму.")):
        book["Контингент"][address].comment = Comment(text, "Проверка")
        book["Контингент"][address].fill = PatternFill("solid", fgColor=MARK_FILL)
    copy = _book(marked_copy(_bytes(book), [OTHER]))
    assert {place: text for place, text in _notes(copy).items() if "Контингент" in place} == {
        "Контингент!B4": "Заметка завуча"
    }
    assert copy["Контингент"]["B4"].fill.fgColor.rgb[-6:] == "FFFBEB"


def test_a_fault_in_a_merged_cell_is_marked_at_its_upper_left():
    book = _book(form_of(ADDED))
    book["Контингент"].merge_cells("B3:B5")
    copy = _book(marked_copy(_bytes(book), [FAULT]))
    assert list(_notes(copy)) == ["Контингент!B3"]
    assert _list(copy)[1] == ["'Контингент'!B3"]


def test_a_fault_of_a_whole_sheet_or_book_is_listed_too():
    whole = Fault(("лист Кадры",), "", "Листа два.", "Оставьте один.", must=True)
    nowhere = Fault(("лист Чего нет",), "=1+1", "Листа нет\x07.", "Верните лист.", must=True)
    book = _book(marked_copy(form_of(ADDED), [nowhere, whole]))
    lines, links = _list(book)
    assert [line[1:5] for line in lines] == [
        ["Кадры", "весь лист", None, "Листа два."],
        ["Чего нет", "листа в книге нет", "=1+1", "Листа нет ."],
    ]
    assert links == ["'Кадры'!A1", None]
    assert book.worksheets[0]["D6"].data_type == "s"
    assert marked_copy(form_of(ADDED), [nowhere]) is None
    again = _book(marked_copy(_bytes(book), [FAULT]))
    assert again.sheetnames.count(TO_MEND.title) == 1
    assert _tabs(again) == [TO_MEND.title, "Контингент"]


def test_text_like_a_formula_stays_text_in_a_form_and_in_its_marked_copy():
    book = _book(
        form_of({"Конкурсы": [("= 5", "школьный", "обучающиеся", 12, 3), ("=", "школьный", "педагоги", 9, 1)]})
    )
    copy = _book(marked_copy(_bytes(book), [FAULT]))
    for one in (book, copy):
        cells = [one["Конкурсы"][place] for place in ("A2", "A3")]
        assert [(cell.value, cell.data_type) for cell in cells] == [("= 5", "s"), ("=", "s")]
        assert [cell for sheet in one for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []


def test_the_list_is_never_read_whatever_people_do_to_it():
    content = form_of(ADDED)
    book = _book(marked_copy(content, [FAULT, OTHER]))
    sheet = book.worksheets[0]
    sheet.title = "сделано"
    sheet.row_dimensions[6].hidden = True
    sheet["C5"].font = openpyxl.styles.Font(strike=True)
    sheet["H5"] = "=1+1"
    for text in (_bytes(book), marked_copy(_bytes(book), [FAULT])):
        read, plain = (read_returned(read_workbook(one, FILE), FILE) for one in (text, content))
        assert read.findings == plain.findings == ()
        assert read.rows == plain.rows


def test_the_form_itself_stays_as_it_came():
    content = form_of(ADDED)
    book, copy = _book(content), _book(marked_copy(content, [FAULT]))
    assert copy.sheetnames == [TO_MEND.title, *book.sheetnames]
    for sheet in book.worksheets:
        twin = copy[sheet.title]
        assert [[cell.value for cell in row] for row in twin.iter_rows()] == [
            [cell.value for cell in row] for row in sheet.iter_rows()
        ]
        assert (twin.sheet_state, twin.protection.sheet) == (sheet.sheet_state, sheet.protection.sheet)
    assert copy["Как заполнить"]["A1"].value in copy.worksheets[0]["A1"].value
    assert TAB_COLOUR not in str(book.worksheets[1].sheet_properties.tabColor)
    assert len(book.worksheets) == 12
