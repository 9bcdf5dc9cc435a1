"""Recognises a returned workbook by its hidden identifiers, and its sheets by their headings, not by their names."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

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
from analysis.contracts.findings import SEND_AGAIN, Finding, Severity, column_letters
from analysis.errors import AnalysisError
from analysis.intake.cells import plain, read_text
from analysis.intake.workbook import Sheet, SheetCell, Workbook
from analysis.intake.workbook_package import open_package, sheet_names
from analysis.intake.workbook_sheet import LAST_COLUMN, position

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
    """

    file: str
    identity: Identity
    rows: Mapping[str, tuple[ReturnedRow, ...]]
    findings: tuple[Finding, ...]
    texts: Mapping[str, str] = field(default_factory=dict)


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
