"""Leaves a copy of each faulty workbook with its cells marked and explained, ready to be sent back."""

import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

import openpyxl
import pandas as pd
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.workbook import Workbook

from analysis.contracts.facts import SENT_BACK
from analysis.findings import Finding, Severity
from analysis.whole import write_file_whole

CELL = re.compile(r"^лист (.+), (?:ячейка ([A-Z]{1,3}\d+)|строка (\d+))$")
MARK = PatternFill("solid", fgColor="FECACA")
COMMENT_SIZE = (360, 160)


def annotate(root: Path, findings: Sequence[Finding], folder: Path) -> list[Path]:
    """Writes a marked copy of every workbook that has findings about its cells.

    Values, lists and the order of sheets stay as they came; only fills and comments are added. The workbook is our
    own form, so that nothing openpyxl does not know can get lost in it.

    Args:
        root: The project.
        findings: All findings of the check.
        folder: Where the copies go, each into a folder of its year.

    Returns:
        The files written.
    """
    by_file: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        # What another reporter said is no business of whoever gets this form back.
        if finding.file.endswith(".xlsx") and finding.severity is not Severity.NOTE and finding.rule != "confirmation":
            by_file[finding.file].append(finding)
    written = []
    for file, found in by_file.items():
        content = _marked_copy((root / file).read_bytes(), found)
        if content is not None:
            copy = folder / PurePosixPath(file).parent.name / PurePosixPath(file).name  # one name may come every year
            copy.parent.mkdir(parents=True, exist_ok=True)
            write_file_whole(copy, content)
            written.append(copy)
    return written


def sent_back(tables: Mapping[str, pd.DataFrame]) -> list[Finding]:
    """Returns a finding for each piece of evidence that the office has sent back, with the reason it gave.

    Nobody but its reporter has to mend it, so it stands in the marked copy and in no list of findings.

    Args:
        tables: Tables of the check; while the roadmap is blocked they hold no evidence.
    """
    if not {"evidence", "acceptance"} <= tables.keys():
        return []
    verdicts, evidence = tables["acceptance"], tables["evidence"]
    reasons = verdicts[verdicts["verdict"] == SENT_BACK].set_index("evidence_id")["reason"]
    found = evidence[evidence["evidence_id"].isin(reasons.index)]
    return [
        Finding("acceptance", Severity.ATTENTION, file, (place,), "", f"Подтверждение возвращено: {reasons[key]}", "")
        for file, place, key in zip(found["source_file"], found["place"], found["evidence_id"], strict=True)
    ]


def _marked_copy(content: bytes, findings: Iterable[Finding]) -> bytes | None:
    """The workbook with its marks; None where it cannot be opened or no finding names a cell of it."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(content))
    except Exception:  # noqa: BLE001 - too damaged to be marked; the finding itself says what is wrong
        return None
    marks = [_mark(book, finding, place) for finding in findings for place in finding.places]
    if not any(marks):
        return None
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _mark(book: Workbook, finding: Finding, place: str) -> bool:
    match = CELL.match(place)
    if not match or match.group(1) not in book.sheetnames:
        return False
    cell = book[match.group(1)][match.group(2) or f"A{match.group(3)}"]
    said = f"{finding.explanation}\nИсправьте и верните форму."
    before = f"{cell.comment.text}\n\n" if cell.comment else ""
    cell.comment = Comment(before + said, "Проверка", width=COMMENT_SIZE[0], height=COMMENT_SIZE[1])
    cell.fill = MARK
    return True
