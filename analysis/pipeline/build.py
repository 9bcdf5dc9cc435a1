"""From raw files to data/processed and the pieces of the reports; unchanged work is not redone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import BlockedError
from analysis.files.memory import ALONE, NOTES, Helper, Memory
from analysis.files.progress import SILENT, Progress
from analysis.files.storage import (
    BUILD_LOCK,
    code_fingerprint,
    file_hash,
    fingerprint,
    made_by,
    only_one_at_work,
    read_manifest,
    received_bytes,
    tables_are_whole,
    texts_as_objects,
    write_tables,
)
from analysis.presentation.place import MADE_FOLDERS
from analysis.rules.config import (
    PROJECT_FILE,
    SOURCES_FILE,
    Project,
    Source,
    load_reporting,
    load_sources,
    load_terms,
    read_without_fault,
    workbooks_in_force,
)
from analysis.rules.office_files import (
    SECRET_FILE,
    Choice,
    DisclosurePolicy,
    load_assumptions,
    load_calendar,
    load_policy,
    load_red_share,
)

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from analysis.contracts.findings import Finding
    from analysis.indicators.links import Edges
    from analysis.presentation.edition import Edition
    from analysis.rules.methods import Methods

INDEX, LOCK = "index", "requirements.lock"
MANY = 20  # received files
# What the second process will need, and imports before it is asked.
DRAWING = ("analysis.indicators.disclosure", "analysis.presentation.write", "matplotlib.backends.backend_svg")


def is_fresh(project: Project, years: Sequence[int]) -> bool:
    """Whether the last build had these very inputs, config and code, and what it made for the years is still there."""
    manifest = read_manifest(project.root)
    return (
        inputs_are_as_built(project)
        and _made(project, years).items() <= manifest.get("made", {}).items()
        and tables_are_whole(project.root, manifest)
    )


def inputs_are_as_built(project: Project) -> bool:
    """Whether inputs, config and code are those of the last build."""
    return bool(read_manifest(project.root).get("inputs") == _inputs(project))


def is_long(project: Project) -> bool:
    """Whether a build takes so long that a second process pays: much came, and this very code has not built it yet."""
    return len(load_sources(project.root)) > MANY and made_by(project.root) != code_fingerprint()


def build(project: Project, years: Sequence[int], progress: Progress = SILENT, helper: Helper = ALONE) -> list[str]:
    """Checks the project, writes its processed tables and the pieces of the reports of some years.

    The pieces of other years stay as they are; where the inputs have changed they count as stale from then on.

    Args:
        project: The project.
        years: The editions.
        progress: Is told where the work is.
        helper: Makes notes ahead, beside this process.

    Returns:
        The names of the tables.

    Raises:
        BlockedError: Findings stop the build; nothing is written.
    """
    from analysis.contracts.findings import blocking, screen_lines
    from analysis.pipeline.check import check_project
    from analysis.presentation.edition import editions_of
    from analysis.rules.methods import load_methods

    memory = memory_of(project.root)
    helper.make(_ahead, project.root, _read, project.root)
    checked = check_project(project, progress, memory)
    if stopping := blocking(checked.findings):
        raise BlockedError("\n".join(["Сборка остановлена, ничего не записано.", *screen_lines(stopping)]))
    progress.step("Считаю показатели")
    sources, methods = load_sources(project.root), load_methods(project.root)
    made, summed = _indicators(project, checked.tables, sources, methods, memory, helper)
    tables = {**checked.tables, **made}
    editions = editions_of(project, tables, sources)
    helper.make(_ahead, project.root, _chapters, [one for one in editions if one.calendar_year in years])
    chains, masks = _chains(project, tables, sources, methods, summed, memory)
    if broken := _broken(made, methods, memory):
        raise BlockedError("\n".join(screen_lines(broken)))
    _write(project, years, (tables, chains), [replace(one, masks=masks) for one in editions], progress, memory)
    memory.forget()
    return sorted(tables)


# What a second process makes notes of.


def _ahead(root: Path, step: Callable[..., object], *given: object) -> None:
    with texts_as_objects():
        step(memory_of(root), *given)


def _read(memory: Memory, root: Path) -> None:
    """Reads the workbooks from the last to the first, until one is read already: there the two have met."""
    from analysis.intake.workbook import remembering_reader

    read = remembering_reader(memory)
    for source in reversed(workbooks_in_force(load_sources(root))):
        before = len(memory.done)
        read(received_bytes(root, source.file, source.sha256), source.file)
        if len(memory.done) == before:
            break
    for name in DRAWING:
        import_module(name)


def _groups(
    memory: Memory, facts: Mapping[str, "pd.DataFrame"], policy: DisclosurePolicy, choice: Choice
) -> tuple[dict[str, "pd.DataFrame"], "Edges"]:
    """The tables by group of schools and what of them the public may see, with their edges."""
    from analysis.indicators.school_edges import group_tables

    choosing = replace(choice, memory=memory)
    return memory.tracked("groups", facts, [policy, choice], lambda read: group_tables(read, policy, choosing))


def _chapters(memory: Memory, editions: Sequence["Edition"]) -> None:
    from analysis.presentation.write import make_ahead

    make_ahead(editions, memory)


def memory_of(root: Path) -> Memory:
    """The notes of a project, which hold for this very code and the packages that are locked and installed."""
    installed = [version(name) for name in ("matplotlib", "numpy", "pandas", "scipy")]
    return Memory(root / NOTES, " ".join([code_fingerprint(), file_hash(root / LOCK), *installed]))


def _indicators(
    project: Project,
    facts: Mapping[str, "pd.DataFrame"],
    sources: Sequence[Source],
    methods: "Methods | None",
    memory: Memory,
    helper: Helper,
) -> tuple[dict[str, "pd.DataFrame"], "Edges"]:
    """The tables that are computed from those of the check, and the edges of the sums over schools; each step rests
    on the ones before it."""
    from analysis.indicators.public_effectiveness import public_effectiveness
    from analysis.indicators.quality import quality_tables
    from analysis.indicators.tables import effectiveness_tables, indicator_tables
    from analysis.pipeline.audit import choice_for, with_printed_before
    from analysis.presentation.logs import rule_tables

    looked_at = max(source.received for source in sources)
    reporting, policy = load_reporting(project.root), load_policy(project.root)
    sittings, red_share = load_calendar(project.root), load_red_share(project.root)

    def of_schools(tables: Mapping[str, "pd.DataFrame"], *given: Any) -> Any:
        return memory.tracked("effectiveness", tables, given, lambda read: effectiveness_tables(read, *given))

    choice = choice_for(project.root, facts)
    helper.make(_ahead, project.root, _groups, facts, policy, choice)
    made, of_indicators = indicator_tables(facts, project.collection, reporting, looked_at, methods, of_schools)
    helper.wait()
    of_groups, summed = _groups(memory, facts, policy, choice)
    made |= of_groups | {"findings": with_printed_before(facts["findings"], of_groups, choice)}
    made |= memory.tracked(
        "public", {**facts, **made}, [methods, policy], lambda read: public_effectiveness(read, methods, policy)
    )
    made |= quality_tables({**facts, **made}, project.collection, reporting, sittings, sources, red_share)
    made |= rule_tables(sources, load_terms(project.root).abbreviations, load_assumptions(project.root), methods)
    return made, {**summed, **of_indicators}


def _chains(
    project: Project,
    tables: Mapping[str, "pd.DataFrame"],
    sources: Sequence[Source],
    methods: "Methods | None",
    summed: "Edges",
    memory: Memory,
) -> tuple[dict[str, bytes], dict[str, "NDArray[np.bool_]"]]:
    """The files that `explain` reads beside the tables, and the masks among them."""
    from analysis.indicators.school_edges import masks
    from analysis.lineage.walk import stored_files
    from analysis.pipeline.chains import chain_words, edges_of

    words = chain_words(project, tables, sources, methods)
    edges = edges_of(tables, sources, methods, summed, memory)
    bits = masks(tables, edges)
    return stored_files(words, edges, bits), bits


def _broken(made: Mapping[str, "pd.DataFrame"], methods: "Methods | None", memory: Memory) -> list["Finding"]:
    """Where a computed table does not meet its contract: a fault of the program, never of the data."""
    from analysis.contracts.dictionary import violations
    from analysis.contracts.effectiveness import holding_shares
    from analysis.contracts.tables import TABLES
    from analysis.rules.methods import SHARE

    shares = [one.id for one in methods.passport.indicators if one.kind == SHARE] if methods else []
    return violations(made, {**TABLES, **holding_shares(shares)}, memory, shares)


def _write(
    project: Project,
    years: Sequence[int],
    made: tuple[dict[str, "pd.DataFrame"], Mapping[str, bytes]],
    editions: Sequence["Edition"],
    progress: Progress,
    memory: Memory,
) -> None:
    """Writes the pieces of the years and what was made: the tables, and the files that `explain` reads."""
    from analysis.contracts.effectiveness import PUBLIC_TABLES
    from analysis.presentation.write import remove_interrupted, write_edition, write_index

    reports = project.root / "reports"
    # What is masked lies as bits beside the whole table (`indicators.school_tables.with_public`).
    tables, chains = made
    stored = {name: table for name, table in tables.items() if name not in PUBLIC_TABLES}
    with only_one_at_work(project.root / BUILD_LOCK):
        remove_interrupted(reports)
        wanted = [one for one in editions if one.calendar_year in years]
        for done, edition in enumerate(wanted):
            progress.step("Пишу части отчётов", done, len(wanted), str(edition.calendar_year))
            write_edition(reports, edition, memory)
        write_index(reports, editions)
        inputs, last = _inputs(project), read_manifest(project.root)
        kept = last.get("made", {}) if last.get("inputs") == inputs else {}
        manifest = {"inputs": inputs, "made": {**kept, **_made(project, years)}}
        write_tables(project.root, stored, manifest | read_without_fault(project.root), chains)


def _inputs(project: Project) -> str:
    decided = sorted((project.root / "data").glob("*.toml"))
    files = [PROJECT_FILE, SOURCES_FILE, LOCK, SECRET_FILE]
    files += [*(one.file for one in project.documents), *(source.file for source in load_sources(project.root))]
    given = [*decided, *(project.root / file for file in files)]
    return f"{fingerprint(project.root, given)} {code_fingerprint()}"


def _made(project: Project, years: Sequence[int]) -> dict[str, str]:
    """A fingerprint of what was made for the index and for each of the years; PNG are made by publishing."""
    reports = project.root / "reports"
    folders = {INDEX: reports, **{str(year): reports / str(year) for year in years}}
    return {
        name: fingerprint(
            reports, [path for made in MADE_FOLDERS for path in folder.glob(f"{made}/*") if path.suffix != ".png"]
        )
        for name, folder in folders.items()
    }
