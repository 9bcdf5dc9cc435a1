"""Reads the TOML files that people write, each by its model; pydantic is not loaded for what the last build had."""

import tomllib
from collections.abc import Sequence
from dataclasses import is_dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from analysis.errors import AnalysisError, reason
from analysis.files.tables import code_fingerprint, read_manifest
from analysis.rules.written import Misfit, Model, Written, bare, fields_by_key

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
    try:
        content = _fixed(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        from analysis.rules.toml_faults import syntax_fault

        raise RulesError([f"{relative}: {syntax_fault(str(error))}"]) from None
    if read_manifest(root).get(ACCEPTED, {}).get(relative) == _mark(text):
        made: Model = _built(model, content)
        return made
    return _validated(content, model, relative, text)


def accepted(root: Path, files: Sequence[str]) -> dict[str, str]:
    """What the manifest of a build remembers of files that were read without a fault."""
    return {file: _mark(_text(root, file)) for file in files}


def refuse(root: Path, relative: str, model: type[Written], misfits: Sequence[Misfit]) -> None:
    """Stops where a file does not fit another one.

    Raises:
        RulesError: There are misfits.
    """
    if misfits:
        from analysis.rules.toml_faults import told

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

    from analysis.rules.toml_faults import misfits_of, told

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
