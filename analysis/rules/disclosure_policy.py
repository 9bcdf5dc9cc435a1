"""The disclosure policy: which published numbers could show one person. Versioned config, never a constant in code."""

from dataclasses import dataclass
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.rules.defaults import bracketed, doubt, is_default
from analysis.rules.toml_file import keys_of, read_toml, section, take

DISCLOSURE_FILE = "data/disclosure.toml"


@dataclass(frozen=True)
class DisclosurePolicy:
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


# What is in force where a project decides nothing itself: the default of published practice, never less.
DEFAULT_POLICY = DisclosurePolicy(
    "1", 5, 10, "распространённая практика публикации; нормативный документ числа не называет", False, True
)


def load_policy(root: Path) -> DisclosurePolicy:
    """Reads data/disclosure.toml; a project without that file has the default policy, not none.

    Raises:
        AnalysisError: The file is broken or masks nothing; the message names the key.
    """
    if not (root / DISCLOSURE_FILE).is_file():
        return DEFAULT_POLICY
    content = read_toml(root, DISCLOSURE_FILE, ("disclosure",))
    where, written = section(content, "disclosure", DISCLOSURE_FILE, keys_of(DisclosurePolicy))
    policy = DisclosurePolicy(
        take(written, "version", str, where),
        take(written, "smallest_count", int, where),
        take(written, "smallest_base", int, where),
        take(written, "basis", str, where),
        take(written, "confirmed", bool, where),
        is_default(written, where),
    )
    if not 2 <= policy.smallest_count <= policy.smallest_base:
        raise AnalysisError(
            f"{where}: «smallest_count» — стоит {policy.smallest_count}, «smallest_base» — {policy.smallest_base}; "
            "нужно: первое не меньше 2, второе не меньше первого."
        )
    return policy
