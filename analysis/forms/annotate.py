"""Leaves a marked copy of each faulty workbook, its cells coloured and explained, ready to be sent back."""

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import openpyxl
import pandas as pd
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from analysis.contracts.facts import INSTRUCTIONS, SENT_BACK, TO_MEND
from analysis.contracts.findings import (
    ASK,
    ASK_SCHOOL,
    CHECK_NUMBER,
    LOOK,
    NAME_DOCUMENT,
    SEND_AGAIN,
    STRUCK_OUT,
    ZERO_OR_NOTHING,
    Finding,
    Severity,
)
from analysis.errors import AnalysisError
from analysis.files.storage import write_file_whole
from analysis.forms.collect import ENTRY_FILL, FIXED_FILL, TITLE_FILL, height_of

# The marks of a copy that goes back: a list of what is wrong, coloured cells and tabs, notes beside the cells.
#
# The workbook is our own form, so that nothing openpyxl does not know can get lost in it. A copy that is mended and
# sent back brings the marks of the last round with it; they are known, and are taken off before today's are put on.

# Between these lines of a note stands what we say; people may write before and behind.
AUTHOR, MARKER, END = "Проверка", "— Проверка —", "— конец проверки —"
MARK_FILL, TAB_COLOUR = "FECACA", "DC2626"
LINK_COLOUR, FONT = "1D4ED8", "Calibri"
COMMENT_WIDTH, COMMENT_HEIGHT = 360, 160
# How copies of earlier versions end what they say; they had no MARKER.
ENDED_WITH = "Исправьте и верните форму."
PLACE = re.compile(r"^лист (.+?)(?:, (?:ячейка ([A-Z]{1,3}\d+)|строка (\d+)))?$")
TABLE_ROW = 4
# Unpacked; a form with all its sheets is a hundred kilobytes.
MOST_BYTES = 10_000_000


@dataclass(frozen=True)
class Fault:
    """What is wrong in a workbook, as whoever filled it in is told.

    Attributes:
        places: Where, as findings name places («лист Кадры, ячейка C4»).
        value: What stands there.
        explanation: What is wrong with it.
        action: What to do.
        must: Whether it must be mended; the rest is to be looked at.
    """

    places: tuple[str, ...]
    value: str
    explanation: str
    action: str
    must: bool


@dataclass(frozen=True)
class _At:
    """A place in the workbook: the sheet, and its cell; none where the whole sheet is meant."""

    sheet: Worksheet
    cell: Cell | None


