"""The tables of a region: states of its cities, and what of them can stand side by side.

Nobody is ranked: cities keep the order of region.toml, and what cannot be compared is blank with its reason.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.contracts.columns import shaped, typed_table
from analysis.contracts.effectiveness import INDICATOR_KEY
from analysis.contracts.facts import CITY, GROUP_NAMES
from analysis.contracts.findings import RULE_TITLES, Severity
from analysis.contracts.region import (
    ABSENT,
    AGREED,
    APPROVED,
    BUILT,
    CHANGED,
    NOT_AGREED,
    RECEIVED,
    RegionCities,
    RegionEditions,
    RegionExecution,
    RegionFindings,
    RegionIndicators,
)
from analysis.contracts.report import FORM, NOTHING, TOO_LATE
from analysis.indicators.duties import COUNTS
from analysis.indicators.effectiveness import LOWER_BOUND
from analysis.region.dataset import RULE_FILES, Told, read_table, sitting_key
from analysis.region.settings import City, Region
from analysis.rules.written import JOURNAL
from analysis.statistics.pooled import pooled_shares

OTHER_DEFINITION = "паспорт показателей города определяет показатель иначе"
OTHER_SITTING = "по календарю города процедура проведена иначе"
NOT_APPROVED = "город не утвердил числа этого года"
CHANGED_SINCE = "код, который утвердил город, не от этих чисел"
NOTHING_TO_APPROVE = "сведений за этот год у города нет"
UNSETTLED = "сведения города уточняются"
OTHER_KIND = {
    True: "проект города вымышлен, а регион нет: вымышленное рядом с настоящим не стоит",
    False: "регион вымышлен, а проект города нет: настоящее рядом с вымышленным не стоит",
}
TERM_RUNS = "срок исправлений не вышел"
NOT_PUBLIC = "открытого отчёта города с этими числами нет"
FEW_SCHOOLS = "в городе меньше трёх школ: его числа — числа школы, их печатает отчёт города"
LEAST_SCHOOLS = 3
NO_NUMBERS = "нет сведений"
OTHER_RULES = "; не такие, как у большинства: "
NUMBERS = ["numerator", "denominator", "value", "interval_low", "interval_high"]


@dataclass(frozen=True)
class CityState:
    """A city as a run of the region leaves it.

    Attributes:
        city: Its entry in region.toml.
        told: What this run says of it.
        good: Its last good state; empty where it was never built.
        left_out: Why its numbers stand in no table of the region; empty where they do.
    """

    city: City
    told: Told
    good: Told
    left_out: str = ""

    @property
    def name(self) -> str:
        """As its project names it; its id where that was never read."""
        return str(self.told.get("city") or self.good.get("city") or self.city.id)

    @property
    def enters(self) -> bool:
        """Whether its numbers stand in the tables."""
        return bool(self.good) and not self.left_out

    @property
    def about(self) -> dict[str, str]:
        """The columns that all tables begin with."""
        return {"city_id": self.city.id, "city_name": self.name}


def with_reasons(states: Sequence[CityState], invented: bool) -> list[CityState]:
    """The states with the reason why a city does not enter: it is invented and the region is not, or the other way
    round; or two cannot both be right, with one name or the same schools. Which of them is wrong only people know, so
    neither enters."""
    of_name, of_login = ({}, {})  # type: dict[str, list[str]], dict[str, list[str]]
    for state in states:
        of_name.setdefault(state.name.casefold(), []).append(state.city.id)
        for login in state.told.get("logins") or state.good.get("logins") or ():
            of_login.setdefault(login, []).append(state.city.id)
    reasons = [one.left_out or _other_kind(one, invented) or _double(one, of_name, of_login) for one in states]
    return [replace(one, left_out=reason) for one, reason in zip(states, reasons, strict=True)]


def _other_kind(state: CityState, invented: bool) -> str:
    mine = bool(state.told.get("invented", state.good.get("invented", invented)))
    return "" if mine == invented else OTHER_KIND[mine]


def _double(state: CityState, of_name: Mapping[str, list[str]], of_login: Mapping[str, list[str]]) -> str:
    mine = state.city.id
    alike = [one for one in of_name[state.name.casefold()] if one != mine]
    if alike:
        return f"так же назван город {', '.join(alike)}: различите их ключом «city» в project.toml"
    shared = {login: cities for login, cities in of_login.items() if mine in cities and len(set(cities)) > 1}
    others = sorted({one for cities in shared.values() for one in cities} - {mine})
    some = ", ".join(sorted(shared)[:3])
    return f"школы с теми же логинами есть у города {', '.join(others)}: {some}; исправьте реестр" if shared else ""


def region_tables(region: Region, states: Sequence[CityState], today: date) -> dict[str, pd.DataFrame]:
    """Every table of the region by name, after `contracts.region`, for the office: nothing in them is masked."""
    editions = typed_table(RegionEditions, list(_editions(region, states, today)))
    return {
        "region_cities": typed_table(RegionCities, _cities(states, editions)),
        "region_editions": editions,
        "region_execution": _execution(region, states, editions),
        "region_indicators": _indicators(region, states, editions),
        "region_findings": typed_table(RegionFindings, list(_findings(states))),
    }


def public_tables(region: Region, states: Sequence[CityState], tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """What of the tables the public may see.

    Each number stands in the public edition of its city, and the region's is that of the cities whose numbers stand
    beside it, so they tell nobody, schools of the region among them, more than the cities have told. Numbers of a city
    of one or two schools are those of a school, which are not compared.

    Args:
        region: The region.
        states: Its cities.
        tables: Those of `region_tables`.
    """
    editions = tables["region_editions"]
    printed = _years(editions[editions["withheld_note"] == ""])
    execution = tables["region_execution"]
    entering = [one for one in states if one.enters and len(one.good["logins"]) >= LEAST_SCHOOLS]
    rows = read_table(region.output, "public_school_indicators", [one.city.id for one in entering])
    rows = rows[(rows["group_name"] == GROUP_NAMES[CITY]) & _years(rows).isin(printed)]
    return {
        "region_cities": tables["region_cities"],
        "region_editions": editions,
        "region_execution": execution[_years(execution).isin(printed)],
        "region_indicators": shaped(_side_by_side(rows, entering), RegionIndicators),
    }


def is_small(state: CityState) -> bool:
    """Whether a built city has so few schools that its numbers are those of one, or each of two knows the other."""
    return 0 < len(state.good["logins"]) < LEAST_SCHOOLS


def _years(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[["city_id", "calendar_year"]])


def _editions(region: Region, states: Sequence[CityState], today: date) -> Iterator[dict[str, Any]]:
    """A row a built city and year: forms, whether the city has approved these very numbers, what keeps them back."""
    forms = read_table(region.output, "reporter_completeness", [one.city.id for one in states if one.good])
    forms = forms[forms["fact_kind"] == FORM]
    for state in states:
        for year in state.good.get("editions", ()):
            own = forms[(forms["city_id"] == state.city.id) & (forms["calendar_year"] == year)]
            in_time = ~own["completeness"].isin([NOTHING, TOO_LATE])
            numbers = (len(own), own["received_date"].notna().sum(), in_time.sum()) if len(own) else (None,) * 3
            digest, term = state.good["hashes"][str(year)], region.term(year)
            approval = _approval(region, state.city.id, year, digest, today)
            yield {
                **state.about, "calendar_year": year, "numbers_hash": digest or None,
                "expected_form_count": numbers[0], "received_form_count": numbers[1], "timely_form_count": numbers[2],
                "correction_date": None if term is None else pd.Timestamp(term), "approval": approval,
                "withheld_note": _withheld(state, digest, approval, is_open=term is not None and today <= term),
            }  # fmt: skip


def _withheld(state: CityState, digest: str, approval: str, *, is_open: bool) -> str:
    """Why the public report of the region does not have the numbers of a city in a year."""
    reasons = {
        UNSETTLED: bool(state.left_out),  # in what, is nobody's business but theirs
        NOTHING_TO_APPROVE: not digest,
        TERM_RUNS: is_open,
        NOT_APPROVED: approval == NOT_AGREED,
        CHANGED_SINCE: approval == CHANGED,
        NOT_PUBLIC: not state.good.get("published"),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _approval(region: Region, city: str, year: int, digest: str, today: date) -> str:
    """What the entries whose day has come say of these numbers."""
    about = [one for one in region.file.approvals if (one.city, one.edition) == (city, year) and one.date <= today]
    given = [one.hash for one in about]
    return AGREED if digest in given else CHANGED if given else NOT_AGREED


def _cities(states: Sequence[CityState], editions: pd.DataFrame) -> list[dict[str, Any]]:
    common = _common([state.good.get("rules", {}) for state in states if state.good])
    return [
        {
            **state.about, "city_state": _state(state, editions), "in_region": state.enters,
            "state_note": "; ".join(filter(None, [str(state.told["error"]), state.left_out])),
            "good_date": pd.Timestamp(state.good["made"]) if state.good else None,
            "rules_note": _rules_note(state.good, common),
            **_finding_counts(state),
        }
        for state in states
    ]  # fmt: skip


def _state(state: CityState, editions: pd.DataFrame) -> str:
    """The last step that a city has reached; approved is one whose last year with facts is."""
    if not state.good:
        return RECEIVED if "findings" in state.told else ABSENT
    own = editions[(editions["city_id"] == state.city.id)]
    came = own[own["received_form_count"].fillna(0) > 0]
    last = (came if len(came) else own).tail(1)
    return APPROVED if (last["approval"] == AGREED).any() else BUILT


def _finding_counts(state: CityState) -> dict[str, int | None]:
    found = findings_of(state)
    if found is None:
        return {"blocking_count": None, "open_count": None}
    blocking, looked = (
        sum(one.places for one in found if one.severity == weight) for weight in (Severity.BLOCKS, Severity.ATTENTION)
    )
    return {"blocking_count": blocking, "open_count": blocking + looked}


class Found(NamedTuple):
    """One kind of finding in a city, and in how many places."""

    severity: str
    rule: str
    words: str
    places: int


def findings_of(state: CityState) -> list[Found] | None:
    """What was found in a city; None where nothing is known."""
    found = state.told.get("findings", state.good.get("findings"))
    return None if found is None else [Found(*one) for one in found]


def _common(said: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What most cities say under each key; of several the one that stands first in region.toml."""
    keys = dict.fromkeys(key for one in said for key in one)
    return {key: Counter(one[key] for one in said if key in one).most_common(1)[0][0] for key in keys}


