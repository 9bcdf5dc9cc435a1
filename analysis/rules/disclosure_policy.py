"""The disclosure policy: which published numbers could show one person. Versioned config, never a constant in code."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analysis.files.memory import FORGETFUL, Memory
from analysis.rules.toml_file import read_rules
from analysis.rules.written import Misfit, Written, bracketed, doubt

DISCLOSURE_FILE = "data/disclosure.toml"
# What a printed number may say of one school or of every pupil though nobody is counted by it.
DOUBTS = {"dominance": "почти всё — одна школа", "one_mark": "у всех одна отметка"}
# Never published and never in git; with the record of what went out beside it.
PRIVATE_FOLDER = "data/private"
SECRET_FILE = f"{PRIVATE_FOLDER}/mask.key"


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
        largest_share: From how many percent one school makes nearly all of what the other schools are together.
        stops: What of DOUBTS stops the public report; the rest is only shown by `analysis audit`.
    """

    version: str
    smallest_count: int
    smallest_base: int
    basis: str
    confirmed: bool
    default: bool = False
    largest_share: int = 95
    stops: tuple[str, ...] = ()

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
        if not 50 < self.largest_share <= 100:
            yield Misfit(f"«largest_share» — стоит {self.largest_share}; нужно больше 50 и не больше 100.")
        if unknown := [one for one in self.stops if one not in DOUBTS]:
            yield Misfit(f"«stops» — стоит «{unknown[0]}», а бывает: {', '.join(DOUBTS)}.")


@dataclass(frozen=True)
class WentOut:
    """Columns of a row that a public edition has printed, and those that it has hidden."""

    printed: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()

    def named(self, called: Mapping[str, str]) -> "WentOut":
        """The same where some columns are called otherwise."""
        return WentOut(*(frozenset(called.get(one, one) for one in some) for some in (self.printed, self.hidden)))


@dataclass(frozen=True)
class Choice:
    """How further cells are chosen.

    Attributes:
        secret: What nobody outside the office knows; without it any reader could choose again.
        went_out: By table and row what public editions have printed and hidden: it stays so where it can.
        memory: What was chosen for the very same cells.
    """

    secret: str = ""
    went_out: Mapping[str, Mapping[str, WentOut]] = field(default_factory=dict)
    memory: Memory = field(default=FORGETFUL, compare=False)


OPEN_CHOICE = Choice()
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
