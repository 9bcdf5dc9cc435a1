"""What a measure plans for each year: numbers that stand in the document, and those that follow from its words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from analysis.cleaning.deadlines import AS_NEEDED, CONSTANT, Deadline, DeadlineNotReadError, read_deadlines
from analysis.cleaning.values import DONE_IN_YEAR, Value, ValueNotReadError, read_values
from analysis.contracts.columns import BLANK_MARK, DASH_MARK, UNREAD_MARK
from analysis.intake.blocks import plain

BLANK = Value(None, mark=BLANK_MARK)
NOT_PLANNED = Value(None, mark=DASH_MARK)
UNREAD = Value(None, mark=UNREAD_MARK)


@dataclass(frozen=True)
class Target:
    """What is planned for a year.

    Attributes:
        value: The number or the mark in its place.
        rule: A key of DERIVED where no number is written.
        month: By which month.
        text: As written; of several cells joined.
        place: Where that stands.
    """

    value: Value
    rule: str | None = None
    month: int | None = None
    text: str = ""
    place: str = ""


@dataclass(frozen=True)
class Promised:
    """What a row without numbers by year promises.

    Attributes:
        number: The number in its result; None where it is a document.
        deadlines: When.
        text: The deadline as written.
        place: Where it stands.
    """

    number: Value | None
    deadlines: tuple[Deadline, ...]
    text: str
    place: str


def said_in_year(text: str, year: int, largest: int) -> tuple[tuple[Value, ...], str | None, int | None]:
    """Returns what a cell of a year says, by which rule it is derived, and the month that it names.

    «Ежегодно», «+» and «май» in the column of a year ask for the result in that year, «ежеквартально» four times.

    Raises:
        ValueNotReadError: It is neither a number nor a deadline.
    """
    if plain(text).casefold() in DONE_IN_YEAR:
        return (Value(1),), "said_in_year", None
    try:
        return read_values(text, largest), None, None
    except ValueNotReadError as error:
        unread = error
    try:
        deadlines = read_deadlines(text)
    except DeadlineNotReadError:
        raise unread from None
    if (
        not deadlines
        or any(one.last and one.last.year != year for one in deadlines)
        or deadlines[0].recurrence == AS_NEEDED
    ):
        raise unread
    times = deadlines[0].per_year
    month = next(
        (int(one.in_year[:2]) if one.in_year else one.last.month if one.last else None for one in deadlines), None
    )
    if times > 1:
        return (Value(times, once_a_year=True),), "times", month
    yearly = deadlines[0].recurrence == "year"
    return (Value(max(len(deadlines), 1), once_a_year=yearly),), "said_in_year", month


def with_years(deadlines: Sequence[Deadline], years: Sequence[int], school_year: bool) -> tuple[Deadline, ...] | None:
    """Returns the deadlines with the year that the plan leaves no doubt about; None where it leaves one.

    A plan of one year means that year; one of a school year means the autumn of its first and the rest of its second.
    """
    if not any(one.open_year for one in deadlines):
        return tuple(deadlines)
    if len(years) != 1 and not (school_year and len(years) == 2):
        return None
    return tuple(_in_year(one, years) if one.open_year else one for one in deadlines)


def promised_by_year(promised: Promised, years: Sequence[int]) -> dict[int, Target]:
    """Returns what a promise with deadlines plans for each year of the plan."""
    return {
        year: replace(target, text=promised.text, place=promised.place)
        for year, target in ((year, _promised_in(promised, year, years)) for year in years)
    }


def joined_quarters(cells: Mapping[str, Target]) -> Target:
    """Returns what the quarters of a year plan together.

    Nothing says whether they add up, so the bounds are the largest of them and their sum; done marks are counted.
    """
    filled = {quarter: one for quarter, one in cells.items() if one.value.count}
    texts = "; ".join(f"{quarter} кв.: {one.text}" for quarter, one in cells.items() if one.text)
    first = next(iter((filled or cells).values()))
    if len(filled) < 2:
        month = first.month or (3 * int(next(iter(filled))) if filled else None)
        return replace(first, month=month, text=texts, place=first.place)
    values = [one.value for one in filled.values()]
    highs = [value.high if value.high is not None else value.count for value in values]
    total = sum(high for high in highs if high is not None)
    if all(one.rule for one in filled.values()):
        return replace(first, value=replace(first.value, count=total), rule="times", text=texts)
    low = max(value.count for value in values if value.count is not None)
    value = replace(first.value, count=low, comparator="–", upper=total)
    return Target(value, "quarters", None, texts, first.place)


def _in_year(one: Deadline, years: Sequence[int]) -> Deadline:
    month, day = map(int, one.in_year.split("-"))
    year = years[0] if len(years) == 1 or month > 8 else years[1]
    return replace(one, last=date(year, month, min(day, 28) if month == 2 else day), in_year="")


def _promised_in(promised: Promised, year: int, years: Sequence[int]) -> Target:
    recurring = next((one for one in promised.deadlines if one.recurrence), None)
    number = promised.number
    if not promised.deadlines:
        return Target(BLANK)
    if recurring is not None:
        return _recurring_in(recurring, number, year, [one for one in years if recurring.covers(one)])
    due = [one.last for one in promised.deadlines if one.last and one.last.year == year]
    if not due:
        return Target(NOT_PLANNED, "other_year")
    month = due[-1].month
    return (
        Target(number, None, month) if number else Target(Value(len(due)), "once" if len(due) == 1 else "times", month)
    )


def _recurring_in(recurring: Deadline, number: Value | None, year: int, covered: Sequence[int]) -> Target:
    month = int(recurring.in_year[:2]) if recurring.in_year else None
    if year not in covered:
        return Target(NOT_PLANNED, "other_year")
    if recurring.recurrence == AS_NEEDED:
        return Target(BLANK)
    if recurring.recurrence != CONSTANT:
        if number is None:
            return Target(Value(recurring.per_year, once_a_year=True), "times", month)
        times = 1 if number.once_a_year or number.unit == "%" else recurring.per_year
        if times == 1 or number.count is None:
            return Target(replace(number, once_a_year=True), None, month)
        most = (number.upper or number.count) * times
        return Target(replace(number, comparator="–", upper=most, once_a_year=True), "each_time", month)
    if number is not None and (number.once_a_year or len(covered) == 1):
        return Target(number, None, month)
    if number is not None and number.unit == "%" and recurring.last is None:
        return Target(number, "share_each_year", month)  # «постоянно не менее 90 %»: shares of years never add
    if number is not None:
        return Target(number, "by_end", month) if year == covered[-1] else Target(BLANK)
    return Target(Value(1), "once", month) if len(covered) == 1 else Target(Value(1, "≥"), "each_year", month)