def _rules_note(good: Told, common: Mapping[str, str]) -> str:
    if not good:
        return ""
    others = [words for file, words in RULE_FILES.items() if good["rules"].get(file) != common[file]]
    version = f"паспорт {good['passport']}" if good["passport"] else "паспорта показателей нет"
    return f"{version}{OTHER_RULES}{', '.join(others)}" if others else version


def _execution(region: Region, states: Sequence[CityState], editions: pd.DataFrame) -> pd.DataFrame:
    """Plan against fact of each city: of its own plan, so that counts stand side by side and no shares of them."""
    rows = read_table(region.output, "task_results", [one.city.id for one in states if one.enters])
    rows = rows[_years(rows).isin(_years(editions) if (approved := _approved(region, editions)) is None else approved)]
    sums = rows.groupby(["city_id", "calendar_year"], as_index=False)[COUNTS].sum()
    return shaped(_in_order(sums, states), RegionExecution)


def _in_order(rows: pd.DataFrame, states: Sequence[CityState]) -> pd.DataFrame:
    """The rows with the names of the cities, cities in the order of region.toml, each in its own order."""
    places = {one.city.id: place for place, one in enumerate(states)}
    names = {one.city.id: one.name for one in states}
    rows = rows.assign(city_name=rows["city_id"].map(names).astype("str"))
    return rows.iloc[np.argsort(rows["city_id"].map(places).to_numpy(), kind="stable")]


