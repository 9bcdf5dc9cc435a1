"""region.toml: which city projects a region has, until when they may correct, and what they have approved."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from analysis.errors import AnalysisError, nearest, probably_meant
from analysis.region.dataset import HASH_DIGITS
from analysis.rules.toml_file import read_rules
from analysis.rules.written import FilePath, Filled, Misfit, Rule, Written, repeated, stands

REGION_FILE, OUTPUT = "region.toml", "output/region"
NAME_IT = (
    "Укажите папку региона: ключ --region, в Python — analysis.open_region(папка). Образец: docs/how-to/region.md."
)
CityId = Annotated[
    str, Rule(lambda one: re.fullmatch(r"[\w-]+", one), stands("нужно имя из букв, цифр, «-» и «_», без пробелов"))
]
Hash = Annotated[
    str,
    Rule(
        lambda one: re.fullmatch(rf"[0-9a-f]{{{HASH_DIGITS}}}", one),
        stands(f"нужен код из {HASH_DIGITS} знаков, который печатает страница города"),
    ),
]


@dataclass(frozen=True)
class Head(Written):
    """Who the region is.

    Attributes:
        name: As its report names it.
        publisher: Who makes the report.
        only_approved: Whether a city enters the tables only with numbers that it has approved.
        invented: Whether all data are invented.
    """

    name: Filled
    publisher: Filled
    only_approved: bool = False
    invented: bool = False


@dataclass(frozen=True)
class City(Written):
    """A city project.

    Attributes:
        id: Its name in tables and files.
        folder: Where project.toml lies, from the folder of region.toml.
    """

    id: CityId
    folder: FilePath


@dataclass(frozen=True)
class Approval(Written, called="city"):
    """What a city has approved: the edition of a year with the hash that its page showed, by whom and when."""

    city: str
    edition: int
    hash: Hash
    who: Filled
    date: date


@dataclass(frozen=True)
class Term(Written, called="edition"):
    """Until when cities may correct their numbers of a year; before that day is over nothing of them is public."""

    edition: int
    until: date


@dataclass(frozen=True)
class RegionFile(Written, keys={"head": "region", "cities": "city", "terms": "term", "approvals": "approval"}):
    """region.toml."""

    head: Head
    cities: Annotated[tuple[City, ...], Rule(bool, lambda _: ": нужен хотя бы один город.")]
    terms: tuple[Term, ...] = ()
    approvals: tuple[Approval, ...] = ()

    def misfits(self) -> Iterator[Misfit]:
        """Cities have names and folders of their own, and approvals name cities of the region."""
        known = [one.id for one in self.cities]
        for key, values in (("id", known), ("folder", [one.folder for one in self.cities])):
            for number in repeated(values):
                said = f"ключ «{key}»: «{values[number]}» уже стоит у другого города. Исправьте или уберите запись."
                yield Misfit(said, ("city", number), (key,))
        for number in repeated([one.edition for one in self.terms]):
            said = f"ключ «edition»: срок {self.terms[number].edition} года уже назван. Уберите одну из записей."
            yield Misfit(said, ("term", number), ("edition",))
        for number, one in enumerate(self.approvals):
            if one.city not in known:
                said = f"ключ «city»: города «{one.city}» в этом файле нет.{probably_meant(nearest(one.city, known))}"
                yield Misfit(said, ("approval", number), ("city",))


@dataclass(frozen=True)
class Region:
    """A region: its folder and what region.toml says."""

    root: Path
    file: RegionFile

    @property
    def output(self) -> Path:
        """What the region makes, apart from the cities' own folders."""
        return self.root / OUTPUT

    def term(self, year: int) -> date | None:
        """Until when cities may correct their numbers of a year, if that is said."""
        return next((one.until for one in self.file.terms if one.edition == year), None)

    def folder(self, city: City) -> Path:
        """Where the project of a city lies."""
        return (self.root / city.folder).resolve()


def load_region(folder: Path | None = None) -> Region:
    """Reads region.toml of a folder, by default of the nearest one from the working directory upwards.

    Raises:
        AnalysisError: There is none, or it is broken; the message names line and key.
    """
    here = (folder or Path.cwd()).expanduser().resolve()
    here = here.parent if here.name == REGION_FILE else here
    for root in (here,) if folder else (here, *here.parents):
        if (root / REGION_FILE).is_file():
            return Region(root, read_rules(root, REGION_FILE, RegionFile, optional=False))
    raise AnalysisError(f"Файл {REGION_FILE} не найден в папке {here}{'' if folder else ' и выше'}. {NAME_IT}")
