"""Words and numbers as Russian print has them; a missing value is said in words and is never a zero."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
from babel import Locale
from babel.dates import format_date, get_month_names
from babel.lists import format_list
from babel.numbers import format_decimal

from analysis.contracts.columns import BLANK_MARK, DERIVED
from analysis.rules.written import JOURNAL

NOBODY = "никто не назначен"
TITLES = {JOURNAL: "Отметки журнала за год"}


# Russian as it is written: counted nouns, dates, months, lists. The rules of the language come from Babel (CLDR).

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
    "город": ("города", "городов", "городов"),
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


# Numbers of the plan as the report prints them; a missing value is said in words and is never a zero.

Row = Mapping[str, Any]
NOT_STATED = "не указано"
ALL_YEAR = "в течение года"


def as_text(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with words in the place of categories."""
    return rows.astype({name: "str" for name in rows if isinstance(rows[name].dtype, pd.CategoricalDtype)})


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """The rows of a table, each by column name."""
    # `to_dict` says the same and takes three times as long: it looks at every column, which small tables feel.
    values = [[None if value is pd.NA else value for value in row] for row in frame.to_numpy(dtype=object).tolist()]
    return [dict(zip(frame.columns, row, strict=True)) for row in values]


def in_order_of_codes(labels: Iterable[str]) -> list[str]:
    """Labels of measures, each once, as the document numbers them: «1.4», «2.4», «4.1/2», «4.10»."""
    return sorted(dict.fromkeys(labels), key=lambda label: [int(one) for one in re.findall(r"\d+", label)])


def count_words(count: Any, otherwise: str = NOT_STATED) -> str:
    """«2»; where there is none, the words for that, «не указано»."""
    return otherwise if pd.isna(count) else str(count)


def date_words(day: Any, otherwise: str = NOT_STATED) -> str:
    """«25.08.2020»; where there is none, the words for that."""
    return otherwise if pd.isna(day) else short_date(day)


BOUNDS = {"≥": "не менее ", "≤": "не более "}
DERIVED_WORD = "выведено"


def bounded(count: Any, comparator: Any) -> str:
    """«4», «не менее 4» or «не более 4»."""
    return f"{BOUNDS.get(comparator, '') if count else ''}{count}"


def task_words(code: str) -> str:
    """«задача 2»; where the document has no tasks, all activities."""
    return "все мероприятия" if code == "0" else f"задача {code}"


def task_heading(code: str) -> str:
    """The same at the beginning of a heading."""
    said = task_words(code)
    return said[0].upper() + said[1:]


def number_words(number: Any) -> str:
    """A number with a decimal comma where it has decimals: «12,5»."""
    return f"{number:.10g}".replace(".", ",")


def stands(row: Row) -> bool:
    """Whether a row has a planned number, and no mark in its place."""
    return not (pd.isna(row["target_low"]) and pd.isna(row["target_high"]))


def target_words(row: Row) -> str:
    """The target of a year as the document means it: «4», «не более 20 %», «от 10 до 20», «да», «не планируется».

    A number that the document does not write says so.
    """
    if not pd.isna(row["target_mark"]) and row["target_mark"] != BLANK_MARK:
        return str(row["target_mark"])
    if not stands(row):
        return NOT_STATED
    said = _bounds_words(row, row["target_low"], row["target_high"])
    return said if pd.isna(row["derived_rule"]) else f"{said}, {DERIVED_WORD}"


def _bounds_words(row: Row, low: Any, high: Any) -> str:
    unit = unit_words(row)
    if row["measure_kind"] == "state":
        return "да" if low else "нет"
    # A count beside its total is a plain number: what bounds it stands at the total.
    if not unit and row["measure_kind"] == "count" and not pd.isna(row["planned_total_count"]) and not pd.isna(low):
        plain = pd.isna(high) or low == high
        return number_words(low) if plain else f"от {number_words(low)} до {number_words(high)}"
    if pd.isna(low) or pd.isna(high) or low == high:
        sign = "≤" if pd.isna(low) else "≥" if pd.isna(high) else "="
        said = bounded(number_words(high if pd.isna(low) else low), sign)
    else:
        said = f"от {number_words(low)} до {number_words(high)}"
    return f"{said} {unit}".strip()


def derived_words(rules: Iterable[str]) -> str:
    """What the rules say by which numbers follow from words, each once."""
    return "; ".join(DERIVED[rule] for rule in dict.fromkeys(rules))


def total_words(row: Row) -> str:
    """The planned total with what the reading makes of it: «4», «не менее 4», «10, каждый год»."""
    if not pd.isna(row["total_mark"]):
        return str(row["total_mark"])
    if pd.isna(row["planned_total_count"]):
        return "каждый год" if row["reading"] == "annual" else NOT_STATED
    total = bounded(row["planned_total_count"], row["comparator"])
    return f"{total}, каждый год" if row["reading"] == "annual" else total


def cumulative_words(row: Row) -> str:
    """The plan from the first year to this one: added, or the level of this year, or both where that is open."""
    flow, annual = count_words(row["cumulative_flow_count"]), count_words(row["cumulative_annual_count"])
    if row["reading"] == "annual":
        return annual
    return flow if row["reading"] == "flow" or flow == annual else f"сумма {flow}; уровень {annual}"


def deadline_words(row: Row) -> str:
    """The deadline as written; else «май», «в течение года», or a dash where nothing is planned."""
    if not stands(row) or row["target_count"] == 0:
        return "—"
    if not pd.isna(row["deadline_text"]):
        return str(row["deadline_text"])
    month = row["deadline_month"]
    return ALL_YEAR if pd.isna(month) else month_name(int(month))


def ended(text: str) -> str:
    """A sentence with its full stop; one that ends with an abbreviation already has it."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def state_words(state: str) -> str:
    """A state as it stands in a sentence or a list; one with a comma of its own in quotes."""
    return f"«{state}»" if "," in state else state


def measure_words(row: Row) -> str:
    """The activity and its result in one cell; a result that is the title itself once, with what it began with."""
    title, result = str(row["activity_title"]).rstrip(". "), row["measure_name"]
    said = title if result == row["activity_title"] else f"{title}. Результат: {result}"
    return f"{said} ({baseline_words(row)})" if not pd.isna(row.get("baseline_value")) else said


def unit_words(row: Row) -> str:
    """The unit as a number is printed with it: a share in «%», however the document spells it."""
    return (
        "%"
        if row["measure_kind"] == "share" and row["measure_unit"] == "процент"
        else count_words(row["measure_unit"], "")
    )


def baseline_words(row: Row) -> str:
    """«базовое значение 12,5 %, 2022 год»."""
    value = f"{number_words(row['baseline_value'])} {unit_words(row)}".strip()
    year = count_words(row["baseline_year"], "")
    return f"базовое значение {value}, {year} год" if year else f"базовое значение {value}"


def lowered(name: str) -> str:
    """«доля «2»» inside a caption, which names the procedure itself: «ЕГЭ: …» loses its beginning, «СОУ» stays."""
    plain = name.removeprefix("ЕГЭ: ")
    return plain if plain[:2].isupper() else plain[0].lower() + plain[1:]


def subject_words(row: Row) -> str:
    """«Математика, 5 класс»; with the programme where it is another grade's."""
    programme, sitting = row["programme_grade"], row["sitting_grade"]
    said = f"{row['subject']}, {sitting} класс"
    return said if programme == sitting else f"{said} (по программе {programme} класса)"
