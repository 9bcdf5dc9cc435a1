"""The commands: each asks for one piece of work and prints what came of it; 0 done, 1 something is to be mended."""

import argparse
import os
import sys
import time
from datetime import date
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.files.storage import file_size
from analysis.project import work
from analysis.project.progress import on_screen, say
from analysis.rules.config import FINDINGS, Project


def status(project: Project, _options: argparse.Namespace) -> int:
    """Says where the project stands and what is to be done next."""
    from analysis.project.status import Step, status_lines

    _print(*status_lines(project, Step.typed))
    return 0


def check(project: Project, options: argparse.Namespace) -> int:
    """Lists the findings and leaves them in output/; 1 when something blocks."""
    from analysis.contracts.findings import blocking, screen_lines

    with on_screen() as progress:
        checked = work.check(project, progress)
    stopping = len(blocking(checked.findings))
    _print(*screen_lines(checked.findings))
    _print(f"\nВсего замечаний: {len(checked.findings)}, останавливают сборку: {stopping}.")
    sys.stdout.flush()  # where nothing can be written into the folder, they have been read all the same
    work.keep_findings(project, checked)
    if options.annotate:
        _print(*work.annotate(project, checked).told(project.root))
    _print(f"Полный список: {', '.join(FINDINGS)}")
    return 1 if stopping else 0


def build(project: Project, _options: argparse.Namespace) -> int:
    """Writes data/processed and the pieces of the reports, unless nothing has changed."""
    with on_screen() as progress:
        work.build(project, (), progress)
    return 0


def report(project: Project, options: argparse.Namespace) -> int:
    """Builds if needed, publishes the editions asked for, and lists what the site holds of them."""
    with on_screen() as progress:
        how = work.Publishing(options.formats, options.engine, options.audience)
        made = work.report(project, options.years, how, progress)
    _print("Опубликовано:", *(f"  {_from_here(path)}  {file_size(path)}" for path in made))
    return 0


def watch(project: Project, options: argparse.Namespace) -> int:
    """Builds and publishes what changes, until it is stopped."""
    from analysis.project.watch import Watch, stamps

    def wait() -> bool:
        time.sleep(options.seconds)
        return True

    with on_screen() as progress:
        try:
            Watch(project.root, options.engine, progress).follow(lambda: stamps(project.root), wait)
        except KeyboardInterrupt:
            progress.say("Остановлено. Сайт остаётся таким, каким был опубликован последний раз.")
    return 0


def audit(project: Project, _options: argparse.Namespace) -> int:
    """Says what a reader can prove of the numbers that the public editions hide; 1 when one is at risk."""
    with on_screen() as progress:
        said, path, is_safe = work.audit(project, progress)
    _print(*said, f"Полный список, для служебного пользования: {_from_here(path)}")
    return 0 if is_safe else 1


def documents(project: Project, options: argparse.Namespace) -> int:
    """Builds if needed and makes the documents of a year that the roadmap asks for."""
    from analysis.documents.run import Order
    from analysis.documents.staging import FOLDER, HEAD, renewing

    chosen = (options.pack, options.audience or "")
    order = Order(options.year, options.kinds, options.schools, options.formats, options.engine, *chosen)
    with on_screen() as progress:
        made = work.documents(project, order, progress)
    _print("Документы:", *(f"  {_from_here(path)}  {file_size(path)}" for path in made.files))
    if made.outdated:
        _print(f"\n{HEAD}", *(f"  {_from_here(path)}" for path in made.outdated))
        _print("Обновить: " + "; ".join(renewing(made.outdated, project.root / FOLDER / str(order.year))))
    return 0


def forms(project: Project, options: argparse.Namespace) -> int:
    """Writes the workbooks of a year that are sent out to be filled in."""
    with on_screen() as progress:
        sent = work.forms(project, options.year, options.output, progress)
    _print(*map(str, sent.files), *sent.said)
    return 0


