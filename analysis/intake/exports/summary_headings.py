"""What the headings of a regional summary mean: counts of people and the school's own mean, nothing else.

A share has nearly the same heading as a count, and the mean of the region nearly the same as that of the school.
Confusing them gives a wrong number that nobody would notice.
"""

import re
from collections.abc import Iterable, Mapping

from analysis.intake.exports.headings import headings
from analysis.intake.exports.lines import Line
from analysis.intake.workbook_sheet import column_letters

HOW_MANY = r"(?:(?:кол-во|количество|число) )?(?:участников|выпускников|обучающихся)?"
MEASURES = {
    "participant_count": re.compile(
        r"прин\w+ участие(?: в егэ)?.*|участвовал\w*.*|сдавал\w*.*"
        r"|(?:(?:кол-во|количество|число|всего) )?участник\w+(?: егэ| экзамена)?(?:,? ?\(?чел\.?\)?)?"
    ),
    "below_minimum_count": re.compile(
        rf"(?:{HOW_MANY},? ?)?(?:не (?:преодоле|набра|достиг|сда)\w+.*|ниже (?:мин|порог).*|получивш\w+ балл ниже мин.*)"
    ),
    "high_score_count": re.compile(r"(?:[^\d]* )?\(?(?:от )?80\s*(?:[-–—]|до)\s*99\)?(?!\d)[^\d]*"),
    "full_score_count": re.compile(
        rf"(?:{HOW_MANY},? ?)?(?:набра\w+ |получи\w+ )?(?:100(?:[ -]?б\w*)?|сто(?:балл|-балл)\w*)(?:,? ?\(?чел\.?\)?)?"
    ),
    "mean_score": re.compile(r"ср(?:едн\w*\b|\.)(?! ?(?:отметк|оценк|первичн|возраст|процент)).*"),
}
IN_PERCENT = re.compile(r"%|\bдол[яи]\b|процент")
# The mean of more than the school.
WIDER = re.compile(
    r"регион|\bкра[йюея]\b|област|республик|росси|\bрф\b|стран[еы]|муниципал|город|район|округ|\b(?:мо|ате)\b"
)
MUNICIPALITY = re.compile(
    r"муниципалитет.*|муниципальн.*|мо|мсу|ате|район|(?:городской|муниципальный) округ|территория"
)
SCHOOL = re.compile(
    r"о[оу]|школа|(?:(?:наименование|название|краткое наименование) )?"
    r"(?:о[оу]|школы|(?:обще)?образовательн\w+ (?:организаци|учреждени)\w+)"
)
SUBJECT = re.compile(r"(?:учебный )?предмет|(?:наименование|название) предмета")
INNER = str.maketrans("«»", "„“")
PART = re.compile(r"чел\w*|кол-во|количество|число|%|дол[яи]|процент\w*")


def names_schools(line: Line) -> bool:
    """Whether a line holds both headings of the table: of the municipality and of the school."""
    names = headings(line).values()
    return any(map(MUNICIPALITY.fullmatch, names)) and any(map(SCHOOL.fullmatch, names))


def measures(line: Line) -> dict[int, str]:
    """Returns the measures of a row of headings by column; none unless it names participants and one more."""
    found = {column: name for column, heading in headings(line).items() if (name := measure_of(heading))}
    return found if "participant_count" in found.values() and len(found) > 1 else {}


def measure_of(heading: str) -> str:
    """Returns what a heading counts; empty for a share, the mean of a region and anything unknown."""
    if IN_PERCENT.search(heading):
        return ""
    found = next((name for name, pattern in MEASURES.items() if pattern.fullmatch(heading)), "")
    return "" if found == "mean_score" and WIDER.search(heading) else found


def parted(found: Mapping[int, str], line: Line) -> dict[int, str] | None:
    """Returns the columns of measures if this row splits each into «чел.» and «%»; None for any other row."""
    parts = headings(line)
    if not parts or not all(map(PART.fullmatch, parts.values())):
        return None
    starts = sorted(found)
    counts = [column for column, heading in parts.items() if not IN_PERCENT.search(heading)]
    moved: dict[int, str] = {}
    for start, end in zip(starts, [*starts[1:], max(*parts, *starts) + 1], strict=True):
        if not any(start <= column < end for column in parts):
            moved[start] = found[start]
        elif own := [column for column in counts if start <= column < end]:
            moved[own[0]] = found[start]
    return moved


def unread(line: Line, found: Iterable[int], first: int) -> str:
    """Returns a remark on columns under subjects that have a heading and are not read; empty if there are none."""
    known = set(found)
    left = {column: heading for column, heading in headings(line).items() if column >= first and column not in known}
    named = dict.fromkeys(left.values())
    if not named:
        return ""
    letters = ", ".join(map(column_letters, sorted(left)))
    said = "; ".join(f"«{heading.translate(INNER)}»" for heading in named)
    columns = "столбец" if len(left) == 1 else "столбцы"
    return f"не прочитано, потому что это не число участников и не средний балл школы: {columns} {letters} ({said})"
