"""What the project takes for granted, and how the rating of its data is computed. Written by people, printed whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError
from analysis.rules.defaults import KEY, approved_since
from analysis.rules.toml_file import keys_of, numbered, one_of, read_toml, section, take, take_text

# What every project assumes while nothing else is written, and what one project assumes beside it.
ASSUMPTIONS_FILE, OWN_ASSUMPTIONS_FILE = "data/assumptions.toml", "data/own_assumptions.toml"
# Each with the tables it may hold.
ASSUMPTION_FILES = {ASSUMPTIONS_FILE: ("assumption", "data_rating"), OWN_ASSUMPTIONS_FILE: ("assumption",)}
GREEN, YELLOW, RED = RATINGS = ("зелёный", "жёлтый", "красный")
DEFAULT_RED_SHARE = 0.1
# Of what a report must hold something, or the assumption is not printed; presentation.logs says when it does.
NEEDS = (
    "исполнение",
    "день приёма",
    "статус школ",
    "сведения школ",
    "контингент и кадры",
    "скрытые числа",
    "результаты",
    "баллы ЕГЭ",
    "выгрузки",
    "СОУ",
    "отбор",
    "стабилизация",
)


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
        since: Since when the office takes it for granted; None for a default, which it has not approved.
        rules: Files of the project whose rules it speaks of.
        needs: Of what a report must hold something for it to be printed, one of NEEDS; empty — always printed.
    """

    assumption_id: str
    text: str
    used_in: str
    basis: str
    reliability: str
    impact: str
    confirmed: bool
    since: date | None
    rules: tuple[str, ...] = ()
    needs: str = ""


KNOWN_KEYS = {*keys_of(Assumption), "id", KEY} - {"assumption_id"}


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
    content = {"data_rating": {}, **read_toml(root, ASSUMPTIONS_FILE, ASSUMPTION_FILES[ASSUMPTIONS_FILE])}
    where, rating = section(content, "data_rating", ASSUMPTIONS_FILE, ("red_share",))
    share = rating.get("red_share", DEFAULT_RED_SHARE)
    if not isinstance(share, float) or not 0 < share < 1:
        raise AnalysisError(f"{where}: ключ «red_share»: стоит {share!r}, нужна доля между 0 и 1: 0.1.")
    return share


def _entries(root: Path, file: str) -> Iterator[tuple[str, Assumption]]:
    if not (root / file).is_file():
        return
    entries = read_toml(root, file, ASSUMPTION_FILES[file]).get("assumption", [])
    for where, entry in numbered(entries, "assumption", file, KNOWN_KEYS):
        yield where, _assumption(entry, where)


def _assumption(entry: Mapping[str, Any], where: str) -> Assumption:
    return Assumption(
        assumption_id=take_text(entry, "id", where),
        text=take_text(entry, "text", where),
        used_in=take_text(entry, "used_in", where),
        basis=take_text(entry, "basis", where),
        reliability=one_of(entry, "reliability", RATINGS, where),
        impact=one_of(entry, "impact", RATINGS, where),
        confirmed=take(entry, "confirmed", bool, where),
        since=approved_since(entry, date, where),
        rules=tuple(take({"rules": [], **entry}, "rules", list, where)),
        needs=one_of(entry, "needs", NEEDS, where) if "needs" in entry else "",
    )
