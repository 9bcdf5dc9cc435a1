"""Markdown that Quarto and the built-in renderer read alike; text from data is never markup."""

import math
import re
from collections.abc import Sequence

PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# Inside an attribute only entities are safe: quotes would end it, braces could start a Quarto shortcode.
ATTRIBUTE_SPECIAL = re.compile(r'["\\{}<>&]')
# A line of a table in parts of 0.85 mm, and what of it letters of ten points take, bold and not, and the padding.
LINE, HEAD_LETTER, LETTER, PADDING = 200, 2.4, 2.1, 3.0
LONGEST = 18  # addresses and file names are cut, or they would squeeze what people read
# Of a link its words, of a picture nothing.
SHOWN = re.compile(r"!?\[([^\]]*)\]\([^)]*\)(?:\{[^}]*\})?")
WORD_END = re.compile(r"[ \u00ad-]|(?<!\d)–")  # a range of numbers stays on one line


class Ready(str):
    """Markdown that is ready: a link made by presentation, not text from data."""


def escape(text: str) -> str:
    """Data text as Markdown that shows it literally: every ASCII punctuation mark gets a backslash."""
    if isinstance(text, Ready):
        return text
    return PUNCTUATION.sub(r"\\\1", " ".join(text.split(" ")).replace("\n", " "))


def escape_attribute(text: str) -> str:
    """Data text for a quoted attribute."""
    return ATTRIBUTE_SPECIAL.sub(lambda match: f"&#{ord(match.group())};", text.replace("\n", " "))


def pipe_table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    alignments: str,
    caption: str,
    label: str,
) -> str:
    """A pipe table with relative column widths.

    Args:
        header: Column labels, plain text.
        rows: Cells, plain text.
        widths: Relative widths; a column too narrow for its longest word gets more, at the cost of the others.
        alignments: One letter a column: l, r or c.
        caption: Plain text.
        label: Cross-reference label such as «tbl-load».
    """
    shares = _fitting(widths, _needs(list(zip(header, *rows, strict=True))))
    dashes = [_dashes(share, alignment) for share, alignment in zip(shares, alignments, strict=True)]
    lines = [_row(header), f"|{'|'.join(dashes)}|", *(_row(row) for row in rows)]
    return "\n".join(lines) + f"\n\n: {escape(caption)} {{#{label}}}\n"


def figure(path: str, caption: str, alternative: str, label: str) -> str:
    """A figure with computed caption and alternative text; the extension is chosen by the format."""
    return f'![{escape(caption)}]({path}){{#{label} fig-alt="{escape_attribute(alternative)}"}}\n'


def points(head: str, items: Sequence[str]) -> str:
    """Data text as a point of a list: «head: item.», or the head and its items, each on a line of its own."""
    if len(items) == 1:
        return escape(f"{head}: {items[0]}.")
    lines = [f"  - {escape(one)}{'.' if one is items[-1] else ';'}" for one in items]
    return "\n".join([escape(f"{head}:"), *lines])


def table_note(text: str) -> str:
    """A remark under a table, in small letters; plain text."""
    return f"::: {{.table-note}}\n{escape(text)}\n:::"


def only_in(condition: str, content: str) -> str:
    """Content shown by condition, such as `when-format="html"`."""
    return f"::: {{.content-visible {condition}}}\n{content}\n:::\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(escape(cell) for cell in cells)} |"


def _needs(columns: Sequence[Sequence[str]]) -> list[int]:
    """What each column, its head first, takes so that Word, which divides none, cuts no word; if the line is too
    short for that, the longest words are cut and the others not."""
    needs: list[int] = []
    for longest in range(LONGEST, 0, -1):
        needs = [_need(column, longest) for column in columns]
        if sum(needs) <= LINE:
            break
    return needs


def _need(column: Sequence[str], longest: int) -> int:
    head, below = (min(longest, _longest_word(texts)) for texts in (column[:1], column[1:]))
    return math.ceil(max(head * HEAD_LETTER, below * LETTER) + PADDING)


def _longest_word(texts: Sequence[str]) -> int:
    shown = (SHOWN.sub(r"\1", text) if isinstance(text, Ready) else text for text in texts)
    return max((len(word) for text in shown for word in WORD_END.split(text)), default=0)


def _fitting(widths: Sequence[int], needs: Sequence[int]) -> list[int]:
    """The widths as parts of a line, none below its need."""
    shares = [width * LINE / sum(widths) for width in widths]
    narrow: set[int] = set()
    while short := {place for place, share in enumerate(shares) if share < needs[place]} - narrow:
        narrow |= short
        left = LINE - sum(needs[place] for place in narrow)
        wide = sum(width for place, width in enumerate(widths) if place not in narrow)
        shares = [needs[place] if place in narrow else width * left / wide for place, width in enumerate(widths)]
    return [round(share) for share in shares]


def _dashes(width: int, alignment: str) -> str:
    dashes = "-" * max(3, width)
    return {"l": f":{dashes[1:]}", "r": f"{dashes[1:]}:", "c": f":{dashes[2:]}:"}[alignment]


def whole(*parts: str) -> str:
    """What is not divided between pages of paper if it can be helped."""
    return f":::: {{.whole}}\n{joined(parts)}\n::::"


def joined(parts: Sequence[str]) -> str:
    """Those of the parts that say something, one below the other."""
    return "\n\n".join(part for part in parts if part)
