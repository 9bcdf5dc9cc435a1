"""The roadmap as a whole: its rows, heading, period and columns of years, and what cleaning finds in it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from analysis.contracts.columns import rows_table, typed_table
from analysis.contracts.execution import Activities, Approval
from analysis.contracts.findings import Finding, Severity
from analysis.intake.cells import MONTHS, plain
from analysis.intake.columns import is_period

PLACES_NAMED, VALUES_NAMED = 20, 6
ACTIVITY_TEXTS = (
    "source_file", "row_place", "activity_code", "task_code", "task_title", "task_place", "activity_title",
    "code_origin",
)  # fmt: skip
CHECK_DOCUMENT = "Сверьте с подписанным документом; запишите исправление в data/corrections.toml."


@dataclass
class RoadmapFindings:
    """Findings about one document."""

    file: str
    found: list[Finding] = field(default_factory=list)
    _gathered: dict[tuple[str, str], list[tuple[str, str, str, str]]] = field(default_factory=dict)

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

    def gather(self, rule: str, place: str, value: str, said: tuple[str, str], stanza: str = "") -> None:
        """Keeps something to look at; all that has one explanation becomes one finding with its count.

        Args:
            rule: A key of RULE_TITLES.
            place: Where it stands.
            value: What stands there.
            said: The explanation, and what to do.
            stanza: Text ready to paste; that of the first is shown.
        """
        self._gathered.setdefault((rule, said[0]), []).append((place, value, said[1], stanza))

    def tell_gathered(self) -> None:
        """Adds a finding for each kind of what was gathered."""
        for (rule, explanation), found in self._gathered.items():
            places = tuple(dict.fromkeys(place for place, *_ in found))
            values = list(dict.fromkeys(value for _, value, *_ in found if value))
            several = f"всего {len(found)}: " if len(found) > 1 else ""
            rest = ", …" if len(values) > VALUES_NAMED else ""
            value = several + ", ".join(values[:VALUES_NAMED]) + rest
            self.attention(rule, places[:PLACES_NAMED], value, explanation, found[0][2], found[0][3])
        self._gathered.clear()


@dataclass(frozen=True)
class RoadmapRow:
    """The texts of one measure, or of several in one row.

    Attributes:
        code: The number of the activity.
        title: Its title.
        name: The result.
        total: The planned total.
        total_place: Its address, or that of the row.
        periods: The planned values by year and quarter («» for a whole year), with their addresses.
        executors: As received.
        executors_place: Their address.
        units: The unit of the row, and the one that the heading of the numbers names.
        baseline: The value to begin with, and the heading above it.
        deadline: As received.
        deadline_place: Its address, or that of the row.
    """

    code: str
    title: str
    name: str
    total: str
    total_place: str
    periods: dict[tuple[str, str], tuple[str, str]]
    executors: str
    executors_place: str
    units: tuple[str, str] = ("", "")
    baseline: tuple[str, str] = ("", "")
    deadline: str = ""
    deadline_place: str = ""


def rows_of_roadmap(text: Mapping[str, pd.DataFrame]) -> list[RoadmapRow]:
    """The texts of each row, in the order of the document."""
    measures, executors, activities = text["measures"], text["executors"], text["activities"]
    periods: dict[str, dict[tuple[str, str], tuple[str, str]]] = defaultdict(dict)
    names = ("row_place", "calendar_year", "quarter", "target", "place")
    for row_place, year, quarter, target, place in zip(*columns_of(text["targets"], *names), strict=True):
        periods[row_place][year, quarter] = (target, place)
    titles = dict(zip(*columns_of(activities, "activity_code", "activity_title"), strict=True))
    rows = zip(measures.to_dict("records"), *columns_of(executors, "executors", "place"), strict=True)
    return [
        RoadmapRow(
            code=plain_code(row["activity_code"]),
            title=titles[row["activity_code"]],
            name=row["measure_name"],
            total=row["planned_total"],
            total_place=row["place"],
            periods=dict(sorted(periods[row["row_place"]].items())),
            executors=names_of,
            executors_place=executors_place,
            units=(row["measure_unit"], row["heading_unit"]),
            baseline=(row["baseline"], row["baseline_heading"]),
            deadline=row["deadline"],
            deadline_place=row["deadline_place"],
        )
        for row, names_of, executors_place in rows
    ]


def activity_table(text: pd.DataFrame) -> pd.DataFrame:
    """The typed activities, in the order of the document."""
    rows = [
        (*where, plain_code(code), number, plain_code(task_code), plain(task_title), task_place, plain(title), origin)
        for number, (*where, code, task_code, task_title, task_place, title, origin) in enumerate(
            zip(*columns_of(text, *ACTIVITY_TEXTS), strict=True), start=1
        )
    ]
    return rows_table(Activities, rows)


def plain_code(text: str) -> str:
    """The number of an activity or task without the point behind it."""
    return plain(text).rstrip(".)")


def columns_of(frame: pd.DataFrame, *names: str) -> list[list[str]]:
    """Columns as lists: many times faster to walk through than the columns themselves."""
    return [frame[name].tolist() for name in names]


YEAR_WORD = r"\s*(?:г\.?|год\w*)?\s*"
PERIOD = re.compile(rf"(20[0-9][0-9]){YEAR_WORD}(?:[-–—/]|по|до|и){YEAR_WORD}(20[0-9][0-9])")
SCHOOL_YEAR = re.compile(r"(20[0-9][0-9])\s?[/–-]\s?([0-9][0-9])\b(?![0-9])")
SINGLE_YEAR = re.compile(r"\b(20[0-9][0-9])\b")
DATE_IN_WORDS = re.compile(r"(\d{1,2})\D+?([а-яё]+)\D*?(\d{4})", re.IGNORECASE)
DATE_IN_DIGITS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def document_period(approval: pd.DataFrame, findings: RoadmapFindings) -> tuple[int, int] | None:
    """The first and last year that the title names; the last mention counts, the title ends with its period."""
    title, place = approval["title"].iloc[0], approval["title_place"].iloc[0]
    spans = [(int(first), int(last)) for first, last in PERIOD.findall(title)]
    spans = spans or [(int(first), int(first) // 100 * 100 + int(last)) for first, last in SCHOOL_YEAR.findall(title)]
    spans = spans or [(int(year), int(year)) for year in SINGLE_YEAR.findall(title)]
    if not spans and title:
        action = "Сверьте с документом; срок впишите в project.toml, раздел [roadmap]: period = [2020, 2022]."
        findings.block("heading", place, title, "В названии не найден срок вида «в 2020-2022 гг.».", action)
    return spans[-1] if spans else None


def approval_table(text: pd.DataFrame, period: tuple[int, int] | None, findings: RoadmapFindings) -> pd.DataFrame:
    """The typed heading: one row, or none while its date or period cannot be read."""
    row = text.iloc[0]
    approved = _date(row["approved_date"])
    if approved is None and row["approved_date"]:
        findings.block("heading", row["approved_date_place"], row["approved_date"], "Такой даты не бывает.")
    if approved is None or period is None:
        return typed_table(Approval)
    filled = {name: row[name] or None for name in ("approver_position", "approver_name")}
    term = {"period_first_year": period[0], "period_last_year": period[1]}
    return typed_table(Approval, [{**row, **filled, **term, "approved_date": approved}])


def check_codes(activities: pd.DataFrame, findings: RoadmapFindings) -> None:
    """Codes that stand twice block; numbers that are skipped are only reported, never renumbered."""
    places: dict[str, list[str]] = defaultdict(list)
    for code, place in zip(*columns_of(activities, "activity_code", "row_place"), strict=True):
        places[plain_code(code)].append(place)
    for code, found in places.items():
        if len(found) > 1:
            findings.block("activity_code", tuple(found), code, "Один номер стоит у нескольких мероприятий.")
    written = activities.loc[activities["code_origin"] == "written", "activity_code"]
    dotted = {code: places[code] for code in map(plain_code, written) if re.fullmatch(r"[0-9.]+", code)}
    for missing, around in _missing_codes(dotted):
        said = f"Мероприятия {missing} в документе нет; нумерация не изменена."
        action = "Если мероприятие существует, получите полный документ; иначе ничего."
        findings.attention("missing_code", around, "", said, action)
    for before, after in _gaps(int(code.split(".")[0]) for code in dotted if "." in code):
        said = f"Задачи {_span(before + 1, after - 1)} с мероприятиями в документе нет."
        findings.attention("missing_code", ("вся таблица",), "", said, CHECK_DOCUMENT)


def check_years(text: Mapping[str, pd.DataFrame], period: tuple[int, int] | None, findings: RoadmapFindings) -> None:
    """The columns of years must be the years of the title, no more and no fewer.

    Years that do not follow each other are meant so, and so are those beside a baseline: what lies between is not
    planned.
    """
    targets = text["targets"]
    columns = {int(year) for year in targets["calendar_year"].unique() if year}
    if period is None or not columns:
        return
    expected = set(range(period[0], period[1] + 1))
    span = f"{period[0]}–{period[1]}"
    for year in sorted(columns - expected):
        place = targets.loc[targets["calendar_year"] == str(year), "place"].iloc[0]
        findings.block("columns", place, str(year), f"Столбец {year} года стоит вне срока документа ({span}).")
    missing = sorted(expected - columns)
    chosen = len(columns) < max(columns) - min(columns) + 1 or text["measures"]["baseline_heading"].any()
    if _is_year_without_name(text["cells"]):
        said = "Среди столбцов лет стоит столбец, год которого в шапке не назван."
        findings.block("columns", "шапка таблицы", ", ".join(map(str, missing)), said)
        return
    if missing and chosen:
        explanation = f"Срок документа {span}, а столбцы есть не для всех лет: в остальные годы план не указан."
        action = "Ничего, если документ называет только эти годы; иначе получите полный документ."
        findings.attention("columns", ("шапка таблицы",), ", ".join(map(str, missing)), explanation, action)
        return
    for year in missing:
        findings.block("columns", "шапка таблицы", "", f"Срок документа {span}, а столбца {year} года нет.")


def _is_year_without_name(cells: pd.DataFrame) -> bool:
    """Whether a column of deadlines stands among those of years: one whose year is lost bears the heading above all."""
    is_year = cells["role"].map(is_period)
    for _, row in cells[is_year | (cells["role"] == "deadline")].groupby("activity_code", sort=False)["role"]:
        years = [place for place, role in enumerate(row) if is_period(role)]
        if years and "deadline" in row.tolist()[years[0] : years[-1]]:
            return True
    return False


def _missing_codes(places: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each run of skipped numbers, with the rows before and after it."""
    by_parent: dict[str, list[int]] = defaultdict(list)
    for code in places:
        parent, _, number = code.rpartition(".")
        by_parent[parent].append(int(number))
    for parent, numbers in by_parent.items():
        for before, after in _gaps(numbers):
            above = f"{parent}." if parent else ""
            around = [f"{above}{number}" for number in (before, after) if f"{above}{number}" in places]
            span = _span(f"{above}{before + 1}", f"{above}{after - 1}")
            yield span, tuple(places[code][0] for code in around)


def _span(first: str | int, last: str | int) -> str:
    return str(first) if first == last else f"{first}–{last}"


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
