"""Russian as it is written: counted nouns, dates, months, lists. The rules of the language come from Babel (CLDR)."""

from collections.abc import Sequence
from datetime import date

from babel import Locale
from babel.dates import format_date, get_month_names
from babel.lists import format_list
from babel.numbers import format_decimal

LOCALE = Locale("ru")
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"

# Nouns of the report by plural category: 1 показатель, 2 показателя, 5 показателей.
NOUNS = {
    "показатель": ("показатель", "показателя", "показателей"),
    "мероприятие": ("мероприятие", "мероприятия", "мероприятий"),
    "задача": ("задача", "задачи", "задач"),
    "замечание": ("замечание", "замечания", "замечаний"),
    "год": ("год", "года", "лет"),
    "исполнитель": ("исполнитель", "исполнителя", "исполнителей"),
    "школа": ("школа", "школы", "школ"),
    "строка": ("строка", "строки", "строк"),
    "допущение": ("допущение", "допущения", "допущений"),
}
GENITIVE = {
    "показатель": ("показателя", "показателей", "показателей"),
    "задача": ("задачи", "задач", "задач"),
    "мероприятие": ("мероприятия", "мероприятий", "мероприятий"),
}
PREPOSITIONAL = {
    "показатель": ("показателе", "показателях", "показателях"),
    "школа": ("школе", "школах", "школах"),
}


def counted(number: int, noun: str, case: dict[str, tuple[str, str, str]] = NOUNS) -> str:
    """«5 показателей»: a number and its noun in the right form, never torn apart at the end of a line."""
    return f"{number}{NO_BREAK_SPACE}{form(number, case[noun])}"


def form(number: int, forms: tuple[str, str, str]) -> str:
    """The form of a word that stands with this number: (1, 2–4, 5 and more)."""
    return dict(zip(("one", "few", "many"), forms, strict=True))[LOCALE.plural_form(number)]


def decimal(number: float, digits: int = 0) -> str:
    """«12,5»: a number with the Russian comma; whole numbers without one unless digits are asked for."""
    pattern = f"0.{'0' * digits}{'#' * (2 - digits)}"
    return format_decimal(number, pattern, locale=LOCALE)


def long_date(day: date) -> str:
    """«25 августа 2020 г.»."""
    return format_date(day, "d MMMM y 'г.'", locale=LOCALE).replace(" ", NO_BREAK_SPACE)


def short_date(day: date) -> str:
    """«25.08.2020»."""
    return format_date(day, "dd.MM.y", locale=LOCALE)


def month_name(month: int) -> str:
    """«май», as a month stands by itself."""
    return str(get_month_names("wide", context="stand-alone", locale=LOCALE)[month])


def listed(words: Sequence[str]) -> str:
    """«а, б и в»."""
    return str(format_list(list(words), locale=LOCALE))
