"""The headings of «Статистика по отметкам»: one row, or the marks under «Распределение групп баллов в %», or pairs."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from analysis.intake.exports.headings import SPREAD, Columns, columns_of, headings, patterns
from analysis.intake.exports.lines import Line

MARKS = ("mark_2", "mark_3", "mark_4", "mark_5")
COUNTS = ("count_2", "count_3", "count_4", "count_5")
MARK_NAMES = ("2", "3", "4", "5")
WANTED = patterns(
    group=r"группы участников",
    login=r"логин(?: оо)?",
    school=r"оо|название оо|наименование оо",
    municipality=r"муниципалитет",
    year=r"год",
    grade=r"класс",
    subject=r"предмет",
    participants=r"кол-во участников|количество участников",
    **dict(zip(MARKS, MARK_NAMES, strict=True)),
    **{name: f"{mark} чел" for name, mark in zip(COUNTS, MARK_NAMES, strict=True)},
)
SHARE = re.compile(r"%|дол[яи]\b.*|процент\w*|в %")
PEOPLE = re.compile(r"чел\w*|кол-во(?: участников)?|количество(?: участников)?|число")
# The heading of primary scores. Without it their columns are recognised by numbers from 0 on.
SCORES_TITLE = re.compile(r"распределение (?:участников )?(?:по )?первичн\w+ балл\w*.*")
FIRST_SCORES = tuple(str(score) for score in range(7))
PRIMARY_SCORES = (
    "это распределение первичных баллов (столбцы 0, 1, 2 …), а не отметок. "
    "Выгрузите из ФИС ОКО «Статистику по отметкам»"
)
LOWER = re.compile(rf"[2-5]|распределение.*|{SHARE.pattern}|{PEOPLE.pattern}")


@dataclass(slots=True)
class MarkHeadings:
    """The rows of headings as far as they have been read.

    Attributes:
        columns: Where the wanted columns stand; None until all of them are named.
    """

    columns: Columns | None = None
    _found: Mapping[int, str] = field(default_factory=dict)
    # Rows of the table have not begun.
    _open: bool = False

    def begins(self, line: Line) -> bool:
        """Whether a line is the first row of headings; then it is taken."""
        found = headings(line)
        names = columns_of(found, WANTED)
        if "participants" not in names or not ("group" in names or "login" in names):
            return False
        self._found, self._open = found, True
        self._name_columns()
        return True

    def goes_on(self, line: Line) -> bool:
        """Whether a line is a further row of headings; then it is taken."""
        lower = headings(line)
        self._open = self._open and bool(lower) and all(map(LOWER.fullmatch, lower.values()))
        if not self._open:
            return False
        named = {column: name for column, name in lower.items() if name in MARK_NAMES}
        self._found = {**lower, **self._found, **named} if named else _parted(self._found, lower)
        self._name_columns()
        return True

    def _name_columns(self) -> None:
        columns = columns_of(self._found, WANTED)
        whole = any(all(name in columns for name in names) for names in (MARKS, COUNTS))
        self.columns = columns if whole else None


def names_primary_scores(lines: Iterable[Line]) -> bool:
    """Whether the columns under these headings are primary scores: 2, 3, 4, 5 are no marks there."""
    for line in lines:
        names = headings(line)
        numbers = tuple(names[column] for column in sorted(names) if names[column].isdigit())
        if numbers[: len(FIRST_SCORES)] == FIRST_SCORES or any(map(SCORES_TITLE.fullmatch, names.values())):
            return True
    return False


def names_marks(lines: Iterable[Line]) -> bool:
    """Whether complete headings stand in these lines."""
    read = MarkHeadings()
    return any((read.begins(line) or read.goes_on(line)) and read.columns is not None for line in lines)


def _parted(found: Mapping[int, str], parts: Mapping[int, str]) -> dict[int, str]:
    """The headings once each mark is parted in people and percent; people stand as «2 чел»."""
    marks = sorted(column for column, name in found.items() if name in MARK_NAMES)
    parted = {column: name for column, name in found.items() if name not in MARK_NAMES}
    ends = [*marks[1:], max([*parts, *marks, 0]) + SPREAD]
    for start, end in zip(marks, ends, strict=True) if marks else ():
        own = {column: name for column, name in parts.items() if start <= column < end}
        for column, name in (own or {start: "%"}).items():
            parted[column] = found[start] if SHARE.fullmatch(name) else f"{found[start]} чел"
    return parted
