"""SOURCES.toml of the demo: each received file with its day and its hash."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date

from analysis.config import INVENTED
from analysis.demo.books import Book
from analysis.demo.town import ROADMAP, town

ORIGIN = "Придумано, чтобы показать программу"
LICENCE = "Вымышленный документ; публикуется без ограничений"


def sources_text(received: Mapping[str, bytes], books: Sequence[Book]) -> str:
    """Returns SOURCES.toml.

    Args:
        received: The bytes of each received file.
        books: The workbooks among them.
    """
    roadmap = _entry(ROADMAP, town()["heading"][-1], town()["roadmap_received"], "roadmap", received[ROADMAP])
    entries = [
        _entry(book.file, book.title, book.received, book.kind, received[book.file], book.replaces) for book in books
    ]
    return "\n".join([f"# {INVENTED}.", "", roadmap, *entries])


def _entry(file: str, title: str, day: date, kind: str, content: bytes, replaces: str = "") -> str:
    values: dict[str, str | date] = {
        "file": file,
        "title": f"{title.removesuffix(f' ({INVENTED.lower()})')}. {INVENTED}",
        "origin": ORIGIN,
        "received": day,
        "sha256": hashlib.sha256(content).hexdigest(),
        "licence": LICENCE,
        "kind": kind,
        **({"replaces": replaces} if replaces else {}),
    }
    return "\n".join(["[[source]]", *(f"{name} = {_value(value)}" for name, value in values.items()), ""])


def _value(value: str | date) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else value.isoformat()
