"""The rules by which schools with low results are found: several, versioned, each with its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError
from analysis.rules.defaults import is_default
from analysis.rules.indicator_passport import SHARE, Passport
from analysis.rules.toml_file import keys_of, numbered, one_of, read_toml, take

SELECTION_FILE = "data/selection.toml"
PARTS_NOTHING = "порог 0 или 1 ничего не отделяет"
NO_REPETITION, SAME_LIST, SAME_PROCEDURE = "нет", "перечень", "процедура"
REPETITIONS = [NO_REPETITION, SAME_LIST, SAME_PROCEDURE]


@dataclass(frozen=True)
class Procedure:
    """What a rule looks at: each subject and programme grade of it is a procedure of its own."""

    procedure: str
    indicator: str
    subjects: tuple[str, ...]
    programme_grades: tuple[int, ...]


@dataclass(frozen=True)
class RuleSet:
    """One rule; data/selection.toml says what each key means."""

    id: str
    name: str
    source: str
    confirmed: bool
    threshold: float
    minimum_low_procedures: int
    repetition: str
    minimum_participants: int
    minimum_participants_confirmed: bool
    leave_low_count: int
    leave_confirmed: bool
    alternative_thresholds: tuple[float, ...]
    procedures: tuple[Procedure, ...]
    default: bool = False

    @property
    def parts_schools(self) -> bool:
        """Whether the threshold tells schools apart: every share reaches 0, and only a whole class 1."""
        return 0 < self.threshold < 1


RULE_KEYS = {*keys_of(RuleSet), "procedure"} - {"procedures"}


def load_rules(root: Path, passport: Passport) -> tuple[RuleSet, ...]:
    """Reads data/selection.toml; a project without that file selects nobody.

    Raises:
        AnalysisError: The file is broken or names an indicator that the passport does not know.
    """
    if not (root / SELECTION_FILE).is_file():
        return ()
    content = read_toml(root, SELECTION_FILE, ("version", "rule_set"))
    take(content, "version", str, SELECTION_FILE)
    entries = numbered(content.get("rule_set", []), "rule_set", SELECTION_FILE, RULE_KEYS)
    rules = tuple(_rule(entry, where, passport) for where, entry in entries)
    ids = [rule.id for rule in rules]
    if len(set(ids)) < len(ids):
        raise AnalysisError(f"{SELECTION_FILE}: ключ «id»: правила называются одинаково. Назовите их по-разному.")
    return rules


def _rule(entry: Mapping[str, Any], where: str, passport: Passport) -> RuleSet:
    alternatives = take({"alternative_thresholds": [], **entry}, "alternative_thresholds", list, where)
    procedures = numbered(take(entry, "procedure", list, where), "procedure", where, keys_of(Procedure))
    if not procedures:
        raise AnalysisError(f"{where}: ключ «procedure»: нужна хотя бы одна процедура.")
    return RuleSet(
        id=take(entry, "id", str, where),
        name=take(entry, "name", str, where),
        source=take(entry, "source", str, where),
        confirmed=take(entry, "confirmed", bool, where),
        threshold=_share(entry.get("threshold"), "threshold", where),
        minimum_low_procedures=_count(entry, "minimum_low_procedures", 1, where),
        repetition=one_of(entry, "repetition", REPETITIONS, where),
        minimum_participants=_count(entry, "minimum_participants", 1, where),
        minimum_participants_confirmed=take(entry, "minimum_participants_confirmed", bool, where),
        leave_low_count=_count(entry, "leave_low_count", 0, where),
        leave_confirmed=take(entry, "leave_confirmed", bool, where),
        alternative_thresholds=tuple(_share(one, "alternative_thresholds", where) for one in alternatives),
        procedures=tuple(_procedure(one, place, passport) for place, one in procedures),
        default=is_default(entry, where),
    )


def _procedure(entry: Mapping[str, Any], where: str, passport: Passport) -> Procedure:
    subjects, grades = take(entry, "subjects", list, where), take(entry, "programme_grades", list, where)
    if not subjects or not all(isinstance(one, str) for one in subjects):
        raise AnalysisError(f"{where}: ключ «subjects»: стоит {subjects!r}, нужны предметы в кавычках.")
    if not grades or not all(type(one) is int and 1 <= one <= 11 for one in grades):
        raise AnalysisError(f"{where}: ключ «programme_grades»: стоит {grades!r}, нужны классы от 1 до 11.")
    indicator = take(entry, "indicator", str, where)
    shares = [one.id for one in passport.indicators if one.table == "results" and one.kind == SHARE]
    if indicator not in shares:
        raise AnalysisError(
            f"{where}: ключ «indicator»: стоит «{indicator}», нужна доля из паспорта показателей: {', '.join(shares)}."
        )
    return Procedure(take(entry, "procedure", str, where), indicator, tuple(subjects), tuple(grades))


def _share(value: object, key: str, where: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise AnalysisError(f"{where}: ключ «{key}»: стоит {value!r}, нужна доля от 0 до 1.")
    return float(value)


def _count(entry: Mapping[str, Any], key: str, least: int, where: str) -> int:
    value = take(entry, key, int, where)
    if value < least:
        raise AnalysisError(f"{where}: ключ «{key}»: стоит {value}, нужно не меньше {least}.")
    return value
