"""What the report shows: tables and pictures with their data, and for the office the chain behind each number."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

import pandas as pd

from analysis.contracts.columns import Contract, hidden_from, titles_of
from analysis.contracts.facts import Reports
from analysis.contracts.report import JudgedEvidence
from analysis.indicators.execution import accepted_evidence
from analysis.lineage.explain import cell_id, explain_rows, table_code
from analysis.presentation.edition import Edition
from analysis.presentation.markdown import Ready, escape, figure, only_in, pipe_table, table_note
from analysis.presentation.words import Row, count_words, rows_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# What the report shows: tables and pictures with their data, each under its contract, each column listed once.

NOTHING = ("", "—")
LONGEST_NAME = 31  # of a sheet: Excel takes no longer one


@dataclass(frozen=True)
class Col:
    """One column of a printed table.

    Attributes:
        name: The column of the table that it shows; None where its cells are made of several.
        heading: What it is called in print; None means the label of the contract.
        width: Relative to the other columns.
        align: l, r or c.
        say: What a cell says: told the value of the column, or the whole row where the column has no name.
    """

    name: str | None
    heading: str | None = None
    width: int = 10
    align: str = "l"
    say: Callable[[Any], str] = str

    def cell(self, row: Row) -> str:
        """What stands in a row."""
        return self.say(row if self.name is None else row[self.name])


@dataclass(frozen=True)
class Exhibit:
    """A table or picture of the report.

    Attributes:
        label: Cross-reference label: «tbl-load», «fig-plan-4».
        caption: Caption, plain text.
        contract: What its data are; every column of them stands there.
        data: The rows behind it, as this edition may show them. Rows of a stored table keep its index.
        markdown: What the report prints, the links to the data included.
        draw: Draws the picture; None for a table.
        drawn: Small drawings in its cells, as SVG by name.
        behind: Of each row the stored rows it rests on, by table and number, where it is none of a stored table.
    """

    label: str
    caption: str
    contract: Contract
    data: pd.DataFrame
    markdown: str
    draw: "Callable[[], Figure] | None" = None
    drawn: Mapping[str, str] = field(default_factory=dict)
    behind: Sequence[Sequence[tuple[str, int]]] = ()

    @cached_property
    def picture(self) -> "Figure | None":
        """The drawing; None for a table. It is drawn when it is asked for: that takes longer than all the words."""
        return None if self.draw is None else self.draw()


class Section(NamedTuple):
    """A Markdown piece of a report, and the exhibits that it shows.

    Attributes:
        name: The name it is placed by.
        markdown: What it prints.
        exhibits: Those whose data are published with it.
    """

    name: str
    markdown: str
    exhibits: Sequence[Exhibit] = ()


Part = tuple[str, Sequence[Exhibit]]


def chapter(parts: Iterable[Part]) -> tuple[str, list[Exhibit]]:
    """The words of all parts, each with its exhibits below them, as one text; and these exhibits."""
    made = list(parts)
    said = (text for words, shown in made for text in (words, *(one.markdown for one in shown)))
    return "\n\n".join(filter(None, said)), [one for _, shown in made for one in shown]


class Condensed(NamedTuple):
    """Rows that are not printed one by one: the data are published, the printed rows stand for them."""

    data: pd.DataFrame
    printed: Sequence[Row]


class Drawing(NamedTuple):
    """A picture, and what it shows in words."""

    draw: "Callable[[], Figure]"
    words: str


def table(
    edition: Edition,
    name: str,
    caption: str,
    contract: Contract,
    rows: pd.DataFrame | Condensed,
    columns: Sequence[Col],
) -> Exhibit:
    """A table of the report with its data.

    Args:
        edition: The edition; for the public it goes without what only the office may see.
        name: Of the label, without «tbl-».
        caption: Plain text.
        contract: What the rows are.
        rows: The rows.
        columns: What of them is printed.
    """
    data, printed = rows if isinstance(rows, Condensed) else (rows, rows_of(rows))
    label = f"tbl-{name}"
    markdown = f"{pipe(contract, printed, columns, caption, label)}\n{data_note(edition, label)}"
    return Exhibit(label, caption, contract, shown_to(edition, contract, data), markdown)


def flagged_table(
    edition: Edition,
    name: str,
    caption: str,
    contract: Contract,
    rows: pd.DataFrame | Condensed,
    columns: Sequence[Col],
) -> Exhibit:
    """A table as `table` makes it, with a last column of flags as numbers; what each means stands under it once.

    A column in which nothing stands is left out.
    """
    printed = rows.printed if isinstance(rows, Condensed) else rows_of(rows)
    legend = list(dict.fromkeys(one for row in printed for one in row["flags"].split("; ") if one))
    flags = Col("flags", "Пометки", 11, "c", partial(_numbers, legend))
    exhibit = table(edition, name, caption, contract, rows, filled([*columns, flags], printed))
    said = "; ".join(f"{number} — {text}" for number, text in enumerate(legend, start=1))
    return with_notes(exhibit, [f"Пометки: {said}."] if legend else [])


def with_notes(exhibit: Exhibit, notes: Sequence[str]) -> Exhibit:
    """The exhibit with remarks below it, plain text."""
    return replace(exhibit, markdown="\n\n".join([exhibit.markdown, *map(table_note, notes)]))


def filled(columns: Sequence[Col], rows: Sequence[Row]) -> list[Col]:
    """The columns in which something stands, the first two always, with widths in percent."""
    kept = [one for place, one in enumerate(columns) if place < 2 or any(one.cell(row) not in NOTHING for row in rows)]
    whole = sum(one.width for one in kept)
    return [replace(one, width=-(-one.width * 100 // whole)) for one in kept]


def picture(
    edition: Edition, name: str, caption: str, contract: Contract, rows: pd.DataFrame, drawing: Drawing
) -> Exhibit:
    """A picture of the report with its data; the arguments are those of `table`."""
    label = f"fig-{name}"
    markdown = f"{figure(f'figures/{label}', caption, drawing.words, label)}\n{data_note(edition, label)}"
    return Exhibit(label, caption, contract, shown_to(edition, contract, rows), markdown, drawing.draw)


def plain_table(name: str, caption: str, contract: Contract | None, rows: Sequence[Row], columns: Sequence[Col]) -> str:
    """A numbered table of a document, without data; nothing where there are no rows."""
    return pipe(contract, rows, columns, caption, f"tbl-{name}") if rows else ""


def pipe(contract: Contract | None, rows: Sequence[Row], columns: Sequence[Col], caption: str, label: str) -> str:
    """Rows as a pipe table; without a contract every column has a heading."""
    titles = {} if contract is None else titles_of(contract)
    heads = [titles[str(one.name)] if one.heading is None else one.heading for one in columns]
    cells = [[one.cell(row) for one in columns] for row in rows]
    return pipe_table(
        heads, cells, [one.width for one in columns], "".join(one.align for one in columns), caption, label
    )


def shown_to(edition: Edition, contract: Contract, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the columns that the readers of an edition may see."""
    return rows.drop(columns=list(hidden_from(contract, edition.internal)), errors="ignore")


