"""Leaves a copy of each faulty workbook with its cells marked and explained, ready to be sent back."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pandas as pd

from analysis.cleaning.notes import ASK
from analysis.cleaning.plausibility import LOOK
from analysis.cleaning.returns import NAME_DOCUMENT, ZERO_OR_NOTHING
from analysis.cleaning.school_sheets import UNTIL_THEN
from analysis.contracts.facts import SENT_BACK
from analysis.contracts.findings import Finding, Severity
from analysis.errors import AnalysisError
from analysis.files.atomic import write_file_whole
from analysis.forms.marks import Fault, marked_copy
from analysis.intake.returns import SEND_AGAIN
from analysis.intake.workbook import STRUCK_OUT
from analysis.pipeline.unsettled_facts import CHECK_NUMBER

MEND = "Исправьте и верните форму."
# What the office is told to do, as it is said to whoever filled the form in.
SAID_TO_REPORTER = {
    "": MEND,
    ASK: MEND,
    UNTIL_THEN: f"{MEND} Пока строка не исправлена, в отчёт она не входит.",
    NAME_DOCUMENT: "Факт не меняйте: впишите документ на лист «Подтверждения» с номером показателя и верните форму.",
    CHECK_NUMBER: "Верните в строку номер, который стоял в разосланной форме, и верните форму.",
    ZERO_OR_NOTHING: "Не сделано ничего — впишите 0, сделано — число. Верните форму.",
    LOOK: "Проверьте; если число верно, ничего делать не нужно.",
    SEND_AGAIN: "Попросите форму заново, перенесите в неё значения и верните.",
    STRUCK_OUT: "Отменённое значение удалите, верное оставьте без зачёркивания. Верните форму.",
}
# What another reporter said, which day the form came and what the office has recorded is no business of theirs.
NOT_FOR_REPORTER = ("confirmation", "late", "correction", "executor_name", "merged_school")
# Where else the office has seen something: a school is shown no file but its own.
OF_OTHER_FILES = re.compile(r" \([^()]*data/raw/[^()]*\)")


@dataclass(frozen=True)
class Annotated:
    """The copies that go back.

    Attributes:
        written: Files that were written.
        failed: Workbooks that could not be marked, each with the reason.
        left: Copies of an earlier run to which today no workbook with faults belongs.
    """

    written: tuple[Path, ...]
    failed: tuple[tuple[str, str], ...]
    left: tuple[Path, ...]

    def told(self, root: Path) -> list[str]:
        """What is said of the copies, a line each; paths from the folder of the project."""
        not_made = "Копию с пометками сделать не удалось, замечания — в списке"
        return [
            *(f"С пометками: {path.relative_to(root).as_posix()}" for path in self.written),
            *(f"{not_made}: {file} ({why})" for file, why in self.failed),
            *(f"Осталась с прошлого раза, больше не нужна: {path.relative_to(root).as_posix()}" for path in self.left),
        ]


def annotate(root: Path, findings: Sequence[Finding], returned: Iterable[str], folder: Path) -> Annotated:
    """Writes a marked copy of every workbook that has findings about its sheets; one bad file stops no other.

    Args:
        root: The project.
        findings: All findings of the check.
        returned: The workbooks of ours among the received files; nobody can send an export back.
        folder: Where the copies go, each into a folder of its year.
    """
    written, failed, ours = [], [], set(returned)
    for file, faults in _faults(one for one in findings if one.file in ours).items():
        try:
            content = marked_copy((root / file).read_bytes(), faults)
        except Exception as error:  # noqa: BLE001 - whatever a library says of one workbook, the others get their copies
            known = isinstance(error, AnalysisError)
            failed.append((file, str(error) if known else f"{type(error).__name__}: {error}"))
            continue
        if content is not None:
            copy = folder / PurePosixPath(file).parent.name / PurePosixPath(file).name  # one name may come every year
            copy.parent.mkdir(parents=True, exist_ok=True)
            write_file_whole(copy, content)
            written.append(copy)
    left = sorted(set(folder.glob("*/[!~]*.xlsx")) - set(written))
    return Annotated(tuple(written), tuple(failed), tuple(left))


def _faults(findings: Iterable[Finding]) -> dict[str, list[Fault]]:
    """What is wrong in each workbook, in the words for whoever filled it in."""
    by_file: dict[str, list[Fault]] = defaultdict(list)
    for one in findings:
        if one.severity is not Severity.NOTE and one.rule not in NOT_FOR_REPORTER:
            action = SAID_TO_REPORTER.get(one.action, one.action)
            must = one.severity is Severity.BLOCKS
            said = OF_OTHER_FILES.sub("", one.explanation)
            by_file[one.file].append(Fault(one.places, one.value, said, action, must))
    return by_file


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
