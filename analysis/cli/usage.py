"""argparse in Russian: its texts, the nearest right name for a wrong one, and values that people type."""

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, NoReturn

from analysis.errors import nearest, probably_meant

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
