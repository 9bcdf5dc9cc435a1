"""What the headings of a plan's columns mean: words that come with the program, and what people settle for a document.

The words stand in plan_headings.toml, settled headings in data/columns.toml of the project.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from analysis.rules.toml_file import read_rules
from analysis.rules.written import Filled, Misfit, Rule, Written, repeated, stands

COLUMNS_FILE = "data/columns.toml"
WORDS_FILE = Path(__file__).with_name("plan_headings.toml")
# How people name a meaning in data/columns.toml; a year is named by its number.
MEANINGS = {
    "номер": "code", "задача": "task", "мероприятие": "title", "результат": "result", "единица": "unit",
    "базовое значение": "baseline", "итог": "total", "срок": "deadline", "исполнители": "executors", "деньги": "money",
    "примечание": "note",
}  # fmt: skip
YEAR = re.compile(r"20[0-9]{2}")


def _is_meaning(meaning: str) -> bool:
    return meaning in MEANINGS or YEAR.fullmatch(meaning) is not None


@dataclass(frozen=True)
class Column(Written, called="heading"):
    """What a heading means in the documents of this project."""

    heading: Filled
    meaning: Annotated[str, Rule(_is_meaning, stands(f"нужно одно из: {', '.join(MEANINGS)} или год, например 2023"))]


@dataclass(frozen=True)
class SettledColumns(Written, keys={"columns": "column"}):
    """data/columns.toml."""

    columns: tuple[Column, ...] = ()

    def misfits(self) -> Iterator[Misfit]:
        """A heading has one meaning."""
        headings = [folded(one.heading) for one in self.columns]
        for number in repeated(headings):
            said = f"столбец «{self.columns[number].heading}» записан дважды. Оставьте одну запись."
            yield Misfit(said, ("column", number))

    @property
    def roles(self) -> dict[str, str]:
        """The role of each settled heading, as it is compared."""
        return {folded(one.heading): MEANINGS.get(one.meaning, one.meaning) for one in self.columns}


def load_columns(root: Path) -> SettledColumns:
    """Reads data/columns.toml. A project without the file has settled nothing.

    Raises:
        RulesError: An entry lacks a key, or its meaning is unknown.
    """
    return read_rules(root, COLUMNS_FILE, SettledColumns)


def folded(heading: str) -> str:
    """A heading as it is compared: small letters, no «ё», one space, no points at the ends."""
    return " ".join(heading.casefold().replace("ё", "е").split()).strip(" .:")


def role_of(heading: str, settled: Mapping[str, str]) -> str | None:
    """The role of a folded heading: what people have settled, else the first words that fit."""
    if heading in settled:
        return settled[heading]
    return next((role for role, pattern in _patterns() if pattern.search(heading)), None)


def columns_stanza(heading: str) -> str:
    """The entry for data/columns.toml that settles a heading, ready to be filled in."""
    text = heading.replace("\\", "\\\\").replace('"', '\\"')
    return f'[[column]]\nheading = "{text}"\nmeaning = ""   # {", ".join(MEANINGS)} или год: 2023'


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    with WORDS_FILE.open("rb") as file:
        read = tomllib.load(file)["heading"]
    return tuple((one["role"], re.compile("|".join(map(_pattern, one["words"])))) for one in read)


def _pattern(words: str) -> str:
    """The regular expression of an entry: «=» the whole heading, «^» its beginning, «*» any ending of a word."""
    text = re.escape(folded(words.lstrip("=^"))).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
    if words.startswith("="):
        return rf"\A{text}\Z"
    start = r"\A" if words.startswith("^") else r"(?<!\w)"
    return rf"{start}{text}(?!\w)"
