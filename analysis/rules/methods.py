"""What the office decides about indicators of schools: the passport, the rules of selection and the calendar."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from analysis.rules.exam_calendar import Sitting, load_calendar
from analysis.rules.indicator_passport import SHARE, Passport, load_passport
from analysis.rules.toml_file import read_rules, refuse
from analysis.rules.written import Grades, Misfit, Rule, Share, Words, Written, at_least, one_of, repeated

SELECTION_FILE = "data/selection.toml"
PARTS_NOTHING = "порог 0 или 1 ничего не отделяет"
NO_REPETITION, SAME_LIST, SAME_PROCEDURE = "нет", "перечень", "процедура"
REPETITIONS = [NO_REPETITION, SAME_LIST, SAME_PROCEDURE]


@dataclass(frozen=True)
class Procedure(Written):
    """What a rule looks at: each subject and programme grade of it is a procedure of its own."""

    procedure: str
    indicator: str
    subjects: Words
    programme_grades: Grades


@dataclass(frozen=True)
class RuleSet(Written, keys={"procedures": "procedure"}):
    """One rule; data/selection.toml says what each key means."""

    id: str
    name: str
    source: str
    confirmed: bool
    threshold: Share
    minimum_low_procedures: Annotated[int, at_least(1)]
    repetition: Annotated[str, one_of(REPETITIONS)]
    minimum_participants: Annotated[int, at_least(1)]
    minimum_participants_confirmed: bool
    leave_low_count: Annotated[int, at_least(0)]
    leave_confirmed: bool
    alternative_thresholds: Annotated[tuple[Share, ...], Rule(absent=())]
    procedures: Annotated[tuple[Procedure, ...], Rule(bool, lambda _: ": нужна хотя бы одна процедура.")]
    default: bool = False

    @property
    def parts_schools(self) -> bool:
        """Whether the threshold tells schools apart: every share reaches 0, and only a whole class 1."""
        return 0 < self.threshold < 1


@dataclass(frozen=True)
class Selection(Written):
    """data/selection.toml."""

    version: str
    rule_set: tuple[RuleSet, ...] = ()

    def misfits(self) -> Iterator[Misfit]:
        """Rules have names of their own."""
        for number in repeated([rule.id for rule in self.rule_set]):
            said = "ключ «id»: правила называются одинаково. Назовите их по-разному."
            yield Misfit(said, ("rule_set", number), ("id",))


def load_rules(root: Path, passport: Passport) -> tuple[RuleSet, ...]:
    """Reads data/selection.toml; a project without that file selects nobody.

    Raises:
        RulesError: The file is broken or names an indicator that the passport does not know.
    """
    if not (root / SELECTION_FILE).is_file():
        return ()
    rules = read_rules(root, SELECTION_FILE, Selection).rule_set
    shares = [one.id for one in passport.indicators if one.table == "results" and one.kind == SHARE]
    said = f"ключ «indicator»: стоит «{{}}», нужна доля из паспорта показателей: {', '.join(shares)}."
    unknown = [
        Misfit(said.format(one.indicator), ("rule_set", number, "procedure", place), ("indicator",))
        for number, rule in enumerate(rules)
        for place, one in enumerate(rule.procedures)
        if one.indicator not in shares
    ]
    refuse(root, SELECTION_FILE, Selection, unknown)
    return rules


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
