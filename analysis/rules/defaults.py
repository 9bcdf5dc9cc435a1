"""What holds while the office has decided nothing itself: how a file of rules says so, and how print does."""

from collections.abc import Mapping
from typing import Any, TypeVar

from analysis.errors import AnalysisError
from analysis.rules.toml_file import take

Value = TypeVar("Value")
# Stands in the files that come with the program; the office removes it when it has approved the rule.
KEY = "default"
DEFAULT_RULE = "правило по умолчанию, не утверждено управлением"
NOT_CONFIRMED = "не подтверждено"


def is_default(entry: Mapping[str, Any], where: str) -> bool:
    """Whether an entry of a file of rules came with the program and nobody has approved it."""
    return take({KEY: False, **entry}, KEY, bool, where)


def approved_since(entry: Mapping[str, Any], kind: type[Value], where: str) -> Value | None:
    """Returns since when the office has an entry; None for a default: the day on which we wrote it is not its day.

    Raises:
        AnalysisError: An entry says both, or neither.
    """
    if not is_default(entry, where):
        return take(entry, "since", kind, where)
    if "since" in entry:
        raise AnalysisError(f"{where}: ключ «since» бывает у утверждённого: уберите его или «{KEY}».")
    return None


def doubt(default: bool, confirmed: bool, unconfirmed: str = NOT_CONFIRMED) -> str:
    """Returns what must be said beside a rule: a default, or one whose text was not read; empty for any other."""
    return DEFAULT_RULE if default else "" if confirmed else unconfirmed


def bracketed(said: str) -> str:
    """The words in brackets, ready to follow others; nothing for none."""
    return f" ({said})" if said else ""
