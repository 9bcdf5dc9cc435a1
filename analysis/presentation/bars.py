"""A bar of plan and fact small enough for a cell of a table: drawn once, the same in every format."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from analysis.presentation.figures import DARK, INK, MIDDLE
from analysis.presentation.markdown import Ready, escape_attribute

WIDTH, HEIGHT = 80, 14
SHOWN_WIDTH = "1.8cm"
EDGE = 1


class Bar(NamedTuple):
    """A drawing by its name, and the words for those who do not see it."""

    name: str
    svg: str
    words: str

    @property
    def cell(self) -> Ready:
        """What stands in the cell."""
        return Ready(f'![](figures/{self.name}){{fig-alt="{escape_attribute(self.words)}" width={SHOWN_WIDTH}}}')


def plan_fact_bar(row: Mapping[str, Any]) -> Bar:
    """The plan as a frame, what is accepted dark, what was only reported striped; a dotted frame where nobody told.

    Each bar has its own scale, from nothing to the larger of plan and fact: every measure counts another thing.

    Args:
        row: A row of contracts.indicators.PlanFact.
    """
    plan, reported, accepted = (_count(row[name]) for name in ("target_count", "reported_count", "accepted_count"))
    scale = max(plan or 0, reported or 0, accepted or 0, 1)
    parts = ((reported, "url(#s)"), (accepted, DARK))
    filled = "".join(_rectangle(count / scale, f'fill="{fill}"') for count, fill in parts if count)
    dots = ' stroke-dasharray="3 3"' if reported is None else ""
    frame = _rectangle(plan / scale, f'fill="none" stroke="{INK}" stroke-width="1.5"{dots}') if plan else ""
    name = "bar-" + "-".join("x" if count is None else str(count) for count in (accepted, reported, plan))
    return Bar(name, f"{HEAD}{filled}{frame}</svg>\n", _words(plan, reported, accepted))


HEAD = (
    f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
    f'<defs><pattern id="s" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="5" height="5" fill="#ffffff"/><rect width="2.5" height="5" fill="{MIDDLE}"/></pattern></defs>'
    f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
)


def _rectangle(share: float, look: str) -> str:
    width = round((WIDTH - 2 * EDGE) * share, 1)
    return f'<rect x="{EDGE}" y="{EDGE}" width="{width}" height="{HEIGHT - 2 * EDGE}" {look}/>'


def _count(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _words(plan: int | None, reported: int | None, accepted: int | None) -> str:
    planned = "плана нет" if plan is None else f"план {plan}"
    if reported is None:
        return f"{planned}, сведений нет"
    return f"{planned}, сообщено {reported}, принято {accepted or 0}"
