"""The disclosure policy: which published numbers could show one person. Versioned config, never a constant in code."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analysis.rules.toml_file import read_rules
from analysis.rules.written import Misfit, Written, bracketed, doubt

DISCLOSURE_FILE = "data/disclosure.toml"


@dataclass(frozen=True)
class DisclosurePolicy(Written):
    """What the public may not see.

    Attributes:
        version: Names the policy in force.
        smallest_count: Counts of people below this are hidden, zero included.
        smallest_base: Shares and means over fewer people are hidden.
        basis: What the numbers rest on.
        confirmed: Whether a document that binds the office was read.
        default: Whether it came with the program and the office has not approved it.
    """

    version: str
    smallest_count: int
    smallest_base: int
    basis: str
    confirmed: bool
    default: bool = False

    @property
    def ground(self) -> str:
        """What the numbers rest on, and what of it is in doubt."""
        return f"{self.basis}{bracketed(doubt(self.default, self.confirmed, 'не подтверждено нормативно'))}"

    def misfits(self) -> Iterator[Misfit]:
        """Both numbers must hide something."""
        if not 2 <= self.smallest_count <= self.smallest_base:
            yield Misfit(
                f"«smallest_count» — стоит {self.smallest_count}, «smallest_base» — {self.smallest_base}; "
                "нужно: первое не меньше 2, второе не меньше первого."
            )


# What is in force where a project decides nothing itself: the default of published practice, never less.
DEFAULT_POLICY = DisclosurePolicy(
    "1", 5, 10, "распространённая практика публикации; нормативный документ числа не называет", False, True
)


@dataclass(frozen=True)
class Disclosure(Written):
    """data/disclosure.toml."""

    disclosure: DisclosurePolicy


def load_policy(root: Path) -> DisclosurePolicy:
    """Reads data/disclosure.toml; a project without that file has the default policy, not none.

    Raises:
        RulesError: The file is broken or masks nothing; the message names the key.
    """
    if not (root / DISCLOSURE_FILE).is_file():
        return DEFAULT_POLICY
    return read_rules(root, DISCLOSURE_FILE, Disclosure).disclosure
