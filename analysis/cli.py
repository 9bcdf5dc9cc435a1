"""The commands, each a readable list of steps."""

import argparse
import gc
import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

from analysis.config import Project, find_project, load_project, load_sources
from analysis.errors import AnalysisError
from analysis.file_facts import file_size

FORMATS = ("html", "pdf", "docx")
EXAMPLES = """examples:
  analysis check                           read everything, list the findings, leave them in output/
  analysis build                           write data/processed and the pieces of the reports
  analysis report                          build if needed and publish every edition into reports/_site
  analysis report 2021 --format pdf        only the PDF of one edition
  analysis new city --city "город Светлый"  start a project of one's own
  analysis demo demo                       write an invented project to try the system with
  analysis forms 2021                      workbooks to be filled in by schools and the office
  analysis receive FILE...                 take returned workbooks in
  analysis explain 4.12@2021               what a number rests on
  analysis documents 2021                  notes, briefs and requests for the office, internal
  analysis --project C:\\reports\\city check  a project elsewhere
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit code: 0 done, 1 something a person must mend, 2 wrong usage."""
    gc.set_threshold(100_000, 50, 50)  # a command lives for seconds; looking for cycles took a third of a long check
    _open_streams()
    options = _parser().parse_args(arguments)
    try:
        code = _run(options)
        sys.stdout.flush()  # a reader who went away is noticed here, not while Python ends
        return code
    except AnalysisError as error:
        _say(f"Ошибка: {error}")
    except BrokenPipeError:
        _write_to_nobody()  # «analysis check | head -1» has read what it wanted: nothing to say
    except OSError as error:
        _say(f"Ошибка: {error.filename or 'файл'}: {error.strerror}. Проверьте место на диске и права на папку.")
    except KeyboardInterrupt:
        _say("Остановлено. Последний опубликованный сайт не изменён.")
    return 1


def _run(options: argparse.Namespace) -> int:
    if options.command in (new, demo):
        return int(options.command(options))
    command: Callable[[Project, argparse.Namespace], int] = options.command
    return command(load_project(find_project(options.project)), options)


def check(project: Project, options: argparse.Namespace) -> int:
    """Lists the findings and leaves them in output/; 1 when something blocks."""
    from analysis.findings import blocking, full_text, screen_lines
    from analysis.pipeline import check_project
    from analysis.presentation.exports import xlsx_bytes
    from analysis.whole import write_file_whole

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
    received = max((source.received for source in load_sources(project.root)), default=None)
    if received:
        about = [("Таблица", "Замечания к исходным файлам"), ("Издатель", project.publisher)]
        write_file_whole(output / "findings.xlsx", xlsx_bytes(checked.tables["findings"], about, received))
    if options.annotate:
        from analysis.annotate import annotate, sent_back

        for path in annotate(project.root, [*checked.findings, *sent_back(checked.tables)], output / "annotated"):
            _print(f"С пометками: {path.relative_to(project.root).as_posix()}")
    _print("Полный список: output/findings.txt, output/findings.xlsx")
    return 1 if stopping else 0


def build(project: Project, options: argparse.Namespace) -> int:
    """Writes data/processed and the pieces of the reports, unless nothing has changed."""
    from analysis.build import build as build_project
    from analysis.build import is_fresh

    years = _asked_years(project, getattr(options, "years", [options.year] if "year" in options else []))
    if is_fresh(project, years):
        _say("Таблицы и части отчётов без изменений.")
        return 0
    _say("Читаю, проверяю и собираю…")
    with _texts_as_objects():
        names = build_project(project, years)
    _say(f"Собрано: data/processed ({', '.join(names)}) и части отчётов за {', '.join(map(str, years))}.")
    return 0


def report(project: Project, options: argparse.Namespace) -> int:
    """Builds if needed, publishes the editions asked for, and lists what the site holds of them."""
    from analysis.placed import refuse_lost_references
    from analysis.publishing import publish

    years = _asked_years(project, options.years)
    build(project, options)
    documents = [f"{year}/annual-report-{year}.qmd" for year in years]
    sources = _report_sources(project, options.audience, years)
    refuse_lost_references(sources, documents)
    made = publish(
        sources,
        documents=[*documents, "index.qmd"] if "html" in options.formats else documents,
        formats=options.formats,
        engine=options.engine,
        fixed_date=max(source.received for source in load_sources(project.root)),
        progress=_say,
    )
    _print("Опубликовано:")
    for path in made:
        _print(f"  {_from_here(path)}  {file_size(path)}")
    return 0


