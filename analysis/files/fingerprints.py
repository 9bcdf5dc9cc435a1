"""Hash and size of a file, and whether it is still the file that was received."""

import hashlib
from pathlib import Path

from analysis.errors import AnalysisError, reason

KILOBYTE = 1024


def file_hash(path: Path) -> str:
    """Returns the sha256 of a file; empty if the file is missing."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def file_size(path: Path) -> str:
    """Returns the size in words: «41 КБ», «1,3 МБ»; at least «1 КБ»."""
    size = max(1, round(path.stat().st_size / KILOBYTE))
    return f"{size} КБ" if size < KILOBYTE else f"{size / KILOBYTE:.1f} МБ".replace(".", ",")


def received_bytes(root: Path, file: str, sha256: str) -> bytes:
    """Returns the content of a received file; `file` is its path in the project, `sha256` its hash in SOURCES.toml.

    Raises:
        AnalysisError: It cannot be opened, or is not what was received.
    """
    try:
        content = (root / file).read_bytes()
    except OSError as error:
        raise AnalysisError(f"{file}: файл не открывается ({reason(error)}).") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise AnalysisError(f"{file}: файл изменился после получения. Верните полученный файл.")
    return content
