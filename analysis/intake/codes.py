"""The numbers of activities: written, drawn by Word, or none; which are in doubt, and how they are told apart."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from analysis.intake.blocks import Block, Cell, plain
from analysis.intake.columns import ACTIVITY_NUMBER, CODE_WITH_DOT, is_column_numbers
from analysis.intake.text_tables import NO_TASK, ActivityRow, Task, shown
from analysis.intake.word_file import AUTOMATIC_NUMBER

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
