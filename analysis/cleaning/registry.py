"""The registry of schools and their status. A row must be complete, and no school or status may stand twice."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.cleaning.notes import Notes, chosen, not_listed, shown_text
from analysis.cleaning.returns import FactRows
from analysis.cleaning.schools import CYRILLIC, LATIN, same_code, same_name
from analysis.contracts.columns import pandas_types
from analysis.contracts.facts import STATUSES, Schools
from analysis.contracts.findings import Finding, Severity
from analysis.contracts.forms import REGISTRY_SCHOOLS, REGISTRY_STATUS
from analysis.intake.cell_values import CellNotReadError, read_count, school_year_in
from analysis.intake.returns import Returned, ReturnedRow

TEXTS = ("school_login", "code_oo", "code_msu", "school_name", "full_name", "aliases", "school_kind")
FILL_IN = "Исправьте реестр и примите его заново: analysis receive."
KEEP_ONE = f"Если школа одна, оставьте одну строку, если две — исправьте ячейку. {FILL_IN}"
# Where a school stands in a row of `schools` and of `school_status`.
LOGIN, MSU = 2, 4
# What must differ between schools, the surest first: the rule, and the explanation for rows that are alike in it.
TWINS = {
    "school_login": ("pasted_twice", "Логин «{value}» стоит в реестре несколько раз: какая строка верна, не ясно, и ни "
                     "одна не взята."),
    "code_oo": ("school", "Код ОО «{value}» стоит у нескольких школ ({logins}): выгрузки, где есть только код, их не "
                "различат, и ни одна не взята."),
    "school_name": ("school", "Краткое название «{value}» стоит у нескольких школ ({logins}): по названию их не "
                    "различить, и ни одна не взята."),
}  # fmt: skip
ALIKE: Mapping[str, Callable[[str], str]] = {
    "school_login": str.casefold,
    "code_oo": same_code,
    # Many leave «№» out, so it cannot distinguish schools.
    "school_name": lambda name: " ".join(same_name(name).replace("№", " ").split()),
}
Named = tuple[ReturnedRow, tuple[Any, ...]]


@dataclass(frozen=True)
class Registry(FactRows):
    """What a registry says.

    Attributes:
        unclear: Schools that it names twice. They are in no table, and yet their forms are nobody else's.
    """

    unclear: tuple[tuple[Any, ...], ...] = ()


def clean_registry(returned: Returned) -> Registry:
    """Returns the schools and their status; a row with a finding stays out, and so do schools that stand twice."""
    notes = Notes(returned.file)
    named = _schools(returned, notes)
    twice = set(_named_twice(named, notes))
    unclear = tuple(named[at][1] for at in sorted(twice))
    schools = tuple(line for at, (_, line) in enumerate(named) if at not in twice)
    status = _statuses(returned, {line[LOGIN] for _, line in named}, notes)
    doubted = {line[LOGIN] for line in unclear}
    rows = {"schools": schools, "school_status": tuple(line for line in status if line[LOGIN] not in doubted)}
    return Registry(rows, (*returned.findings, *notes.findings), unclear)


def named_schools(registry: Registry) -> list[tuple[Any, ...]]:
    """Returns the rows of all schools that a registry names, those included that it names twice."""
    return [*registry.rows["schools"], *registry.unclear]


def school_row(line: tuple[Any, ...]) -> dict[str, Any]:
    """Returns a row of `schools` by column name."""
    return dict(zip(pandas_types(Schools), line, strict=True))


def _schools(returned: Returned, notes: Notes) -> list[Named]:
    found = []
    for row in returned.rows[REGISTRY_SCHOOLS.title]:
        texts = [notes.read(row, name, _login if name == "school_login" else shown_text) for name in TEXTS]
        login, name = texts[0], texts[3]
        pupils = notes.read(row, "pupil_count", read_count)
        if login is None and not notes.unread(row, "school_login"):
            _blocks(notes, row, "school_name", "blank_cell", "У школы не указан логин: по нему школы соединяются.")
        elif name is None and not notes.unread(row, "school_name"):
            _blocks(notes, row, "school_login", "blank_cell", "У школы не указано краткое название.")
        elif login is not None and name is not None:
            found.append((row, (returned.file, row.place, *texts, pupils)))
    return found


def _login(value: Any) -> str | None:
    """A login; one that mixes alphabets looks like the right one and is another."""
    login = shown_text(value)
    if login and LATIN.search(login) and CYRILLIC.search(login):
        letters = ", ".join(dict.fromkeys(CYRILLIC.findall(login)))
        raise CellNotReadError(
            f"В логине среди латинских букв стоят русские ({letters}): на вид он тот же, но это другой"
        )
    return login


def _named_twice(named: Sequence[Named], notes: Notes) -> Iterator[int]:
    """The places in the list of rows that cannot be told apart, each group of them told once."""
    told: list[set[int]] = []
    for column, (rule, words) in TWINS.items():
        for twins in _twins(named, column):
            if not any(set(twins) <= others for others in told):
                told.append(set(twins))
                where = _all_named(notes, [named[at][0] for at in twins], column)
                logins = ", ".join(dict.fromkeys(str(named[at][1][LOGIN]) for at in twins))
                said = words.format(value=where[-1], logins=logins)
                notes.findings.append(Finding(rule, Severity.BLOCKS, *where, said, KEEP_ONE))
                yield from twins


def _twins(named: Sequence[Named], column: str) -> list[list[int]]:
    """Groups of rows alike in a column; but for the login itself they are alike only under different logins."""
    groups: dict[str, list[int]] = defaultdict(list)
    for at, (_, line) in enumerate(named):
        if key := ALIKE[column](line[2 + TEXTS.index(column)] or ""):
            groups[key].append(at)
    logins = [str(line[LOGIN]).casefold() for _, line in named]
    several = [twins for twins in groups.values() if len(twins) > 1]
    if column == "school_login":
        return several
    return [twins for twins in several if len({logins[at] for at in twins}) > 1 and not _apart(named, twins, column)]


def _apart(named: Sequence[Named], twins: Sequence[int], column: str) -> bool:
    """Whether equal codes belong to different municipalities, each of which is named."""
    towns = [named[at][1][MSU] for at in twins]
    return column == "code_oo" and all(towns) and len({ALIKE[column](str(town)) for town in towns}) == len(towns)


def _statuses(returned: Returned, known: Container[Any], notes: Notes) -> list[tuple[Any, ...]]:
    found: dict[tuple[Any, Any], list[tuple[ReturnedRow, Any]]] = defaultdict(list)
    for row in returned.rows[REGISTRY_STATUS.title]:
        login, written = notes.read(row, "school_login", _login), notes.read(row, "school_year", shown_text)
        year, status = school_year_in(written or ""), notes.read(row, "status", chosen(STATUSES))
        if notes.unread(row, "school_login", "school_year", "status"):
            continue
        if login not in known:
            said = "Логина нет на листе «Школы»." if login else "У статуса не указан логин школы."
            _blocks(notes, row, "school_login", "school", said)
        elif year is None:
            _blocks(notes, row, "school_year", "value", "Ожидался учебный год вида 2020/21: два года подряд.")
        elif status is None:
            _blocks(notes, row, "status", "value", f"Не указан статус: {', '.join(STATUSES)}.")
        elif status not in STATUSES:
            _blocks(notes, row, "status", "value", not_listed(status, STATUSES))
        else:
            found[(login, year)].append((row, status))
    taken = {key: _one_status(*key, lines, notes) for key, lines in found.items()}
    kept = {key: lines for key, lines in found.items() if taken[key] is not None}
    return [(returned.file, lines[0][0].place, *key, taken[key]) for key, lines in kept.items()]


def _one_status(login: str, year: str, lines: Sequence[tuple[ReturnedRow, str]], notes: Notes) -> str | None:
    """Returns the status that all rows of a school and year name; None if they differ."""
    where, statuses = _all_named(notes, [row for row, _ in lines], "status"), dict.fromkeys(one for _, one in lines)
    if len(statuses) > 1:
        said = f"Статус школы «{login}» за {year} назван по-разному: {', '.join(statuses)}; не взят ни один."
        notes.findings.append(Finding("pasted_twice", Severity.BLOCKS, *where, said, FILL_IN))
        return None
    if len(lines) > 1:
        said = f"Статус школы «{login}» за {year} назван несколько раз одинаково; засчитан один раз."
        notes.findings.append(Finding("pasted_twice", Severity.ATTENTION, *where, said, "Уберите лишние строки."))
    return lines[0][1]


def _all_named(notes: Notes, rows: Sequence[ReturnedRow], name: str) -> tuple[str, tuple[str, ...], str]:
    """File, places and value of a finding about one cell in each of several rows; the value is that of the first."""
    places = tuple(notes.cell_place(row, name) or row.place for row in rows)
    return notes.file, places, shown_text(rows[0].cells[name].value) or ""


def _blocks(notes: Notes, row: ReturnedRow, name: str, rule: str, said: str) -> None:
    place = notes.cell_place(row, name) or row.place
    value = shown_text(row.cells[name].value) if name in row.cells else None
    notes.add(rule, Severity.BLOCKS, place, value or "", said, FILL_IN)


def reporter_words(reporter: str, names: Mapping[str, str]) -> str:
    """«Школа № 5 (edu990005)», or the name of a municipal reporter as it is.

    Args:
        reporter: A login or a municipal reporter.
        names: Names of schools by login.
    """
    return f"{names[reporter]} ({reporter})" if names.get(reporter, reporter) != reporter else reporter
