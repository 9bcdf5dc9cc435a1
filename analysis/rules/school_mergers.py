"""Which schools became part of another one and when, as people record it in data/schools.toml."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.rules.toml_file import keys_of, numbered, read_toml, take

SCHOOLS_FILE = "data/schools.toml"


@dataclass(frozen=True)
class Merger:
    """A school that became part of another one.

    Attributes:
        login: The school that ended.
        into: Its successor.
        date: The first day on which it was part of the successor.
        basis: The document that says so.
        who: Who entered it.
    """

    login: str
    into: str
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


def load_mergers(root: Path) -> tuple[Merger, ...]:
    """Reads data/schools.toml; without the file no school has become part of another.

    Raises:
        AnalysisError: The file is broken, or its entries contradict each other; names the entry and the key.
    """
    if not (root / SCHOOLS_FILE).is_file():
        return ()
    content = read_toml(root, SCHOOLS_FILE, ("merged",))
    entries = numbered(content.get("merged", []), "merged", SCHOOLS_FILE, keys_of(Merger), "login")
    found = [
        Merger(
            take(entry, "login", str, where).strip(),
            take(entry, "into", str, where).strip(),
            take(entry, "date", date, where),
            take(entry, "basis", str, where),
            take(entry, "who", str, where),
        )
        for where, entry in entries
    ]
    for (where, _), one in zip(entries, found, strict=True):
        if fault := _fault(one, found):
            raise AnalysisError(f"{where}: {fault}")
    return tuple(found)


def _fault(one: Merger, mergers: Sequence[Merger]) -> str:
    """What is wrong with an entry beside the others; empty where nothing is."""
    if one.login == one.into:
        return (
            f"ключ «into»: стоит «{one.into}», тот же логин, что в «login». Впишите логин школы, в которую вошла эта."
        )
    if sum(other.login == one.login for other in mergers) > 1:
        return f"ключ «login»: школа «{one.login}» записана дважды. Оставьте одну запись."
    successors = {other.login: other for other in mergers}
    if (circle := _way(one, successors))[-1] == one.login:
        return f"ключ «into»: круг: {' → '.join(circle)}. Уберите запись той школы, которая осталась."
    after = successors.get(one.into)
    if after is not None and after.date <= one.date:
        return (
            f"ключ «into»: школы «{one.into}» к {one.day} уже не было: с {after.day} она в составе «{after.into}». "
            "Впишите ту школу, которая была в этот день, или исправьте дату."
        )
    return ""


def _way(one: Merger, successors: Mapping[str, Merger]) -> list[str]:
    """The logins from a school to the last of its successors; it ends where it comes upon one of them again."""
    way, at = [one.login], one.into
    while at not in way and at in successors:
        way.append(at)
        at = successors[at].into
    return [*way, at]
