"""Reads a returned .xlsx workbook: every filled cell with its true address, and what in it cannot be trusted.

The XML is read here in one pass. Libraries for workbooks show neither hidden rows nor formulas without a value, and
may read another or far larger part than the one that was checked (docs/observed.md).
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby
from operator import attrgetter

from analysis.contracts.facts import (
    ACCEPTANCE,
    EVIDENCE,
    EXECUTION,
    FORM_VERSION,
    IDENTITY_KEYS,
    IDENTITY_SHEET,
    INSTRUCTIONS,
    OWN_MEASURES,
    REGISTRY_SCHOOLS,
    REGISTRY_STATUS,
    SCHOOL_SHEETS,
    TO_MEND,
    VERSIONS,
    FormSheet,
)
from analysis.contracts.findings import SEND_AGAIN, STRUCK_OUT, Finding, Severity, column_letters
from analysis.errors import AnalysisError
from analysis.intake.cells import plain, read_text
from analysis.intake.workbook_package import (
    Package,
    SheetEntry,
    open_package,
    read_entries,
    read_properties,
    sheet_names,
)
from analysis.intake.workbook_sheet import (
    LAST_COLUMN,
    LAST_ROW,
    MOST_MERGED,
    BookParts,
    CellValue,
    Fault,
    SheetCell,
    SheetReader,
    TooManyCellsError,
    position,
)

__all__ = ["CellValue", "Sheet", "SheetCell", "SheetRow", "Workbook", "read_workbook"]

MOST_SHEETS = 100
# Results of a whole city, a row a pupil, are some 50,000 cells.
MOST_CELLS = 100_000
# Only the first places are named: a mistake may repeat a hundred thousand times.
PLACES_NAMED = 20
EXPLANATIONS = {
    "formula": (
        "Формула без сохранённого значения: какое число она даёт, в файле не записано.",
        "Откройте файл в Excel, дождитесь пересчёта и сохраните или впишите вместо формулы значение.",
    ),
    "error_cell": (
        "Вместо значения в ячейке ошибка: прочитать её как число, дату или текст нельзя.",
        "Исправьте формулу или впишите вместо неё значение.",
    ),
}


@dataclass(frozen=True)
class SheetRow:
    """A row with at least one cell that is not blank.

    Attributes:
        number: As the spreadsheet shows it, from 1.
        cells: Those that are not blank, from left to right.
    """

    number: int
    cells: tuple[SheetCell, ...]


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook.

    Attributes:
        name: As on its tab.
        hidden: The tab is hidden; the content of such a sheet is not judged here.
        rows: The rows that are not blank, from the top.
        merged: Ranges of merged cells: E2:E4.
    """

    name: str
    hidden: bool
    rows: tuple[SheetRow, ...]
    merged: tuple[str, ...] = ()

    def place(self, address: str) -> str:
        """The place of a cell for a person: «лист Исполнение, ячейка F7»."""
        return f"лист {self.name}, ячейка {address}"


@dataclass(frozen=True)
class Workbook:
    """A workbook as it came back.

    Attributes:
        sheets: In the order of their tabs.
        properties: The custom properties of the file.
        findings: Cells that cannot be read or are hidden (blocking), and cells that are struck out.
    """

    sheets: tuple[Sheet, ...]
    properties: dict[str, str]
    findings: tuple[Finding, ...]


def read_workbook(content: bytes, file: str, worded: bool = False) -> Workbook:
    """Returns what the workbook holds.

    Args:
        content: The bytes of the file.
        file: Its path relative to the project, for messages.
        worded: Whether a number whose format shows words is read as text, with them: «не менее 31», not 31.

    Raises:
        AnalysisError: The file cannot or must not be read at all; the message says what to do.
    """
    package = open_package(content, file)
    with package.archive:
        entries, book = read_entries(package, worded)
        _refuse_too_many(package, len(entries), MOST_SHEETS, "листов")
        read = list(_read_sheets(package, entries, book))
        properties = read_properties(package)
    findings = chain.from_iterable(_sheet_findings(sheet, reader, file) for sheet, reader in read)
    return Workbook(tuple(sheet for sheet, _ in read), properties, tuple(findings))


