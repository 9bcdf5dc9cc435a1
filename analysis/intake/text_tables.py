"""A roadmap becomes its text tables: the heading above the table, and its rows, told apart by their numbers."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

import pandas as pd

from analysis.contracts.columns import rows_table
from analysis.contracts.execution import TEXT_TABLES
from analysis.contracts.findings import Finding, Severity
from analysis.intake.cells import MONTH_OF_DATE, Block, Cell, plain
from analysis.intake.columns import (
    ACTIVITY_NUMBER,
    CODE_WITH_DOT,
    PERIOD,
    REPEATED_YEAR,
    TASK_CODE,
    TASK_LINE,
    Columns,
    Settled,
    continues_header,
    is_column_numbers,
    is_period,
    lie_under,
)
from analysis.intake.word_file import AUTOMATIC_NUMBER

# Reads the heading above the table: who approved the document, when, its title and its period.

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


# The rows of a roadmap become its text tables: each value as received, with its address.

# The code of the one task of a plan that has none; such a task has no title.
NO_TASK = "0"


@dataclass(frozen=True)
class Task:
    """A task of the roadmap: its number, its title as received, and where they stand; `origin` as of an activity."""

    code: str
    title: str
    place: str
    origin: str = "written"


@dataclass(frozen=True)
class ActivityRow:
    """The cells of one measure by role; periods by their name.

    Attributes:
        task: The task above it.
        cells: The cells.
        place: The address of the row.
        code: The number of the activity.
        origin: A key of CODE_ORIGINS.
        first: Whether the activity begins here; another row with the merged number and title adds a measure to it.
    """

    task: Task
    cells: dict[str, Cell]
    place: str
    code: str
    origin: str = "written"
    first: bool = True

    def text(self, role: str) -> str:
        """The text of a role; empty where the table has no such column. Several columns of executors are one list."""
        found = [cell.text for name, cell in self.cells.items() if name == role or name.startswith(f"{role} ")]
        return ", ".join(text for text in found if plain(text)) if len(found) > 1 else "".join(found)

    def place_of(self, role: str) -> str:
        """The address of a role's cell; that of the row where the table has no such column."""
        return self.cells[role].place if role in self.cells else self.place


def shown(cell: Cell) -> str:
    """What a person sees in a cell: the number that Word draws, then the text."""
    text = plain(cell.text)
    return cell.number or text if text == AUTOMATIC_NUMBER else f"{cell.number} {text}".strip()


def header_from(blocks: Sequence[Block], start: int, settled: Settled) -> Sequence[Block]:
    """Returns the header rows that begin at `start`: up to the numbers of the columns or the first row of content."""
    end = start + 1
    while end < len(blocks) and _continues(blocks[end], blocks[start:end], settled):
        end += 1
        if is_column_numbers(blocks[end - 1]):
            break
    return blocks[start:end]


def _continues(block: Block, above: Sequence[Block], settled: Settled) -> bool:
    if block.is_paragraph or block.table != above[0].table:
        return False
    return is_column_numbers(block) or (task_of(block) is None and continues_header(block, above, settled))


def task_of(block: Block, columns: int = 0) -> Task | None:
    """The task that a paragraph or row names: «2. Название», or «2.» and «Название» in two cells.

    Args:
        block: The paragraph or row.
        columns: Where activities have whole numbers too, the number of columns: a row of so many cells is no task.
    """
    texts = [shown(cell) for cell in block.filled if not cell.inherited]
    origin = "drawn" if any(cell.number for cell in block.filled[:1]) else "written"
    code = TASK_CODE.match(texts[0]) if len(texts) == 2 and len(block.cells) != columns else None
    if code and any(letter.isalpha() for letter in texts[1]):
        return Task(code.group(1), texts[1], block.place, origin)
    line = TASK_LINE.match(texts[0]) if len(texts) == 1 else None
    return Task(line[1] or line[2] or line[3], line[4], block.place, origin) if line else None


def title_alone(block: Block) -> str:
    """The words of a row or paragraph that has nothing else; empty where they are a remark or a sum."""
    texts = [shown(cell) for cell in block.filled if not cell.inherited]
    text = texts[0] if len(texts) == 1 else ""
    return text if any(map(str.isalpha, text)) and not NO_TITLE.match(text) and len(text) <= LONGEST_TITLE else ""


def is_sum(block: Block) -> bool:
    """Whether a row only adds up the rows above: «Итого»."""
    return bool(block.filled) and SUM_ROW.match(plain(block.filled[0].text)) is not None


