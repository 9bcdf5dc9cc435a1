"""Reads what a result says of itself: a number in it, its unit, and whether it is a share, a document, a state."""

import re
from collections.abc import Sequence
from functools import lru_cache

from analysis.cleaning.values import AT_LEAST, AT_MOST, NUMBER, WORD, Value, is_money, number_of
from analysis.intake.blocks import plain

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