def _read_sheets(
    package: Package, entries: Iterable[SheetEntry], book: BookParts
) -> Iterator[tuple[Sheet, SheetReader]]:
    left = MOST_CELLS
    for entry in entries:
        reader = SheetReader(book, LAST_COLUMN, most_cells=left)
        try:
            package.read_with(reader, entry.part)
        except TooManyCellsError:
            _refuse_too_many(package, MOST_CELLS + 1, MOST_CELLS, "заполненных ячеек")
        left -= reader.cell_count
        yield Sheet(entry.name, entry.hidden, _rows(reader), tuple(reader.merged[:MOST_MERGED])), reader


def _refuse_too_many(package: Package, count: int, most: int, what: str) -> None:
    if count > most:
        raise AnalysisError(
            f"{package.file}: {what} больше, чем {most}: это не форма. Оставьте в книге только листы формы, "
            "удалите лишнее и сохраните её заново."
        )


def _rows(reader: SheetReader) -> tuple[SheetRow, ...]:
    return tuple(
        SheetRow(number, tuple(row[column] for column in sorted(row))) for number, row in sorted(reader.rows.items())
    )


def _sheet_findings(sheet: Sheet, reader: SheetReader, file: str) -> Iterator[Finding]:
    for fault in reader.faults:
        yield _fault_finding(sheet, fault, file)
    if reader.far_away:
        yield _far_away_finding(sheet, reader.far_away, file)
    if not sheet.hidden:
        yield from _hidden_findings(sheet, reader, file)
        yield from _struck_findings(sheet, reader, file)


def _fault_finding(sheet: Sheet, fault: Fault, file: str) -> Finding:
    explanation, action = EXPLANATIONS[fault.rule]
    places = _places(sheet, [fault.cell])
    return Finding(fault.rule, Severity.BLOCKS, file, places, fault.stands, explanation, action)


def _far_away_finding(sheet: Sheet, cells: Sequence[SheetCell], file: str) -> Finding:
    said = (
        f"Заполненные ячейки (всего {len(cells)}) дальше строки {LAST_ROW} или столбца "
        f"{column_letters(LAST_COLUMN)} не читаются: в форме там ничего не бывает."
    )
    action = "Очистите эти ячейки или перенесите значения в строки формы."
    return Finding("workbook", Severity.BLOCKS, file, _places(sheet, cells), _shown(cells), said, action)


def _hidden_findings(sheet: Sheet, reader: SheetReader, file: str) -> Iterator[Finding]:
    for row in sheet.rows:
        if row.number in reader.hidden_rows:
            yield _hidden_finding(sheet, row.cells, f"Строка {row.number} скрыта, а в ней", file)
    in_columns = sorted(_in_hidden_columns(sheet, reader), key=attrgetter("column"))
    for column, cells in groupby(in_columns, key=attrgetter("column")):
        yield _hidden_finding(sheet, list(cells), f"Столбец {column_letters(column)} скрыт, а в нём", file)


def _struck_findings(sheet: Sheet, reader: SheetReader, file: str) -> Iterator[Finding]:
    """Yields one finding per row: whoever strikes out a row means all of it."""
    for _, row in groupby(sorted(reader.struck, key=attrgetter("row", "column")), key=attrgetter("row")):
        cells = list(row)
        said = "Значение зачёркнуто, но прочитано как обычное: зачёркивание ничего не отменяет."
        places = _places(sheet, cells)
        yield Finding("struck_out", Severity.ATTENTION, file, places, _shown(cells), said, STRUCK_OUT)


def _in_hidden_columns(sheet: Sheet, reader: SheetReader) -> list[SheetCell]:
    hidden = reader.hidden_columns
    return [cell for row in sheet.rows for cell in row.cells if cell.column in hidden] if hidden else []


def _hidden_finding(sheet: Sheet, cells: Sequence[SheetCell], what: str, file: str) -> Finding:
    said = f"{what} есть данные: их не видел тот, кто заполнял и проверял файл."
    action = "Покажите скрытое (или снимите фильтр), проверьте и оставьте или удалите."
    return Finding("hidden_data", Severity.BLOCKS, file, _places(sheet, cells), _shown(cells), said, action)


def _shown(cells: Sequence[SheetCell]) -> str:
    return "; ".join(str(cell.value) for cell in cells[:PLACES_NAMED] if cell.value is not None)


