"""What people write for documents: paragraphs, lists, bold, italics and links. All else is text or refused by line."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from analysis.errors import AnalysisError
from analysis.presentation.markdown import escape

_ITEM = re.compile(r"\s*(?:([-*•])|(\d{1,3})[.)])\s+(\S.*)")
_SPAN = re.compile(r"\*\*(?P<bold>[^*\s](?:[^*]*[^*\s])?)\*\*|\*(?P<italic>[^*\s](?:[^*]*[^*\s])?)\*"
                   r"|\[(?P<words>[^\]\[]+)\]\((?P<address>https?://[^\s()<>\"{}\\]+)\)")  # fmt: skip
_REFUSED = (
    (re.compile(r"<[A-Za-z/!?]"), "разметка HTML"),
    (re.compile(r"\s*(?:```|~~~)|`\{"), "программный код"),
    (re.compile(r"\{\{<|\{=|\s*:::"), "команда вёрстки"),
    (re.compile(r"!\["), "рисунок"),
    (re.compile(r"\s*\|.*\|\s*$"), "таблица"),
)
ALLOWED = "Пишите простой текст: абзацы, списки («- » или «1. »), **жирный**, *курсив*, [слова](https://адрес)."


class Written(NamedTuple):
    """A line that somebody wrote, and where it stands."""

    file: str
    number: int
    text: str

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"{self.file}, строка {self.number}"


def written_lines(text: str, file: str) -> list[Written]:
    """The lines of a file with their places; what only a program can mean is refused.

    Raises:
        AnalysisError: A line holds HTML, code, a picture, a table or a command of the renderer.
    """
    lines = [Written(file, number, line.rstrip()) for number, line in enumerate(text.splitlines(), start=1)]
    for line in lines:
        what = next((words for pattern, words in _REFUSED if pattern.search(line.text)), None)
        if what:
            raise AnalysisError(f"{line.place}: {what} не допускается: «{line.text.strip()}». {ALLOWED}")
    return lines


def as_markdown(lines: Iterable[Written]) -> str:
    """The lines as Markdown of a document: what is not one of the few marks allowed shows literally."""
    made: list[str] = []
    in_list = False
    for line in lines:
        item = _ITEM.fullmatch(line.text)
        if bool(item) != in_list or not line.text.strip():
            made.append("")
        in_list = bool(item) or (in_list and bool(line.text.strip()))
        if item:
            made.append(f"{f'{item[2]}.' if item[2] else '-'} {_spans(item[3])}")
        elif line.text.strip():
            made.append(f"{'  ' if in_list else ''}{_spans(line.text.strip())}")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(made)).strip()


def _spans(text: str) -> str:
    """Literal text with the marks allowed in it."""
    made, end = [], 0
    for found in _SPAN.finditer(text):
        made += [escape(text[end : found.start()]), _span(found)]
        end = found.end()
    return "".join([*made, escape(text[end:])])


def _span(found: re.Match[str]) -> str:
    if found["bold"]:
        return f"**{escape(found['bold'])}**"
    if found["italic"]:
        return f"*{escape(found['italic'])}*"
    return f"[{escape(found['words'])}]({found['address']})"
