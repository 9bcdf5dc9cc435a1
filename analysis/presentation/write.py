"""Writes what the report places: Markdown pieces, pictures, data files — once, into reports/<year>/."""

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.contracts.tables import stored_in
from analysis.files.atomic import recover_folder, replace_folder
from analysis.files.memory import FORGETFUL, Memory
from analysis.presentation import (
    chains,
    effectiveness,
    execution,
    logs,
    passport,
    plan_changes,
    plan_tables,
    quality,
    report,
    school_facts,
    sentences,
    shares,
)
from analysis.presentation.catalogue import annex_name, report_name
from analysis.presentation.edition import Edition
from analysis.presentation.exhibits import Exhibit, Section, book_name, sheet_name
from analysis.presentation.exports import Sheet, csv_bytes, data_package, for_programs, resource, xlsx_bytes
from analysis.presentation.figures import save, svg_of
from analysis.presentation.markdown import escape
from analysis.presentation.place import CONTENT_FOLDER, EDITIONS, EXHIBITS, MADE_FOLDERS
from analysis.presentation.russian import short_date
from analysis.presentation.words import task_heading
from analysis.rules.config import INVENTED

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLANK = "значение не указано; это не ноль"


def write_edition(reports: Path, edition: Edition, memory: Memory = FORGETFUL) -> None:
    """Replaces _content, figures and data of reports/<year>/ by those of this edition, each whole or not at all."""
    folder = reports / str(edition.calendar_year)
    folder.mkdir(parents=True, exist_ok=True)
    sections = _sections(edition, memory)
    shown = [exhibit for section in sections for exhibit in section.exhibits]
    with tempfile.TemporaryDirectory(prefix=f".{edition.calendar_year}-", dir=reports) as draft:
        content, figures, data = (Path(draft) / name for name in MADE_FOLDERS)
        for new in (content, figures, data):
            new.mkdir()
        _write_pieces(content, {section.name: section.markdown for section in sections})
        _write_pieces(content, {exhibit.label: _alone(exhibit, edition) for exhibit in shown})
        _write_rows(content, edition, shown)
        save({name: svg for exhibit in shown for name, svg in exhibit.drawn.items()}, figures)
        _keep_for_word(folder / figures.name, figures)
        _write_data(data, edition, shown, memory)
        for new in (content, figures, data):
            recover_folder(folder / new.name)
            replace_folder(new, folder / new.name)


def write_index(reports: Path, editions: Sequence[Edition]) -> None:
    """Replaces reports/_content: the list of editions and what the index says about the document."""
    with tempfile.TemporaryDirectory(prefix=".index-", dir=reports) as draft:
        new = Path(draft) / CONTENT_FOLDER
        new.mkdir()
        latest = editions[-1]
        pieces = {
            EDITIONS: _editions_table(editions),
            "approval": sentences.approval(latest),
            "contact": f"{sentences.contact(latest)} {sentences.data_date(latest)}",
        }
        _write_pieces(new, pieces)
        recover_folder(reports / CONTENT_FOLDER)
        replace_folder(new, reports / CONTENT_FOLDER)


