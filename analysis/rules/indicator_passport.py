"""The passport of indicators: what is computed, by which formula and on whose word. Nothing outside it is printed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.contracts.school_facts import CONTEXT_GROUPS, JOURNAL_COLUMNS, MARK_COLUMNS, SCORE_COLUMNS, STAFF_GROUPS
from analysis.errors import AnalysisError
from analysis.rules.defaults import KEY, approved_since
from analysis.rules.exam_calendar import SCALES
from analysis.rules.toml_file import keys_of, numbered, one_of, read_toml, section, take

PASSPORT_FILE = "data/indicators.toml"
SHARE, MEAN, GIVEN_MEAN, NUMBER = "доля", "среднее", "готовое среднее", "число"
KINDS = [SHARE, MEAN, GIVEN_MEAN, NUMBER]
DIRECTIONS = ["больше — лучше", "меньше — лучше", "без оценки"]
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
    "context": tuple(CONTEXT_GROUPS),
    "staff": tuple(STAFF_GROUPS),
    "deficits": ("diagnosed_teacher_count", "deficit_teacher_count"),
    "self_assessment": ("assessment_score",),
    "contests": ("contest_count", "contestant_count", "winner_count"),
    "school_measures": ("planned_measure_count", "done_measure_count"),
}


@dataclass(frozen=True)
class Indicator:
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
        stabilise: Whether shares of small schools are drawn towards the city.
        threshold: A share from which a value is said to be over it; None where there is none.
        threshold_source: Where the threshold stands.
        threshold_confirmed: Whether a primary text of the office's own region was read.
        supplied_by: Who supplies it.
        default: Whether the passport came with the program and the office has not approved it.
    """

    id: str
    name: str
    table: str
    scale: str
    procedures: tuple[str, ...]
    kind: str
    formula: str
    formula_source: str
    formula_confirmed: bool
    unit: str
    direction: str
    numerator: tuple[str, ...]
    weights: tuple[float, ...]
    denominator: tuple[str, ...]
    interval: str
    interval_note: str
    stabilise: bool
    threshold: float | None
    threshold_source: str
    threshold_confirmed: bool
    supplied_by: str
    default: bool = False


@dataclass(frozen=True)
class Method:
    """How uncertainty is stated, the same for all indicators.

    Attributes:
        interval: The kind of interval, in words.
        interval_basis: Its source.
        stabilisation: The way of stabilising, in words.
        stabilisation_basis: Its source.
        fewest_schools: With fewer schools nothing is stabilised.
        largest_spread_error: With a greater standard error of the prior's size nothing is stabilised.
        small_base: Fewer participants are flagged.
        confirmed: Whether a norm demands these numbers.
    """

    interval: str
    interval_basis: str
    stabilisation: str
    stabilisation_basis: str
    fewest_schools: int
    largest_spread_error: float
    small_base: int
    confirmed: bool


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
            raise AnalysisError(
                f"{PASSPORT_FILE}: показателя {', '.join(unknown)} в паспорте нет, поэтому его нельзя печатать. "
                "Опишите его разделом [[indicator]]."
            )


def load_passport(root: Path) -> Passport | None:
    """Reads data/indicators.toml; a project without that file computes no indicators of schools.

    Raises:
        AnalysisError: The file is broken; the message names the entry and the key.
    """
    if not (root / PASSPORT_FILE).is_file():
        return None
    content = read_toml(root, PASSPORT_FILE, ("passport", "method", "indicator"))
    head_place, head = section(content, "passport", PASSPORT_FILE, ("version", "since", KEY))
    entries = numbered(content.get("indicator", []), "indicator", PASSPORT_FILE, keys_of(Indicator) - {KEY})
    since = approved_since(head, int, head_place)
    indicators = tuple(_indicator(entry, where, since is None) for where, entry in entries)
    ids = [one.id for one in indicators]
    twice = next((one for one in ids if ids.count(one) > 1), None)
    if twice is not None:
        raise AnalysisError(f"{PASSPORT_FILE}: показатель «{twice}» описан дважды. Оставьте одно описание.")
    return Passport(
        version=take(head, "version", str, head_place),
        since=since,
        method=_method(*section(content, "method", PASSPORT_FILE, keys_of(Method))),
        indicators=indicators,
    )


def _method(where: str, entry: Mapping[str, Any]) -> Method:
    return Method(
        interval=take(entry, "interval", str, where),
        interval_basis=take(entry, "interval_basis", str, where),
        stabilisation=take(entry, "stabilisation", str, where),
        stabilisation_basis=take(entry, "stabilisation_basis", str, where),
        fewest_schools=_at_least(2, take(entry, "fewest_schools", int, where), "fewest_schools", where),
        largest_spread_error=_number(entry, "largest_spread_error", where),
        small_base=_at_least(1, take(entry, "small_base", int, where), "small_base", where),
        confirmed=take(entry, "confirmed", bool, where),
    )


