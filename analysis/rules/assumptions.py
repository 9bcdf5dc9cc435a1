"""What the project takes for granted, and how the rating of its data is computed. Written by people, printed whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from analysis.rules.toml_file import read_rules, refuse
from analysis.rules.written import Filled, Misfit, Rule, Written, approval_misfits, one_of, repeated, stands

# What every project assumes while nothing else is written, and what one project assumes beside it.
ASSUMPTIONS_FILE, OWN_ASSUMPTIONS_FILE = "data/assumptions.toml", "data/own_assumptions.toml"
ASSUMPTION_FILES = (ASSUMPTIONS_FILE, OWN_ASSUMPTIONS_FILE)
GREEN, YELLOW, RED = RATINGS = ("зелёный", "жёлтый", "красный")
# Of what a report must hold something, or the assumption is not printed; presentation.logs says when it does.
NEEDS = (
    "исполнение", "день приёма", "статус школ", "сведения школ", "контингент и кадры", "скрытые числа", "результаты",
    "баллы ЕГЭ", "выгрузки", "СОУ", "отбор", "стабилизация",
)  # fmt: skip


@dataclass(frozen=True)
class Assumption(Written, keys={"assumption_id": "id"}):
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
        default: Whether it came with the program.
    """

    assumption_id: Filled
    text: Filled
    used_in: Filled
    basis: Filled
    reliability: Annotated[str, one_of(RATINGS)]
    impact: Annotated[str, one_of(RATINGS)]
    confirmed: bool
    since: date | None = None
    rules: tuple[str, ...] = ()
    needs: Annotated[str, one_of(NEEDS)] = ""
    default: bool = False

    def misfits(self) -> Iterator[Misfit]:
        """It is a default or has its day."""
        yield from approval_misfits(self.default, self.since, "дата вида 2020-08-25")


@dataclass(frozen=True)
class DataRating(Written):
    """From which share of rows set aside the data of a kind are rated red."""

    red_share: Annotated[float, Rule(lambda share: 0 < share < 1, stands("нужна доля между 0 и 1: 0.1"))] = 0.1


@dataclass(frozen=True)
class OwnAssumptions(Written):
    """data/own_assumptions.toml."""

    assumption: tuple[Assumption, ...] = ()


@dataclass(frozen=True)
class Assumptions(OwnAssumptions):
    """data/assumptions.toml."""

    data_rating: DataRating = DataRating()


def load_assumptions(root: Path) -> tuple[Assumption, ...]:
    """Reads both files of assumptions, those of every project first; a file that is not there has none.

    Raises:
        RulesError: A file is broken, or two entries have one id; the message names the entry and the key.
    """
    common = read_rules(root, ASSUMPTIONS_FILE, Assumptions).assumption
    found = (*common, *read_rules(root, OWN_ASSUMPTIONS_FILE, OwnAssumptions).assumption)
    for place in repeated([one.assumption_id for one in found]):
        own = place >= len(common)
        at = ("assumption", place - len(common) if own else place)
        misfit = Misfit(f"ключ «id»: «{found[place].assumption_id}» уже есть. Дайте другой номер.", at, ("id",))
        refuse(root, ASSUMPTION_FILES[own], Assumptions, [misfit])
    return found


def load_red_share(root: Path) -> float:
    """Reads from which share of rows set aside the data of a kind are rated red.

    Raises:
        RulesError: The file is broken.
    """
    return read_rules(root, ASSUMPTIONS_FILE, Assumptions).data_rating.red_share
