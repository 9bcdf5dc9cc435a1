"""The verdicts of the office on evidence."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from analysis.cleaning.notes import Notes, chosen, not_listed, shown_text
from analysis.cleaning.returns import FactRows
from analysis.contracts.facts import SENT_BACK, VERDICTS
from analysis.contracts.findings import Severity
from analysis.contracts.forms import ACCEPTANCE
from analysis.intake.cell_values import read_date
from analysis.intake.returns import Returned


def clean_acceptance(returned: Returned, known: Iterable[str]) -> FactRows:
    """Returns the verdicts. A verdict lapses if its evidence is no longer there."""
    notes, present = Notes(returned.file), set(known)
    rows: dict[str, tuple[Any, ...]] = {}
    for row in returned.rows[ACCEPTANCE.title]:
        identifier, verdict = notes.read(row, "evidence_id", shown_text), notes.read(row, "verdict", chosen(VERDICTS))
        if notes.unread(row, "evidence_id", "verdict") or verdict in (None, VERDICTS[-1]):
            continue
        if identifier is None:
            said = "Решение есть, а кода подтверждения в строке нет: к чему оно относится, неизвестно."
            notes.add("acceptance", Severity.BLOCKS, row.place, str(verdict), said)
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
        if verdict is not None and verdict not in VERDICTS:
            said = f"Нужно решение из списка. {not_listed(verdict, VERDICTS)}"
            notes.refuse(row, "verdict", "acceptance", Severity.BLOCKS, said)
            continue
        who, reason = notes.read(row, "verdict_by", shown_text), notes.read(row, "reason", shown_text)
        day = notes.read(row, "verdict_date", read_date)
        lacking = _lacking_in_verdict(verdict, who, day, reason)
        unsaid = [said for said, name in lacking.items() if not notes.unread(row, name)]
        if unsaid:
            notes.add("acceptance", Severity.BLOCKS, row.place, str(verdict), f"Не указано: {', '.join(unsaid)}.")
        elif not lacking and identifier in rows and rows[identifier][3] != verdict:
            notes.add("acceptance", Severity.BLOCKS, row.place, str(verdict), "О подтверждении два разных решения.")
        elif not lacking:
            rows[identifier] = (returned.file, row.place, identifier, verdict, who, day, reason)
    return FactRows({"acceptance": tuple(rows.values())}, (*returned.findings, *notes.findings))


def _lacking_in_verdict(verdict: str | None, who: str | None, day: date | None, reason: str | None) -> dict[str, str]:
    """Returns what a verdict lacks, in words, and the column where it belongs."""
    return {
        said: name
        for said, name, missing in (
            ("кто решил", "verdict_by", who is None),
            ("дата решения", "verdict_date", day is None),
            ("причина возврата", "reason", verdict == SENT_BACK and reason is None),
        )
        if missing
    }
