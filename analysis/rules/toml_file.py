"""Reads what people write by hand in TOML: every fault names the file, the entry, the key and what was expected."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from analysis.contracts.findings import probably_meant
from analysis.errors import AnalysisError

Value = TypeVar("Value")
KIND_NAMES: dict[type, str] = {
    str: "текст в кавычках",
    int: "целое число",
    bool: "true или false",
    list: "список в квадратных скобках",
    dict: "раздел",
    date: "дата вида 2020-08-25",
}


def read_toml(root: Path, relative: str, known: Collection[str]) -> dict[str, Any]:
    """Returns the content of a TOML file of the project.

    Args:
        root: Folder of the project.
        relative: The file.
        known: The keys and tables that somebody reads.

    Raises:
        AnalysisError: The file is missing or broken, or holds a key or table that nobody reads; names file and line.
    """
    try:
        content = tomllib.loads((root / relative).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise AnalysisError(f"{relative}: файла нет. Он нужен проекту; образец есть в README.") from None
    except OSError as error:
        raise AnalysisError(f"{relative}: файл не открывается ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise AnalysisError(f"{relative}: файл не в кодировке UTF-8. Сохраните его в UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise AnalysisError(f"{relative}: {_toml_fault(str(error))}") from None
    only_known(content, known, relative)
    return content


def _toml_fault(said: str) -> str:
    """What tomllib says in English, with the place in words."""
    at = re.search(r"\(at line (\d+), column (\d+)\)$", said)
    place = f"строка {at[1]}, знак {at[2]}: " if at else ""
    return f"{place}запись TOML не читается ({said}). Проверьте здесь и строкой выше кавычки, скобки и «=»."


def take(table: Mapping[str, Any], key: str, kind: type[Value], where: str) -> Value:
    """Returns table[key] if it is of that kind; the error names the place, the key and what was expected."""
    value = table.get(key)
    if value is None:
        raise AnalysisError(f"{where}: нет ключа «{key}» ({KIND_NAMES[kind]}). Допишите его.")
    # To Python true is a number and a moment a day; to whoever writes them they are neither.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)) or isinstance(value, datetime):
        raise AnalysisError(
            f"{where}: ключ «{key}»: стоит {value!r}, нужно: {KIND_NAMES[kind]}{_quoted(key, value, kind)}."
        )
    return value


def _quoted(key: str, value: object, kind: type) -> str:
    """How a text is written that stands there as a number; a number has lost the zeros at its end."""
    if kind is not str or isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    zeros = f' (если в документе {value}0, впишите {key} = "{value}0")' if isinstance(value, float) else ""
    return f': {key} = "{value}"{zeros}'


def take_text(table: Mapping[str, Any], key: str, where: str) -> str:
    """Returns table[key] without blanks around it; an empty text is a question that nobody has answered.

    Raises:
        AnalysisError: The key is not there, holds no text, or nothing but blanks.
    """
    text = take(table, key, str, where).strip()
    if not text:
        raise AnalysisError(f"{where}: ключ «{key}» пуст. Впишите текст.")
    return text


def take_path(entry: Mapping[str, Any], key: str, where: str) -> str:
    """Returns a path of the project; one written with backslashes would be another name for the same file."""
    path = take(entry, key, str, where)
    slashed = path.replace("\\", "/")
    if slashed != path:
        raise AnalysisError(f"{where}: ключ «{key}»: стоит «{path}», а пути пишут через «/»: «{slashed}».")
    return path


def section(content: Mapping[str, Any], name: str, file: str, known: Collection[str]) -> tuple[str, dict[str, Any]]:
    """Returns the words that name the table [name] in an error, and the table; it must be there."""
    found, where = take(content, name, dict, file), f"{file}, [{name}]"
    only_known(found, known, where)
    return where, found


def keys_of(model: type) -> set[str]:
    """The names of the fields of a dataclass, for entries that are written with the same words."""
    return {one.name for one in fields(model)}


def one_of(entry: Mapping[str, Any], key: str, allowed: Collection[str], where: str) -> str:
    """Returns entry[key] if it is one of the allowed words; the error names place, key and the words."""
    value = take(entry, key, str, where)
    if value not in allowed:
        raise AnalysisError(f"{where}: ключ «{key}»: стоит «{value}», нужно одно из: {', '.join(allowed)}.")
    return value


def only_known(entry: Mapping[str, Any], known: Collection[str], where: str) -> None:
    """Stops at a key that nobody reads: an optional one, misspelt, would be left out without a word."""
    for key in entry:
        if key not in known:
            meant = probably_meant(get_close_matches(key, sorted(known), 1))
            raise AnalysisError(f"{where}: ключа «{key}» здесь не бывает.{meant} Исправьте его или уберите.")


def numbered(
    entries: list[Any], name: str, file: str, known: Collection[str], called: str = "id"
) -> list[tuple[str, Mapping[str, Any]]]:
    """Returns the [[name]] entries of a file, each with the words that name it in an error.

    Args:
        entries: What the file holds under this name.
        name: The name.
        file: The file, or the entry in which these stand.
        known: The keys that somebody reads.
        called: The key by which people know an entry.

    Raises:
        AnalysisError: They are no list of tables, or an entry holds a key that nobody reads.
    """
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise AnalysisError(f"{file}: «{name}» должно быть списком разделов [[{name}]].")
    names = [f" ({entry[called]})" if isinstance(entry.get(called), str) else "" for entry in entries]
    told = [(f"{file}, [[{name}]] № {number}{names[number - 1]}", entry) for number, entry in enumerate(entries, 1)]
    for where, entry in told:
        only_known(entry, known, where)
    return told
