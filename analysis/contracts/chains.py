"""Tables that only chains stand on: cells of received files as they stood, results displaced, rules of selection."""

import pandas as pd
from pandera.typing.pandas import Series

from analysis.contracts.columns import SourcedTable, Table, address, but, by_name
from analysis.contracts.school_facts import Results


class ReceivedCells(SourcedTable):
    """Каждая ячейка полученных файлов, прочитанная как таблица, какой она пришла; примечаний нет."""

    place: Series[str] = address("ячейка; в выгрузке — её строка")
    row_place: Series[str] = address("строка с этой ячейкой", label="Адрес строки")
    column_name: Series[str]
    text: Series[str] = but(meaning="Что стоит; от файлов с учениками — только итоги")
    line: Series[pd.Int64Dtype] = but(
        label="Строка итогов", meaning="В файле итогов, где строка — ученик; пусто для остальных", ge=2, nullable=True
    )


class DisplacedResults(Results):
    """Результаты форм, вместо которых засчитаны выгрузки."""


class SelectionRules(Table):
    """Правила отбора, как их записало управление."""

    rule_id: Series[str] = but(unique=True)
    rule_words: Series[str]


CHAIN_TABLES = by_name(ReceivedCells, DisplacedResults, SelectionRules)
