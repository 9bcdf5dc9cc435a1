"""Tables about the facts themselves: which rows, files, findings and rows set aside their counts stand for."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import pandas as pd

from analysis.contracts.findings import RULE_TITLES
from analysis.contracts.quality import EXECUTION, EXPORT, FORM, RESULTS, SHEET_KINDS
from analysis.contracts.school_facts import RESULT_ORIGINS
from analysis.indicators.completeness import set_aside_lines
from analysis.indicators.quality import SOURCE_TITLES, fact_findings, files_of_kinds
from analysis.lineage.facts import forms_of
from analysis.lineage.ground import Ground, asked_as, key_of
from analysis.lineage.school_rows import about_words, value_words
from analysis.presentation.words import Row, count_words, rows_of
from analysis.rules.assumptions import ASSUMPTION_FILES
from analysis.rules.config import SOURCES_FILE

Cells = Mapping[str, str]
TABLES = {kind: name for name, (kind, _) in SHEET_KINDS.items()}


def quality_cell_chain(cells: Cells, year: int, office: bool, ground: Ground) -> Iterator[str] | None:
    """What a printed row about completeness or quality rests on; None where the row is of another table.

    Args:
        cells: The row as published, as text.
        year: The year of the report.
        office: Whether the report is the office's own; of a public row only addresses are shown, no value of a row.
        ground: What chains stand on.
    """
    for columns, told in TOLD.items() if "rule" not in cells else ():
        if set(columns) <= cells.keys():
            return told(cells, int(cells.get("calendar_year") or year), office, ground)
    return None


def _of_reporter(cells: Cells, year: int, office: bool, ground: Ground) -> Iterator[str]:
    """A reporter and a kind of facts: the rows that entered, those set aside, and the forms that came."""
    names = ground.school_names
    who = [login for login, name in names.items() if name == cells["reporter"]] or [cells["reporter"]]
    for reporter in who:
        yield from _rows(cells["fact_kind"], reporter, year, office, ground)
        yield from _aside(_set_aside(cells, year, ground, reporter), ground)
        yield from list(forms_of(reporter, year, ground)) or ["форм за этот год не приходило"]


def _of_kind(cells: Cells, year: int, office: bool, ground: Ground) -> Iterator[str]:
    """A kind of facts: how it stands with each reporter; of exports, which files brought how many rows."""
    rows = ground.tables["reporter_completeness"]
    rows = rows[(rows["calendar_year"] == year) & (rows["fact_kind"] == cells["fact_kind"])]
    for row in rows_of(rows):
        counts = f"; вошло строк {row['row_count']}, отложено {row['set_aside_row_count']}" if office else ""
        name = ground.school_names.get(row["reporter"], row["reporter"])
        yield f"{name}: {row['completeness']}{counts}; подробно: analysis explain '{row['reporter']}@{year}'"
    if rows.empty:
        yield from _of_exports(cells["fact_kind"], year, ground)
    yield from _aside(_set_aside(cells, year, ground), ground)


def _of_reason(cells: Cells, year: int, office: bool, ground: Ground) -> Iterator[str]:
    """A reason for which rows are set aside: where they stand."""
    rows = _set_aside(cells, year, ground)
    yield from _aside([row for row in rows if row["why"] == cells["why"]], ground)


def _of_address(cells: Cells, year: int, office: bool, ground: Ground) -> Iterator[str]:
    """A row that stands in a file."""
    yield f"← {ground.address(cells)}"


def _of_findings(cells: Cells, year: int, office: bool, ground: Ground) -> Iterator[str]:
    """A rule and a weight: the findings that are counted."""
    found = fact_findings(ground.tables, ground.sources, _years(ground))
    same = (found["calendar_year"] == year) & (found["severity"] == cells["severity"])
    for row in rows_of(found[same & (found["rule"].map(RULE_TITLES) == cells["rule_title"])]):
        yield f"← {ground.address(row)}{': ' + row['explanation'] if office else ''}"


def _of_files(cells: Cells, year: int, office: bool, ground: Ground) -> Iterator[str]:
    """A kind of received files: the files."""
    for (at, kind), sources in files_of_kinds(ground.tables, ground.sources, _years(ground)).items():
        for source in sources if (at, SOURCE_TITLES.get(kind)) == (year, cells["source_title"]) else ():
            day = f"получен {source.received:%d.%m.%Y}"
            yield f"← {source.file} (sha256 {source.sha256[:12]}…), {day}, запись в {SOURCES_FILE}"


def _of_assumption(cells: Cells, year: int, office: bool, ground: Ground) -> Iterator[str]:
    """An assumption: where it is written down."""
    yield f"← {' или '.join(ASSUMPTION_FILES)}, {cells['assumption_id']}"


def _rows(kind: str, reporter: str, year: int, office: bool, ground: Ground) -> Iterator[str]:
    """The rows of a kind that a reporter gave; of a form itself there are none but the form."""
    if kind == FORM:
        return
    lines = list(_executed(reporter, year, ground) if kind == EXECUTION else _facts(kind, reporter, year, ground))
    yield f"вошло строк: {len(lines)}"
    for row, about, value in lines:
        yield f"  {about}: {value} ← {ground.cell(row)}" if office else f"  {about} ← {ground.address(row)}"


def _executed(reporter: str, year: int, ground: Ground) -> Iterator[tuple[Row, str, str]]:
    for key, rows in ground.reports.items():
        for row in rows:
            if (key[2], row["reporter"]) == (year, reporter) and not pd.isna(row["fact_count"]):
                yield row, asked_as(ground.plan[key_of(row)]), count_words(row["fact_count"])


def _facts(kind: str, reporter: str, year: int, ground: Ground) -> Iterator[tuple[Row, str, str]]:
    table = TABLES.get(kind, "results")
    found = ground.tables.get(table, pd.DataFrame())
    if found.empty:
        return
    found = found[(found["school_login"] == reporter) & (found["calendar_year"] == year)]
    if table == "results":
        found = found[found["procedure"] == kind.removeprefix(f"{RESULTS}: ")]
    for row in rows_of(found):
        yield row, about_words(table, row), value_words(table, row)


def _of_exports(kind: str, year: int, ground: Ground) -> Iterator[str]:
    results = ground.tables.get("results", pd.DataFrame())
    if results.empty or not kind.startswith(EXPORT):
        return
    mine = (results["origin"] == RESULT_ORIGINS[1]) & (results["calendar_year"] == year)
    rows = results[mine & (results["procedure"] == kind.removeprefix(f"{EXPORT}: "))]
    for file, some in rows.groupby("source_file", sort=False):
        source = next((one.sha256[:12] for one in ground.sources if one.file == file), "?")
        yield f"← {file} (sha256 {source}…): строк {len(some)}, школ {some['school_login'].nunique()}"


def _set_aside(cells: Cells, year: int, ground: Ground, reporter: str | None = None) -> list[Row]:
    """The rows set aside of a kind, as `indicators.completeness` counts them."""
    if "quarantine" not in ground.tables:
        return []
    rows = set_aside_lines(ground.tables)
    kind = cells["fact_kind"].removesuffix(", чьи именно, не ясно")
    rows = rows[(rows["calendar_year"] == year) & (rows["fact_kind"] == kind)]
    return rows_of(rows if reporter is None else rows[rows["reporter"] == reporter])


def _aside(rows: Sequence[Row], ground: Ground) -> Iterator[str]:
    if rows:
        yield f"отложено строк: {len(rows)}"
    yield from (f"  {row['why']} ← {ground.address(row)}" for row in rows)


def _years(ground: Ground) -> list[int]:
    return sorted({key[2] for key in ground.plan})


# The first of these sets of columns that a row has says of which table it is.
TOLD: Mapping[tuple[str, ...], Callable[[Cells, int, bool, Ground], Iterator[str]]] = {
    ("fact_kind", "reporter"): _of_reporter,
    ("fact_kind", "sent_reporter_count"): _of_kind,
    ("why", "source_file", "place"): _of_address,
    ("explanation", "source_file", "place"): _of_address,
    ("fact_kind", "why"): _of_reason,
    ("rule_title", "severity"): _of_findings,
    ("source_title", "file_count"): _of_files,
    ("assumption_id",): _of_assumption,
}
