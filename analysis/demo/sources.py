"""SOURCES.toml of the demo: each received file with its day and its hash."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from analysis.files.quoting import quoted
from analysis.rules.config import INVENTED

ORIGIN = "Придумано, чтобы показать программу"
LICENCE = "Вымышленный документ; публикуется без ограничений"


@dataclass(frozen=True)
class Filed:
    """A received file.

    Attributes:
        file: Its path inside the project.
        title: What it is.
        kind: One of config.SOURCE_KINDS.
        received: The day it came.
        content: Its bytes.
        more: Further keys of its entry; those without a value are left out.
    """

    file: str
    title: str
    kind: str
    received: date
    content: bytes
    more: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def sources_text(filed: Iterable[Filed]) -> str:
    """Returns SOURCES.toml."""
    return "\n".join([f"# {INVENTED}.", "", *map(_entry, filed)])


def _entry(filed: Filed) -> str:
    values: dict[str, str | date] = {
        "file": filed.file,
        "title": f"{filed.title.removesuffix(f' ({INVENTED.lower()})')}. {INVENTED}",
        "origin": ORIGIN,
        "received": filed.received,
        "sha256": hashlib.sha256(filed.content).hexdigest(),
        "licence": LICENCE,
        "kind": filed.kind,
        **{name: value for name, value in filed.more.items() if value},
    }
    return "\n".join(["[[source]]", *(f"{name} = {_value(value)}" for name, value in values.items()), ""])


def _value(value: str | date) -> str:
    return quoted(value) if isinstance(value, str) else value.isoformat()