def documents(project: Project, options: argparse.Namespace) -> int:
    """Builds if needed and makes the documents of a year that the roadmap asks for."""
    from analysis.documents.outdated import HEAD, renewing
    from analysis.documents.run import make_documents
    from analysis.documents.staging import FOLDER

    year = _asked_years(project, [options.year])[0]
    build(project, options)
    with _texts_as_objects():
        made = make_documents(project, year, options.kinds, options.schools, options.formats, options.engine, _say)
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
    from analysis.collection import write_forms

    folder = options.output or project.root / "output/forms" / str(options.year)
    for line in write_forms(project, options.year, folder):
        _print(line)
    return 0


def receive(project: Project, options: argparse.Namespace) -> int:
    """Takes returned workbooks and exports into data/raw; 1 when one of them is refused."""
    from analysis.receive import receive as take_in
    from analysis.receive_exports import inbox_files

    if options.received > date.today():
        raise AnalysisError(f"День получения {options.received:%d.%m.%Y} ещё не наступил.")
    files = options.files or inbox_files(project)
    if not files:
        _print("Во входящей папке файлов нет.")
    results = take_in(project.root, files, options.received, options.wave, options.year)
    for result in results:
        _print(result.said) if result.source else _say(f"Не принят: {result.said}")
    return 0 if all(result.source for result in results) else 1


def explain(project: Project, options: argparse.Namespace) -> int:
    """Shows what a number rests on, from the printed value back to the cell."""
    from analysis.explanation import explained

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
    from analysis.internal import internal_sources

    with _texts_as_objects():
        return internal_sources(project, years)


def new(options: argparse.Namespace) -> int:
    """Starts a project for any city in a new or empty folder and says what to do next."""
    from analysis.starter.beginning import Beginning
    from analysis.starter.start import new_project, next_steps, write_project

    beginning = Beginning(options.city, options.publisher, options.years)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="analysis",
        description="Reads a signed school-support roadmap, checks it, and publishes annual reports.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--project", type=Path, metavar="DIR", help="folder with project.toml (default: found upwards from here)"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    checking = commands.add_parser("check", help="list the findings")
    checking.add_argument(
        "--annotate",
        action="store_true",
        help="leave a marked copy of each workbook with faults or returned evidence in output/annotated",
    )
    checking.set_defaults(command=check)
    commands.add_parser("build", help="write tables and pieces of the reports").set_defaults(command=build)
    _add_collection_commands(commands)
    reporting = commands.add_parser(
        "report",
        help="publish the annual reports",
        epilog="example: analysis report 2021 2022 --format html,pdf",
    )
    reporting.add_argument("years", nargs="*", type=int, metavar="YEAR", help="editions (default: all)")
    reporting.add_argument(
        "--format", dest="formats", type=_formats, default=FORMATS, metavar="LIST", help="html,pdf,docx (default: all)"
    )
    reporting.add_argument(
        "--engine",
        choices=("auto", "quarto", "builtin"),
        default="auto",
        help="auto: Quarto where it is present, else the built-in renderer (default)",
    )
    reporting.add_argument(
        "--audience",
        choices=("public", "internal"),
        default="public",
        help="internal: with notes, paths and chains, marked, into output/internal (default: public)",
    )
    reporting.set_defaults(command=report)
    _add_documents(commands)
    _add_starters(commands)
    return parser


def _add_documents(commands: Any) -> None:  # noqa: ANN401 - argparse does not name the type
    from analysis.documents.kinds import KINDS

    writing = commands.add_parser(
        "documents",
        help="make notes, briefs and requests of a year for the office",
        epilog=f"kinds: {', '.join(KINDS)}; example: analysis documents 2021 --kind school-note --school 'Школа № 5'",
    )
    writing.add_argument("year", type=int, metavar="YEAR")
    writing.add_argument("--kind", dest="kinds", type=_kinds, default=(), metavar="LIST", help="default: all")
    writing.add_argument(
        "--school",
        dest="schools",
        action="append",
        default=[],
        metavar="SCHOOL",
        help="login, code or name; may be repeated (default: the supported schools)",
    )
    writing.add_argument(
        "--format", dest="formats", type=_formats, default=FORMATS, metavar="LIST", help="html,pdf,docx (default: all)"
    )
    writing.add_argument(
        "--engine",
        choices=("auto", "quarto", "builtin"),
        default="builtin",
        help="builtin: many small documents take seconds with it, minutes with Quarto (default)",
    )
    writing.set_defaults(command=documents)