NO_TITLE = re.compile(r"(?:примечани|итого|всего|\*|<|согласован|утвержд|исполнитель:)", re.IGNORECASE)
SUM_ROW = re.compile(r"(?:итого|всего)\b", re.IGNORECASE)
LONGEST_TITLE = 300


def fit(block: Block, columns: Columns) -> tuple[list[Cell] | None, Cell | None]:
    """Returns the cells of a row, one for each column, and the extra cell that repeats the last year.

    The first is None if the cells do not fit the columns, the second if there is no extra cell or it is blank.

    An extra cell is the trace of a page break only if it stands right after the last year and equals it.
    """
    cells = _without_blank_tail(block, columns)
    cells = _spread(cells, columns) if block.exact_grid and len(cells) < len(columns.own_roles) else cells
    extra = None
    if columns.periods and len(cells) == len(columns.own_roles) + 1:
        extra = cells.pop(columns.last_year + 1)
        if plain(extra.text) != plain(cells[columns.last_year].text):
            return None, None
    elif len(cells) != len(columns.own_roles) or REPEATED_YEAR in columns.roles:
        return None, None
    if not lie_under(cells, columns.own_roles, columns, block.table):
        return None, None
    return cells, extra if extra is not None and plain(extra.text) else None


def _spread(cells: list[Cell], columns: Columns) -> list[Cell]:
    """Words that are merged over several periods hold for each of them; a number does not, it may be their sum."""
    spans = dict(zip(columns.spans, columns.roles, strict=False))
    spread: list[Cell] = []
    for cell in cells:
        covered = [span for span in spans if cell.start <= span[0] and span[1] <= cell.end]
        words = plain(cell.text) and not any(map(str.isdigit, cell.text))
        if len(covered) > 1 and words and all(is_period(spans[span]) for span in covered):
            parts = [replace(cell, start=start, end=end, inherited=True) for start, end in covered]
            spread += [replace(parts[0], inherited=False), *parts[1:]]
        else:
            spread.append(cell)
    return spread


def _without_blank_tail(block: Block, columns: Columns) -> list[Cell]:
    cells = list(block.cells)
    while len(cells) > len(columns.roles) and not plain(cells[-1].text):
        cells.pop()
    return cells


def length_problem(block: Block, columns: Columns) -> str:
    """Returns why the cells of a row cannot be matched to the columns."""
    width, found = len(columns.roles), len(_without_blank_tail(block, columns))
    if found == width:
        return "Ячейки стоят не под своими столбцами (часть объединена или разделена): чьи это значения, неизвестно"
    if found < width or not columns.periods:
        return f"В строке ячеек: {found}, а столбцов: {width}; какое значение пропущено, неизвестно"
    last = f"лишняя ячейка не равна значению {columns.periods[-1]} года, поэтому отбросить её нельзя"
    return f"В строке ячеек: {found}, а столбцов: {width}; {last}"


def joined(block: Block) -> str:
    """All cells of a row in one line."""
    return " | ".join(plain(cell.text) for cell in block.cells)


def text_tables(
    heading: Heading,
    rows: Sequence[tuple[ActivityRow, Columns]],
    used: Sequence[tuple[Cell, str, str]],
    file: str,
) -> dict[str, pd.DataFrame]:
    """Returns approval, activities, measures, targets, executors, and `cells`.

    Args:
        heading: What was read above the table.
        rows: The measures, each with the columns of its table.
        used: Every cell that is not blank, with its role and the activity it belongs to.
        file: Path of the document relative to the project.
    """
    tables: dict[str, list[tuple[str, ...]]] = {
        "cells": [(cell.place, _as_shown(cell), role, code) for cell, role, code in used],
        "approval": [(*heading.values.values(), *heading.places.values())],
        "activities": [_activity(row) for row, _ in rows if row.first],
        "measures": [_measure(row, columns) for row, columns in rows],
        "targets": [target for row, _ in rows for target in _targets(row)],
        "executors": [(one.place, one.code, one.text("executors"), one.place_of("executors")) for one, _ in rows],
    }
    return {name: rows_table(TEXT_TABLES[name], [(file, *row) for row in found]) for name, found in tables.items()}


def _as_shown(cell: Cell) -> str:
    return cell.number or cell.text if cell.text == AUTOMATIC_NUMBER else cell.text


def _activity(row: ActivityRow) -> tuple[str, ...]:
    task, title = row.task, row.text("title") or row.text("result")
    return (row.place, row.code, row.origin, task.code, task.title, task.place or row.place, title)


