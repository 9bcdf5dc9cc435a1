"""What is remembered of a file, what is said of it, and whether it is still the one that was received."""

import hashlib
from pathlib import Path

from analysis.errors import AnalysisError

KILOBYTE = 1024


def file_hash(path: Path) -> str:
    """The sha256 of a file; empty where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def file_size(path: Path) -> str:
    """«41 КБ», «1,3 МБ»; a file is never said to be of nothing."""
    size = max(1, round(path.stat().st_size / KILOBYTE))
    return f"{size} КБ" if size < KILOBYTE else f"{size / KILOBYTE:.1f} МБ".replace(".", ",")


def received_bytes(root: Path, file: str, sha256: str) -> bytes:
    """The content of a received file; `file` is its path in the project, `sha256` what SOURCES.toml says of it.

    Raises:
        AnalysisError: It cannot be opened, or is not what was received.
    """
    try:
        content = (root / file).read_bytes()
    except OSError as error:
        raise AnalysisError(f"{file}: файл не открывается ({error.strerror}).") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise AnalysisError(f"{file}: файл изменился после получения. Верните полученный файл.")
    return content
