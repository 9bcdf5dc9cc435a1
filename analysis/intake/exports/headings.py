"""Finds the columns of an export by their headings, whatever is merged, blank or added between them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analysis.intake.blocks import plain
from analysis.intake.exports.cells import text_of
from analysis.intake.exports.lines import GridValue, Line, Unreadable

SPREAD = 3
# The beginning of a line below the last pupil.
FOOTERS = ("средн", "итог", "всего")


def normal(text: str) -> str:
    """Returns a heading or name in lower case, without ё, extra spaces and a final stop, for comparing."""
    return plain(text).casefold().replace("ё", "е").rstrip(" .:")


def line_texts(line: Line) -> list[str]:
    """The texts of a line from left to right."""
    return [text for column in sorted(line.cells) if (text := text_of(line.cells[column]))]


def headings(line: Line) -> dict[int, str]:
    """Returns the texts of a line by column, normalised for comparing."""
    return {column: normal(text) for column, value in line.cells.items() if (text := text_of(value))}


@dataclass(frozen=True)
class Columns:
    """Where the wanted columns stand.

    A heading over merged columns stands in the first of them, but a value may stand in any of them. So a column
    reaches to the next heading.

    Attributes:
        reach: The columns of each wanted name.
    """

    reach: Mapping[str, tuple[int, ...]]

    def value(self, line: Line, name: str) -> GridValue:
        """Returns the value of the line in the wanted column: None if there is none, unreadable if there are two."""
        cells, found = line.cells, None
        for column in self.reach.get(name, ()):
            value = cells.get(column)
            if value is not None:
                if found is not None:
                    return Unreadable.CELL
                found = value
        return found

    def __contains__(self, name: str) -> bool:
        """Whether the export has the column."""
        return name in self.reach


def columns_of(found: Mapping[int, str], wanted: Mapping[str, re.Pattern[str]]) -> Columns:
    """Returns the columns whose heading matches; the first where several do.

    Args:
        found: All headings by column, those of several heading rows together.
        wanted: Pattern of the whole heading by name.
    """
    starts = sorted(found)
    ends = dict(zip(starts, [*starts[1:], (starts[-1] if starts else 0) + SPREAD], strict=True))
    reach: dict[str, tuple[int, ...]] = {}
    for column in starts:
        for name, pattern in wanted.items():
            if name not in reach and pattern.fullmatch(found[column]):
                reach[name] = tuple(range(column, ends[column]))
                break
    return Columns(reach)


def patterns(**wanted: str) -> dict[str, re.Pattern[str]]:
    """Compiles the patterns of headings."""
    return {name: re.compile(pattern) for name, pattern in wanted.items()}


def numbers_the_columns(line: Line) -> bool:
    """Whether a line under the headings merely counts the columns: 1, 2, 3 …"""
    if len(line.cells) < 3 or text_of(line.cells[min(line.cells)]) != "1":
        return False
    texts = line_texts(line)
    return texts == [str(number) for number in range(1, len(texts) + 1)]


def row_ranges(rows: Iterable[int], most: int = 12) -> str:
    """Row numbers in words: «строка 7», «строки 12–37, 40»."""
    spans: list[list[int]] = []
    for row in sorted(rows):
        if spans and row <= spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    shown = ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in spans[:most])
    rest = f" и ещё {len(spans) - most} мест" if len(spans) > most else ""
    one = len(spans) == 1 and spans[0][0] == spans[0][1]
    return f"{'строка' if one else 'строки'} {shown}{rest}"
