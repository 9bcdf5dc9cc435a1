"""Deadlines, as people write them in the column «Срок», and what a measure plans for each year."""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from analysis.cleaning.values import DONE_IN_YEAR, Value, ValueNotReadError, read_values
from analysis.contracts.columns import BLANK_MARK, DASH_MARK, UNREAD_MARK
from analysis.intake.cells import plain

# Reads deadlines: dates, intervals and recurrences, as people write them in the column «Срок».

# How many times a year each recurrence asks for something; «constant» says no number, «need» not even a time.
TIMES = {"month": 12, "quarter": 4, "half": 2, "year": 1}
CONSTANT, AS_NEEDED = "constant", "need"
STEMS = (
    "январ", "феврал", "март", "апрел", "ма[йяе]", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр",
)  # fmt: skip
MONTH = "|".join(rf"{stem}\w{{0,3}}" for stem in STEMS)
COUNTS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "перв": 1, "втор": 2, "трет": 3, "четв": 4}
ORDINAL = r"(?:iv|i{1,3}|[1-4]|(?:перв|втор|трет|четв)\w+)"
ORDINALS = rf"{ORDINAL}(?:-?(?:й|м|ом|ый|ое))?(?:\s*(?:,|и|-)\s*{ORDINAL}(?:-?(?:й|м|ом))?)*"
UNIT_OF = {"год": "year", "кварт": "quarter", "полуг": "half", "месяц": "month"}
ADVERBS = {"ежегод": "year", "ежекварт": "quarter", "ежемес": "month"}
TOKENS = re.compile(
    "|".join(
        (
            r"(?P<date>\b[0-9]{1,2}\.[0-9]{1,2}\.(?:20)?[0-9]{2}\b)",
            r"(?P<school>\b20[0-9]{2}\s*[/-]\s*(?:20)?[0-9]{2}\s*(?:уч\w*\.?\s*(?:год\w*|г\.?)?)|\b20[0-9]{2}/(?:20)?[0-9]{2}\b)",
            r"(?P<years>\b20[0-9]{2}\s*(?:г\.|год\w*)?\s*(?:-|по|до)\s*20[0-9]{2})",
            rf"(?P<quarter>{ORDINALS}\s*(?:кварт\w*|кв\b\.?))",
            rf"(?P<half>{ORDINALS}\s*полугод\w*)",
            rf"(?P<day>\b[0-9]{{1,2}}\s*(?:{MONTH}))",
            rf"(?P<month>\b(?:{MONTH})\b)",
            r"(?P<year>\b20[0-9]{2}\b)",
            r"(?P<adverb>\bеже(?:год|кварт|мес)\w*)",
            r"(?P<times>\b(?:(?P<number>[0-9]{1,2}|один|два|три|четыре)\s+)?раза?\s+в\s+(?P<unit>год|кварт|полуг|месяц)\w*)",
            r"(?P<each>\bкажд\w+\s+(?P<each_unit>год|кварт|полуг|месяц)\w*)",
            r"(?P<all_year>\b(?:в течени[ие]|на протяжении) (?:(?:всего|учебного|календарного) ){0,2}года\b(?! *20))",
            r"(?P<constant>\bпостоянно|\bвесь (?:период|срок)|\b(?:в течени[ие]|на протяжении|на) "
            r"(?:всего |учебного |календарного )?(?:год\w*|период\w*|срок\w*)(?! *20)|\bв период реализации)",
            r"(?P<need>\bпо (?:мере\s\w+|необходимости|запрос\w*|требовани\w*|"
            r"(?:отдельн\w+ |утвержд\w+ )?(?:план\w*|график\w*)))",
        )
    )
)
FILLER = re.compile(
    r"(?:\b(?:в|во|с|со|по|до|к|на|и|не позднее|не ранее|начиная|срок|течени[ие]|конца|конец|конце|г|гг|год\w*|"
    r"месяц\w*|реализации|программы|плана|дорожной карты|далее|включительно|календарн\w+)\b|[\s.,;:()\-«»])*"
)
OPEN_END = re.compile(r"(?<!конца )(?<!конца)\bдо 20[0-9]{2}\b(?!.*20[0-9]{2}.*-)")
WORDS = {"один": 1, "два": 2, "три": 3, "четыре": 4}


class DeadlineNotReadError(Exception):
    """A deadline that cannot be read; the message says which words."""


