"""Reads the TOML files that people write, each by its model, and says in Russian what does not fit; pydantic is not
loaded for what the last build had.
"""

import math
import re
import tomllib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from datetime import date
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from analysis.errors import AnalysisError, nearest, probably_meant, reason
from analysis.files.storage import code_fingerprint, read_manifest
from analysis.rules.written import At, Misfit, Model, Written, bare, fields_by_key, shown

# What is wrong with a file that people write, in Russian: file, entry, key, what stands there and should, line.
#
# Loaded only when there is a fault.

KIND_NAMES = {
    str: "текст в кавычках",
    int: "целое число",
    float: "число",
    bool: "true или false",
    tuple: "список в квадратных скобках",
    date: "дата вида 2020-08-25",
}
# What tomllib says, by its first words, and what to look for.
SYNTAX = {
    ("Unterminated", "Illegal"): "не закрыты кавычки",
    ("Unescaped", "Invalid hex", "Escaped"): "обратная косая черта в тексте: пишите «/»",
    ("Expected '=",): "после ключа нет «=»",
    ("Expected ']", "Unclosed"): "не закрыта скобка или пропущена запятая",
    ("Cannot", "Duplicate"): "такой ключ или раздел уже есть",
    ("Expected newline",): "после значения стоит лишнее",
    ("Invalid initial", "Invalid statement"): "русское имя ключа берут в кавычки, пояснение начинают с «#»",
    ("Invalid date",): "такого дня нет",
    ("Invalid value",): "значения нет или оно без кавычек; без них пишут только числа, даты, true и false",
}


def syntax_fault(said: str) -> str:
    """What tomllib says in English, in Russian, with the place in words."""
    at = re.search(r"\(at line (\d+), column (\d+)\)$", said)
    place = f"строка {at[1]}, знак {at[2]}" if at else "конец файла"
    why = next((f" ({russian})" for english, russian in SYNTAX.items() if said.startswith(english)), "")
    return f"{place}: запись TOML не читается{why}. Проверьте здесь и строкой выше кавычки, скобки и «=»."


def misfits_of(errors: Iterable[Mapping[str, Any]], model: type) -> list[Misfit]:
    """The faults that pydantic found, unknown keys first; the key that one of them probably means is not missing."""
    found = list(errors)
    unknown = [one for one in found if one["type"] == "unexpected_keyword_argument"]
    meant = {(*one["loc"][:-1], *_nearest(one["loc"], model)) for one in unknown}
    kept = [one for one in found if one not in unknown and (one["type"] != "missing" or one["loc"] not in meant)]
    return [misfit for one in (*unknown, *kept) for misfit in _misfits(one, model)]


def told(misfits: Iterable[Misfit], content: Any, model: type, relative: str, text: str) -> list[str]:
    """A text for each entry with a fault: its place and, each with its line, all faults in it."""
    line = _lines(text)
    by_place: dict[str, list[str]] = {}
    for said, at, key in misfits:
        number = f" Строка {found}." if (found := line((*at, *key))) else ""
        begun = by_place.setdefault(", ".join([relative, *_place(content, at, model)]), [])
        begun.append(f"{said[0].upper() if begun else said[0]}{said[1:]}{number}")
    return [f"{place}: {' '.join(all_)}" for place, all_ in by_place.items()]


