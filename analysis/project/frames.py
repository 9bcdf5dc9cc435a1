"""Tables as an analyst reads them, and what the work of a project leaves, as a notebook shows it."""

import html
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from babel.numbers import format_decimal

from analysis.contracts.columns import Contract, columns_of
from analysis.contracts.findings import RULE_TITLES, Finding, Severity, blocking
from analysis.documents.staging import HEAD, named_in
from analysis.errors import AnalysisError, nearest, probably_meant
from analysis.files.storage import file_size
from analysis.presentation.shares import NO_DATA
from analysis.presentation.words import LOCALE, as_text, short_date

if TYPE_CHECKING:
    from analysis.forms.receive import Received

# Tables as an analyst reads them: the labels of the contract with units, the signs of Russian, and what there is.

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
    fields = columns_of(contract)
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
        fields = columns_of(self._contract(name))
        told = [
            (one, fields[one].title, fields[one].description, fields[one].metadata["unit"]) for one in map(str, there)
        ]
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
            raise AnalysisError(f"Таблицы «{name}» нет.{near} Все имена: tables")
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


# What the work of a project leaves, as a notebook shows it: findings, files, receptions.

NO_FINDINGS = "Замечаний нет."
NO_FILES = "Файлов нет."


class Findings(tuple[Finding, ...]):
    """Замечания: где, что стоит, что сделать. В блокноте показывают себя таблицей.

    Обычные действия: len(found), found.filter(severity="блокирует"), found.frame.
    """

    __slots__ = ()

    def filter(self, severity: str | None = None, file: str | None = None, school: str | None = None) -> "Findings":
        """Часть замечаний.

        Args:
            severity: "блокирует", "посмотрите" или "учтено".
            file: Часть имени файла.
            school: Логин школы, как он стоит в имени формы или в тексте замечания.

        >>> len(city.check().filter(severity="блокирует"))
        0
        """
        known = list(map(str, Severity))
        if severity is not None and severity not in known:
            near = probably_meant(nearest(severity, known))
            raise AnalysisError(f"Веса «{severity}» нет.{near} Бывает: {', '.join(known)}.")
        return Findings(
            one
            for one in self
            if severity in (None, str(one.severity))
            and (file or "").casefold() in one.file.casefold()
            and (school or "").casefold() in f"{one.file} {one.value} {one.explanation}".casefold()
        )

    @property
    def frame(self) -> pd.DataFrame:
        """Замечания таблицей pandas."""
        told = [
            (str(one.severity), RULE_TITLES[one.rule], one.file, one.place, one.value, one.explanation, one.action)
            for one in self
        ]
        return pd.DataFrame(told, columns=["Вес", "Правило", "Файл", "Где", "Что стоит", "Пояснение", "Что сделать"])

    @property
    def stanzas(self) -> str:
        """Записи, готовые к вставке в файлы правил."""
        return "\n\n".join(one.stanza for one in self if one.stanza)

    def __repr__(self) -> str:
        return f"Замечаний: {len(self)}, останавливают сборку: {len(blocking(self))}."

    def _repr_html_(self) -> str:
        return f"<p>{self!r}</p>{html_table(self.frame)}" if self else f"<p>{NO_FINDINGS}</p>"


@dataclass(frozen=True)
class Files:
    """Файлы, которые сделаны; в блокноте — ссылки на них.

    Attributes:
        paths: Где они лежат.
        said: Что при этом сказано: что осталось как было, чего сделать нельзя и почему.
    """

    paths: Sequence[Path]
    said: Sequence[str] = ()

    def __repr__(self) -> str:
        return "\n".join([*(f"{_from_here(one)}  {file_size(one)}" for one in self.paths), *self.said]) or NO_FILES

    def _repr_html_(self) -> str:
        links = [
            f'<li><a href="{html.escape(_from_here(one))}" target="_blank">{html.escape(one.name)}</a> '
            f"{file_size(one)}, {html.escape(_from_here(one.parent))}</li>"
            for one in self.paths
        ]
        said = "".join(f"<p>{html.escape(one)}</p>" for one in self.said)
        return f"<ul>{''.join(links)}</ul>{said}" if links or said else f"<p>{NO_FILES}</p>"


def _from_here(path: Path) -> str:
    """A path from the working directory, so that a notebook's server finds it; the whole one on another drive."""
    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:
        return path.as_posix()


def receptions(results: "Sequence[Received]") -> pd.DataFrame:
    """What became of each file that came: where it is now, what is said of it, which values it changes."""
    told = [
        (
            "да" if one.source else "нет",
            one.source.file if one.source else "",
            one.said,
            "; ".join(one.details),
        )
        for one in results
    ]
    return pd.DataFrame(told, columns=["Принят", "Файл в проекте", "Что сказано", "Что изменилось"])


def outdated(paths: Sequence[Path], folder: Path) -> list[str]:
    """Says which documents of an earlier run would say something else today, and how they are made anew.

    Args:
        paths: The outdated files.
        folder: output/documents/<year>.
    """
    kinds, logins, packs = named_in(paths, folder)
    asked = [f"{name}={some}" for name, some in (("kinds", kinds), ("schools", logins)) if some]
    asked += [f'pack="{name}"' for name in packs]
    calls = "; ".join(f"city.documents({folder.name}, {one})" for one in asked)
    return [HEAD, *map(_from_here, paths), f"Обновить: {calls}"] if paths else []
