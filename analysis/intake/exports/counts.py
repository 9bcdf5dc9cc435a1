"""The result of one school in one exam, and the small file for it if the export itself must not be kept."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from analysis.errors import AnalysisError


@dataclass(frozen=True, slots=True)
class ExamCounts:
    """The result of a school in an exam, named as in the export; None or "" if the export does not say.

    Attributes:
        place: Where it stands: «лист 1, строки 12–37».
        procedure: ВПР, ОГЭ or ЕГЭ.
        subject: As the calendar calls it; empty where it is not recognised: then `fault` says so.
        calendar_year: The year of the exam.
        named_grade: The grade of the participants.
        scale: Of contracts.school_facts.
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