def _misfits(error: Mapping[str, Any], model: type) -> Iterator[Misfit]:
    """A fault that pydantic found, by the type of its error; any other type is of a value that is not of its kind."""
    at, value = error["loc"], error["input"]
    kind, key = _kind(model, at), str(next(step for step in (*at[::-1], "") if isinstance(step, str)))
    item = isinstance(at[-1], int) if at else False
    heading, place = _heading(kind, key, entry=item), (at[:-1], at[-1:])
    match error["type"]:
        case "misfits":
            for said, below, its_key in error["ctx"]["misfits"]:
                yield Misfit(said, (*at, *below), its_key)
        case "rule":
            yield Misfit(f"{'раздел' if heading else 'ключ'} «{key}»{error['ctx']['said']}", *place)
        case "unexpected_keyword_argument":
            meant = probably_meant(_nearest(at, model))
            yield Misfit(f"ключа «{key}» здесь не бывает.{meant} Исправьте его или уберите.", *place)
        case "missing":
            needed = f"раздела {heading}" if heading else f"ключа «{key}» ({_kind_name(kind)})"
            yield Misfit(f"нет {needed}. Допишите его.", *place)
        case _ if heading.startswith("[["):
            yield Misfit(f"«{key}» должно быть списком разделов {heading}.", *place)
        case _:
            stands = repr(value) if isinstance(value, str | bool) else shown(value)
            needed = f"раздел {heading}" if heading else _kind_name(kind)
            told_as = f", значение № {at[-1] + 1}: " if item else ": "
            quoted = "" if item else _quoted(key, value, kind)
            yield Misfit(f"ключ «{key}»{told_as}стоит {stands}, нужно: {needed}{quoted}.", *place)


def _kind(model: Any, at: At) -> Any:
    """The annotation of what stands at a place; None for a key that nobody reads."""
    for step in at:
        inner = get_args(model)
        model = bare(inner[-1 if isinstance(step, str) else 0] if inner else fields_by_key(model).get(str(step)))
    return model


def _kind_name(kind: Any) -> str:
    return KIND_NAMES[get_origin(kind) or kind]


def _heading(kind: Any, key: str, *, entry: bool) -> str:
    """How the file begins a table or an entry of this kind; empty for a value."""
    if is_dataclass(kind) or get_origin(kind) is Mapping:
        return f"[[{key}]]" if entry else f"[{key}]"
    return f"[[{key}]]" if get_origin(kind) is tuple and is_dataclass(get_args(kind)[0]) else ""


def _nearest(at: At, model: type) -> list[str]:
    """The key that was probably meant by one that nobody reads."""
    return nearest(at[-1], sorted(fields_by_key(_kind(model, at[:-1]))))


def _quoted(key: str, value: object, kind: Any) -> str:
    """How a text is written that stands there as a number; a number has lost the zeros at its end."""
    if kind is not str or isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    lost = isinstance(value, float) and math.isfinite(value)
    zeros = f' (если в документе {value}0, впишите {key} = "{value}0")' if lost else ""
    return f': {key} = "{value}"{zeros}'


def _along(content: Any, at: At) -> list[Any]:
    """The content and what it holds along a path, as far as there is something."""
    found = [content]
    for step in at:
        try:
            found.append(found[-1][step])
        except (KeyError, IndexError, TypeError):
            break
    return found


def _place(content: Any, at: At, model: type) -> list[str]:
    """The headings above a key, as they stand in the file; of an entry its number and name as well."""
    entries: list[str] = []
    section, begun = "", 0
    for depth, found in enumerate(_along(content, at)[1:], 1):
        names = [step for step in at[:depth] if isinstance(step, str)]
        if not isinstance(found, dict):
            continue
        if isinstance(number := at[depth - 1], int):
            called = found.get(_kind(model, at[:depth]).called)
            name = f" ({called})" if called and isinstance(called, str) else ""
            entries.append(f"[[{'.'.join(names[begun:])}]] № {number + 1}{name}")
        section, begun = ("", len(names)) if isinstance(number, int) else (f"[{'.'.join(names)}]", begun)
    return [*entries, section] if section else entries


def _lines(text: str) -> Callable[[At], int]:
    """Finds the line in which a key or an entry begins: the first after which the file, read that far, has it.

    A file that ends within a value is none, so each question is put to the next line at which it is one.
    """
    lines = text.split("\n")

    @cache
    def upto(number: int) -> Any:
        while True:
            try:
                return tomllib.loads("\n".join(lines[:number]))
            except tomllib.TOMLDecodeError:
                number += 1

    def line(at: At) -> int:
        at = at[: len(_along(upto(len(lines)), at)) - 1]
        known = range(len(lines))
        return bisect_left(known, True, key=lambda number: len(_along(upto(number), at)) > len(at)) if at else 0

    return line


