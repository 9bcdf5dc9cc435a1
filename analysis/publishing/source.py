"""What publishing reads: the Quarto project file and documents before they are executed; and their links."""

import functools
import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import yaml

from analysis.errors import AnalysisError
from analysis.publishing.state import KINDS

# Reads the Quarto project file. A key that publishing would ignore is an error.


class PublishingError(AnalysisError):
    """The report sources or the programs used are not in order; the message says where and what to do."""


PROJECT_FILE = "_quarto.yml"
# It makes Quarto do what the built-in renderer does anyway.
OWN_FILTER = {"path": "_assets/plain.lua", "at": "post-render"}

_FORMAT = "toc toc-depth default-image-extension"
# All allowed keys by their parent. Some are for Quarto alone, because the built-in renderer always does what they
# ask (no echo, no theme but the stylesheet) or has its own way (a search that works from a folder).
_KEYS = {
    "": "project website lang author toc toc-depth number-sections number-depth crossref execute format"
    " fig-cap-location tbl-cap-location filters",
    "filters": "path at",
    "project": "type output-dir render resources",
    "website": "title description navbar page-footer search page-navigation",
    "website.navbar": "title left search",
    "website.navbar.left": "text href",
    "crossref": "title-delim fig-title tbl-title fig-prefix tbl-prefix sec-prefix",
    "execute": "echo cache freeze",
    "format": "html typst docx",
    "format.html": f"{_FORMAT} css theme minimal anchor-sections grid format-links",
    "format.html.format-links": "format text icon",
    "format.html.grid": "body-width margin-width",
    "format.typst": f"{_FORMAT} papersize margin mainfont fontsize pdf-standard page-numbering include-in-header",
    "format.typst.margin": "left right top bottom",
    "format.docx": f"{_FORMAT} reference-doc",
}
_FRONT_MATTER = "title subtitle description author format toc number-sections in-menu"


class Project(NamedTuple):
    """The project file, checked for unsupported keys."""

    root: Path
    settings: Mapping[str, Any]

    def get(self, path: str, default: str = "") -> str:
        """Returns a nested value: `get("format.html.css")`."""
        value: Any = self.settings
        for key in path.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        return default if value is None else str(value)

    def on(self, front: Mapping[str, Any], key: str) -> bool:
        """Whether a switch is on for a document; its front matter overrides the project file."""
        return bool(front.get(key, self.settings.get(key)))


def read_project(root: Path) -> Project:
    """Reads `_quarto.yml`; raises PublishingError if it is missing, no YAML, or asks for something unsupported."""
    path = root / PROJECT_FILE
    if not path.is_file():
        raise PublishingError(f"Нет файла {path}: с него начинается публикация отчёта.")
    shown = f"{root.name}/{PROJECT_FILE}"
    settings = parse_yaml(path.read_text(encoding="utf-8"), shown)
    for parent, key in _walk(settings, ""):
        if parent in _KEYS and key not in _KEYS[parent].split():
            raise PublishingError(f"{shown}: ключ «{_join(parent, key)}» не поддерживается; уберите его.")
    filters = settings.get("filters", [])
    if not isinstance(filters, list) or any(one != OWN_FILTER for one in filters):
        raise PublishingError(
            f"{shown}: ключ «filters»: поддерживается только {OWN_FILTER['path']}; уберите остальное."
        )
    return Project(root, settings)


def check_front_matter(front: Mapping[str, Any], name: str) -> None:
    """Raises PublishingError if a document has a key that the built-in renderer would ignore."""
    for key in front:
        if key not in _FRONT_MATTER.split():
            raise PublishingError(f"{name}: ключ «{key}» в заголовке документа не поддерживается; уберите его.")


def parse_yaml(text: str, name: str, first_line: int = 1) -> dict[str, Any]:
    """Parses keys and values; an error names the file `name` and the line."""
    try:
        values = _read_yaml(text) or {}
    except yaml.YAMLError as error:
        line = error.problem_mark.line if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark else 0
        raise PublishingError(f"{name}, строка {first_line + line}: не читается как YAML: {error}") from error
    if not isinstance(values, dict):
        raise PublishingError(f"{name}, строка {first_line}: ожидались строки вида «ключ: значение».")
    return values


@functools.lru_cache
def _read_yaml(text: str) -> object:
    """Cells begin with the same few lines, and documents are read several times."""
    return yaml.safe_load(text)


def _walk(value: object, parent: str) -> Iterator[tuple[str, str]]:
    """Yields each key with the dotted path of its parent; items of a list belong to the key of the list."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield parent, str(key)
            yield from _walk(inner, _join(parent, str(key)))
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, parent)


def _join(parent: str, key: str) -> str:
    return f"{parent}.{key}" if parent else key


# A document before it is executed: front matter and lines with the file and number of each.

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


# Leaves no dead link: a link to what is not published yet becomes plain text, any other is an error.

_ANCHOR = re.compile(r'<a\b[^>]*?\shref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_LINK = re.compile(r'<[^>]*?\s(?:href|src)="([^"]*)"')


def settle_links(site: Path, made: Collection[str], possible: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Turns links to outputs that were not made into plain text and checks the others on the pages just made.

    Args:
        site: The folder of the site.
        made: The outputs made in this run.
        possible: All outputs of the documents, made or not.

    Returns:
        For each page just made the possible outputs that it links to.

    Raises:
        PublishingError: A link leads to a file that is not there.
    """
    linked = {}
    for path in sorted(site.rglob("*.html")):
        text, page = path.read_text(encoding="utf-8"), path.relative_to(site).as_posix()
        settled = _ANCHOR.sub(functools.partial(_plain_if_absent, page, site, possible), text)
        if settled != text:
            path.write_text(settled, encoding="utf-8", newline="\n")
        if page in made:
            linked[page] = tuple(sorted(possible & _targets(page, text).keys()))
            for target, link in _targets(page, settled).items():
                if not (site / target).exists():
                    raise PublishingError(f"{page}: ссылка ведёт к файлу, которого на сайте нет: {link}")
    return linked


def _targets(page: str, text: str) -> dict[str, str]:
    """Each file of the site that a page leads to or shows, and how it names it."""
    return {target: link for link in _LINK.findall(text) if (target := _local_target(link, page))}


def _plain_if_absent(page: str, site: Path, possible: frozenset[str], found: re.Match[str]) -> str:
    target = _local_target(found.group(1), page)
    return found.group(2) if target in possible and not (site / target).exists() else found.group()


def _local_target(link: str, page: str) -> str:
    """Returns the target of a link relative to the site; empty for other hosts and places on the same page."""
    path = unquote(re.sub(r"[?#].*$", "", link))
    if not path or re.match(r"[a-zA-Z][\w+.-]*:|//", path):
        return ""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
    return path if target.startswith("..") else target
