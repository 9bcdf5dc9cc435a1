"""The registry of schools and their status, and its history: former names and mergers."""

from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from analysis.cleaning.names import CYRILLIC, LATIN, names_of, same_code, same_name
from analysis.cleaning.returns import FactRows, Notes, chosen, not_listed, shown_text
from analysis.contracts.columns import pandas_types
from analysis.contracts.facts import FULL, REGISTRY_SCHOOLS, REGISTRY_STATUS, SHORT, STATUSES, Schools
from analysis.contracts.findings import Finding, Severity
from analysis.errors import nearest, probably_meant
from analysis.intake.cells import CellNotReadError, read_count, school_year_in
from analysis.intake.workbook import Returned, ReturnedRow
from analysis.rules.office_files import SCHOOLS_FILE, Merger

# The registry of schools and their status. A row must be complete, and no school or status may stand twice.

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


# The history of schools: former names from all received registries, and schools that became part of others.

Row = dict[str, Any]
# A name that is both is the short one.
KINDS = {"full_name": FULL, "school_name": SHORT}


def with_former_names(registry: Registry, former: Sequence[tuple[date, Registry]]) -> Registry:
    """Returns a registry with the table `former_names`; such a name is also one of the other names of its school.

    What another school is called today is nobody's former name when a school is looked for: a finding says so.

    Args:
        registry: The registry in force.
        former: Earlier ones with the day on which each came, in the order of the record.
    """
    schools = [school_row(line) for line in registry.rows["schools"]]
    before = _former_names(schools, former)
    taken = list(_taken(before, map(school_row, named_schools(registry))))
    found: dict[str, list[str]] = defaultdict(list)
    for one in before:
        if one not in [lost for lost, _ in taken]:
            found[one["school_login"]].append(one["former_name"])
    rows = {
        **registry.rows,
        "schools": tuple(with_aliases(row, found[row["school_login"]]) for row in schools),
        "former_names": tuple(tuple(one.values()) for one in before),
    }
    names = {row["school_login"]: row["school_name"] for row in schools}
    findings = [_taken_words(*pair, names) for pair in taken]
    return replace(registry, rows=rows, findings=(*registry.findings, *findings))


def with_aliases(school: Row, more: Iterable[str]) -> tuple[Any, ...]:
    """Returns a row of `schools` by which a school is found under more names."""
    aliases = "; ".join([*filter(None, [school["aliases"]]), *more]) or None
    return tuple({**school, "aliases": aliases}.values())


def _former_names(schools: Sequence[Row], former: Sequence[tuple[date, Registry]]) -> list[Row]:
    """Rows of `former_names`: of each name the last registry that has it."""
    today = {row["school_login"]: {_plain(row[kind] or "") for kind in KINDS} for row in schools}
    found: dict[tuple[str, str], Row] = {}
    for day, registry in former:
        for row in map(school_row, registry.rows["schools"]):
            login = row["school_login"]
            for column, kind in KINDS.items():
                written = same_name(row[column] or "")
                if login in today and written and _plain(row[column]) not in today[login]:
                    where = {key: row[key] for key in ("source_file", "place", "school_login")}
                    named = {"former_name": row[column], "name_kind": kind, "last_named_date": day}
                    found[(login, written)] = {**where, **named}
    return list(found.values())


def _plain(name: str) -> str:
    """A name as it must tell schools apart; one that differs in less is no other name, but a writing of this one."""
    return ALIKE["school_name"](name)


def _taken(before: Sequence[Row], today: Iterable[Row]) -> Iterable[tuple[Row, Row]]:
    """The former names that another school has today, each with the row of that school."""
    holders: dict[str, list[Row]] = defaultdict(list)
    for row in today:
        for name in names_of(row):
            holders[same_name(name)].append(row)
    for one in before:
        for holder in holders[same_name(one["former_name"])]:
            if holder["school_login"] != one["school_login"]:
                yield one, holder


def _taken_words(one: Row, holder: Row, names: dict[str, str]) -> Finding:
    login, name = one["school_login"], one["former_name"]
    said = (
        f"Так называлась и школа «{names[login]}» ({login}): {one['source_file']}, {one['place']}. Теперь это название "
        f"школы «{holder['school_name']}» ({holder['school_login']}), и по нему находится только она."
    )
    action = (
        f"Если файлы прежних лет называют так школу {login}, проверьте, что её сведения засчитаны ей: по логину и коду "
        "её не спутать."
    )
    return Finding("former_name", Severity.ATTENTION, holder["source_file"], (holder["place"],), name, said, action)


# Where the school year and the status stand in a row of `school_status`.
YEAR, STATUS = 3, 4
CHECK = f"Проверьте реестр и запись в {SCHOOLS_FILE}."