def _places(sheet: Sheet, cells: Sequence[SheetCell]) -> tuple[str, ...]:
    return tuple(sheet.place(cell.address) for cell in cells[:PLACES_NAMED])


# Recognises a returned workbook by its hidden identifiers, and its sheets by their headings, not by their names.

Row = Mapping[int, SheetCell]
MERGED_SAID = (
    "Ячейки {} объединены: значение стоит только в {}, а к каким ещё строкам оно относится и целиком ли, неизвестно."
)
SPLIT = (
    "Разъедините ячейки («Главная → Объединить и поместить в центре» ещё раз) и впишите в каждую строку её собственное "
    "значение."
)


@dataclass(frozen=True)
class MergedRows:
    """A value merged over rows.

    Attributes:
        area: As the spreadsheet shows it: E2:E4.
        cell: The one that holds the value.
        covered: Those below and beside it, without a value.
    """

    area: str
    cell: SheetCell
    covered: tuple[SheetCell, ...]


def merged_rows(sheet: Sheet) -> list[MergedRows]:
    """Returns the values of a sheet that are merged over several of its filled rows."""
    rows = {row.number: {cell.column: cell for cell in row.cells} for row in sheet.rows}
    found = []
    for area in sheet.merged:
        (top, left), (bottom, right) = map(position, area.split(":"))
        cell = rows.get(top, {}).get(left)
        below = [row for row in rows if top < row <= bottom]
        if cell is not None and below:
            columns = range(left, min(right, LAST_COLUMN) + 1)
            found.append(MergedRows(area, cell, tuple(SheetCell(None, row, one) for row in below for one in columns)))
    return found


def with_covered(grid: Iterable[Row], merged: Sequence[MergedRows]) -> list[dict[int, SheetCell]]:
    """Returns the rows with the covered cells added. These are not blank, but their values are unknown."""
    covered: dict[int, dict[int, SheetCell]] = {}
    for cell in (cell for one in merged for cell in one.covered):
        covered.setdefault(cell.row, {})[cell.column] = cell
    return [{**covered.get(next(iter(row.values())).row, {}), **row} for row in grid]


def merged_findings(sheet: Sheet, merged: Sequence[MergedRows], read: Container[SheetCell], file: str) -> list[Finding]:
    """Returns a finding for each merged value that covers cells of a form.

    Args:
        sheet: The sheet.
        merged: Its merged values.
        read: The cells that stand under a heading of the form.
        file: Its path relative to the project.
    """
    found = []
    for one in merged:
        if covered := [cell for cell in one.covered if cell in read]:
            places = tuple(sheet.place(cell.address) for cell in (one.cell, *covered))
            said = MERGED_SAID.format(one.area, one.cell.address)
            found.append(Finding("merged_cells", Severity.BLOCKS, file, places, read_text(one.cell.value), said, SPLIT))
    return found


LAYOUTS = {
    "form": (EXECUTION, EVIDENCE),
    "registry": (REGISTRY_SCHOOLS, REGISTRY_STATUS),
    "acceptance": (ACCEPTANCE,),
}


@dataclass(frozen=True)
class Identity:
    """What identifies a form. It is stored inside the workbook; the version says with which sheets it went out."""

    kind: str
    project: str
    calendar_year: int
    reporter: str
    version: str = field(default=FORM_VERSION, compare=False)


@dataclass(frozen=True)
class ReturnedRow:
    """One filled row of a sheet.

    Attributes:
        cells: Those that are not blank, by column name.
        place: The address of the row.
        columns: Letters of the columns of the sheet by name, so that a blank cell has an address too.
    """

    cells: Mapping[str, SheetCell]
    place: str
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Returned:
    """A returned workbook.

    Attributes:
        file: Its path relative to the project.
        identity: Whose it is.
        rows: Filled rows by the title of the sheet's layout; a sheet of school facts that is not there has no entry.
        findings: What was noticed while reading.
        texts: What stood in its cells when it came, by place: before recorded corrections.
        corrected: Findings about these corrections.
    """

    file: str
    identity: Identity
    rows: Mapping[str, tuple[ReturnedRow, ...]]
    findings: tuple[Finding, ...]
    texts: Mapping[str, str] = field(default_factory=dict)
    corrected: tuple[Finding, ...] = ()


