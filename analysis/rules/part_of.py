"""What is part of what: every share that is printed says so, those of the passport and those of the tables by group."""

from dataclasses import dataclass
from pathlib import Path

from analysis.contracts.school_facts import COUNTED_AMONG
from analysis.errors import AnalysisError
from analysis.rules.indicator_passport import SHARE, Passport, load_passport


@dataclass(frozen=True)
class PartOf:
    """Numbers of one table that are counted among others of it.

    Attributes:
        table: The typed table.
        part: Columns or lines that together are the part.
        whole: Columns or lines that together are the whole.
    """

    table: str
    part: tuple[str, ...]
    whole: tuple[str, ...]


def part_of(passport: Passport | None) -> tuple[PartOf, ...]:
    """Returns every relation of a part to its whole that a printed share rests on.

    A «доля» of the passport counts some of those whom its denominator counts, each once: it has no weights, and the
    contract of the indicators refuses one above 1. A mean has weights and a number no denominator, so neither says what
    is part of what. A share of a number in itself and others holds whatever the numbers are, and is left out.

    Args:
        passport: The passport of a project; None where it has none.
    """
    among = [
        PartOf(table, (part,), (whole,)) for table, wholes in COUNTED_AMONG.items() for part, whole in wholes.items()
    ]
    shares = [
        PartOf(one.table, one.numerator, one.denominator)
        for one in (passport.indicators if passport else ())
        if one.kind == SHARE and not set(one.numerator) <= set(one.denominator)
    ]
    return tuple(dict.fromkeys([*among, *shares]))


def known_parts(root: Path) -> tuple[PartOf, ...]:
    """Returns `part_of` for a project. A passport that cannot be read adds nothing: `check` names its fault."""
    try:
        return part_of(load_passport(root))
    except AnalysisError:
        return part_of(None)
