"""Addresses inside received files, as a person counts them."""

import re

WHOLE_FILE = "весь файл"
SHEET_CELL = re.compile(r"^(лист .+), ячейка [A-Z]{1,3}(\d+)$")


def row_place(place: str) -> str:
    """The row that a cell stands in: «лист Исполнение, строка 3», «таблица 1, строка 8», «строка 23»."""
    match = SHEET_CELL.match(place)
    return f"{match[1]}, строка {match[2]}" if match else place.rpartition(", ячейка ")[0] or place