def _indicator(entry: Mapping[str, Any], where: str, default: bool) -> Indicator:
    table = one_of(entry, "table", list(INPUTS), where)
    kind = one_of(entry, "kind", KINDS, where)
    numerator = _inputs(entry, "numerator", table, where)
    denominator = _inputs(entry, "denominator", table, where)
    interval = one_of(entry, "interval", INTERVALS, where)
    _fit(kind, numerator, denominator, interval, where)
    stabilise = take(entry, "stabilise", bool, where)
    if stabilise and (kind, interval) != (SHARE, JEFFREYS):
        raise AnalysisError(f"{where}: ключ «stabilise»: стабилизируют только доли с интервалом, нужно: false.")
    threshold = _number(entry, "threshold", where) if "threshold" in entry else None
    if threshold is not None and (kind != SHARE or not 0 <= threshold <= 1):
        raise AnalysisError(f"{where}: ключ «threshold»: стоит {threshold}, нужна доля от 0 до 1 у показателя-доли.")
    return Indicator(
        id=take(entry, "id", str, where),
        name=take(entry, "name", str, where),
        table=table,
        scale=one_of(entry, "scale", SCALES, where) if table == "results" else "",
        procedures=tuple(take({"procedures": [], **entry}, "procedures", list, where)),
        kind=kind,
        formula=take(entry, "formula", str, where),
        formula_source=take(entry, "formula_source", str, where),
        formula_confirmed=take(entry, "formula_confirmed", bool, where),
        unit=take(entry, "unit", str, where),
        direction=one_of(entry, "direction", DIRECTIONS, where),
        numerator=numerator,
        weights=_weights(entry, kind, len(numerator), where),
        denominator=denominator,
        interval=interval,
        interval_note=take(entry, "interval_note", str, where) if interval == NO_INTERVAL else "",
        stabilise=stabilise,
        threshold=threshold,
        threshold_source=take(entry, "threshold_source", str, where) if threshold is not None else "",
        threshold_confirmed=take(entry, "threshold_confirmed", bool, where) if threshold is not None else False,
        supplied_by=take(entry, "supplied_by", str, where),
        default=default,
    )


def _inputs(entry: Mapping[str, Any], key: str, table: str, where: str) -> tuple[str, ...]:
    names = take(entry, key, list, where)
    unknown = next((name for name in names if name not in INPUTS[table]), None)
    if unknown is not None:
        raise AnalysisError(
            f"{where}: ключ «{key}»: «{unknown}» в таблице {table} нет; есть: {', '.join(INPUTS[table])}."
        )
    return tuple(names)


def _fit(kind: str, numerator: tuple[str, ...], denominator: tuple[str, ...], interval: str, where: str) -> None:
    if not numerator or (kind == NUMBER) == bool(denominator):
        raise AnalysisError(
            f"{where}: ключи «numerator», «denominator»: у числа нет знаменателя, у доли и среднего есть оба."
        )
    if kind in (GIVEN_MEAN, NUMBER) and interval == JEFFREYS:
        raise AnalysisError(f"{where}: ключ «interval»: интервал бывает у доли и среднего, здесь нужно: «нет».")
    if kind == GIVEN_MEAN and (len(numerator), len(denominator)) != (1, 1):
        raise AnalysisError(f"{where}: ключи «numerator», «denominator»: у готового среднего по одному столбцу.")


def _weights(entry: Mapping[str, Any], kind: str, parts: int, where: str) -> tuple[float, ...]:
    if kind != MEAN:
        return (1.0,) * parts
    weights = take(entry, "weights", list, where)
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in weights)
    if len(weights) != parts or not numbers or len(set(weights)) < 2:
        raise AnalysisError(f"{where}: ключ «weights»: стоит {weights!r}, нужны разные числа, {parts} штук.")
    return tuple(map(float, weights))


def _number(entry: Mapping[str, Any], key: str, where: str) -> float:
    value = entry.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1e9:
        raise AnalysisError(f"{where}: ключ «{key}»: стоит {value!r}, нужно число не меньше 0.")
    return float(value)


def _at_least(least: int, value: int, key: str, where: str) -> int:
    if value < least:
        raise AnalysisError(f"{where}: ключ «{key}»: стоит {value}, нужно не меньше {least}.")
    return value
