"""Takes what came into data/raw: recognised, hashed, entered in SOURCES.toml; and takes receptions back."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from pathlib import Path, PurePosixPath

from analysis.cleaning.corrections import load_amendments
from analysis.cleaning.names import same_name
from analysis.cleaning.registry import reporter_words
from analysis.errors import AnalysisError, reason
from analysis.files.memory import SILENT, Progress
from analysis.files.storage import only_one_at_work, write_file_whole
from analysis.forms.receptions import (
    LICENCE,
    Change,
    Owners,
    change,
    counting,
    inbox_files,
    is_late,
    keep_export,
    owners,
    versions,
)
from analysis.intake.workbook import Identity, Returned, is_returned, read_returned, read_workbook, recognise
from analysis.pipeline.received import by_one_name, known_reporters, problem_of, reader
from analysis.rules.config import (
    RETURNED_KINDS,
    Project,
    Record,
    Said,
    Source,
    enter,
    enter_taken_back,
    load_project,
    load_record,
)

# Takes what came into data/raw: recognised by what stands in it, hashed, entered in SOURCES.toml.

# Whether a school's values may be replaced by a file named after another; takes the question.
Ask = Callable[[str], bool]


@dataclass(frozen=True)
class Arrived:
    """A workbook that came: its file name, its bytes, whose it is and what it says."""

    name: str
    content: bytes
    identity: Identity
    returned: Returned


@dataclass(frozen=True)
class Received:
    """What became of one file: where it is now, what is said about it, and which values it changes."""

    source: Source | None
    said: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Door:
    """What is known when a file is taken in.

    Attributes:
        project: The project.
        record: What was received before, and what has been taken in meanwhile.
        said: What the person who takes the files in says of them.
        ask: Whether a school's values may be replaced by a file named after another.
        owners: Whose each received workbook is.
        reporters: Who reports, by login or name; None while no registry can be read.
    """

    project: Project
    record: Record
    said: Said
    ask: Ask
    owners: Owners
    reporters: Mapping[str, str] | None = None

    def after(self, result: Received, identity: Identity | None = None) -> "_Door":
        """What is known when one more file has been taken in; the same where it was not, or was there already."""
        source = result.source
        if source is None or source in self.record.received:
            return self
        record = replace(self.record, received=(*self.record.received, source))
        return replace(self, record=record, owners={**self.owners, **({source.file: identity} if identity else {})})


def nobody_answers(_question: str) -> bool:
    """What stands for an answer where there is nobody to ask."""
    return False


def take_in(project: Project, files: Sequence[Path], said: Said, ask: Ask, progress: Progress) -> list[Received]:
    """Takes files (none means what lies in the inbox) into data/raw; a result without `source` was refused.

    Raises:
        AnalysisError: The day of receipt is still to come, or there is no inbox.
    """
    if said.received > date.today():
        raise AnalysisError(f"День получения {said.received:%d.%m.%Y} ещё не наступил.")
    return receive(project.root, files or inbox_files(project), said, ask, progress)


def receive(
    root: Path, files: Sequence[Path], said: Said, ask: Ask = nobody_answers, progress: Progress = SILENT
) -> list[Received]:
    """Takes files in, one after the other; a file that is refused does not stop the others.

    The copies are written before their entries, which come last and all at once: a run that dies leaves files without
    entries, which are no sources yet, and the next run of the same command puts it right.

    Args:
        root: The project.
        files: The files as they came, anywhere on the disk.
        said: The day they came, and what exports may leave open.
        ask: Asked before a school's values are replaced by a file named after another school.
        progress: Is told which file is read and taken in.

    Raises:
        AnalysisError: SOURCES.toml cannot be read.
    """
    with only_one_at_work(root / "data/raw/.lock"):
        _sweep_drafts(root / "data/raw")
        project, record = load_project(root), load_record(root)
        opened = {path: _open(project, path) for path in _told(files, progress)}
        results = {path: one for path, one in opened.items() if isinstance(one, Received)}
        years = sorted({one.identity.calendar_year for one in opened.values() if isinstance(one, Arrived)})
        door = _Door(project, record, said, ask, owners(project, record.received, years))
        # A registry comes first: it may name the schools whose forms are in the same call.
        for kinds in (("registry",), ("form", "acceptance")):
            reporters = known_reporters(project, door.record.standing) if "form" in kinds else None
            for path, arrived in opened.items():
                if isinstance(arrived, Arrived) and arrived.identity.kind in kinds:
                    progress.step("Принимаю файлы", len(results), len(files), path.name)
                    results[path] = _take(replace(door, reporters=reporters), arrived)
                    door = door.after(results[path], arrived.identity)
        for path, content in opened.items():
            if isinstance(content, bytes):
                progress.step("Принимаю файлы", len(results), len(files), path.name)
                results[path] = _take_export(door, path, content)
                door = door.after(results[path])
        enter(root, door.record.received[len(record.received) :])
        return [results[path] for path in files]


def _told(files: Sequence[Path], progress: Progress) -> Iterator[Path]:
    """The files one by one; whoever waits is told which of them is read."""
    for done, path in enumerate(files):
        progress.step("Читаю файлы", done, len(files), path.name)
        yield path


def _sweep_drafts(raw: Path) -> None:
    """Removes what dead runs left half written; the caller holds the lock, so no living run is at work here."""
    for draft in [*raw.glob(".SOURCES.toml.*"), *raw.glob("*/.*.xlsx.*")]:
        draft.unlink()


def _open(project: Project, path: Path) -> Arrived | bytes | Received:
    """A workbook of ours, the bytes of what may be an export, or why it can be neither."""
    try:
        content = path.read_bytes()
        if not is_returned(content, path.name):
            return content
        workbook = read_workbook(content, path.name)
        identity = by_one_name(recognise(workbook, path.name), project.collection)
        return Arrived(path.name, content, identity, read_returned(workbook, path.name))
    except OSError as error:
        return Received(None, f"{path.name}: файл не открывается ({reason(error)}).")
    except AnalysisError as error:
        return Received(None, str(error))


def _take(door: _Door, arrived: Arrived) -> Received:
    """Copies a workbook into its place, unless it is there already or must not be taken."""
    identity, name = arrived.identity, arrived.name
    problem = problem_of(identity, door.project, door.reporters)
    if problem:
        return Received(None, f"{name}: {' '.join(problem)}")
    source = _entry(door, arrived)
    late = is_late(door.project, source, identity)
    before = counting(door.project, identity, door.record.standing, door.owners)
    for same in filter(None, (before, _newest(door, identity, late))):
        if same.sha256 == source.sha256:
            return Received(same, f"{name}: уже принят: {same.file}.")
    doubt = _named_after_another(door, arrived)
    if doubt and before is not None and not late and not door.ask(doubt):
        return Received(None, f"{name}: {doubt} Ничего не заменено. Если всё верно: analysis receive --yes ФАЙЛ.")
    # Sheets of acceptance add to each other; a newer form or registry stands in the place of the older one.
    replaces = before if before is not None and source.kind != "acceptance" and not late else None
    source = replace(source, replaces=replaces.file if replaces else "")
    changed = Change("")
    if replaces:
        changed = change(door.project, replaces, arrived.returned, load_amendments(door.project.root).corrections)
    _write(door.project.root, source, arrived.content)
    told = f"{_whose(door, identity)}: принят как {source.file}{_instead(source, late, before, changed)}"
    return Received(source, f"{name}: {told}.{f' Проверьте: {doubt}' if doubt else ''}", changed.details)


def _newest(door: _Door, identity: Identity, late: bool) -> Source | None:
    """The last reception of a workbook among those that came in time, or among the late ones."""
    found = versions(identity, door.record.standing, door.owners)
    return next((one for one in reversed(found) if is_late(door.project, one, identity) == late), None)


def _instead(source: Source, late: bool, before: Source | None, changed: Change) -> str:
    """What the new file means for the one that counted before."""
    if source.replaces:
        return f"; заменяет {source.replaces} (остаётся на месте), {changed.said}"
    if not late:
        return ""
    counts = f"в отчёте остаётся {before.file}" if before else "сведений в отчёте нет"
    return f"; срок прошёл, в отчёт не войдёт: {counts}"


def _whose(door: _Door, identity: Identity) -> str:
    """«Школа № 5 (edu990005), 2021 год»."""
    if identity.kind == "registry":
        return "реестр школ"
    who = reporter_words(identity.reporter, door.reporters or {}) if identity.kind == "form" else "рассмотрение"
    return f"{who}, {identity.calendar_year} год"


def _named_after_another(door: _Door, arrived: Arrived) -> str:
    """The question to ask where the file is called as another school, and not as the one it speaks for."""
    identity = arrived.identity
    if identity.kind != "form" or door.reporters is None:
        return ""
    words = _words(Path(arrived.name).stem)
    named = [who for who, name in door.reporters.items() if any(_stand_in(_words(one), words) for one in (who, name))]
    others = [who for who in named if not (door.project.collection and who in door.project.collection.municipal)]
    if identity.reporter in named or not others:
        return ""
    own, other = (reporter_words(who, door.reporters) for who in (identity.reporter, others[0]))
    return f"в файле форма: {own}, {identity.calendar_year} год, а назван он как {other}."


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", same_name(name.replace("_", " ")))


def _stand_in(name: Sequence[str], words: Sequence[str]) -> bool:
    """Whether all the words of a name stand in a row."""
    return any(list(words[at : at + len(name)]) == list(name) for at in range(len(words) - len(name) + 1))


def _take_export(door: _Door, path: Path, content: bytes) -> Received:
    """Writes what is kept of an export, unless it is there already."""
    try:
        kept = keep_export(door.project, path, content, door.said, door.record)
    except AnalysisError as error:
        return Received(None, str(error))
    if kept.content is not None:
        _write(door.project.root, kept.source, kept.content)
    return Received(kept.source, kept.said)


def _write(root: Path, source: Source, content: bytes) -> None:
    target = root / source.file
    target.parent.mkdir(parents=True, exist_ok=True)
    write_file_whole(target, content)


def _entry(door: _Door, arrived: Arrived) -> Source:
    identity = arrived.identity
    whose = {"form": f"сведения: {identity.reporter}", "registry": "реестр школ", "acceptance": "рассмотрение"}
    title, origin = f"{identity.calendar_year} год, {whose[identity.kind]}", f"Получено файлом «{arrived.name}»"
    digest = hashlib.sha256(arrived.content).hexdigest()
    return Source(_free_name(door, arrived), title, origin, door.said.received, digest, LICENCE, identity.kind)


def _free_name(door: _Door, arrived: Arrived) -> str:
    """The first version number that neither an entry nor a file has; a file with these very bytes is our own."""
    taken = {source.file for source in door.record.received}
    for version in count(1):
        file = f"{_target_stem(arrived.identity)}_v{version}.xlsx"
        there = door.project.root / file
        if file not in taken and (not there.exists() or there.read_bytes() == arrived.content):
            return file
    raise AssertionError  # count() never ends


def _target_stem(identity: Identity) -> str:
    """Where the versions of a workbook stand, without version and extension; made of the identifiers alone."""
    reporter = "".join(letter if letter.isalnum() else "_" for letter in identity.reporter)
    return f"data/raw/{identity.calendar_year}/{identity.kind}_{reporter}"


# Takes receptions back: what counted before counts again. Nothing is removed; the record keeps both.

# A project has one registry, whoever sent it and whatever is in it.
REGISTRY = Identity("registry", "", 0, "")
TO_SEE = "Что принято, записано в data/raw/SOURCES.toml."


def undo(root: Path, files: Sequence[Path]) -> list[Received]:
    """Takes the receptions of files back today; a result without `source` was not taken back.

    Raises:
        AnalysisError: No file is named.
    """
    if not files:
        raise AnalysisError("Назовите файлы, приём которых взять назад: analysis receive --undo ФАЙЛ…")
    return take_back(root, files, date.today())


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
        now = reader(project, corrections)(counts)
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
