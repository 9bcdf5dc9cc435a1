"""Hypotheses and decisions: people write them into reports/<year>/decisions.md, documents take them in."""

import re
from collections.abc import Iterator, Mapping
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from analysis.cleaning.schools import Register
from analysis.documents.authored import Written, as_markdown, written_lines
from analysis.documents.settings import KINDS, Kind
from analysis.errors import AnalysisError

FILE = "decisions.md"
HYPOTHESIS, DECISION = "Гипотеза", "Решение"
PARTS = (HYPOTHESIS, DECISION)
NOT_WRITTEN = "Не записано."
_HEADING = re.compile(r"(#{1,6})\s*(.*?)\s*#*\s*$")
FORMAT = (
    "Порядок записи: «# Название документа» (у справки школы — «# Аналитическая справка: школа»), под ним "
    "«## Гипотеза» и «## Решение». Названия документов: " + ", ".join(kind.heading for kind in KINDS.values()) + "."
)


class Key(NamedTuple):
    """What a section belongs to: a kind of document, a school's login (empty for a document of the city), a part."""

    kind: str
    school: str
    part: str


Decisions = Mapping[Key, str]


def load_decisions(folder: Path, register: Register) -> Decisions:
    """Reads decisions.md of an edition as Markdown by what it belongs to; nothing where nobody has written any.

    Raises:
        AnalysisError: The file is not in the documented form; the message names the line.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    lines = written_lines(read_words(path), f"reports/{folder.name}/{FILE}")
    found: dict[Key, str] = {}
    for key, place, body in _sections(lines, register):
        if key in found:
            raise AnalysisError(f"{place}: такой раздел уже есть выше. Оставьте один.")
        found[key] = as_markdown(body)
    return {key: text for key, text in found.items() if text}


def read_words(path: Path) -> str:
    """The text of a file that people write.

    Raises:
        AnalysisError: It is not in UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise AnalysisError(f"{path}: файл не в кодировке UTF-8. Сохраните его в UTF-8.") from None


def _sections(lines: list[Written], register: Register) -> Iterator[tuple[Key, str, list[Written]]]:
    document: tuple[Kind, str] | None = None
    for position, line in enumerate(lines):
        heading = _HEADING.fullmatch(line.text)
        if heading and len(heading[1]) == 1:
            document = _document(heading[2], line, register)
        elif heading:
            part = _part(heading, line)
            if document is None:
                raise AnalysisError(f"{line.place}: неясно, к какому документу это относится. {FORMAT}")
            body = list(takewhile(lambda one: not _HEADING.fullmatch(one.text), lines[position + 1 :]))
            yield Key(document[0].id, document[1], part), line.place, body
        elif line.text.strip() and not _under_a_part(lines[:position]):
            raise AnalysisError(f"{line.place}: текст стоит вне раздела «Гипотеза» или «Решение». {FORMAT}")


def _under_a_part(above: list[Written]) -> bool:
    last = next((found for line in reversed(above) if (found := _HEADING.fullmatch(line.text))), None)
    return last is not None and len(last[1]) == 2


def _part(heading: re.Match[str], line: Written) -> str:
    part = heading[2].rstrip(":").casefold()
    known = next((one for one in PARTS if part == one.casefold()), None)
    if len(heading[1]) != 2 or known is None:
        raise AnalysisError(f"{line.place}: заголовок «{line.text}» не опознан. {FORMAT}")
    return known


def _document(words: str, line: Written, register: Register) -> tuple[Kind, str]:
    name, _, school = (part.strip() for part in words.partition(":"))
    kind = next((one for one in KINDS.values() if one.heading.casefold() == name.casefold()), None)
    if kind is None:
        raise AnalysisError(f"{line.place}: документа «{name}» нет. {FORMAT}")
    if kind.of_a_school != bool(school):
        raise AnalysisError(
            f"{line.place}: у справки назовите школу: «# {kind.heading}: школа»."
            if kind.of_a_school
            else f"{line.place}: этот документ один на город, школу здесь не называют: «{school}»."
        )
    return kind, register.login(school, line.place) if school else ""
