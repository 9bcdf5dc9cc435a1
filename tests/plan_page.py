"""docs/road-maps.md: each layout of plans as a small table, and what is read of it; made from the test documents."""

import re
from collections.abc import Mapping

import pandas as pd

from analysis.contracts.columns import MEASURE_KINDS, READING_WORDS
from analysis.indicators.plan import plan_by_year
from analysis.intake.cells import plain
from analysis.intake.files import read_blocks
from analysis.intake.text_tables import shown
from analysis.presentation.words import baseline_words, rows_of, target_words
from plan_documents import read

TITLES = {
    "measure, term, executor, result": "Мероприятие, срок, исполнитель, результат — без единого числа",
    "indicators with unit and base year": "Показатели с единицей и базовым годом",
    "no total, shares in percent": "Числа по годам без итога, доли в процентах",
    "two-row heading with a unit column": "Шапка из двух строк и столбец единиц",
    "quarters as deadlines": "Сроки по кварталам",
    "a school-year plan by dates": "План на учебный год по датам",
    "Roman numerals, letters and dashes": "Римские цифры, буквы и прочерки",
    "five years, the total last": "Пять лет, итог в последнем столбце",
    "a table a task under its own paragraph": "По таблице на задачу, название задачи — абзацем над ней",
    "an executor merged over rows": "Исполнитель объединён на несколько строк",
    "bounds, states and spans with a baseline": "«Не более», «да», «от и до» и базовое значение",
    "money": "Деньги",
    "columns by quarter of one year": "Столбцы кварталов одного года",
    "from a year on, and months of several years": "«Ежегодно с …» и месяцы нескольких лет",
    "a baseline and two years that do not follow": "Базовый год и два года не подряд",
}
BEGIN, END = "<!-- сделано из документов проверки: make docs -->\n", "<!-- конец -->\n"


def page(text: str, kinds: Mapping[str, tuple[bytes, list[str]]]) -> str:
    """The page with its part between the marks made anew."""
    before, _, rest = text.partition(BEGIN)
    made = "\n".join(_section(TITLES[kind], content) for kind, (content, _) in kinds.items())
    return f"{before}{BEGIN}\n{made}\n{END}{rest.partition(END)[2]}"


def _section(title: str, content: bytes) -> str:
    return f"## {title}\n\n{_document(content)}\n\nПрочитано:\n\n{_read(content)}\n"


def _document(content: bytes) -> str:
    """The paragraphs right above tables, and the tables, cell by cell; merged cells stand once."""
    blocks, _ = read_blocks(content, "plan.docx")
    pieces, table = [], []
    for before, block in zip([None, *blocks], [*blocks, None], strict=True):
        if block is not None and not block.is_paragraph:
            named = plain(before.cells[0].text) if before is not None and before.is_paragraph else ""
            pieces += [named] if named and not re.search(r"20[0-9]{2}", named) else []  # no title of a document
            table.append(block)
        elif table:
            pieces.append(_table(table))
            table = []
    return "\n\n".join(pieces)


def _table(blocks) -> str:
    width = max(cell.end for block in blocks for cell in block.cells)
    rows = [["" for _ in range(width)] for _ in blocks]
    for row, block in zip(rows, blocks, strict=True):
        for cell in block.cells:
            row[cell.start] = "" if cell.inherited else shown(cell)
    used = [at for at in range(width) if any(row[at] for row in rows)]
    return _pipes([[row[at] for at in used] for row in rows])


def _read(content: bytes) -> str:
    """What is read: kind, number of each year, reading."""
    tables, _ = read(content)
    plan = plan_by_year(tables["activities"], tables["measures"], tables["targets"])
    executors = tables["executors"].groupby("activity_code")["executor_name"].agg(", ".join)
    rows = [["№", "Показатель", "Вид", "План", "Годы вместе", "Исполнители"]]
    for _, years in plan.groupby("measure_label", sort=False):
        told = rows_of(years)
        first = told[0]
        begun = "" if pd.isna(first["baseline_value"]) else f" ({baseline_words(first)})"
        said = "; ".join(f"{one['calendar_year']} — {target_words(one)}" for one in told)
        rows.append([first["measure_label"], f"{first['measure_name']}{begun}", MEASURE_KINDS[first["measure_kind"]],
                     said, READING_WORDS[first["reading"]], executors.get(first["activity_code"], "—")])  # fmt: skip
    return _pipes(rows)


def _pipes(rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(text.replace("|", "\\|") for text in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + ":--|" * len(rows[0]), *lines[1:]])
