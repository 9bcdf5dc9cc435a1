"""The same result in several sources. An export goes before a form; two exports that differ are both set aside."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from analysis.cleaning.exam_results import COUNTED, ExportRows, key_of, values_of
from analysis.contracts.findings import Finding, Severity
from analysis.contracts.outcomes import ASKS, SETS_ASIDE
from analysis.rules.config import SOURCES_FILE

Row = Mapping[str, Any]
SHOWN = {
    "participant_count": "участников",
    **{f"mark_{mark}_count": f"«{mark}»" for mark in (2, 3, 4, 5)},
    "below_minimum_count": "ниже минимума",
    "mean_score": "средний балл",
    "high_score_count": "80–99",
    "full_score_count": "100",
}
SAY_WHICH = f'Если одна заменяет другую, допишите в её запись в {SOURCES_FILE}: replaces = "путь другой".'


def merge_exports(exports: Iterable[ExportRows]) -> ExportRows:
    """Returns the rows of all exports, each school and exam once: of those that agree the one that says most."""
    parts = list(exports)
    by_key: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for part in parts:
        for row in part.results:
            by_key[key_of(row)].append(row)
    kept: list[Row] = []
    aside = [row for part in parts for row in part.quarantine]
    findings = [finding for part in parts for finding in part.findings]
    for found in by_key.values():
        if not any(_differ(one, other) for one, other in combinations(found, 2)):
            kept.append(max(found, key=_said_count))
            continue
        files = ", ".join(dict.fromkeys(row["source_file"] for row in found))
        for row in found:
            said = f"{SETS_ASIDE['two_files']}: {files}. Здесь: {_shown(row)}."
            findings.append(_finding("quarantine", row, said, SAY_WHICH))
            where = {name: row[name] for name in ("source_file", "place", "school_login", "calendar_year")}
            aside.append({**where, "table_name": "results", "why": SETS_ASIDE["two_files"]})
    return ExportRows(tuple(kept), tuple(aside), tuple(findings))


def _said_count(row: Row) -> int:
    """Returns how much a row says. One export may compare with the journal, another of the same exam may not."""
    return sum(value is not None for value in values_of(row))


def merge_results(forms: Sequence[Row], exports: Sequence[Row]) -> tuple[list[Row], list[Finding]]:
    """Returns the results of both sources, each school and exam once, and where the two differ.

    Args:
        forms: Rows of `results` from the forms of schools.
        exports: Rows of `results` from exports: they stand where both have the same key.
    """
    of_exports = {key_of(row): row for row in exports}
    kept = [row for row in forms if key_of(row) not in of_exports]
    both = [(row, of_exports[key_of(row)]) for row in forms if key_of(row) in of_exports]
    findings = [_difference(form, export) for form, export in both if _differ(form, export)]
    return [*kept, *exports], findings


def _differ(form: Row, export: Row) -> bool:
    """Whether both rows give a value and the values differ. A value in only one of them is no difference."""
    return any(
        form.get(name) is not None and export.get(name) is not None and not _alike(name, form[name], export[name])
        for name in COUNTED
    )


def _alike(name: str, one: float, other: float) -> bool:
    # A form gives the mean with as many decimals as its author wanted.
    return abs(one - other) < (0.051 if name == "mean_score" else 0.5)


def _difference(form: Row, export: Row) -> Finding:
    said = (
        f"{ASKS['form_against_export']}. {_exam(form)}. Форма: {_shown(form)}. "
        f"Выгрузка ({export['source_file']}, {export['place']}): {_shown(export)}."
    )
    return _finding("two_sources", form, said, "Сверьте; если неверна выгрузка, попросите исправленную и примите её.")


def _exam(row: Row) -> str:
    return f"{row['procedure']}, {row['subject']}, {row['sitting_grade']} класс, {row['calendar_year']} год"


def _shown(row: Row) -> str:
    named = ((title, row.get(name)) for name, title in SHOWN.items())
    return ", ".join(f"{title} — {_number(value)}" for title, value in named if value is not None)


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else f"{value:.2f}".replace(".", ",")


def _finding(rule: str, row: Row, said: str, action: str) -> Finding:
    return Finding(rule, Severity.ATTENTION, row["source_file"], (row["place"],), "", said, action)
