"""Takes receptions back: what counted before counts again. Nothing is removed; the record keeps both."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath

from analysis.cleaning.corrections import load_amendments
from analysis.config import RETURNED_KINDS, Project, Record, Source, load_project, load_record
from analysis.errors import AnalysisError
from analysis.receive import Received
from analysis.receptions import change, counting, read_again, year_of
from analysis.sources_file import enter_taken_back
from analysis.whole import only_one_at_work

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
    names, digest = {path.as_posix(), _inside(project.root, path)}, _digest(path)
    can_be = [source for source in record.received if source.kind != "roadmap"]
    by_name = [one for one in can_be if one.file in names or PurePosixPath(one.file).name == path.as_posix()]
    meant = by_name or [one for one in can_be if digest and digest in (one.sha256, one.derived_from)]
    standing = [source for source in meant if source.file not in record.taken_back]
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
        return Received(source, f"{said}; {_of_several(source, after)}.")
    counted, counts = (counting(project, source.file, source.kind, one.standing) for one in (before, after))
    if counted is None or counted.file != source.file:
        why = f"считается {counted.file}" if counted else "она пришла после срока и не считалась"
        return Received(source, f"{said}; на отчёт это не влияет: {why}.")
    if counts is None:
        whose = "реестра школ" if source.kind == "registry" else f"этих сведений за {year_of(source.file)} год"
        return Received(source, f"{said}; {whose} больше нет.")
    corrections = load_amendments(project.root).corrections
    try:
        changed = change(project, source, read_again(project, counts, corrections), corrections)
    except AnalysisError as error:
        return Received(source, f"{said}; снова считается {counts.file}, но прочитать её нельзя: {error}")
    return Received(source, f"{said}; снова считается {counts.file}: {changed.said}.", changed.details)


def _of_several(source: Source, after: Record) -> str:
    """Sheets of acceptance and exports stand beside each other: what is left stays as it was."""
    again = next((one for one in after.standing if one.file == source.replaces), None)
    return f"снова считается {again.file}" if again else "остальные принятые файлы считаются как прежде"
