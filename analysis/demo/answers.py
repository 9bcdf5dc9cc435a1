"""The answer key of the invented town: each planted mistake with file, sheet and cell, and the finding it must give."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_rowcol_to_cell

from analysis.contracts.forms import ACCEPTANCE, EVIDENCE, EXECUTION, OWN_MEASURES, SCHOOL_SHEETS, FormSheet
from analysis.demo.books import ROWS_ABOVE, Book, acceptance_rows, all_slips, row_label
from analysis.demo.exports import SHEET, Export, exports
from analysis.demo.town import ROADMAP, Planted, Return, town
from analysis.forms.workbook import Given
from analysis.rules.config import INVENTED

LAYOUTS = {layout.title: layout for layout in (EXECUTION, EVIDENCE, OWN_MEASURES, *SCHOOL_SHEETS)}
HEADING = f"""# {INVENTED}. Что подстроено в присланных файлах и что должна сказать проверка.
# rule — правило замечания; пусто — значение должно быть прочитано верно, несмотря ни на что.
# cell — ячейка листа, а в «дорожной карте» адрес так, как его печатает проверка; пусто — замечание о файле целиком
# или о форме, которая не вернулась.
"""


@dataclass(frozen=True)
class Answer:
    """One entry of the key."""

    file: str
    sheet: str
    cell: str
    holds: str
    planted: str
    rule: str


NEVER_CAME = Answer("data/raw/2020/form_edu990012_v1.xlsx", "", "", "", "форма не вернулась", "missing_report")


def answers(books: Sequence[Book], returns: Sequence[Return], acceptance: Sequence[Book]) -> list[Answer]:
    """Returns the entries for the roadmap, the returned forms, the one that never came, and decisions that lapsed."""
    found = [_answer(book, mark) for book, filled in zip(books, returns, strict=True) for mark in filled.planted]
    found += [_answer(book, mark) for book in books for mark in _slips(book)]
    roadmap = [Answer(ROADMAP, "", *entry) for entry in town()["planted"]["roadmap"]]
    found += [_export_answer(export, *mark) for export in exports() for mark in export.planted]
    return [*roadmap, *found, NEVER_CAME, *(answer for book in acceptance for answer in _lapsed(book, returns))]


def key_text(entries: Sequence[Answer]) -> str:
    """Returns answer_key.toml."""
    return "\n".join([HEADING, *(line for entry in entries for line in _lines(entry))])


def cell_address(book: Book, mark: Planted) -> tuple[str, str, str]:
    """Returns sheet, cell and what stands in it."""
    layout = LAYOUTS[mark.sheet]
    sheet, rows = book.rows(layout)
    column = [one.name for one in layout.columns].index(mark.column)
    row = int(mark.row) - 1 if layout.columns[0].kind != "fixed" else _row_of(layout, rows, mark.row)
    value = rows[row][column] if column < len(rows[row]) else ""
    return sheet, xl_rowcol_to_cell(row + ROWS_ABOVE, column), str(value)


def _export_answer(export: Export, what: str, tale: Sequence[str], column: str, rule: str) -> Answer:
    if not column:
        return Answer(export.path, "", "", "", what, rule)
    return Answer(export.path, SHEET, *export.cell(tale, column), what, rule)


def _slips(book: Book) -> Sequence[Planted]:
    """What was planted in the sheets of school facts of a form."""
    year, reporter = int(book.identity["calendar_year"]), book.identity["reporter"]
    slips = all_slips().get((year, reporter, book.version))
    return slips.planted if slips else ()


def _row_of(layout: FormSheet, rows: Sequence[Sequence[Given]], label: str) -> int:
    """Finds a row by the words of the office, a measure by its number."""
    if layout is EXECUTION:
        return [str(row[0]) if row else "" for row in rows].index(label)
    return [row_label(layout, row) for row in rows].index(label)


def _answer(book: Book, mark: Planted) -> Answer:
    place = cell_address(book, mark) if mark.sheet else ("", "", "")
    return Answer(book.file, *place, mark.what, mark.rule)


def _lapsed(book: Book, returns: Sequence[Return]) -> Iterator[Answer]:
    """Decisions about evidence that a later version of its form no longer holds."""
    latest = {(filled.year, filled.reporter): filled for filled in returns}.values()
    present = {row[0] for filled in latest for row in acceptance_rows(filled, {})}
    sheet, rows = book.rows(ACCEPTANCE)
    said = "решение о подтверждении, которого больше нет"
    for number, row in enumerate(rows, start=ROWS_ABOVE):
        if row[0] not in present:
            yield Answer(book.file, sheet, xl_rowcol_to_cell(number, 0), str(row[0]), said, "acceptance")


def _lines(entry: Answer) -> Iterator[str]:
    yield "[[answer]]"
    for name, value in vars(entry).items():
        yield f"{name} = {json.dumps(value, ensure_ascii=False)}"
    yield ""
