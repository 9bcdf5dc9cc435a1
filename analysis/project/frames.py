"""Tables as an analyst reads them: the labels of the contract with units, the signs of Russian, and what there is."""

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
from babel.numbers import format_decimal

from analysis.contracts.columns import Contract
from analysis.errors import AnalysisError, nearest, probably_meant
from analysis.presentation.russian import LOCALE, short_date
from analysis.presentation.shares import NO_DATA
from analysis.presentation.words import as_text

# Units that depend on the row, or say again what the label says.
OF_THE_ROW = ("единица показателя", "как в паспорте", "как в названии")
# So many letters of a word are the same in all its forms: «школ».
WORD = 4
SMALLEST = 0.001
NOTHING = "Таких сведений нет."


class Frame(pd.DataFrame):
    """Таблица pandas, которая в блокноте показывает себя по-русски: запятая в числах, тире там, где пусто."""

    @property
    def _constructor(self) -> "type[Frame]":
        return Frame

    @property
    def _constructor_sliced(self) -> "type[Column]":
        return Column

    def _repr_html_(self) -> str:
        most = pd.get_option("display.max_rows") or len(self)
        cells = pd.DataFrame(self.head(most)).astype(object).map(cell_words)
        numbered = self.index.name is None and pd.api.types.is_integer_dtype(self.index.dtype)
        rest = f"<p>… ещё строк: {len(self) - most}</p>" if len(self) > most else ""
        return html_table(cells, index=not numbered) + (rest if len(self) else f"<p>{NOTHING}</p>")


class Column(pd.Series):
    """Столбец такой таблицы: что из него сгруппировано, снова становится ею."""

    @property
    def _constructor(self) -> "type[Column]":
        return Column

    @property
    def _constructor_expanddim(self) -> type[Frame]:
        return Frame


def readable(rows: pd.DataFrame, contract: Contract, columns: Sequence[str]) -> Frame:
    """Returns some columns under their Russian labels with units, «Сообщено, ученик»; values stay numbers and text.

    Args:
        rows: Rows of a table; a column that it lacks is blank.
        contract: What the table is.
        columns: Which columns, in this order.
    """
    fields = contract.to_schema().columns
    found = rows.reindex(columns=list(columns)).reset_index(drop=True)
    return Frame(as_text(found).rename(columns={name: _heading(fields[name]) for name in columns}))


def _heading(field: "object") -> str:
    label, unit = str(field.title), str(field.metadata["unit"])  # type: ignore[attr-defined]
    said = not unit or unit in OF_THE_ROW or unit[:WORD] in label.casefold()
    return label if said else f"{label}, {unit}"


class Tables(Mapping[str, pd.DataFrame]):
    """Таблицы проекта по имени: city.tables["results"]. Наберите city.tables — увидите, что в каждой.

    Таблица — ваша копия: что бы вы с ней ни сделали, сборка и отчёт не изменятся. Столбцы названы по-английски, как в
    словаре данных; что значит каждый, говорит city.tables.describe("results").
    """

    def __init__(self, tables: Callable[[], Mapping[str, pd.DataFrame]], contract: Callable[[str], Contract]) -> None:
        self._tables, self._contract = tables, contract

    def __getitem__(self, name: str) -> Frame:
        return Frame(self._known(name).copy())

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._tables()))

    def __len__(self) -> int:
        return len(self._tables())

    def describe(self, name: str) -> pd.DataFrame:
        """Столбцы таблицы: имя, название, смысл, единица.

        >>> city.tables.describe("schools").columns.tolist()
        ['Столбец', 'Название', 'Что значит', 'Единица']
        """
        there = self._known(name)
        fields = self._contract(name).to_schema().columns
        told = [(one, fields[one].title, fields[one].description, fields[one].metadata["unit"]) for one in there]
        return pd.DataFrame(told, columns=["Столбец", "Название", "Что значит", "Единица"])

    def in_russian(self, name: str) -> Frame:
        """Та же таблица с русскими названиями столбцов.

        >>> city.tables.in_russian("statuses").columns.tolist()
        ['Год', 'Состояние за год', 'Показателей']
        """
        rows = self._known(name)
        return readable(rows, self._contract(name), list(rows.columns))

    @property
    def listing(self) -> pd.DataFrame:
        """Все таблицы: имя, что в ней, сколько строк."""
        told = [(name, self._about(name), len(table)) for name, table in self._sorted()]
        return pd.DataFrame(told, columns=["Таблица", "Что в ней", "Строк"])

    def _about(self, name: str) -> str:
        return " ".join((self._contract(name).__doc__ or "").split())

    def _sorted(self) -> list[tuple[str, pd.DataFrame]]:
        return sorted(self._tables().items())

    def _known(self, name: str) -> pd.DataFrame:
        tables = self._tables()
        if name not in tables:
            near = probably_meant(nearest(str(name), tables))
            raise AnalysisError(f"Таблицы «{name}» нет.{near} Какие есть: city.tables")
        return tables[name]

    def __repr__(self) -> str:
        return "\n".join(f"{name:<24} {len(table):>7}  {self._about(name)}" for name, table in self._sorted())

    def _repr_html_(self) -> str:
        return html_table(self.listing)


def html_table(frame: pd.DataFrame, index: bool = False) -> str:
    """A table with long texts in full, text to the left; names of rows only where they say something."""
    header = not isinstance(frame.columns, pd.RangeIndex)
    with pd.option_context("display.max_colwidth", None):
        shown = frame.to_html(index=index, header=header, border=0, na_rep=NO_DATA, max_rows=None)
    # Notebooks set cells to the right, whatever the table says of itself.
    shown = re.sub(r"<(t[hd])(?=[ >])", r'<\1 style="text-align:left"', shown)
    shown = re.sub(r"(?<=\w)([/_])(?=\w)", r"\1<wbr>", shown)  # a path may go on in the next line
    return f'<div style="overflow-x:auto">{shown}</div>'


def cell_words(value: Any) -> str:
    """What stands in a cell: «0,312», «да», «31.01.2022», a dash where nothing is known."""
    if pd.isna(value) or value == "":
        return NO_DATA
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, date):
        return short_date(value)
    return _number(value) if isinstance(value, float) else str(value)


def escaped(text: str) -> str:
    """Text as HTML, with its line breaks."""
    return html.escape(text).replace("\n", "<br>")


def _number(value: float) -> str:
    """«0,312»; what is almost nothing or almost one is not printed as 0 or 1: it is not certain."""
    if 0 < abs(value) < SMALLEST:
        return f"< {_number(SMALLEST)}" if value > 0 else f"> {_number(-SMALLEST)}"
    if 1 - SMALLEST < value < 1:
        return f"> {_number(1 - SMALLEST)}"
    return format_decimal(value, "0.###", locale=LOCALE)
