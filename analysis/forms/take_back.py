"""Takes receptions back: what counted before counts again. Nothing is removed; the record keeps both."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath

from analysis.cleaning.corrections import load_amendments
from analysis.errors import AnalysisError
from analysis.files.atomic import only_one_at_work
from analysis.forms.receive import Received
from analysis.forms.receptions import change, counting, owners
from analysis.intake.returns import Identity
from analysis.pipeline.facts import read_source
from analysis.rules.config import RETURNED_KINDS, Project, Record, Source, enter_taken_back, load_project, load_record

# A project has one registry, whoever sent it and whatever is in it.
REGISTRY = Identity("registry", "", 0, "")
TO_SEE = "Что принято, записано в data/raw/SOURCES.toml."


def take_back(root: Path, files: Sequence[Path], day: date) -> list[Received]:
    """Takes the receptions of some files back.

    Args:
        root: The project.
        files: Each the file in data/raw, its name there, or the file as it came: then its last reception that stands.
        day: The day on which they are taken back.

    Returns:
        For each file its entry, None where nothing was taken back, and what counts from now on.

    Raises:
        AnalysisError: SOURCES.toml cannot be read.
    """
    with only_one_at_work(root / "data/raw/.lock"):
        project, record, results = load_project(root), load_record(root), []
        for file in files:
            before = record
            source, said = _meant(project, record, file)
            if source is None:
                results.append(Received(None, said))
                continue
            record = replace(record, taken_back=record.taken_back | {source.file})
            results.append(_taken_back(project, source, before, record))
        enter_taken_back(root, [one.source.file for one in results if one.source is not None], day)
        return results


def _meant(project: Project, record: Record, path: Path) -> tuple[Source | None, str]:
    """The reception that a person means, or why there is none."""
    can_be = [source for source in record.received if source.kind != "roadmap"]
    paths, digest = {path.as_posix(), _inside(project.root, path)}, _digest(path)
    by_path = [one for one in can_be if one.file in paths]
    by_name = [one for one in can_be if PurePosixPath(one.file).name == path.as_posix()]
    by_content = [one for one in can_be if digest and digest in (one.sha256, one.derived_from)]
    meant = by_path or by_name or by_content
    standing = [source for source in meant if source.file not in record.taken_back]
    if len(standing) > 1 and meant is by_name:
        return None, f"{path.name}: так называются несколько файлов: {', '.join(one.file for one in standing)}."
    if standing:
        return standing[-1], ""
    if meant:
        return None, f"{path.name}: приём {meant[-1].file} уже взят назад."
    return None, f"{path.name}: такого файла не принимали. {TO_SEE}"


def _inside(root: Path, path: Path) -> str:
    """The path as SOURCES.toml writes it; the whole path where it lies elsewhere."""
    whole = path.resolve()
    return whole.relative_to(root.resolve()).as_posix() if whole.is_relative_to(root.resolve()) else whole.as_posix()


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _taken_back(project: Project, source: Source, before: Record, after: Record) -> Received:
    """What is said of a reception that was taken back."""
    said = f"{source.file}: приём взят назад, файл остался на месте"
    if source.kind not in RETURNED_KINDS or source.kind == "acceptance":
        return Received(source, f"{said}; {_of_several(source, before)}.")
    folder = PurePosixPath(source.file).parent.name
    known = owners(project, before.received, [int(folder)] if folder.isdigit() else project.editions)
    if source.kind != "registry" and source.file not in known:
        return Received(source, f"{said}; прочитать его нельзя, и он не считался.")
    identity = known.get(source.file, REGISTRY)
    counted, counts = (counting(project, identity, one.standing, known) for one in (before, after))
    if counted is None or counted.file != source.file:
        return Received(source, f"{said}; {_did_not_count(source, counted)}.")
    if counts is None:
        return Received(source, f"{said}; {_nothing_left(identity)} больше нет.")
    corrections = load_amendments(project.root).corrections
    try:
        now, _ = read_source(project, counts, corrections)
    except AnalysisError as error:
        return Received(source, f"{said}; снова считается {counts.file}, но прочитать файл нельзя: {error}")
    changed = change(project, source, now, corrections)
    return Received(source, f"{said}; снова считается {counts.file}, {changed.said}.", changed.details)


def _did_not_count(source: Source, counted: Source | None) -> str:
    """What taking back a reception means that did not count."""
    if source.kind == "registry" and counted is not None:
        return f"считается {counted.file}; прежних названий и закрытых школ из этого реестра больше не знают"
    return f"на отчёт это не влияет: {f'считается {counted.file}' if counted else 'она пришла после срока'}"


def _nothing_left(identity: Identity) -> str:
    return "реестра школ" if identity.kind == "registry" else f"этих сведений за {identity.calendar_year} год"


def _of_several(source: Source, before: Record) -> str:
    """Sheets of acceptance and exports stand beside each other: what is left stays as it was."""
    replaced = next((one.replaces for one in before.standing if one.file == source.file), "")
    return f"снова считается {replaced}" if replaced else "остальные принятые файлы считаются как прежде"
