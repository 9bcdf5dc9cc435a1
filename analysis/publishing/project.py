"""Reads the Quarto project file. A key that publishing would ignore is an error."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from analysis.errors import AnalysisError


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
            yield from _walk(inner, _join(parent, str(key)))
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, parent)


def _join(parent: str, key: str) -> str:
    return f"{parent}.{key}" if parent else key
