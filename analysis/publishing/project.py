"""The Quarto project file: what publishing takes from it, and nothing it would pass over in silence."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from analysis.publishing.errors import PublishingError

PROJECT_FILE = "_quarto.yml"

_FORMAT = {"toc", "toc-depth", "default-image-extension"}
# Every key that is allowed, with its parents. Some speak to Quarto alone, because the builtin renderer always
# does what they ask (no echo, no search, no theme but the stylesheet).
_KEYS = {
    "project": {"type", "output-dir", "render", "resources"},
    "website": {"title", "description", "navbar", "page-footer", "search", "page-navigation"},
    "website.navbar": {"title", "left", "search"},
    "website.navbar.left": {"text", "href"},
    "crossref": {"title-delim", "fig-title", "tbl-title", "fig-prefix", "tbl-prefix", "sec-prefix"},
    "execute": {"echo", "cache", "freeze"},
    "format": {"html", "typst", "docx"},
    "format.html": _FORMAT | {"css", "theme", "minimal", "anchor-sections", "fig-cap-location", "tbl-cap-location"},
    "format.typst": _FORMAT
    | {"papersize", "margin", "mainfont", "fontsize", "pdf-standard", "page-numbering", "include-in-header"},
    "format.typst.margin": {"left", "right", "top", "bottom"},
    "format.docx": _FORMAT | {"reference-doc"},
    "": {"project", "website", "lang", "author", "toc", "toc-depth", "number-sections", "number-depth"}
    | {"crossref", "execute", "format", "fig-cap-location", "tbl-cap-location"},
}
_FRONT_MATTER = {"title", "subtitle", "description", "author", "format", "toc", "number-sections"}


class Project(NamedTuple):
    """The project file, read and known to hold nothing unsupported."""

    root: Path
    settings: Mapping[str, Any]

    def get(self, path: str, default: str = "") -> str:
        """Looks one nested value up, as in `get("format.html.css")`."""
        value: Any = self.settings
        for key in path.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        return default if value is None else str(value)


def read_project(root: Path) -> Project:
    """Reads `_quarto.yml`.

    Args:
        root: The folder of the report sources.

    Returns:
        The project.

    Raises:
        PublishingError: The file is missing, is no YAML, or asks for something unsupported.
    """
    path = root / PROJECT_FILE
    if not path.is_file():
        raise PublishingError(f"Нет файла {path}: с него начинается публикация отчёта.")
    settings = parse_yaml(path.read_text(encoding="utf-8"), f"{root.name}/{PROJECT_FILE}")
    for parent, key in _walk(settings, ""):
        if key not in _KEYS.get(parent, {key}):
            where = f"{parent}.{key}".lstrip(".")
            raise PublishingError(f"{root.name}/{PROJECT_FILE}: ключ «{where}» не поддерживается; уберите его.")
    return Project(root, settings)


def check_front_matter(front: Mapping[str, Any], name: str) -> None:
    """Stops on a key that the builtin renderer would ignore.

    Args:
        front: The front matter of a document.
        name: The document, for the message.

    Raises:
        PublishingError: A key is not supported.
    """
    for key in front:
        if key not in _FRONT_MATTER:
            raise PublishingError(f"{name}: ключ «{key}» в заголовке документа не поддерживается; уберите его.")


def parse_yaml(text: str, name: str, first_line: int = 1) -> dict[str, Any]:
    """Parses a block of YAML that must hold keys and values.

    Args:
        text: The block.
        name: The file it stands in, for the message.
        first_line: The line on which the block begins.

    Returns:
        The keys and values.

    Raises:
        PublishingError: The block is not well-formed.
    """
    try:
        values = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        line = error.problem_mark.line if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark else 0
        raise PublishingError(f"{name}, строка {first_line + line}: не читается как YAML: {error}") from error
    if not isinstance(values, dict):
        raise PublishingError(f"{name}, строка {first_line}: ожидались строки вида «ключ: значение».")
    return values


def _walk(value: object, parent: str) -> Iterator[tuple[str, str]]:
    """Yields each key with the dotted path of its parent; items of a list belong to the key of the list."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield parent, str(key)
            yield from _walk(inner, f"{parent}.{key}".lstrip("."))
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, parent)
