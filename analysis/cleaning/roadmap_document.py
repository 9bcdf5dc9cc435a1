"""The roadmap as a whole: its rows, heading, period and columns of years, and what cleaning finds in it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from analysis.contracts.findings import Finding, Severity
from analysis.intake.blocks import plain
from analysis.intake.cell_values import MONTHS

CHECK_DOCUMENT = "Сверьте с подписанным документом; запишите исправление в data/corrections.toml."


@dataclass
class RoadmapFindings:
    """Findings about one document."""

    file: str
    found: list[Finding] = field(default_factory=list)

    def block(
        self, rule: str, place: str | tuple[str, ...], value: str, explanation: str, action: str = CHECK_DOCUMENT
    ) -> None:
        """Adds a finding that stops the build."""
        places = (place,) if isinstance(place, str) else place
        self.found.append(Finding(rule, Severity.BLOCKS, self.file, places, value, explanation, action))

    def attention(
        self, rule: str, places: tuple[str, ...], value: str, explanation: str, action: str, stanza: str = ""
    ) -> None:
        """Adds a finding that somebody should look at."""
        self.found.append(Finding(rule, Severity.ATTENTION, self.file, places, value, explanation, action, stanza))

    def note(self, rule: str, places: tuple[str, ...], value: str, explanation: str, action: str) -> None:
        """Adds a finding that only says what was done."""
        self.found.append(Finding(rule, Severity.NOTE, self.file, places, value, explanation, action))


@dataclass(frozen=True)
class RoadmapRow:
    """The texts of one activity."""

    code: str
    name: str
    total: str
    total_place: str
    years: dict[int, tuple[str, str]]
    executors: str
    executors_place: str


def rows_of_roadmap(text: Mapping[str, pd.DataFrame]) -> list[RoadmapRow]:
    """The texts of each activity, in the order of the document."""
    measures, executors = text["measures"], text["executors"]
    years: dict[str, dict[int, tuple[str, str]]] = defaultdict(dict)
    targets = text["targets"]
    for row_place, year, target, place in zip(
        *columns_of(targets, "row_place", "calendar_year", "target", "place"), strict=True
    ):
        years[row_place][int(year)] = (target, place)
    return [
        RoadmapRow(
            plain_code(code), name, total, total_place, dict(sorted(years[row_place].items())), names, executors_place
        )
        for row_place, code, name, total, total_place, names, executors_place in zip(
            *columns_of(measures, "row_place", "activity_code", "measure_name", "planned_total", "place"),
            *columns_of(executors, "executors", "place"),
            strict=True,
        )
    ]


def activity_table(text: pd.DataFrame) -> pd.DataFrame:
    """The typed activities, in the order of the document."""
    files, places, codes, task_codes, task_titles, task_places, titles = columns_of(
        text, "source_file", "row_place", "activity_code", "task_code", "task_title", "task_place", "activity_title"
    )
    rows = zip(
        files,
        places,
        map(plain_code, codes),
        range(1, len(text) + 1),
        map(plain_code, task_codes),
        map(plain, task_titles),
        task_places,
        map(plain, titles),
        strict=True,
    )
    columns = "source_file place activity_code document_order task_code task_title task_place activity_title"
    return typed_frame(list(rows), columns, whole=["document_order"])


def plain_code(text: str) -> str:
    """The number of an activity or task without the point behind it."""
    return plain(text).rstrip(".")


def columns_of(frame: pd.DataFrame, *names: str) -> list[list[str]]:
    """Columns as lists: many times faster to walk through than the columns themselves."""
    return [frame[name].tolist() for name in names]


def typed_frame(
    rows: Sequence[tuple[object, ...]], columns: str, whole: Sequence[str], gaps: Sequence[str] = ()
) -> pd.DataFrame:
    """A typed frame: text, but for the columns of whole numbers and of whole numbers with gaps."""
    names = columns.split()
    values = dict(zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True))
    types = dict.fromkeys(names, "str") | dict.fromkeys(whole, "int64") | dict.fromkeys(gaps, "Int64")
    return pd.DataFrame({name: pd.Series(list(values[name]), dtype=types[name]) for name in names})


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
