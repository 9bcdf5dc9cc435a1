"""The command line: what may be asked, in Russian, and what a person is told where it goes wrong."""

import argparse
import gc
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from analysis.cli.beginnings import demo, invented_region, new, region
from analysis.cli.commands import audit, build, check, documents, explain, forms, receive, report, status, watch
from analysis.errors import AnalysisError, nearest, not_written, probably_meant
from analysis.project.progress import say
from analysis.project.publication import AUDIENCES, ENGINES, FORMATS
from analysis.rules.config import Project, find_project, load_project

# argparse in Russian: its texts, the nearest right name for a wrong one, and values that people type.

# The texts of argparse in Python 3.11 to 3.13 that a person may come to see; the others speak of faults of a program.
TEXTS: Mapping[str | None, str] = {
    "usage: ": "Использование: ",
    "%(heading)s:": "%(heading)s:",
    "positional arguments": "Что назвать",
    "options": "Ключи",
    "subcommands": "Команды",
    "show this help message and exit": "показать эту справку",
    "show program's version number and exit": "показать версию программы",
    " (default: %(default)s)": " (по умолчанию: %(default)s)",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "%(prog)s: error: %(message)s\n": "Ошибка: %(message)s\nСправка: %(prog)s --help\n",
    "%(prog)s: warning: %(message)s\n": "Внимание: %(message)s\n",
    "unknown parser %(parser_name)r (choices: %(choices)s)": "команды «%(parser_name)s» нет; есть: %(choices)s",
    "unrecognized arguments: %s": "лишнее в команде: %s",
    "not allowed with argument %s": "нельзя вместе с %s",
    "ignored explicit argument %r": "после этого ключа значения не бывает, а стоит %s",
    "the following arguments are required: %s": "в команде не хватает: %s",
    "one of the arguments %s is required": "нужен один из ключей: %s",
    "expected one argument": "после этого ключа нужно значение",
    "expected at most one argument": "нужно не больше одного значения",
    "expected at least one argument": "нужно хотя бы одно значение",
    "expected %s argument": "нужно значений: %s",
    "ambiguous option: %(option)s could match %(matches)s": "ключ «%(option)s» сокращён слишком: подходят %(matches)s",
    "unexpected option string: %s": "ключ %s здесь не ждали",
    "invalid %(type)s value: %(value)r": "значение «%(value)s» не подходит",
    "invalid choice: %(value)r (choose from %(choices)s)": "стоит «%(value)s», а бывает: %(choices)s",
    "can't open '%(filename)s': %(error)s": "файл %(filename)s не открывается: %(error)s",
    "option '%(option)s' is deprecated": "ключ «%(option)s» устарел",
    "argument '%(argument_name)s' is deprecated": "«%(argument_name)s» устарело",
    "command '%(parser_name)s' is deprecated": "команда «%(parser_name)s» устарела",
}
DASHES = "-–—−"


@contextmanager
def in_russian() -> Iterator[None]:
    """Inside the `with` argparse takes its texts from here; it has no other place to give them."""
    module: Any = argparse
    before = module._, module.ngettext
    module._ = lambda text: TEXTS.get(text, text)
    module.ngettext = lambda one, _many, _count: TEXTS.get(one, one)
    try:
        yield
    finally:
        module._, module.ngettext = before


class Parser(argparse.ArgumentParser):
    """A parser that looks at names first: a misspelt one is named before argparse misses what it stood for."""

    def __init__(self, **settings: Any) -> None:
        """Keeps the line breaks of examples."""
        with in_russian():
            super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, **settings)

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parses, in Russian."""
        with in_russian():
            return super().parse_args(args, namespace)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parses what is known, after a look at the names."""
        given = list(sys.argv[1:] if args is None else args)
        self._refuse_unknown_names(given)
        return super().parse_known_args(given, namespace)

    def format_help(self) -> str:
        """The help, in Russian."""
        with in_russian():
            return super().format_help()

    def _refuse_unknown_names(self, given: Sequence[str]) -> None:
        commands = next((one.choices for one in self._actions if isinstance(one, argparse._SubParsersAction)), None)
        is_value = False
        for word in given:
            if word == "--":
                return
            if _is_option(word):
                is_value = self._takes_value(word)
            elif commands is not None and not is_value:
                if word not in commands:
                    self._refuse(f"команды «{word}» нет.", word, commands)
                return
            else:
                is_value = False

    def _takes_value(self, word: str) -> bool:
        """Whether the next word belongs to an option; ends with a sentence where there is no such option."""
        name, stands, _ = word.partition("=")
        known = self._option_string_actions
        meant = [known[one] for one in ([name] if name in known else [one for one in known if one.startswith(name)])]
        if not meant:
            self._refuse(f"ключа «{name}» здесь нет.", f"--{name.lstrip(DASHES)}", known)
        return not stands and meant[0].nargs is None

    def _refuse(self, said: str, asked: str, known: Iterable[str]) -> NoReturn:
        self.error(said + (probably_meant(nearest(asked, known)) or f" Есть: {', '.join(known)}."))


