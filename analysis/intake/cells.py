"""A received document as paragraphs and table rows, whatever its format was, and the values of its cells."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache

from analysis.intake.workbook_sheet import CellValue

# A received document as a sequence of paragraphs and table rows, whatever its file format was.

# A row of a sheet that holds no plan has this number of a table.
OTHER_SHEET = -1


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell or paragraph.

    Attributes:
        text: As received, or as corrected by a recorded correction.
        place: Its address inside the file, as a person counts it.
        start: First column of the table's grid that it covers, from 0.
        end: One past the last column that it covers.
        inherited: It is the lower part of a vertically merged cell: text and address are those of the upper part.
        number: What Word draws before its first paragraph, «1.2.»; no part of the text.
    """

    text: str
    place: str
    start: int = 0
    end: int = 1
    inherited: bool = False
    number: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (one cell, table 0) or a row of a table.

    Attributes:
        cells: The cells from left to right.
        place: The address of the whole.
        table: Number of the table from 1; 0 for a paragraph.
        exact_grid: The file says which columns each cell covers (Word does, tab-separated text does not).
    """

    cells: tuple[Cell, ...]
    place: str
    table: int
    exact_grid: bool = False

    @property
    def is_paragraph(self) -> bool:
        """Whether it stands outside every table."""
        return self.table == 0

    @property
    def filled(self) -> list[Cell]:
        """Cells that hold more than white space."""
        return [cell for cell in self.cells if plain(cell.text)]


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Returns the text with each run of white space (no-break and zero-width too) as one space, trimmed."""
    return " ".join(text.replace("\u200b", " ").replace("\ufeff", " ").split())


def with_texts(blocks: Iterable[Block], new_text: Callable[[Cell], str]) -> list[Block]:
    """Returns the blocks with each cell's text replaced by what `new_text` gives for the cell."""
    return [replace(block, cells=tuple(replace(cell, text=new_text(cell)) for cell in block.cells)) for block in blocks]


# Reads numbers, dates and texts from cells. People write them in many ways; what could mean two things is refused.

NAMES = (
    "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
IN_DATES = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
    "декабря",
)  # fmt: skip
# The number of a month by either name.
MONTHS = {name: number for names in (NAMES, IN_DATES) for number, name in enumerate(names, start=1)}
# In a regular expression: a month of a date.
MONTH_OF_DATE = "|".join(IN_DATES)


