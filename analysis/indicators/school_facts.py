"""School facts by supported school, the other schools and the city: sums, with a blank where a part is missing."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from pandas.api.types import is_integer_dtype

from analysis.contracts.columns import pandas_types
from analysis.contracts.effectiveness import PublicIndicators
from analysis.contracts.facts import (
    CITY,
    COUNTED_AMONG,
    GROUP_NAMES,
    JOURNAL_COLUMNS,
    LINED,
    MARK_COLUMNS,
    OTHERS,
    SCHOOL,
    SCOPES,
    SCORE_COLUMNS,
    units,
)
from analysis.rules.office_files import school_years_of
from analysis.rules.written import JOURNAL, MARK_SCALE, SCORE_SCALE

SITTING = ["calendar_year", "school_year", "procedure", "subject", "programme_grade", "sitting_grade", "wave"]
WHO = ["scope", "who"]
Supported = Mapping[int, Sequence[str]]
# Where every supported school is listed (`listed`): what a table is about, and how many people a row is.
LISTED = {
    "mark_results": (SITTING, "participant_count"),
    "score_results": (SITTING, "participant_count"),
    "deficit_parts": (["calendar_year", "competence"], "diagnosed_teacher_count"),
    "contest_parts": (["calendar_year", "contest_level", "contestants"], "contestant_count"),
}


def supported_by_year(status: pd.DataFrame, calendar_years: Sequence[int]) -> dict[int, list[str]]:
    """Returns the logins of the supported schools of each calendar year."""
    return {year: supported_schools(status, year) for year in calendar_years}


def mark_rows(results: pd.DataFrame, supported: Supported) -> pd.DataFrame:
    """Returns results in marks by group of schools; every group is listed (`listed`).

    Returns:
        SITTING, scope, who, school_count, participant_count, mark_2_count … mark_5_count, not_attested_count (blank
        where nobody gave it), compared_count, journal_lower_count … (blank where a school of the group has none).
    """
    rows = results[results["scale"] == MARK_SCALE]
    rows = rows.assign(
        not_attested_count=rows["not_attested_count"].where(
            rows["not_attested_count"].notna() | (rows["procedure"] != JOURNAL), 0
        ),
        compared_count=sum((rows[name] for name in JOURNAL_COLUMNS[1:]), rows[JOURNAL_COLUMNS[0]]),
    )
    columns = ["participant_count", *MARK_COLUMNS, "not_attested_count", "compared_count", *JOURNAL_COLUMNS]
    return listed(by_group(rows, SITTING, columns, supported), SITTING, columns, supported)


def score_rows(results: pd.DataFrame, supported: Supported) -> pd.DataFrame:
    """Returns results in scores by group of schools; every group is listed (`listed`).

    Returns:
        SITTING, scope, who, school_count, participant_count, below_minimum_count, high_score_count,
        full_score_count, score_sum (whole points; blank where a school of the group gave no mean).
    """
    rows = results[results["scale"] == SCORE_SCALE]
    sums = (rows["mean_score"] * rows["participant_count"]).round().astype("Int64")
    rows = rows.assign(score_sum=sums.where(rows["participant_count"] > 0, 0))
    columns = ["participant_count", *SCORE_COLUMNS, "score_sum"]
    return listed(by_group(rows, SITTING, columns, supported), SITTING, columns, supported)


def line_rows(table: str, facts: pd.DataFrame, supported: Supported) -> pd.DataFrame:
    """Returns the lines of a sheet (grades in three stages) over the whole of the same schools that each is part of.

    Args:
        table: A key of contracts.facts.LINED.
        facts: Its rows.
        supported: The supported schools by year.

    Returns:
        calendar_year, the line, scope, who, school_count, part (of the line), base (the whole), is_whole (the part is
        the base), members (the logins behind the row). A school counts for a line only where it gave both numbers.
    """
    lined, lines = LINED[table], list(units(table))
    wide = facts.pivot(index=["calendar_year", "school_login"], columns=lined.line, values=lined.amount)
    wide = wide.reindex(columns=lines).astype("Int64" if is_integer_dtype(facts[lined.amount]) else "Float64")
    sums = {name: wide[list(parts)].sum(axis=1, skipna=False) for name, parts in lined.together.items()}
    summed = {part for parts in lined.together.values() for part in parts}
    wholes = COUNTED_AMONG[table]
    of_sums = {name: wholes[parts[0]] for name, parts in lined.together.items()}
    shown = of_sums | {part: whole for part, whole in wholes.items() if part not in summed}
    rows = [
        _over_a_base(wide.assign(**sums), [whole, *(part for part in shown if shown[part] == whole)], lined.line, whole,
                     supported)
        for whole in dict.fromkeys(wholes.values())
    ]  # fmt: skip
    return pd.concat(rows, ignore_index=True)


def deficit_rows(deficits: pd.DataFrame, supported: Supported) -> pd.DataFrame:
    """Returns teachers with a deficit (part) among the diagnosed (base) by competence and group of schools."""
    rows = deficits.rename(columns={"deficit_teacher_count": "part", "diagnosed_teacher_count": "base"})
    key, columns = ["calendar_year", "competence"], ["part", "base"]
    return listed(by_group(rows, key, columns, supported), key, columns, supported).assign(is_whole=False)


def contest_rows(contests: pd.DataFrame, supported: Supported) -> pd.DataFrame:
    """Returns winners (part) among contestants (base) and the number of contests by level and group of schools."""
    rows = contests.rename(columns={"winner_count": "part", "contestant_count": "base"}).assign(contest_count=1)
    key = ["calendar_year", "contest_level", "contestants"]
    columns = ["part", "base", "contest_count"]
    return listed(by_group(rows, key, columns, supported), key, columns, supported).assign(is_whole=False)


def self_assessment_rows(assessment: pd.DataFrame, supported: Supported) -> pd.DataFrame:
    """Returns the score of each supported school, and the mean over the schools of the other groups."""
    summed = by_group(assessment, ["calendar_year", "criterion"], ["assessment_score"], supported)
    mean = summed["assessment_score"].astype("float64") / summed["school_count"]
    return summed.assign(assessment_score=mean.round(2))


def by_group(frame: pd.DataFrame, key: list[str], columns: list[str], supported: Supported) -> pd.DataFrame:
    """Returns sums by key and group of schools; a sum with a missing part is blank.

    Returns:
        key, scope (школа, другие школы, город), who (login; empty for groups), school_count, the columns.
    """
    rows = pd.concat(in_groups(frame, supported), ignore_index=True)
    rows["scope"] = pd.Categorical(rows["scope"], SCOPES, ordered=True)
    grouped = rows.groupby([*key, *WHO], observed=True)
    complete = grouped[columns].count().eq(grouped.size(), axis=0)
    sums = grouped[columns].sum().where(complete)
    sums.insert(0, "school_count", grouped["school_login"].nunique())
    return sums.reset_index().astype({"scope": "str", "who": "str"})


def listed(sums: pd.DataFrame, key: list[str], columns: list[str], supported: Supported) -> pd.DataFrame:
    """Returns the sums with a row of nobody (school_count 0) for each supported school of the year that has none.

    So the public table, where a row of nobody and one of a few look alike, lists a school whether anybody came or not.
    The other schools get such a row too, in a year in which they have any.
    """
    with_others = sums.loc[sums["scope"] == OTHERS, "calendar_year"].unique()
    groups = [(year, SCHOOL, login) for year, logins in supported.items() for login in logins]
    groups += [(year, OTHERS, "") for year in with_others]
    cities = sums[sums["scope"] == CITY].drop(columns=WHO)
    nobody = cities.assign(school_count=0, **{name: cities[name] * 0 for name in columns})
    nobody = nobody.merge(pd.DataFrame(groups, columns=["calendar_year", *WHO]), on="calendar_year")
    known = pd.concat([sums, nobody], ignore_index=True).drop_duplicates([*key, *WHO])
    order = known.assign(scope=pd.Categorical(known["scope"], SCOPES, ordered=True))
    return known.loc[order.sort_values([*key, *WHO]).index].astype(dict(sums.dtypes)).reset_index(drop=True)


def in_groups(frame: pd.DataFrame, supported: Supported) -> list[pd.DataFrame]:
    """Returns the rows of the supported schools, the others and the city, with scope and who; indexes are kept."""
    pairs = {(year, login) for year, logins in supported.items() for login in logins}
    is_supported = pd.Series(
        [pair in pairs for pair in zip(frame["calendar_year"], frame["school_login"], strict=True)],
        index=frame.index,
        dtype=bool,
    )
    return [
        frame[is_supported].assign(scope=SCHOOL, who=frame["school_login"]),
        frame[~is_supported].assign(scope=OTHERS, who=""),
        frame.assign(scope=CITY, who=""),
    ]


def _over_a_base(wide: pd.DataFrame, groups: Sequence[str], key: str, base: str, supported: Supported) -> pd.DataFrame:
    """Long rows of part and base for some columns of a wide table by year and school."""
    parts = [wide[[group]].set_axis(["part"], axis=1).assign(base=wide[base], **{key: group}) for group in groups]
    known = pd.concat(parts).dropna().reset_index()
    known = known[known["part"] <= known["base"]]  # a part above its whole is no part: the checks have named it
    rows = by_group(known, ["calendar_year", key], ["part", "base"], supported)
    rows = rows.sort_values(key, key=lambda names: names.map(groups.index), kind="stable", ignore_index=True)
    return rows.assign(is_whole=rows[key] == base, members=_members(known, rows, key, supported))


def _members(known: pd.DataFrame, rows: pd.DataFrame, key: str, supported: Supported) -> "pd.Series[Any]":
    """The schools whose numbers each row adds up."""
    present = known.groupby(["calendar_year", key])["school_login"].agg(lambda logins: sorted(logins)).to_dict()
    listed = [
        (who,) if scope == SCHOOL else _grouped(present[year, name], supported.get(year, ()), scope)
        for year, name, scope, who in rows[["calendar_year", key, *WHO]].itertuples(index=False)
    ]
    return pd.Series(listed, index=rows.index, dtype=object)


def _grouped(logins: Sequence[str], supported: Sequence[str], scope: str) -> tuple[str, ...]:
    return tuple(login for login in logins if scope == CITY or login not in supported)


def supported_schools(status: pd.DataFrame, calendar_year: int) -> list[str]:
    """Returns the logins of schools supported in either school year that a calendar year touches.

    A school that became part of another is none of them once it no longer reports by itself.
    """
    rows = status[status["school_year"].isin(school_years_of(calendar_year)) & (status["status"] != "нет")]
    if "last_report_year" in rows:
        rows = rows[(rows["last_report_year"] >= calendar_year).fillna(True)]
    return sorted(rows["school_login"].unique())


def public_rows(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows of a masked table that are listed: none of a sitting of which all numbers are hidden.

    So what a few in the city sat looks like what nobody sat.

    Args:
        name: Of the whole table.
        table: The masked one.
    """
    if name not in LISTED or table.empty:
        return table
    about, _ = LISTED[name]
    numbers = table.drop(columns=[*about, "scope", "group_name", "school_count", "hidden_columns"])
    is_printed = numbers.notna().any(axis=1)
    return table[is_printed.groupby([table[column] for column in about]).transform("any")]


def in_public_shape(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the columns and types of `PublicIndicators`."""
    types = pandas_types(PublicIndicators)
    words = {name: kind for name, kind in types.items() if kind == "category"}
    return rows[list(types)].astype(words).reset_index(drop=True)


def with_names(found: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """The whole table in the shape of the public one, for the office: names of schools and groups instead of logins."""
    groups = found["school_login"].astype("str").map({**names, **GROUP_NAMES})
    return in_public_shape(found.assign(group_name=groups))
