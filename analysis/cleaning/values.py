"""The value grammar of a plan, and what a result says of itself."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from analysis.contracts.columns import CROSS_MARK, DASH_MARK
from analysis.intake.cells import MONTHS, TENS, UNITS, plain

# The value grammar of a plan: «2», «не менее 4», «от 10 до 20», «30 %», «1; 4», «1 (май)», «ежегодно», «–», blank.

# «1.1» may be a date or the number of an activity: a decimal point stands only before %.
NUMBER = r"(?:[0-9]{1,3}(?: [0-9]{3})+|[0-9]{1,9})(?:,[0-9]{1,2}|\.[0-9]{1,2}(?=\s?%))?"
AT_LEAST = r"не менее|не ниже|не меньше|минимум|от|≥|>="
AT_MOST = r"не более|не выше|не больше|максимум|до|≤|<="
# A time is no unit: «2020 г.» is a year, «2 мая» a day.
NO_UNIT = (
    r"(?!(?:гг?|год\w*|лет|кв|квартал\w*|полугод\w*|месяц\w*|раз|до|от|в|на|к|с|по|за|и|или|"
    rf"{'|'.join([*MONTHS, *UNITS, *TENS])})\b)"
)
WORD = rf"{NO_UNIT}[а-яё][а-яё-]*\.?"
UNIT = rf"(?:%|{WORD}(?:\s+{WORD}){{0,3}})"
PART = re.compile(
    rf"(?:(?P<least>{AT_LEAST})\s*|(?P<most>{AT_MOST})\s*)?(?P<first>{NUMBER})"
    rf"(?:\s*%?\s*(?:[-–—]|до)\s*(?P<last>{NUMBER}))?(?P<more>\s*\+|\s+и более|\s+и выше)?(?P<less>\s+и менее)?"
    rf"\s*(?P<unit>{UNIT})?(?P<yearly>\s*(?:в год|ежегодно))?(?:\s*\(\s*(?P<note>[^()]+?)\s*\))?"
)
ONCE_A_YEAR = "раз в год"
DASHES, CROSSES = ("-", "–", "—", "−"), ("х", "x")
YES, NO = ("да", "есть", "имеется"), ("нет",)
DONE_IN_YEAR = ("+", "✓", "v")
# A comma inside brackets belongs to the note in the brackets.
BETWEEN_EXECUTORS = re.compile(r"[,;\n](?![^()]*\))")
EXECUTOR = re.compile(r"^(.*?)\s*\(\s*(\w+)\s*\)$")
GRAMMAR = (
    "число, «не менее N», «не более N», «от N до M», «30 %», «1; 4», «1 (раз в год)», «1 (май)», прочерк или пусто"
)


NOT_IN_GRAMMAR = f"Так плановое число не записывают; понятно {GRAMMAR}"
UNCLEAR_BOUNDS = "Границы не понять; понятно, например, «от 10 до 20» или «не менее 10»"
UNCLEAR_NOTE = f"Пометка в скобках — не месяц, не единица и не «{ONCE_A_YEAR}»"


class ValueNotReadError(Exception):
    """A value that the grammar does not know; the message says what is wrong with it and with all of its kind."""


@dataclass(frozen=True)
class Value:
    """One value of a cell.

    Attributes:
        count: The number; of a span the lower one. None where the cell says in another way what is planned.
        comparator: «=» exactly so many, «≥» at least, «≤» at most, «–» a span.
        month: Month named in brackets, 1–12; None where none is.
        once_a_year: The brackets say «раз в год».
        upper: The upper number of a span.
        unit: As written behind the number: «%», «семинаров».
        mark: DASH_MARK, CROSS_MARK, «да» or «нет»; empty for a number.
    """

    count: float | None
    comparator: str = "="
    month: int | None = None
    once_a_year: bool = False
    upper: float | None = None
    unit: str = ""
    mark: str = ""

    @property
    def low(self) -> float | None:
        """The lower bound; none for «не более 5»."""
        return None if self.comparator == "≤" else self.count

    @property
    def high(self) -> float | None:
        """The upper bound; none for «не менее 5»."""
        return self.upper if self.comparator == "–" else None if self.comparator == "≥" else self.count

    @property
    def fraction(self) -> bool:
        """Whether a number of it is not whole."""
        return any(one is not None and one != int(one) for one in (self.count, self.upper))

    def goal(self, less: bool = False) -> int | None:
        """The whole number that a whole fact must reach, or must not exceed where less is better."""
        if self.count is None:
            return None
        at_most = self.comparator == "≤" or less
        return math.floor(self.high if self.high is not None else self.count) if at_most else math.ceil(self.count)


@lru_cache(maxsize=4096)
def read_values(text: str, largest: int) -> tuple[Value, ...]:
    """Returns the values of a cell; none for a blank cell.

    Args:
        text: The cell as received.
        largest: A number above this is taken for a slip, unless it is a percentage or has a unit of money.

    Raises:
        ValueNotReadError: A part is outside the grammar or above `largest`.
    """
    cleaned = plain(text)
    return tuple(_read_part(plain(part), largest) for part in cleaned.split(";")) if cleaned else ()


def nearest_reading(text: str) -> str:
    """The number that somebody who wrote a text outside the grammar may have meant; empty where it holds none.

    For people to choose: nothing takes it for the value.
    """
    cleaned = plain(text).casefold()
    written = re.search(NUMBER, cleaned)
    words = UNITS | TENS
    return written[0] if written else next((str(words[one]) for one in cleaned.split() if one in words), "")


@lru_cache(maxsize=4096)
def read_executors(text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Returns the executors in the order named, and the months that brackets behind them name."""
    names, months = [], []
    for part in BETWEEN_EXECUTORS.split(text):
        match = EXECUTOR.match(plain(part))
        month = MONTHS.get(match.group(2).casefold()) if match else None
        names.append(match.group(1) if match and month else plain(part))
        months += [month] if month else []
    return tuple(name for name in names if name), tuple(months)