def _add_starters(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from analysis.starter.beginning import UNNAMED_CITY, UNNAMED_PUBLISHER

    starting = commands.add_parser(
        "new",
        help="start a project for any city",
        epilog='example: analysis new reports-2026 --city "город Светлый" --years 2026-2028',
    )
    starting.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")
    starting.add_argument("--city", default=UNNAMED_CITY, help="the city, as the report names it")
    starting.add_argument("--publisher", default=UNNAMED_PUBLISHER, help="who publishes the report")
    starting.add_argument(
        "--years", type=_span, default=_span(str(date.today().year)), metavar="FIRST-LAST", help="such as 2023-2025"
    )
    starting.set_defaults(command=new)
    showing = commands.add_parser("demo", help="write an invented project to try the system with")
    showing.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder, or one with the demo")
    showing.add_argument(
        "--inbox", type=Path, metavar="FOLDER", help="also write exports with a row per invented pupil, outside DIR"
    )
    showing.set_defaults(command=demo)


def _span(text: str) -> tuple[int, ...]:
    match = re.fullmatch(r"(20\d\d)(?:[-–](20\d\d))?", text)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    if first > last:
        raise argparse.ArgumentTypeError(f"{text!r}: years such as 2023-2025")
    return tuple(range(first, last + 1))


def _add_collection_commands(commands: Any) -> None:  # noqa: ANN401 - argparse does not name the type
    forming = commands.add_parser("forms", help="write the workbooks of a year to be sent out")
    forming.add_argument("year", type=int, metavar="YEAR")
    forming.add_argument("--output", type=Path, metavar="DIR", help="default: output/forms/YEAR")
    forming.set_defaults(command=forms)
    receiving = commands.add_parser("receive", help="take returned workbooks and exports of exam systems in")
    receiving.add_argument("files", nargs="*", type=Path, metavar="FILE", help="default: what lies in the inbox")
    receiving.add_argument("--wave", default="", help="of a check test, where the calendar has several in the year")
    receiving.add_argument("--year", type=int, help="of an export that names no year")
    receiving.add_argument(
        "--received", type=date.fromisoformat, default=date.today(), metavar="YYYY-MM-DD", help="default: today"
    )
    receiving.set_defaults(command=receive)
    explaining = commands.add_parser(
        "explain",
        help="show what a number rests on",
        epilog="examples: analysis explain 4.12@2021; 4@2021 (a task); УО@2021; a school's login; "
        "'tbl-targets-1@2021!M2' (the code printed under a table, and a cell of its workbook)",
    )
    explaining.add_argument("asked", metavar="MEASURE@YEAR|TASK|REPORTER|TABLE@YEAR!CELL")
    explaining.set_defaults(command=explain)


def _formats(text: str) -> tuple[str, ...]:
    asked = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in asked if name not in FORMATS]
    if unknown or not asked:
        raise argparse.ArgumentTypeError(f"{text!r}: choose from {','.join(FORMATS)}")
    return tuple(name for name in FORMATS if name in asked)


def _kinds(text: str) -> tuple[str, ...]:
    from analysis.documents.kinds import KINDS

    asked = [name.strip() for name in text.split(",") if name.strip()]
    if not asked or any(name not in KINDS for name in asked):
        raise argparse.ArgumentTypeError(f"{text!r}: choose from {','.join(KINDS)}")
    return tuple(name for name in KINDS if name in asked)


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


def _say(text: str) -> None:
    """Progress and errors go to the error stream, so that a pipe gets results only."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _open_streams() -> None:
    """A console may lack some letters; a stream that was closed before we began is none at all."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for the whole run
        else:
            stream.reconfigure(errors="replace")


def _write_to_nobody() -> None:
    """Python writes out what is left when it ends; a closed pipe would make it complain then."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
