"""Reads the heading above the table: who approved the document, when, its title and its period."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from analysis.contracts.findings import Finding, Severity
from analysis.intake.cells import MONTH_OF_DATE, Block, Cell, plain

APPROVAL_MARK = re.compile(r"^[«\"]?утвержд(?:аю|[её]н[аоы]?)\b[»\"]?", re.IGNORECASE)
# An annex of an order is approved by the order; read so only where nothing else says who approved.
ANNEX_MARK = re.compile(r"^\(?приложение\b", re.IGNORECASE)
ANNEX_OF = re.compile(r"^\(?приложение\b.*?\bк\s+(приказ|постановлени|распоряжени|решени)[ую]\b", re.IGNORECASE)
INSTRUMENTAL = {"приказ": "приказом"}
# Blocks beside or below the approval, with a position, a name and a date of their own.
OTHER_MARK = re.compile(r"^[«\"]?(?:согласован|рассмотрен|принят)[аоы]?\b", re.IGNORECASE)
# Where nothing says who approved, the title begins with one of these.
TITLE_WORDS = re.compile(r"^[«\"]?(?:план|дорожная карта|комплекс|программа|перечень|мероприятия)\b", re.IGNORECASE)
# Headings of prose between the title and the table.
TITLE_ENDS = re.compile(r"^(?:цел[ьи]|задачи|основани[ея]|исполнители|пояснительная записка|общие положения)\b", re.I)
# A document that approves stands where a position would.
ORDER = re.compile(r"приказ|постановлен|распоряжен|решени", re.IGNORECASE)
ORDER_NUMBER = re.compile(r"^№\s*\S+$")
DATE = re.compile(
    rf"«?\s*[0-9]{{1,2}}\s*»?\s*(?:{MONTH_OF_DATE})\s*[0-9]{{4}}|[0-9]{{1,2}}\.[0-9]{{1,2}}\.[0-9]{{4}}", re.IGNORECASE
)
DATE_WITH_WORD = re.compile(rf"(?:{DATE.pattern})(?:\s*(?:года?\b|г\.))?", re.IGNORECASE)
SURNAME, INITIALS = r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?", r"(?:[А-ЯЁ]\.\s?){2}"
# Initials before the surname first: in «города Светлого А.Б. Ветрова» the town is no surname.
NAMES = (re.compile(INITIALS + SURNAME), re.compile(rf"{SURNAME}\s{INITIALS}"))
SIGNATURE_LINE = re.compile(r"_+|\(подпись\)|\bМ\.\s?П\.", re.IGNORECASE)
NOTHING_TO_DO = "Ничего: полученный файл не изменён."
CONVERSION_MARK = "**"
FIELD_NAMES = {
    "approver_position": "должность утвердившего",
    "approver_name": "имя утвердившего",
    "approved_date": "дата утверждения",
    "title": "название документа",
}
# What people may state in project.toml where the document does not say it.
STATED_KEYS = {"title": 'title = "…"', "approved_date": "approved = 2024-01-31"}
# Without a date and a title the document cannot be identified. A missing name only needs a look.
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


def read_heading(blocks: Sequence[Block], file: str, stated: Mapping[str, str]) -> Heading:
    """Returns the heading from the blocks above the table's header.

    The order is that of official documents: the mark of approval, the position and the name of who approved (or the
    order that approved), the date; what follows is the title, up to the prose that some documents put below it.

    Args:
        blocks: What stands above the table.
        file: Path of the document relative to the project.
        stated: What people state in the place of what stands there.
    """
    cells = _in_reading_order(blocks)
    lines = [(cell, text) for cell in cells for line in cell.text.splitlines() if (text := plain(line))]
    texts = [text for _, text in lines]
    mark = APPROVAL_MARK if any(map(APPROVAL_MARK.match, texts)) else ANNEX_MARK
    roles = _roles(texts, mark)
    parts: dict[str, list[tuple[Cell, str]]] = {name: [] for name in FIELD_NAMES}
    used: dict[Cell, list[str]] = {}
    for (cell, text), role in zip(lines, roles, strict=True):
        used.setdefault(cell, []).extend(role.split("+"))
        for name in role.split("+"):
            if name in parts:
                parts[name].append((cell, text))
    values = {name: _value(name, [text for _, text in found]) for name, found in parts.items()}
    places = {name: "; ".join(dict.fromkeys(cell.place for cell, _ in found)) for name, found in parts.items()}
    values |= stated
    places |= dict.fromkeys(stated, "project.toml, раздел [roadmap]")
    unread = [
        unread_text(cell, file, text) for (cell, text), role in zip(lines, roles, strict=True) if role == "unread"
    ]
    return Heading(
        values,
        places,
        tuple((cell, "+".join(dict.fromkeys(found))) for cell, found in used.items()),
        (*_missing(values, file), *_removed_marks(parts["title"], file), *unread),
    )


def _in_reading_order(blocks: Sequence[Block]) -> list[Cell]:
    """Returns the filled cells, those of a table column by column.

    «Согласовано» and «Утверждаю» often stand side by side."""
    cells: list[Cell] = []
    for table, group in groupby(blocks, key=lambda block: block.table):
        found = [cell for block in group for cell in block.filled if not cell.inherited]
        cells += sorted(found, key=lambda cell: cell.start) if table else found
    return cells


def _roles(texts: Sequence[str], mark: re.Pattern[str]) -> list[str]:
    """Returns the role of each text; a text with several parts gets their roles joined by «+»."""
    roles: list[str] = []
    state = before_other = "nothing"
    named = approved = False
    unmarked = not any(map(mark.match, texts))
    for text in texts:
        if mark.match(text) and (state != "title" or not approved):
            state, approved = "approval", True
        elif (unmarked or state == "nothing") and TITLE_WORDS.match(text):
            state = "title"
        elif OTHER_MARK.match(text):
            before_other, state = state, "other"
        elif state == "title" and TITLE_ENDS.match(text):
            state = "prose"
        role = _role(state, text, named)
        named = named or "approver_name" in role
        if state == "approval" and "approved_date" in role:
            state = "prose" if "title" in roles else "title"
        elif state == "other" and DATE.search(text):
            state = before_other
        roles.append(role)
    return roles


def _role(state: str, text: str, named: bool) -> str:
    if state == "approval":
        return "+".join(_approval_parts(text)) or "unread"
    if state != "title":
        return "unread"
    if not named and _name_in(text) and _name_in(text) == SIGNATURE_LINE.sub("", text).strip(" /"):
        return "approver_name"
    return "approver_position" if ORDER_NUMBER.match(text) else "title"


def _approval_parts(text: str) -> list[str]:
    found = ["approval_mark"] if APPROVAL_MARK.match(text) else []
    if DATE.search(text):
        found.append("approved_date")
    if _name_in(text):
        found.append("approver_name")
    if any(letter.isalpha() for letter in _position_in(text)):
        found.append("approver_position")
    return found


def _name_in(text: str) -> str:
    return next((match.group() for pattern in NAMES if (match := pattern.search(text))), "")


def _position_in(text: str) -> str:
    """Returns a line of the approval without its mark, the date, the name and the line for the signature."""
    name = _name_in(text)
    rest = DATE_WITH_WORD.sub(" ", APPROVAL_MARK.sub(" ", text))
    rest = rest.replace(name, " ") if name else rest
    return plain(SIGNATURE_LINE.sub(" ", rest)).strip(" :,")


def _value(name: str, lines: Sequence[str]) -> str:
    text = " ".join(lines)
    if name == "title":
        return plain(text[2:-2]) if _is_marked(text) else text
    if name == "approver_name":
        return next(map(_name_in, lines), "")
    if name == "approved_date":
        return next((plain(match.group()) for match in map(DATE.search, lines) if match), "")
    if annex := ANNEX_OF.match(text):
        document = annex[1].casefold()
        return plain(f"{INSTRUMENTAL.get(document, document + 'ем')}{text[annex.end() :]}").strip(" )")
    if ORDER.search(text):
        return plain(APPROVAL_MARK.sub("", text)).strip(" :,")
    return plain(" ".join(map(_position_in, lines)))


def _is_marked(title: str) -> bool:
    """Whether marks of conversion surround the whole title. Anywhere else they belong to the document."""
    return len(title) > 4 and title.startswith(CONVERSION_MARK) and title.endswith(CONVERSION_MARK)


def _missing(values: dict[str, str], file: str) -> list[Finding]:
    by_order = ORDER.search(values["approver_position"]) is not None  # an order names no person
    missing = [name for name, value in values.items() if not value and not (name == "approver_name" and by_order)]
    return [_not_found(name, file) for name in missing]


def _not_found(name: str, file: str) -> Finding:
    severity = Severity.BLOCKS if name in NEEDED_FIELDS else Severity.ATTENTION
    said = f"Не найдено: {FIELD_NAMES[name]}. Порядок заголовка: «Утверждаю», должность, имя, дата, название."
    action = f"Проверьте начало документа; если в нём этого нет, {_instead(name)}."
    return Finding("heading", severity, file, ("над таблицей",), "", said, action)


def _instead(name: str) -> str:
    key = STATED_KEYS.get(name)
    return f"впишите в project.toml, раздел [roadmap]: {key}" if key else "получите полный документ"


def _removed_marks(title: Sequence[tuple[Cell, str]], file: str) -> list[Finding]:
    text = " ".join(line for _, line in title)
    if not _is_marked(text):
        return []
    marked = tuple(dict.fromkeys((title[0][0].place, title[-1][0].place)))
    said = "Знаки ** вокруг названия — след преобразования документа; вокруг заголовка они убраны."
    return [Finding("marks_around_title", Severity.NOTE, file, marked, text, said, NOTHING_TO_DO)]


def unread_text(cell: Cell, file: str, text: str = "") -> Finding:
    """Returns the finding for a text, all or part of a cell, that belongs to no table of the project."""
    said = "Этот текст — не заголовок, не задача и не мероприятие; он не вошёл ни в одну таблицу."
    action = "Проверьте, не потерялась ли здесь строка таблицы."
    return Finding("unread_text", Severity.ATTENTION, file, (cell.place,), text or plain(cell.text), said, action)
