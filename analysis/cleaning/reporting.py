"""Entries of data/reporting.toml without effect: their activity, measure or reporter does not exist."""

from collections.abc import Iterator, Sequence

import pandas as pd

from analysis.contracts.findings import Finding, Severity
from analysis.errors import nearest, probably_meant
from analysis.rules.config import REPORTING_FILE, Collection, Report


def undecided_reports(reporting: Sequence[Report], measures: pd.DataFrame, collection: Collection) -> list[Finding]:
    """Returns a finding for each faulty entry. Without it, the first executor of the roadmap would silently answer.

    Args:
        reporting: The entries, in the order of the file.
        measures: The typed measures of the roadmap.
        collection: Who reports.
    """
    keys = set(zip(measures["activity_code"], map(int, measures["measure_number"]), strict=True))
    return [
        Finding("rules", Severity.BLOCKS, REPORTING_FILE, (f"[[report]] № {number}",), value, said, action)
        for number, one in enumerate(reporting, start=1)
        for value, said, action in _faults(one, keys, collection)
    ]


def _faults(one: Report, keys: set[tuple[str, int]], collection: Collection) -> Iterator[tuple[str, str, str]]:
    if (one.activity, one.measure) not in keys:
        said = f"Такого мероприятия или показателя в «дорожной карте» нет, и запись ничего не решает.{_near(one, keys)}"
        yield f"{one.activity}, показатель {one.measure}", said, "Исправьте activity и measure или удалите запись."
    allowed = (collection.schools,) if one.unit == "school" else (*collection.municipal, collection.schools)
    for reporter in one.reporters:
        if reporter not in allowed:
            meant = probably_meant(nearest(reporter, allowed))
            said = f'При unit = "{one.unit}" отчитывается одно из: {", ".join(allowed)}.{meant}'
            yield str(reporter), said, "Исправьте reporters; имена — как в project.toml, раздел [collection]."


def _near(one: Report, keys: set[tuple[str, int]]) -> str:
    own = sorted(number for activity, number in keys if activity == one.activity)
    if own:
        return f" У мероприятия {one.activity} показатели: {', '.join(map(str, own))}."
    near = nearest(one.activity, sorted({activity for activity, _ in keys}))
    return f' Вероятно, имелось в виду activity = "{near[0]}".' if near else ""
