"""Lines of an export and the values of their cells; the result of one school in one exam, made of them."""

import csv
import io
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from enum import Enum
from fractions import Fraction
from typing import Any

from analysis.errors import AnalysisError
from analysis.intake.cells import plain
from analysis.intake.workbook_sheet import CellValue

# The result of one school in one exam, and the small file for it if the export itself must not be kept.


@dataclass(frozen=True, slots=True)
class ExamCounts:
    """The result of a school in an exam, named as in the export; None or "" if the export does not say.

    Attributes:
        place: Where it stands: «лист 1, строки 12–37».
        procedure: ВПР, ОГЭ or ЕГЭ.
        subject: As the calendar calls it; empty where it is not recognised: then `fault` says so.
        calendar_year: The year of the exam.
        named_grade: The grade of the participants.
        scale: Of contracts.facts.
        municipality: Of the school, in words; only from files without pupils, as is `school_name`.
        school_login, code_oo, code_msu, school_name: What the school is known by.
        stated_count: How many participants the file itself names, where the rows were counted.
        participant_count … full_score_count: As in the table `results`.
        minimum_score: The minimum that `below_minimum_count` was counted with.
        fault: Why the row must be set aside.
        remark: What needs a look; the row is kept.
    """

    place: str
    procedure: str
    subject: str
    calendar_year: int | None
    named_grade: int | None
    scale: str
    municipality: str = ""
    school_login: str = ""
    code_oo: str = ""
    code_msu: str = ""
    school_name: str = ""
    stated_count: int | None = None
    participant_count: int | None = None
    mark_2_count: int | None = None
    mark_3_count: int | None = None
    mark_4_count: int | None = None
    mark_5_count: int | None = None
    journal_lower_count: int | None = None
    journal_same_count: int | None = None
    journal_higher_count: int | None = None
    below_minimum_count: int | None = None
    mean_score: float | None = None
    high_score_count: int | None = None
    full_score_count: int | None = None
    minimum_score: int | None = None
    fault: str = ""
    remark: str = ""


# The texts in the file of counts. Free texts of a file with pupils are not among them.
TEXTS = ("place", "procedure", "subject", "scale", "school_login", "code_oo", "code_msu", "fault", "remark")
KEPT = tuple(one.name for one in fields(ExamCounts) if one.name not in ("municipality", "school_name"))
DECIMAL = "mean_score"


def kept_name(year: int, kind: str, sha256: str, suffix: str) -> str:
    """Returns where an export, or the counts of one with pupils, is kept: the name of its own file may name a pupil."""
    return f"data/raw/{year}/{kind}_{sha256[:DIGITS_OF_NAME]}{suffix}"


def counts_csv(counts: Iterable[ExamCounts]) -> bytes:
    """Returns the file of counts: the columns of contracts.report.Counts, UTF-8, commas."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(KEPT)
    writer.writerows(["" if (held := getattr(one, name)) is None else held for name in KEPT] for one in counts)
    return stream.getvalue().encode()


def read_counts(content: bytes, file: str) -> tuple[ExamCounts, ...]:
    """Returns what `counts_csv` has written.

    Raises:
        AnalysisError: It is no such file.
    """
    try:
        heading, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
        if tuple(heading) != KEPT:
            raise ValueError(heading)
        return tuple(
            ExamCounts(**{name: _held(name, cell) for name, cell in zip(KEPT, row, strict=True)}) for row in rows
        )
    except (ValueError, csv.Error):
        raise AnalysisError(
            f"{file}: это не файл итогов по школам, который делает analysis receive. Примите исходный файл заново."
        ) from None


def counts_rows(counts: Sequence[ExamCounts]) -> list[dict[str, Any]]:
    """The rows of the contract Counts; a text that is not there is None."""
    return [{name: getattr(one, name) if getattr(one, name) != "" else None for name in KEPT} for one in counts]


def _held(name: str, cell: str) -> Any:
    if name in TEXTS:
        return cell
    if not cell and name != "calendar_year":
        return None
    return float(cell) if name == DECIMAL else int(cell)


# The sheets and lines of an export; reads codes, marks, scores and percents out of their cells.
#
# A name may stand in any cell of a file with pupils. So only values of a known form leave this module, such as
# «edu260001» or 9306.


class Unreadable(Enum):
    """Stands for a cell with an error or with a formula without a stored value."""

    CELL = "cell"


GridValue = CellValue | Unreadable


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet or a record of a .csv file.

    Attributes:
        number: As the spreadsheet shows it, from 1.
        cells: What is not blank, by number of the column from 1.
        hidden: The row is hidden.
    """

    number: int
    cells: Mapping[int, GridValue]
    hidden: bool = False


@dataclass(frozen=True)
class GridSheet:
    """A sheet of an export.

    Attributes:
        number: Among the sheets of the file, from 1.
        name: As on its tab; empty for a .csv file.
        hidden: The tab is hidden.
        lines: Its rows that are not blank, from the top. They can be read only once.
        hidden_columns: Columns that are hidden; known after the first line has been read.
    """

    number: int
    name: str
    hidden: bool
    lines: Iterator[Line]
    hidden_columns: AbstractSet[int] = frozenset()


