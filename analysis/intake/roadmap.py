"""Finds heading, tasks and activities in the blocks of a roadmap and lays them out as text tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from analysis.contracts.findings import WHOLE_FILE, Finding, Severity
from analysis.intake.cells import OTHER_SHEET, Block, Cell, plain
from analysis.intake.columns import (
    A_YEAR,
    CODE_WITH_DOT,
    OTHER,
    REPEATED_YEAR,
    ROLE_NAMES,
    TASK_LINE,
    Columns,
    HeaderNotUnderstoodError,
    Settled,
    find_columns,
    is_column_numbers,
    is_page_heading,
    is_period,
    looks_like_header,
)
from analysis.intake.text_tables import (
    NO_TASK,
    NOTHING_TO_DO,
    ActivityRow,
    Task,
    bare,
    begin_anew,
    belongs,
    code_is_sound,
    code_of,
    code_style,
    fit,
    header_from,
    is_sum,
    joined,
    length_problem,
    read_heading,
    shown,
    task_of,
    text_tables,
    title_alone,
    told_apart,
    unread_text,
)
from analysis.rules.office_files import COLUMNS_FILE, columns_stanza, folded, role_of

PLACES_NAMED = 20
ONE_TASK = "Документ не делит мероприятия на задачи"
ASK_OFFICE = "Сверьте с подписанным документом; запишите исправление в data/corrections.toml."
SETTLE_COLUMNS = f"Скажите, что в этих столбцах: по разделу на столбец в {COLUMNS_FILE} (образец ниже)."


@dataclass(frozen=True)
class RoadmapText:
    """The text form of a roadmap.

    Attributes:
        tables: approval, activities, measures, targets, executors as contracts.execution describes them, and `cells`:
            every non-blank cell of the file with the role it plays.
        findings: What could not be read or was left out; blocking ones stop the build.
    """

    tables: dict[str, pd.DataFrame]
    findings: tuple[Finding, ...]


def lay_out(
    blocks: Sequence[Block], file: str, settled: Settled | None = None, stated: Mapping[str, str] | None = None
) -> RoadmapText:
    """Returns the text tables of a roadmap; each value is as received and carries its address.

    Args:
        blocks: Paragraphs and rows of the document, corrections applied.
        file: Path of the document relative to the project.
        settled: What people have said that headings mean.
        stated: What people state in the place of the heading.
    """
    settled = settled or {}
    start = next((number for number, block in enumerate(blocks) if looks_like_header(block, settled)), len(blocks))
    begin = start - _tasks_above(blocks, start, settled)
    heading = read_heading(blocks[:begin], file, stated or {})
    reader = _BodyReader(file, settled, blocks[begin:])
    if start == len(blocks):
        reader.report("columns", WHOLE_FILE, "", _no_header(blocks))
    else:
        reader.read()
    reader.finish()
    cells = [(cell, role, "") for cell, role in heading.used] + reader.used
    return RoadmapText(text_tables(heading, reader.rows, cells, file), (*heading.findings, *reader.findings))


def _no_header(blocks: Sequence[Block]) -> str:
    rows = any(not block.is_paragraph for block in blocks)
    hint = "" if rows else "; в файле нет ни одной строки с табуляцией между ячейками"
    return f"Шапка таблицы не найдена: нет строки с названиями столбцов («№ п/п», «Мероприятие», …){hint}"


def _tasks_above(blocks: Sequence[Block], start: int, settled: Settled) -> int:
    """1 where the paragraph above the first table names its task, as those above the next tables do; else 0."""
    if start < 2 or start == len(blocks) or not blocks[start - 1].is_paragraph:
        return 0
    above = blocks[start - 1]
    if task_of(above) is not None and not A_YEAR.search(shown(above.cells[0])):
        return 1
    below = ((before, block) for before, block in pairwise(blocks[start:]) if before.is_paragraph)
    named = [bool(title_alone(before)) for before, block in below if looks_like_header(block, settled)]
    return int(bool(named) and all(named) and not A_YEAR.search(shown(above.cells[0])))


class _BodyReader:
    """Walks through the rows below the heading and remembers the current columns and task."""

    def __init__(self, file: str, settled: Settled, blocks: Sequence[Block]) -> None:
        self.file = file
        self.settled = settled
        self.blocks = blocks
        self.rows: list[tuple[ActivityRow, Columns]] = []
        self.findings: list[Finding] = []
        self.used: list[tuple[Cell, str, str]] = []
        self._used: list[tuple[Cell, str, str, str]] = []
        self.tasks: list[Task] = []
        self._task_of_number: dict[str, Task] = {}
        self._years: frozenset[str] = frozenset()
        self._columns: Columns | None = None
        self._style = code_style(blocks)
        self._numbered_tasks = any(self._task_of(block) for block in blocks)
        self._unknown: dict[str, list[Cell]] = {}

    def read(self) -> None:
        """Reads all blocks; a header anywhere sets the columns for the rows below it."""
        position = 0
        while position < len(self.blocks):
            block = self.blocks[position]
            if looks_like_header(block, self.settled, self._columns):
                header = header_from(self.blocks, position, self.settled)
                self._read_header(header)
                position += len(header)
                continue
            below = self.blocks[position + 1] if position + 1 < len(self.blocks) else None
            self._read_block(block, below)
            position += 1

    def report(self, rule: str, place: str, value: str, explanation: str, action: str = ASK_OFFICE) -> None:
        """Adds a blocking finding."""
        self._find(rule, Severity.BLOCKS, (place,), value, explanation + ".", action)

    def finish(self) -> None:
        """Gives the rows without a task or number theirs, and says what holds for the whole plan."""
        found = [(row, columns) for row, columns in self.rows if row.task.code != NO_TASK or not self.tasks]
        for row, _ in self.rows if self.tasks else ():
            if row.task.code == NO_TASK:
                self.report("task", row.place, bare(row.code), "Мероприятие стоит раньше первой задачи")
        rows = [row for row, _ in found]
        numbered = told_apart(rows)
        self._report_origins(rows, numbered)
        self.rows = [(row, columns) for row, (_, columns) in zip(numbered, found, strict=True)]
        codes = {row.place: row.code for row in numbered}
        # A number stays as it stands, with its point; only one that the row does not have is taken from its place.
        self.used = [
            (cell, role, code if bare(code) == codes.get(place, bare(code)) else codes[place])
            for cell, role, place, code in self._used
        ]
        self._report_unknown()
        self._report_empty_tasks({row.task for row in numbered})

    def _report_empty_tasks(self, filled: set[Task]) -> None:
        """Reports each task without activities: a table may have been lost."""
        for task in dict.fromkeys(self.tasks):
            if task not in filled:
                explanation = "У задачи нет ни одного прочитанного мероприятия."
                action = "Проверьте, не потеряна ли часть таблицы."
                self._find("task", Severity.ATTENTION, (task.place,), f"{task.code} {task.title}", explanation, action)

    def _report_origins(self, before: Sequence[ActivityRow], after: Sequence[ActivityRow]) -> None:
        """Says once for the whole plan where numbers come from that do not stand in its text."""
        said = {
            "drawn": "Номера проставлены нумерацией Word: в тексте их нет, они вычислены так, как их показывает Word.",
            "position": "Номеров в документе нет: номер — место строки (внутри своей задачи).",
        }
        for origin, explanation in said.items():
            rows = [row for row in after if row.origin == origin and row.first]
            if rows:
                shown_places = tuple(row.place for row in rows[:PLACES_NAMED])
                value = f"мероприятий: {len(rows)}, с {rows[0].code} по {rows[-1].code}"
                self._find("activity_code", Severity.NOTE, shown_places, value, explanation, NOTHING_TO_DO)
        self._report_misplaced([row for row in after if row.origin == "position"])
        if begin_anew(before, after):
            explanation = "Номера мероприятий в каждой задаче начинаются заново: впереди поставлен номер задачи."
            value = f"с {after[0].code} по {after[-1].code}"
            self._find("activity_code", Severity.NOTE, ("вся таблица",), value, explanation, NOTHING_TO_DO)

    def _report_misplaced(self, rows: Sequence[ActivityRow]) -> None:
        """Stops where the words of activities are numbers: the heading above the numbers was taken for another."""
        names = {row.place: plain(row.text(role)) for row in rows for role in ("title", "result")
                 if CODE_WITH_DOT.match(plain(row.text(role)))}  # fmt: skip
        if names:
            explanation = "На месте слов стоят номера мероприятий: заголовок их столбца прочитан как другой."
            value = ", ".join(list(names.values())[:PLACES_NAMED])
            self._find("columns", Severity.BLOCKS, tuple(names)[:PLACES_NAMED], value, explanation, SETTLE_COLUMNS)

    def _report_unknown(self) -> None:
        """Says once which columns nobody has told us the meaning of; they are kept, and stop nothing."""
        if not self._unknown:
            return
        cells = [cell for found in self._unknown.values() for cell in found]
        explanation = (
            f"Что в этих столбцах, не понятно; ячеек: {len(cells)}. Они сохранены как есть, но в план не вошли: "
            "остальное прочитано."
        )
        stanza = "\n\n".join(map(columns_stanza, self._unknown))
        places = tuple(cell.place for cell in cells[:PLACES_NAMED])
        value = " | ".join(self._unknown)
        self._find("columns", Severity.ATTENTION, places, value, explanation, SETTLE_COLUMNS, stanza)

    def _find(self, rule: str, severity: Severity, places: tuple[str, ...], *said: str) -> None:
        """Adds a finding; `said` is value, explanation, action and stanza."""
        self.findings.append(Finding(rule, severity, self.file, places, *said))

    def _task_of(self, block: Block) -> Task | None:
        """The task that a block names; in a plan of whole numbers a row of all columns is none."""
        width = 0 if self._style == "dotted" or self._columns is None else len(self._columns.roles)
        return task_of(block, width)

    def _read_header(self, header: Sequence[Block]) -> None:
        self._use(header, "column_header")
        try:
            self._columns = find_columns(list(header), self.settled)
        except HeaderNotUnderstoodError as error:
            self._columns = None
            self._report_header(header, str(error))
            return
        years = frozenset(self._columns.periods)
        if self._years and years and years != self._years:
            said = "Годы в этой шапке не те, что в шапке выше"
            self.report("columns", header[0].place, ", ".join(sorted(years)), said)
        self._years = years or self._years

    def _report_header(self, header: Sequence[Block], problem: str) -> None:
        headings = list(dict.fromkeys(plain(cell.text) for block in header for cell in block.filled))
        said = f"Шапка таблицы не прочитана: {problem}. Строки под ней не читаются."
        unknown = [one for one in headings if not one.isdecimal() and role_of(folded(one), self.settled) is None]
        stanza = "\n\n".join(map(columns_stanza, unknown))
        place, value = (header[0].place,), " | ".join(headings)
        self._find("columns", Severity.BLOCKS, place, value, said, SETTLE_COLUMNS, stanza)

    def _read_block(self, block: Block, below: Block | None) -> None:
        if block.table == OTHER_SHEET:
            self._use([block], "other_sheet")
            return
        task = self._task_of(block) or self._titled(block, below)
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

    def _titled(self, block: Block, below: Block | None) -> Task | None:
        """The task that a title without a number names, unless tasks and activities of the plan have numbers.

        It stands alone in a row, or in a paragraph right above a header.
        """
        if (self._numbered_tasks and self._style == "dotted") or (self._columns is None and not block.is_paragraph):
            return None
        above_header = below is not None and looks_like_header(below, self.settled, self._columns)
        title = title_alone(block) if above_header or not block.is_paragraph else ""
        known = next((task for task in self.tasks if task.title == title), None)
        number = len({task.title for task in self.tasks}) + 1
        return known or (Task(str(number), title, block.place, "position") if title else None)

    def _enter_task(self, task: Task) -> None:
        """Starts a task. A repeated task continues after a page break; one number with two titles is an error."""
        first = self._task_of_number.setdefault(task.code, task)
        if first.title != task.title:
            self.report("task", task.place, task.title, f"Номер задачи {task.code} уже занят: «{first.title}»")
        self.tasks.append(first)

    def _read_paragraph(self, block: Block) -> None:
        self._use([block], "unread")
        text = plain(block.cells[0].text)
        if CODE_WITH_DOT.match(text.split(" ")[0]):
            said = "Мероприятие стоит вне таблицы: его значения по столбцам не прочитать"
            self.report("row_length", block.place, text, said)
        else:
            self.findings.append(unread_text(block.cells[0], self.file))

    def _read_row(self, block: Block, columns: Columns) -> None:
        if is_sum(block):
            self._use([block], "sum")
            return
        cells, extra = fit(block, columns)
        if cells is None:
            self._use([block], "unread")
            if block.table != columns.table and not any(CODE_WITH_DOT.match(plain(one.text)) for one in block.cells):
                self.findings.extend(unread_text(cell, self.file) for cell in block.filled if not cell.inherited)
            else:
                self.report("row_length", block.place, joined(block), length_problem(block, columns))
            return
        row = dict(zip(columns.own_roles, cells, strict=True))
        task, first = self._task_in(row), not self._adds_a_measure(row)
        code, origin = code_of(row.get("code"))
        self._use_row(row, extra, block.place, code)
        self._keep_unknown(row, columns)
        if extra is not None:
            self._note_repeated(extra, columns)
        if self._row_is_sound(block, row, code, first):
            made = ActivityRow(task or self._current, row, block.place, code, origin, first)
            self.rows.append((made, columns))

    def _keep_unknown(self, row: dict[str, Cell], columns: Columns) -> None:
        for role, heading in zip(columns.roles, columns.headings, strict=True):
            if role.startswith(OTHER) and plain(row[role].text):
                self._unknown.setdefault(heading, []).append(row[role])

    @property
    def _current(self) -> Task:
        return self.tasks[-1] if self.tasks else Task(NO_TASK, ONE_TASK, "", "position")

    def _task_in(self, row: dict[str, Cell]) -> Task | None:
        """The task that a column of its own names; merged cells hold for each row."""
        if "task" not in row or not plain(row["task"].text):
            return None
        cell = row["task"]
        found = TASK_LINE.match(shown(cell))
        known = next((task for task in self.tasks if task.place == cell.place), None)
        number = str(len(dict.fromkeys(self.tasks)) + 1)
        code, title = ((found[1] or found[2] or found[3]), found[4]) if found else (number, shown(cell))
        task = known or next((one for one in self.tasks if one.title == title), None)
        if task is None:
            task = Task(code, title, cell.place, "written" if found else "position")
            self._enter_task(task)
        return task

    def _adds_a_measure(self, row: dict[str, Cell]) -> bool:
        """Whether a row is another measure of the activity above: its number and title are merged with those."""
        named = [role for role in ("code", "title") if role in row]
        own = [cell for role, cell in row.items() if role == "result" or is_period(role)]
        merged = len(named) == 2 and all(row[role].inherited and plain(row[role].text) for role in named)
        return bool(self.rows) and merged and any(plain(cell.text) and not cell.inherited for cell in own)

    def _row_is_sound(self, block: Block, row: dict[str, Cell], code: str, first: bool) -> bool:
        before = len(self.findings)
        if "code" in row and first:
            self._check_code(row["code"], code)
        for role in ("title", "result", "total"):
            if role in row and not plain(row[role].text):
                self.report("blank_cell", row[role].place, "", f"Пустая ячейка: {ROLE_NAMES[role]}")
        for cell in _merged(block, row, first):
            self.report("row_length", block.place, plain(cell.text), f"Ячейка объединена с верхней строкой ({code})")
        executors = [cell for role, cell in row.items() if role.startswith("executors")]
        if executors and not any(letter.isalpha() for cell in executors for letter in cell.text):
            self.report("blank_cell", executors[0].place, plain(executors[0].text), "Исполнитель не назван словами")
        return len(self.findings) == before

    def _check_code(self, cell: Cell, code: str) -> None:
        if not code_is_sound(cell, self._style):
            said = "Ожидался номер мероприятия вида «1.2». Если номер проставлен автонумерацией Word, в файле его нет"
            action = "Запишите номер исправлением в data/corrections.toml: сам документ не правят."
            self.report("activity_code", cell.place, code, said, action)
        elif not belongs(code, self._current):
            said = f"Номер не относится к задаче {self._current.code}, под которой стоит"
            self.report("task", cell.place, code, said)

    def _note_repeated(self, extra: Cell, columns: Columns) -> None:
        said = (
            f"После разрыва страницы столбец {columns.periods[-1]} года стоит дважды; лишняя ячейка равна "
            "своей соседке и отброшена."
        )
        action = "Ничего; если значения разойдутся, строка будет остановлена."
        self._find("repeated_cell", Severity.NOTE, (extra.place,), plain(extra.text), said, action)

    def _use(self, blocks: Iterable[Block], role: str) -> None:
        self._used.extend((cell, role, "", "") for block in blocks for cell in block.filled if not cell.inherited)

    def _use_row(self, row: dict[str, Cell], extra: Cell | None, place: str, code: str) -> None:
        named = [*row.items(), *([(REPEATED_YEAR, extra)] if extra else [])]
        self._used.extend((cell, role, place, code) for role, cell in named if plain(cell.text) and not cell.inherited)


def _merged(block: Block, row: dict[str, Cell], first: bool) -> list[Cell]:
    """The cells that continue those of the row above and may not: a number would be counted several times."""
    numbers = any(role == "total" or is_period(role) for role in row)
    never = {"total", "baseline", *(("code",) if first else ()), *(() if numbers else ("result",))}
    found = [cell for role, cell in row.items() if cell.inherited and (role in never or is_period(role))]
    return [cell for cell in found if not cell.place.startswith(f"{block.place},")]
