"""Writes entries into data/raw/SOURCES.toml; what people wrote there stays as it is."""

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path

from analysis.files.atomic import write_file_whole
from analysis.rules.config import SOURCES_FILE, Source


def quoted(text: str) -> str:
    """Returns a quoted string for TOML and YAML; characters that cannot be printed become spaces."""
    return json.dumps("".join(letter if letter.isprintable() else " " for letter in text), ensure_ascii=False)


def enter(root: Path, sources: Sequence[Source]) -> None:
    """Adds entries about received files."""
    _append(root, [_stanza(source) for source in sources])


def enter_taken_back(root: Path, files: Sequence[str], day: date) -> None:
    """Adds entries about files whose reception was taken back on a day."""
    _append(root, [f"[[taken_back]]\nfile = {quoted(file)}\ndate = {day.isoformat()}\n" for file in files])


def _append(root: Path, stanzas: Sequence[str]) -> None:
    if stanzas:
        written = (root / SOURCES_FILE).read_text(encoding="utf-8-sig").rstrip("\n")
        write_file_whole(root / SOURCES_FILE, "\n\n".join([written, *stanzas]).encode())


def _stanza(source: Source) -> str:
    """The entry as TOML; texts are escaped, because a file name may hold anything."""
    written = {
        one.name: getattr(source, one.name) for one in fields(source) if one.default != getattr(source, one.name)
    }
    lines = [f"{key} = {quoted(value) if isinstance(value, str) else value}" for key, value in written.items()]
    return "\n".join(["[[source]]", *lines, ""])