def texts_of(workbook: Workbook) -> dict[str, str]:
    """Returns what stands in the cells of a workbook, by place."""
    return {
        sheet.place(cell.address): cell.value if isinstance(cell.value, str) else read_text(cell.value)
        for sheet in workbook.sheets
        for row in sheet.rows
        for cell in row.cells
    }


def is_returned(content: bytes, file: str) -> bool:
    """Whether the bytes are a workbook with the mark of our forms.

    Raises:
        AnalysisError: It is a workbook that cannot or must not be read.
    """
    if not content.startswith(b"PK"):
        return False
    package = open_package(content, file)
    with package.archive:
        return IDENTITY_SHEET in sheet_names(package)


def recognise(workbook: Workbook, file: str) -> Identity:
    """Returns whose workbook this is. The hidden identifiers decide, not the file name.

    Raises:
        AnalysisError: It is no form of this system, or one of another version.
    """
    sheet = next((sheet for sheet in workbook.sheets if sheet.name == IDENTITY_SHEET), None)
    found = {str(row[1].value): str(row[2].value) for row in _grid(sheet) if 1 in row and 2 in row} if sheet else {}
    if set(IDENTITY_KEYS) - set(found) or found["kind"] not in LAYOUTS or not found["calendar_year"].isdigit():
        raise AnalysisError(
            f"{file}: это не форма, разосланная этой программой: скрытых отметок в ней нет. {SEND_AGAIN}"
        )
    if found["version"] not in VERSIONS:
        said = f"форма версии {found['version']}, а эта программа знает версии {', '.join(VERSIONS)}"
        raise AnalysisError(f"{file}: {said}. {SEND_AGAIN}")
    year = int(found["calendar_year"])
    return Identity(found["kind"], found["project"], year, found["reporter"], found["version"])


def read_returned(workbook: Workbook, file: str) -> Returned:
    """Returns the filled rows of a workbook.

    Raises:
        AnalysisError: It is no form of this system.
    """
    identity = recognise(workbook, file)
    layouts: Sequence[FormSheet] = LAYOUTS[identity.kind]
    rows: dict[str, tuple[ReturnedRow, ...]] = {}
    everything = [_page(sheet) for sheet in workbook.sheets]
    pages = [page for page in everything if not _lists_faults(page)]
    ours = tuple(f"лист {page.sheet.name}, " for page in everything if page not in pages)
    findings = [one for one in workbook.findings if not (ours and one.place.startswith(ours))]
    optional = (OWN_MEASURES, *SCHOOL_SHEETS) if identity.kind == "form" else ()
    findings += [_foreign_sheet(page, file) for page in pages if _is_foreign(page, (*layouts, *optional), layouts)]
    for layout in (*layouts, *optional):
        found = _found(pages, layout)
        findings += _merged(pages, dict(found), file)
        findings += _others(found, layout, file)
        if not found and layout in layouts:
            findings.append(_missing_sheet(layout, file))
        if found or layout not in SCHOOL_SHEETS:
            rows[layout.title] = found[0][1] if found else ()
    return Returned(file, identity, rows, tuple(findings))


@dataclass(frozen=True)
class _Page:
    """A sheet, its rows that hold something, and what stands in them as headings are compared.

    Cells that lie under a value merged over several rows stand in the rows, too, without a value: nobody knows whether
    it is theirs.
    """

    sheet: Sheet
    grid: list[dict[int, SheetCell]]
    titles: list[dict[int, str]]
    merged: Sequence[MergedRows] = ()


def _page(sheet: Sheet) -> _Page:
    grid, merged = _grid(sheet), merged_rows(sheet)
    titles = [{position: plain(str(cell.value)).casefold() for position, cell in row.items()} for row in grid]
    return _Page(sheet, with_covered(grid, merged), titles, merged)


def _found(pages: Sequence[_Page], layout: FormSheet) -> list[tuple[str, tuple[ReturnedRow, ...]]]:
    """Yields each sheet that has the headings of a layout, whatever its name, with the filled rows under them."""
    found = []
    for page in pages:
        # The headings are repeated if a table was cut in two.
        heads = {at: columns for at, row in enumerate(page.titles) if (columns := _columns(row, layout))}
        if heads:
            first = min(heads)
            below = [row for at, row in enumerate(page.grid) if at > first and at not in heads]
            found.append((page.sheet.name, tuple(_filled_rows(page.sheet, below, heads[first]))))
    return found


