"""The data dictionary: every table and column in words, made from the contracts so that it cannot lag behind them."""

from collections.abc import Mapping

import pandera.pandas as pa

from analysis.contracts.blanks import NO_NUMBER, STATUS_WORDS
from analysis.contracts.effectiveness import EFFECTIVENESS_TABLES, PUBLIC_EFFECTIVENESS
from analysis.contracts.facts import FACT_TABLES
from analysis.contracts.indicators import INDICATOR_TABLES
from analysis.contracts.outcomes import ASKS, BLOCKS, SETS_ASIDE
from analysis.contracts.region import REGION_TABLES
from analysis.contracts.report import CHAIN_TABLES, EXPORT_TABLES, REPORT_TABLES
from analysis.contracts.school_facts import SCHOOL_FACT_TABLES
from analysis.contracts.school_groups import GROUP_TABLES
from analysis.contracts.text import TEXT_TABLES
from analysis.contracts.typed import TYPED_TABLES

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
SECTIONS = (
    ("Таблицы «дорожной карты»", "Лежат в `data/processed`; из них считается план."),
    ("Таблицы сведений", "Из возвращённых форм; лежат в `data/processed`, когда сведения есть."),
    (
        "Таблицы школьных сведений",
        "Из форм школ и выгрузок систем; `quarantine` — что отложено до уточнения.",
    ),
    (
        "Итоги файлов, в которых строка — ученик",
        "Сами файлы в проект не попадают: `analysis receive` оставляет от них CSV в UTF-8 с запятыми. В записи "
        "SOURCES.toml `derived_from` — sha256 исходного файла.",
    ),
    (
        "Таблицы показателей",
        "Считаются из таблиц выше; `plan` и `data_log`, а когда сведения есть, и `plan_fact`, `reporter_results`, "
        "`task_results`, `executor_results`, `school_results`, `owed`, `reporter_completeness`, `completeness`, "
        "`finding_counts`, `set_aside_counts` лежат в `data/processed`, остальные — в данных отчёта.",
    ),
    (
        "Таблицы показателей школ",
        "Считаются по паспорту показателей `data/indicators.toml`, когда пришли школьные сведения; лежат в "
        "`data/processed`. Служебные: малые числа в них не скрыты.",
    ),
    (
        "Показатели школ в отчёте",
        "`public_…` сделаны только из открытых чисел и лежат в `data/processed`; остальные — в данных отчёта.",
    ),
    (
        "Школьные сведения по группам школ",
        "Лежат в `data/processed` дважды: целиком, для служебного отчёта, и с приставкой `public_` — с тем, что "
        "скрыто правилом `data/disclosure.toml`; открытый отчёт и его файлы делаются только из вторых.",
    ),
    ("Таблицы для `analysis explain`", "Лежат в `data/processed`; в них кончаются цепочки от напечатанного числа."),
    (
        "Таблицы региона",
        "Делает `analysis region build`; лежат в `output/region/tables`. Рядом, в `output/region/cities/<город>`, — "
        "таблицы городов, те же, что выше, с первым столбцом `city_id`. Служебные: в них ничего не скрыто.",
    ),
    (
        "Текстовые таблицы",
        "Документ, как он прочитан: все значения — текст, ничего не истолковано. `cells` лежит и в `data/processed`.",
    ),
)
COLUMN_HEAD = "| Столбец | Подпись | Тип | Смысл | Пусто | Допустимо |\n|---|---|---|---|---|---|"

Contracts = Mapping[str, type[pa.DataFrameModel]]


def data_dictionary() -> str:
    """Returns the dictionary of all tables as Markdown."""
    own = {name: contract for name, contract in TYPED_TABLES.items() if contract not in TEXT_TABLES.values()}
    parts = [HEAD, _statuses()]
    for (title, about), contracts in zip(
        SECTIONS,
        (
            own,
            FACT_TABLES,
            SCHOOL_FACT_TABLES,
            EXPORT_TABLES,
            INDICATOR_TABLES,
            EFFECTIVENESS_TABLES,
            {**PUBLIC_EFFECTIVENESS, **REPORT_TABLES},
            GROUP_TABLES,
            CHAIN_TABLES,
            REGION_TABLES,
            TEXT_TABLES,
        ),
        strict=True,
    ):
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
