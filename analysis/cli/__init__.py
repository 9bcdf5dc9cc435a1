"""The command line: what may be asked, and what a person is told where it goes wrong."""

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from analysis.cli.commands import (
    audit,
    build,
    check,
    demo,
    documents,
    explain,
    forms,
    invented_region,
    new,
    receive,
    region,
    report,
    status,
    watch,
)
from analysis.cli.usage import Parser, count, day, in_russian, listed, one_of, year, years
from analysis.errors import AnalysisError
from analysis.project.progress import say
from analysis.project.work import AUDIENCES, ENGINES, FORMATS, not_written
from analysis.rules.config import Project, find_project, load_project

EXAMPLES = r"""Примеры:
  analysis                                 где проект стоит и что делать дальше
  analysis check                           прочитать всё, показать замечания, оставить их в output/
  analysis build                           собрать data/processed и части отчётов
  analysis report                          при необходимости собрать и опубликовать все отчёты в reports/_site
  analysis report 2021 --format pdf        только PDF одного отчёта
  analysis watch                           обновлять отчёты, пока вы правите файлы
  analysis new city --city "город Светлый"  начать свой проект
  analysis demo demo                       записать вымышленный проект, чтобы попробовать
  analysis forms 2021                      книги, которые заполняют школы и управление
  analysis receive ФАЙЛ…                   принять вернувшиеся книги
  analysis explain 4.12@2021               откуда число
  analysis region report                   города региона и его служебный отчёт (нужен region.toml)
  analysis documents 2021                  справки и запросы за год, для служебного пользования
  analysis --project C:\reports\city check  проект в другой папке
"""
OF_FORMATS = f"{','.join(FORMATS)} (по умолчанию — все)"
OF_NO_PROJECT = (new, demo, region, invented_region)
Commands = Any  # argparse names the type of add_subparsers with an underscore


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
    if options.command in OF_NO_PROJECT:
        return int(options.command(options))
    command: Callable[[Project, argparse.Namespace], int] = options.command
    return command(load_project(find_project(options.project)), options)


def _parser() -> Parser:
    parser = Parser(
        prog="analysis",
        description="Читает подписанную «дорожную карту» помощи школам и сведения школ, проверяет их и публикует "
        "годовые отчёты.\nБез команды говорит, где проект стоит и что делать дальше.",
        epilog=EXAMPLES,
    )
    parser.add_argument(
        "--project", type=Path, metavar="ПАПКА", help="папка с project.toml (по умолчанию ищется отсюда вверх)"
    )
    parser.set_defaults(command=status)
    with in_russian():
        commands = parser.add_subparsers(metavar="КОМАНДА", title="Команды")
    _add_check(commands)
    _add(commands, "build", build, "собрать таблицы и части отчётов")
    _add_forms(commands)
    _add_receive(commands)
    _add_explain(commands)
    _add_report(commands)
    _add_watch(commands)
    auditing = _add(commands, "audit", audit, "проверить, можно ли по открытым отчётам узнать скрытое")
    auditing.add_argument(
        "years", nargs="*", type=year, metavar="ГОД", help="отчёты проверяются вместе, каких бы ни назвали"
    )
    _add_documents(commands)
    _add_region(commands)
    _add_starters(commands)
    return parser


def _add(commands: Commands, name: str, command: Callable[..., int], does: str, examples: str = "") -> Parser:
    """A command; what it does stands in the list of all and in its own help."""
    parser: Parser = commands.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.", epilog=examples)
    parser.set_defaults(command=command)
    return parser


def _add_check(commands: Commands) -> None:
    checking = _add(commands, "check", check, "прочитать всё и показать замечания")
    checking.add_argument(
        "--annotate",
        action="store_true",
        help="оставить в output/annotated копии книг с пометками: замечания и причины возврата подтверждений",
    )


def _add_forms(commands: Commands) -> None:
    forming = _add(commands, "forms", forms, "записать формы года, которые рассылают для заполнения")
    forming.add_argument("year", type=year, metavar="ГОД")
    forming.add_argument("--output", type=Path, metavar="ПАПКА", help="по умолчанию output/forms/ГОД")


