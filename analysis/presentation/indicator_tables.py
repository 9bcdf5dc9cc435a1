"""Tables of indicators as they are printed: no column that says nothing, flags as numbers with their meaning below."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from analysis.presentation.edition import Edition
from analysis.presentation.exhibits import Exhibit, printed_table
from analysis.presentation.markdown import escape

NOTHING = ("", "—")
FLAGS_WIDTH = 11


def flagged_table(
    edition: Edition,
    name: str,
    caption: str,
    data: pd.DataFrame,
    printed: tuple[Sequence[str], Sequence[Sequence[str]], Sequence[int], str],
    flags: Sequence[str],
) -> Exhibit:
    """The table with a last column of numbers; what each means stands under it once.

    Args:
        edition: The edition.
        name: As in `printed_table`.
        caption: As in `printed_table`.
        data: As in `printed_table`.
        printed: As in `printed_table`, without the flags; a column in which nothing stands is left out.
        flags: Of each row, joined by «; ».
    """
    legend = list(dict.fromkeys(one for row in flags for one in row.split("; ") if one))
    numbers = [", ".join(str(legend.index(one) + 1) for one in row.split("; ") if one) or "—" for row in flags]
    header, cells, widths, alignments = printed
    whole = ([*header, "Пометки"], [[*row, number] for row, number in zip(cells, numbers, strict=True)])
    kept = [
        place for place in range(len(header) + 1) if place < 2 or any(row[place] not in NOTHING for row in whole[1])
    ]
    all_widths, all_alignments = [*widths, FLAGS_WIDTH], f"{alignments}c"
    shown = (
        [whole[0][place] for place in kept],
        [[row[place] for place in kept] for row in whole[1]],
        [-(-all_widths[place] * 100 // sum(all_widths[one] for one in kept)) for place in kept],
        "".join(all_alignments[place] for place in kept),
    )
    exhibit = printed_table(edition, name, caption, data, shown)
    if not legend:
        return exhibit
    said = "; ".join(f"{number} — {text}" for number, text in enumerate(legend, start=1))
    note = f"::: {{.table-note}}\n{escape(f'Пометки: {said}.')}\n:::"
    return replace(exhibit, markdown=f"{exhibit.markdown}\n\n{note}")
