"""Writes entries into data/raw/SOURCES.toml; what people wrote there stays as it is."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from analysis.files.atomic import write_file_whole
from analysis.files.quoting import quoted
from analysis.rules.config import SOURCES_FILE, Source


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
    lines = [
        f"file = {quoted(source.file)}",
        f"title = {quoted(source.title)}",
        f"origin = {quoted(source.origin)}",
        f"received = {source.received.isoformat()}",
        f"sha256 = {quoted(source.sha256)}",
        f"licence = {quoted(source.licence)}",
        f"kind = {quoted(source.kind)}",
        *(
            f"{key} = {quoted(value)}"
            for key, value in (
                ("replaces", source.replaces),
                ("wave", source.wave),
                ("derived_from", source.derived_from),
            )
            if value
        ),
    ]
    return "\n".join(["[[source]]", *lines, ""])
