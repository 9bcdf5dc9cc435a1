"""Reads what stands above the table: who approved, when, the title and the period."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from analysis.findings import Finding, Severity
from analysis.intake.blocks import Block, Cell, plain

APPROVAL_MARK = re.compile(r"^утвержд(аю|ено|ена|ен)\b", re.IGNORECASE)
MONTHS = "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря"
DATE = re.compile(rf"«?\s*\d{{1,2}}\s*»?\s*(?:{MONTHS})\s*\d{{4}}|\d{{1,2}}\.\d{{1,2}}\.\d{{4}}", re.IGNORECASE)
NAME = re.compile(
    r"(?:[А-ЯЁ]\.\s?){2}[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?|[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?\s(?:[А-ЯЁ]\.\s?){2}"
)
SIGNATURE_LINE = re.compile(r"_+")
CONVERSION_MARKS = re.compile(r"^\*\*|\*\*$")
FIELD_NAMES = {
    "approver_position": "должность утвердившего",
    "approver_name": "имя утвердившего",
    "approved_date": "дата утверждения",
    "title": "название документа",
}
# Without a date and a title nobody can say which document this is; a missing name is only worth a look.
NEEDED_FIELDS = ("approved_date", "title")


@dataclass(frozen=True)
class Heading:
    """The heading of the document.

    Attributes:
        values: Text of each of FIELD_NAMES; empty where it was not found.
        places: Address of each.
        used: Each cell that was read, with the role it plays.
        findings: What was not found, what was removed.
    """

    values: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    used: tuple[tuple[Cell, str], ...] = ()
    findings: tuple[Finding, ...] = ()


def read_heading(blocks: Sequence[Block], file: str) -> Heading:
    """Returns the heading from the blocks above the table's header.

    The order is that of official documents: the mark of approval, the position and the name of who approved,
    the date; all that follows is the title.
    """
    cells = [cell for block in blocks for cell in block.filled]
    roles = _roles(cells)
    parts: dict[str, list[Cell]] = {name: [] for name in FIELD_NAMES}
    for cell, role in zip(cells, roles, strict=True):
        for name in role.split("+"):
            if name in parts:
                parts[name].append(cell)
    values = {name: _value(name, found) for name, found in parts.items()}
    places = {name: "; ".join(cell.place for cell in found) for name, found in parts.items()}
    findings = [*_missing(values, file), *_removed_marks(parts["title"], file), *_unread(cells, roles, file)]
    return Heading(values, places, tuple(zip(cells, roles, strict=True)), tuple(findings))


def _roles(cells: Sequence[Cell]) -> list[str]:
    """The role of each cell; a cell that holds several parts gets them joined by «+»."""
    roles: list[str] = []
    approved = dated = False
    for cell in cells:
        text = plain(cell.text)
        found = []
        if dated:
            found.append("title")
        elif APPROVAL_MARK.match(text) or approved:
            found = _approval_parts(text)
            approved = True
            dated = "approved_date" in found
        roles.append("+".join(found) or "unread")
    return roles


def _approval_parts(text: str) -> list[str]:
    found = ["approval_mark"] if APPROVAL_MARK.match(text) else []
    rest = APPROVAL_MARK.sub("", text)
    for name, pattern in (("approved_date", DATE), ("approver_name", NAME)):
        if pattern.search(rest):
            found.append(name)
            rest = pattern.sub("", rest)
    if any(letter.isalpha() for letter in rest.replace("г.", "")):
        found.append("approver_position")
    return found


def _value(name: str, cells: Sequence[Cell]) -> str:
    text = " ".join(plain(cell.text) for cell in cells)
    if name == "title":
        return plain(CONVERSION_MARKS.sub("", text))
    if name in ("approved_date", "approver_name"):
        match = (DATE if name == "approved_date" else NAME).search(text)
        return plain(match.group()) if match else ""
    text = SIGNATURE_LINE.sub(" ", NAME.sub(" ", DATE.sub(" ", APPROVAL_MARK.sub("", text))))
    return plain(text).strip(" :,")


def _missing(values: dict[str, str], file: str) -> list[Finding]:
    return [
        Finding(
            "heading",
            Severity.BLOCKS if name in NEEDED_FIELDS else Severity.ATTENTION,
            file,
            ("над таблицей",),
            "",
            f"Не найдено: {FIELD_NAMES[name]}. Порядок заголовка: «Утверждаю», должность, имя, дата, название.",
            "Проверьте начало документа; если в нём этого нет, получите полный документ.",
        )
        for name, value in values.items()
        if not value
    ]


def _removed_marks(title: Sequence[Cell], file: str) -> list[Finding]:
    marked = tuple(cell.place for cell in title if CONVERSION_MARKS.search(plain(cell.text)))
    if not marked:
        return []
    return [
        Finding(
            "marks_around_title",
            Severity.NOTE,
            file,
            marked,
            " ".join(plain(cell.text) for cell in title),
            "Знаки ** вокруг названия — след преобразования документа; вокруг заголовка они убраны.",
            "Ничего: полученный файл не изменён.",
        )
    ]


def _unread(cells: Sequence[Cell], roles: Sequence[str], file: str) -> list[Finding]:
    return [unread_text(cell, file) for cell, role in zip(cells, roles, strict=True) if role == "unread"]


def unread_text(cell: Cell, file: str) -> Finding:
    """The finding for a text that belongs to no table of the project."""
    return Finding(
        "unread_text",
        Severity.ATTENTION,
        file,
        (cell.place,),
        plain(cell.text),
        "Этот текст — не заголовок, не задача и не мероприятие; он не вошёл ни в одну таблицу.",
        "Проверьте, не потерялась ли здесь строка таблицы.",
    )
