"""Corrections of the received text and decisions about its reading: data with a reason and a name, never code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from analysis.config import CORRECTIONS_FILE, numbered, read_toml, take
from analysis.contracts.columns import SETTLED_READINGS
from analysis.errors import AnalysisError
from analysis.findings import Finding, Severity
from analysis.intake.blocks import Block, plain, with_texts
from analysis.intake.cell_values import read_text
from analysis.intake.workbook import Sheet, SheetCell, Workbook


@dataclass(frozen=True)
class Correction:
    """A value of a received file that is replaced, and why; `expected` must still stand there."""

    file: str
    address: str
    expected: str
    new: str
    reason: str
    who: str
    date: date


@dataclass(frozen=True)
class Decision:
    """How the total of one measure is to be read; only a document settles what a signed text leaves open."""

    activity: str
    measure: int
    reading: str
    basis: str
    who: str
    date: date


@dataclass(frozen=True)
class Amendments:
    """All corrections and decisions of a project."""

    corrections: tuple[Correction, ...] = ()
    decisions: tuple[Decision, ...] = ()


def load_amendments(root: Path) -> Amendments:
    """Reads data/corrections.toml; a project without it has none.

    Raises:
        AnalysisError: An entry lacks a key, its basis or reason is blank, or its reading is unknown.
    """
    if not (root / CORRECTIONS_FILE).is_file():
        return Amendments()
    content = read_toml(root, CORRECTIONS_FILE)
    corrections = numbered(content.get("correction", []), "correction", CORRECTIONS_FILE)
    decisions = numbered(content.get("decision", []), "decision", CORRECTIONS_FILE)
    amendments = Amendments(
        tuple(
            Correction(
                file=take(entry, "file", str, where),
                address=take(entry, "address", str, where),
                expected=take(entry, "expected", str, where),
                new=take(entry, "new", str, where),
                reason=_said(take(entry, "reason", str, where), "reason", where),
                who=_said(take(entry, "who", str, where), "who", where),
                date=take(entry, "date", date, where),
            )
            for where, entry in corrections
        ),
        tuple(
            Decision(
                activity=take(entry, "activity", str, where).rstrip("."),
                measure=take(entry, "measure", int, where),
                reading=_known_reading(take(entry, "reading", str, where), where),
                basis=_said(take(entry, "basis", str, where), "basis", where),
                who=_said(take(entry, "who", str, where), "who", where),
                date=take(entry, "date", date, where),
            )
            for where, entry in decisions
        ),
    )
    _refuse_twins([f"{one.file}: {one.address}" for one in amendments.corrections])
    _refuse_twins([f"{one.activity}, показатель {one.measure}" for one in amendments.decisions])
    return amendments


def misdirected(corrections: Sequence[Correction], files: Sequence[str]) -> list[Finding]:
    """Returns a finding for each correction of a file that the project does not read: it would do nothing, unseen."""
    return [
        Finding(
            "correction",
            Severity.BLOCKS,
            one.file,
            (one.address,),
            one.expected,
            "Исправление относится к файлу, который проект не читает, и потому ничего не меняет.",
            f"Проверьте ключ file в {CORRECTIONS_FILE}.",
        )
        for one in corrections
        if one.file not in files
    ]


def apply_corrections(
    blocks: Sequence[Block], corrections: Sequence[Correction], file: str
) -> tuple[list[Block], list[Finding]]:
    """Returns the blocks with the recorded corrections of this file applied, and a finding for each of them."""
    wanted = {correction.address: correction for correction in corrections if correction.file == file}
    if not wanted:
        return list(blocks), []
    texts = {cell.place: plain(cell.text) for block in blocks for cell in block.cells}
    findings = [_finding(correction, texts.get(address)) for address, correction in wanted.items()]
    fitting = {
        address: correction.new
        for address, correction in wanted.items()
        if texts.get(address) == plain(correction.expected)
    }
    return with_texts(blocks, lambda cell: fitting.get(cell.place, cell.text)), findings


def apply_workbook_corrections(
    workbook: Workbook, corrections: Sequence[Correction], file: str
) -> tuple[Workbook, list[Finding]]:
    """Returns the workbook with the recorded corrections of this file applied, and a finding for each of them."""
    wanted = {correction.address: correction for correction in corrections if correction.file == file}
    if not wanted:
        return workbook, []
    present = {
        sheet.place(cell.address): _shown(cell) for sheet in workbook.sheets for row in sheet.rows for cell in row.cells
    }
    findings = [_finding(correction, present.get(address)) for address, correction in wanted.items()]
    sheets = tuple(_corrected_sheet(sheet, wanted) for sheet in workbook.sheets)
    return replace(workbook, sheets=sheets), findings


def _corrected_sheet(sheet: Sheet, wanted: Mapping[str, Correction]) -> Sheet:
    rows = (replace(row, cells=tuple(_corrected(sheet, cell, wanted) for cell in row.cells)) for row in sheet.rows)
    return replace(sheet, rows=tuple(rows))


def _corrected(sheet: Sheet, cell: SheetCell, wanted: Mapping[str, Correction]) -> SheetCell:
    correction = wanted.get(sheet.place(cell.address))
    fits = correction is not None and _shown(cell) == plain(correction.expected)
    return replace(cell, value=correction.new) if correction is not None and fits else cell


def _shown(cell: SheetCell) -> str:
    return plain(read_text(cell.value))


def decision_stanza(activity: str, measure: int) -> str:
    """The entry for data/corrections.toml that settles a reading, ready to be filled in."""
    return (
        "[[decision]]\n"
        f'activity = "{activity}"\n'
        f"measure = {measure}\n"
        'reading = ""   # "flow": годы складываются; "annual": уровень каждого года\n'
        'basis = ""     # документ, его номер и дата\n'
        'who = ""\n'
        'date = ""       # дата решения, без кавычек: 2021-01-31'
    )


def _finding(correction: Correction, present: str | None) -> Finding:
    fits = present == plain(correction.expected)
    if present is None:
        explanation = "Исправление названо по адресу, которого в файле нет (или ячейка пуста и стоит в конце строки)."
    elif fits:
        explanation = f"По записи «{correction.reason}» ({correction.who}) заменено на «{correction.new}»."
    else:
        explanation = f"Исправление ждёт здесь «{correction.expected}», а стоит другое: файл изменился."
    return Finding(
        "correction",
        Severity.NOTE if fits else Severity.BLOCKS,
        correction.file,
        (correction.address,),
        present or "",
        explanation,
        "Ничего: исправление видно здесь." if fits else f"Проверьте запись в {CORRECTIONS_FILE}.",
    )


def _refuse_twins(subjects: Sequence[str]) -> None:
    twice = next((subject for number, subject in enumerate(subjects) if subject in subjects[:number]), None)
    if twice is not None:
        raise AnalysisError(f"{CORRECTIONS_FILE}: две записи об одном: {twice}. Оставьте одну.")


def _said(text: str, key: str, where: str) -> str:
    if not plain(text):
        raise AnalysisError(f"{where}: ключ «{key}» пуст. Впишите, на чём держится запись и кто её внёс.")
    return text


def _known_reading(reading: str, where: str) -> str:
    if reading not in SETTLED_READINGS:
        raise AnalysisError(
            f"{where}: ключ «reading»: стоит «{reading}», нужно одно из: {', '.join(SETTLED_READINGS)}."
        )
    return reading
