"""The data dictionary: every table and column in words; and tables held against their contracts.

`python -m analysis.contracts.dictionary > docs/data-dictionary.md` prints it.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.config import get_config_context
from pandera.dtypes import DataType
from pandera.engines.pandas_engine import STRING

from analysis.contracts.effectiveness import EFFECTIVENESS_TABLES, GROUP_TABLES, PUBLIC_EFFECTIVENESS, holding_shares
from analysis.contracts.execution import TEXT_TABLES, TYPED_TABLES
from analysis.contracts.facts import FACT_TABLES, SCHOOL_FACT_TABLES
from analysis.contracts.findings import ASKS, BLOCKS, SETS_ASIDE, Finding, Severity
from analysis.contracts.region import REGION_TABLES
from analysis.contracts.report import CHAIN_TABLES, EXPORT_TABLES, NO_NUMBER, REPORT_TABLES, STATUS_WORDS
from analysis.contracts.tables import INDICATOR_TABLES, TABLES
from analysis.errors import AnalysisError
from analysis.files.memory import FORGETFUL, Memory
from analysis.rules.methods import SHARE, Methods

# The data dictionary: every table and column in words, made from the contracts so that it cannot lag behind them.

TYPE_NAMES = {
    "str": "текст",
    "string[pyarrow]": "текст",
    "string[python]": "текст",
    "int64": "целое число",
    "Int64": "целое число",
    "float64": "число",
    "Float64": "число",
    "category": "текст",
    "bool": "да или нет",
    "datetime64[ns]": "дата",
}
CHECK_SENTENCES = {
    "greater_than_or_equal_to": "не меньше {min_value}",
    "less_than_or_equal_to": "не больше {max_value}",
    "str_length": "знаков: {min_value} и больше",
    "str_matches": "по образцу `{pattern}`",
}
HEAD = """# Словарь данных

Сделан из договоров о данных командой `make docs`; руками не правят. Имена столбцов — как в файлах и в коде, подписи —
как в отчёте. «Пусто» говорит, может ли значение отсутствовать: пустое значение не ноль.
"""
STATUSES = """## Почему числа нет

В CSV отчёта у каждого числа, которое может отсутствовать, есть столбец `<имя>_status`: {words}. Эти столбцы стоят
последними, чтобы буквы остальных были те же, что в XLSX и в `analysis explain`. В служебном отчёте `hidden` не бывает.
Об изменении к прежнему году `hidden` не говорят: это значило бы, что тогда результат у кого-то был.