def _add_receive(commands: Commands) -> None:
    receiving = _add(commands, "receive", receive, "принять вернувшиеся книги и выгрузки экзаменационных систем")
    receiving.add_argument("files", nargs="*", type=Path, metavar="ФАЙЛ", help="по умолчанию всё из папки inbox")
    receiving.add_argument("--wave", default="", metavar="ВОЛНА", help="волна ВПР, если в календаре года их несколько")
    receiving.add_argument("--year", type=year, metavar="ГОД", help="год выгрузки, если она его не называет")
    receiving.add_argument(
        "--received",
        type=day,
        default=date.today(),
        metavar="ДЕНЬ",
        help="день получения: 20.01.2022 или 2022-01-20 (по умолчанию сегодня)",
    )
    receiving.add_argument(
        "--undo", action="store_true", help="взять приём ФАЙЛА назад: снова считается то, что считалось до него"
    )
    receiving.add_argument(
        "--yes", action="store_true", help="заменить сведения школы, даже если файл назван как другая школа"
    )
    receiving.add_argument("--verbose", action="store_true", help="показать, какие значения отличаются от прежних")


def _add_explain(commands: Commands) -> None:
    examples = (
        "Примеры: analysis explain 4.12@2021; 4@2021 (задача); УО@2021; логин или название школы;\n"
        "'tbl-targets-1@2021!M2' (код под таблицей отчёта и ячейка её книги Excel)"
    )
    explaining = _add(commands, "explain", explain, "показать, откуда число", examples)
    explaining.add_argument("asked", metavar="ПОКАЗАТЕЛЬ@ГОД|ЗАДАЧА|ИСПОЛНИТЕЛЬ|ТАБЛИЦА@ГОД!ЯЧЕЙКА")


def _add_report(commands: Commands) -> None:
    examples = "Пример: analysis report 2021 2022 --format html,pdf"
    reporting = _add(commands, "report", report, "опубликовать годовые отчёты", examples)
    reporting.add_argument("years", nargs="*", type=year, metavar="ГОД", help="за какие годы (по умолчанию все)")
    _add_format_and_engine(reporting, "auto")
    reporting.add_argument(
        "--audience",
        type=one_of(AUDIENCES),
        default="public",
        metavar="КОМУ",
        help="internal — с примечаниями, путями и цепочками, с пометкой, в output/internal; public (по умолчанию)",
    )


def _add_watch(commands: Commands) -> None:
    does = "следить за папкой и обновлять отчёты, пока вы работаете; остановить — Ctrl+C"
    watching = _add(commands, "watch", watch, does)
    watching.add_argument("--engine", type=one_of(ENGINES), default="auto", metavar="ДВИЖОК", help="как у report")
    watching.set_defaults(seconds=1.0)


def _add_documents(commands: Commands) -> None:
    from analysis.documents.settings import KINDS

    examples = (
        f"Виды: {', '.join(f'{kind.id} ({kind.title})' for kind in KINDS.values())}.\n"
        "Примеры: analysis documents 2021 --kind school-note --school 'Школа № 5'\n"
        "         analysis documents 2021 --pack ИМЯ (комплект приложений к протоколу из data/documents.toml)"
    )
    does = "сделать справки и запросы за год, для служебного пользования"
    writing = _add(commands, "documents", documents, does, examples)
    writing.add_argument("year", type=year, metavar="ГОД")
    writing.add_argument(
        "--kind", dest="kinds", type=listed(list(KINDS)), default=(), metavar="ВИДЫ", help="по умолчанию все"
    )
    writing.add_argument(
        "--school",
        dest="schools",
        action="append",
        default=[],
        metavar="ШКОЛА",
        help="логин, код или название; ключ можно повторить (по умолчанию школы, которые получают поддержку)",
    )
    writing.add_argument(
        "--pack", default="", metavar="ИМЯ", help="комплект приложений к протоколу, записанный в data/documents.toml"
    )
    writing.add_argument(
        "--audience",
        type=one_of(AUDIENCES),
        metavar="КОМУ",
        help="чей комплект: public — открытый, internal — служебный (по умолчанию решают приложения)",
    )
    _add_format_and_engine(writing, "builtin")