def _is_option(word: str) -> bool:
    """Whether a word is meant as an option; an editor may have made a long dash of two short ones."""
    return len(word) > 1 and word[0] in DASHES and not re.match(r".[\d.]", word)


def listed(known: Sequence[str]) -> Callable[[str], tuple[str, ...]]:
    """A list of names with commas between them, such as html,pdf; the order is that of the known names."""

    def several(text: str) -> tuple[str, ...]:
        asked = [name.strip() for name in text.split(",") if name.strip()]
        for name in asked or [""]:
            _one_of(name, known)
        return tuple(name for name in known if name in asked)

    return several


def one_of(known: Sequence[str]) -> Callable[[str], str]:
    """One of several names."""
    return lambda text: _one_of(text, known)


def _one_of(name: str, known: Sequence[str]) -> str:
    if name not in known:
        said = f"стоит «{name}», а бывает: {', '.join(known)}.{probably_meant(nearest(name, known))}"
        raise argparse.ArgumentTypeError(said)
    return name


def year(text: str) -> int:
    """A calendar year; whether the project has it is not known here."""
    if not re.fullmatch(r"\d{4}", text):
        raise argparse.ArgumentTypeError(f"стоит «{text}», а нужен год, например 2021.")
    return int(text)


def count(text: str) -> int:
    """A number of at least one."""
    if not re.fullmatch(r"[1-9]\d{0,3}", text):
        raise argparse.ArgumentTypeError(f"стоит «{text}», а нужно целое число от 1.")
    return int(text)


def years(text: str) -> tuple[int, ...]:
    """The years from one to another, 2023-2025, or one of them."""
    match = re.fullmatch(r"(20\d\d)(?:[-–](20\d\d))?", text)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    if first > last:
        raise argparse.ArgumentTypeError(f"стоит «{text}», а нужны годы, например 2023-2025.")
    return tuple(range(first, last + 1))


def day(text: str) -> date:
    """A day as people here write it, or as the files of a project do."""
    match = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else date.fromisoformat(text)
    except ValueError:
        said = f"стоит «{text}», а нужен день, например 20.01.2022 или 2022-01-20."
        raise argparse.ArgumentTypeError(said) from None


# The command line: what may be asked, and what a person is told where it goes wrong.

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
  analysis region report                   города региона и его отчёт (нужен region.toml)
  analysis documents 2021                  справки и запросы за год, для служебного пользования
  analysis --project C:\reports\city check  проект в другой папке
"""
OF_FORMATS = f"{','.join(FORMATS)} (по умолчанию — все)"
OF_NO_PROJECT = (new, demo, region, invented_region)
Commands = Any  # argparse names the type of add_subparsers with an underscore


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit code: 0 done, 1 something a person must mend, 2 wrong usage."""
    gc.set_threshold(100_000, 50, 50)  # a command lives for seconds; looking for cycles took a third of a long check
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # Arrow's own holds 40 MB that it will not need again
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
    _option(parser, "--project", "ПАПКА", "папка с project.toml (по умолчанию ищется отсюда вверх)", type=Path)
    parser.set_defaults(command=status)
    with in_russian():
        commands = parser.add_subparsers(metavar="КОМАНДА", title="Команды")
    _add_check(commands)
    _add_processes(_add(commands, "build", build, "собрать таблицы и части отчётов"))
    _add_forms(commands)
    _add_receive(commands)
    _add_explain(commands)
    _add_report(commands)
    _add_watch(commands)
    auditing = _add(commands, "audit", audit, "проверить, можно ли по открытым отчётам узнать скрытое")
    _option(auditing, "years", "ГОД", "отчёты проверяются вместе, каких бы ни назвали", nargs="*", type=year)
    _add_documents(commands)
    _add_region(commands)
    _add_starters(commands)
    return parser


