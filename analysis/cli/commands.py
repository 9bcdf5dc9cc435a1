"""The commands: each asks for one piece of work and prints what came of it; 0 done, 1 something is to be mended."""

import argparse
import sys
import time
from pathlib import Path

from analysis.files.storage import file_size, texts_as_objects
from analysis.project.progress import on_screen, say
from analysis.rules.config import FINDINGS, Project


def status(project: Project, _options: argparse.Namespace) -> int:
    """Says where the project stands and what is to be done next."""
    from analysis.project.status import Step, status_lines

    print_lines(*status_lines(project, Step.typed))
    return 0


def check(project: Project, options: argparse.Namespace) -> int:
    """Lists the findings and leaves them in output/; 1 when something blocks."""
    from analysis.project.checking import annotate, keep_findings
    from analysis.project.checking import check as check_project

    with on_screen() as progress:
        checked = check_project(project, progress)
    stopping = len(checked.stopping)
    print_lines(*checked.said())
    print_lines(f"\nВсего замечаний: {len(checked.findings)}, останавливают сборку: {stopping}.")
    sys.stdout.flush()  # where nothing can be written into the folder, they have been read all the same
    keep_findings(project, checked)
    if options.annotate:
        print_lines(*annotate(project, checked).told(project.root))
    print_lines(f"Полный список: {', '.join(FINDINGS)}")
    return 1 if stopping else 0


def build(project: Project, options: argparse.Namespace) -> int:
    """Writes data/processed and the pieces of the reports, unless nothing has changed."""
    from analysis.pipeline.build import build_if_changed

    with on_screen() as progress:
        build_if_changed(project, (), progress, options.jobs)
    return 0


def report(project: Project, options: argparse.Namespace) -> int:
    """Builds if needed, publishes the editions asked for, and lists what the site holds of them."""
    from analysis.project.publication import Publishing
    from analysis.project.publication import report as publish

    with on_screen() as progress:
        how = Publishing(options.formats, options.engine, options.audience, jobs=options.jobs)
        made = publish(project, options.years, how, progress)
    print_lines("Опубликовано:", *(f"  {from_here(path)}  {file_size(path)}" for path in made))
    return 0


def watch(project: Project, options: argparse.Namespace) -> int:
    """Builds and publishes what changes, until it is stopped."""
    from analysis.project.watch import Watch, stamps

    def wait() -> bool:
        time.sleep(options.seconds)
        return True

    with on_screen() as progress:
        try:
            Watch(project.root, options.engine, progress, jobs=options.jobs).follow(lambda: stamps(project.root), wait)
        except KeyboardInterrupt:
            progress.say("Остановлено. Сайт остаётся таким, каким был опубликован последний раз.")
    return 0


def audit(project: Project, _options: argparse.Namespace) -> int:
    """Says what a reader can prove of the numbers that the public editions hide; 1 when one is at risk."""
    from analysis.project.publication import audit as look_at

    with on_screen() as progress:
        said, path, is_safe = look_at(project, progress)
    print_lines(*said, f"Полный список, для служебного пользования: {from_here(path)}")
    return 0 if is_safe else 1


def documents(project: Project, options: argparse.Namespace) -> int:
    """Builds if needed and makes the documents of a year that the roadmap asks for."""
    from analysis.documents.run import Order
    from analysis.project.publication import documents as make

    chosen = (options.pack, options.audience or "")
    order = Order(options.year, options.kinds, options.schools, options.formats, options.engine, *chosen)
    with on_screen() as progress:
        made = make(project, order, progress)
    print_lines("Документы:", *(f"  {from_here(path)}  {file_size(path)}" for path in made.files))
    print_lines(*made.told(from_here))
    return 0


def forms(project: Project, options: argparse.Namespace) -> int:
    """Writes the workbooks of a year that are sent out to be filled in."""
    from analysis.forms.collection import write_forms

    with on_screen() as progress:
        sent = write_forms(project, options.year, options.output, progress)
    print_lines(*map(str, sent.files), *sent.said)
    return 0


def receive(project: Project, options: argparse.Namespace) -> int:
    """Takes returned workbooks and exports into data/raw, or takes receptions back; 1 when one is refused."""
    from analysis.forms.receive import take_in, undo
    from analysis.rules.config import Said

    if options.undo:
        results = undo(project.root, options.files)
    else:
        said = Said(options.received, options.wave, options.year)
        with on_screen() as progress:
            ask = (lambda _: True) if options.yes else progress.agreed
            results = take_in(project, options.files, said, ask, progress)
        if not results:
            print_lines("Во входящей папке файлов нет.")
    refused = "Не взят назад" if options.undo else "Не принят"
    for result in results:
        print_lines(result.said) if result.source else say(f"{refused}: {result.said}")
        print_lines(*(f"  {line}" for line in result.details if options.verbose))
    return 0 if all(result.source for result in results) else 1


def explain(project: Project, options: argparse.Namespace) -> int:
    """Shows what a number rests on, from the printed value back to the cell."""
    from analysis.project.explanation import explained

    with texts_as_objects():
        lines = explained(project, options.asked)
    print_lines(*lines)
    return 0


def from_here(path: Path) -> str:
    """A path as a person at this prompt would type it; the whole path where it lies elsewhere."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()


def print_lines(*lines: str) -> None:
    """Prints lines of an answer."""
    sys.stdout.writelines(f"{line}\n" for line in lines)