def with_ended(today: Registry, former: Sequence[Registry], mergers: Sequence[Merger]) -> Registry:
    """Returns a registry with the schools that it names no longer because they became part of others.

    They and their status are as the last registry had them that named them.

    Args:
        today: The registry in force.
        former: Earlier ones, in the order of the record.
        mergers: Those that people recorded.
    """
    here = {line[LOGIN] for line in named_schools(today)}
    rows = {name: list(lines) for name, lines in today.rows.items()}
    for one in mergers:
        if one.login in here:
            continue
        theirs = ({name: _lines_of(one, other, name) for name in rows} for other in reversed(former))
        last = next((found for found in theirs if found["schools"]), {})
        for name, lines in last.items():
            rows[name] += lines
    return replace(today, rows={name: tuple(lines) for name, lines in rows.items()})


def with_mergers(registry: Registry, mergers: Sequence[Merger]) -> Registry:
    """Returns a registry in which the name of a school that ended says so, and the table `school_mergers`.

    A status for a time after the end is a finding and stays out; so does an entry about schools that nobody knows.
    """
    names = {line[LOGIN]: school_row(line)["school_name"] for line in named_schools(registry)}
    merged = {one.login: one for one in mergers if {one.login, one.into or one.login} <= names.keys()}
    schools, status = registry.rows["schools"], registry.rows["school_status"]
    late = [line for line in status if _is_late(line, merged)]
    rows = {
        **registry.rows,
        "schools": tuple(_named_as_ended(line, merged, names) for line in schools),
        "school_status": tuple(line for line in status if line not in late),
        "school_mergers": tuple(_entries(mergers, merged, names)),
    }
    findings = [*_unknown(mergers, names), *(_late_status(line, merged[line[LOGIN]], names) for line in late)]
    return replace(registry, rows=rows, findings=(*registry.findings, *findings))


def last_report_years(mergers: Sequence[Merger], sent: Container[tuple[str, int]]) -> dict[str, int]:
    """Returns by login the last year for which a school that ended reports by itself.

    It is asked for the years that ended before; for the year of the merger its successor is, unless it sent a form.

    Args:
        mergers: The mergers.
        sent: Reporter and year of the forms that count.
    """
    return {one.login: one.date.year - ((one.login, one.date.year) not in sent) for one in mergers}


def ended_words(merger: Merger, names: Mapping[str, str]) -> str:
    """«с 01.09.2022 — в составе школы «Школа № 9»», «закрыта с 01.09.2022»."""
    if merger.into is None:
        return f"закрыта с {merger.day}"
    return f"с {merger.day} — в составе школы «{names[merger.into]}»"


def _lines_of(ended: Merger, registry: Registry, name: str) -> list[tuple[Any, ...]]:
    """What an earlier registry says of a school in a table; of the status after the end it could not know."""
    lines = [line for line in registry.rows[name] if line[LOGIN] == ended.login]
    return [line for line in lines if not _is_late(line, {ended.login: ended})] if name == "school_status" else lines


def _named_as_ended(line: tuple[Any, ...], merged: Mapping[str, Merger], names: Mapping[str, str]) -> tuple[Any, ...]:
    school = school_row(line)
    one, name = merged.get(school["school_login"]), school["school_name"]
    if one is None:
        return line
    return with_aliases({**school, "school_name": f"{name} ({ended_words(one, names)})"}, [name])


def _is_late(line: tuple[Any, ...], merged: Mapping[str, Merger]) -> bool:
    """Whether a status is of a school year that began after the school had ended."""
    one, year = merged.get(line[LOGIN]), line[YEAR]
    return one is not None and line[STATUS] != "нет" and one.is_before(int(year[:4]), year)


def _late_status(line: tuple[Any, ...], merger: Merger, names: Mapping[str, str]) -> Finding:
    said = (
        f"Школа «{names[merger.login]}» ({merger.login}) {ended_words(merger, names)}: статус за {line[YEAR]} не взят."
    )
    return Finding("merged_school", Severity.ATTENTION, line[0], (line[1],), line[STATUS], said, CHECK)


def _entries(
    mergers: Sequence[Merger], merged: Mapping[str, Merger], names: Mapping[str, str]
) -> Iterator[tuple[Any, ...]]:
    """Rows of `school_mergers`, without the last column, which depends on the forms that came."""
    for number, one in enumerate(mergers, start=1):
        if one.login in merged:
            yield SCHOOLS_FILE, f"[[merged]] № {number}", one.login, names[one.login], one.into, one.date, one.basis


def _unknown(mergers: Sequence[Merger], known: Collection[str]) -> Iterator[Finding]:
    for number, one in enumerate(mergers, start=1):
        both = ("login", one.login, "ни в одном принятом реестре"), ("into", one.into, "в реестре")
        for key, login, where in both:
            if login is not None and login not in known:
                meant = probably_meant(nearest(login, known))
                said = f"Ключ «{key}»: школы с логином «{login}» {where} нет, и запись ничего не меняет.{meant}"
                action = "Исправьте логин или удалите запись."
                yield Finding("rules", Severity.BLOCKS, SCHOOLS_FILE, (f"[[merged]] № {number}",), login, said, action)


def school_names(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Returns the names of the schools of the registry by login."""
    schools = tables["schools"]
    return dict(zip(schools["school_login"], schools["school_name"], strict=True))
