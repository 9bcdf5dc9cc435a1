"""Tables that only chains stand on: cells of received files as they stood, results displaced, what people wrote."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import IndicatorTable, address, column, source_file
from analysis.contracts.effectiveness_report import PassportRows
from analysis.contracts.facts import FactTable
from analysis.contracts.indicators import Abbreviations
from analysis.contracts.quality import Assumptions
from analysis.contracts.school_facts import Results


class ReceivedCells(FactTable):
    """Каждая ячейка полученных файлов, прочитанная как таблица, какой она пришла; примечаний нет."""

    place: Series[str] = address("ячейка; в выгрузке — её строка")
    row_place: Series[str] = address("строка")
    column_name: Series[str] = column("Столбец", "Имя столбца в таблицах; в «дорожной карте» — роль ячейки")
    text: Series[str] = column("Текст", "Что стоит; значения файлов с учениками — только итоги")
    line: Series[pd.Int64Dtype] = column(
        "Строка итогов", "В файле итогов, если строка — ученик; пусто для остальных", "номер", ge=2, nullable=True
    )


class DisplacedResults(Results):
    """Результаты форм, вместо которых засчитаны выгрузки."""


class SelectionRules(IndicatorTable):
    """Правила отбора, как их записало управление."""

    rule_id: Series[str] = column("Правило", "Имя правила в data/selection.toml", unique=True)
    rule_words: Series[str] = column("Что в нём сказано", "Порог, сколько процедур, повторение")


class SourceFiles(IndicatorTable):
    """Полученные файлы, как они записаны в SOURCES.toml."""

    file: Series[str] = source_file()
    title: Series[str] = column("Документ", "Полное название")
    origin: Series[str] = column("Откуда", "От кого и как получен")
    received: Series[pd.Timestamp] = column("Получен", "Дата получения", "дата")
    sha256: Series[str] = column("sha256", "Отпечаток содержимого файла")


CELL_TABLES: dict[str, type[pa.DataFrameModel]] = {
    "received_cells": ReceivedCells,
    "displaced_results": DisplacedResults,
}
# What people wrote into files of rules, row by row.
RULE_TABLES: dict[str, type[pa.DataFrameModel]] = {
    "passport": PassportRows,
    "selection_rules": SelectionRules,
    "sources": SourceFiles,
    "abbreviations": Abbreviations,
    "assumptions": Assumptions,
}