def book_name(calendar_year: int) -> str:
    """The workbook in which all tables of an edition stand."""
    return f"tables-{calendar_year}.xlsx"


def sheet_name(label: str) -> str:
    """Its sheet on which a table or picture stands: the label, as far as Excel takes it."""
    return label if len(label) <= LONGEST_NAME else f"{label[: LONGEST_NAME - 9]}~{crc32(label.encode()):08x}"


def data_note(edition: Edition, label: str) -> str:
    """The line under a table or picture: its data files, and the code by which `analysis explain` finds its cells.

    Links on the site; in a PDF or DOCX, where a relative link is dead, the names, with the address of the site.
    """
    year, files = edition.calendar_year, (f"{label}.csv", book_name(edition.calendar_year))
    site = edition.project.site_url.rstrip("/")
    address = f"{site}/{year}/data/" if site else ""
    sheet = f"лист «{escape(sheet_name(label))}» книги"
    links = f", {sheet} ".join(f"[{one}](data/{one})" for one in files)
    names = ", ".join(escape(f"{address}{one}") for one in files)
    code = f"Код таблицы: {escape(table_code(label, year, edition.internal))}"
    linked = only_in('when-format="html"', f"::: {{.table-note}}\nДанные: {links}. {code}\n:::")
    named = only_in('unless-format="html"', f"::: {{.table-note}}\nДанные: {names}. {code}\n:::")
    return f"{linked}\n{named}"


def _numbers(legend: Sequence[str], flags: str) -> str:
    """The flags of a row as their numbers in the legend."""
    return ", ".join(str(legend.index(one) + 1) for one in flags.split("; ") if one) or "—"


# What only the office sees: evidence of every verdict, notes, and the chain behind each number.

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


def internal_sections(edition: Edition) -> Iterator[Part]:
    """Gives what only the office sees, title and exhibit; nothing in a public edition."""
    if edition.internal and not edition.execution.empty:
        if all_evidence := _all_evidence(edition):
            yield "## Все подтверждения {#sec-all-evidence}", [all_evidence]
        if notes := _notes(edition):
            yield "## Примечания {#sec-notes}", [notes]


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