def receive(project: Project, options: argparse.Namespace) -> int:
    """Takes returned workbooks and exports into data/raw, or takes receptions back; 1 when one is refused."""
    from analysis.forms.receptions import Said

    if options.undo:
        if not options.files:
            raise AnalysisError("Назовите файлы, приём которых взять назад: analysis receive --undo ФАЙЛ…")
        results = work.undo(project, options.files)
    else:
        said = Said(options.received, options.wave, options.year)
        with on_screen() as progress:
            ask = (lambda _: True) if options.yes else progress.agreed
            results = work.receive(project, options.files, said, ask, progress)
        if not results:
            _print("Во входящей папке файлов нет.")
    refused = "Не взят назад" if options.undo else "Не принят"
    for result in results:
        _print(result.said) if result.source else say(f"{refused}: {result.said}")
        _print(*(f"  {line}" for line in result.details if options.verbose))
    return 0 if all(result.source for result in results) else 1


def explain(project: Project, options: argparse.Namespace) -> int:
    """Shows what a number rests on, from the printed value back to the cell."""
    from analysis.project.explanation import explained

    with work.texts_as_objects():
        lines = explained(project, options.asked)
    _print(*lines)
    return 0


def new(options: argparse.Namespace) -> int:
    """Starts a project for any city in a new or empty folder and says what to do next."""
    from analysis.starter.new_project import UNNAMED_CITY, UNNAMED_PUBLISHER

    if options.roadmap is not None:
        return _new_from(options)
    years = options.years or (date.today().year,)
    _print(work.new(options.folder, options.city or UNNAMED_CITY, options.publisher or UNNAMED_PUBLISHER, years))
    return 0


def _new_from(options: argparse.Namespace) -> int:
    """Starts a project with its document; 1 when something in it stops the work."""
    from analysis.contracts.findings import blocking, screen_lines
    from analysis.starter.new_project import Given

    given = Given(options.city, options.publisher, options.years, options.title, options.origin)
    with on_screen() as progress:
        started = work.new_from(options.folder, options.roadmap, given, progress)
    _print("Прочитано в документе:", *started.read, "", *screen_lines(started.checked.findings), "", started.next_steps)
    return 1 if blocking(started.checked.findings) else 0


def demo(options: argparse.Namespace) -> int:
    """Writes the invented project, unless this very one is there already."""
    with on_screen() as progress:
        made = work.demo(options.folder, options.inbox, progress)
    _print(f"Вымышленный проект {'записан' if made.is_new else 'без изменений'}: {made.folder}")
    _print(f'Дальше: analysis --project "{made.folder}" check, затем report. Что в нём подстроено: answer_key.toml')
    if made.inbox:
        count = len(made.inbox)
        _print(f"Выгрузки с выдуманными учениками ({count}): {options.inbox}. Принять: analysis receive ФАЙЛ…")
    return 0


def region(options: argparse.Namespace) -> int:
    """Does a step for every city of a region; 1 when something of a city is to be mended."""
    from analysis.region import work as of_region
    from analysis.region.settings import load_region

    found = load_region(options.region)
    jobs = options.jobs or os.cpu_count() or 1
    how = of_region.How(jobs, options.scheduler, date.today(), audience=options.audience)
    with on_screen() as progress:
        ran = getattr(of_region, options.step)(found, how, progress)
    _print(*ran.said(), *(f"Отчёт региона: {_from_here(path)}" for path in ran.files if path.name == "index.html"))
    return 0 if ran.is_whole else 1


def invented_region(options: argparse.Namespace) -> int:
    """Writes the invented region."""
    from analysis.region.invented import write_region

    write_region(options.folder)
    _print(f'Вымышленный регион записан: {options.folder}. Дальше: analysis region report --region "{options.folder}"')
    return 0


def _from_here(path: Path) -> str:
    """A path as a person at this prompt would type it; the whole path where it lies elsewhere."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()


def _print(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
