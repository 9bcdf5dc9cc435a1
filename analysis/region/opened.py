"""An open region: what can be asked of the tables of all its cities."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.contracts.region import RegionCities
from analysis.errors import AnalysisError
from analysis.presentation.place import rendered_report
from analysis.project.answers import ask_duckdb
from analysis.project.frames import Frame, Tables, readable
from analysis.region.dataset import all_tables, files_of, names_in, read_table
from analysis.region.settings import Region, load_region

if TYPE_CHECKING:
    import pandas as pd

NOT_BUILT = "Регион ещё не собран. Соберите: analysis region build"
INSIDE_A_REPORT = (
    "Таблицы региона служебные: малые числа в них не скрыты. В отчёте, который публикуется, их не открывают."
)


def opened(folder: str | Path | None) -> "OpenRegion":
    """Opens a region; see `analysis.open_region`."""
    if rendered_report() is not None:
        raise AnalysisError(INSIDE_A_REPORT)
    return OpenRegion(load_region(None if folder is None else Path(folder)))


class _Stored(Mapping[str, "pd.DataFrame"]):
    """The tables by name, each read when it is asked for."""

    def __init__(self, region: Region) -> None:
        self.cities = [one.id for one in region.file.cities]
        self._output, self._names = region.output, names_in(region.output, self.cities)

    def __getitem__(self, name: str) -> "pd.DataFrame":
        if name not in self._names:
            raise KeyError(name)
        return read_table(self._output, name, self.cities)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class OpenRegion:
    """Регион, открытый в блокноте: таблицы всех его городов вместе. Служебное: малые числа не скрыты.

    Attributes:
        region: Папка региона и то, что стоит в region.toml.
    """

    def __init__(self, region: Region) -> None:
        self.region = region

    @property
    def cities(self) -> Frame:
        """Города: как далеко каждый дошёл, на какой день его числа, сколько замечаний.

        >>> region.cities.columns.tolist()[:3]
        ['Код города', 'Город', 'Состояние']
        """
        return readable(self._stored["region_cities"], RegionCities, list(RegionCities.to_schema().columns))

    @property
    def tables(self) -> Tables:
        """Таблицы по имени, строки всех городов вместе; город — в столбце city_id. Сам список говорит, что в какой.

        >>> region.tables["results"].columns.tolist()[:2]
        ['city_id', 'source_file']
        """
        stored = self._stored
        return Tables(lambda: stored, all_tables().__getitem__)

    def sql(self, query: str) -> "pd.DataFrame":
        """Запрос SQL к таблицам всех городов: region.sql("select city_id, count(*) from results group by city_id").

        Нужен пакет duckdb: он ставится с дополнением sql. Других файлов запрос не читает, таблиц не меняет.
        """
        asked = [name for name in self._stored if name in query.casefold()]
        files = {name: files_of(self.region.output, name, self._stored.cities) for name in asked}

        def loaded(connection: Any) -> None:
            for name, paths in files.items():
                texts = [path.as_posix() for path in paths]
                connection.execute(f"create table {name} as from read_parquet(?, union_by_name = true)", [texts])

        return ask_duckdb(query, loaded)

    @cached_property
    def _stored(self) -> _Stored:
        stored = _Stored(self.region)
        if "region_cities" not in stored:
            raise AnalysisError(NOT_BUILT)
        return stored

    def __repr__(self) -> str:
        stored = self._stored["region_cities"]
        built = int(stored["in_region"].sum())
        told = f"{self.region.file.head.name}: городов в таблицах {built} из {len(stored)}"
        return f"{told}. Дальше: region.cities, region.tables, region.sql(…)"
