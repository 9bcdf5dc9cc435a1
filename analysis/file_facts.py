"""What is remembered of a file, and what is said of it."""

import hashlib
from pathlib import Path

KILOBYTE = 1024


def file_hash(path: Path) -> str:
    """The sha256 of a file; empty where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def file_size(path: Path) -> str:
    """«41 КБ», «1,3 МБ»; a file is never said to be of nothing."""
    size = max(1, round(path.stat().st_size / KILOBYTE))
    return f"{size} КБ" if size < KILOBYTE else f"{size / KILOBYTE:.1f} МБ".replace(".", ",")