# No measure of a city counts more; a longer number is a telephone, a code or a slip.
LARGEST_COUNT = 1_000_000
EARLIEST_YEAR, LATEST_YEAR = 2000, 2100
# «1,000» may be one thousand or one. Only one or two zeros after the mark are surely decimals.
COUNT = re.compile(r"([0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:[.,]0{1,2})?")
# Three digits after the mark may be thousands: «1,000».
NUMBER = re.compile(r"([0-9]{1,3}(?: [0-9]{3})+|[0-9]{1,9})(?:[.,]([0-9]{1,2}|[0-9]{4,15}))?")
YEAR_WORD = r"\s?(?:г\.?|года?)?"
DAY_FIRST = re.compile(rf"([0-9]{{1,2}})([./-])([0-9]{{1,2}})\2([0-9]{{4}}|[0-9]{{2}}){YEAR_WORD}")
YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]00:00(?::00)?)?")
IN_WORDS = re.compile(rf"[«\"]?([0-9]{{1,2}})[»\"]? ({MONTH_OF_DATE}) ([0-9]{{4}}){YEAR_WORD}")
EXPECTED_COUNT = "Ожидалось целое число от 0, например 2"
EXPECTED_NUMBER = "Ожидалось число от 0, например 12,5"
EXPECTED_DATE = "Ожидалась дата, например 25.08.2021"
# What people write where there is no number; nobody knows whether it is a zero.
NO_NUMBER = re.compile(
    r"[-–—−]+|[xх]|нет(?: таких| сведений| данных)?|н/?д|н\.д\.|n/?a|не (?:было|имеется|проводил[аио]сь|указано)"
    r"|отсутству[ею]т|данных нет|сведений нет"
)
EMPTY_OR_ZERO = "Пусто или ноль? Нет таких — впишите 0, нет сведений — очистите ячейку"
SEVERAL = re.compile(r"(?:от )?[0-9]+(?:[.,][0-9]+)?(?:\s?[-–—]\s?| до | или )[0-9]+(?:[.,][0-9]+)?")
ONE_NUMBER = "Стоит промежуток, а нужно одно число"
# These questions do not depend on the column, so each is asked once for all its cells.
QUESTIONS = (EMPTY_OR_ZERO, ONE_NUMBER)
IN_FIGURES_AND_WORDS = re.compile(r"([0-9]{1,3})\s?\(\s?([а-яё ]+?)\s?\)")
UNITS_IN_WORDS = (
    "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать "
    "пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
)
TENS_IN_WORDS = "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто сто"
UNITS = {word: number for number, word in enumerate(UNITS_IN_WORDS.split())}
UNITS |= {"нуль": 0, "одна": 1, "одно": 1, "две": 2}
TENS = {word: 10 * number for number, word in enumerate(TENS_IN_WORDS.split(), start=2)}
SCHOOL_YEAR = re.compile(
    r"(20[0-9]{2})\s?[/–—-]\s?(?:20)?([0-9]{2})(?:\s?(?:уч\.?|учебный))?(?:\s?(?:гг?\.?|год))?", re.IGNORECASE
)
LETTER_AMONG_DIGITS = re.compile(r"[0-9]*([^\W\d_])[0-9]*")
LETTERS_LIKE_ZERO = "oо"


class CellNotReadError(Exception):
    """The meaning of the cell is not certain; the message (in Russian) says what was expected."""


def read_count(value: CellValue) -> int | None:
    """Returns a whole number from 0, or None for a blank cell.

    Raises:
        CellNotReadError: It is no such number, or might be read as another.
    """
    if isinstance(value, date):
        raise CellNotReadError(f"{EXPECTED_COUNT}, а ячейка показывает дату: верните ей числовой формат")
    if value is None or isinstance(value, str):
        text = plain(value or "")
        return _small_enough(_count_in(text)) if text else None
    if isinstance(value, bool) or not float(value).is_integer():
        raise CellNotReadError(EXPECTED_COUNT)
    return _small_enough(int(value))


def read_number(value: CellValue) -> float | None:
    """Returns a number from 0, with decimals, or None for a blank cell.

    Raises:
        CellNotReadError: It is no such number, or might be read as another.
    """
    if isinstance(value, date):
        raise CellNotReadError(f"{EXPECTED_NUMBER}, а ячейка показывает дату: верните ей числовой формат")
    if value is None or isinstance(value, str):
        text = plain(value or "")
        return _number_in(text) if text else None
    if isinstance(value, bool) or not 0 <= value <= LARGEST_COUNT:
        raise CellNotReadError(f"{EXPECTED_NUMBER}, не больше {LARGEST_COUNT}")
    return float(value)


def read_date(value: CellValue) -> date | None:
    """Returns a day of this century, or None for a blank cell.

    Raises:
        CellNotReadError: It is no day, names none that exists, or leaves the year open.
    """
    if isinstance(value, date):
        return _of_this_century(value.date() if isinstance(value, datetime) else value)
    if value is None or isinstance(value, str):
        text = plain(value or "").casefold()
        return _of_this_century(_date_in(text)) if text else None
    raise CellNotReadError(f"{EXPECTED_DATE}, а стоит число без формата даты")


def read_text(value: CellValue) -> str:
    """Returns the text as the spreadsheet shows it, with each run of spaces as one space; empty for a blank cell."""
    if isinstance(value, str) or value is None:
        return plain(value or "")
    if isinstance(value, bool):
        return "ИСТИНА" if value else "ЛОЖЬ"
    if isinstance(value, datetime):
        return f"{value:%d.%m.%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    # Fifteen digits are what a spreadsheet keeps and shows.
    return str(int(value)) if float(value).is_integer() else f"{value:.15g}"


