"""Which schools became part of another one and when, as people record it in data/schools.toml."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from analysis.rules.toml_file import read_rules
from analysis.rules.written import Misfit, Rule, Written

SCHOOLS_FILE = "data/schools.toml"
Login = Annotated[str, Rule(tidy=str.strip)]


@dataclass(frozen=True)
class Merger(Written, called="login"):
    """A school that became part of another one.

    Attributes:
        login: The school that ended.
        into: Its successor.
        date: The first day on which it was part of the successor.
        basis: The document that says so.
        who: Who entered it.
    """

    login: Login
    into: Login
    date: date
    basis: str
    who: str

    def is_before(self, calendar_year: int, school_year: str = "") -> bool:
        """Whether all of a calendar year, or of what a school year has of it, lies at or after the merger."""
        return began(calendar_year, school_year) >= self.date

    @property
    def day(self) -> str:
        """The date as people write it."""
        return f"{self.date:%d.%m.%Y}"


def began(calendar_year: int, school_year: str = "") -> date:
    """Returns the first day of a calendar year, or of what a school year has of it."""
    first = date(calendar_year, 1, 1)
    return max(first, date(int(school_year[:4]), 9, 1)) if school_year else first


@dataclass(frozen=True)
class Mergers(Written):
    """data/schools.toml."""

    merged: tuple[Merger, ...] = ()

    def misfits(self) -> Iterator[Misfit]:
        """Entries that contradict themselves or each other."""
        for number, one in enumerate(self.merged):
            key, said = _fault(one, self.merged)
            if said:
                yield Misfit(f"ключ «{key}»: {said}", ("merged", number), (key,))


def load_mergers(root: Path) -> tuple[Merger, ...]:
    """Reads data/schools.toml; without the file no school has become part of another.

    Raises:
        RulesError: The file is broken, or its entries contradict each other; names the entry and the key.
    """
    return read_rules(root, SCHOOLS_FILE, Mergers).merged


def _fault(one: Merger, mergers: Sequence[Merger]) -> tuple[str, str]:
    """The key of an entry that is wrong beside the others, and why; empty where nothing is."""
    if one.login == one.into:
        return "into", f"стоит «{one.into}», тот же логин, что в «login». Впишите логин школы, в которую вошла эта."
    if sum(other.login == one.login for other in mergers) > 1:
        return "login", f"школа «{one.login}» записана дважды. Оставьте одну запись."
    successors = {other.login: other for other in mergers}
    if (circle := _way(one, successors))[-1] == one.login:
        return "into", f"круг: {' → '.join(circle)}. Уберите запись той школы, которая осталась."
    after = successors.get(one.into)
    if after is not None and after.date <= one.date:
        said = (
            f"школы «{one.into}» к {one.day} уже не было: с {after.day} она в составе «{after.into}». "
            "Впишите ту школу, которая была в этот день, или исправьте дату."
        )
        return "into", said
    return "", ""


def _way(one: Merger, successors: Mapping[str, Merger]) -> list[str]:
    """The logins from a school to the last of its successors; it ends where it comes upon one of them again."""
    way, at = [one.login], one.into
    while at not in way and at in successors:
        way.append(at)
        at = successors[at].into
    return [*way, at]
