"""Which reception of a workbook counts, and what another one changes. Reads what was received; writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from analysis.cleaning.corrections import Correction, apply_workbook_corrections
from analysis.cleaning.differences import differing_values
from analysis.config import Project, Source
from analysis.errors import AnalysisError
from analysis.file_facts import received_bytes
from analysis.intake.returns import Returned, read_returned
from analysis.intake.workbook import read_workbook


@dataclass(frozen=True)
class Change:
    """What a reception, or taking one back, changes.

    Attributes:
        said: In a few words: how many values differ.
        details: A line for each of them.
    """

    said: str
    details: tuple[str, ...] = ()


def versions(file: str, kind: str, sources: Sequence[Source]) -> list[Source]:
    """Returns the receptions of one workbook, in the order of the record.

    A project has one registry, whatever its file is called.

    Args:
        file: The path of any version.
        kind: Its kind.
        sources: The entries that stand.
    """
    return [
        source
        for source in sources
        if source.kind == kind and (kind == "registry" or _stem(source.file) == _stem(file))
    ]


def counting(project: Project, file: str, kind: str, sources: Sequence[Source]) -> Source | None:
    """Returns the reception that counts: the last one that stands; of forms the last that came by the cutoff.

    Args:
        project: The project, for its cutoffs.
        file: The path of any version.
        kind: Its kind.
        sources: The entries that stand, in the order of the record.
    """
    found = [source for source in versions(file, kind, sources) if not is_late(project, source)]
    return found[-1] if found else None


def is_late(project: Project, source: Source) -> bool:
    """Whether a form came after the cutoff of its year."""
    return (
        source.kind == "form"
        and project.collection is not None
        and (source.received > project.collection.cutoff(year_of(source.file)))
    )


def year_of(file: str) -> int:
    """The year of a received file: the folder in which it lies."""
    return int(PurePosixPath(file).parent.name)


def change(project: Project, before: Source, now: Returned, corrections: Sequence[Correction]) -> Change:
    """Returns which values of the file that counted before are others in a workbook.

    Args:
        project: The project.
        before: What counted before; the recorded corrections belong to it.
        now: What counts from now on, as it is read.
        corrections: All recorded corrections.
    """
    try:
        differing = differing_values(read_again(project, before, corrections), now)
    except AnalysisError:
        return Change(f"сравнить с {before.file} нельзя: она не читается")
    said = f"других значений: {len(differing)}" if differing else "значения те же"
    written = sum(one.file == before.file for one in corrections)
    if written:
        said += f" (исправлений, записанных к прежней: {written}; к новой они не относятся)"
    return Change(said, tuple(one.words for one in differing))


def read_again(project: Project, source: Source, corrections: Sequence[Correction]) -> Returned:
    """Returns a received workbook with its recorded corrections.

    Raises:
        AnalysisError: It cannot be read, or is not what was received.
    """
    content = received_bytes(project.root, source.file, source.sha256)
    workbook, _ = apply_workbook_corrections(read_workbook(content, source.file), corrections, source.file)
    return read_returned(workbook, source.file)


def _stem(file: str) -> str:
    """A path without its version; the path itself where it has none."""
    stem, found, _ = file.rpartition("_v")
    return stem if found else file