def _indicators(region: Region, states: Sequence[CityState], editions: pd.DataFrame) -> pd.DataFrame:
    entering = [one for one in states if one.enters]
    rows = read_table(region.output, "school_indicators", [one.city.id for one in entering])
    compared = _side_by_side(rows[rows["school_login"] == CITY], entering, _approved(region, editions))
    return shaped(_pooled(compared), RegionIndicators)


def _approved(region: Region, editions: pd.DataFrame) -> pd.MultiIndex | None:
    """The cities and years that may enter the tables of the region; None where all may."""
    return _years(editions[editions["approval"] == AGREED]) if region.file.head.only_approved else None


def _side_by_side(
    rows: pd.DataFrame, entering: Sequence[CityState], approved: pd.MultiIndex | None = None
) -> pd.DataFrame:
    """The rows of cities in order, blank where they cannot be compared, each with the value of all together."""
    rows = _in_order(rows, entering).reset_index(drop=True)
    rows = rows.assign(flags=rows["flags"].fillna(""), group=rows.groupby(INDICATOR_KEY, dropna=False).ngroup())
    notes = [*_notes(rows, {one.city.id: one.good["methods"] for one in entering}, approved)]
    rows = rows.assign(comparison_note=pd.Series(notes, dtype="str", index=rows.index))
    return _summed(rows.assign(**{name: rows[name].where(rows["comparison_note"] == "") for name in NUMBERS}))


