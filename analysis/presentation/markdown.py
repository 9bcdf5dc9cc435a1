"""Markdown that Quarto and the built-in renderer read alike; text from data is never markup."""

import re
from collections.abc import Sequence

PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# Inside an attribute only entities are safe: quotes would end it, braces could start a Quarto shortcode.
ATTRIBUTE_SPECIAL = re.compile(r'["\\{}<>&]')


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
        widths: Relative widths; their sum must exceed the 72 columns from which pandoc honours them.
        alignments: One letter a column: l, r or c.
        caption: Plain text.
        label: Cross-reference label such as «tbl-load».
    """
    scale = max(1, -(-200 // sum(widths)))
    dashes = [_dashes(width * scale, alignment) for width, alignment in zip(widths, alignments, strict=True)]
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


def only_in(condition: str, content: str) -> str:
    """Content shown by condition, such as `when-format="html"`."""
    return f"::: {{.content-visible {condition}}}\n{content}\n:::\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(escape(cell) for cell in cells)} |"


def _dashes(width: int, alignment: str) -> str:
    dashes = "-" * max(3, width)
    return {"l": f":{dashes[1:]}", "r": f"{dashes[1:]}:", "c": f":{dashes[2:]}:"}[alignment]