def _add(commands: Commands, name: str, command: Callable[..., int], does: str, examples: str = "") -> Parser:
    """A command; what it does stands in the list of all and in its own help."""
    parser: Parser = commands.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.", epilog=examples)
    parser.set_defaults(command=command)
    return parser


def _option(parser: Parser, name: str, metavar: str, does: str, **settings: Any) -> None:
    """What a command may be told: how the value is called in its help, and what it is."""
    parser.add_argument(name, metavar=metavar, help=does, **settings)


def _flag(parser: Parser, name: str, does: str) -> None:
    parser.add_argument(name, action="store_true", help=does)


def _add_check(commands: Commands) -> None:
    checking = _add(commands, "check", check, "прочитать всё и показать замечания")
    _flag(
        checking,
        "--annotate",
        "оставить в output/annotated копии книг с пометками: замечания и причины возврата подтверждений",
    )


def _add_forms(commands: Commands) -> None:
    forming = _add(commands, "forms", forms, "записать формы года, которые рассылают для заполнения")
    forming.add_argument("year", type=year, metavar="ГОД")
    _option(forming, "--output", "ПАПКА", "по умолчанию output/forms/ГОД", type=Path)


def _add_receive(commands: Commands) -> None:
    receiving = _add(commands, "receive", receive, "принять вернувшиеся книги и выгрузки экзаменационных систем")
    _option(receiving, "files", "ФАЙЛ", "по умолчанию всё из папки inbox", nargs="*", type=Path)
    _option(receiving, "--wave", "ВОЛНА", "волна ВПР, если в календаре года их несколько", default="")
    _option(receiving, "--year", "ГОД", "год выгрузки, если она его не называет", type=year)
    _option(
        receiving,
        "--received",
        "ДЕНЬ",
        "день получения: 20.01.2022 или 2022-01-20 (по умолчанию сегодня)",
        type=day,
        default=date.today(),
    )
    _flag(receiving, "--undo", "взять приём ФАЙЛА назад: снова считается то, что считалось до него")
    _flag(receiving, "--yes", "заменить сведения школы, даже если файл назван как другая школа")
    _flag(receiving, "--verbose", "показать, какие значения отличаются от прежних")


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
    _option(reporting, "years", "ГОД", "за какие годы (по умолчанию все)", nargs="*", type=year)
    _add_format_and_engine(reporting, "auto")
    _add_processes(reporting)
    _add_audience(
        reporting, "internal — с примечаниями, путями и цепочками, с пометкой, в output/internal; public (по умолчанию)"
    )


def _add_watch(commands: Commands) -> None:
    does = "следить за папкой и обновлять отчёты, пока вы работаете; остановить — Ctrl+C"
    watching = _add(commands, "watch", watch, does)
    _option(watching, "--engine", "ДВИЖОК", "как у report", type=one_of(ENGINES), default="auto")
    _add_processes(watching)
    watching.set_defaults(seconds=0.3)


def _add_processes(building: Parser) -> None:
    does = "1 — собирать в одном процессе, иначе в двух (по умолчанию — по числу ядер)"
    _add_jobs(building, os.cpu_count() or 1, does)


def _add_jobs(parser: Parser, default: int, does: str) -> None:
    _option(parser, "--jobs", "ЧИСЛО", does, type=count, default=default)


def _add_audience(parser: Parser, does: str) -> None:
    _option(parser, "--audience", "КОМУ", does, type=one_of(AUDIENCES), default="public")


