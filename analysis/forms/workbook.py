"""Writes a workbook to be filled in: inputs open, the rest protected, lists and hints where they help."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from analysis.contracts.facts import IDENTITY_SHEET, INSTRUCTIONS, FormColumn, FormSheet

# What a cell may be given: text, a number or a date; an empty text leaves it blank.
Given = str | int | float | date
# The layout of a sheet, the rows that are already written, and the lists of choices that depend on the form.
FilledSheet = tuple[FormSheet, Sequence[Sequence[Given]], Mapping[str, Sequence[str]]]
LARGEST_COUNT = 100_000
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
# By kind of a column how Excel calls it, and between what its values lie.
BETWEEN = {
    "count": ("integer", 0, LARGEST_COUNT),
    "number": ("decimal", 0, LARGEST_COUNT),
    "date": ("date", EARLIEST, LATEST),
}
# Excel shows at most 255 characters of a hint and 32 of its title.
HINT_LIMIT = 255
LINE_POINTS = 15
# Fills of headings, of cells that the office has written and of those to be filled in: every bordered cell has one.
TITLE_FILL, FIXED_FILL, ENTRY_FILL = "E5E7EB", "F9FAFB", "FFFBEB"
# What is said of a value that a cell does not take.
NEEDED = {
    "count": "Нужно целое число от 0, без слов и знаков.",
    "number": "Нужно число от 0, можно с десятыми: 12,5.",
    "date": "Нужна дата вида ДД.ММ.ГГГГ, например 25.08.2021.",
    "choice": "Выберите значение из списка.",
}
MORE_ROWS = (
    "Не хватило строк на листе ({}): «Рецензирование → Снять защиту листа» (пароля нет) и пишите ниже; прочитаны будут "
    "все строки."
)


def form_bytes(
    instructions: Sequence[str], sheets: Sequence[FilledSheet], identity: Mapping[str, str], created: date
) -> bytes:
    """Returns a workbook with a sheet of instructions, the sheets to fill in and hidden identifiers.

    Args:
        instructions: Lines of «Как заполнить»; the first is the heading.
        sheets: For each sheet its layout, the rows that are already written (values of the leading columns), and the
            lists of choices that depend on the form.
        identity: What tells the forms apart; it comes back with the filled form.
        created: Date written into the file, so that the same form has the same bytes.
    """
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": datetime(created.year, created.month, created.day), "title": instructions[0]})
        for key, value in identity.items():
            book.set_custom_property(f"form_{key}", value)
        looks = _looks(book)
        _write_instructions(book, [*instructions, *_more_rows(sheets)], looks)
        for layout, rows, choices in sheets:
            _write_sheet(book, layout, rows, choices, looks)
        _write_identity(book, identity)
    return buffer.getvalue()


def _more_rows(sheets: Sequence[FilledSheet]) -> list[str]:
    """How to go on where the rows of an open list are used up."""
    titles = ", ".join(f"«{layout.title}»" for layout, _, _ in sheets if layout.is_open)
    return [MORE_ROWS.format(titles)] if titles else []


def _looks(book: Any) -> dict[str, Any]:
    base = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#9CA3AF"}
    entry = base | {"locked": False, "bg_color": f"#{ENTRY_FILL}"}
    fixed = base | {"bg_color": f"#{FIXED_FILL}"}
    return {
        "heading": book.add_format({"bold": True, "font_size": 14}),
        "line": book.add_format({"text_wrap": True, "valign": "top"}),
        "title": book.add_format(base | {"bold": True, "bg_color": f"#{TITLE_FILL}"}),
        "fixed": book.add_format(fixed | {"num_format": "@"}),
        "fixed count": book.add_format(fixed | {"num_format": "0", "align": "center"}),
        "fixed date": book.add_format(fixed | {"num_format": "dd.mm.yyyy", "align": "center"}),
        "text": book.add_format(entry | {"num_format": "@"}),
        "choice": book.add_format(entry | {"num_format": "@"}),
        "count": book.add_format(entry | {"num_format": "0"}),
        "number": book.add_format(entry),
        "date": book.add_format(entry | {"num_format": "dd.mm.yyyy"}),
    }


def _write_instructions(book: Any, lines: Sequence[str], looks: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet(INSTRUCTIONS)
    sheet.set_column(0, 0, 100)
    for row, line in enumerate(lines):
        sheet.set_row(row, height_of([(line, 95)]) if row else 24)
        sheet.write_string(row, 0, line, looks["line" if row else "heading"])
    sheet.protect()
    _lie_on_paper(sheet)


def _write_sheet(
    book: Any,
    layout: FormSheet,
    rows: Sequence[Sequence[Given]],
    choices: Mapping[str, Sequence[str]],
    looks: Mapping[str, Any],
) -> None:
    sheet = book.add_worksheet(layout.title)
    # A sheet whose rows the office has written needs no spare ones; a list that people write needs only those.
    last = len(rows) + (layout.spare_rows if layout.is_open else 0)
    for row, given in enumerate(rows, start=1):
        texts = [(_shown(value), column.width) for value, column in zip(given, layout.columns, strict=False)]
        sheet.set_row(row, height_of(texts))
    # Headings are bold, and their words do not break.
    sheet.set_row(0, height_of([(column.title, column.width - 3) for column in layout.columns]))
    for position, column in enumerate(layout.columns):
        sheet.set_column(position, position, column.width)
        sheet.write_string(0, position, column.title, looks["title"])
        for row in range(1, last + 1):
            value = rows[row - 1][position] if row <= len(rows) and position < len(rows[row - 1]) else ""
            noted = row <= len(rows) and is_note(layout, rows[row - 1])
            _write_cell(sheet, row, position, value, looks["fixed" if noted else _look(column, value)])
        _validate(sheet, position, last, column, choices)
    _print_setup(sheet, last, len(layout.columns))
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})


def is_note(layout: FormSheet, given: Sequence[Given]) -> bool:
    """Whether a row of a sheet whose rows the office writes is no measure, but words to whoever reads it."""
    return layout.columns[0].kind == "fixed" and len(given) > 1 and given[0] == ""


def _look(column: FormColumn, value: Given) -> str:
    """The look of a cell; a number or a date that the office has written must not show as a text."""
    if column.kind != "fixed" or isinstance(value, str):
        return column.kind
    return "fixed date" if isinstance(value, date) else "fixed count"


def height_of(texts: Sequence[tuple[str, int]]) -> float:
    """Points that the longest text of a row needs; not every program finds the height by itself."""
    lines = (-(-len(text) // max(1, width - 2)) for text, width in texts)
    return LINE_POINTS * max(1, *lines) + 3


def _shown(value: Given) -> str:
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value)


def _write_cell(sheet: Any, row: int, position: int, value: Given, look: Any) -> None:
    if value == "":
        sheet.write_blank(row, position, None, look)
    elif isinstance(value, str):
        sheet.write_string(row, position, value, look)
    elif isinstance(value, date):
        sheet.write_datetime(row, position, value, look)
    else:
        sheet.write_number(row, position, value, look)


def _validate(sheet: Any, position: int, last: int, column: FormColumn, choices: Mapping[str, Sequence[str]]) -> None:
    if column.kind == "fixed" or not last:
        return
    rule: dict[str, Any] = {"validate": "any"}
    if column.kind in BETWEEN:
        kind, least, most = BETWEEN[column.kind]
        rule = {"validate": kind, "criteria": "between", "minimum": least, "maximum": most}
    elif column.kind == "choice":
        rule = {"validate": "list", "source": list(choices.get(column.name, column.choices))}
    if column.hint:
        rule |= {"input_title": column.title[:32], "input_message": column.hint[:HINT_LIMIT]}
    if column.kind in NEEDED:
        rule |= {"error_title": "Проверьте значение", "error_message": NEEDED[column.kind]}
    sheet.data_validation(1, position, last, position, rule)


def _print_setup(sheet: Any, last: int, columns: int) -> None:
    sheet.freeze_panes(1, 0)
    _lie_on_paper(sheet)
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, max(last, 1), columns - 1)


def _lie_on_paper(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _write_identity(book: Any, identity: Mapping[str, str]) -> None:
    sheet = book.add_worksheet(IDENTITY_SHEET)
    for row, (key, value) in enumerate(identity.items()):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
    sheet.protect()
    sheet.very_hidden()
