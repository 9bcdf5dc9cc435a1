"""Tables of a region: its cities side by side. Stored, they are the office's; the public sees what cities print."""

from functools import cache

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import Contract, Table, but, by_name
from analysis.contracts.effectiveness import GROUP_TABLES, INDICATOR_KEY, PublicIndicators
from analysis.contracts.execution import TEXT_TABLES, MeasureTotals
from analysis.contracts.findings import Severity
from analysis.contracts.report import CHAIN_TABLES
from analysis.contracts.tables import PUBLIC, TABLES

ABSENT, RECEIVED, BUILT, APPROVED = CITY_STATES = ["нет сведений", "получен", "собран", "числа утверждены"]
AGREED, CHANGED, NOT_AGREED = APPROVALS = ["утверждены", "утверждены другие", "не утверждены"]


class _OfCity(Table):
    city_id: Series[str]
    city_name: Series[str]


class _OfCityAndYear(_OfCity):
    calendar_year: Series[int]


class RegionCities(_OfCity, unique=["city_id"]):
    """Города региона в порядке region.toml и как далеко каждый дошёл."""

    city_state: Series[str] = but(isin=CITY_STATES)
    state_note: Series[str] = but(office_only=True)
    in_region: Series[bool]
    good_date: Series[pd.Timestamp]
    rules_note: Series[str] = but(office_only=True)
    blocking_count: Series[pd.Int64Dtype] = but(office_only=True)
    open_count: Series[pd.Int64Dtype] = but(office_only=True)


class RegionEditions(_OfCityAndYear, unique=["city_id", "calendar_year"]):
    """По городам и годам: утверждены ли числа и почему их нет в открытом отчёте."""

    expected_form_count: Series[pd.Int64Dtype] = but(office_only=True)
    received_form_count: Series[pd.Int64Dtype] = but(office_only=True)
    timely_form_count: Series[pd.Int64Dtype] = but(office_only=True)
    numbers_hash: Series[str] = but(office_only=True, blank="утверждать нечего: сведений за год нет")
    correction_date: Series[pd.Timestamp]
    approval: Series[str] = but(isin=APPROVALS)
    withheld_note: Series[str]


class RegionExecution(MeasureTotals, _OfCityAndYear, unique=["city_id", "calendar_year"]):
    """План и факт городов: показатели с планом больше нуля, сколько сообщено, подтверждено, принято, в каком они
    состоянии. Планы у городов разные."""


class RegionIndicators(_OfCity, unique=[*INDICATOR_KEY, "city_id"]):
    """Показатели городов рядом, вместе по школам каждого; несопоставимое пусто, с причиной."""

    indicator_id: Series[str]
    aspect: Series[str]
    procedure: Series[str] = but(blank="показатель не о результатах")
    subject: Series[str] = but(nullable=True)
    programme_grade: Series[pd.Int64Dtype] = but(unit="", ge=None, le=None, nullable=True)
    sitting_grade: Series[pd.Int64Dtype] = but(unit="", ge=None, le=None, nullable=True)
    wave: Series[str] = but(nullable=True)
    calendar_year: Series[int]
    school_year: Series[str] = but(blank="сведения за календарный год", str_matches=None)
    scale: Series[str] = but(nullable=True)
    numerator: Series[pd.Float64Dtype]
    denominator: Series[pd.Float64Dtype]
    value: Series[pd.Float64Dtype] = but(
        label="Значение", meaning="Доля (0–1), среднее или число по городу", unit="единица показателя"
    )
    interval_low: Series[pd.Float64Dtype] = but(unit="единица показателя", le=None)
    interval_high: Series[pd.Float64Dtype] = but(unit="единица показателя", le=None)
    pooled_value: Series[pd.Float64Dtype] = but(
        meaning="Доля, оценённая по всем сопоставимым городам вместе", office_only=True
    )
    pooled_low: Series[pd.Float64Dtype] = but(office_only=True)
    pooled_high: Series[pd.Float64Dtype] = but(office_only=True)
    region_value: Series[pd.Float64Dtype]
    comparison_note: Series[str]
    flags: Series[str]

    @pa.dataframe_check(error="где значения нет, стоит причина")
    def blank_is_explained(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["value"].notna() | (frame["comparison_note"] != "")


class RegionFindings(Table, unique=["rule_title", "severity"]):
    """Замечания по правилам: в скольких городах встретилось каждое."""

    rule_title: Series[str]
    severity: Series[str] = but(isin=[str(one) for one in Severity])
    city_count: Series[int]
    finding_count: Series[int]
    city_names: Series[str]


REGION_TABLES = by_name(RegionCities, RegionEditions, RegionExecution, RegionIndicators, RegionFindings)


@cache
def tables_of_cities() -> dict[str, Contract]:
    """The tables that all cities have in common, each with the city beside its columns; a key holds within a city.

    Of the public tables the one of indicators: what a region may print.
    """
    left_out = [*CHAIN_TABLES.values(), *TEXT_TABLES.values()]
    return {
        name: type(one.__name__, (one,), {"__annotations__": {"city_id": Series[str]}, "__doc__": one.__doc__})
        for name, one in TABLES.items()
        if one not in left_out and (one is PublicIndicators or not name.startswith(PUBLIC))
    }


# What a city approves: the numbers of a year, and not how they stand to those of other years.
APPROVED_TABLES = ("plan_fact", "school_results", *GROUP_TABLES)
APPROVED_INDICATORS = [*INDICATOR_KEY, "school_login", "numerator", "denominator", "value"]