def derive_reading(total: Value, years: Sequence[float | None]) -> tuple[str, str]:
    """Returns how a total is to be read, and on what that rests; never from a list of codes.

    The rule: the sum of the filled years equals the total → flow; every filled year equals the total → annual
    (0 is a filled year, a blank is not); both → flow, but «раз в год» makes it annual; neither: «at least» with a
    sum above the total may be read both ways, anything else contradicts itself.

    Args:
        total: The planned total of the measure.
        years: Its targets by year; None where the document leaves the year blank.
    """
    filled = [count for count in years if count is not None]
    sums_up = bool(filled) and sum(filled) == total.count
    every_year = bool(filled) and all(count == total.count for count in filled)
    if every_year and total.once_a_year:
        return "annual", "yearly_words"
    if sums_up:
        return "flow", "sum"
    if every_year:
        return "annual", "annual"
    if total.comparator == "≥" and total.count is not None and sum(filled) > total.count:
        return "both_possible", "unsettled"
    return "contradiction", "unsettled"


def is_money(unit: str) -> bool:
    """Whether a unit is one of money: «тыс. руб.»."""
    return "руб" in unit.casefold()


def number_of(text: str) -> float:
    """The number that digits with blanks and a decimal comma write; whole numbers stay whole."""
    number = float(text.replace(" ", "").replace(",", "."))
    return int(number) if number.is_integer() else number


def _read_part(part: str, largest: int) -> Value:
    folded = part.casefold()
    if folded in DASHES:
        return Value(None, mark=DASH_MARK)
    if folded in CROSSES:
        return Value(None, mark=CROSS_MARK)
    if folded in (*YES, *NO):
        return Value(int(folded in YES), mark="да" if folded in YES else "нет")
    match = PART.fullmatch(folded)
    if not match:
        raise ValueNotReadError(NOT_IN_GRAMMAR)
    first, last = number_of(match["first"]), number_of(match["last"]) if match["last"] else None
    unit, note = (part[match.start("unit") : match.end("unit")] if match["unit"] else ""), match["note"] or ""
    if max(first, last or 0) > largest and unit != "%" and not is_money(unit):
        raise ValueNotReadError(f"Число больше наибольшего правдоподобного значения {largest} (project.toml)")
    if note and note != ONCE_A_YEAR and note not in MONTHS:
        words = UNITS | TENS
        if words.get(note, first) != first or not (note in words or (not unit and re.fullmatch(WORD, note))):
            raise ValueNotReadError(UNCLEAR_NOTE)
        unit = unit if note in words else part[match.start("note") : match.end("note")]
    yearly = note == ONCE_A_YEAR or match["yearly"] is not None
    return Value(first, _comparator(match), MONTHS.get(note), yearly, last, unit.strip())


def _comparator(match: re.Match[str]) -> str:
    """What bounds the number. A span with a bound in front of it, or with two, says two things at once."""
    signs = {"least": "≥", "more": "≥", "most": "≤", "less": "≤"}
    said = [sign for name, sign in signs.items() if match[name]]
    if match["last"]:
        if said and match["least"] != "от" or len(said) > 1 or number_of(match["first"]) >= number_of(match["last"]):
            raise ValueNotReadError(UNCLEAR_BOUNDS)
        return "–"
    if len(said) > 1:
        raise ValueNotReadError(UNCLEAR_BOUNDS)
    return said[0] if said else "="


# Reads what a result says of itself: a number in it, its unit, and whether it is a share, a document, a state.

