"""Corrections of the received text and decisions about its reading: data with a reason and a name, never code."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated

from analysis.contracts.columns import SETTLED_READINGS
from analysis.contracts.findings import Finding, Severity
from analysis.errors import nearest
from analysis.intake.cells import Block, plain, read_text, with_texts
from analysis.intake.workbook import Sheet, SheetCell, Workbook
from analysis.rules.config import CORRECTIONS_FILE, SOURCES_FILE, Record, quoted
from analysis.rules.toml_file import read_rules
from analysis.rules.written import Code, FilePath, Misfit, Written, filled, one_of, repeated

WAIT = f"Если файл больше не нужен, удалите запись из {CORRECTIONS_FILE}."
Said = Annotated[str, filled("Впишите, на чём держится запись и кто её внёс.")]


@dataclass(frozen=True)
class Correction(Written, called="address"):
    """A value of a received file that is replaced, and why. The cell must still hold `expected`."""

    file: FilePath
    address: str
    expected: str
    new: str
    reason: Said
    who: Said
    date: date


@dataclass(frozen=True)
class Decision(Written, called="activity"):
    """How to read the total of one measure. Only a document can settle what a signed text leaves open."""

    activity: Code
    measure: int
    reading: Annotated[str, one_of(SETTLED_READINGS)]
    basis: Said
    who: Said
    date: date


@dataclass(frozen=True)
class SameMeasure(Written, called="now"):
    """Whether a measure of a later version of the plan (`file`) is one of the version before: «4.1/2» each."""

    file: FilePath
    before: Code
    now: Code
    same: bool
    basis: Said
    who: Said
    date: date


@dataclass(frozen=True)
class Amendments(Written, keys={"corrections": "correction", "decisions": "decision", "same_measures": "same_measure"}):
    """All corrections and decisions of a project."""

    corrections: tuple[Correction, ...] = ()
    decisions: tuple[Decision, ...] = ()
    same_measures: tuple[SameMeasure, ...] = ()

    def misfits(self) -> Iterator[Misfit]:
        """Each subject has one entry, and no measure is two of another version."""
        corrected = [f"{one.file}: {one.address}" for one in self.corrections]
        decided = [f"{one.activity}, показатель {one.measure}" for one in self.decisions]
        pairs = [(one.file, one.before if one.same else (one.before, one.now)) for one in self.same_measures]
        later = [(one.file, one.now if one.same else (one.before, one.now)) for one in self.same_measures]
        for number in sorted({*repeated(pairs), *repeated(later)}):
            one = self.same_measures[number]
            yield Misfit(f"о показателе {one.before} или {one.now} записано дважды. Оставьте одну запись.",
                         ("same_measure", number))  # fmt: skip
        for name, subjects in (("correction", corrected), ("decision", decided)):
            for number in repeated(subjects):
                yield Misfit(f"две записи об одном: {subjects[number]}. Оставьте одну.", (name, number))


def load_amendments(root: Path) -> Amendments:
    """Reads data/corrections.toml. A project without the file has no corrections.

    Raises:
        RulesError: An entry lacks a key, its basis or reason is blank, or its reading is unknown.
    """
    return read_rules(root, CORRECTIONS_FILE, Amendments)


def misdirected(corrections: Sequence[Correction], files: Sequence[str], record: Record) -> list[Finding]:
    """Returns a finding for each correction that would silently do nothing.

    Args:
        corrections: All of them.
        files: The files to which corrections are applied.
        record: All files that were received.
    """
    return [_without_effect(one, record) for one in corrections if one.file not in files]


def _without_effect(one: Correction, record: Record) -> Finding:
    # Whoever takes a file back may receive it again; until then its correction waits and stops nothing.
    severity, said = Severity.BLOCKS, _misdirected(one.file, [source.file for source in record.received])
    if one.file in record.taken_back:
        severity, said = Severity.ATTENTION, ("Исправление ничего не меняет: приём этого файла взят назад.", WAIT)
    return Finding("correction", severity, one.file, (one.address,), one.expected, *said)


def _misdirected(file: str, entered: Sequence[str]) -> tuple[str, str]:
    """Returns why a correction of this file changes nothing, and what to do."""
    if file in entered:
        said = "Исправление ничего не меняет: выгрузки и реестр, который заменён новым, не исправляют."
        return said, f"Удалите запись из {CORRECTIONS_FILE}; верную выгрузку или реестр примите: analysis receive."
    near = nearest(file, entered, 1, 0.9)
    meant = f" Похожий файл: {near[0]}." if near else ""
    said = f"Исправление относится к файлу, который проект не читает (записи о нём в {SOURCES_FILE} нет).{meant}"
    action = f"Удалите запись из {CORRECTIONS_FILE}, исправьте её ключ file или верните файл и его запись."
    return said, action


def apply_corrections(
    blocks: Sequence[Block], corrections: Sequence[Correction], file: str
) -> tuple[list[Block], list[Finding]]:
    """Returns the blocks with the recorded corrections of this file applied, and a finding for each of them."""
    wanted = {correction.address: correction for correction in corrections if correction.file == file}
    if not wanted:
        return list(blocks), []
    texts = {cell.place: plain(cell.text) for block in blocks for cell in block.cells}
    findings = [_finding(correction, texts.get(address)) for address, correction in wanted.items()]
    fitting = {at: one.new for at, one in wanted.items() if texts.get(at) == plain(one.expected)}
    return with_texts(blocks, lambda cell: fitting.get(cell.place, cell.text)), findings


def apply_workbook_corrections(
    workbook: Workbook, corrections: Sequence[Correction], file: str
) -> tuple[Workbook, list[Finding]]:
    """Returns the workbook with the recorded corrections of this file applied, and a finding for each of them."""
    wanted = {correction.address: correction for correction in corrections if correction.file == file}
    if not wanted:
        return workbook, []
    cells = [(sheet, cell) for sheet in workbook.sheets for row in sheet.rows for cell in row.cells]
    present = {sheet.place(cell.address): _shown(cell) for sheet, cell in cells}
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


def same_measure_stanza(file: str, before: str, now: str) -> str:
    """The entry for data/corrections.toml that settles whether two measures are one, ready to be filled in."""
    return (
        "[[same_measure]]\n"
        f"file = {quoted(file)}\n"
        f'before = "{before}"\n'
        f'now = "{now}"\n'
        "same =        # true: это один показатель; false: прежний исключён, этот добавлен\n"
        'basis = ""    # документ, его номер и дата\n'
        'who = ""\n'
        'date = ""     # дата решения, без кавычек: 2021-01-31'
    )


def _finding(correction: Correction, present: str | None) -> Finding:
    severity = Severity.BLOCKS
    if present is None:
        explanation = "Исправление названо по адресу, которого в файле нет (или ячейка пуста и стоит в конце строки)."
        action = f"Исправьте ключ address в {CORRECTIONS_FILE}; если ячейки больше нет, удалите запись."
    elif present == plain(correction.expected):
        severity, action = Severity.NOTE, "Ничего: исправление видно здесь."
        explanation = f"По записи «{correction.reason}» ({correction.who}) заменено на «{correction.new}»."
    else:
        explanation = f"Исправление ждёт здесь «{correction.expected}», а стоит другое: файл изменился."
        action = (
            f"Если исправление ещё нужно, впишите в expected то, что стоит; иначе удалите запись из {CORRECTIONS_FILE}."
        )
    address = (correction.address,)
    return Finding("correction", severity, correction.file, address, present or "", explanation, action)
