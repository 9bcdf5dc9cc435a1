"""A received document as a sequence of paragraphs and table rows, whatever its file format was."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

# A row of a sheet that holds no plan has this number of a table.
OTHER_SHEET = -1


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell or paragraph.

    Attributes:
        text: As received, or as corrected by a recorded correction.
        place: Its address inside the file, as a person counts it.
        start: First column of the table's grid that it covers, from 0.
        end: One past the last column that it covers.
        inherited: It is the lower part of a vertically merged cell: text and address are those of the upper part.
        number: What Word draws before its first paragraph, «1.2.»; no part of the text.
    """

    text: str
    place: str
    start: int = 0
    end: int = 1
    inherited: bool = False
    number: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (one cell, table 0) or a row of a table.

    Attributes:
        cells: The cells from left to right.
        place: The address of the whole.
        table: Number of the table from 1; 0 for a paragraph.
        exact_grid: The file says which columns each cell covers (Word does, tab-separated text does not).
    """

    cells: tuple[Cell, ...]
    place: str
    table: int
    exact_grid: bool = False

    @property
    def is_paragraph(self) -> bool:
        """Whether it stands outside every table."""
        return self.table == 0

    @property
    def filled(self) -> list[Cell]:
        """Cells that hold more than white space."""
        return [cell for cell in self.cells if plain(cell.text)]


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Returns the text with each run of white space (no-break and zero-width too) as one space, trimmed."""
    return " ".join(text.replace("\u200b", " ").replace("\ufeff", " ").split())


def with_texts(blocks: Iterable[Block], new_text: Callable[[Cell], str]) -> list[Block]:
    """Returns the blocks with each cell's text replaced by what `new_text` gives for the cell."""
    return [replace(block, cells=tuple(replace(cell, text=new_text(cell)) for cell in block.cells)) for block in blocks]
