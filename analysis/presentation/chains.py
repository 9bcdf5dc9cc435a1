"""What only the office sees: evidence of every verdict, notes, and the chain behind each number."""

from collections.abc import Callable, Iterator, Sequence

from analysis.contracts.facts import Reports
from analysis.contracts.report import JudgedEvidence
from analysis.indicators.execution import accepted_evidence
from analysis.lineage.explain import explain_rows
from analysis.lineage.named import cell_id, table_code
from analysis.presentation.edition import Edition
from analysis.presentation.exhibits import Col, Exhibit, table
from analysis.presentation.markdown import Ready, escape, only_in
from analysis.presentation.words import Row, count_words, rows_of

NUMBERS = {
    "план на год": "target_count",
    "сообщено": "reported_count",
    "подтверждено": "documented_count",
    "принято": "accepted_count",
    "принято с начала срока": "accepted_flow_count",
}


NOT_ON_PAPER = (
    "Цепочка от каждого числа до ячейки полученного файла стоит на странице приложения; её же печатает команда "
    "analysis explain."
)


def chain_link(edition: Edition, label: str, shown: str = "") -> str:
    """The number of a measure, or a number about it; in the internal report it leads to the chain behind it."""
    return Ready(f"[{escape(shown or label)}](#{_anchor(label)})") if edition.internal else shown or label


def linked(edition: Edition, say: Callable[[Row], str]) -> Callable[[Row], str]:
    """What a cell about a measure says; in the internal report it leads to the chain behind it."""
    return lambda row: chain_link(edition, row["measure_label"], say(row))


def internal_sections(edition: Edition) -> tuple[str, list[Exhibit]]:
    """Returns the Markdown that only the office sees, and its exhibits; nothing in a public edition."""
    if not edition.internal or edition.execution.empty:
        return "", []
    tables = [table for table in (_all_evidence(edition), _notes(edition)) if table is not None]
    titles = {"tbl-all-evidence": "## Все подтверждения {#sec-all-evidence}", "tbl-notes": "## Примечания {#sec-notes}"}
    parts = [part for table in tables for part in (titles[table.label], table.markdown)]
    return "\n\n".join(parts), tables


def chains(edition: Edition) -> str:
    """One heading a measure, with the ids of its numbers and the chain that `analysis explain` prints; for the office.

    On paper it would take some forty pages that nobody can search, so there only the ids stand.
    """
    if edition.chains is None or edition.execution.empty:
        return ""
    lines = explain_rows("plan_fact", [int(one) for one in edition.execution.index], edition.chains)
    rows = zip(rows_of(edition.execution), lines, strict=True)
    told = [part for row, chain in rows for part in _chain(row, chain, edition)]
    return "\n\n".join(["## Откуда числа {#sec-chains}", only_in('unless-format="html"', NOT_ON_PAPER), *told])


def _chain(row: Row, lines: Sequence[str], edition: Edition) -> Iterator[str]:
    ids = ", ".join(f"{word} {cell}" for word, cell in _cell_ids(row, edition))
    yield f"### {escape(row['measure_label'])} {{#{_anchor(row['measure_label'])} .unnumbered}}"
    yield escape(f"Ячейки для analysis explain: {ids}.")
    chain = "\n".join(f"{'  ' * (_depth(line) - 1)}- {escape(line.strip())}" for line in lines[1:])
    yield only_in('when-format="html"', chain)


def _cell_ids(row: Row, edition: Edition) -> Iterator[tuple[str, str]]:
    """The numbers of a measure and their ids in the table of its task."""
    task = edition.execution[edition.execution["task_code"] == row["task_code"]]
    position = task["measure_label"].tolist().index(row["measure_label"])
    columns = list(edition.execution.columns)
    for word, name in NUMBERS.items():
        code = table_code(f"tbl-fact-{row['task_code']}", edition.calendar_year, edition.internal)
        yield word, cell_id(code, columns.index(name), position)


def _depth(line: str) -> int:
    return (len(line) - len(line.lstrip(" "))) // 2


def _anchor(label: str) -> str:
    return f"chain-{label.replace('.', '-').replace('/', '-')}"


def _all_evidence(edition: Edition) -> Exhibit | None:
    rows = accepted_evidence(edition.tables["evidence"], edition.tables["acceptance"])
    rows = rows[rows["calendar_year"] == edition.calendar_year]
    if rows.empty:
        return None
    columns = [
        Col(None, "№", 8, "l", edition.label_of),
        Col("reporter", width=15),
        Col(None, "Подтверждение", 30, "l", _evidence_words),
        Col("confirmed_count", "Единиц", 9, "c"),
        Col("verdict", width=16),
        Col("place", "Где", 22),
    ]
    caption = f"Подтверждения {edition.calendar_year} года и решения о них"
    return table(edition, "all-evidence", caption, JudgedEvidence, rows, columns)


def _evidence_words(row: Row) -> str:
    number, link = count_words(row["evidence_number"], ""), count_words(row["evidence_link"], "")
    return f"{row['evidence_kind']} {number} {link}".strip()


def _notes(edition: Edition) -> Exhibit | None:
    rows = edition.tables["reports"]
    rows = rows[(rows["calendar_year"] == edition.calendar_year) & rows["note"].notna()]
    if rows.empty:
        return None
    columns = [
        Col(None, "№", 10, "l", edition.label_of),
        Col("reporter", width=20),
        Col("fact_count", width=10, align="c", say=count_words),
        Col("note", width=60),
    ]
    return table(edition, "notes", "Примечания из форм", Reports, rows, columns)
