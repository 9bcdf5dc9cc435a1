"""The roadmap as a whole: its heading, its period, the numbers of its activities and the columns of its years."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import pandas as pd

from analysis.cleaning.roadmap_findings import CHECK_DOCUMENT, RoadmapFindings
from analysis.cleaning.roadmap_rows import columns_of, plain_code
from analysis.intake.months import MONTHS

YEAR_WORD = r"\s*(?:г\.?|год\w*)?\s*"
PERIOD = re.compile(rf"(20[0-9][0-9]){YEAR_WORD}(?:[-–—]|по|до|и){YEAR_WORD}(20[0-9][0-9])")
SINGLE_YEAR = re.compile(r"\b(20[0-9][0-9])\b")
DATE_IN_WORDS = re.compile(r"(\d{1,2})\D+?([а-яё]+)\D*?(\d{4})", re.IGNORECASE)
DATE_IN_DIGITS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def document_period(approval: pd.DataFrame, findings: RoadmapFindings) -> tuple[int, int] | None:
    """The first and last year that the title names; the last mention counts, the title ends with its period."""
    title, place = approval["title"].iloc[0], approval["title_place"].iloc[0]
    spans = [(int(first), int(last)) for first, last in PERIOD.findall(title)]
    spans = spans or [(int(year), int(year)) for year in SINGLE_YEAR.findall(title)]
    if not spans and title:
        findings.block("heading", place, title, "В названии не найден срок вида «в 2020-2022 гг.».")
    return spans[-1] if spans else None


def approval_table(text: pd.DataFrame, period: tuple[int, int] | None, findings: RoadmapFindings) -> pd.DataFrame:
    """The typed heading: one row, or none while its date or period cannot be read."""
    row = text.iloc[0]
    approved = _date(row["approved_date"])
    if approved is None and row["approved_date"]:
        findings.block("heading", row["approved_date_place"], row["approved_date"], "Такой даты не бывает.")
    kept = text.assign(
        approved_date=pd.Series([pd.Timestamp(approved or datetime(2000, 1, 1))] * len(text)).dt.as_unit("us"),
        approver_position=text["approver_position"].replace("", None),
        approver_name=text["approver_name"].replace("", None),
        period_first_year=(period or (0, 0))[0],
        period_last_year=(period or (0, 0))[1],
    )
    columns = [
        "source_file",
        "title",
        "title_place",
        "approver_position",
        "approver_name",
        "approved_date",
        "approved_date_place",
        "period_first_year",
        "period_last_year",
    ]
    return kept.loc[kept.index if approved and period else [], columns]


def check_codes(activities: pd.DataFrame, findings: RoadmapFindings) -> None:
    """Codes that stand twice block; numbers that are skipped are only reported, never renumbered."""
    places: dict[str, list[str]] = defaultdict(list)
    for code, place in zip(*columns_of(activities, "activity_code", "row_place"), strict=True):
        places[plain_code(code)].append(place)
    for code, found in places.items():
        if len(found) > 1:
            findings.block("activity_code", tuple(found), code, "Один номер стоит у нескольких мероприятий.")
    for missing, around in _missing_codes(places):
        findings.attention(
            "missing_code",
            around,
            "",
            f"Мероприятия {missing} в документе нет; нумерация не изменена.",
            "Если мероприятие существует, получите полный документ; иначе ничего.",
        )
    for before, after in _gaps(int(code.split(".")[0]) for code in places):
        missing = f"{before + 1}" if after - before == 2 else f"{before + 1}–{after - 1}"
        findings.attention(
            "missing_code",
            ("вся таблица",),
            "",
            f"Задачи {missing} с мероприятиями в документе нет.",
            CHECK_DOCUMENT,
        )


def check_years(targets: pd.DataFrame, period: tuple[int, int] | None, findings: RoadmapFindings) -> None:
    """The columns of years must be the years of the title, no more and no fewer."""
    if period is None or targets.empty:
        return
    columns = {int(year) for year in targets["calendar_year"].unique()}
    expected = set(range(period[0], period[1] + 1))
    span = f"{period[0]}–{period[1]}"
    for year in sorted(columns - expected):
        place = targets.loc[targets["calendar_year"] == str(year), "place"].iloc[0]
        findings.block("columns", place, str(year), f"Столбец {year} года стоит вне срока документа ({span}).")
    for year in sorted(expected - columns):
        findings.block("columns", "шапка таблицы", "", f"Срок документа {span}, а столбца {year} года нет.")


def _missing_codes(places: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each run of skipped numbers, with the rows before and after it."""
    by_parent: dict[str, list[int]] = defaultdict(list)
    for code in places:
        parent, _, number = code.rpartition(".")
        by_parent[parent].append(int(number))
    for parent, numbers in by_parent.items():
        for before, after in _gaps(numbers):
            first, last = f"{parent}.{before + 1}", f"{parent}.{after - 1}"
            around = [f"{parent}.{number}" for number in (before, after) if f"{parent}.{number}" in places]
            yield (
                first if first == last else f"{first}–{last}",
                tuple(places[code][0] for code in around),
            )


def _gaps(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    ordered = [0, *sorted(set(numbers))]
    return ((before, after) for before, after in zip(ordered, ordered[1:], strict=False) if after - before > 1)


def _date(text: str) -> datetime | None:
    in_digits, in_words = DATE_IN_DIGITS.search(text), DATE_IN_WORDS.search(text)
    try:
        if in_digits:
            day, month, year = map(int, in_digits.groups())
            return datetime(year, month, day)
        if in_words and in_words.group(2).casefold() in MONTHS:
            return datetime(int(in_words.group(3)), MONTHS[in_words.group(2).casefold()], int(in_words.group(1)))
    except ValueError:
        return None
    return None
