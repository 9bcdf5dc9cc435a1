"""Text inside quotes, for files that people read and change."""

import json


def quoted(text: str) -> str:
    """Returns a quoted string for TOML and YAML; characters that cannot be printed become spaces."""
    return json.dumps("".join(letter if letter.isprintable() else " " for letter in text), ensure_ascii=False)
