"""The commands with which something begins: a project, the invented town, a region of many cities."""

import argparse
import os
from datetime import date

from analysis.cli.commands import from_here, print_lines
from analysis.project.progress import on_screen


def new(options: argparse.Namespace) -> int:
    """Starts a project for any city in a new or empty folder and says what to do next."""
    from analysis.starter.new_project import UNNAMED_CITY, UNNAMED_PUBLISHER

    if options.roadmap is not None:
        return _new_from(options)
    from analysis.project.work import new as begin

    years = options.years or (date.today().year,)
    print_lines(begin(options.folder, options.city or UNNAMED_CITY, options.publisher or UNNAMED_PUBLISHER, years))
    return 0


def _new_from(options: argparse.Namespace) -> int:
    """Starts a project with its document; 1 when something in it stops the work."""
    from analysis.project.work import new_from
    from analysis.starter.new_project import Given

    given = Given(options.city, options.publisher, options.years, options.title, options.origin)
    with on_screen() as progress:
        started = new_from(options.folder, options.roadmap, given, progress)
    print_lines("Прочитано в документе:", *started.read, "", *started.checked.said(), "", started.next_steps)
    return 1 if started.checked.stopping else 0


def demo(options: argparse.Namespace) -> int:
    """Writes the invented project, unless this very one is there already."""
    from analysis.project.work import demo as write

    with on_screen() as progress:
        made = write(options.folder, options.inbox, progress)
    print_lines(f"Вымышленный проект {'записан' if made.is_new else 'без изменений'}: {made.folder}")
    print_lines(
        f'Дальше: analysis --project "{made.folder}" check, затем report. Что в нём подстроено: answer_key.toml'
    )
    if made.inbox:
        count = len(made.inbox)
        print_lines(f"Выгрузки с выдуманными учениками ({count}): {options.inbox}. Принять: analysis receive ФАЙЛ…")
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
    print_lines(
        f'Вымышленный регион записан: {options.folder}. Дальше: analysis region report --region "{options.folder}"'
    )
    return 0
