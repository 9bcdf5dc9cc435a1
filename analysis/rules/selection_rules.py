"""The rules by which schools with low results are found: several, versioned, each with its source."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from analysis.rules.indicator_passport import SHARE, Passport
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
    unknown = [
        Misfit(
            f"ключ «indicator»: стоит «{one.indicator}», нужна доля из паспорта показателей: {', '.join(shares)}.",
            ("rule_set", number, "procedure", place),
            ("indicator",),
        )
        for number, rule in enumerate(rules)
        for place, one in enumerate(rule.procedures)
        if one.indicator not in shares
    ]
    refuse(root, SELECTION_FILE, Selection, unknown)
    return rules
