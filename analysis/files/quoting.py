"""Text inside quotes, for files that people read and change."""

import json


def quoted(text: str) -> str:
    """A string for TOML and YAML alike; a letter that cannot be seen becomes a blank."""
    return json.dumps("".join(letter if letter.isprintable() else " " for letter in text), ensure_ascii=False)
