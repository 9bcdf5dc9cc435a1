"""The commands with which something begins: a project, the invented town, a region of many cities."""

import argparse
import os
from datetime import date
from pathlib import Path

from analysis.cli.commands import from_here, print_lines
from analysis.errors import AnalysisError, reason
from analysis.project.progress import on_screen


def new(options: argparse.Namespace) -> int:
    """Starts a project for any city in a new or empty folder and says what to do next."""
    from analysis.starter import UNNAMED_CITY, UNNAMED_PUBLISHER, NewProject, new_project, next_steps, write_project

    if options.roadmap is not None:
        return _new_from(options.folder, options.roadmap, options)
    years = tuple(options.years or (date.today().year,))
    beginning = NewProject(options.city or UNNAMED_CITY, options.publisher or UNNAMED_PUBLISHER, years)
    write_project(options.folder, new_project(beginning))
    print_lines(next_steps(options.folder, beginning))
    return 0


def _new_from(folder: Path, roadmap: Path, options: argparse.Namespace) -> int:
    """Starts a project with its document, copied untouched; 1 when something in it stops the work.

    Raises:
        AnalysisError: The file cannot be read, holds no plan, or the folder holds something; nothing is left behind.
    """
    from analysis.project.checking import first_check
    from analysis.starter import Given, beginning_of, new_project, read_proposal, steps_after_reading

    given = Given(options.city, options.publisher, options.years, options.title, options.origin)
    file = f"data/raw/{roadmap.name}"
    try:
        content = roadmap.read_bytes()
    except OSError as error:
        raise AnalysisError(f"{roadmap}: файл не открывается ({reason(error)}).") from None
    with on_screen() as progress:
        progress.step("Читаю «дорожную карту»")
        proposal = read_proposal(content, file)
        beginning = beginning_of(proposal, given, file, date.today())
        checked = first_check(folder, {**new_project(beginning), file: content}, progress)
    steps = steps_after_reading(folder, beginning)
    print_lines("Прочитано в документе:", *proposal.said(), "", *checked.said(), "", steps)
    return 1 if checked.stopping else 0


def demo(options: argparse.Namespace) -> int:
    """Writes the invented project, unless this very one is there already, and exports of its pupils outside it."""
    from analysis.demo.exports import write_inbox
    from analysis.demo.project import demo_files, write_demo

    with on_screen() as progress:
        progress.step("Записываю вымышленный проект")
        inbox = write_inbox(options.folder, options.inbox) if options.inbox else []
        is_new = write_demo(options.folder, demo_files())
    print_lines(f"Вымышленный проект {'записан' if is_new else 'без изменений'}: {options.folder}")
    print_lines(
        f'Дальше: analysis --project "{options.folder}" check, затем report. Что в нём подстроено: answer_key.toml'
    )
    if inbox:
        print_lines(
            f"Выгрузки с выдуманными учениками ({len(inbox)}): {options.inbox}. Принять: analysis receive ФАЙЛ…"
        )
    return 0


def region(options: argparse.Namespace) -> int:
    """Does a step for every city of a region; 1 when something of a city is to be mended."""
    import analysis.region.work as of_region
    from analysis.region.settings import load_region

    found = load_region(options.region)
    jobs = options.jobs or os.cpu_count() or 1
    how = of_region.How(jobs, options.scheduler, date.today(), audience=options.audience)
    with on_screen() as progress:
        ran = getattr(of_region, options.step)(found, how, progress)
    print_lines(*ran.said(), *(f"Отчёт региона: {from_here(path)}" for path in ran.files if path.name == "index.html"))
    return 0 if ran.is_whole else 1


def invented_region(options: argparse.Namespace) -> int:
    """Writes the invented region."""
    from analysis.region.invented import write_region

    write_region(options.folder)
    again = f'analysis region demo "{options.folder}"'
    print_lines(
        f'Вымышленный регион записан: {options.folder}. Дальше: analysis region report --region "{options.folder}". '
        f"Открытый отчёт печатает утверждённое: города утвердят собранные числа, когда вы повторите {again}."
    )
    return 0