`not_applicable` ставится, только когда это видно в самой строке:
"""
COLUMN_HEAD = "| Столбец | Подпись | Тип | Смысл | Пусто | Допустимо |\n|---|---|---|---|---|---|"

Contracts = Mapping[str, type[pa.DataFrameModel]]
# Title, what is said of the tables, and these.
SECTIONS: tuple[tuple[str, str, Contracts], ...] = (
    (
        "Таблицы «дорожной карты»",
        "Лежат в `data/processed`; из них считается план.",
        {name: one for name, one in TYPED_TABLES.items() if one not in TEXT_TABLES.values()},
    ),
    ("Таблицы сведений", "Из возвращённых форм; лежат в `data/processed`, когда сведения есть.", FACT_TABLES),
    (
        "Таблицы школьных сведений",
        "Из форм школ и выгрузок систем; `quarantine` — что отложено до уточнения.",
        SCHOOL_FACT_TABLES,
    ),
    (
        "Итоги файлов, в которых строка — ученик",
        "Сами файлы в проект не попадают: `analysis receive` оставляет от них CSV в UTF-8 с запятыми. В записи "
        "SOURCES.toml `derived_from` — sha256 исходного файла.",
        EXPORT_TABLES,
    ),
    (
        "Таблицы показателей",
        "Считаются из таблиц выше; `plan` и `data_log`, а когда сведения есть, и `plan_fact`, `reporter_results`, "
        "`task_results`, `executor_results`, `school_results`, `owed`, `reporter_completeness`, `completeness`, "
        "`finding_counts`, `set_aside_counts` лежат в `data/processed`, остальные — в данных отчёта.",
        INDICATOR_TABLES,
    ),
    (
        "Таблицы показателей школ",
        "Считаются по паспорту показателей `data/indicators.toml`, когда пришли школьные сведения; лежат в "
        "`data/processed`. Служебные: малые числа в них не скрыты.",
        EFFECTIVENESS_TABLES,
    ),
    (
        "Показатели школ в отчёте",
        "`public_…` сделаны только из открытых чисел и лежат в `data/processed`; остальные — в данных отчёта.",
        {**PUBLIC_EFFECTIVENESS, **REPORT_TABLES},
    ),
    (
        "Школьные сведения по группам школ",
        "Лежат в `data/processed` дважды: целиком, для служебного отчёта, и с приставкой `public_` — с тем, что "
        "скрыто правилом `data/disclosure.toml`; открытый отчёт и его файлы делаются только из вторых.",
        GROUP_TABLES,
    ),
    (
        "Таблицы для `analysis explain`",
        "Лежат в `data/processed`; в них кончаются цепочки от напечатанного числа.",
        CHAIN_TABLES,
    ),
    (
        "Таблицы региона",
        "Делает `analysis region build`; лежат в `output/region/tables`. Рядом, в `output/region/cities/<город>`, — "
        "таблицы городов, те же, что выше, с первым столбцом `city_id`. Служебные: в них ничего не скрыто.",
        REGION_TABLES,
    ),
    (
        "Текстовые таблицы",
        "Документ, как он прочитан: все значения — текст, ничего не истолковано. `cells` лежит и в `data/processed`.",
        TEXT_TABLES,
    ),
)


def data_dictionary() -> str:
    """Returns the dictionary of all tables as Markdown."""
    parts = [HEAD, _statuses()]
    for title, about, contracts in SECTIONS:
        parts.append(f"## {title}\n\n{about}\n")
        parts.extend(_table(name, contract) for name, contract in contracts.items())
    return "\n".join([*parts, _outcomes()])


def _statuses() -> str:
    """What the column beside a number that is not there says, and when it says that there can be none."""
    lines = (f"- {', '.join(f'`{name}`' for name in one.columns)}: {one.words};" for one in NO_NUMBER)
    return "\n".join([STATUSES.format(words=STATUS_WORDS), *lines])[:-1] + ".\n"


def _outcomes() -> str:
    """What stops the work, what sets a row aside and what asks to look, as three lists."""
    lists = (
        ("Останавливает сборку", BLOCKS),
        ("Откладывает строку: в таблицы она не входит, пока её не уточнят", SETS_ASIDE),
        ("Просит посмотреть: строка остаётся", ASKS),
    )
    said = ["## Что бывает с сомнительной строкой школьных сведений\n"]
    for title, rules in lists:
        said.extend([f"### {title}\n", *(f"- {rule}." for rule in rules.values()), ""])
    return "\n".join(said).rstrip()


def _table(name: str, contract: type[pa.DataFrameModel]) -> str:
    schema = contract.to_schema()
    key = ", ".join(f"`{column}`" for column in schema.unique or [])
    rules = [str(check.error) for check in schema.checks]
    return "\n".join(
        [
            f"### `{name}`\n\n{contract.__doc__}\n",
            *([f"Ключ: {key}.\n"] if key else []),
            *([f"Правила: {'; '.join(rules)}.\n"] if rules else []),
            COLUMN_HEAD,
            *(_row(column) for column in schema.columns.values()),
            "",
        ]
    )


def type_in_words(column: pa.Column) -> str:
    """The type of a column, and its unit where it has one."""
    unit = (column.metadata or {}).get("unit", "")
    return ", ".join(dict.fromkeys(filter(None, (TYPE_NAMES[str(column.dtype)], unit))))


def check_in_words(check: pa.Check) -> str:
    """What a check of a column demands."""
    limits = check.statistics or {}
    allowed = limits.get("allowed_values")
    if isinstance(allowed, list):
        return "одно из: " + ", ".join(f"`{value}`" for value in allowed)
    return CHECK_SENTENCES[str(check.name)].format(**limits)


def _row(column: pa.Column) -> str:
    allowed = "; ".join([*map(check_in_words, column.checks), *(["не повторяется"] if column.unique else [])])
    empty = "может быть" if column.nullable else ""
    cells = (f"`{column.name}`", column.title, type_in_words(column), column.description, empty, allowed)
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


# Holds tables against their contracts; a fault becomes a finding, never a page of traceback.

SHOWN_FAULTS = 5
# Where a row stands: the finest address that its table has.
PLACE_COLUMNS = ("place", "row_place", "title_place")


def refuse_without_validation() -> None:
    """Stops when pandera's checks are switched off: bad rows would pass in silence.

    Raises:
        AnalysisError: PANDERA_VALIDATION_ENABLED is off.
    """
    if not get_config_context().validation_enabled:
        raise AnalysisError(
            "Проверка таблиц выключена переменной PANDERA_VALIDATION_ENABLED. Уберите её: без проверки "
            "отчёт не публикуется."
        )


def violations(
    tables: Mapping[str, pd.DataFrame],
    contracts: Mapping[str, type[pa.DataFrameModel]] = TABLES,
    memory: Memory = FORGETFUL,
    given: Sequence[object] = (),
) -> list[Finding]:
    """Returns a finding for each rule that a table breaks, with the addresses of the first rows that break it.

    Args:
        tables: By name.
        contracts: By the name of the table; those of all stored tables where nothing else is said.
        memory: What is known of the very same tables.
        given: What contracts that are no part of the code were made of.
    """

    def faults(name: str, frame: pd.DataFrame) -> list[Finding]:
        return list(_faults(name, frame, bounded_schema(contracts[name])))

    return [
        finding
        for name, frame in tables.items()
        for finding in memory.remembered("contract", [name, frame, *given], partial(faults, name, frame))
    ]


def broken_by_the_program(made: Mapping[str, pd.DataFrame], methods: Methods | None, memory: Memory) -> list[Finding]:
    """Where a computed table does not meet its contract: a fault of the program, never of the data."""
    shares = [one.id for one in methods.passport.indicators if one.kind == SHARE] if methods else []
    return violations(made, {**TABLES, **holding_shares(shares)}, memory, shares)


def broken_relations(tables: Mapping[str, pd.DataFrame]) -> list[Finding]:
    """Returns a finding for each typed table whose rows refer to rows that are not there."""
    activity = ["source_file", "activity_code"]
    measure = [*activity, "measure_number"]
    links = [
        ("measures", "activities", activity),
        ("executors", "activities", activity),
        ("activities", "measures", activity),
        # A plan of indicators names no executors at all.
        *([("activities", "executors", activity)] if len(tables["executors"]) else []),
        ("targets", "measures", measure),
        ("measures", "targets", measure),
    ]
    return [
        _finding(child, f"строки без пары в таблице {parent}: {', '.join(missing[:SHOWN_FAULTS])}", ("вся таблица",))
        for child, parent, key in links
        if (missing := _without_pair(tables[child], tables[parent], key))
    ]


def _without_pair(child: pd.DataFrame, parent: pd.DataFrame, key: list[str]) -> list[str]:
    present = set(_keys(parent, key))
    return ["/".join(map(str, row[1:])) for row in dict.fromkeys(_keys(child, key)) if row not in present]


def _keys(frame: pd.DataFrame, key: list[str]) -> Iterator[tuple[object, ...]]:
    return zip(*(frame[column].tolist() for column in key), strict=True)


def _faults(name: str, frame: pd.DataFrame, schema: pa.DataFrameSchema) -> Iterator[Finding]:
    """A finding for each rule of a column; one for a rule across columns, where pandera gives one for every column."""
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        across = ~cases["column"].isin(list(schema.columns)) | (cases["schema_context"] == "DataFrameSchema")
        for (rule, column), group in cases.groupby(["check", cases["column"].mask(across, "")], sort=False):
            rows = [int(index) for index in group["index"].dropna().unique()[:SHOWN_FAULTS]]
            what = f"столбец {column}: {_rule(schema.columns[column], rule)}" if column else _RULES.get(rule, rule)
            yield _finding(name, what, _places(frame, rows), _shown(group, schema.unique or []))
        # pandera lists no row of a fault whose values are all missing, such as keys that are blank twice.
        listed = set(cases["check"])
        for rule in dict.fromkeys(one.check for one in errors.schema_errors):
            if isinstance(rule, str) and rule not in listed:
                yield _finding(name, _RULES.get(rule, rule), ("вся таблица",))


def bounded_schema(contract: type[pa.DataFrameModel]) -> pa.DataFrameSchema:
    """Returns a contract whose checks list no more rows than are shown: listing a million bad ones takes minutes.

    Text is text however this process stores it, by Arrow or as Python objects; to pandera these are two types.
    """
    schema = copy(contract.to_schema())
    schema.checks = _bounded(schema.checks)
    schema.columns = {name: _bounded_column(column) for name, column in schema.columns.items()}
    return schema


def _bounded_column(column: pa.Column) -> pa.Column:
    bounded = copy(column)
    bounded.checks = _bounded(column.checks)
    if str(column.dtype).startswith("string"):
        bounded.dtype = _Text()  # type: ignore[call-arg]  # pandera knows its type
    return bounded


class _Text(STRING):
    """Text as this process stores it. Where all of it is text, one word says so: pandera would list it to print it."""

    def check(self, pandera_dtype: DataType, data_container: Any = None) -> bool | Iterable[bool]:
        """Whether the values are text."""
        found: Any = super().check(pandera_dtype, data_container)
        return True if np.all(found) else found


def _bounded(checks: Iterable[pa.Check]) -> list[pa.Check]:
    bounded = [copy(check) for check in checks]
    for check in bounded:
        check.n_failure_cases = SHOWN_FAULTS
    return bounded


def _rule(column: pa.Column, rule: str) -> str:
    name = rule.partition("(")[0]
    checks = (check for check in column.checks if check.name == name)
    return next(map(check_in_words, checks), None) or _RULES.get(name, rule).format(type=type_in_words(column))


# How pandera calls its own rules, and what they say.
_RULES = {
    "dtype": "тип должен быть «{type}»",
    "not_nullable": "пустого значения быть не может",
    "field_uniqueness": "значение не повторяется",
    "multiple_fields_uniqueness": "ключ строки не повторяется",
    "column_in_schema": "столбца с таким именем договор не знает",
    "column_in_dataframe": "столбца нет",
    "column_ordered": "столбцы стоят не в том порядке",
}


def _shown(group: pd.DataFrame, key: list[str]) -> str:
    """The value that breaks the rule; of a rule across columns, the key of the first row that breaks it."""
    first = group[group["index"].isna() | (group["index"] == group["index"].iloc[0])]
    if len(first) == 1:
        return str(first["failure_case"].iloc[0])
    return ", ".join(f"{one.column} = {one.failure_case}" for one in first.itertuples() if one.column in key)


def _places(frame: pd.DataFrame, rows: list[int]) -> tuple[str, ...]:
    column = next((name for name in PLACE_COLUMNS if name in frame.columns), None)
    if column is None or not rows:
        return ("вся таблица",)
    return tuple(str(frame[column].iloc[row]) for row in rows)


def _finding(table: str, explanation: str, places: tuple[str, ...], value: str = "") -> Finding:
    return Finding(
        "contract",
        Severity.BLOCKS,
        f"таблица {table}",
        places,
        value,
        f"Таблица {table} нарушает договор о данных: {explanation}.",
        "Сверьте названные ячейки с подписанным документом; если документ верен, сообщите разработчикам.",
    )


def findings_table(findings: list[Finding]) -> pd.DataFrame:
    """The findings as a table: severity, rule, source_file, place, value, explanation, action."""
    columns = ["severity", "rule", "source_file", "place", "value", "explanation", "action"]
    rows = [
        (str(one.severity), one.rule, one.file, one.place, one.value, one.explanation, one.action) for one in findings
    ]
    return pd.DataFrame(rows, columns=columns, dtype="str")


if __name__ == "__main__":
    sys.stdout.buffer.write(data_dictionary().encode("utf-8"))
