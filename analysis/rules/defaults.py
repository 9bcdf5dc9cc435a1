"""What holds while the office has decided nothing itself: how a file of rules says so, and how print does."""

from collections.abc import Iterator

from analysis.rules.written import Misfit

DEFAULT_RULE = "правило по умолчанию, не утверждено управлением"
NOT_CONFIRMED = "не подтверждено"


def approval_misfits(default: bool, since: object, kind: str) -> Iterator[Misfit]:
    """What is wrong with an entry that comes with the program until the office writes `since` for `default = true`.

    Args:
        default: Whether it says that nobody has approved it.
        since: Since when the office has it; None where it does not say: the day on which we wrote it is not its day.
        kind: How `since` is written.
    """
    if default and since is not None:
        yield Misfit("ключ «since» бывает у утверждённого: уберите его или «default».", key=("since",))
    if not default and since is None:
        yield Misfit(f"нет ключа «since» ({kind}). Допишите его.")


def doubt(default: bool, confirmed: bool, unconfirmed: str = NOT_CONFIRMED) -> str:
    """Returns what must be said beside a rule: a default, or one whose text was not read; empty for any other."""
    return DEFAULT_RULE if default else "" if confirmed else unconfirmed


def bracketed(said: str) -> str:
    """The words in brackets, ready to follow others; nothing for none."""
    return f" ({said})" if said else ""