def _add_documents(commands: Commands) -> None:
    from analysis.rules.documents import KINDS

    examples = (
        f"Виды: {', '.join(f'{kind.id} ({kind.title})' for kind in KINDS.values())}.\n"
        "Примеры: analysis documents 2021 --kind school-note --school 'Школа № 5'\n"
        "         analysis documents 2021 --pack ИМЯ (комплект приложений к протоколу из data/documents.toml)"
    )
    does = "сделать справки и запросы за год, для служебного пользования"
    writing = _add(commands, "documents", documents, does, examples)
    writing.add_argument("year", type=year, metavar="ГОД")
    _option(writing, "--kind", "ВИДЫ", "по умолчанию все", dest="kinds", type=listed(list(KINDS)), default=())
    _option(
        writing,
        "--school",
        "ШКОЛА",
        "логин, код или название; ключ можно повторить (по умолчанию школы, которые получают поддержку)",
        dest="schools",
        action="append",
        default=[],
    )
    _option(writing, "--pack", "ИМЯ", "комплект приложений к протоколу, записанный в data/documents.toml", default="")
    _option(
        writing,
        "--audience",
        "КОМУ",
        "чей комплект: public — открытый, internal — служебный (по умолчанию решают приложения)",
        type=one_of(AUDIENCES),
    )
    _add_format_and_engine(writing, "builtin")


def _add_format_and_engine(parser: Parser, engine: str) -> None:
    _option(parser, "--format", "ФОРМАТЫ", OF_FORMATS, dest="formats", type=listed(FORMATS), default=FORMATS)
    _option(
        parser,
        "--engine",
        "ДВИЖОК",
        f"builtin — встроенный, quarto — Quarto, auto — Quarto, если он есть (по умолчанию {engine})",
        type=one_of(ENGINES),
        default=engine,
    )


def _add_region(commands: Commands) -> None:
    does = "проверить, собрать или опубликовать города региона (region.toml) и его сводный отчёт"
    examples = "Примеры: analysis region report --jobs 4; analysis region demo ПАПКА (вымышленный регион)"
    of_region: Parser = commands.add_parser(
        "region", help=does, description=f"{does[0].upper()}{does[1:]}.", epilog=examples
    )
    with in_russian():
        steps = of_region.add_subparsers(metavar="ШАГ", title="Шаги", required=True)
    told = {
        "check": "прочитать и проверить все города, ничего не записывая",
        "build": "собрать все города и таблицы региона в output/region",
        "report": "собрать и опубликовать страницы всех городов и отчёт региона в output/public или output/internal",
    }
    for step, step_does in told.items():
        doing = _add(steps, step, region, step_does)
        doing.set_defaults(step=step, audience="public")
        _add_of_region(doing)
    _add_audience(
        doing, "чей отчёт региона: public — открытый (по умолчанию), internal — служебный, с кодами для утверждения"
    )
    showing = _add(steps, "demo", invented_region, "записать вымышленный регион, чтобы попробовать")
    _option(showing, "folder", "ПАПКА", "новая или пустая папка или прежний такой регион", type=Path)


def _add_of_region(doing: Parser) -> None:
    """What every step of a region may be told."""
    _option(doing, "--region", "ПАПКА", "папка с region.toml (по умолчанию ищется вверх)", type=Path)
    _add_jobs(doing, 0, "сколько городов сразу (по умолчанию — по числу ядер)")
    _option(doing, "--scheduler", "АДРЕС", "планировщик, когда одного компьютера мало: tcp://10.0.0.5:8786", default="")


def _add_starters(commands: Commands) -> None:
    examples = 'Пример: analysis new reports-2026 --city "город Светлый" --years 2026-2028'
    starting = _add(commands, "new", new, "начать проект любого города", examples)
    _option(starting, "folder", "ПАПКА", "новая или пустая папка", type=Path)
    _option(
        starting,
        "--roadmap",
        "ФАЙЛ",
        "подписанная «дорожная карта» (.docx, .xlsx, .pdf, .txt): из неё — город, издатель, годы и исполнители",
        type=Path,
    )
    _option(starting, "--city", "ГОРОД", "город, как его называет отчёт", default="")
    _option(starting, "--publisher", "ИЗДАТЕЛЬ", "кто издаёт отчёт", default="")
    _option(starting, "--years", "ГОДЫ", "за какие годы: 2023-2025", type=years, default=())
    _option(starting, "--title", "НАЗВАНИЕ", "название документа, если он его не называет", default="")
    _option(starting, "--origin", "ОТКУДА", "от кого и как получен документ", default="")
    showing = _add(commands, "demo", demo, "записать вымышленный проект, чтобы попробовать программу")
    _option(showing, "folder", "ПАПКА", "новая или пустая папка или прежний такой проект", type=Path)
    _option(
        showing,
        "--inbox",
        "ПАПКА",
        "записать ещё и выгрузки, в которых строка — выдуманный ученик, вне папки проекта",
        type=Path,
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