def _lists_faults(page: _Page) -> bool:
    """Whether this is the first sheet of a marked copy that came back. Changes in it have no meaning."""
    return page.sheet.name == TO_MEND.title or any(_columns(row, TO_MEND) for row in page.titles)


def _is_foreign(page: _Page, known: Sequence[FormSheet], needed: Sequence[FormSheet]) -> bool:
    """Whether somebody added this sheet. A sheet that lost its headings is reported as missing if it is needed."""
    ours = page.sheet.hidden or page.sheet.name in (IDENTITY_SHEET, INSTRUCTIONS, *(one.title for one in needed))
    return bool(page.grid) and not ours and not any(_columns(row, one) for one in known for row in page.titles)


def _foreign_sheet(page: _Page, file: str) -> Finding:
    first = next(iter(page.grid[0].values()))
    said = f"Лист «{page.sheet.name}» не из формы (таких заголовков в ней нет): он не прочитан."
    action = "Если в нём есть сведения, перенесите их на листы формы; если нет, ничего делать не нужно."
    return Finding("foreign_sheet", Severity.ATTENTION, file, (page.sheet.place(first.address),), "", said, action)


def _merged(pages: Iterable[_Page], found: Mapping[str, Sequence[ReturnedRow]], file: str) -> Iterator[Finding]:
    """Values merged over several rows of the sheets of a layout."""
    for page in pages:
        read = {cell for row in found.get(page.sheet.name, ()) for cell in row.cells.values()}
        yield from merged_findings(page.sheet, page.merged, read, file)


def _others(found: Sequence[tuple[str, tuple[ReturnedRow, ...]]], layout: FormSheet, file: str) -> list[Finding]:
    """Returns a finding for each copy of a sheet with other values: it is unknown which one is meant."""
    said = f"Лист с заголовками листа «{layout.title}» в книге не один, и значения в них разные: прочитан первый."
    action = f"Оставьте в книге один лист «{layout.title}» и верните форму."
    return [
        Finding("pasted_twice", Severity.BLOCKS, file, (f"лист {name}",), "", said, action)
        for name, rows in found[1:]
        if _values(rows) != _values(found[0][1])
    ]


def _values(rows: Iterable[ReturnedRow]) -> list[dict[str, object]]:
    return [{name: cell.value for name, cell in row.cells.items()} for row in rows]


def _columns(row: Mapping[int, str], layout: FormSheet) -> dict[int, str] | None:
    if len(row) < len(layout.needed_columns):
        return None
    names = layout.by_heading
    found = {position: names[title] for position, title in row.items() if title in names}
    return found if layout.needed_columns <= set(found.values()) else None


def _filled_rows(
    sheet: Sheet, rows: Iterable[Mapping[int, SheetCell]], columns: Mapping[int, str]
) -> Iterable[ReturnedRow]:
    letters = {name: column_letters(position) for position, name in columns.items()}
    for row in rows:
        cells = {columns[position]: cell for position, cell in row.items() if position in columns}
        if cells:
            first = next(iter(row.values()))
            yield ReturnedRow(cells, f"лист {sheet.name}, строка {first.row}", letters)


def _grid(sheet: Sheet) -> list[dict[int, SheetCell]]:
    """The non-blank cells of a sheet by row, then by column."""
    return [{cell.column: cell for cell in row.cells} for row in sheet.rows if row.cells]


def form_sheet_of(headings: Container[str]) -> str:
    """Returns the sheet of a form that needs no other headings than these (in lower case); empty without one."""
    layouts = chain.from_iterable((*LAYOUTS.values(), (OWN_MEASURES, *SCHOOL_SHEETS)))
    return next((one.title for one in layouts if all(title in headings for title in one.needed_titles)), "")


def _missing_sheet(layout: FormSheet, file: str) -> Finding:
    said = f"В книге нет листа с заголовками: {', '.join(column.title for column in layout.columns)}."
    return Finding("workbook", Severity.BLOCKS, file, (f"лист {layout.title}",), "", said, SEND_AGAIN)