def remove_interrupted(reports: Path) -> None:
    """Removes drafts that a killed build has left."""
    for leftover in reports.glob(".[i2]*-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def exhibits_of(edition: Edition) -> list[Exhibit]:
    """All tables and pictures of an edition, in the order in which their data are listed."""
    annex = [section for make in ANNEX.values() for section in make(edition)]
    return [exhibit for section in [*annex, *_chapters(edition, annex)] for exhibit in section.exhibits]


def _sections(edition: Edition, memory: Memory = FORGETFUL) -> list[Section]:
    """All pieces with their pictures drawn, those of the annex and those of the report, in that order."""
    # A public edition shows the hash of the document alone; a corrected form changes that of the form.
    sources = tuple(one if one.kind == "roadmap" else replace(one, sha256="") for one in edition.sources)
    if not edition.internal:  # nor does it matter in which folder the project lies
        edition = replace(edition, sources=sources, project=replace(edition.project, root=Path()))
    edition = replace(edition, masks={})  # these are for the exports alone
    given = [getattr(edition, one.name) for one in fields(edition) if one.name not in ("tables", "chains")]
    memory = FORGETFUL if edition.internal else memory

    def made(make: Callable[[Edition], Sequence[Section]], read: Mapping[str, Any]) -> list[Section]:
        return [_drawn(one, memory) for one in make(replace(edition, tables=read))]

    annex = [
        section
        for name, make in ANNEX.items()
        for section in memory.tracked(name, edition.tables, given, partial(made, make))
    ]
    return [*annex, *(_drawn(one, memory) for one in _chapters(edition, annex))]


def _chapters(edition: Edition, annex: Sequence[Section]) -> list[Section]:
    return report.chapters(edition, {one.label: one for section in annex for one in section.exhibits})


def _drawn(section: Section, memory: Memory) -> Section:
    """The section with its pictures as SVG."""

    def drawn(one: Exhibit, draw: Callable[[], "Figure"]) -> Exhibit:
        svg = memory.remembered("picture", [draw], lambda: svg_of(draw()))
        return replace(one, drawn={one.label: svg}, draw=None)

    return section._replace(exhibits=[drawn(one, one.draw) if one.draw else one for one in section.exhibits])


def _document(edition: Edition) -> list[Section]:
    return [
        _shown("findings", sentences.findings(edition), [plan_tables.findings_table(edition)]),
        _shown("abbreviations", "", [plan_tables.abbreviations_table(edition)]),
        _shown("sources", sentences.data_date(edition), [plan_tables.sources_table(edition)]),
        Section("data-log", *logs.data_log(edition)),
        Section("assumptions", *logs.assumptions(edition)),
        Section("scale", shares.scale_words()),
        Section("chains", chains.chains(edition)),
        Section("contact", sentences.contact(edition)),
    ]


def _plan_sections(edition: Edition) -> list[Section]:
    """What the document plans, without a word of what was done."""
    titles = dict(zip(edition.plan["task_code"], edition.plan["task_title"], strict=True))
    targets = {task: plan_tables.targets_of_task(edition, task) for task in titles}
    load = [plan_tables.load_table(edition)] if len(edition.planned) else []
    plans = [picture for task in titles for picture in plan_tables.plan_pictures(edition, task)]
    readings = [plan_tables.readings_table(edition)] if len(edition.open) else []
    by_task = "\n\n".join(_task_section(task, titles[task], targets[task]) for task in titles)
    return [
        Section("tasks", "\n".join(f"- **{task_heading(task)}.** {escape(title)}" for task, title in titles.items())),
        _shown("composition", sentences.of_the_plan(edition), [plan_tables.composition_picture(edition)]),
        Section("targets", "\n\n".join(filter(None, [sentences.derived(edition), by_task])), list(targets.values())),
        _shown("executors", sentences.busiest_executor(edition), load),
        _shown("calendar", sentences.deadlines(edition), [plan_tables.calendar_of_year(edition)]),
        _shown("plan", "", plans),
        _shown("readings", _readings_words(edition), readings),
    ]


# The annex in its order. What stands together here is made together, each from the tables that it looks at.
ANNEX: Mapping[str, Callable[[Edition], Sequence[Section]]] = {
    "plan": lambda edition: [Section("approval", sentences.approval(edition)), *_plan_sections(edition)],
    "changes": lambda edition: [Section("document-changes", *plan_changes.section(edition))],
    "facts": lambda edition: [Section("facts", *execution.sections(edition))],
    "schools": lambda edition: [Section("schools", *school_facts.sections(edition))],
    "quality": lambda edition: [Section("quality", *quality.sections(edition))],
    "effectiveness": lambda edition: [Section("effectiveness", *effectiveness.sections(edition))],
    "passport": lambda edition: [Section("passport", *passport.section(edition))],
    "document": _document,
}


def _shown(name: str, said: str, shown: Sequence[Exhibit]) -> Section:
    """A sentence, if any, and the exhibits below it."""
    return Section(name, "\n\n".join([*([said] if said else []), *(one.markdown for one in shown)]), shown)


def _task_section(task: str, title: str, exhibit: Exhibit) -> str:
    return f"## {task_heading(task)} {{#sec-task-{task}}}\n\n{escape(title)}\n\n{exhibit.markdown}"


def _readings_words(edition: Edition) -> str:
    return sentences.readings(edition) or sentences.ALL_CLEAR


def _alone(exhibit: Exhibit, edition: Edition) -> str:
    """What a chapter prints of an exhibit; its chains stand in the annex, whatever document it is placed in."""
    return exhibit.markdown.replace("](#chain-", f"]({annex_name(edition.calendar_year)}.qmd#chain-")


def _keep_for_word(old: Path, new: Path) -> None:
    """Keeps the PNG that publishing has made of pictures which are the same still."""
    for picture in old.glob("*.png"):
        before, now = (folder / f"{picture.stem}.svg" for folder in (old, new))
        if before.is_file() and now.is_file() and before.read_bytes() == now.read_bytes():
            shutil.copyfile(picture, new / picture.name)


def _write_pieces(folder: Path, pieces: dict[str, str]) -> None:
    for name, text in pieces.items():
        (folder / f"{name}.md").write_text(f"{text}\n", encoding="utf-8", newline="\n")


def _write_rows(folder: Path, edition: Edition, shown: Sequence[Exhibit]) -> None:
    """Which stored rows each exhibit shows; `explain` begins there."""
    rows = {
        one.label: {"behind": one.behind} if one.behind else
        {"table": stored_in(one.contract, edition.internal), "rows": [int(number) for number in one.data.index]}
        for one in shown
    }  # fmt: skip
    text = json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    (folder / EXHIBITS).write_text(f"{text}\n", encoding="utf-8", newline="\n")


def _write_data(folder: Path, edition: Edition, shown: Sequence[Exhibit], memory: Memory) -> None:
    created = edition.data_date
    resources: list[dict[str, Any]] = []
    sheets: list[Sheet] = []
    for exhibit in shown:
        table = exhibit.data.assign(data_origin=INVENTED) if edition.project.invented else exhibit.data
        listed = for_programs(edition, exhibit, table)
        content = csv_bytes(listed)
        (folder / f"{exhibit.label}.csv").write_bytes(content)
        resources.append(resource(exhibit, listed, content))
        sheets.append(Sheet(sheet_name(exhibit.label), exhibit.caption, table, exhibit.contract))
    invented = f". {INVENTED}" if edition.project.invented else ""
    title = f"Данные отчёта за {edition.calendar_year} год: {edition.approval['title']}{invented}"
    name = f"roadmap-report-{edition.calendar_year}"
    about = _about(edition, any("hidden_columns" in one.frame for one in sheets))
    book = memory.remembered("book", [sheets, about, created], partial(xlsx_bytes, sheets, about, created))
    written = {**data_package(name, title, created, resources), book_name(edition.calendar_year): book}
    for file, content in written.items():
        (folder / file).write_bytes(content)


def _about(edition: Edition, hidden: bool) -> list[tuple[str, str]]:
    return [
        ("Таблицы", f"Все таблицы и рисунки отчёта за {edition.calendar_year} год"),
        ("Документ", str(edition.approval["title"])),
        ("Издатель", edition.project.publisher),
        ("Данные на", short_date(edition.data_date)),
        ("Пустая ячейка", f"{BLANK}; {school_facts.HIDDEN_BLANK}" if hidden else BLANK),
        *([("Внимание", INVENTED)] if edition.project.invented else []),
    ]


def _editions_table(editions: Sequence[Edition]) -> str:
    lines = ["| Доклад | Показателей с планом | Приложение: все таблицы |", "|:---|---:|:---|"]
    for edition in editions:
        year = edition.calendar_year
        report, annex = (
            f"[{words}]({year}/{name}.html): [PDF]({year}/{name}.pdf), [DOCX]({year}/{name}.docx)"
            for words, name in ((f"Доклад за {year} год", report_name(year)), ("Приложение", annex_name(year)))
        )
        lines.append(f"| {report} | {len(edition.planned)} из {len(edition.this_year)} | {annex} |")
    return "\n".join(lines) + "\n\n: Годовые отчёты {#tbl-editions}\n"
