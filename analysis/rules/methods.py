"""What the office decides about indicators of schools: the passport, the rules of selection and the calendar."""

from dataclasses import dataclass
from pathlib import Path

from analysis.rules.exam_calendar import Sitting, load_calendar
from analysis.rules.indicator_passport import Passport, load_passport
from analysis.rules.selection_rules import RuleSet, load_rules


@dataclass(frozen=True)
class Methods:
    """How facts of schools become indicators.

    Attributes:
        passport: What is computed.
        calendar: Which sittings were held and may be compared.
        rules: By which schools with low results are found.
    """

    passport: Passport
    calendar: tuple[Sitting, ...]
    rules: tuple[RuleSet, ...] = ()


def load_methods(root: Path) -> Methods | None:
    """Reads passport, calendar and rules; None where the project has no passport, for it computes no such indicators.

    Raises:
        AnalysisError: A file is broken; the message names the entry and the key.
    """
    passport = load_passport(root)
    return None if passport is None else Methods(passport, load_calendar(root), load_rules(root, passport))
