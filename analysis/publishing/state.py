"""Records what the site was made of, so that only changed outputs are made again."""

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from analysis.files.storage import code_fingerprint, file_hash, write_file_whole

# Tells the code of a cell in which folder of sources it is being rendered.
RENDERING = "ANALYSIS_RENDERING"
# What is made, and the writer of pandoc and Quarto that makes it.
WRITERS = {"html": "html", "pdf": "typst", "docx": "docx"}
KINDS = tuple(WRITERS)
SITE_RECORD = "_site.json"  # beside the site: what it was made of
# Folders that publishing itself makes, and leftovers of Quarto and Python.
_NOT_SOURCES = ("_site", ".quarto", "__pycache__", ".jupyter_cache")


class Output(NamedTuple):
    """One format of one document.

    Attributes:
        key: Stands for all that it was made of.
        files: What it needs of the site.
        links: The outputs that a page links to, whether or not they are there.
        sound: Whether the files are unchanged.
    """

    key: str
    files: tuple[str, ...]
    links: tuple[str, ...] = ()
    sound: bool = True


class State(NamedTuple):
    """The site after the last run: its outputs and the hash of every file."""

    outputs: Mapping[str, Output]
    hashes: Mapping[str, str]


class Request(NamedTuple):
    """What is to be published.

    Attributes:
        documents: Relative to the folder of the sources.
        formats: Some of html, pdf, docx.
        engine: auto, quarto or builtin.
        fixed_date: The date written into the files, so that the same input gives the same bytes.
        later: Formats that the next request asks for: what the site has of them stays though it is stale.
    """

    documents: Sequence[str]
    formats: Sequence[str]
    engine: str
    fixed_date: date
    later: Sequence[str] = ()


class Plan(NamedTuple):
    """The outputs to make (with the keys of their documents), these, and the outputs to keep and to withdraw."""

    make: Mapping[str, str]
    keep: frozenset[str]
    withdraw: frozenset[str]
    documents: tuple[str, ...]


