"""The commands, each a readable list of steps; nothing heavy is imported before it is needed."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.files.fingerprints import file_size
from analysis.rules.config import Project, load_sources

if TYPE_CHECKING:
    from analysis.pipeline.check import Checked


def check(project: Project, options: argparse.Namespace) -> int:
    """Lists the findings and leaves them in output/; 1 when something blocks."""
    from analysis.contracts.findings import blocking, full_text, screen_lines
    from analysis.contracts.indicators import Findings
    from analysis.files.atomic import write_file_whole
    from analysis.pipeline.check import check_project
    from analysis.presentation.exports import xlsx_bytes

    with _texts_as_objects():
        checked = check_project(project)
    for line in screen_lines(checked.findings):
        _print(line)
    stopping = len(blocking(checked.findings))
    _print(f"\nВсего замечаний: {len(checked.findings)}, останавливают сборку: {stopping}.")
    sys.stdout.flush()  # where nothing can be written into the folder, they have been read all the same
    output = project.root / "output"
    output.mkdir(exist_ok=True)
    write_file_whole(output / "findings.txt", full_text(checked.findings).encode("utf-8"))
    about = [("Таблица", "Замечания к исходным файлам"), ("Издатель", project.publisher)]
    content = xlsx_bytes(checked.tables["findings"], Findings, about, _latest_received(project))
    write_file_whole(output / "findings.xlsx", content)
    if options.annotate:
        _annotate(project, checked)
    _print("Полный список: output/findings.txt, output/findings.xlsx")
    return 1 if stopping else 0


def _annotate(project: Project, checked: "Checked") -> None:
    """Leaves marked copies in output/annotated and says which."""
    from analysis.forms.annotate import annotate, sent_back
    from analysis.pipeline.facts import in_force

    try:
        returned = [source.file for source in in_force(load_sources(project.root))]
    except AnalysisError:  # a finding says what is wrong with the record
        return
    findings = [*checked.findings, *sent_back(checked.tables)]
    copies = annotate(project.root, findings, returned, project.root / "output/annotated")
    for path in copies.written:
        _print(f"С пометками: {path.relative_to(project.root).as_posix()}")
    for file, why in copies.failed:
        _print(f"Копию с пометками сделать не удалось, замечания — в списке: {file} ({why})")
    for path in copies.left:
        _print(f"Осталась с прошлого раза, больше не нужна: {path.relative_to(project.root).as_posix()}")


def _latest_received(project: Project) -> date:
    """The day of the data; where no source can be read the first day of the editions, so that a list has a date."""
    try:
        return max(source.received for source in load_sources(project.root))
    except (AnalysisError, ValueError):
        return date(project.editions[0], 1, 1)


def build(project: Project, options: argparse.Namespace) -> int:
    """Writes data/processed and the pieces of the reports, unless nothing has changed."""
    from analysis.pipeline.build import build as build_project
    from analysis.pipeline.build import is_fresh

    years = _asked_years(project, getattr(options, "years", [options.year] if "year" in options else []))
    if is_fresh(project, years):
        say("Таблицы и части отчётов без изменений.")
        return 0
    say("Читаю, проверяю и собираю…")
    with _texts_as_objects():
        names = build_project(project, years)
    say(f"Собрано: data/processed (таблиц: {len(names)}) и части отчётов за {', '.join(map(str, years))}.")
    return 0


def report(project: Project, options: argparse.Namespace) -> int:
    """Builds if needed, publishes the editions asked for, and lists what the site holds of them."""
    from analysis.pipeline.missing_pieces import refuse_lost_references, refuse_repeated
    from analysis.presentation.own_reports import annual_report, own_reports, years_placed
    from analysis.publishing import Request, publish

    years, reports = _asked_years(project, options.years), project.root / "reports"
    annual, own = [annual_report(year) for year in years], own_reports(reports, years)
    documents = [*annual, *own]
    needed = sorted({*years, *(years_placed(reports, documents) & set(project.editions))})
    build(project, argparse.Namespace(years=needed))
    sources = _report_sources(project, options.audience, needed)
    refuse_lost_references(sources, annual)
    refuse_repeated(sources, documents)
    asked = [*documents, "index.qmd"] if "html" in options.formats else documents
    day = max(source.received for source in load_sources(project.root))
    made = publish(sources, Request(asked, options.formats, options.engine, day), progress=say)
    _print("Опубликовано:")
    for path in made:
        _print(f"  {_from_here(path)}  {file_size(path)}")
    return 0


def documents(project: Project, options: argparse.Namespace) -> int:
    """Builds if needed and makes the documents of a year that the roadmap asks for."""
    from analysis.documents.run import Order, make_documents
    from analysis.documents.staging import FOLDER, HEAD, renewing

    year = _asked_years(project, [options.year])[0]
    build(project, options)
    with _texts_as_objects():
        order = Order(year, options.kinds, options.schools, options.formats, options.engine)
        made = make_documents(project, order, say)
    _print("Документы:")
    for path in made.files:
        _print(f"  {_from_here(path)}  {file_size(path)}")
    if made.outdated:
        folder = project.root / FOLDER / str(year)
        for line in [f"\n{HEAD}", *(f"  {_from_here(path)}" for path in made.outdated)]:
            _print(line)
        _print("Обновить: " + "; ".join(renewing(made.outdated, folder)))
    return 0


def forms(project: Project, options: argparse.Namespace) -> int:
    """Writes the workbooks of a year that are sent out to be filled in."""
    from analysis.forms.collection import write_forms

    folder = options.output or project.root / "output/forms" / str(options.year)
    for line in write_forms(project, options.year, folder):
        _print(line)
    return 0


def receive(project: Project, options: argparse.Namespace) -> int:
    """Takes returned workbooks and exports into data/raw, or takes receptions back; 1 when one is refused."""
    from analysis.forms.receive import receive as take_in
    from analysis.forms.receive_exports import Said, inbox_files
    from analysis.forms.take_back import take_back

    if options.received > date.today():
        raise AnalysisError(f"День получения {options.received:%d.%m.%Y} ещё не наступил.")
    if options.undo:
        if not options.files:
            raise AnalysisError("Назовите файлы, приём которых взять назад: analysis receive --undo ФАЙЛ…")
        results = take_back(project.root, options.files, date.today())
    else:
        files = options.files or inbox_files(project)
        if not files:
            _print("Во входящей папке файлов нет.")
        said = Said(options.received, options.wave, options.year)
        results = take_in(project.root, files, said, (lambda _: True) if options.yes else _agreed)
    for result in results:
        _print(result.said) if result.source else say(
            f"{'Не взят назад' if options.undo else 'Не принят'}: {result.said}"
        )
        for line in result.details if options.verbose else ():
            _print(f"  {line}")
    return 0 if all(result.source for result in results) else 1


def _agreed(question: str) -> bool:
    """Asks on a terminal; elsewhere nobody answers, and that is a no."""
    if sys.stdin is None or not sys.stdin.isatty():
        return False
    say(f"{question[0].upper()}{question[1:]}")
    try:
        return input("Заменить сведения? (да/нет) ").strip().casefold() in ("да", "д", "yes", "y")
    except EOFError:  # whoever closes the input has not agreed
        return False


def explain(project: Project, options: argparse.Namespace) -> int:
    """Shows what a number rests on, from the printed value back to the cell."""
    from analysis.project.explanation import explained

    with _texts_as_objects():
        lines = explained(project, options.asked)
    for line in lines:
        _print(line)
    return 0


def _texts_as_objects() -> AbstractContextManager[None]:
    """Tables here are small and read value by value; that takes Arrow's texts three times as long as Python's own."""
    import pandas as pd

    return pd.option_context("mode.string_storage", "python")


def _report_sources(project: Project, audience: str, years: Sequence[int]) -> Path:
    if audience == "public":
        return project.root / "reports"
    from analysis.pipeline.internal import internal_sources

    with _texts_as_objects():
        return internal_sources(project, years)


def new(options: argparse.Namespace) -> int:
    """Starts a project for any city in a new or empty folder and says what to do next."""
    from analysis.starter.new_project import NewProject
    from analysis.starter.start import new_project, next_steps, write_project

    beginning = NewProject(options.city, options.publisher, options.years)
    write_project(options.folder, new_project(beginning))
    _print(next_steps(options.folder, beginning))
    return 0


def demo(options: argparse.Namespace) -> int:
    """Writes the invented project, unless this very one is there already."""
    from analysis.demo.project import demo_files, write_demo, write_inbox

    inbox = write_inbox(options.folder, options.inbox) if options.inbox else []
    written = write_demo(options.folder, demo_files())
    _print(f"Вымышленный проект {'записан' if written else 'без изменений'}: {options.folder}")
    _print(f'Дальше: analysis --project "{options.folder}" check, затем report. Что в нём подстроено: answer_key.toml')
    if inbox:
        _print(f"Выгрузки с выдуманными учениками ({len(inbox)}): {options.inbox}. Принять: analysis receive ФАЙЛ…")
    return 0


def _asked_years(project: Project, years: Sequence[int]) -> list[int]:
    unknown = [str(year) for year in years if year not in project.editions]
    if unknown:
        raise AnalysisError(
            f"Отчёта за {', '.join(unknown)} нет: project.toml, ключ editions, называет {_years(project)}."
        )
    return sorted(set(years)) or list(project.editions)


def _years(project: Project) -> str:
    return ", ".join(str(year) for year in project.editions)


def _from_here(path: Path) -> str:
    """A path as a person at this prompt would type it; the whole path where it lies elsewhere."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()


def say(text: str) -> None:
    """Progress and errors go to the error stream, so that a pipe gets results only."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
