"""Writes what the report places, chapter by chapter: pieces, pictures, data files — once, into reports/<year>/."""

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.contracts.tables import stored_in
from analysis.files.memory import FORGETFUL, Memory
from analysis.files.storage import recover_folder, replace_folder
from analysis.presentation import (
    catalogue,
    effectiveness,
    execution,
    exhibits,
    logs,
    plan_tables,
    progress,
    quality,
    school_facts,
    sentences,
    shares,
    supported,
)
from analysis.presentation.catalogue import annex_name, report_name
from analysis.presentation.conclusions.listing import conclusions
from analysis.presentation.conclusions.sentence import TRANSITION, Case, Evidence
from analysis.presentation.edition import Edition
from analysis.presentation.effectiveness_pictures import effects_picture
from analysis.presentation.effectiveness_tables import looked_at
from analysis.presentation.execution import escaped_but_references
from analysis.presentation.exhibits import Exhibit, Section, book_name, sheet_name
from analysis.presentation.exports import (
    Sheet,
    csv_bytes,
    data_package,
    for_programs,
    hidden_cells,
    resource,
    xlsx_bytes,
)
from analysis.presentation.figures import save, svg_of
from analysis.presentation.main_page import main_page
from analysis.presentation.markdown import escape, table_note
from analysis.presentation.place import CONTENT_FOLDER, EDITIONS, EXHIBITS, MADE_FOLDERS
from analysis.presentation.school_facts import VPR_NOTICE, policy_words
from analysis.presentation.supported import topics_picture
from analysis.presentation.words import ended, short_date, task_heading
from analysis.rules.config import INVENTED
from analysis.rules.documents import REPORT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# The report that is read, chapter by chapter; whatever it leaves out stands in the annex.

REFERENCE = re.compile(r"(?<!\\)@((?:tbl|fig)-[\w-]*\w)")
Made = tuple[str, Sequence[Exhibit]]


def chapters(annex: Mapping[str, str], edition: Edition) -> list[Section]:
    """The chapters of the report in order; one that has nothing to say is empty.

    Args:
        annex: What the annex prints of its exhibits, by label; the report shows some of them as well.
        edition: The edition.
    """
    has_facts = not edition.execution.empty
    made: dict[str, Made] = {
        "summary": (main_page(edition), []),
        "progress": _progress(edition),
        "outstanding": _outstanding(edition, annex) if has_facts else _who_and_what_is_unclear(edition, annex),
        "supported": _supported(edition) if has_facts else ("", []),
        "city-schools": _city_schools(edition, annex) if edition.internal else ("", []),
        "learning": _learning(edition),
        "basis": _basis(edition, annex),
    }
    labels = set(re.findall(r"\{#((?:tbl|fig)-[\w-]+)", "\n".join(words for words, _ in made.values())))
    return [Section(name, settled(words, labels, edition), shown) for name, (words, shown) in made.items()]


def settled(markdown: str, here: set[str], edition: Edition) -> str:
    """Markdown of the report: what stands in the annex is referred to there, by its name."""
    name = catalogue.annex_name(edition.calendar_year)

    def lead(found: re.Match[str]) -> str:
        label = found[1]
        return found[0] if label in here else f"[приложение, «{catalogue.shows(label)}»]({name}.qmd#{label})"

    return REFERENCE.sub(lead, markdown).replace("](#chain-", f"]({name}.qmd#chain-")


def _progress(edition: Edition) -> Made:
    has_facts = not edition.execution.empty
    first = [progress.answer(edition), plan_tables.sentence(edition), *([progress.LEGEND] if has_facts else [])]
    made = list(progress.progress_tables(edition))
    blocks = [_whole(*([] if number else first), one.markdown, said) for number, (one, said) in enumerate(made)]
    title = f"# {'План и факт' if has_facts else 'План'} {{#sec-progress}}"
    return _joined([title, *(blocks or first)]), [exhibit for exhibit, _ in made]


def _outstanding(edition: Edition, annex: Mapping[str, str]) -> Made:
    said = escaped_but_references(execution.owed_words(edition))
    return _joined(["# Что за кем {#sec-owed}", _whole(said, annex.get("tbl-owed", ""))]), []


def _who_and_what_is_unclear(edition: Edition, annex: Mapping[str, str]) -> Made:
    parts = ["# Кто исполняет {#sec-owed}", sentences.busiest_executor(edition), annex.get("tbl-load", "")]
    parts += ["# Что неясно в документе {#sec-unclear}", sentences.readings(edition) or sentences.ALL_CLEAR]
    parts += [annex.get("tbl-readings", ""), sentences.findings(edition), sentences.kinds_of_findings(edition)]
    return _joined(parts), []


def _supported(edition: Edition) -> Made:
    made = supported.schools(edition)
    if not made:
        return "", []
    parts = ["# Поддерживаемые школы {#sec-supported}", escape(supported.answer(edition))]
    parts += [table_note(VPR_NOTICE)] if supported.shows_vpr(made) else []
    for name, words, picture in made:
        shown = picture.markdown if picture else ""
        parts += [f"## {escape(name)} {{.unnumbered .unlisted}}", words, shown]
    return _joined(parts), [picture for _, _, picture in made if picture]