def school_year_in(text: str) -> str | None:
    """Returns the school year in the form of the tables: «2022-2023 уч. год» is 2022/23. Any other text gives None."""
    found = SCHOOL_YEAR.fullmatch(plain(text))
    if found is None or (int(found[1]) + 1) % 100 != int(found[2]):
        return None
    return f"{found[1]}/{found[2]}"


def _count_in(text: str) -> int:
    found = COUNT.fullmatch(_in_figures(text))
    if not found:
        raise CellNotReadError(_question(text, EXPECTED_COUNT))
    return int(found.group(1).replace(" ", "")[:20])


def _number_in(text: str) -> float:
    found = NUMBER.fullmatch(_in_figures(text))
    if not found:
        raise CellNotReadError(_question(text, EXPECTED_NUMBER))
    whole, decimals = found.groups()
    number = float(f"{whole.replace(' ', '')}.{decimals or 0}")
    if number > LARGEST_COUNT:
        raise CellNotReadError(f"{EXPECTED_NUMBER}, не больше {LARGEST_COUNT}")
    return number


def _in_figures(text: str) -> str:
    """Returns «2» for «2 (два)», if figures and words agree, and any other text unchanged."""
    found = IN_FIGURES_AND_WORDS.fullmatch(text.casefold())
    said = _in_words(found[2].split()) if found else None
    if found is None or said is None:
        return text
    if said != int(found[1]):
        raise CellNotReadError(f"Цифрами стоит {found[1]}, а словами — «{found[2]}»: оставьте одно, верное")
    return found[1]


def _in_words(words: list[str]) -> int | None:
    """Returns the number named by one or two words: «два», «двадцать», «двадцать пять»."""
    tens = TENS.get(words[0], 0)
    units = [UNITS.get(word) for word in (words[1:] if tens else words)]
    if len(units) != 1:
        return None if units else tens
    return None if units[0] is None or tens and not 1 <= units[0] <= 9 else tens + units[0]


def _question(text: str, expected: str) -> str:
    """Returns the question about a text in the place of a number, if its kind is known."""
    folded = text.casefold()
    if NO_NUMBER.fullmatch(folded):
        return EMPTY_OR_ZERO
    if SEVERAL.fullmatch(folded):
        return ONE_NUMBER
    letter = LETTER_AMONG_DIGITS.fullmatch(text.replace(" ", ""))
    if letter is None:
        return expected
    zero = (
        f". Если это ноль, впишите {text.replace(letter[1], '0')}" if letter[1].casefold() in LETTERS_LIKE_ZERO else ""
    )
    return f"{expected}, а среди цифр стоит буква «{letter[1]}»{zero}"


def _small_enough(number: int) -> int:
    if not 0 <= number <= LARGEST_COUNT:
        raise CellNotReadError(f"{EXPECTED_COUNT}, не больше {LARGEST_COUNT}")
    return number


def _date_in(text: str) -> date:
    if found := DAY_FIRST.fullmatch(text):
        day, _, month, year = found.groups()
        return _day(year if len(year) == 4 else f"20{year}", month, day)
    if found := YEAR_FIRST.fullmatch(text):
        return _day(*found.groups())
    if found := IN_WORDS.fullmatch(text):
        day, name, year = found.groups()
        return _day(year, str(MONTHS[name]), day)
    raise CellNotReadError(
        f"{EXPECTED_DATE}; нет даты — очистите ячейку" if NO_NUMBER.fullmatch(text) else EXPECTED_DATE
    )


def _day(year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise CellNotReadError(f"{EXPECTED_DATE}, а такого дня в календаре нет") from None


def _of_this_century(day: date) -> date:
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise CellNotReadError(f"{EXPECTED_DATE}, от {EARLIEST_YEAR} до {LATEST_YEAR} года")
    return day
