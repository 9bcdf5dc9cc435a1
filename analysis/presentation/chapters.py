"""The annex in its order and the report, made with their pictures: each chapter once for the same tables."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analysis.files.memory import FORGETFUL, Memory
from analysis.presentation import effectiveness, execution, exhibits, logs, plan_tables, quality, school_facts
from analysis.presentation.edition import Edition
from analysis.presentation.exhibits import Exhibit, Part, Section
from analysis.presentation.figures import svg_of
from analysis.presentation.report import CHAPTERS, chapters, together

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# The annex in its order. What stands together here is made together, each from the tables that it looks at.
ANNEX: Mapping[str, Callable[[Edition], Sequence[Section]]] = {
    "plan": plan_tables.plan_sections,
    "changes": lambda edition: [Section("document-changes", *plan_tables.section(edition))],
    "facts": lambda edition: [Section("facts", *execution.sections(edition))],
    "schools": lambda edition: [Section("schools", *school_facts.sections(edition))],
    "quality": lambda edition: [Section("quality", *quality.sections(edition))],
    "effectiveness": lambda edition: [Section("effectiveness", *effectiveness.sections(edition))],
    "passport": lambda edition: [Section("passport", *logs.section(edition))],
    "document": lambda edition: [
        *plan_tables.document_sections(edition),
        *logs.log_sections(edition),
        Section("chains", exhibits.chains(edition)),
    ],
}


def exhibits_of(edition: Edition) -> list[Exhibit]:
    """All tables and pictures of an edition, in the order in which their data are listed."""
    annex = [section for make in ANNEX.values() for section in make(edition)]
    return [one for section in [*annex, *chapters(_printed(annex), edition)] for one in section.exhibits]


def sections_of(
    edition: Edition, memory: Memory = FORGETFUL, step: int = 1
) -> tuple[list[Section], list[list[Section]]]:
    """Makes all pieces of an edition with their pictures drawn.

    Args:
        edition: The edition.
        memory: What is known of the same chapters.
        step: -1 makes them from the last to the first, beside a process that makes them from the first.

    Returns:
        The pieces of the annex and those of the report, in that order; and the chapters as `memory` knows them, before
        those of the report refer to each other.
    """
    made = _maker(edition, memory)
    of_annex = [made(*one) for one in [*ANNEX.items()][::step]][::step]
    annex = [section for chapter in of_annex for section in chapter]
    printed = _printed(annex)

    def chapter(name: str, make: Callable[[Edition, Mapping[str, str]], Part]) -> list[Section]:
        return made(name, lambda one: [Section(name, *make(one, one.tables))], printed)

    of_report = [chapter(*one) for one in [*CHAPTERS.items()][::step]][::step]
    report = together([section for chapter in of_report for section in chapter], edition)
    return [*annex, *report], [*of_annex, *of_report]


def _printed(sections: Sequence[Section]) -> dict[str, str]:
    return {one.label: one.markdown for section in sections for one in section.exhibits}


def _maker(edition: Edition, memory: Memory) -> Callable[..., list[Section]]:
    """What makes a chapter with its pictures drawn: told its name, what makes it, and what this may look at beside
    the tables. Each is made from what it looks at."""
    # A public edition shows the hash of the document alone; a corrected form changes that of the form.
    sources = tuple(one if one.kind == "roadmap" else replace(one, sha256="") for one in edition.sources)
    if not edition.internal:  # nor does it matter in which folder the project lies
        edition = replace(edition, sources=sources, project=replace(edition.project, root=Path()))
    edition = replace(edition, masks={})  # these are for the exports alone
    memory = FORGETFUL if edition.internal else memory
    noted = [getattr(edition, one.name) for one in fields(edition) if one.name not in ("tables", "chains")]
    given = [memory.content(noted)]

    def made(
        name: str, make: Callable[[Edition], Sequence[Section]], beside: Mapping[str, str] = MappingProxyType({})
    ) -> list[Section]:
        def drawn(read: Mapping[str, Any]) -> list[Section]:
            return [_drawn(one, memory) for one in make(replace(edition, tables=read))]

        return memory.tracked(name, {**edition.tables, **beside}, given, drawn)

    return made


def _drawn(section: Section, memory: Memory) -> Section:
    """The section with its pictures as SVG."""

    def drawn(one: Exhibit, draw: Callable[[], "Figure"]) -> Exhibit:
        svg = memory.remembered("picture", [draw], lambda: svg_of(draw()))
        return replace(one, drawn={one.label: svg}, draw=None)

    return section._replace(exhibits=[drawn(one, one.draw) if one.draw else one for one in section.exhibits])