def _city_schools(edition: Edition, annex: Mapping[str, str]) -> Made:
    """All schools of the city in one picture, and the lists by rule with their probabilities in one table."""
    made = (effects_picture(edition, one) for one in looked_at(edition))
    schools = [one for one in made if one is not None][:1]
    lists = annex.get("tbl-selection", "")
    if not schools and not lists:
        return "", []
    said = ["Перечень по правилу — не решение об отборе: его принимает управление."] if lists else []
    parts = ["# Результаты города и отбор {#sec-city}", *(one.markdown for one in schools), _whole(*said, lists)]
    return _joined(parts), schools


def _learning(edition: Edition) -> Made:
    made = topics_picture(edition)
    if made is None:
        return "", []
    exhibit, said = made
    return _joined(["# Обучение {#sec-learning}", said, exhibit.markdown]), [exhibit]


def _basis(edition: Edition, annex: Mapping[str, str]) -> Made:
    has_facts = not edition.execution.empty
    came = escape(quality.sent(edition)) if has_facts else sentences.NOT_COME
    parts = [f"{sentences.data_date(edition)} {came} {_where_the_rest_is(edition)}"]
    parts += [*_breaks(edition), policy_words(edition)] if has_facts else []
    complete = annex.get("tbl-completeness", "") if has_facts else ""
    return _joined(["# На чём стоит доклад {#sec-basis}", _whole(*parts), complete]), []


def _breaks(edition: Edition) -> list[str]:
    """Which procedures may not be compared with the year before, as points of a list."""
    told = conclusions(Case(Evidence(edition)), REPORT, TRANSITION)
    return ["\n".join(f"- {one.markdown}" for one in told if one.sentence.id == "разрыв")]


def _where_the_rest_is(edition: Edition) -> str:
    name = catalogue.annex_name(edition.calendar_year)
    links = (
        ("таблицы", "sec-targets"),
        ("журнал данных", "sec-data-log"),
        ("допущения", "sec-assumptions"),
        ("метод", "sec-method"),
    )
    said = ", ".join(f"[{words}]({name}.qmd#{anchor})" for words, anchor in links)
    return f"Полностью — в приложении: {said}."


def _whole(*parts: str) -> str:
    """What is not divided between pages of paper if it can be helped."""
    return f":::: {{.whole}}\n{_joined(parts)}\n::::"


def _joined(parts: Sequence[str]) -> str:
    return "\n\n".join(part for part in parts if part)


# Writes what the report places: Markdown pieces, pictures, data files — once, into reports/<year>/.

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
        for name, content_of in _data(edition, shown, memory).items():
            (data / name).write_bytes(content_of)
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
    return [one for section in [*annex, *chapters(_printed(annex), edition)] for one in section.exhibits]


def make_ahead(editions: Sequence[Edition], memory: Memory) -> None:
    """Makes chapters from the last to the first, for another process that makes them from the first.

    It ends at one that is made already: there the two have met.
    """
    for edition in reversed(editions):
        made, annex = _maker(edition, memory), list[Section]()
        for name, make in reversed(list(ANNEX.items())):
            before = len(memory.done)
            annex = [*made(name, make), *annex]
            if len(memory.done) == before:
                return
        _report(annex, made)


def _sections(edition: Edition, memory: Memory = FORGETFUL) -> list[Section]:
    """All pieces with their pictures drawn, those of the annex and those of the report, in that order."""
    made = _maker(edition, memory)
    annex = [section for name, make in ANNEX.items() for section in made(name, make)]
    return [*annex, *_report(annex, made)]


def _report(annex: Sequence[Section], made: Callable[..., list[Section]]) -> list[Section]:
    printed = _printed(annex)
    return made("report", partial(chapters, printed), printed)


def _printed(sections: Sequence[Section]) -> dict[str, str]:
    return {one.label: one.markdown for section in sections for one in section.exhibits}


def _maker(edition: Edition, memory: Memory) -> Callable[..., list[Section]]:
    """What makes a chapter with its pictures drawn: told its name, what makes it, and all that this rests on beside
    the edition. Each is made from the tables that it looks at."""
    # A public edition shows the hash of the document alone; a corrected form changes that of the form.
    sources = tuple(one if one.kind == "roadmap" else replace(one, sha256="") for one in edition.sources)
    if not edition.internal:  # nor does it matter in which folder the project lies
        edition = replace(edition, sources=sources, project=replace(edition.project, root=Path()))
    edition = replace(edition, masks={})  # these are for the exports alone
    given = [getattr(edition, one.name) for one in fields(edition) if one.name not in ("tables", "chains")]
    memory = FORGETFUL if edition.internal else memory

    def made(name: str, make: Callable[[Edition], Sequence[Section]], *more: object) -> list[Section]:
        def drawn(read: Mapping[str, Any]) -> list[Section]:
            return [_drawn(one, memory) for one in make(replace(edition, tables=read))]

        return memory.tracked(name, edition.tables, [*given, *more], drawn)

    return made


