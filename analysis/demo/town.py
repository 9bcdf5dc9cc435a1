"""The invented town as data: its roadmap, also as a Word document, schools, decisions, and what came back."""

import hashlib
import io
import tomllib
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from xml.sax.saxutils import escape

from analysis.forms.collect import Given
from analysis.rules.config import INVENTED, quoted

# The invented town as data: its roadmap, schools, decisions, and what came back from whom.

HERE = Path(__file__).parent
ROADMAP = "data/raw/roadmap.docx"
ORDINARY_KIND, UNSUPPORTED = "школа", "нет"
SUPPORTED, ORDINARY, CHOSEN = "supported", "ordinary", "chosen"


@dataclass(frozen=True)
class Planted:
    """A mistake that was planted, or a habit that must not disturb.

    Attributes:
        what: What it is, in Russian.
        sheet: Title of the sheet's layout; empty for the whole file.
        row: A measure of «Исполнение», the words that the office wrote into a row, or the position of a line.
        column: Name of the column.
        rule: Rule of the finding it must give; empty where the value must be read right in spite of it.
    """

    what: str
    sheet: str
    row: str
    column: str
    rule: str


@dataclass(frozen=True)
class Return:
    """A form as it came back.

    Attributes:
        year: Calendar year of the form.
        reporter: Who filled it in.
        received: The day it came.
        facts: Measure, fact, date, note.
        evidence: Measure, kind, number, date, link, confirmed count, and what the office decided about it.
        own: Own measures of a school: measure, planned, done, date.
        planted: What is out of order.
        renamed: New names of sheets.
        reversed: Whether the rows of «Исполнение» stand in the opposite order.
        blank_row: Before which row a blank one was put in; 0 for none.
        added: Rows that were added below «Исполнение».
    """

    year: int
    reporter: str
    received: date
    facts: Sequence[Sequence[Given]] = ()
    evidence: Sequence[Sequence[Given]] = ()
    own: Sequence[Sequence[Given]] = ()
    planted: Sequence[Planted] = ()
    renamed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    reversed: bool = False
    blank_row: int = 0
    added: Sequence[Sequence[Given]] = ()


@dataclass(frozen=True)
class School:
    """A school of the town, with its status in each school year."""

    number: int
    kind: str
    pupils: int | str
    statuses: Mapping[str, str]

    @property
    def login(self) -> str:
        """Its login."""
        return f"edu{990000 + self.number}"

    @property
    def name(self) -> str:
        """Its short name."""
        return f"{self.kind.capitalize()} № {self.number}"

    @property
    def sort(self) -> str:
        """Which shares of facts.toml are its own: supported, chosen (lyceum and gymnasium) or ordinary."""
        if set(self.statuses.values()) != {UNSUPPORTED}:
            return SUPPORTED
        return ORDINARY if self.kind == ORDINARY_KIND else CHOSEN


@cache
def town() -> Mapping[str, Any]:
    """Returns what is decided about the town: town.toml."""
    return MappingProxyType(read("town.toml"))


@cache
def parameters() -> Mapping[str, Any]:
    """Returns what the school facts are made from: facts.toml."""
    return MappingProxyType(read("facts.toml"))


@cache
def schools() -> tuple[School, ...]:
    """Returns the schools of the town in the order of their numbers."""
    described = town()["schools"]
    years = described["school_years"]
    kinds = dict.fromkeys(described["lyceum"], "лицей") | dict.fromkeys(described["gymnasium"], "гимназия")
    found = []
    for number, pupils in enumerate(described["pupils"], start=1):
        status = described["status"].get(str(number), [UNSUPPORTED] * len(years))
        found.append(School(number, kinds.get(number, ORDINARY_KIND), pupils, dict(zip(years, status, strict=True))))
    return tuple(found)


def returns() -> list[Return]:
    """Returns the forms that came back, by years; of one reporter and year the later replaces the earlier."""
    content = read("returns.toml")
    filled = [_return(entry) for entry in content["return"]]
    own = content["own"]
    others = [
        Return(int(year), school.login, received, own=own.get(year, {}).get(school.login, ()))
        for year, received in content["others_received"].items()
        for school in schools()
        if school.sort != SUPPORTED
    ]
    return sorted([*filled, *others], key=lambda form: form.year)


def _return(entry: Mapping[str, Any]) -> Return:
    return Return(**{**entry, "planted": [Planted(*mark) for mark in entry.get("planted", [])]})


def read(name: str) -> dict[str, Any]:
    """Returns a file of this room."""
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


