"""Recognises an export by its content, not by the name of its file, and reads it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Generic, TypeVar

from analysis.contracts.findings import SEND_AGAIN
from analysis.errors import AnalysisError
from analysis.intake.exports import pupil_layouts, school_layouts
from analysis.intake.exports.cells import ExamCounts, GridSheet, Line, text_of
from analysis.intake.exports.grid import open_grid
from analysis.intake.exports.headings import PRIMARY_SCORES, headings, names_primary_scores
from analysis.intake.exports.pupils import Block, HiddenHere, counts_of_blocks, hidden_sheets_remark, with_remark
from analysis.intake.returns import form_sheet_of
from analysis.intake.workbook_package import OLE2, SAVE_AS_XLSX
from analysis.rules.exam_calendar import Vocabulary

# Room for titles, notes and a line a school above the headings. Headings further down are not looked for.
LINES_LOOKED_AT = 1000
Read = TypeVar("Read", Block, ExamCounts)
NAMES_OF_PUPILS = frozenset({"фамилия", "имя", "отчество", "фио", "фио участника", "код участника"})


@dataclass(frozen=True)
class Export:
    """An export that was read.

    Attributes:
        layout: What it is, in words.
        has_pupils: It has a row per pupil: nothing of it may be kept but the counts.
        counts: A row for each school and exam.
    """

    layout: str
    has_pupils: bool
    counts: tuple[ExamCounts, ...]


@dataclass(frozen=True)
class _Layout(Generic[Read]):
    """A layout: what it is called, how it is told, and what reads it into blocks of pupils or rows of schools."""

    title: str
    is_this: Callable[[Sequence[Line]], bool]
    read: Callable[[str, Iterator[Line], Vocabulary], list[Read]]


@dataclass(frozen=True)
class _ReadSheet:
    """What a sheet gave: blocks of pupils, rows of schools, or neither.

    Attributes:
        number: Among the sheets of the file, from 1.
        hidden: What nobody sees in it.
        title: The layout by which it was read; empty where there is none.
        what_it_is: What it is known for where it is no export of results, and what to do.
        blocks: Exams and schools of a sheet with a row per pupil.
        counts: Rows of a sheet with a row per school.
        unknown: It holds something, and was not read.
        hidden_tab: It was not read because nobody sees its tab.
    """

    number: int
    hidden: HiddenHere
    title: str
    what_it_is: str = ""
    blocks: Sequence[Block] = ()
    counts: Sequence[ExamCounts] = ()
    unknown: bool = False
    hidden_tab: bool = False


PUPIL_LAYOUTS = (
    _Layout(pupil_layouts.PROTOCOL, pupil_layouts.is_protocol, pupil_layouts.read_protocol),
    _Layout(pupil_layouts.INDIVIDUAL_RESULTS, pupil_layouts.is_individual, pupil_layouts.read_individual),
)
SCHOOL_LAYOUTS = (
    _Layout(school_layouts.MARK_STATISTICS, school_layouts.is_statistics, school_layouts.read_statistics),
    _Layout(school_layouts.REGIONAL_SUMMARY, school_layouts.is_summary, school_layouts.read_summary),
)
LOOKED_FOR = "; ".join(
    (
        pupil_layouts.LOOKED_FOR_IN_PROTOCOL,
        pupil_layouts.LOOKED_FOR_IN_RESULTS,
        school_layouts.LOOKED_FOR_IN_STATISTICS,
        school_layouts.LOOKED_FOR_IN_SUMMARY,
    )
)


def read_export(content: bytes, file: str, vocabulary: Vocabulary) -> Export:
    """Returns what an export says of each school and exam.

    Args:
        content: The bytes of the file.
        file: Its name or path, for messages.
        vocabulary: Subjects and minimum scores.

    Raises:
        AnalysisError: It is no export that is known, or one that cannot be read; the message quotes no cell.
    """
    sheets = [_read_sheet(sheet, content, file, vocabulary) for sheet in open_grid(content, file)]
    blocks = [one for sheet in sheets for one in sheet.blocks]
    counts = [one for sheet in sheets for one in sheet.counts]
    titles = [sheet.title for sheet in sheets if sheet.title]
    told = next((sheet.what_it_is for sheet in sheets if sheet.what_it_is), "")
    if told and not blocks:
        raise AnalysisError(f"{file}: {told}")
    _refuse_unknown(file, titles, [sheet.number for sheet in sheets if sheet.unknown], has_pupils=bool(blocks))
    if blocks and counts:
        raise AnalysisError(f"{file}: в книге и строки учеников, и сводка по школам: разделите её на два файла.")
    rows = tuple(_remarked(one, sheets) for one in (*counts_of_blocks(blocks), *counts))
    if not rows:
        raise AnalysisError(f"{file}: {titles[0]}: под заголовками нет ни одной строки школы.")
    return Export(titles[0], bool(blocks), rows)


def _read_sheet(sheet: GridSheet, content: bytes, file: str, vocabulary: Vocabulary) -> _ReadSheet:
    hidden = HiddenHere(_place(sheet, named=False))
    watched = hidden.watched(sheet)
    head = list(islice(watched, LINES_LOOKED_AT))
    lines = chain(head, watched)
    names_pupils = any(not NAMES_OF_PUPILS.isdisjoint(headings(line).values()) for line in head)
    pupils = next((layout for layout in PUPIL_LAYOUTS if layout.is_this(head)), None)
    schools = next((layout for layout in SCHOOL_LAYOUTS if layout.is_this(head)), None)
    if not sheet.hidden and pupils is not None:
        blocks = pupils.read(hidden.sheet, lines, vocabulary)
        hidden.doubt_pupils(blocks)
        return _ReadSheet(sheet.number, hidden, pupils.title, blocks=blocks)
    if not sheet.hidden and schools is not None and not names_pupils:
        hidden.sheet = _place(sheet, named=True)
        counts = list(map(hidden.doubted, _rows_of_schools(schools, hidden.sheet, lines, vocabulary, file)))
        return _ReadSheet(sheet.number, hidden, schools.title, counts=counts)
    told = _what_it_is(head, content, _place(sheet, named=False))
    return _ReadSheet(sheet.number, hidden, "", told, unknown=bool(head), hidden_tab=bool(head and sheet.hidden))


def _remarked(one: ExamCounts, sheets: Sequence[_ReadSheet]) -> ExamCounts:
    for sheet in sheets:
        one = sheet.hidden.remarked(one)
    hidden_sheets = [sheet.number for sheet in sheets if sheet.hidden_tab]
    return with_remark(one, hidden_sheets_remark(hidden_sheets)) if hidden_sheets else one


def _refuse_unknown(file: str, titles: Sequence[str], unknown: Sequence[int], has_pupils: bool) -> None:
    if not titles:
        raise AnalysisError(f"{file}: выгрузка не опознана. Искали: {LOOKED_FOR}.")
    if unknown and not has_pupils:
        # The whole file would be copied into the project, and it is unknown what these sheets hold.
        raise AnalysisError(
            f"{file}: листы № {', '.join(map(str, unknown))} скрыты или не опознаны. Удалите их: в проект попадает "
            "только то, что опознано, чтобы с ним не попали сведения об учениках."
        )


def _rows_of_schools(
    layout: _Layout[ExamCounts], place: str, lines: Iterator[Line], vocabulary: Vocabulary, file: str
) -> list[ExamCounts]:
    try:
        return layout.read(place, lines, vocabulary)
    except school_layouts.OtherUnitError as error:
        raise AnalysisError(f"{file}: {place}{error}.") from None


def _what_it_is(lines: Sequence[Line], content: bytes, place: str) -> str:
    """Names a sheet that is known and no export of results, and says what to do; empty for any other sheet."""
    if names_primary_scores(lines):
        return f"{place}{PRIMARY_SCORES}."
    rows = ({text_of(value).casefold() for value in line.cells.values()} for line in lines)
    sheet = next(filter(None, map(form_sheet_of, rows)), "")
    if not sheet:
        return ""
    if content.startswith(OLE2):
        return f"это форма (лист «{sheet}»), сохранённая в старом формате .xls. {SAVE_AS_XLSX}"
    return f"это форма (лист «{sheet}»), но скрытых отметок в ней нет: чья она, узнать нельзя. {SEND_AGAIN}"


def _place(sheet: GridSheet, named: bool) -> str:
    """What stands before a row in an address; a tab of a file with pupils is told by its number alone."""
    if not sheet.name:
        return ""
    return f"лист {sheet.name}, " if named else f"лист {sheet.number}, "
