"""What a school answers to its note before it is published: reports/<year>/replies/<login>.md."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from analysis.cleaning.schools import Register
from analysis.documents.authored import Written, as_markdown, written_lines
from analysis.documents.decisions import read_words
from analysis.errors import AnalysisError

FOLDER = "replies"
_FIELD = re.compile(r"(Дата|Должность)\s*:\s*(.*?)\s*", re.IGNORECASE)
REPLY_FORMAT = "Файл начинается строками «Дата: 15.02.2022» и «Должность: директор школы», затем пустая строка и текст."


@dataclass(frozen=True)
class Reply:
    """What a school has answered.

    Attributes:
        day: The day of the answer.
        post: The author's post; names are not asked for.
        markdown: The text.
    """

    day: date
    post: str
    markdown: str


def load_replies(folder: Path, register: Register) -> Mapping[str, Reply]:
    """Reads the replies of an edition by login.

    Raises:
        AnalysisError: A file is not in the documented form or belongs to no school of the registry.
    """
    return {
        register.login(path.stem, f"reports/{folder.name}/{FOLDER}/{path.name}"): _reply(path, folder)
        for path in sorted((folder / FOLDER).glob("*.md"))
    }


def _reply(path: Path, folder: Path) -> Reply:
    file = f"reports/{folder.name}/{FOLDER}/{path.name}"
    lines = written_lines(read_words(path), file)
    filled = [line for line in lines if line.text.strip()]
    fields = {found[1].casefold(): (line, found[2]) for line in filled[:2] if (found := _FIELD.fullmatch(line.text))}
    if len(fields) != 2 or not fields["должность"][1]:
        raise AnalysisError(f"{file}: не указаны дата или должность. {REPLY_FORMAT}")
    line, words = fields["дата"]
    body = as_markdown(_below(lines, filled[1].number))
    if not body:
        raise AnalysisError(f"{file}: текста ответа нет. {REPLY_FORMAT}")
    return Reply(_day(line, words), fields["должность"][1], body)


def _below(lines: list[Written], number: int) -> list[Written]:
    """The lines below a line."""
    return [line for line in lines if line.number > number]


def _day(line: Written, words: str) -> date:
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(words, form).date()
        except ValueError:
            continue
    raise AnalysisError(f"{line.place}: «{words}» — не дата. {REPLY_FORMAT}")
