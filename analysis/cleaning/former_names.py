"""Former names of schools from all received registries. Schools are found by these names too."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from analysis.cleaning.registry import ALIKE, Registry, named_schools, school_row
from analysis.cleaning.schools import names_of, same_name
from analysis.contracts.facts import FULL, SHORT
from analysis.contracts.findings import Finding, Severity

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
                    found[(login, written)] = {
                        "source_file": row["source_file"],
                        "place": row["place"],
                        "school_login": login,
                        "former_name": row[column],
                        "name_kind": kind,
                        "last_named_date": day,
                    }
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
