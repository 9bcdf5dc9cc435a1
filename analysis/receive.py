"""Takes what came into data/raw: recognised by what stands in it, hashed, entered in SOURCES.toml."""

import hashlib
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

from analysis.config import SOURCES_FILE, Project, Source, load_project, load_sources
from analysis.errors import AnalysisError
from analysis.fact_pipeline import by_one_name, known_reporters, problem_of
from analysis.intake.returns import Identity, is_returned, recognise
from analysis.intake.workbook import read_workbook
from analysis.quoted import quoted
from analysis.receive_exports import LICENCE, Said, keep_export
from analysis.whole import only_one_at_work, write_file_whole


@dataclass(frozen=True)
class Arrived:
    """A workbook that came: its file name, its bytes, and whose it is."""

    name: str
    content: bytes
    identity: Identity


@dataclass(frozen=True)
class Received:
    """What became of one file: where it is now, and what is said about it."""

    source: Source | None
    said: str


def receive(
    root: Path, files: Sequence[Path], received: date, wave: str = "", calendar_year: int | None = None
) -> list[Received]:
    """Takes files in, one after the other; a file that is refused does not stop the others.

    The copies are written before their entries, which come last and all at once: a run that dies leaves files without
    entries, which are no sources yet, and the next run of the same command puts it right.

    Args:
        root: The project.
        files: The files as they came, anywhere on the disk.
        received: The day they came.
        wave: Of exports, where the calendar leaves a choice.
        calendar_year: Of exports that name no year.

    Raises:
        AnalysisError: SOURCES.toml cannot be read.
    """
    said = Said(received, wave, calendar_year)
    with only_one_at_work(root / "data/raw/.lock"):
        _sweep_drafts(root / "data/raw")
        project, sources = load_project(root), list(load_sources(root))
        entered, results = len(sources), {}
        opened = {path: _open(path) for path in files}
        # A registry comes first: it may name the schools whose forms are in the same call.
        for kinds in (("registry",), ("form", "acceptance")):
            known = known_reporters(project, sources) if "form" in kinds else None
            for path, arrived in opened.items():
                if isinstance(arrived, Arrived) and arrived.identity.kind in kinds:
                    results[path] = _take(project, arrived, known, received, sources)
                    new = results[path].source
                    sources += [new] if new is not None and new not in sources else []
        for path, arrived in opened.items():
            if isinstance(arrived, bytes):
                results[path] = _take_export(project, path, arrived, said, sources)
                new = results[path].source
                sources += [new] if new is not None and new not in sources else []
        _enter(root, sources[entered:])
        refused = {path: one for path, one in opened.items() if isinstance(one, Received)}
        return [{**results, **refused}[path] for path in files]


def _sweep_drafts(raw: Path) -> None:
    """Removes what dead runs left half written; the caller holds the lock, so no living run is at work here."""
    for draft in [*raw.glob(".SOURCES.toml.*"), *raw.glob("*/.*.xlsx.*")]:
        draft.unlink()


def _enter(root: Path, sources: Sequence[Source]) -> None:
    """Adds entries to SOURCES.toml; what people wrote there stays as it is."""
    if sources:
        written = (root / SOURCES_FILE).read_text(encoding="utf-8-sig").rstrip("\n")
        text = "\n\n".join([written, *map(_stanza, sources)])
        write_file_whole(root / SOURCES_FILE, text.encode())


def _open(path: Path) -> Arrived | bytes | Received:
    """A workbook of ours, the bytes of what may be an export, or why it can be neither."""
    try:
        content = path.read_bytes()
        if not is_returned(content, path.name):
            return content
        return Arrived(path.name, content, recognise(read_workbook(content, path.name), path.name))
    except OSError as error:
        return Received(None, f"{path.name}: файл не открывается ({error.strerror}).")
    except AnalysisError as error:
        return Received(None, str(error))


def _take(
    project: Project, arrived: Arrived, known: Container[str] | None, received: date, sources: Sequence[Source]
) -> Received:
    """Copies a workbook into its place, unless it is there already or none of this project's."""
    identity, content = by_one_name(arrived.identity, project.collection), arrived.content
    digest = hashlib.sha256(content).hexdigest()
    same = next((source for source in sources if source.sha256 == digest), None)
    if same is not None:
        return Received(same, f"{arrived.name}: уже принят: {same.file}.")
    problem = problem_of(identity, project, known)
    if problem:
        return Received(None, f"{arrived.name}: {' '.join(problem)}")
    earlier = [source for source in sources if _is_earlier(source, identity)]
    file = _free_name(project.root, identity, sources, content)
    source = _entry(identity, arrived.name, digest, received, earlier, file)
    (project.root / source.file).parent.mkdir(parents=True, exist_ok=True)
    write_file_whole(project.root / source.file, content)
    version = f"; заменяет {source.replaces}, которая осталась на месте" if source.replaces else ""
    return Received(source, f"{arrived.name}: принят как {source.file}{version}.")


def _take_export(project: Project, path: Path, content: bytes, said: Said, sources: Sequence[Source]) -> Received:
    """Writes what is kept of an export, unless it is there already."""
    try:
        kept = keep_export(project, path, content, said, sources)
    except AnalysisError as error:
        return Received(None, str(error))
    if kept.content is not None:
        target = project.root / kept.source.file
        target.parent.mkdir(parents=True, exist_ok=True)
        write_file_whole(target, kept.content)
    return Received(kept.source, kept.said)


def _free_name(root: Path, identity: Identity, sources: Sequence[Source], content: bytes) -> str:
    """The first version number that neither an entry nor a file has; a file with these very bytes is our own."""
    taken = {source.file for source in sources}
    for version in count(1):
        file = f"{_target_stem(identity)}_v{version}.xlsx"
        there = root / file
        if file not in taken and (not there.exists() or there.read_bytes() == content):
            return file
    raise AssertionError  # count() never ends


def _entry(identity: Identity, name: str, digest: str, received: date, earlier: Sequence[Source], file: str) -> Source:
    whose = {"form": f"сведения: {identity.reporter}", "registry": "реестр школ", "acceptance": "рассмотрение"}
    return Source(
        file=file,
        title=f"{identity.calendar_year} год, {whose[identity.kind]}",
        origin=f"Получено файлом «{name}»",
        received=received,
        sha256=digest,
        licence=LICENCE,
        kind=identity.kind,
        # Sheets of acceptance add to each other; a newer form or registry stands in the place of the older one.
        replaces=earlier[-1].file if earlier and identity.kind != "acceptance" else "",
    )


def _is_earlier(source: Source, identity: Identity) -> bool:
    """Whether a source is an earlier version; a project has one registry, whatever its file is called."""
    registry = source.kind == identity.kind == "registry"
    return registry or source.file.rpartition("_v")[0] == _target_stem(identity)


def _target_stem(identity: Identity) -> str:
    """Where the versions of a workbook stand, without version and extension; made of the identifiers alone."""
    reporter = "".join(letter if letter.isalnum() else "_" for letter in identity.reporter)
    return f"data/raw/{identity.calendar_year}/{identity.kind}_{reporter}"


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