COMPARED = rf"(?:(?P<least>{AT_LEAST})\s*|(?P<most>{AT_MOST})\s*)"
SPAN = rf"(?P<first>{NUMBER})(?:\s*(?:[-–—]|до)\s*(?P<last>{NUMBER}))?"
# «Не менее 3 семинаров в год», «3 отчёта»: the number stands first, or behind words that bound it.
LEADING = re.compile(rf"{COMPARED}?{SPAN}\s*(?P<unit>%|{WORD})(?P<rest>.*)", re.IGNORECASE)
BOUNDED = re.compile(rf"(?<!\w)(?P<least>не менее|не ниже)\s+{SPAN}\s*(?P<unit>%|{WORD})(?P<rest>.*)", re.IGNORECASE)
PERCENT = re.compile(rf"{COMPARED}?{SPAN}\s*(?P<unit>%)(?P<rest>.*)", re.IGNORECASE)
# «Программы (4 ед.)», «Отчёты – 2 шт.»: the number stands behind the name.
TRAILING = re.compile(
    rf"(?P<name>.*\D)\s*[(–—-]\s*{COMPARED}?{SPAN}\s*(?P<unit>%|{WORD}(?:\s+{WORD})?)\s*\)?(?P<rest>)", re.IGNORECASE
)
A_YEAR_LONG = re.compile(r"в год\b|ежегодно|каждый год", re.IGNORECASE)
# Digits that count nothing: a year, the number of a document, classes, a date.
NO_COUNT = re.compile(
    r"\b20[0-9]{2}\b|№\s*\S+|\b[0-9]{1,2}(?:\s*[-–,и]\s*[0-9]{1,2})*(?:-?[а-яё]{1,3})?\s*(?:класс|кл\.|полугод|квартал|лет)"
    r"|\b[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{2,4}|\b[0-9]{1,2}\s+(?:раз\b|курс)",
    re.IGNORECASE,
)
SHARE_NAME = re.compile(r"(?:доля|процент|удельный вес)\b", re.IGNORECASE)
SHARE_UNIT = re.compile(r"%|процент|дол[яи]", re.IGNORECASE)
LESS_WORDS = re.compile(r"снижени|уменьшени|сокращени", re.IGNORECASE)
MORE_WORDS = re.compile(r"увеличени|повышени|рост\b|прирост", re.IGNORECASE)


@lru_cache(maxsize=4096)
def read_result(text: str) -> tuple[str, Value | None]:
    """Returns the name of a result without the number behind it, and the number that the result names.

    None where it names none, or where a number in it may count something else.
    """
    said = plain(text)
    counted = NO_COUNT.sub(lambda found: "·" * len(found[0]), said)
    trailing = TRAILING.fullmatch(counted)
    found = LEADING.fullmatch(counted) or trailing or BOUNDED.search(counted)
    if found is None and len(re.findall(r"[0-9]+\s*%", counted)) == 1:
        found = PERCENT.search(counted)
    if found is None or re.search(r"[0-9]", counted[: found.start()] + found["rest"]):
        return said, None
    first, last = number_of(found["first"]), number_of(found["last"]) if found["last"] else None
    groups = found.groupdict()
    comparator = "–" if last is not None else "≥" if groups.get("least") else "≤" if groups.get("most") else "="
    yearly = A_YEAR_LONG.search(found["rest"]) is not None
    name = said[: found.end("name")].strip(" –—-(,") if found is trailing else said
    return name, Value(first, comparator, once_a_year=yearly, upper=last, unit=found["unit"].strip())


def has_unread_number(text: str) -> bool:
    """Whether a result holds digits that may count something and were not read."""
    return read_result(text)[1] is None and re.search(r"[0-9]", NO_COUNT.sub("", plain(text))) is not None


def kind_of(unit: str, names: Sequence[str], values: Sequence[Value], derived: bool) -> str:
    """Returns a key of MEASURE_KINDS.

    Args:
        unit: Of the numbers; empty where nothing names it.
        names: The result and the title.
        values: What is planned.
        derived: Whether no number of the plan is written.
    """
    if SHARE_UNIT.search(unit) or (not unit and SHARE_NAME.match(names[0])):
        return "share"
    if is_money(unit):
        return "money"
    if any(value.mark in ("да", "нет") for value in values):
        return "state"
    return "document" if derived else "count"


def better_of(name: str, baseline: float | None, values: Sequence[Value]) -> str | None:
    """Returns whether more or less is better, where bounds, the baseline or words say so; else None."""
    signs = {value.comparator for value in values if value.count is not None} & {"≥", "≤"}
    counts = [value.count for value in values if value.count is not None]
    if len(signs) == 1:
        return "more" if "≥" in signs else "less"
    if baseline is not None and counts and counts[-1] != baseline:
        if all(count <= baseline for count in counts):
            return "less"
        return "more" if all(count >= baseline for count in counts) else None
    if LESS_WORDS.match(name):
        return "less"
    return "more" if MORE_WORDS.match(name) else None