@dataclass(frozen=True)
class Deadline:
    """One deadline.

    Attributes:
        first: First day; None for «до 01.03.2023» and for a recurrence without a beginning.
        last: Last day.
        recurrence: month, quarter, half, year, CONSTANT or AS_NEEDED; empty for a date or an interval.
        times: How often in each of these.
        in_year: The last day in a year, «12-31», where a recurrence or a deadline without a year names one.
    """

    first: date | None = None
    last: date | None = None
    recurrence: str = ""
    times: int = 1
    in_year: str = ""

    @property
    def per_year(self) -> int:
        """How many times a year it asks for something; 0 where it says no number."""
        return TIMES.get(self.recurrence, 0) * self.times

    @property
    def open_year(self) -> bool:
        """Whether it names a part of a year and no year."""
        return not self.recurrence and self.last is None

    def covers(self, year: int) -> bool:
        """Whether a recurrence holds in a year."""
        return (self.first is None or self.first.year <= year) and (self.last is None or year <= self.last.year)


@dataclass(frozen=True)
class _Span:
    """A part of a year, or a whole one: first and last month and day, the years where they are named; two joined."""

    first: tuple[int, int]
    last: tuple[int, int]
    year: int | None = None
    last_year: int | None = None
    whole: bool = False
    joined: bool = False


@lru_cache(maxsize=4096)
def read_deadlines(text: str) -> tuple[Deadline, ...]:
    """Returns the deadlines that a text names; none for a blank one.

    A deadline that names a part of a year and no year has `in_year` alone: which years are meant the plan says.

    Raises:
        DeadlineNotReadError: Some of its words are not understood, or mean two things.
    """
    folded = plain(text).casefold().replace("ё", "е").replace("–", "-").replace("—", "-")
    if not folded or folded in "-":
        return ()
    if doubtful := OPEN_END.search(folded):
        raise DeadlineNotReadError(f"«{doubtful[0]}»: входит ли этот год в срок, не сказано")
    tokens = list(TOKENS.finditer(folded))
    between = _between(folded, tokens)
    for words in between:
        if not FILLER.fullmatch(words):
            raise DeadlineNotReadError(f"слова «{words.strip(' ,.;')}» не прочитаны как срок")
    spans = list(_spans(tokens, between))
    recurrence = next(filter(None, map(_recurrence, tokens)), None)
    if recurrence is not None:
        return (_recurring(recurrence, spans, folded),)
    return tuple(_deadlines(spans, folded))


def _between(text: str, tokens: Sequence[re.Match[str]]) -> list[str]:
    """What stands before, between and behind the tokens."""
    edges = [0, *(edge for token in tokens for edge in token.span()), len(text)]
    return [text[edges[number] : edges[number + 1]] for number in range(0, len(edges), 2)]


def _recurrence(token: re.Match[str]) -> Deadline | None:
    if token["adverb"]:
        return Deadline(recurrence=next(value for stem, value in ADVERBS.items() if token["adverb"].startswith(stem)))
    if token["times"]:
        number = token["number"] or "1"
        return Deadline(recurrence=UNIT_OF[token["unit"]], times=WORDS.get(number) or int(number))
    if token["each"]:
        return Deadline(recurrence=UNIT_OF[token["each_unit"]])
    if token["all_year"]:
        return Deadline(recurrence="year")
    if token["constant"] or token["need"]:
        return Deadline(recurrence=CONSTANT if token["constant"] else AS_NEEDED)
    return None


def _recurring(recurrence: Deadline, spans: Sequence[_Span], text: str) -> Deadline:
    """A recurrence with the years and the part of the year that are named beside it."""
    years = [span for span in spans if span.whole]
    parts = [span for span in spans if not span.whole]
    if len(parts) > 1 and recurrence.recurrence == "year":
        recurrence = replace(recurrence, times=max(recurrence.times, len(parts)))
    of_years = [span.year for span in years if span.year]
    named = sorted(of_years + [span.year for span in parts if span.year])
    ends = [span.last_year or span.year for span in years]
    one_year = len(named) == 1 and not any(span.last_year for span in years)
    only_begins = one_year and re.search(r"\b(?:с|начиная с)\s+(?:\S+\s+)?20", text) is not None
    # «Май 2024 г., далее ежегодно»: the year of a part is the first of them.
    last = None if only_begins or not of_years else max(filter(None, ends))
    return replace(
        recurrence,
        first=date(named[0], 1, 1) if named else None,
        last=date(last, 12, 31) if last else None,
        in_year="{:02}-{:02}".format(*parts[-1].last) if parts else "",
    )


