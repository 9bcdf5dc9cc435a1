"""What is received: which reception of a workbook counts and what another changes; exports taken in."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path, PurePosixPath

from analysis.cleaning.corrections import Correction
from analysis.cleaning.versions import differing_values
from analysis.errors import AnalysisError
from analysis.files.storage import received_bytes
from analysis.intake.exports.cells import ExamCounts, counts_csv, kept_name
from analysis.intake.exports.recognise import Export, read_export
from analysis.intake.workbook import Identity, Returned, read_workbook, recognise
from analysis.intake.workbook_package import OLE2
from analysis.pipeline.received import by_one_name, reader
from analysis.rules.config import PROJECT_FILE, RETURNED_KINDS, Project, Record, Said, Source, exports_in_force
from analysis.rules.office_files import load_calendar, load_vocabulary

# Takes exports of exam systems in: one with a row per pupil leaves its counts alone, others are kept as they came.

LICENCE = "Служебные сведения; публикуются только в составе отчёта"


@dataclass(frozen=True)
class KeptExport:
    """What is kept of an export.

    Attributes:
        source: Its entry.
        content: What is written into its file; None where it is there already.
        said: What is told about it.
    """

    source: Source
    content: bytes | None
    said: str


def inbox_files(project: Project) -> list[Path]:
    """Returns the files that lie in the inbox of the project.

    Raises:
        AnalysisError: There is no inbox, or it lies inside the project.
    """
    named = project.collection.inbox if project.collection else ""
    if not named:
        raise AnalysisError(
            f'Назовите файлы или папку для них: {PROJECT_FILE}, [collection], inbox = "папка вне проекта".'
        )
    folder = (project.root / Path(named).expanduser()).resolve()
    if is_inside(folder, project.root):
        raise AnalysisError(
            f"{PROJECT_FILE}, [collection], inbox: папка {folder} лежит внутри проекта; для учеников нужна внешняя."
        )
    if not folder.is_dir():
        raise AnalysisError(f"{PROJECT_FILE}, [collection], inbox: папки {folder} нет. Создайте её или исправьте путь.")
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith((".", "~$")))


def keep_export(project: Project, path: Path, content: bytes, said: Said, record: Record) -> KeptExport:
    """Reads an export and returns what is to be kept of it; writes nothing.

    Args:
        project: The project.
        path: The file as it came.
        content: Its bytes.
        said: What the person says of it.
        record: What has been received so far.

    Raises:
        AnalysisError: The file is none that is known, or must not be taken; the message quotes no cell.
    """
    export = read_export(content, path.name, load_vocabulary(project.root))
    if export.has_pupils and is_inside(path.resolve(), project.root):
        raise AnalysisError(
            f"{path.name}: в файле строка — ученик, а лежит он внутри проекта. Перенесите его в папку вне проекта "
            "(и удалите отсюда) и примите оттуда."
        )
    _refuse_unknown_wave(project, said.wave)
    year = _year(project, path.name, export, said.calendar_year)
    digest = hashlib.sha256(content).hexdigest()
    kept = counts_csv(dated(export.counts, year)) if export.has_pupils else content
    source = _entry(path.name, export, kept, digest, year, said)
    counted = exports_in_force(record.standing)
    same = next((one for one in counted if one.sha256 == source.sha256), None)
    if same is not None:
        return KeptExport(same, None, f"{path.name}: уже принят: {same.file}.")
    before = next((one for one in counted if export.has_pupils and one.derived_from == digest), None)
    source = replace(source, file=_free_name(source.file, record), replaces=before.file if before else "")
    what = f"{export.layout}; оставлены только итоги по школам" if export.has_pupils else export.layout
    void = f"; заменяет {before.file} (остаётся на месте), {_differing(project, before, kept)}" if before else ""
    return KeptExport(source, kept, f"{path.name}: {what}: {source.file}{void}.{_doubtful(export)}")


def _free_name(file: str, record: Record) -> str:
    """The name, with a number where an entry has it already: the same bytes, taken back and received again."""
    taken = {source.file for source in record.received}
    stem, dot, suffix = file.rpartition(".")
    names = (f"{stem}_{number}{dot}{suffix}" for number in count(2))
    return file if file not in taken else next(name for name in names if name not in taken)


def _differing(project: Project, before: Source, kept: bytes) -> str:
    """How many lines of the counts differ from those that were kept of the same file before."""
    try:
        stood = (project.root / before.file).read_bytes().splitlines()
    except OSError:
        return "сравнить с ним нельзя: он не открывается"
    differing = Counter(kept.splitlines()) - Counter(stood)
    return f"других строк — {differing.total()}" if differing else "строки те же"


def dated(counts: Sequence[ExamCounts], calendar_year: int) -> list[ExamCounts]:
    """Rows of which the file names no year, with the year that it is received for."""
    return [replace(one, calendar_year=one.calendar_year or calendar_year) for one in counts]


def _doubtful(export: Export) -> str:
    count = sum(bool(one.fault) for one in export.counts)
    return f" Отложено строк: {count}, почему — скажет analysis check." if count else ""


def _entry(name: str, export: Export, kept: bytes, digest: str, year: int, said: Said) -> Source:
    kind, more, suffix, origin, derived_from = "export", "", _suffix(kept), f"Получено файлом «{name}»", ""
    if export.has_pupils:  # the name of a file with pupils may be the name of a pupil
        kind, more, suffix, derived_from = "counts", ": итоги по школам", ".csv", digest
        origin = "Итоги файла, в котором строка — ученик; сам файл не хранится"
    sha256 = hashlib.sha256(kept).hexdigest()
    file, title = kept_name(year, kind, sha256, suffix), f"{year} год, {export.layout}{more}"
    return Source(file, title, origin, said.received, sha256, LICENCE, kind, "", said.wave, derived_from)


def _suffix(content: bytes) -> str:
    return ".xlsx" if content.startswith(b"PK") else ".xls" if content.startswith(OLE2) else ".csv"


def _year(project: Project, name: str, export: Export, told: int | None) -> int:
    """The year of the folder for the file: the latest of an edition that it names, or the one that was told."""
    named = sorted({one.calendar_year for one in export.counts if one.calendar_year})
    editions = ", ".join(map(str, project.editions))
    if told is not None and named and told not in named:
        raise AnalysisError(f"{name}: в файле {_years(named)} год, а назван {told}. Проверьте, тот ли это файл.")
    if not named and told is None:
        raise AnalysisError(f"{name}: год в файле не назван. Примите его с годом: analysis receive --year ГГГГ ФАЙЛ.")
    years = [year for year in (named if told is None else [told]) if year in project.editions]
    if not years:
        other = _years(named or [told or 0])
        raise AnalysisError(f"{name}: выгрузка за {other} год, а отчёты выходят за {editions}.")
    return years[-1]


def _years(years: Sequence[int]) -> str:
    return ", ".join(map(str, years))


def _refuse_unknown_wave(project: Project, wave: str) -> None:
    waves = list(dict.fromkeys(sitting.wave for sitting in load_calendar(project.root)))
    if wave and wave not in waves:
        raise AnalysisError(f"Волны «{wave}» в data/calendar.toml нет; есть: {', '.join(waves)}.")


def is_inside(path: Path, root: Path) -> bool:
    """Whether a path lies inside the project, or inside the repository that holds the project."""
    folder = root.resolve()
    repository = next((one for one in (folder, *folder.parents) if (one / ".git").exists()), folder)
    return path.is_relative_to(repository)


# Which reception of a workbook counts, and what another one changes. Reads what was received; writes nothing.

# Whose workbook each received file is; one that cannot be read is not there.
Owners = Mapping[str, Identity]


@dataclass(frozen=True)
class Change:
    """What a reception, or taking one back, changes.

    Attributes:
        said: In a few words: how many values differ.
        details: A line for each of them.
    """

    said: str
    details: tuple[str, ...] = ()


def owners(project: Project, sources: Sequence[Source], years: Sequence[int]) -> dict[str, Identity]:
    """Returns whose the received workbooks are that may be of some years, by file; the file name says nothing.

    Args:
        project: The project; an executor with several names has one here.
        sources: The entries.
        years: What lies in the folder of another year is not opened.
    """
    found = {}
    for source in sources:
        folder = PurePosixPath(source.file).parent.name
        if source.kind in RETURNED_KINDS and not (folder.isdigit() and int(folder) not in years):
            with suppress(AnalysisError):
                content = received_bytes(project.root, source.file, source.sha256)
                identity = recognise(read_workbook(content, source.file), source.file)
                found[source.file] = by_one_name(identity, project.collection)
    return found


def versions(identity: Identity, sources: Sequence[Source], known: Owners) -> list[Source]:
    """Returns the receptions of one workbook, in the order of the record; a project has one registry.

    Args:
        identity: Whose it is.
        sources: The entries that stand.
        known: Whose each of them is.
    """
    of_kind = [source for source in sources if source.kind == identity.kind]
    return of_kind if identity.kind == "registry" else [one for one in of_kind if known.get(one.file) == identity]


def counting(project: Project, identity: Identity, sources: Sequence[Source], known: Owners) -> Source | None:
    """Returns the reception that counts: the last one that stands; of forms the last that came by the cutoff.

    Args:
        project: The project, for its cutoffs.
        identity: Whose workbook it is.
        sources: The entries that stand, in the order of the record.
        known: Whose each of them is.
    """
    found = [source for source in versions(identity, sources, known) if not is_late(project, source, identity)]
    return found[-1] if found else None


def is_late(project: Project, source: Source, identity: Identity) -> bool:
    """Whether a form came after the cutoff of its year."""
    held = project.collection if source.kind == "form" else None
    return held is not None and held.is_late(source.received, identity.calendar_year)


def change(project: Project, before: Source, now: Returned, corrections: Sequence[Correction]) -> Change:
    """Returns which values of the file that counted before are others in a workbook.

    Args:
        project: The project.
        before: What counted before; the recorded corrections belong to it.
        now: What counts from now on, as it is read.
        corrections: All recorded corrections.
    """
    try:
        stood = reader(project, corrections)(before)
    except AnalysisError:
        return Change(f"сравнить с {before.file} нельзя: она не читается")
    differing = differing_values(stood, now)
    said = f"других значений — {len(differing)}" if differing else "значения те же"
    written = sum(one.file == before.file for one in corrections)
    if written:
        said += f" (исправления, записанные к {before.file}, сюда не относятся: {written})"
    return Change(said, tuple(one.words for one in differing))