LOGIN = re.compile(r"\b(?:edu|sch)\d{3,9}\b", re.IGNORECASE)
CODE = re.compile(r"(\d{1,9})(?:[.,]0+)?")
GRADE = re.compile(r"(\d{1,2})(?!\d)")
WHOLE = re.compile(r"(\d{1,7}|\d{1,3}(?: \d{3}){1,2})(?:[.,]0+)?")
# X in Latin and in Cyrillic, a dash of any length.
ABSENT = frozenset({"x", "х", "-", "–", "—", "нет отметки", "н/а"})
# Words in the place of a result: the pupil did not sit the exam, was sent out of it or did not finish it.
LEFT_OUT = re.compile(
    r"(?:не ?явил(?:ся|ась)|не ?явка|н/я|отсутств\w+|удал[её]на?|не заверш(?:ил[аи]?|[её]н[оа]?))"
    r"(?: (?:на|с) экзамена?| экзамен| с [ое]гэ)?\.?"
)
MARKS = (2, 3, 4, 5)
DIGITS_OF_NAME = 12
SCORES = range(101)
DECIMALS_KEPT = 9


class NotReadError(Exception):
    """The cell holds nothing that its column may hold. The message names the column, never the content."""


def text_of(value: GridValue) -> str:
    """The text of a heading or a title; empty for anything but text and numbers."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, float | int) and not isinstance(value, bool):
        return str(int(value)) if float(value).is_integer() else repr(value)
    return ""


def login_of(value: GridValue) -> str:
    """Returns the login of a school, which may follow its name in the cell; empty if there is none."""
    found = LOGIN.search(value) if isinstance(value, str) else None
    return found.group().lower() if found else ""


def code_of(value: GridValue) -> str:
    """Returns a code as digits: 9306.0 is 9306; empty if there is none."""
    found = CODE.fullmatch(text_of(value).replace(" ", ""))
    return found.group(1) if found else ""


def grade_of(value: GridValue) -> int | None:
    """Returns the grade of a class: 9 for «9А» and «09-1»; None if there is none."""
    found = GRADE.match(text_of(value))
    grade = int(found.group(1)) if found else 0
    return grade if 1 <= grade <= 11 else None


def is_absent(value: GridValue) -> bool:
    """Whether the cell says that there is no result: blank, X, Х, «-», «нет отметки», «н/а»."""
    return value is None or isinstance(value, str) and plain(value).casefold() in ("", *ABSENT)


def says_left_out(value: GridValue) -> bool:
    """Whether words stand in the place of a result: «Не явился», «н/я», «Удалён», «Не завершил»."""
    return isinstance(value, str) and bool(LEFT_OUT.fullmatch(plain(value).casefold()))


def read_mark(value: GridValue, heading: str) -> int | None:
    """A mark from 2 to 5, or None where the pupil has none.

    Raises:
        NotReadError: Something else stands there.
    """
    return _fitting(value, heading, MARKS, "отметка")


def read_score(value: GridValue, heading: str) -> int | None:
    """A score from 0 to 100, or None where the pupil has none.

    Raises:
        NotReadError: Something else stands there.
    """
    return _fitting(value, heading, SCORES, "балл от 0 до 100")


def _fitting(value: GridValue, heading: str, allowed: Container[int | None], what: str) -> int | None:
    number = _whole(value)
    if number not in allowed and not is_absent(value):
        raise NotReadError(f"в столбце «{heading}» не {what}")
    return number if number in allowed else None


def read_whole(value: GridValue, heading: str) -> int | None:
    """A whole number from 0, or None for a blank cell or a dash.

    Raises:
        NotReadError: Something else stands there.
    """
    number = _whole(value)
    if number is None and not is_absent(value):
        raise NotReadError(f"в столбце «{heading}» не целое число от 0")
    return number


def read_decimal(value: GridValue, heading: str) -> Decimal | None:
    """A number from 0 to 100 with the decimals it is written with, or None for a blank cell or a dash.

    Raises:
        NotReadError: Something else stands there, 101 included.
    """
    if is_absent(value):
        return None
    try:
        number = Decimal("NaN") if isinstance(value, Unreadable) else _decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number <= 100:
        raise NotReadError(f"в столбце «{heading}» не число от 0 до 100")
    return number


def decimals_of(number: Decimal) -> int:
    """Returns the number of digits after the decimal mark."""
    return max(0, -int(number.as_tuple().exponent))


def counts_of(total: int, percents: list[Decimal], decimals: int) -> list[int] | None:
    """Returns the counts behind percents of a total, or None if they cannot be reconciled.

    Each count is the nearest whole number. The counts must add up to the total, and each must reproduce its percent
    within half of the last printed digit.
    """
    counts = [_nearest(Fraction(percent) * total / 100) for percent in percents]
    return counts if sum(counts) == total and agree(total, counts, percents, decimals) else None


def agree(total: int, counts: list[int], percents: list[Decimal], decimals: int) -> bool:
    """Whether each count reproduces its percent of the total within half of the last printed digit."""
    if total == 0:
        return not any(percents)
    half = Fraction(1, 2 * 10**decimals)
    pairs = zip(percents, counts, strict=True)
    return all(abs(Fraction(percent) - Fraction(100 * count, total)) <= half for percent, count in pairs)


def _nearest(number: Fraction) -> int:
    return int(number + Fraction(1, 2))


def _whole(value: GridValue) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float | int):
        return int(value) if value >= 0 and float(value).is_integer() else None
    found = WHOLE.fullmatch(plain(value)) if isinstance(value, str) else None
    return int(found.group(1).replace(" ", "")) if found else None


def _decimal(value: GridValue) -> Decimal:
    text = text_of(value).replace(" ", "").removesuffix("%").replace(",", ".")
    number = Decimal(text) if re.fullmatch(r"\d+(\.\d+)?(e-\d+)?", text) else Decimal("NaN")
    return round(number, DECIMALS_KEPT) if number.is_finite() and decimals_of(number) > DECIMALS_KEPT else number