def _deadlines(spans: Sequence[_Span], text: str) -> Iterator[Deadline]:
    """The dates and intervals that spans stand for; a year that is named last holds for the parts before it."""
    until = re.match(r"(?:срок\w*\s*:?\s*)?(?:до|не позднее|к)\b", text) is not None
    parts = [span for span in spans if not span.whole]
    years = [span for span in spans if span.whole]
    if not parts:
        for span in years:
            assert span.year is not None
            last = span.last_year or span.year
            kind = CONSTANT if last > span.year and span.last == (12, 31) else ""
            first = None if until and not kind else date(span.year, *span.first)
            yield Deadline(first, date(last, *span.last), kind)
        return
    if years and any(span.year for span in parts):
        raise DeadlineNotReadError("к какой части года относится второй год, не сказано")
    for span in parts:
        first_year, last_year = span.year, span.last_year or span.year
        for whole in years if first_year is None else ():
            if whole.last_year and whole.last_year != whole.year:
                raise DeadlineNotReadError("названы часть года и несколько лет: в каком году срок, не сказано")
            assert whole.year is not None
            yield _dated(span, whole.year, whole.year, until)
        if first_year is not None and last_year is not None:
            yield _dated(span, first_year, last_year, until)
        elif not years:
            yield Deadline(in_year="{:02}-{:02}".format(*span.last))


def _dated(span: _Span, first_year: int, last_year: int, until: bool) -> Deadline:
    first, last = date(first_year, *span.first), date(last_year, *_in_month(last_year, span.last))
    if first > last:
        raise DeadlineNotReadError("начало срока позже его конца")
    return Deadline(None if until or first == last else first, last)


def _in_month(year: int, day: tuple[int, int]) -> tuple[int, int]:
    """The end of February differs from year to year."""
    return (2, monthrange(year, 2)[1]) if day == (2, 29) else day


def _spans(tokens: Sequence[re.Match[str]], between: Sequence[str]) -> Iterator[_Span]:
    """The parts of years and the years in the order named; «октябрь-ноябрь 2023» is one, with its year."""
    pending: list[_Span] = []
    for number, token in enumerate(tokens):
        joined = re.fullmatch(r"\s*(?:г\.|года?)?\s*(?:-|по|до)\s*", between[number]) is not None
        if token["year"]:
            year = int(token["year"])
            fitting = [span for span in pending if span.year is None]
            if fitting and re.fullmatch(r"\s*(?:г\.|,)?\s*(?:в\s+)?", between[number]):
                pending = [
                    replace(span, year=year, last_year=year if span.joined else None) if span.year is None else span
                    for span in pending
                ]
            elif pending and (pending[-1].whole and joined or pending[-1].joined and pending[-1].last_year is None):
                pending[-1] = replace(pending[-1], last_year=year)
            else:
                pending.append(_Span((1, 1), (12, 31), year, whole=True))
            continue
        for span in _span_of(token):
            if joined and pending and not pending[-1].whole and not span.whole:
                upper = pending[-1]
                pending[-1] = replace(upper, last=span.last, last_year=span.year, joined=True)
                joined = False
            else:
                pending.append(span)
    yield from pending


def _span_of(token: re.Match[str]) -> Iterator[_Span]:
    text = token[0]
    if token["date"]:
        day, month, year = (int(one) for one in text.split("."))
        yield _day(day, month, year if year > 100 else 2000 + year)
    elif token["school"] or token["years"]:
        first, last = (int(one) for one in re.findall(r"[0-9]+", text)[:2])
        last = last if last > 100 else first // 100 * 100 + last
        ends = ((9, 1), (8, 31)) if token["school"] else ((1, 1), (12, 31))
        if last <= first:
            raise DeadlineNotReadError(f"«{text}»: второй год не позже первого")
        yield _Span(*ends, first, last, whole=True)
    elif token["quarter"] or token["half"]:
        length = 3 if token["quarter"] else 6
        numbers = [COUNTS.get(one[:4]) or COUNTS.get(one) or int(one) for one in re.findall(ORDINAL, text)]
        if "-" in re.sub(r"-(?:й|м|ом|ый|ое)", "", text):
            numbers = [numbers[0], numbers[-1]]
            yield _Span((length * (numbers[0] - 1) + 1, 1), _end(length * numbers[1]))
            return
        yield from (_Span((length * (number - 1) + 1, 1), _end(length * number)) for number in numbers)
    elif token["day"]:
        found = re.match(r"([0-9]{1,2})\s*(\w+)", text)
        assert found is not None
        yield _day(int(found[1]), _month(found[2]), None)
    elif token["month"]:
        month = _month(text)
        yield _Span((month, 1), _end(month))


def _day(day: int, month: int, year: int | None) -> _Span:
    try:
        date(year or 2000, month, day)
    except ValueError:
        raise DeadlineNotReadError(f"дня {day}.{month:02} в календаре нет") from None
    return _Span((month, day), (month, day), year, year)


def _end(month: int) -> tuple[int, int]:
    return month, monthrange(2000, month)[1]


def _month(word: str) -> int:
    return next(number for number, stem in enumerate(STEMS, start=1) if re.match(stem, word))


# What a measure plans for each year: numbers that stand in the document, and those that follow from its words.

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
