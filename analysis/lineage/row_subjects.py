"""What a row of a printed table is about — a measure, a reporter, an executor, a task — and the chain of that."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from analysis.lineage.facts import evidence_chain
from analysis.lineage.ground import Ground
from analysis.lineage.measures import measure_chain
from analysis.lineage.sums import executor_chain, own_measure_chain, reporter_chain, state_chain, task_chain
from analysis.presentation.words import Row, rows_of
from analysis.rules.config import SOURCES_FILE, TERMS_FILE

Cells = Mapping[str, str]
EVIDENCE_KEYS = ("evidence_kind", "evidence_number", "evidence_date", "confirmed_count")


def subject_chain(cells: Cells, calendar_year: int, ground: Ground) -> Iterator[str]:
    """The chain of a printed row, by the columns that say what it is about.

    Args:
        cells: The row as published, as text.
        calendar_year: The year of the report, for tables that have no such column.
        ground: What chains stand on.
    """
    year = int(cells.get("calendar_year") or calendar_year)
    for column, told in SUBJECTS.items():
        if cells.get(column):
            return told(cells, year, ground)
    return iter(())


def _evidence(cells: Cells, year: int, ground: Ground) -> Iterator[str]:
    for key, pieces in ground.evidence.items():
        for piece in pieces:
            if key[2] == year and _is_same(cells, piece, ground):
                yield from evidence_chain(piece, ground)


def _is_same(cells: Cells, piece: Row, ground: Ground) -> bool:
    if cells.get("evidence_id"):
        return bool(cells["evidence_id"] == piece["evidence_id"])
    key = (piece["activity_code"], piece["measure_number"], piece["calendar_year"])
    return bool(ground.plan[key]["measure_label"] == cells.get("measure_label")) and all(
        _text(piece[name]) == cells.get(name, "") for name in EVIDENCE_KEYS
    )


def _own_measure(cells: Cells, year: int, ground: Ground) -> Iterator[str]:
    logins = _logins(cells["school_name"], ground)
    for row in rows_of(ground.tables["school_measures"]):
        if (row["calendar_year"], row["own_measure"]) == (year, cells["own_measure"]) and row["school_login"] in logins:
            yield from own_measure_chain(row, ground)


def _measure(cells: Cells, year: int, ground: Ground) -> Iterator[str]:
    rows = (row for key, row in ground.plan.items() if key[2] == year and row["measure_label"] == _label(cells, ground))
    return chain.from_iterable(measure_chain(row, ground) for row in rows)


def _label(cells: Cells, ground: Ground) -> str:
    """The label of the measure; tables of reports and evidence name it by activity and number."""
    if cells.get("measure_label"):
        return cells["measure_label"]
    same = (cells["activity_code"], cells.get("measure_number", "1"))
    return next((str(row["measure_label"]) for key, row in ground.plan.items() if (key[0], str(key[1])) == same), "")


def _reporter(cells: Cells, year: int, ground: Ground) -> Iterator[str]:
    name = cells.get("reporter") or cells.get("school_name") or cells["school_login"]
    return chain.from_iterable(reporter_chain(login, year, ground) for login in _logins(name, ground))


def _logins(name: str, ground: Ground) -> list[str]:
    """Logins of the schools of that name, which need not be one; a login or another reporter stands for itself."""
    return [login for login, school in ground.school_names.items() if school == name] or [name]


def _executor(cells: Cells, year: int, ground: Ground) -> Iterator[str]:
    return executor_chain(cells["executor_name"], year, ground)


def _task(cells: Cells, year: int, ground: Ground) -> Iterator[str]:
    return task_chain(cells["task_code"], year, ground)


def _state(cells: Cells, year: int, ground: Ground) -> Iterator[str]:
    state = cells["status"]
    return state_chain(
        state, [row for key, row in ground.plan.items() if key[2] == year and row["status"] == state], ground
    )


def _finding(cells: Cells, year: int, ground: Ground) -> Iterator[str]:
    for finding in chain.from_iterable(ground.findings.values()):
        if all(finding[name] == cells[name] for name in ("rule", "place", "value")):
            yield f"← {ground.cell(finding)}: {finding['explanation']}"


def _source(cells: Cells, year: int, ground: Ground) -> Iterator[str]:
    for source in ground.sources:
        if source.sha256 == cells["sha256"]:
            said = f"{source.origin}, получен {source.received:%d.%m.%Y}"
            yield f"← {source.file}, запись в {SOURCES_FILE}: {said}"


def _term(cells: Cells, year: int, ground: Ground) -> Iterator[str]:
    yield f"← {TERMS_FILE}, «{cells['term']}»"


def _text(value: object) -> str:
    if value is None or value != value:  # a missing value equals nothing, not even itself
        return ""
    return f"{value:%Y-%m-%d}" if hasattr(value, "strftime") else str(value)


# The first of these columns that a row has filled says what it is about.
SUBJECTS: Mapping[str, Callable[[Cells, int, Ground], Iterator[str]]] = {
    "evidence_kind": _evidence,
    "own_measure": _own_measure,
    "measure_label": _measure,
    "activity_code": _measure,
    "rule": _finding,
    "reporter": _reporter,
    "school_login": _reporter,
    "school_name": _reporter,
    "executor_name": _executor,
    "task_code": _task,
    "status": _state,
    "sha256": _source,
    "term": _term,
}
