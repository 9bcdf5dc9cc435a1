"""A document before it is executed: front matter and lines with the file and number of each."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from analysis.publishing.project import PublishingError, parse_yaml
from analysis.publishing.state import KINDS

_INCLUDE = re.compile(r"\{\{<\s*include\s+(\S+)\s*>\}\}\s*$")
_FENCE = re.compile(r"(`{3,}|~{3,})\s*(.*?)\s*$")
_OPTION = re.compile(r"#\|\s*(.*)$")
_OPTIONS = {("output", "asis"), ("include", False), ("include", True), ("echo", False)}


class Line(NamedTuple):
    """One line of text and where it stands."""

    text: str
    file: str
    number: int

    @property
    def place(self) -> str:
        """The address of the line for a person: file and number."""
        return f"{self.file}, строка {self.number}"


class Cell(NamedTuple):
    """A cell of code; `fence` is the line that opens it."""

    fence: Line
    code: str
    options: Mapping[str, Any]


class Source(NamedTuple):
    """A document with everything it includes, not executed yet."""

    name: str
    front: Mapping[str, Any]
    pieces: tuple[Line | Cell, ...]


def read_source(root: Path, name: str) -> Source:
    """Reads a document and all it includes.

    Args:
        root: The folder of the report sources.
        name: The document, relative to it.

    Returns:
        The document.

    Raises:
        PublishingError: A file is missing, includes itself, or holds something unsupported.
    """
    front, lines = _split_document(root, name)
    return Source(name, front, tuple(_pieces(_expand(root, lines, (root / name,)))))


def front_matter(root: Path, name: str) -> Mapping[str, Any]:
    """The keys and values at the head of a document; arguments and errors as of `read_source`."""
    return _split_document(root, name)[0]


def formats(front: Mapping[str, Any]) -> tuple[str, ...]:
    """The formats of a document that its front matter allows: some of html, pdf, docx."""
    allowed = front.get("format", KINDS)
    names = {"pdf" if name == "typst" else name for name in ([allowed] if isinstance(allowed, str) else allowed)}
    return tuple(kind for kind in KINDS if kind in names)


def _split_document(root: Path, name: str) -> tuple[dict[str, Any], list[Line]]:
    path = root / name
    if not path.is_file():
        raise PublishingError(f"Нет документа {root.name}/{name}.")
    return _split_front_matter(_read_lines(root, path))


def _read_lines(root: Path, path: Path) -> list[Line]:
    shown = f"{root.name}/{path.relative_to(root).as_posix()}"
    try:
        texts = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise PublishingError(f"{shown}: файл не в кодировке UTF-8; сохраните его в UTF-8.") from error
    return [Line(text, shown, number) for number, text in enumerate(texts, 1)]


def _split_front_matter(lines: list[Line]) -> tuple[dict[str, Any], list[Line]]:
    texts = [line.text.rstrip() for line in lines]
    if not texts or texts[0] != "---" or "---" not in texts[1:]:
        return {}, lines
    end = texts.index("---", 1)
    return parse_yaml("\n".join(texts[1:end]), lines[0].file, first_line=2), lines[end + 1 :]


def _expand(root: Path, lines: list[Line], parents: tuple[Path, ...]) -> Iterator[Line]:
    """Replaces each include shortcode by the lines of the file."""
    for line in lines:
        if found := _INCLUDE.match(line.text):
            path = (parents[-1].parent / found.group(1)).resolve()
            if path in parents:
                raise PublishingError(f"{line.place}: файл включает сам себя: {line.text.strip()}")
            if not path.is_file() or not path.is_relative_to(root):
                raise PublishingError(f"{line.place}: нет включаемого файла: {line.text.strip()}")
            yield from _expand(root, _read_lines(root, path), (*parents, path))
            yield line._replace(text="")  # a paragraph never runs on from one file into another
        elif "{{<" in line.text:
            raise PublishingError(f"{line.place}: не поддерживается: {line.text.strip()}")
        else:
            yield line


def _pieces(lines: Iterator[Line]) -> Iterator[Line | Cell]:
    for line in lines:
        fence = _FENCE.match(line.text)
        if not fence:
            yield line
            continue
        body = _fenced(line, fence.group(1), lines)
        if fence.group(2) == "{python}":
            yield Cell(line, "\n".join(inner.text for inner in body[:-1]), _options(body))
        elif fence.group(2):
            raise PublishingError(f"{line.place}: не поддерживается: {line.text.strip()}")
        else:
            yield from (line, *body)


def _fenced(opening: Line, fence: str, lines: Iterator[Line]) -> list[Line]:
    body = []
    for line in lines:
        body.append(line)
        if line.text.rstrip() == fence:
            return body
    raise PublishingError(f"{opening.place}: блок {fence} не закрыт.")


def _options(body: list[Line]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for line in body:
        option = _OPTION.match(line.text)
        if not option:
            break
        values = parse_yaml(option.group(1), line.file, line.number)
        if not set(values.items()) <= _OPTIONS:
            raise PublishingError(f"{line.place}: параметр ячейки не поддерживается: {option.group(1)}")
        options |= values
    return options
