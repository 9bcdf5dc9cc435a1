"""Filled rows become typed reports, evidence, acceptance, schools; what changes the meaning is a finding."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pandas as pd

from analysis.contracts.facts import EVIDENCE_KINDS, VERDICTS
from analysis.contracts.forms import ACCEPTANCE, EVIDENCE, EXECUTION, OWN_MEASURES, REGISTRY_SCHOOLS, REGISTRY_STATUS
from analysis.findings import Finding, Severity
from analysis.intake.cell_values import CellNotReadError, read_count, read_date, read_text
from analysis.intake.returns import Returned, ReturnedRow

ASK = "Уточните у того, кто вернул форму, или запишите исправление в data/corrections.toml."
Value = TypeVar("Value")
COLUMNS = {
    "schools": "source_file place school_login code_oo code_msu school_name full_name aliases school_kind pupil_count",
    "school_status": "source_file place school_login school_year status",
    "reports": "source_file place reporter activity_code measure_number calendar_year fact_count fact_date note",
    "evidence": "source_file place evidence_id reporter activity_code measure_number calendar_year evidence_kind "
    "evidence_number evidence_date evidence_link confirmed_count",
    "acceptance": "source_file place evidence_id verdict verdict_by verdict_date reason",
    "school_measures": "source_file place school_login calendar_year line own_measure planned_count done_count "
    "done_date",
}
WHOLE = {"measure_number", "calendar_year", "line", "confirmed_count"}
WHOLE_OR_BLANK = {"pupil_count", "fact_count", "planned_count", "done_count"}
DATES = {"fact_date", "evidence_date", "verdict_date", "done_date"}


@dataclass
class _Notes:
    """Findings about one workbook, collected while its rows are read."""

    file: str
    received: date = date.max
    findings: list[Finding] = field(default_factory=list)

    def add(self, rule: str, severity: Severity, place: str, value: str, explanation: str, action: str = ASK) -> None:
        """Adds a finding."""
        self.findings.append(Finding(rule, severity, self.file, (place,), value, explanation, action))

    def read(self, row: ReturnedRow, name: str, reader: Callable[[Any], Value | None]) -> Value | None:
        """The value of a cell, or None for a blank; one that cannot be read is a blocking finding."""
        cell = row.cells.get(name)
        if cell is None:
            return None
        try:
            return reader(cell.value)
        except CellNotReadError as error:
            place = self.cell_place(row, name) or row.place
            self.add("value", Severity.BLOCKS, place, read_text(cell.value), f"{error}.")
            return None

    def cell_place(self, row: ReturnedRow, name: str) -> str | None:
        """The address of one cell of a row; None where it is blank."""
        cell = row.cells.get(name)
        return f"{row.place.split(', строка')[0]}, ячейка {cell.address}" if cell else None


@dataclass(frozen=True)
class FactRows:
    """Rows for the fact tables, by table, and the findings."""

    rows: Mapping[str, tuple[tuple[Any, ...], ...]]
    findings: tuple[Finding, ...]


def evidence_id(reporter: str, label: str, calendar_year: int, parts: Sequence[object]) -> str:
    """Returns the id of a piece of evidence; it changes when any part of the evidence changes.

    Args:
        reporter: Who named it.
        label: The measure, such as «4.1/2».
        calendar_year: The year.
        parts: Kind, number, date, link and confirmed count.
    """
    text = "|".join("" if part is None else str(part) for part in parts)
    return f"{label}@{calendar_year}·{reporter}·{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def clean_form(
    returned: Returned, measures: Mapping[str, tuple[str, int]], schools: Iterable[str], received: date
) -> FactRows:
    """Returns reports, evidence and own measures of one form.

    Args:
        returned: The form.
        measures: Activity code and measure number by the label that the form shows («4.1/2»).
        schools: Logins of the registry.
        received: The day the form came; nothing in it can be later.
    """
    notes, identity = _Notes(returned.file, received), returned.identity
    reports = _reports(returned, measures, notes)
    evidence = _evidence(returned, measures, notes)
    own = _own_measures(returned, notes) if identity.reporter in set(schools) else ()
    _note_unconfirmed(reports, evidence, notes)
    rows = {"reports": tuple(reports), "evidence": tuple(evidence), "school_measures": tuple(own)}
    return FactRows(rows, (*returned.findings, *notes.findings))


def clean_registry(returned: Returned) -> FactRows:
    """Returns the schools and their status."""
    notes = _Notes(returned.file)
    texts = ("school_login", "code_oo", "code_msu", "school_name", "full_name", "aliases", "school_kind")
    schools = [
        (
            returned.file,
            row.place,
            *(notes.read(row, name, _text) for name in texts),
            notes.read(row, "pupil_count", read_count),
        )
        for row in returned.rows[REGISTRY_SCHOOLS.title]
    ]
    status = [
        (
            returned.file,
            row.place,
            *(notes.read(row, name, _text) for name in ("school_login", "school_year", "status")),
        )
        for row in returned.rows[REGISTRY_STATUS.title]
    ]
    known = {school[2] for school in schools}
    for row in status:
        if row[2] not in known:
            notes.add("school", Severity.BLOCKS, str(row[1]), str(row[2]), "Логина нет на листе «Школы».")
    return FactRows({"schools": tuple(schools), "school_status": tuple(status)}, (*returned.findings, *notes.findings))


def clean_acceptance(returned: Returned, known: Iterable[str]) -> FactRows:
    """Returns the verdicts; one about evidence that is no longer there has lapsed."""
    notes, present = _Notes(returned.file), set(known)
    rows: dict[str, tuple[Any, ...]] = {}
    for row in returned.rows[ACCEPTANCE.title]:
        identifier, verdict = notes.read(row, "evidence_id", _text), notes.read(row, "verdict", _lower)
        if identifier is None or verdict in (None, VERDICTS[-1]):
            continue
        if identifier not in present:
            notes.add(
                "acceptance",
                Severity.ATTENTION,
                row.place,
                str(identifier),
                "Такого подтверждения больше нет: его изменили или отозвали, и решение о нём утратило силу.",
                "Рассмотрите новое подтверждение: analysis forms сделает свежий лист рассмотрения.",
            )
            continue
        who, reason = notes.read(row, "verdict_by", _text), notes.read(row, "reason", _text)
        day = notes.read(row, "verdict_date", read_date)
        lacking = _lacking_in_verdict(verdict, who, day, reason)
        if lacking:
            notes.add("acceptance", Severity.BLOCKS, row.place, str(verdict), f"Не указано: {lacking}.")
        elif identifier in rows and rows[identifier][3] != verdict:
            notes.add("acceptance", Severity.BLOCKS, row.place, str(verdict), "О подтверждении два разных решения.")
        else:
            rows[identifier] = (returned.file, row.place, identifier, verdict, who, day, reason)
    return FactRows({"acceptance": tuple(rows.values())}, (*returned.findings, *notes.findings))


def _lacking_in_verdict(verdict: str | None, who: str | None, day: date | None, reason: str | None) -> str:
    return ", ".join(
        name
        for name, missing in (
            (f"решение из списка ({', '.join(VERDICTS)})", verdict not in VERDICTS),
            ("кто решил", who is None),
            ("дата решения", day is None),
            ("причина возврата", verdict == "возвращено" and reason is None),
        )
        if missing
    )


def fact_table(name: str, rows: Iterable[tuple[Any, ...]]) -> pd.DataFrame:
    """Returns a typed fact table from its rows."""
    columns = COLUMNS[name].split()
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pd.DataFrame({column: _series(column, cells) for column, cells in zip(columns, values, strict=True)})


def _series(column: str, cells: Sequence[Any]) -> "pd.Series[Any]":
    if column in DATES:
        return pd.Series(pd.to_datetime(pd.Series(list(cells), dtype="object"))).astype("datetime64[us]")
    kind = "int64" if column in WHOLE else "Int64" if column in WHOLE_OR_BLANK else "str"
    return pd.Series(list(cells), dtype=kind)


def _reports(returned: Returned, measures: Mapping[str, tuple[str, int]], notes: _Notes) -> list[tuple[Any, ...]]:
    found: dict[str, tuple[Any, ...]] = {}
    identity = returned.identity
    for row in returned.rows[EXECUTION.title]:
        label = _known_label(row, measures, notes)
        if label is None:
            continue
        values = (
            notes.read(row, "fact_count", read_count),
            notes.read(row, "fact_date", read_date),
            notes.read(row, "note", _text),
        )
        place = notes.cell_place(row, "fact_count") or row.place
        line = (returned.file, place, identity.reporter, *measures[label], identity.calendar_year, *values)
        if label in found:
            _note_repeated(row, label, found[label][-3:] == values, notes)
            continue
        found[label] = line
        _note_day(row, "факта", values[1], identity.calendar_year, notes)
    return list(found.values())


def _evidence(returned: Returned, measures: Mapping[str, tuple[str, int]], notes: _Notes) -> list[tuple[Any, ...]]:
    found: dict[str, tuple[Any, ...]] = {}
    identity = returned.identity
    for row in returned.rows[EVIDENCE.title]:
        label = _known_label(row, measures, notes)
        if label is None:
            continue
        kind, number = notes.read(row, "evidence_kind", _lower), notes.read(row, "evidence_number", _text)
        day, link = notes.read(row, "evidence_date", read_date), notes.read(row, "evidence_link", _text)
        confirmed = notes.read(row, "confirmed_count", read_count)
        if not _can_be_used(row, kind, number, link, confirmed, notes):
            continue
        _note_day(row, "документа", day, identity.calendar_year, notes)
        parts = (kind, number, day, link, confirmed)
        identifier = evidence_id(identity.reporter, label, identity.calendar_year, parts)
        if identifier in found:
            _note_repeated(row, label, True, notes)
            continue
        key = (identity.reporter, *measures[label], identity.calendar_year)
        found[identifier] = (returned.file, row.place, identifier, *key, *parts)
    return list(found.values())


def _own_measures(returned: Returned, notes: _Notes) -> list[tuple[Any, ...]]:
    identity = returned.identity
    named = [row for row in returned.rows[OWN_MEASURES.title] if "own_measure" in row.cells]
    for row in returned.rows[OWN_MEASURES.title]:
        if row not in named:
            notes.add("blank_cell", Severity.BLOCKS, row.place, "", "В строке есть значения, а мера не названа.")
    return [
        (
            returned.file,
            row.place,
            identity.reporter,
            identity.calendar_year,
            line,
            notes.read(row, "own_measure", _text),
            notes.read(row, "planned_count", read_count),
            notes.read(row, "done_count", read_count),
            notes.read(row, "done_date", read_date),
        )
        for line, row in enumerate(named, start=1)
    ]


def _known_label(row: ReturnedRow, measures: Mapping[str, tuple[str, int]], notes: _Notes) -> str | None:
    label = notes.read(row, "measure_label", _text)
    if label in measures:
        return label
    missing = "В строке есть значения, а номера показателя нет."
    explanation = "Показателя с таким номером в «дорожной карте» нет." if label else missing
    notes.add("measure_label", Severity.BLOCKS, row.place, label or "", explanation)
    return None


def _can_be_used(
    row: ReturnedRow, kind: str | None, number: str | None, link: str | None, confirmed: int | None, notes: _Notes
) -> bool:
    """Whether a line of evidence can be found by somebody and says what it confirms."""
    if link is not None and not _is_safe(link):
        notes.add(
            "evidence",
            Severity.ATTENTION,
            row.place,
            link,
            "Это не адрес http(s) и не имя файла; подтверждение не принято к учёту.",
        )
        return False
    lacking = [
        name
        for name, missing in (
            ("вид документа из списка", kind not in EVIDENCE_KINDS),
            ("номер или ссылка", number is None and link is None),
            ("сколько единиц подтверждает", not confirmed),
        )
        if missing
    ]
    if lacking:
        said = f"Не указано: {', '.join(lacking)}; подтверждение не принято к учёту."
        notes.add("evidence", Severity.ATTENTION, row.place, " ".join(filter(None, (kind, number, link))), said)
    return not lacking


def _is_safe(link: str) -> bool:
    """An http(s) address, or the bare name of a file: no other scheme, no way out of a folder."""
    parts = urlsplit(link)
    if parts.scheme in ("http", "https"):
        return bool(parts.netloc)
    return not parts.scheme and PurePosixPath(link.replace("\\", "/")).name == link and link not in ("..", ".")


def _note_repeated(row: ReturnedRow, label: str, alike: bool, notes: _Notes) -> None:
    notes.add(
        "pasted_twice",
        Severity.ATTENTION if alike else Severity.BLOCKS,
        row.place,
        label,
        "Строка стоит второй раз; засчитана один раз." if alike else "Показатель стоит дважды с разными значениями.",
    )


def _note_day(row: ReturnedRow, whose: str, day: date | None, calendar_year: int, notes: _Notes) -> None:
    """A day after the year of the form, or after the form itself came, cannot be right; one before it may be."""
    if day is None or day.year == calendar_year and day <= notes.received:
        return
    impossible = day.year > calendar_year or day > notes.received
    said = f"Дата {whose} не из {calendar_year} года или позже дня, когда форма получена."
    severity = Severity.BLOCKS if impossible else Severity.ATTENTION
    notes.add("other_year", severity, row.place, day.strftime("%d.%m.%Y"), said)


def _note_unconfirmed(reports: Sequence[tuple[Any, ...]], evidence: Sequence[tuple[Any, ...]], notes: _Notes) -> None:
    """A fact above zero without any evidence, and more evidence than fact: both are worth a look."""
    confirmed: dict[tuple[Any, ...], int] = {}
    for line in evidence:
        confirmed[line[4:7]] = confirmed.get(line[4:7], 0) + line[-1]
    for line in reports:
        fact, named = line[6], confirmed.get(line[3:6], 0)
        if fact and not named:
            notes.add("evidence", Severity.ATTENTION, line[1], str(fact), "Факт назван, а подтверждений к нему нет.")
        elif named > (fact or 0):
            said = (
                f"Подтверждений на {named}, а факт {'не указан' if fact is None else fact}; засчитано не больше факта."
            )
            notes.add("evidence", Severity.ATTENTION, line[1], "" if fact is None else str(fact), said)


def _lower(value: Any) -> str | None:  # noqa: ANN401
    """A choice from a list, however it was typed."""
    return read_text(value).casefold() or None


def _text(value: Any) -> str | None:  # noqa: ANN401
    return read_text(value) or None