# Writes a roadmap as a Word document in the office's form, with the same bytes every time.

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DOCUMENT = "word/document.xml"
# The others are the same whatever the document says: they lie in word_parts.
PARTS = ("[Content_Types].xml", "_rels/.rels", DOCUMENT, "word/_rels/document.xml.rels", "word/styles.xml")
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# The earliest moment that a zip archive can hold.
NO_TIME = (1980, 1, 1, 0, 0, 0)
# In twentieths of a point; together the width of a landscape A4 page between its margins.
WIDTHS = (800, 4000, 2700, 1500, 1250, 1250, 1250, 1950)
BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
PAGE = (
    '<w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>'
    '<w:pgMar w:top="1134" w:right="1000" w:bottom="1134" w:left="1134" w:header="600" w:footer="600" w:gutter="0"/>'
    "</w:sectPr>"
)
Activities = Sequence[Sequence[str]]


def roadmap_document(
    heading: Sequence[str], years: Sequence[int], tasks: Iterable[tuple[str, str, Activities]]
) -> bytes:
    """Returns a .docx: the heading, then one table with merged header cells, task rows and activity rows.

    Args:
        heading: Its lines; the last is the title.
        years: The years of the table.
        tasks: Code, title and activities of each task; eight texts an activity.
    """
    rows = [*_header(years), *(row for task in tasks for row in _task_rows(*task))]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in WIDTHS)
    table = f"<w:tbl><w:tblPr><w:tblBorders>{BORDERS}</w:tblBorders></w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
    approval = "".join(_paragraph(line, "right") for line in heading[:-1])
    body = f"{approval}{_paragraph()}{_paragraph(heading[-1], 'center')}{table}{''.join(rows)}</w:tbl>{PAGE}"
    return _package(f'{DECLARATION}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>')


def _header(years: Sequence[int]) -> list[str]:
    upper = [
        _cell("№ п/п", 0, merge="restart"),
        _cell("Наименование задачи/мероприятия", 1, merge="restart"),
        _cell("Результат выполнения мероприятия", 2, span=2),
        _cell("Срок реализации, годы", 4, span=len(years)),
        _cell("Исполнитель и соисполнители мероприятия", 7, merge="restart"),
    ]
    names = ("наименование", "плановое значение", *(f"{year} г." for year in years))
    first, second, last = (_cell("", position, merge="continue") for position in (0, 1, 7))
    lower = [first, second, *(_cell(name, position) for position, name in enumerate(names, start=2)), last]
    numbers = [_cell(str(position + 1), position) for position in range(len(WIDTHS))]
    return [_row(cells, repeated=True) for cells in (upper, lower, numbers)]


def _task_rows(code: str, title: str, activities: Activities) -> list[str]:
    heading = _row([_cell(code, 0), _cell(title, 1, span=len(WIDTHS) - 1)])
    return [heading, *(_row([_cell(text, place) for place, text in enumerate(texts)]) for texts in activities)]


def _row(cells: Sequence[str], repeated: bool = False) -> str:
    again = "<w:tblHeader/>" if repeated else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{again}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(text: str, position: int, span: int = 1, merge: str = "") -> str:
    width = sum(WIDTHS[position : position + span])
    wide = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    merged = f'<w:vMerge w:val="{merge}"/>' if merge else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{wide}{merged}</w:tcPr>{_paragraph(text)}</w:tc>'


def _paragraph(text: str = "", side: str = "left") -> str:
    run = f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""
    return f'<w:p><w:pPr><w:jc w:val="{side}"/></w:pPr>{run}</w:p>'


def _package(document: str) -> bytes:
    """A zip without times and without compression, whose bytes depend on nothing but the parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as package:
        for name in PARTS:
            entry = zipfile.ZipInfo(name, NO_TIME)
            entry.create_system = 3
            text = document if name == DOCUMENT else (HERE / "word_parts" / name).read_text(encoding="utf-8")
            package.writestr(entry, text.encode())
    return buffer.getvalue()


ORIGIN = "Придумано, чтобы показать программу"
LICENCE = "Вымышленный документ; публикуется без ограничений"


@dataclass(frozen=True)
class Filed:
    """A received file.

    Attributes:
        file: Its path inside the project.
        title: What it is.
        kind: One of config.SOURCE_KINDS.
        received: The day it came.
        content: Its bytes.
        more: Further keys of its entry; those without a value are left out.
    """

    file: str
    title: str
    kind: str
    received: date
    content: bytes
    more: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def sources_text(filed: Iterable[Filed]) -> str:
    """Returns SOURCES.toml."""
    return "\n".join([f"# {INVENTED}.", "", *map(_entry, filed)])


def _entry(filed: Filed) -> str:
    values: dict[str, str | date] = {
        "file": filed.file,
        "title": f"{filed.title.removesuffix(f' ({INVENTED.lower()})').rstrip('.')}. {INVENTED}",
        "origin": ORIGIN,
        "received": filed.received,
        "sha256": hashlib.sha256(filed.content).hexdigest(),
        "licence": LICENCE,
        "kind": filed.kind,
        **{name: value for name, value in filed.more.items() if value},
    }
    return "\n".join(["[[source]]", *(f"{name} = {_value(value)}" for name, value in values.items()), ""])


def _value(value: str | date) -> str:
    return quoted(value) if isinstance(value, str) else value.isoformat()