def _drawn(section: Section, memory: Memory) -> Section:
    """The section with its pictures as SVG."""

    def drawn(one: Exhibit, draw: Callable[[], "Figure"]) -> Exhibit:
        svg = memory.remembered("picture", [draw], lambda: svg_of(draw()))
        return replace(one, drawn={one.label: svg}, draw=None)

    return section._replace(exhibits=[drawn(one, one.draw) if one.draw else one for one in section.exhibits])


def _document(edition: Edition) -> list[Section]:
    return [
        _with_exhibits("findings", sentences.findings(edition), [plan_tables.findings_table(edition)]),
        _with_exhibits("abbreviations", "", [plan_tables.abbreviations_table(edition)]),
        _with_exhibits("sources", sentences.data_date(edition), [plan_tables.sources_table(edition)]),
        Section("data-log", *logs.data_log(edition)),
        Section("assumptions", *logs.assumptions(edition)),
        Section("scale", shares.scale_words()),
        Section("chains", exhibits.chains(edition)),
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
        _with_exhibits("composition", sentences.of_the_plan(edition), [plan_tables.composition_picture(edition)]),
        Section("targets", "\n\n".join(filter(None, [sentences.derived(edition), by_task])), list(targets.values())),
        _with_exhibits("executors", sentences.busiest_executor(edition), load),
        _with_exhibits("calendar", sentences.deadlines(edition), [plan_tables.calendar_of_year(edition)]),
        _with_exhibits("plan", "", plans),
        _with_exhibits("readings", _readings_words(edition), readings),
    ]


# The annex in its order. What stands together here is made together, each from the tables that it looks at.
ANNEX: Mapping[str, Callable[[Edition], Sequence[Section]]] = {
    "plan": lambda edition: [Section("approval", sentences.approval(edition)), *_plan_sections(edition)],
    "changes": lambda edition: [Section("document-changes", *plan_tables.section(edition))],
    "facts": lambda edition: [Section("facts", *execution.sections(edition))],
    "schools": lambda edition: [Section("schools", *school_facts.sections(edition))],
    "quality": lambda edition: [Section("quality", *quality.sections(edition))],
    "effectiveness": lambda edition: [Section("effectiveness", *effectiveness.sections(edition))],
    "passport": lambda edition: [Section("passport", *logs.section(edition))],
    "document": _document,
}


def _with_exhibits(name: str, said: str, shown: Sequence[Exhibit]) -> Section:
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


class _Head(NamedTuple):
    """What the data of an edition say of themselves."""

    year: int
    document: str
    publisher: str
    day: date
    invented: bool


def _data(edition: Edition, shown: Sequence[Exhibit], memory: Memory) -> dict[str, bytes]:
    """The data of an edition, file by file."""
    title, project = str(edition.approval["title"]), edition.project
    head = _Head(edition.calendar_year, title, project.publisher, edition.data_date, project.invented)
    hidden = [hidden_cells(edition, one) for one in shown]
    return memory.remembered("data", [head, shown, hidden], partial(_data_files, head, shown, hidden))


def _data_files(
    head: _Head, shown: Sequence[Exhibit], hidden: Sequence[Mapping[str, NDArray[np.bool_]]]
) -> dict[str, bytes]:
    written: dict[str, bytes] = {}
    resources: list[dict[str, Any]] = []
    sheets: list[Sheet] = []
    for exhibit, bits in zip(shown, hidden, strict=True):
        table = exhibit.data.assign(data_origin=INVENTED) if head.invented else exhibit.data
        listed = for_programs(exhibit, table, bits)
        content = written[f"{exhibit.label}.csv"] = csv_bytes(listed)
        resources.append(resource(exhibit, listed, content))
        sheets.append(Sheet(sheet_name(exhibit.label), exhibit.caption, table, exhibit.contract))
    title = f"Данные отчёта за {head.year} год: {head.document}"
    title = f"{ended(title)} {INVENTED}" if head.invented else title
    about = _about(head, any("hidden_columns" in one.frame for one in sheets))
    package = data_package(f"roadmap-report-{head.year}", title, head.day, resources)
    return {**written, **package, book_name(head.year): xlsx_bytes(sheets, about, head.day)}


def _about(head: _Head, hidden: bool) -> list[tuple[str, str]]:
    return [
        ("Таблицы", f"Все таблицы и рисунки отчёта за {head.year} год"),
        ("Документ", head.document),
        ("Издатель", head.publisher),
        ("Данные на", short_date(head.day)),
        ("Пустая ячейка", f"{BLANK}; {school_facts.HIDDEN_BLANK}" if hidden else BLANK),
        *([("Внимание", INVENTED)] if head.invented else []),
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
