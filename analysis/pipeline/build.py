"""From raw files to data/processed and the pieces of the reports; unchanged work is not redone."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.files.memory import ALONE, SILENT, Helper, Memory, Progress
from analysis.files.storage import texts_as_objects
from analysis.pipeline.fresh import ahead, is_fresh, is_much, memory_of, read_workbooks
from analysis.rules.config import Project, asked_years, load_sources

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Built:
    """What a build has done.

    Attributes:
        years: The editions.
        tables: The names of the tables that were written; none where nothing has changed.
    """

    years: tuple[int, ...]
    tables: tuple[str, ...] = ()


def build_if_changed(
    project: Project,
    years: Sequence[int],
    progress: Progress,
    jobs: int = 1,
    memory: Memory | None = None,
    helper: Helper | None = None,
) -> Built:
    """Writes data/processed and the pieces of the reports of some years (none means all), unless nothing has changed.

    Args:
        project: The project.
        years: The editions.
        progress: Is told what is done.
        jobs: How many processes may work; a second one helps where there is much to do, more do not.
        memory: The notes that a process has at hand which builds again and again.
        helper: The second process that it has at hand; else one is started. Neither is asked where it would not pay.

    Raises:
        AnalysisError: There is no such year, or findings stop the build.
    """
    asked = asked_years(project, years)
    if is_fresh(project, asked):
        progress.say("Таблицы и части отчётов без изменений.")
        return Built(asked)
    pays = is_much(project)
    started = Helper(jobs > 1 and pays) if helper is None else nullcontext(helper if pays else ALONE)
    with started as second, texts_as_objects():
        names = build(project, asked, progress, second, memory)
    said = ", ".join(map(str, asked))
    progress.say(f"Собрано: data/processed (таблиц: {len(names)}) и части отчётов за {said}.")
    return Built(asked, tuple(names))


def build(
    project: Project,
    years: Sequence[int],
    progress: Progress = SILENT,
    helper: Helper = ALONE,
    memory: Memory | None = None,
) -> list[str]:
    """Checks the project, writes its processed tables and the pieces of the reports of some years.

    The pieces of other years stay as they are; where the inputs have changed they count as stale from then on.

    Args:
        project: The project.
        years: The editions.
        progress: Is told where the work is.
        helper: Makes notes ahead, beside this process.
        memory: The notes that this process has at hand.

    Returns:
        The names of the tables.

    Raises:
        BlockedError: Findings stop the build; nothing is written.
    """
    from analysis.contracts.findings import stop_for
    from analysis.pipeline.check import check_project

    memory = memory_of(project.root, memory)
    helper.make(ahead, project.root, read_workbooks, project.root)
    checked = check_project(project, progress, memory)
    stop_for(checked.stopping, "Сборка остановлена, ничего не записано.")
    names = _made(project, years, checked.tables, progress, helper, memory)
    memory.forget()
    return names


def _made(
    project: Project,
    years: Sequence[int],
    facts: Mapping[str, "pd.DataFrame"],
    progress: Progress,
    helper: Helper,
    memory: Memory,
) -> list[str]:
    """Computes what follows from the tables of the check, and writes all."""
    from analysis.contracts.dictionary import broken_by_the_program
    from analysis.contracts.findings import stop_for
    from analysis.pipeline.chains import made_chains, public_masks
    from analysis.pipeline.computed import computed_tables
    from analysis.pipeline.written import editions_ahead, write
    from analysis.rules.methods import load_methods
    from analysis.statistics.counts import remembering

    progress.step("Считаю показатели")
    sources, methods = load_sources(project.root), load_methods(project.root)
    with remembering(memory.remembered):
        made, summed = computed_tables(project, facts, sources, methods, memory, helper)
    tables = {**facts, **made}
    _, masks = public_masks(tables, memory)
    editions = editions_ahead(project, (tables, masks), sources, years, helper)
    chains = made_chains(project, tables, sources, methods, summed, memory)
    stop_for(broken_by_the_program(made, methods, memory))
    write(project, years, (tables, chains), editions, progress, memory)
    return sorted(tables)
