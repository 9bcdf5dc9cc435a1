"""What the office decides about indicators of schools: the passport of indicators, and the rules of selection."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from analysis.contracts.facts import COUNTED_AMONG, FORM_LINES, JOURNAL_COLUMNS, MARK_COLUMNS, SCORE_COLUMNS
from analysis.errors import AnalysisError
from analysis.rules.office_files import Sitting, load_calendar
from analysis.rules.toml_file import read_rules, refuse
from analysis.rules.written import (
    SCALES,
    Grades,
    Misfit,
    Rule,
    Share,
    Words,
    Written,
    approval_misfits,
    at_least,
    one_of,
    repeated,
)

if TYPE_CHECKING:
    import pandas as pd

# The passport of indicators: what is computed, by which formula and on whose word. Nothing outside it is printed.

PASSPORT_FILE = "data/indicators.toml"
SHARE, MEAN, GIVEN_MEAN, NUMBER = "доля", "среднее", "готовое среднее", "число"
KINDS = [SHARE, MEAN, GIVEN_MEAN, NUMBER]
MORE_IS_BETTER, LESS_IS_BETTER, NOT_JUDGED = "больше — лучше", "меньше — лучше", "без оценки"
DIRECTIONS = [MORE_IS_BETTER, LESS_IS_BETTER, NOT_JUDGED]
JEFFREYS, NO_INTERVAL = "Джеффрис", "нет"
INTERVALS = [JEFFREYS, NO_INTERVAL]
# What an indicator may be made of: columns of a table, or lines of a sheet.
INPUTS: Mapping[str, tuple[str, ...]] = {
    "results": (
        "participant_count",
        *MARK_COLUMNS,
        "not_attested_count",
        *JOURNAL_COLUMNS,
        *SCORE_COLUMNS,
        "mean_score",
    ),
    **{table: tuple(line.name for line in lines) for table, lines in FORM_LINES.items()},
    "deficits": ("diagnosed_teacher_count", "deficit_teacher_count"),
    "self_assessment": ("assessment_score",),
    "contests": ("contest_count", "contestant_count", "winner_count"),
    "school_measures": ("planned_measure_count", "done_measure_count"),
}


@dataclass(frozen=True, kw_only=True)
class Indicator(Written, keys={"pooled": "stabilise"}):
    """One entry of the passport.

    Attributes:
        id: Name in tables and code.
        name: Russian name.
        table: The typed table it is computed from.
        scale: Of results: the scale it is made for; empty for other tables.
        procedures: Of results: the procedures it is made for; empty — all.
        kind: доля, среднее, готовое среднее or число.
        formula: In plain words.
        formula_source: Where the formula stands.
        formula_confirmed: Whether a primary text was read.
        unit: What the value is counted in.
        direction: Which way is better.
        numerator: Columns or lines that are added.
        weights: Of the numerator; all 1 for shares and numbers.
        denominator: Columns or lines that are added; none for a number.
        interval: The kind of interval.
        interval_note: Why there is none.
        pooled: Whether its shares are estimated from all results of the city together (`indicators.pooling`).
        threshold: A share from which a value is said to be over it; None where there is none.
        threshold_source: Where the threshold stands.
        threshold_confirmed: Whether a primary text of the office's own region was read.
        supplied_by: Who supplies it.
        default: Whether the passport came with the program and the office has not approved it.
    """

    id: str
    name: str
    table: Annotated[str, one_of(list(INPUTS))]
    scale: Annotated[str, one_of(SCALES)] = ""
    procedures: tuple[str, ...] = ()
    kind: Annotated[str, one_of(KINDS)]
    formula: str
    formula_source: str
    formula_confirmed: bool
    unit: str
    direction: Annotated[str, one_of(DIRECTIONS)]
    numerator: tuple[str, ...]
    weights: tuple[float, ...] = ()
    denominator: tuple[str, ...]
    interval: Annotated[str, one_of(INTERVALS)]
    interval_note: str = ""
    pooled: bool
    threshold: Share | None = None
    threshold_source: str = ""
    threshold_confirmed: bool = False
    supplied_by: str
    default: bool = False

    def misfits(self) -> Iterator[Misfit]:
        """What the table and the kind of an indicator demand of its other keys."""
        for key, names in (("numerator", self.numerator), ("denominator", self.denominator)):
            for name in names:
                if name not in INPUTS[self.table]:
                    there = ", ".join(INPUTS[self.table])
                    yield _misfit(key, f"«{name}» в таблице {self.table} нет; есть: {there}.")
        yield from self._misfits_of_the_kind()
        if self.default:
            yield _misfit("default", "его пишут в разделе [passport], для всех показателей сразу.")
        if self.pooled and self.kind != SHARE:
            yield _misfit("stabilise", "по всем результатам вместе оценивают только доли, нужно: false.")
        if self.threshold is not None and self.kind != SHARE:
            yield _misfit("threshold", f"стоит {self.threshold}, порог бывает у показателя-доли.")
        weights = self.weights
        if self.kind == MEAN and (len(weights) != len(self.numerator) or len(set(weights)) < 2):
            written = [int(one) if one == int(one) else one for one in weights]
            yield _misfit("weights", f"стоит {written}, нужны разные числа, {len(self.numerator)} штук.")
        needed = {
            "scale": self.table == "results" and not self.scale,
            "interval_note": self.interval == NO_INTERVAL and not self.interval_note,
            "threshold_source": self.threshold is not None and not self.threshold_source,
        }
        for key in (key for key, missing in needed.items() if missing):
            yield Misfit(f"нет ключа «{key}» или он пуст (текст в кавычках). Впишите его.")

    def _misfits_of_the_kind(self) -> Iterator[Misfit]:
        if not self.numerator or (self.kind == NUMBER) == bool(self.denominator):
            yield Misfit("ключи «numerator», «denominator»: у числа нет знаменателя, у доли и среднего есть оба.")
        if self.kind in (GIVEN_MEAN, NUMBER) and self.interval == JEFFREYS:
            yield _misfit("interval", "интервал бывает у доли и среднего, здесь нужно: «нет».")
        if self.kind == GIVEN_MEAN and (len(self.numerator), len(self.denominator)) != (1, 1):
            yield Misfit("ключи «numerator», «denominator»: у готового среднего по одному столбцу.")


def _misfit(key: str, said: str) -> Misfit:
    return Misfit(f"ключ «{key}»: {said}", key=(key,))


@dataclass(frozen=True)
class Method(Written):
    """How uncertainty is stated, the same for all indicators.

    Attributes:
        interval: The kind of interval, in words.
        interval_basis: Its source.
        small_base: Fewer participants are flagged.
        confirmed: Whether a norm demands these numbers.
        stabilisation: This and the keys below decide nothing any more; a file that has them still opens.
        stabilisation_basis: See above.
        fewest_schools: See above.
        largest_spread_error: See above.
    """

    interval: str
    interval_basis: str
    small_base: Annotated[int, at_least(1)]
    confirmed: bool
    stabilisation: str = ""
    stabilisation_basis: str = ""
    fewest_schools: int = 0
    largest_spread_error: float = 0.0


@dataclass(frozen=True)
class Passport:
    """All indicators of a project, and the method they share.

    Attributes:
        version: Changes with any definition.
        since: First year for which the office has approved the definitions; None while they are those of the program.
        method: How uncertainty is stated.
        indicators: In the order of the file.
    """

    version: str
    since: int | None
    method: Method
    indicators: tuple[Indicator, ...]

    def __getitem__(self, indicator_id: str) -> Indicator:
        """The entry of an indicator.

        Raises:
            AnalysisError: The passport does not know it, so it must not be printed.
        """
        self.require([indicator_id])
        return next(one for one in self.indicators if one.id == indicator_id)

    def require(self, indicator_ids: Iterable[str]) -> None:
        """Stops where a result has no entry here.

        Raises:
            AnalysisError: Names the indicators that the passport does not know.
        """
        known = {one.id for one in self.indicators}
        unknown = sorted({str(one) for one in indicator_ids} - known)
        if unknown:
            said = f"показателя {', '.join(unknown)} в паспорте нет, поэтому его нельзя печатать"
            raise AnalysisError(f"{PASSPORT_FILE}: {said}. Опишите его разделом [[indicator]].")


@dataclass(frozen=True)
class Head(Written):
    """Of the passport as a whole: its version, and whether the office has approved it."""

    version: str
    since: int | None = None
    default: bool = False

    def misfits(self) -> Iterator[Misfit]:
        """It is a default or has its year."""
        yield from approval_misfits(self.default, self.since, "целое число")


@dataclass(frozen=True)
class PassportFile(Written):
    """data/indicators.toml."""

    passport: Head
    method: Method
    indicator: tuple[Indicator, ...] = ()

    def misfits(self) -> Iterator[Misfit]:
        """Each indicator is described once."""
        for number in repeated([one.id for one in self.indicator]):
            said = f"показатель «{self.indicator[number].id}» описан дважды. Оставьте одно описание."
            yield Misfit(said, ("indicator", number), ("id",))


def load_passport(root: Path) -> Passport | None:
    """Reads data/indicators.toml; a project without that file computes no indicators of schools.

    Raises:
        RulesError: The file is broken; the message names the entry and the key.
    """
    if not (root / PASSPORT_FILE).is_file():
        return None
    file = read_rules(root, PASSPORT_FILE, PassportFile)
    since = file.passport.since
    indicators = tuple(_indicator(one, default=since is None) for one in file.indicator)
    return Passport(file.passport.version, since, file.method, indicators)


def _indicator(one: Indicator, *, default: bool) -> Indicator:
    """What is written where it says nothing, a scale of posts or weights of a share, does not count."""
    held: dict[str, Any] = {
        "scale": one.scale if one.table == "results" else "",
        "weights": one.weights if one.kind == MEAN else (1.0,) * len(one.numerator),
        "interval_note": one.interval_note if one.interval == NO_INTERVAL else "",
        "threshold_source": one.threshold_source if one.threshold is not None else "",
        "threshold_confirmed": one.threshold_confirmed and one.threshold is not None,
        "default": default,
    }
    return replace(one, **held)


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
    found = [PartOf(table, (part,), (whole,)) for table, all_ in COUNTED_AMONG.items() for part, whole in all_.items()]
    for one in passport.indicators if passport else ():
        if one.kind == SHARE and not set(one.numerator) <= set(one.denominator):
            found.append(PartOf(one.table, one.numerator, one.denominator))
    return tuple(dict.fromkeys(found))


def known_parts(root: Path) -> tuple[PartOf, ...]:
    """Returns `part_of` for a project. A passport that cannot be read adds nothing: `check` names its fault."""
    try:
        return part_of(load_passport(root))
    except AnalysisError:
        return part_of(None)


# What the office decides about indicators of schools: the passport, the rules of selection and the calendar.

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

    def among(self, indicators: "pd.DataFrame") -> "pd.Series[bool]":
        """Which rows are of the results that it looks at."""
        return (
            (indicators["indicator_id"] == self.indicator)
            & (indicators["procedure"] == self.procedure)
            & indicators["subject"].isin(self.subjects)
            & indicators["programme_grade"].isin(self.programme_grades)
        )


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
