"""What the blocks of a roadmap are: a header, a task, a row of an activity whose cells lie under the columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.intake.blocks import Block, Cell, plain
from analysis.intake.columns import (
    CODE_WITH_DOT,
    REPEATED_YEAR,
    TASK_CODE,
    TASK_LINE,
    Columns,
    is_column_numbers,
    lie_under,
)


@dataclass(frozen=True)
class Task:
    """A task of the roadmap: its number, its title as received, and where they stand."""

    code: str
    title: str
    place: str


@dataclass(frozen=True)
class ActivityRow:
    """The cells of one activity by role; years by their name."""

    task: Task
    cells: dict[str, Cell]
    place: str


def header_from(blocks: Sequence[Block], start: int) -> Sequence[Block]:
    """Returns the header rows that begin at `start`: up to the numbers of the columns or the first row of content."""
    end = start
    while end < len(blocks) and not blocks[end].is_paragraph and not _is_content(blocks[end]):
        end += 1
        if is_column_numbers(blocks[end - 1]):
            break
    return blocks[start:end]


def _is_content(block: Block) -> bool:
    if is_column_numbers(block):
        return False
    return task_of(block) is not None or any(CODE_WITH_DOT.match(plain(cell.text)) for cell in block.cells)


def task_of(block: Block) -> Task | None:
    """The task that a paragraph or row names: «2. Название», or «2.» and «Название» in two cells."""
    texts = [plain(cell.text) for cell in block.filled if not cell.inherited]
    code = TASK_CODE.match(texts[0]) if len(texts) == 2 else None
    if code and any(letter.isalpha() for letter in texts[1]):
        return Task(code.group(1), texts[1], block.place)
    line = TASK_LINE.match(texts[0]) if len(texts) == 1 else None
    return Task(line.group(1) or line.group(2), line.group(3), block.place) if line else None


def fit(block: Block, columns: Columns) -> tuple[list[Cell] | None, Cell | None]:
    """Returns the cells of a row, one for each column, and the extra cell that repeats the last year.

    The first is None if the cells do not fit the columns, the second if there is no extra cell or it is blank.

    An extra cell is the trace of a page break only if it stands right after the last year and equals it.
    """
    cells = _without_blank_tail(block, columns)
    extra = None
    if len(cells) == len(columns.own_roles) + 1:
        extra = cells.pop(columns.last_year + 1)
        if plain(extra.text) != plain(cells[columns.last_year].text):
            return None, None
    elif len(cells) != len(columns.own_roles) or REPEATED_YEAR in columns.roles:
        return None, None
    if not lie_under(cells, columns.own_roles, columns, block.table):
        return None, None
    return cells, extra if extra is not None and plain(extra.text) else None


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
    if found < width:
        return f"В строке ячеек: {found}, а столбцов: {width}; какое значение пропущено, неизвестно"
    return (
        f"В строке ячеек: {found}, а столбцов: {width}; лишняя ячейка не равна значению "
        f"{columns.years[-1]} года, поэтому отбросить её нельзя"
    )


def joined(block: Block) -> str:
    """All cells of a row in one line."""
    return " | ".join(plain(cell.text) for cell in block.cells)