def _notes(
    rows: pd.DataFrame, methods: Mapping[str, Mapping[str, str]], approved: pd.MultiIndex | None
) -> Iterator[str]:
    """Why a row may not stand beside those of other cities; empty where it may."""
    common = _common([*methods.values()])
    asked = ["city_id", "indicator_id", "procedure", "calendar_year", "wave", "flags", "value"]
    for city, indicator, procedure, year, wave, flags, value in rows[asked].itertuples(index=False, name=None):
        own, sitting = methods[city], sitting_key(procedure, year, wave)
        reasons = {
            OTHER_DEFINITION: own.get(indicator) != common.get(indicator),
            OTHER_SITTING: own.get(sitting) != common.get(sitting) and not pd.isna(procedure),
            NOT_APPROVED: approved is not None and (city, year) not in approved,
            LOWER_BOUND: LOWER_BOUND in flags,
            flags or NO_NUMBERS: pd.isna(value),
        }
        yield next((reason for reason, holds in reasons.items() if holds), "")


def _summed(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the value of all comparable cities together; blank where there are not two, or no counts."""
    known = rows["numerator"].notna() & rows["denominator"].gt(0).fillna(False)
    sums = rows[known].groupby("group")[["numerator", "denominator"]].sum()
    several = rows[known].groupby("group").size() > 1
    whole = (sums["numerator"] / sums["denominator"])[several]
    return rows.assign(region_value=rows["group"].map(whole).astype("Float64").where(rows["comparison_note"] == ""))


def _pooled(rows: pd.DataFrame) -> pd.DataFrame:
    """The shares of results through the model of `statistics`, one level up: cities stand where schools of a town do.

    An indicator in a year is a town of its own, and the journal another one.
    """
    counts = rows[["numerator", "denominator"]].astype("float64")
    is_share = (
        rows["interval_low"].notna() & (counts["numerator"] <= counts["denominator"]) & (counts % 1 == 0).all(axis=1)
    )
    asked = np.flatnonzero((is_share & rows["region_value"].notna()).to_numpy(bool))
    told = pd.DataFrame(np.nan, index=rows.index, columns=["pooled_value", "pooled_low", "pooled_high"])
    if len(asked):
        some = rows.iloc[asked]
        towns = some.assign(of_journal=some["procedure"] == JOURNAL)
        town = towns.groupby(["indicator_id", "calendar_year", "of_journal"], dropna=False).ngroup()
        cities = pd.factorize(some["city_id"])[0]
        successes, totals = (counts[name].to_numpy()[asked] for name in counts)
        found = pooled_shares(successes, totals, cities, some["group"], town=town)
        told.iloc[asked] = np.stack([found.mean, found.low, found.high], axis=1)
    return rows.assign(**told)


def _findings(states: Sequence[CityState]) -> Iterator[dict[str, Any]]:
    """Findings by rule and weight: thirty cities with one mistake have a fault of the form, not thirty faults."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for state in states:
        for one in findings_of(state) or ():
            found.setdefault((one.severity, one.rule), Counter())[state.name] += one.places
    severities, rules = [str(one) for one in Severity], list(RULE_TITLES)
    for severity, rule in sorted(found, key=lambda key: (severities.index(key[0]), rules.index(key[1]))):
        cities = found[severity, rule]
        yield {
            "rule_title": RULE_TITLES[rule], "severity": severity, "city_count": len(cities),
            "finding_count": cities.total(), "city_names": ", ".join(cities),
        }  # fmt: skip