def _add_format_and_engine(parser: Parser, engine: str) -> None:
    parser.add_argument(
        "--format", dest="formats", type=listed(FORMATS), default=FORMATS, metavar="ФОРМАТЫ", help=OF_FORMATS
    )
    parser.add_argument(
        "--engine",
        type=one_of(ENGINES),
        default=engine,
        metavar="ДВИЖОК",
        help=f"builtin — встроенный, quarto — Quarto, auto — Quarto, если он есть (по умолчанию {engine})",
    )


def _add_region(commands: Commands) -> None:
    does = "проверить, собрать или опубликовать города региона (region.toml) и его служебный сводный отчёт"
    examples = "Примеры: analysis region report --jobs 4; analysis region demo ПАПКА (вымышленный регион)"
    of_region: Parser = commands.add_parser(
        "region", help=does, description=f"{does[0].upper()}{does[1:]}.", epilog=examples
    )
    with in_russian():
        steps = of_region.add_subparsers(metavar="ШАГ", title="Шаги", required=True)
    told = {
        "check": "прочитать и проверить все города, ничего не записывая",
        "build": "собрать все города и таблицы региона в output/region",
        "report": "собрать и опубликовать страницы всех городов и служебный отчёт региона в output/internal",
    }
    for step, step_does in told.items():
        doing = _add(steps, step, region, step_does)
        doing.set_defaults(step=step)
        doing.add_argument(
            "--region", type=Path, metavar="ПАПКА", help="папка с region.toml (по умолчанию ищется вверх)"
        )
        doing.add_argument(
            "--jobs",
            type=count,
            default=0,
            metavar="ЧИСЛО",
            help="сколько городов сразу (по умолчанию — по числу ядер)",
        )
        doing.add_argument(
            "--scheduler",
            default="",
            metavar="АДРЕС",
            help="планировщик, когда одного компьютера мало: tcp://10.0.0.5:8786",
        )
    showing = _add(steps, "demo", invented_region, "записать вымышленный регион, чтобы попробовать")
    showing.add_argument("folder", type=Path, metavar="ПАПКА", help="новая или пустая папка или прежний такой регион")


def _add_starters(commands: Commands) -> None:
    examples = 'Пример: analysis new reports-2026 --city "город Светлый" --years 2026-2028'
    starting = _add(commands, "new", new, "начать проект любого города", examples)
    starting.add_argument("folder", type=Path, metavar="ПАПКА", help="новая или пустая папка")
    starting.add_argument(
        "--roadmap",
        type=Path,
        metavar="ФАЙЛ",
        help="подписанная «дорожная карта» (.docx, .xlsx, .pdf, .txt): из неё — город, издатель, годы и исполнители",
    )
    starting.add_argument("--city", default="", metavar="ГОРОД", help="город, как его называет отчёт")
    starting.add_argument("--publisher", default="", metavar="ИЗДАТЕЛЬ", help="кто издаёт отчёт")
    starting.add_argument("--years", type=years, default=(), metavar="ГОДЫ", help="за какие годы: 2023-2025")
    starting.add_argument("--title", default="", metavar="НАЗВАНИЕ", help="название документа, если он его не называет")
    starting.add_argument("--origin", default="", metavar="ОТКУДА", help="от кого и как получен документ")
    showing = _add(commands, "demo", demo, "записать вымышленный проект, чтобы попробовать программу")
    showing.add_argument("folder", type=Path, metavar="ПАПКА", help="новая или пустая папка или прежний такой проект")
    showing.add_argument(
        "--inbox",
        type=Path,
        metavar="ПАПКА",
        help="записать ещё и выгрузки, в которых строка — выдуманный ученик, вне папки проекта",
    )


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