def _measure(row: ActivityRow, columns: Columns) -> tuple[str, ...]:
    name = row.text("result") if plain(row.text("result")) else row.text("title")
    total, deadline = ((row.text(role), row.place_of(role)) for role in ("total", "deadline"))
    baseline = (row.text("baseline"), columns.heading("baseline"))
    return (row.place, row.code, name, *total, row.text("unit"), columns.unit, *baseline, *deadline)


def _targets(row: ActivityRow) -> list[tuple[str, ...]]:
    """The planned values of a measure, a period each."""
    found = ((PERIOD.fullmatch(role), cell) for role, cell in row.cells.items())
    return [(row.place, row.code, one[1] or "", one[2] or "", cell.text, cell.place) for one, cell in found if one]


# The numbers of activities: written, drawn by Word, or none; which are in doubt, and how they are told apart.

DASHES = ("-", "–", "—", "•", "·", "*")
ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10}


def code_style(blocks: Sequence[Block]) -> str:
    """How activities are numbered: «dotted» (1.2), «whole» (2, IV, а) or «none». A row that differs is in doubt."""
    rows = [block for block in blocks if not block.is_paragraph and len(block.filled) > 2]
    rows = [row for row in rows if not is_column_numbers(row)]
    dotted = sum(any(CODE_WITH_DOT.match(plain(cell.text)) for cell in row.cells) for row in rows)
    whole = sum(ACTIVITY_NUMBER.match(shown(row.filled[0])) is not None for row in rows)
    if dotted and 2 * dotted >= whole:
        return "dotted"
    return "whole" if whole else "none"


def code_of(cell: Cell | None) -> tuple[str, str]:
    """The number that stands in a cell or that Word draws there, and where it comes from; none for a dash."""
    code = "" if cell is None else shown(cell)
    if cell is None or not code or code in DASHES:
        return "", "position"
    return code, "drawn" if plain(cell.text) == AUTOMATIC_NUMBER else "written"


def code_is_sound(cell: Cell, style: str) -> bool:
    """Whether the number of a row is one, as the others of the document are."""
    code = shown(cell)
    if style == "dotted":
        return CODE_WITH_DOT.match(code) is not None
    return ACTIVITY_NUMBER.match(code) is not None or code in DASHES or (style == "none" and not code)


def belongs(code: str, task: Task) -> bool:
    """Whether the number of an activity is one of its task: «2.1» of «2» and of «II». A number without a dot is."""
    head = code.split(".")[0]
    if not CODE_WITH_DOT.match(code) or task.origin == "position" or task.code == NO_TASK:
        return True
    return head == task.code or (task.code[0] in ROMAN_DIGITS and head == str(roman_number(task.code)))


def roman_number(text: str) -> int:
    """The number that I, V and X write."""
    worth = [ROMAN_DIGITS[letter] for letter in text if letter in ROMAN_DIGITS]
    return sum(-one if one < max(worth[place:]) else one for place, one in enumerate(worth))


def told_apart(rows: Sequence[ActivityRow]) -> list[ActivityRow]:
    """Gives each activity a number of its own.

    A row without a number has that of its place. Numbers that begin anew in each task get the task's in front.
    """
    numbered = list(_with_places(rows))
    tasks_of: dict[str, set[str]] = {}
    for row in numbered:
        tasks_of.setdefault(row.code, set()).add(row.task.code)
    if all(len(tasks) == 1 for tasks in tasks_of.values()) or any(CODE_WITH_DOT.match(row.code) for row in rows):
        return numbered
    return [replace(row, code=f"{row.task.code}.{row.code}") for row in numbered]


def begin_anew(before: Sequence[ActivityRow], after: Sequence[ActivityRow]) -> bool:
    """Whether numbers got the task's in front."""
    return any(one.origin != "position" and bare(one.code) != two.code for one, two in zip(before, after, strict=True))


def bare(code: str) -> str:
    """A number without points and brackets behind it."""
    return code.rstrip(".)")


def _with_places(rows: Sequence[ActivityRow]) -> Iterator[ActivityRow]:
    """The rows with numbers; one without has its place in its task, below the number above it if there is one."""
    places: Counter[str] = Counter()
    code, upper = "", ""
    for row in rows:
        if row.first and row.code:
            code = upper = bare(row.code)
        elif row.first:
            within = upper or ("" if row.task.code == NO_TASK else row.task.code)
            places[within] += 1
            code = ".".join(filter(None, (within, str(places[within]))))
        yield replace(row, code=code)
