"""Which reception of a workbook counts, and what another one changes. Reads what was received; writes nothing."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath

from analysis.cleaning.corrections import Correction
from analysis.cleaning.differences import differing_values
from analysis.errors import AnalysisError
from analysis.files.fingerprints import received_bytes
from analysis.intake.returns import Identity, Returned, recognise
from analysis.intake.workbook import read_workbook
from analysis.pipeline.facts import by_one_name, read_source
from analysis.rules.config import RETURNED_KINDS, Project, Source

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
        stood, _ = read_source(project, before, corrections)
    except AnalysisError:
        return Change(f"сравнить с {before.file} нельзя: она не читается")
    differing = differing_values(stood, now)
    said = f"других значений — {len(differing)}" if differing else "значения те же"
    written = sum(one.file == before.file for one in corrections)
    if written:
        said += f" (исправления, записанные к {before.file}, сюда не относятся: {written})"
    return Change(said, tuple(one.words for one in differing))
