"""The tables of all cities as one dataset: a Parquet file a city and table under one schema, codes as text."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.contracts.columns import Contract, columns_of, pandas_types
from analysis.contracts.region import REGION_TABLES, tables_of_cities
from analysis.errors import AnalysisError
from analysis.files.storage import file_hash, write_file_whole
from analysis.presentation.words import as_text
from analysis.rules.methods import PASSPORT_FILE, SELECTION_FILE
from analysis.rules.office_files import CALENDAR_FILE

RULE_FILES = {PASSPORT_FILE: "паспорт показателей", SELECTION_FILE: "правила отбора", CALENDAR_FILE: "календарь"}
Told = dict[str, Any]
HASH_DIGITS = 16
CITIES, TABLES_FOLDER, STATE, PACKAGE = "cities", "tables", "state.json", "datapackage.json"
CITY = "city_id"
BUILD_AGAIN = "Соберите заново: analysis region build"
_ARROW = {
    "str": pa.string(), "int64": pa.int64(), "Int64": pa.int64(), "float64": pa.float64(), "Float64": pa.float64(),
    "bool": pa.bool_(), "datetime64[us]": pa.timestamp("us"),
}  # fmt: skip


@cache
def all_tables() -> Mapping[str, Contract]:
    """Every table of the dataset: those of the cities and those of the region."""
    return {**tables_of_cities(), **REGION_TABLES}


@cache
def _types(name: str) -> Mapping[str, str]:
    """The types of a table's columns, the city first; a category is text here."""
    found = pandas_types(all_tables()[name])
    first = {CITY: "str"} if CITY in found else {}
    return {**first, **{column: "str" if kind == "category" else kind for column, kind in found.items()}}


def schema_of(name: str) -> pa.Schema:
    """The schema that every file of a table has."""
    return pa.schema([(column, _ARROW[kind]) for column, kind in _types(name).items()])


def write_table(folder: Path, name: str, table: pd.DataFrame) -> None:
    """Writes a table of the dataset; a value that its schema does not hold is a fault of the program."""
    schema = schema_of(name)
    made = pa.Table.from_pandas(as_text(table)[schema.names], schema=schema, preserve_index=False)
    pq.write_table(made.replace_schema_metadata(None), folder / f"{name}.parquet")


def files_of(output: Path, name: str, cities: Sequence[str]) -> list[Path]:
    """The files of a table: one a city that has it, in the order of the cities, or the region's own.

    Raises:
        AnalysisError: One of them has another schema.
    """
    folders = [TABLES_FOLDER] if name in REGION_TABLES else [f"{CITIES}/{city}" for city in dict.fromkeys(cities)]
    found = [path for folder in folders if (path := output / folder / f"{name}.parquet").is_file()]
    for path in found:
        if not _fits(path):
            raise AnalysisError(
                f"{path}: файл повреждён, или столбцы не те, что у таблицы «{name}» сейчас. {BUILD_AGAIN}"
            )
    return found


def _fits(path: Path) -> bool:
    """Whether a file has the schema that its table has today; one that is damaged has none."""
    with suppress(pa.ArrowException, OSError):
        return path.stem in all_tables() and bool(pq.read_schema(path).equals(schema_of(path.stem)))
    return False


def read_table(output: Path, name: str, cities: Sequence[str]) -> pd.DataFrame:
    """A table of some cities together, or one of the region."""
    parts = [_read(path) for path in files_of(output, name, cities)]
    whole = pa.concat_tables(parts) if parts else schema_of(name).empty_table()
    wide = {pa.int64(): pd.Int64Dtype(), pa.float64(): pd.Float64Dtype()}
    found: pd.DataFrame = whole.to_pandas(types_mapper=wide.get).astype(_types(name))
    return found


def _read(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except (pa.ArrowException, OSError):
        raise AnalysisError(f"{path}: файл повреждён. {BUILD_AGAIN}") from None


def names_in(output: Path, cities: Sequence[str]) -> list[str]:
    """The tables that some of the cities, or the region, has."""
    folders = [output / TABLES_FOLDER, *(output / CITIES / city for city in cities)]
    found = {path.stem for folder in folders for path in folder.glob("*.parquet")}
    return [name for name in all_tables() if name in found]


def can_be_read(folder: Path) -> bool:
    """Whether the tables of a city are as they were kept, and of today: an older version may have had others."""
    return file_hashes(folder) == read_state(folder).get("files", {}) and all(map(_fits, folder.glob("*.parquet")))


def file_hashes(folder: Path) -> dict[str, str]:
    """The hash of each table of a city, by name."""
    return {path.stem: file_hash(path) for path in folder.glob("*.parquet")}


def read_state(folder: Path) -> dict[str, Any]:
    """The last good state of a city; empty where there is none."""
    try:
        found = json.loads((folder / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_package(output: Path, title: str, cities: Sequence[str]) -> None:
    """Writes datapackage.json (Frictionless Data Package): each table with its files, columns and their meaning."""
    package = {
        "name": "region",
        "title": title,
        "resources": [_resource(output, name, files_of(output, name, cities)) for name in names_in(output, cities)],
    }
    write_file_whole(output / PACKAGE, (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode())


def _resource(output: Path, name: str, files: Iterable[Path]) -> dict[str, Any]:
    return {
        "name": name,
        "path": [path.relative_to(output).as_posix() for path in files],
        "title": " ".join((all_tables()[name].__doc__ or "").split()),
        "format": "parquet",
        "schema": {"fields": list(_fields(name))},
    }


def _fields(name: str) -> Iterator[dict[str, str]]:
    from analysis.presentation.exports import FRICTIONLESS_TYPES

    columns = columns_of(all_tables()[name])
    for column, kind in _types(name).items():
        about = columns[column]
        said = {"title": str(about.title), "description": str(about.description), "unit": about.metadata["unit"]}
        yield {"name": column, "type": FRICTIONLESS_TYPES[kind], **{key: text for key, text in said.items() if text}}


def sitting_key(procedure: object, calendar_year: object, wave: object) -> str:
    """The name of a sitting among the definitions."""
    return f"{procedure}/{calendar_year}/{wave}"


def refuse_broken(tables: "dict[str, pd.DataFrame]") -> None:
    """A table that does not meet its contract is a fault of the program, never of the data."""
    from analysis.contracts.dictionary import violations
    from analysis.contracts.findings import screen_lines
    from analysis.contracts.region import REGION_TABLES

    if broken := violations(tables, REGION_TABLES):
        raise AnalysisError("\n".join(screen_lines(broken)))