# Reads the TOML files that people write, each by its model; pydantic is not loaded for what the last build had.

# Under this name the manifest of the last build remembers files that it found right.
ACCEPTED = "accepted"


class RulesError(AnalysisError):
    """A file that people write is broken; `faults` has a text for each entry in which something is to be mended."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Takes the texts."""
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


def read_rules(root: Path, relative: str, model: type[Model], *, optional: bool = True) -> Model:
    """Reads a file of the project.

    Args:
        root: Folder of the project.
        relative: The file.
        model: What it holds.
        optional: Whether a project may do without the file: then it counts as empty.

    Raises:
        RulesError: The file is missing or broken; all its faults, each with entry, key and line.
    """
    if optional and not (root / relative).is_file():
        return model()
    text = _text(root, relative)
    is_accepted = read_manifest(root).get(ACCEPTED, {}).get(relative) == _mark(text)
    found: Model = _read(model, relative, text, is_accepted)  # type: ignore[arg-type]  # a class has a hash
    return found


@lru_cache(maxsize=64)
def _read(model: type[Written], relative: str, text: str, is_accepted: bool) -> Any:
    """A text as its model, once for all steps that ask for it."""
    try:
        content = _fixed(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise RulesError([f"{relative}: {syntax_fault(str(error))}"]) from None
    return _built(model, content) if is_accepted else _validated(content, model, relative, text)


def accepted(root: Path, files: Sequence[str]) -> dict[str, str]:
    """What the manifest of a build remembers of files that were read without a fault."""
    return {file: _mark(_text(root, file)) for file in files}


def refuse(root: Path, relative: str, model: type[Written], misfits: Sequence[Misfit]) -> None:
    """Stops where a file does not fit another one.

    Raises:
        RulesError: There are misfits.
    """
    if misfits:
        text = _text(root, relative)
        raise RulesError(told(misfits, _fixed(tomllib.loads(text)), model, relative, text))


def _text(root: Path, relative: str) -> str:
    try:
        return (root / relative).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        said = "файла нет. Он нужен проекту; образец есть в README."
    except OSError as error:
        said = f"файл не открывается ({reason(error)})."
    except UnicodeDecodeError:
        said = "файл не в кодировке UTF-8. Сохраните его в UTF-8."
    raise RulesError([f"{relative}: {said}"]) from None


def _mark(text: str) -> str:
    return f"{sha256(text.encode()).hexdigest()} {code_fingerprint()}"


def _fixed(value: Any) -> Any:
    """The content with tuples for lists, as the models have them."""
    if isinstance(value, dict):
        return {key: _fixed(one) for key, one in value.items()}
    return tuple(map(_fixed, value)) if isinstance(value, list) else value


def _validated(content: Any, model: type[Model], relative: str, text: str) -> Model:
    from pydantic import ValidationError

    try:
        read: Model = _adapter(model).validate_python(content)  # type: ignore[arg-type]  # a class has a hash
        return read
    except ValidationError as error:
        faults = misfits_of(error.errors(include_url=False), model)
        raise RulesError(told(faults, content, model, relative, text)) from None


@cache
def _adapter(model: type[Written]) -> Any:
    """What pydantic makes of a model, once for all files that are read by it."""
    from pydantic import TypeAdapter

    return TypeAdapter(model)


def _built(kind: Any, value: Any) -> Any:
    """What was found right before, as its model, without pydantic; a test holds the two against each other."""
    if get_origin(kind) is Annotated:
        inner, *rules = get_args(kind)
        value = _built(inner, value)
        for rule in rules:
            value = rule.tidy(value)
        return value
    kind = bare(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        hints, names = fields_by_key(kind), {key: name for name, key in getattr(kind, "keys", {}).items()}
        return kind(**{names.get(key, key): _built(hints[key], one) for key, one in value.items()})
    if isinstance(value, tuple):
        return tuple(_built(get_args(kind)[0], one) for one in value)
    if isinstance(value, dict):
        return {key: _built(get_args(kind)[1], one) for key, one in value.items()}
    return float(value) if kind is float else value
