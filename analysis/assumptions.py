"""What the project takes for granted, and how the rating of its data is computed. Written by people, printed whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from analysis.config import numbered, read_toml, take
from analysis.errors import AnalysisError

# What every project assumes while nothing else is written, and what one project assumes beside it.
ASSUMPTIONS_FILE, OWN_ASSUMPTIONS_FILE = "data/assumptions.toml", "data/own_assumptions.toml"
ASSUMPTION_FILES = (ASSUMPTIONS_FILE, OWN_ASSUMPTIONS_FILE)
GREEN, YELLOW, RED = RATINGS = ("зелёный", "жёлтый", "красный")
DEFAULT_RED_SHARE = 0.1


@dataclass(frozen=True)
class Assumption:
    """One thing that is taken for granted.

    Attributes:
        assumption_id: How people refer to it: «Д-03».
        text: What is assumed, in a sentence.
        used_in: Which part of the report rests on it.
        basis: On what ground.
        reliability: How far it may be trusted, one of RATINGS: green rests on a text that was read, red is a guess.
        impact: What a mistake would change, one of RATINGS: green nothing that is printed, red the conclusions.
        confirmed: Whether a document that binds the office was read.
        since: Since when it holds.
        rules: Files of the project whose rules it speaks of.
    """

    assumption_id: str
    text: str
    used_in: str
    basis: str
    reliability: str
    impact: str
    confirmed: bool
    since: date
    rules: tuple[str, ...] = ()


def load_assumptions(root: Path) -> tuple[Assumption, ...]:
    """Reads both files of assumptions, those of every project first; a file that is not there has none.

    Raises:
        AnalysisError: A file is broken, or two entries have one id; the message names the entry and the key.
    """
    found: dict[str, Assumption] = {}
    for file in ASSUMPTION_FILES:
        for where, one in _entries(root, file):
            if one.assumption_id in found:
                raise AnalysisError(f"{where}: ключ «id»: «{one.assumption_id}» уже есть. Дайте другой номер.")
            found[one.assumption_id] = one
    return tuple(found.values())


def load_red_share(root: Path) -> float:
    """Reads from which share of rows set aside the data of a kind are rated red.

    Raises:
        AnalysisError: The share is none between 0 and 1.
    """
    if not (root / ASSUMPTIONS_FILE).is_file():
        return DEFAULT_RED_SHARE
    rating = take({"data_rating": {}, **read_toml(root, ASSUMPTIONS_FILE)}, "data_rating", dict, ASSUMPTIONS_FILE)
    share = rating.get("red_share", DEFAULT_RED_SHARE)
    if not isinstance(share, float) or not 0 < share < 1:
        raise AnalysisError(
            f"{ASSUMPTIONS_FILE}, [data_rating]: ключ «red_share»: стоит {share!r}, нужна доля между 0 и 1: 0.1."
        )
    return share


def _entries(root: Path, file: str) -> Iterator[tuple[str, Assumption]]:
    if not (root / file).is_file():
        return
    for where, entry in numbered(read_toml(root, file).get("assumption", []), "assumption", file):
        yield where, _assumption(entry, where)


def _assumption(entry: Mapping[str, Any], where: str) -> Assumption:
    return Assumption(
        assumption_id=_words(entry, "id", where),
        text=_words(entry, "text", where),
        used_in=_words(entry, "used_in", where),
        basis=_words(entry, "basis", where),
        reliability=_rating(entry, "reliability", where),
        impact=_rating(entry, "impact", where),
        confirmed=take(entry, "confirmed", bool, where),
        since=take(entry, "since", date, where),
        rules=tuple(take({"rules": [], **entry}, "rules", list, where)),
    )


def _words(entry: Mapping[str, Any], key: str, where: str) -> str:
    text = take(entry, key, str, where).strip()
    if not text:
        raise AnalysisError(f"{where}: ключ «{key}» пуст. Впишите текст.")
    return text


def _rating(entry: Mapping[str, Any], key: str, where: str) -> str:
    rating = take(entry, key, str, where)
    if rating not in RATINGS:
        raise AnalysisError(f"{where}: ключ «{key}»: стоит «{rating}», нужно одно из: {', '.join(RATINGS)}.")
    return rating
