"""What only the office sees: evidence of every verdict, notes, and the chain behind each number."""

import pandas as pd

from analysis.indicators.execution import accepted_evidence
from analysis.lineage.explain import explain
from analysis.presentation.edition import Edition
from analysis.presentation.exhibits import Exhibit, printed_table
from analysis.presentation.markdown import Ready, escape
from analysis.presentation.words import count_words, rows_of


def chain_link(edition: Edition, label: str) -> str:
    """The number of a measure; in the internal report it leads to the chain behind its numbers."""
    return Ready(f"[{escape(label)}](#{_anchor(label)})") if edition.internal else label


def internal_sections(edition: Edition) -> tuple[str, list[Exhibit]]:
    """Returns the Markdown that only the office sees, and its exhibits; nothing in a public edition."""
    if not edition.internal or edition.execution.empty:
        return "", []
    tables = [table for table in (_all_evidence(edition), _notes(edition)) if table is not None]
    titles = {"tbl-all-evidence": "## Все подтверждения {#sec-all-evidence}", "tbl-notes": "## Примечания {#sec-notes}"}
    parts = [part for table in tables for part in (titles[table.label], table.markdown)]
    return "\n\n".join([*parts, "## Откуда числа {#sec-chains}", *_chains(edition)]), tables


def _chains(edition: Edition) -> list[str]:
    """One heading a measure, with the chain that `analysis explain` prints."""
    parts = []
    for label, code, number in edition.execution[["measure_label", "activity_code", "measure_number"]].to_numpy():
        asked = f"{code}/{number}@{edition.calendar_year}"
        lines = explain(asked, edition.tables, edition.sources)
        parts.append(f"### {escape(label)} {{#{_anchor(label)} .unnumbered}}")
        parts.append("\n".join(f"{'  ' * (_depth(line) - 1)}- {escape(line.strip())}" for line in lines[1:]))
    return parts


def _depth(line: str) -> int:
    return (len(line) - len(line.lstrip(" "))) // 2


def _anchor(label: str) -> str:
    return f"chain-{label.replace('.', '-').replace('/', '-')}"


def _all_evidence(edition: Edition) -> Exhibit | None:
    rows = accepted_evidence(edition.tables["evidence"], edition.tables["acceptance"])
    rows = rows[rows["calendar_year"] == edition.calendar_year].reset_index(drop=True)
    if rows.empty:
        return None
    cells = [
        [
            label,
            row["reporter"],
            f"{row['evidence_kind']} {_or_blank(row['evidence_number'])} {_or_blank(row['evidence_link'])}".strip(),
            str(row["confirmed_count"]),
            row["verdict"],
            row["place"],
        ]
        for label, row in zip(edition.labels_of(rows), rows_of(rows), strict=True)
    ]
    header = ["№", "Кто отчитался", "Подтверждение", "Единиц", "Решение", "Где"]
    caption = f"Подтверждения {edition.calendar_year} года и решения о них"
    return printed_table(edition, "all-evidence", caption, rows, (header, cells, [8, 15, 30, 9, 16, 22], "lllcll"))


def _notes(edition: Edition) -> Exhibit | None:
    rows = edition.tables["reports"]
    rows = rows[(rows["calendar_year"] == edition.calendar_year) & rows["note"].notna()].reset_index(drop=True)
    if rows.empty:
        return None
    cells = [
        [
            label,
            row["reporter"],
            count_words(row["fact_count"]),
            row["note"],
        ]
        for label, row in zip(edition.labels_of(rows), rows_of(rows), strict=True)
    ]
    header = ["№", "Кто отчитался", "Факт", "Примечание"]
    return printed_table(edition, "notes", "Примечания из форм", rows, (header, cells, [10, 20, 10, 60], "llcl"))


def _or_blank(value: object) -> str:
    return "" if pd.isna(value) else str(value)  # type: ignore[call-overload]
