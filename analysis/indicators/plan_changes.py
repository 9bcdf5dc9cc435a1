"""What a later version of the plan says otherwise than the one before, measure by measure, with both addresses."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

from analysis.contracts.columns import (
    ADDED,
    DROPPED,
    MOVED,
    OTHER_EXECUTORS,
    OTHER_NUMBER,
    OTHER_TERM,
    REWORDED,
    typed_table,
)
from analysis.contracts.indicators import PlanChanges
from analysis.indicators.plan import KEY, OF_ACTIVITY
from analysis.rules.plan_headings import folded

ID, OF_MEASURE = "measure_identity", ["source_file", *KEY]
# A statement of a version about a measure: what stands there, and what of it is compared.
SAID = ["source_file", ID, "change_kind", "calendar_year", "text", "place", "sense", "number"]
Known = dict[str, Any]
Subject = tuple[str, int | None]


def plan_changes(tables: Mapping[str, pd.DataFrame], plan: pd.DataFrame) -> pd.DataFrame:
    """Returns after contracts.indicators.PlanChanges what each version changed, in the order of its document.

    Args:
        tables: approval, activities, measures, targets, deadlines and executors of all versions.
        plan: `indicators.plan.plan_by_year` of them.
    """
    measures = _measures(tables, plan)
    statements = _statements(tables, measures)
    versions = [
        _Version(row["source_file"], row["in_force_date"], measures, statements)
        for row in tables["approval"].to_dict("records")
    ]
    rows = [
        {**one, "in_force_date": now.since, "file_before": before.file, "file_after": now.file}
        for before, now in pairwise(versions)
        for one in _between(before, now)
    ]
    return typed_table(PlanChanges, rows)


class _Version:
    """A version of the plan: its measures by identity, and what it says of each, by kind and year."""

    def __init__(self, file: str, since: pd.Timestamp, measures: pd.DataFrame, statements: pd.DataFrame) -> None:
        self.file, self.since = file, since
        self.measures: dict[str, Known] = {row[ID]: row for row in _rows(measures, file)}
        self.said: dict[str, dict[Subject, Known]] = {}
        for row in _rows(statements, file):
            year = None if pd.isna(row["calendar_year"]) else int(row["calendar_year"])
            self.said.setdefault(row[ID], {})[row["change_kind"], year] = row


def _rows(table: pd.DataFrame, file: str) -> list[Any]:
    return table[table["source_file"] == file].to_dict("records")


def _measures(tables: Mapping[str, pd.DataFrame], plan: pd.DataFrame) -> pd.DataFrame:
    """Each measure of each version once, in the order of its document, with its label and the address of its row."""
    rows = plan.drop_duplicates(["source_file", ID])
    places = tables["activities"][[*OF_ACTIVITY, "place"]]
    names = [*OF_MEASURE, ID, "measure_label", "measure_name", "activity_title"]
    return rows[names].merge(places, on=OF_ACTIVITY, how="left")


def _statements(tables: Mapping[str, pd.DataFrame], measures: pd.DataFrame) -> pd.DataFrame:
    """What all versions say of their measures, a row a statement."""
    of_measure = measures[[*OF_MEASURE, ID]]
    words = measures.assign(text=measures["activity_title"] + ". " + measures["measure_name"], change_kind=REWORDED)
    totals = tables["measures"].assign(text=tables["measures"]["planned_total_text"], change_kind=OTHER_NUMBER)
    targets = tables["targets"].merge(of_measure).assign(change_kind=OTHER_NUMBER)
    meant = map(str, targets[["target_low", "target_high", "target_mark", "deadline_month"]].to_numpy(object).tolist())
    terms = tables["deadlines"].drop_duplicates(OF_MEASURE).merge(of_measure)
    terms = terms.assign(text=terms["deadline_text"], change_kind=OTHER_TERM)
    names = (
        tables["executors"]
        .groupby(OF_ACTIVITY, sort=False)
        .agg(text=("executor_name", ", ".join), place=("place", "first"))
    )
    executors = of_measure.merge(names.reset_index(), on=OF_ACTIVITY).assign(change_kind=OTHER_EXECUTORS)
    of_words = [one.assign(sense=one["text"].map(folded)) for one in (words, totals, terms, executors)]
    numbers = targets["target_count"].astype("str")
    of_years = targets.assign(text=targets["target_text"], sense=list(meant), number=numbers)
    return pd.concat([*(one.reindex(columns=SAID) for one in of_words), of_years[SAID]], ignore_index=True)


def _between(before: _Version, now: _Version) -> Iterator[Known]:
    for identity, one in now.measures.items():
        old = before.measures.get(identity)
        if old is None:
            yield {"change_kind": ADDED, **_after(one, one["measure_name"])}
            continue
        both = {**_before(old), **_after(one)}
        if old["measure_label"] != one["measure_label"]:
            yield {"change_kind": MOVED, **both}
        changed = _otherwise(before.said[identity], now.said[identity], now.since.year)
        yield from (both | change for change in changed)
    for identity, one in before.measures.items():
        if identity not in now.measures:
            yield {"change_kind": DROPPED, **_before(one, one["measure_name"])}


def _otherwise(before: Mapping[Subject, Known], now: Mapping[Subject, Known], since: int) -> Iterator[Known]:
    """Statements that differ; a past year of which the later version says nothing of its own is not changed by it.

    Where the text of a year is the same («ежеквартально»), its number follows from other words, and is told instead.
    """
    nothing: Known = {"text": None, "place": None, "sense": "", "number": None}
    for kind, year in dict.fromkeys([*now, *before]):
        old, new = before.get((kind, year), nothing), now.get((kind, year), nothing)
        name = "number" if old["text"] == new["text"] else "text"
        passed = year is not None and year < since and ((kind, year) not in now or name == "number")
        if old["sense"] != new["sense"] and not passed:
            yield {
                "change_kind": kind, "calendar_year": year, "text_before": old[name] or None,
                "place_before": old["place"], "text_after": new[name] or None, "place_after": new["place"],
            }  # fmt: skip


def _before(one: Known, text: str | None = None) -> Known:
    return {"label_before": one["measure_label"], "measure_name": one["measure_name"], "place_before": one["place"],
            "text_before": text}  # fmt: skip


def _after(one: Known, text: str | None = None) -> Known:
    return {"label_after": one["measure_label"], "measure_name": one["measure_name"], "place_after": one["place"],
            "text_after": text}  # fmt: skip
