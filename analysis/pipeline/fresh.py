"""Whether what the last build has left is still what would be built now, and the notes that hold for this very code."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.files.memory import NOTES, Memory
from analysis.files.storage import (
    code_fingerprint,
    file_hash,
    fingerprint,
    read_manifest,
    tables_are_whole,
    texts_as_objects,
)
from analysis.presentation.place import MADE_FOLDERS
from analysis.rules.config import PROJECT_FILE, SOURCES_FILE, Project, load_project, load_sources, workbooks_in_force
from analysis.rules.office_files import SECRET_FILE, Choice, DisclosurePolicy

if TYPE_CHECKING:
    import pandas as pd

    from analysis.indicators.tables import Made

INDEX, LOCK = "index", "requirements.lock"
GROUPS = "groups"
MANY = 20  # received files
# What the second process will need, and imports before it is asked.
DRAWING = ("analysis.indicators.disclosure", "analysis.pipeline.written", "matplotlib.backends.backend_svg")


def is_fresh(project: Project, years: Sequence[int]) -> bool:
    """Whether the last build had these very inputs, config and code, and what it made for the years is still there."""
    manifest = read_manifest(project.root)
    return (
        inputs_are_as_built(project)
        and made_of(project, years).items() <= manifest.get("made", {}).items()
        and tables_are_whole(project.root, manifest)
    )


def inputs_are_as_built(project: Project) -> bool:
    """Whether inputs, config and code are those of the last build."""
    return bool(read_manifest(project.root).get("inputs") == inputs_of(project))


def is_much(project: Project) -> bool:
    """Whether so much came that a second process pays, even where one number has changed."""
    return len(load_sources(project.root)) > MANY


def inputs_of(project: Project) -> str:
    """A fingerprint of all that a build is made from."""
    decided = sorted((project.root / "data").glob("*.toml"))
    files = [PROJECT_FILE, SOURCES_FILE, LOCK, SECRET_FILE]
    files += [*(one.file for one in project.documents), *(source.file for source in load_sources(project.root))]
    given = [*decided, *(project.root / file for file in files)]
    return f"{fingerprint(project.root, given)} {code_fingerprint()}"


def made_of(project: Project, years: Sequence[int]) -> dict[str, str]:
    """A fingerprint of what was made for the index and for each of the years; PNG are made by publishing."""
    reports = project.root / "reports"
    folders = {INDEX: reports, **{str(year): reports / str(year) for year in years}}
    return {
        name: fingerprint(
            reports, [path for made in MADE_FOLDERS for path in folder.glob(f"{made}/*") if path.suffix != ".png"]
        )
        for name, folder in folders.items()
    }


def memory_of(root: Path, before: Memory | None = None, *, keeps: bool = False) -> Memory:
    """The notes of a project, which hold for this very code and the packages that are locked and installed.

    Args:
        root: The project.
        before: Notes that this process has at hand: they are taken where they still hold.
        keeps: Whether others are to stay at hand, see `Memory`.
    """
    installed = [version(name) for name in ("matplotlib", "numpy", "pandas", "pyarrow", "scipy")]
    code = " ".join([code_fingerprint(), file_hash(root / LOCK), *installed])
    return before if before is not None and before.code == code else Memory(root / NOTES, code, keeps=keeps)


def ahead(root: Path, step: Callable[..., object], *given: object) -> None:
    """Does a step of the build with notes of its own, in the second process."""
    with texts_as_objects():
        step(memory_of(root), *given)


def read_workbooks(memory: Memory, root: Path) -> None:
    """Reads the workbooks from the last to the first, until one is read already: there the two have met."""
    from analysis.cleaning.corrections import load_amendments
    from analysis.pipeline.received import reader

    read = reader(load_project(root), load_amendments(root).corrections, memory)
    for source in reversed(workbooks_in_force(load_sources(root))):
        before = len(memory.done)
        with suppress(AnalysisError):  # who checks the project says what is wrong with a file
            read(source)
            if len(memory.done) == before:
                break
    for name in DRAWING:
        import_module(name)


def groups(memory: Memory, facts: "Mapping[str, pd.DataFrame]", policy: DisclosurePolicy, choice: Choice) -> "Made":
    """The tables by group of schools and what of them the public may see, with their edges: what takes longest."""
    from analysis.indicators.school_edges import group_tables

    choosing = replace(choice, memory=memory)
    return memory.tracked(GROUPS, facts, [policy, choice], lambda read: group_tables(read, policy, choosing))