def marked_copy(content: bytes, faults: Sequence[Fault]) -> bytes | None:
    """Returns a workbook with the faults listed on its first sheet and marked where they are.

    Args:
        content: The workbook as it came.
        faults: What is wrong in it.

    Returns:
        The copy; None where no fault names a sheet of the workbook.

    Raises:
        AnalysisError: The workbook is too large to be copied.
    """
    was_marked = _was_marked(content)
    book = openpyxl.load_workbook(io.BytesIO(content))
    if was_marked:
        _take_marks_off(book)
    found = [(fault, [at for place in fault.places if (at := _at(book, place))]) for fault in faults]
    if not any(places for _, places in found):
        return None
    for fault, places in found:
        for at in places:
            _mark(at, fault)
    _list_faults(book, _in_reading_order(book, found))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _was_marked(content: bytes) -> bool:
    """Whether the styles of a workbook know our red: then marks of an earlier round may be in it.

    Raises:
        AnalysisError: A million rows that hold nothing but a format would take minutes and gigabytes.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = package.infolist()
        if sum(part.file_size for part in parts) > MOST_BYTES:
            raise AnalysisError("в книге слишком много пустых оформленных строк: перенесите значения в чистую форму")
        styles = (package.read(part) for part in parts if part.filename.casefold().endswith("styles.xml"))
        return any(MARK_FILL.encode() in one.upper() for one in styles)


# ── taking off ──


def _take_marks_off(book: Workbook) -> None:
    for sheet in book.worksheets:
        if sheet.title == TO_MEND.title or _is_list(sheet):
            book.remove(sheet)
            continue
        if _colour(sheet.sheet_properties.tabColor) == TAB_COLOUR:
            sheet.sheet_properties.tabColor = None
        # iter_rows would make a cell for every blank place on the way to a cell far away.
        for cell in [cell for cell in sheet._cells.values() if not isinstance(cell, MergedCell)]:
            if cell.comment:
                cell.comment = _of_people(cell.comment)
            if cell.fill.fill_type == "solid" and _colour(cell.fill.fgColor) == MARK_FILL:
                cell.fill = _own_fill(cell)


def _is_list(sheet: Worksheet) -> bool:
    titles = [column.title for column in TO_MEND.columns]
    return any(list(row[: len(titles)]) == titles for row in sheet.iter_rows(max_row=TABLE_ROW * 2, values_only=True))


def _colour(colour: object) -> str:
    """The six digits of a colour; empty where it is none of its own."""
    digits = getattr(colour, "rgb", None)
    return digits[-6:] if isinstance(digits, str) else ""


def _of_people(comment: Comment) -> Comment | None:
    """What people wrote in a note, without what we added; None where nothing is left."""
    people, marker, ours = comment.text.partition(MARKER)
    people += ours.partition(END)[2]
    if not marker and comment.author == AUTHOR:
        paragraphs = comment.text.split("\n\n")
        people = "\n\n".join(one for one in paragraphs if not one.endswith(ENDED_WITH))
    text = people.strip()
    return _comment(text, comment.author) if text else None


def _own_fill(cell: Cell) -> PatternFill:
    """The fill that the form gave to a cell: its font, border and lock say which."""
    if not cell.border.left.style:
        return PatternFill()
    return _solid(TITLE_FILL if cell.font.b else FIXED_FILL if cell.protection.locked else ENTRY_FILL)


# ── putting on ──


def _at(book: Workbook, place: str) -> _At | None:
    match = PLACE.match(place)
    if not match or match[1] not in book.sheetnames:
        return None
    sheet = book[match[1]]
    address = match[2] or (f"A{match[3]}" if match[3] else "")
    return _At(sheet, _upper_left(sheet, address) if address else None)


def _upper_left(sheet: Worksheet, address: str) -> Cell:
    """The cell of an address; of merged cells the one that shows what all of them hold."""
    cell = sheet[address]
    if not isinstance(cell, MergedCell):
        return cell
    merged = next(one for one in sheet.merged_cells.ranges if address in one)
    return sheet.cell(merged.min_row, merged.min_col)


def _mark(at: _At, fault: Fault) -> None:
    at.sheet.sheet_properties.tabColor = TAB_COLOUR
    if at.cell is None:
        return
    said = f"{fault.explanation}\n{fault.action}"
    before = at.cell.comment
    if before is None:
        at.cell.comment = _comment(f"{MARKER}\n{said}\n{END}", AUTHOR)
    elif MARKER not in before.text:
        at.cell.comment = _comment(f"{before.text}\n\n{MARKER}\n{said}\n{END}", before.author)
    elif said not in before.text:
        at.cell.comment = _comment(before.text.replace(END, f"\n{said}\n{END}"), before.author)
    at.cell.fill = _solid(MARK_FILL)


def _comment(text: str, author: str) -> Comment:
    return Comment(_writable(text), author, width=COMMENT_WIDTH, height=COMMENT_HEIGHT)


def _solid(colour: str) -> PatternFill:
    return PatternFill("solid", fgColor=colour)


def _writable(text: str) -> str:
    """The text without letters that a workbook cannot hold."""
    return str(ILLEGAL_CHARACTERS_RE.sub(" ", text))


# ── the first sheet ──


_Found = tuple[Fault, Sequence[_At]]


def _in_reading_order(book: Workbook, found: Sequence[_Found]) -> list[_Found]:
    """What must be mended first; then in the order of sheets and cells."""
    order = {sheet.title: number for number, sheet in enumerate(book.worksheets)}

    def key(one: _Found) -> tuple[bool, int, int, int]:
        fault, places = one
        if not places:
            return not fault.must, len(order), 0, 0
        at = places[0]
        return not fault.must, order[at.sheet.title], *((at.cell.row, at.cell.column) if at.cell else (0, 0))

    return sorted(found, key=key)


def _list_faults(book: Workbook, found: Sequence[_Found]) -> None:
    sheet = book.create_sheet(TO_MEND.title, 0)
    must = sum(fault.must for fault, _ in found)
    lines = (
        f"Что исправить. {_heading(book)}".strip(),
        f"Без исправления форму не примут: {must}. Остальные замечания: {len(found) - must}. Нажмите на адрес — "
        "откроется ячейка; она красная, и в её примечании сказано то же. Этот лист можно не удалять: при приёме он не "
        "читается.",
    )
    for row, line in enumerate(lines, start=1):
        sheet.cell(row, 1, line).font = Font(name=FONT, bold=row == 1, size=14 if row == 1 else 11)
    for (cell,) in sheet.iter_cols(max_col=len(TO_MEND.columns), max_row=1):
        cell.fill = _solid(MARK_FILL)  # by this red a copy is known that comes back
    for position, column in enumerate(TO_MEND.columns, start=1):
        sheet.column_dimensions[openpyxl.utils.get_column_letter(position)].width = column.width
        title = sheet.cell(TABLE_ROW, position, column.title)
        title.font, title.fill = Font(name=FONT, bold=True), _solid(TITLE_FILL)
    for number, (fault, places) in enumerate(found, start=1):
        _write_fault(sheet, TABLE_ROW + number, number, fault, places)
    sheet.freeze_panes = f"A{TABLE_ROW + 1}"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
    sheet.sheet_properties.tabColor = TAB_COLOUR
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet
    book.active = sheet


def _heading(book: Workbook) -> str:
    """Whose form it is: the first line of its instructions."""
    return str(book[INSTRUCTIONS]["A1"].value or "") if INSTRUCTIONS in book.sheetnames else ""


def _write_fault(sheet: Worksheet, row: int, number: int, fault: Fault, places: Sequence[_At]) -> None:
    first = places[0] if places else None
    named = [place.removeprefix("лист ").partition(",")[0] for place in fault.places if place.startswith("лист ")]
    nowhere = "листа в книге нет" if named else "вся книга"
    texts = (
        first.sheet.title if first else ", ".join(named),
        ", ".join(dict.fromkeys(at.cell.coordinate for at in places if at.cell)) or "весь лист" if first else nowhere,
        fault.value,
        fault.explanation,
        fault.action,
    )
    sheet.cell(row, 1, number).alignment = Alignment(horizontal="left", vertical="top")
    for position, text in enumerate(texts, start=2):
        cell = sheet.cell(row, position)
        cell.value, cell.data_type = _writable(text), "s"  # a text that begins with «=» is no formula
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    widths = [column.width for column in TO_MEND.columns[1:]]
    sheet.row_dimensions[row].height = height_of(list(zip(texts, widths, strict=True)))
    if first:
        target = f"{quote_sheetname(first.sheet.title)}!{first.cell.coordinate if first.cell else 'A1'}"
        link = sheet.cell(row, 3)
        link.hyperlink = Hyperlink(ref=link.coordinate, location=target)
        link.font = Font(name=FONT, color=LINK_COLOUR, underline="single")


# Leaves a copy of each faulty workbook with its cells marked and explained, ready to be sent back.

MEND = "Исправьте и верните форму."
# What the office is told to do, as it is said to whoever filled the form in.
SAID_TO_REPORTER = {
    "": MEND,
    ASK: MEND,
    ASK_SCHOOL: f"{MEND} Пока строка не исправлена, в отчёт она не входит.",
    NAME_DOCUMENT: "Факт не меняйте: впишите документ на лист «Подтверждения» с номером показателя и верните форму.",
    CHECK_NUMBER: "Верните в строку номер, который стоял в разосланной форме, и верните форму.",
    ZERO_OR_NOTHING: "Не сделано ничего — впишите 0, сделано — число. Верните форму.",
    LOOK: "Проверьте; если число верно, ничего делать не нужно.",
    SEND_AGAIN: "Попросите форму заново, перенесите в неё значения и верните.",
    STRUCK_OUT: "Отменённое значение удалите, верное оставьте без зачёркивания. Верните форму.",
}
# What another reporter said, which day the form came and what the office has recorded is no business of theirs.
NOT_FOR_REPORTER = ("confirmation", "late", "correction", "executor_name", "merged_school")
# Where else the office has seen something: a school is shown no file but its own.
OF_OTHER_FILES = re.compile(r" \([^()]*data/raw/[^()]*\)")


@dataclass(frozen=True)
class Annotated:
    """The copies that go back.

    Attributes:
        written: Files that were written.
        failed: Workbooks that could not be marked, each with the reason.
        left: Copies of an earlier run to which today no workbook with faults belongs.
    """

    written: tuple[Path, ...]
    failed: tuple[tuple[str, str], ...]
    left: tuple[Path, ...]

    def told(self, root: Path) -> list[str]:
        """What is said of the copies, a line each; paths from the folder of the project."""
        not_made = "Копию с пометками сделать не удалось, замечания — в списке"
        return [
            *(f"С пометками: {path.relative_to(root).as_posix()}" for path in self.written),
            *(f"{not_made}: {file} ({why})" for file, why in self.failed),
            *(f"Осталась с прошлого раза, больше не нужна: {path.relative_to(root).as_posix()}" for path in self.left),
        ]


def annotate(root: Path, findings: Sequence[Finding], returned: Iterable[str], folder: Path) -> Annotated:
    """Writes a marked copy of every workbook that has findings about its sheets; one bad file stops no other.

    Args:
        root: The project.
        findings: All findings of the check.
        returned: The workbooks of ours among the received files; nobody can send an export back.
        folder: Where the copies go, each into a folder of its year.
    """
    written, failed, ours = [], [], set(returned)
    for file, faults in _faults(one for one in findings if one.file in ours).items():
        try:
            content = marked_copy((root / file).read_bytes(), faults)
        except Exception as error:  # noqa: BLE001 - whatever a library says of one workbook, the others get their copies
            known = isinstance(error, AnalysisError)
            failed.append((file, str(error) if known else f"{type(error).__name__}: {error}"))
            continue
        if content is not None:
            copy = folder / PurePosixPath(file).parent.name / PurePosixPath(file).name  # one name may come every year
            copy.parent.mkdir(parents=True, exist_ok=True)
            write_file_whole(copy, content)
            written.append(copy)
    left = sorted(set(folder.glob("*/[!~]*.xlsx")) - set(written))
    return Annotated(tuple(written), tuple(failed), tuple(left))


def _faults(findings: Iterable[Finding]) -> dict[str, list[Fault]]:
    """What is wrong in each workbook, in the words for whoever filled it in."""
    by_file: dict[str, list[Fault]] = defaultdict(list)
    for one in findings:
        if one.severity is not Severity.NOTE and one.rule not in NOT_FOR_REPORTER:
            action = SAID_TO_REPORTER.get(one.action, one.action)
            must = one.severity is Severity.BLOCKS
            said = OF_OTHER_FILES.sub("", one.explanation)
            by_file[one.file].append(Fault(one.places, one.value, said, action, must))
    return by_file


def sent_back(tables: Mapping[str, pd.DataFrame]) -> list[Finding]:
    """Returns a finding for each piece of evidence that the office has sent back, with the reason it gave.

    Nobody but its reporter has to mend it, so it stands in the marked copy and in no list of findings.

    Args:
        tables: Tables of the check; while the roadmap is blocked they hold no evidence.
    """
    if not {"evidence", "acceptance"} <= tables.keys():
        return []
    verdicts, evidence = tables["acceptance"], tables["evidence"]
    reasons = verdicts[verdicts["verdict"] == SENT_BACK].set_index("evidence_id")["reason"]
    found = evidence[evidence["evidence_id"].isin(reasons.index)]
    return [
        Finding("acceptance", Severity.ATTENTION, file, (place,), "", f"Подтверждение возвращено: {reasons[key]}", "")
        for file, place, key in zip(found["source_file"], found["place"], found["evidence_id"], strict=True)
    ]