def read_state(path: Path) -> State:
    """Reads the record of the last run. If it cannot be read, everything is made again."""
    try:
        noted = json.loads(path.read_bytes())
        outputs = {
            name: Output(key, tuple(files), tuple(links)) for name, (key, files, links) in noted["outputs"].items()
        }
        return State(outputs, dict(noted["hashes"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return State({}, {})


def write_state(path: Path, outputs: Mapping[str, Output], site: Path) -> None:
    """Notes the outputs and the hash of every file of the site."""
    hashes = {name: file_hash(site / name) for name in _files_of(outputs.values())}
    noted = {"outputs": {name: output[:3] for name, output in outputs.items()}, "hashes": hashes}
    write_file_whole(path, json.dumps(noted, ensure_ascii=False, indent=1, sort_keys=True).encode())


def outputs_found(state: State, site: Path) -> dict[str, Output]:
    """Returns the outputs in the site, each with its existing files."""
    now = {name: file_hash(site / name) for name in state.hashes}
    sound = {name for name, hashed in state.hashes.items() if now[name] == hashed}

    def found(output: Output) -> Output:
        there = tuple(name for name in output.files if now.get(name))
        return output._replace(files=there, sound=sound.issuperset(output.files))

    return {name: found(output) for name, output in state.outputs.items() if now.get(name)}


def _files_of(outputs: Iterable[Output]) -> list[str]:
    return sorted({name for output in outputs for name in output.files})


def copy_kept(outputs: Iterable[Output], old: Path, new: Path) -> None:
    """Copies the files of kept outputs from the old site."""
    for name in _files_of(outputs):
        (new / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(old / name, new / name)


def output_name(document: str, kind: str) -> str:
    """Returns the path of a format of a document in the site."""
    return PurePosixPath(document).with_suffix(f".{kind}").as_posix()


def make_plan(
    requested: Mapping[str, tuple[str, ...]],
    keys: Mapping[str, str],
    found: Mapping[str, Output],
    later: Sequence[str] = (),
) -> Plan:
    """Decides which outputs are made, kept and withdrawn.

    Other documents stay as they are. A format of a requested document that was not requested itself stays only while it
    is fresh, because one edition must not show two sets of numbers. A fresh output is made again if one of its files is
    damaged or if the targets of its links have changed.

    Args:
        requested: For each document of the request, its formats.
        keys: The current key of every document.
        found: The outputs of the site.
        later: Formats that may be stale for the moment.

    Returns:
        The plan.
    """
    document_of = {output_name(document, kind): document for document in keys for kind in KINDS}
    wanted = {output_name(document, kind) for document, kinds in requested.items() for kind in kinds}
    fresh = {name for name in found if name in document_of and found[name].key.startswith(keys[document_of[name]])}
    stale = {name for name in found if document_of.get(name) in requested} - wanted - fresh
    stale = {name for name in stale if not name.endswith(tuple(f".{kind}" for kind in later))}
    withdraw = frozenset(stale | (found.keys() - document_of.keys()))
    all_outputs = frozenset(found.keys() | wanted) - withdraw
    sound = {
        name
        for name, output in found.items()
        if output.sound
        and name in all_outputs
        and output.key == output_key(name, keys[document_of[name]], all_outputs, output.links)
    }
    make = (wanted | fresh) - sound
    documents = tuple(sorted({document_of[name] for name in make}))
    return Plan({name: keys[document_of[name]] for name in make}, all_outputs - make, withdraw, documents)


def output_key(name: str, document_key: str, all_outputs: Collection[str], links: Collection[str]) -> str:
    """Adds to the key of a document which outputs of the site its page shows: all pages, its files, what it links to.

    Args:
        name: The output.
        document_key: The key of its document.
        all_outputs: All that the site holds.
        links: What the output links to.
    """
    own = (name, *(output_name(name, kind) for kind in KINDS), *links)
    shown = sorted(one for one in all_outputs if one.endswith(".html") or one in own) if name.endswith(".html") else []
    return f"{document_key} {hashlib.sha256(repr(shown).encode()).hexdigest()}"


def document_keys(reports: Path, documents: Iterable[str], engine: str, fixed_date: date) -> dict[str, str]:
    """Returns the key of each document: a hash of sources, code, locked packages, engine and date.

    A document that names another folder, such as «2020/», may show what stands there; one at the top that runs no code
    and includes nothing shows of other documents no more than that.
    """
    sources = [(path, path.partition("/")[0], file_hash(reports / path)) for path in _sources(reports)]
    common = [engine, fixed_date.isoformat(), code_fingerprint(), file_hash(reports.parent / "requirements.lock")]
    folders = {folder for _, folder, _ in sources}

    def key(document: str) -> str:
        text = (reports / document).read_text(encoding="utf-8", errors="replace")
        is_alone = "/" not in document and "{python}" not in text and "{{<" not in text
        named = {folder for folder in folders if f"{folder}/" in text}
        parts = [
            f"{path} {hashed}"
            for path, folder, hashed in sources
            if folder in named or _concerns(document, is_alone, path)
        ]
        return hashlib.sha256("\n".join([document, *common, *parts]).encode()).hexdigest()

    return {document: key(document) for document in documents}


def _sources(reports: Path) -> list[str]:
    """The files of the sources, relative to their folder."""
    found = []
    for folder, folders, names in os.walk(reports):
        inside = Path(folder).relative_to(reports).as_posix()
        at = "" if inside == "." else f"{inside}/"
        folders[:] = [name for name in folders if not f"{at}{name}".startswith(_NOT_SOURCES)]
        is_made = {f"{name.removesuffix('.svg')}.png" for name in names if name.endswith(".svg")}  # by `draw_for_word`
        shown = (name for name in names if name not in is_made and not name.startswith("."))  # as in the staging folder
        found += [f"{at}{name}" for name in shown if not f"{at}{name}".startswith(_NOT_SOURCES)]
    return sorted(found)


def _concerns(document: str, is_alone: bool, path: str) -> bool:
    """Whether a file concerns a document: files at the top and in folders with a leading underscore concern all.

    A document at the top, such as the index, is concerned by every file; one that is alone by no other document.
    """
    folder, _, inside = path.partition("/")
    if folder.startswith("_") or path == document:
        return True
    if is_alone:
        return not inside and not path.endswith(".qmd")
    return not inside or "/" not in document or document.startswith(f"{folder}/")
