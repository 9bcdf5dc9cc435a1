"""Finds heading, tasks and activities in the blocks of a roadmap and lays them out as text tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.contracts.findings import Finding, Severity
from analysis.intake.blocks import Block, Cell, plain
from analysis.intake.columns import (
    CODE_WITH_DOT,
    REPEATED_YEAR,
    ROLE_NAMES,
    Columns,
    HeaderNotUnderstoodError,
    find_columns,
    is_column_numbers,
    is_page_heading,
    looks_like_header,
)
from analysis.intake.heading import read_heading, unread_text
from analysis.intake.text_tables import (
    ActivityRow,
    Task,
    fit,
    header_from,
    joined,
    length_problem,
    task_of,
    text_tables,
)

# A value merged over several rows would be counted several times. Only these columns may share a value.
MAY_BE_MERGED = ("executors",)


@dataclass(frozen=True)
class RoadmapText:
    """The text form of a roadmap.

    Attributes:
        tables: approval, activities, measures, targets, executors as contracts.text describes them, and `cells`:
            every non-blank cell of the file with the role it plays.
        findings: What could not be read or was left out; blocking ones stop the build.
    """

    tables: dict[str, pd.DataFrame]
    findings: tuple[Finding, ...]


def lay_out(blocks: Sequence[Block], file: str) -> RoadmapText:
    """Returns the text tables of a roadmap; each value is as received and carries its address.

    Args:
        blocks: Paragraphs and rows of the document, corrections applied.
        file: Path of the document relative to the project.
    """
    start = next((number for number, block in enumerate(blocks) if looks_like_header(block)), len(blocks))
    heading = read_heading(blocks[:start], file)
    reader = _BodyReader(file)
    if start == len(blocks):
        reader.report("columns", "весь файл", "", _no_header(blocks))
    else:
        reader.read(blocks[start:])
    reader.report_empty_tasks()
    cells = [(cell, role, "") for cell, role in heading.used] + reader.used
    return RoadmapText(
        text_tables(heading, reader.rows, cells, file),
        (*heading.findings, *reader.findings),
    )


def _no_header(blocks: Sequence[Block]) -> str:
    rows = any(not block.is_paragraph for block in blocks)
    hint = "" if rows else "; в файле нет ни одной строки с табуляцией между ячейками"
    return f"Шапка таблицы не найдена: нет строки с названиями столбцов («№ п/п», «Мероприятие», …){hint}"


class _BodyReader:
    """Walks through the rows below the heading and remembers the current columns and task."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.rows: list[ActivityRow] = []
        self.findings: list[Finding] = []
        self.used: list[tuple[Cell, str, str]] = []
        self.tasks: list[Task] = []
        self._task_of_number: dict[str, Task] = {}
        self._years: frozenset[str] = frozenset()
        self._columns: Columns | None = None

    def read(self, blocks: Sequence[Block]) -> None:
        """Reads all blocks; a header anywhere sets the columns for the rows below it."""
        position = 0
        while position < len(blocks):
            block = blocks[position]
            if looks_like_header(block):
                header = header_from(blocks, position)
                self._read_header(header)
                position += len(header)
                continue
            self._read_block(block)
            position += 1

    def report(self, rule: str, place: str, value: str, explanation: str, action: str = "") -> None:
        """Adds a blocking finding."""
        self.findings.append(
            Finding(
                rule,
                Severity.BLOCKS,
                self.file,
                (place,),
                value,
                explanation + ".",
                action or "Сверьте с подписанным документом; запишите исправление в data/corrections.toml.",
            )
        )

    def report_empty_tasks(self) -> None:
        """Reports each task without activities: a table may have been lost."""
        filled = {row.task for row in self.rows}
        for task in dict.fromkeys(self.tasks):
            if task not in filled:
                self.findings.append(
                    Finding(
                        "task",
                        Severity.ATTENTION,
                        self.file,
                        (task.place,),
                        f"{task.code} {task.title}",
                        "У задачи нет ни одного прочитанного мероприятия.",
                        "Проверьте, не потеряна ли часть таблицы.",
                    )
                )

    def _read_header(self, header: Sequence[Block]) -> None:
        self._use(header, "column_header")
        try:
            self._columns = find_columns(list(header))
        except HeaderNotUnderstoodError as error:
            self._columns = None
            self.report(
                "columns",
                header[0].place,
                " | ".join(plain(cell.text) for block in header for cell in block.filled),
                f"Шапка таблицы не прочитана: {error}. Строки под ней не читаются",
                "Приведите названия столбцов к форме подписанного документа или получите его как .docx.",
            )
            return
        years = frozenset(self._columns.years)
        if self._years and years != self._years:
            self.report(
                "columns", header[0].place, ", ".join(sorted(years)), "Годы в этой шапке не те, что в шапке выше"
            )
        self._years = years

    def _read_block(self, block: Block) -> None:
        task = task_of(block)
        if task is not None:
            self._use([block], "task")
            self._enter_task(task)
        elif is_column_numbers(block):
            self._use([block], "column_header")
        elif is_page_heading(block):
            self._use([block], "page_heading")
        elif block.is_paragraph:
            self._read_paragraph(block)
        elif self._columns is not None:
            self._read_row(block, self._columns)
        else:
            self._use([block], "unread")
            self.findings.extend(unread_text(cell, self.file) for cell in block.filled if not cell.inherited)

    def _enter_task(self, task: Task) -> None:
        """Starts a task. A repeated task continues after a page break; one number with two titles is an error."""
        first = self._task_of_number.setdefault(task.code, task)
        if first.title != task.title:
            self.report("task", task.place, task.title, f"Номер задачи {task.code} уже занят: «{first.title}»")
        self.tasks.append(first)

    def _read_paragraph(self, block: Block) -> None:
        self._use([block], "unread")
        first_word = plain(block.cells[0].text).split(" ")[0]
        if CODE_WITH_DOT.match(first_word):
            self.report(
                "row_length",
                block.place,
                plain(block.cells[0].text),
                "Мероприятие стоит вне таблицы: его значения по столбцам не прочитать",
            )
        else:
            self.findings.append(unread_text(block.cells[0], self.file))

    def _read_row(self, block: Block, columns: Columns) -> None:
        cells, extra = fit(block, columns)
        if cells is None:
            self._use([block], "unread")
            self.report("row_length", block.place, joined(block), length_problem(block, columns))
            return
        row = dict(zip(columns.own_roles, cells, strict=True))
        code = plain(row["code"].text)
        self._use_row(row, extra, code)
        if extra is not None:
            self._note_repeated(extra, columns)
        if self._row_is_sound(block, row, code):
            self.rows.append(ActivityRow(self.tasks[-1], row, block.place))

    def _row_is_sound(self, block: Block, row: dict[str, Cell], code: str) -> bool:
        before = len(self.findings)
        if not CODE_WITH_DOT.match(code):
            self.report(
                "activity_code",
                row["code"].place,
                code,
                "Ожидался номер мероприятия вида «1.2». Если номер проставлен автонумерацией Word, в файле его нет",
                "Впишите номер текстом (в Word: нумерацию преобразовать в текст) или запишите исправление.",
            )
        elif not self.tasks:
            self.report("task", block.place, code, "Мероприятие стоит раньше первой задачи")
        elif code.split(".")[0] != self.tasks[-1].code:
            self.report(
                "task", row["code"].place, code, f"Номер не относится к задаче {self.tasks[-1].code}, под которой стоит"
            )
        for role in ("title", "result", "total"):
            if not plain(row[role].text):
                self.report("blank_cell", row[role].place, "", f"Пустая ячейка: {ROLE_NAMES[role]}")
        for role, cell in row.items():
            if cell.inherited and role not in MAY_BE_MERGED:
                self.report(
                    "row_length", block.place, plain(cell.text), f"Ячейка объединена с верхней строкой ({code})"
                )
        if not any(letter.isalpha() for letter in row["executors"].text):
            self.report(
                "blank_cell", row["executors"].place, plain(row["executors"].text), "Исполнитель не назван словами"
            )
        return len(self.findings) == before

    def _note_repeated(self, extra: Cell, columns: Columns) -> None:
        self.findings.append(
            Finding(
                "repeated_cell",
                Severity.NOTE,
                self.file,
                (extra.place,),
                plain(extra.text),
                f"После разрыва страницы столбец {columns.years[-1]} года стоит дважды; лишняя ячейка равна "
                "своей соседке и отброшена.",
                "Ничего; если значения разойдутся, строка будет остановлена.",
            )
        )

    def _use(self, blocks: Iterable[Block], role: str) -> None:
        self.used.extend((cell, role, "") for block in blocks for cell in block.filled if not cell.inherited)

    def _use_row(self, row: dict[str, Cell], extra: Cell | None, code: str) -> None:
        named = [*row.items(), *([(REPEATED_YEAR, extra)] if extra else [])]
        self.used.extend((cell, role, code) for role, cell in named if plain(cell.text) and not cell.inherited)
