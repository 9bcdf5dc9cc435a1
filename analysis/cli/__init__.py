"""The command line: what may be asked, and what a person is told where it goes wrong."""

import argparse
import gc
import os
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from analysis.cli.commands import build, check, demo, documents, explain, forms, new, receive, report
from analysis.errors import AnalysisError
from analysis.project.progress import say
from analysis.project.work import FORMATS, not_written
from analysis.rules.config import Project, find_project, load_project

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
        say(f"Ошибка: {error}")
    except BrokenPipeError:
        _write_to_nobody()  # «analysis check | head -1» has read what it wanted: nothing to say
    except OSError as error:
        say(f"Ошибка: {not_written(error)}")
    except KeyboardInterrupt:
        say("Остановлено. Последний опубликованный сайт не изменён.")
    return 1


def _run(options: argparse.Namespace) -> int:
    if options.command in (new, demo):
        return int(options.command(options))
    command: Callable[[Project, argparse.Namespace], int] = options.command
    return command(load_project(find_project(options.project)), options)


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
    _add_check(commands)
    commands.add_parser("build", help="write tables and pieces of the reports").set_defaults(command=build)
    _add_collection_commands(commands)
    _add_report(commands)
    _add_documents(commands)
    _add_starters(commands)
    return parser


def _add_check(commands: Any) -> None:
    checking = commands.add_parser("check", help="list the findings")
    checking.add_argument(
        "--annotate",
        action="store_true",
        help="leave a marked copy of each workbook with faults or returned evidence in output/annotated",
    )
    checking.set_defaults(command=check)


def _add_report(commands: Any) -> None:
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


def _add_documents(commands: Any) -> None:
    from analysis.documents.settings import KINDS

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
    from analysis.starter.new_project import UNNAMED_CITY, UNNAMED_PUBLISHER

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


def _day(text: str) -> date:
    match = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: a day such as 2022-01-20 or 20.01.2022") from None


def _span(text: str) -> tuple[int, ...]:
    match = re.fullmatch(r"(20\d\d)(?:[-–](20\d\d))?", text)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    if first > last:
        raise argparse.ArgumentTypeError(f"{text!r}: years such as 2023-2025")
    return tuple(range(first, last + 1))


def _add_collection_commands(commands: Any) -> None:
    forming = commands.add_parser("forms", help="write the workbooks of a year to be sent out")
    forming.add_argument("year", type=int, metavar="YEAR")
    forming.add_argument("--output", type=Path, metavar="DIR", help="default: output/forms/YEAR")
    forming.set_defaults(command=forms)
    receiving = commands.add_parser("receive", help="take returned workbooks and exports of exam systems in")
    receiving.add_argument("files", nargs="*", type=Path, metavar="FILE", help="default: what lies in the inbox")
    receiving.add_argument("--wave", default="", help="of a check test, where the calendar has several in the year")
    receiving.add_argument("--year", type=int, help="of an export that names no year")
    receiving.add_argument(
        "--received", type=_day, default=date.today(), metavar="DAY", help="2022-01-20 or 20.01.2022; default: today"
    )
    receiving.add_argument(
        "--undo", action="store_true", help="take the reception of FILE back: what counted before counts again"
    )
    receiving.add_argument(
        "--yes", action="store_true", help="replace a school's values even by a file named after another school"
    )
    receiving.add_argument("--verbose", action="store_true", help="list the values that differ from those before")
    receiving.set_defaults(command=receive)
    explaining = commands.add_parser(
        "explain",
        help="show what a number rests on",
        epilog="examples: analysis explain 4.12@2021; 4@2021 (a task); УО@2021; a school's login or name; "
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
    from analysis.documents.settings import KINDS

    asked = [name.strip() for name in text.split(",") if name.strip()]
    if not asked or any(name not in KINDS for name in asked):
        raise argparse.ArgumentTypeError(f"{text!r}: choose from {','.join(KINDS)}")
    return tuple(name for name in KINDS if name in asked)


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
