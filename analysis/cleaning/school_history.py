"""The history of schools: former names from all received registries, and schools that became part of others."""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from analysis.cleaning.registry import ALIKE, LOGIN, Registry, named_schools, school_row
from analysis.cleaning.schools import names_of, same_name
from analysis.contracts.facts import FULL, SHORT
from analysis.contracts.findings import Finding, Severity
from analysis.errors import nearest, probably_meant
from analysis.rules.school_mergers import SCHOOLS_FILE, Merger

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
    merged = {one.login: one for one in mergers if {one.login, one.into} <= names.keys()}
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
    """«с 01.09.2022 — в составе школы «Школа № 9»»."""
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
            if login not in known:
                meant = probably_meant(nearest(login, known))
                said = f"Ключ «{key}»: школы с логином «{login}» {where} нет, и запись ничего не меняет.{meant}"
                action = "Исправьте логин или удалите запись."
                yield Finding("rules", Severity.BLOCKS, SCHOOLS_FILE, (f"[[merged]] № {number}",), login, said, action)
