"""What the public may see of the indicators: only what follows from the masked tables, whose cells it can add itself.

An indicator of a school, of the others or of the city is public where each cell that it is made of is printed in
the masked table (`public_…`) and gives the very same number. What is fitted to all schools — pooled shares, what was
foreseen, and their probabilities — is for the office alone: with few schools the counts of those that no public table
names could be worked out from it.
"""

from collections import ChainMap
from collections.abc import Mapping

import pandas as pd

from analysis.contracts.columns import columns_of
from analysis.contracts.effectiveness import BREAK, FORESEEN, OF_THE_MODEL, SHIFTED, PublicHits, column_title
from analysis.contracts.facts import CITY, GROUP_NAMES, SCHOOL
from analysis.indicators.school_facts import in_public_shape, public_rows
from analysis.indicators.school_tables import LISTED_SOURCES, PARTS
from analysis.rules.methods import GIVEN_MEAN, Indicator, Methods, Passport
from analysis.rules.office_files import DisclosurePolicy
from analysis.rules.written import MARK_SCALE

Tables = Mapping[str, pd.DataFrame]
SITTING = ["procedure", "subject", "programme_grade", "sitting_grade", "wave", "calendar_year", "school_year", "scale"]
ABOUT = ["indicator_id", "aspect", *SITTING]
FITTED = ["pooled_value", "pooled_low", "pooled_high", "threshold_probability", *FORESEEN]
OWN = ["numerator", "denominator", "value", "interval_low", "interval_high"]
KNOWN_WITH_CHANGE = ["earlier_year", "change_low", "change_high"]
# Tables that say nothing of single people.
OPEN_TABLES = ("self_assessment", "school_measures")
HIDDEN = "скрыто: по числу можно узнать о человеке"
ROUNDING = 0.0501


def public_effectiveness(tables: Tables, methods: Methods | None, policy: DisclosurePolicy) -> dict[str, pd.DataFrame]:
    """Returns the tables of contracts.effectiveness.PUBLIC_EFFECTIVENESS; none where no indicators were computed.

    Args:
        tables: Typed tables, those of `tables.effectiveness_tables` and of `school_tables.school_tables`.
        methods: The passport and the rules.
        policy: The policy in force.
    """
    if methods is None or "school_indicators" not in tables:
        return {}
    listed = {
        name: public_rows(name.removeprefix("public_"), tables[name]) for name in tables if name.startswith("public_")
    }
    tables = ChainMap(listed, tables)  # type: ignore[arg-type]  # nothing is written into them
    shown = public_indicators(tables["school_indicators"], tables, methods.passport, policy)
    made = {"public_school_indicators": shown}
    if "selection_hits" in tables:
        made["public_selection_hits"] = public_hits(tables["selection_hits"], shown, _names(tables["schools"]))
    return made


def public_indicators(
    found: pd.DataFrame, tables: Tables, passport: Passport, policy: DisclosurePolicy
) -> pd.DataFrame:
    """Returns the public part of `effectiveness.school_indicators`, after contracts.effectiveness.PublicIndicators.

    Args:
        found: The indicators, whole.
        tables: The masked tables `public_…` of `school_tables.school_tables`, schools and school_status.
        passport: What the indicators are made of.
        policy: From which base a share may be printed.

    Returns:
        Rows of the supported schools, of the others together and of the city. A number that may not be seen is blank,
        and `flags` says so.
    """
    rows = _of_the_groups(found, tables)
    parts = [
        _opened(rows[(rows["indicator_id"] == one.id).to_numpy()].reset_index(drop=True), one, tables, policy)
        for one in passport.indicators
    ]
    parts = [part for part in parts if len(part)]
    shown = pd.concat(parts, ignore_index=True) if parts else rows.iloc[:0]
    return in_public_shape(_with_city(_with_change(shown)))


def public_hits(hits: pd.DataFrame, shown: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Returns the procedures of a rule whose share is public, with names instead of logins.

    Args:
        hits: `selection_hits.rule_hits` of all rules.
        shown: `public_indicators`.
        names: Names of schools by login.
    """
    keys = ["group_name", "procedure", "subject", "programme_grade", "wave", "calendar_year"]
    open_rows = shown[shown["value"].notna() & shown["indicator_id"].isin(["fail_share", "below_minimum_share"])]
    known = open_rows[[*keys, "numerator", "denominator", "city_value"]].rename(columns={"city_value": "city"})
    named = hits.assign(group_name=hits["school_login"].map(names).astype("str"))
    found = named.merge(known.drop_duplicates(keys, keep=False), on=[*keys, "numerator", "denominator"], how="inner")
    found = found.assign(
        low_probability=pd.Series(pd.NA, index=found.index, dtype="Float64"),
        city_value=found["city"],
        flags="",
    )
    words = dict.fromkeys(("group_name", "rule_id", "procedure", "subject", "wave", "is_low", "flags"), "str")
    return found[list(columns_of(PublicHits))].astype(words).reset_index(drop=True)


def _of_the_groups(found: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """The rows of the groups that the masked tables have, by name; schools of one name would be mixed up: none."""
    groups = found["school_login"].astype("str").map({**_names(tables["schools"]), **GROUP_NAMES})
    text = {name: "str" for name, dtype in found.dtypes.items() if str(dtype) == "category"}
    rows = found.assign(group_name=groups)[groups.notna()].astype(text)
    supported = _supported(tables)
    pairs = pd.MultiIndex.from_arrays([rows["calendar_year"], rows["group_name"]])
    return rows[pairs.isin(supported) | rows["school_login"].isin(GROUP_NAMES)].reset_index(drop=True)


def _names(schools: pd.DataFrame) -> dict[str, str]:
    """Names by login of the schools whose name no other school has."""
    named = schools.drop_duplicates("school_name", keep=False)
    return dict(zip(named["school_login"], named["school_name"], strict=True))


def _supported(tables: Tables) -> pd.MultiIndex:
    """Year and name of each school that a masked table names."""
    some = [one for name in tables if name.startswith("public_") and "scope" in (one := tables[name])]
    pairs = [one.loc[one["scope"] == SCHOOL, ["calendar_year", "group_name"]] for one in some]
    together = pd.concat(pairs).drop_duplicates() if pairs else pd.DataFrame(columns=["calendar_year", "group_name"])
    return pd.MultiIndex.from_frame(together)


def _opened(rows: pd.DataFrame, indicator: Indicator, tables: Tables, policy: DisclosurePolicy) -> pd.DataFrame:
    """The rows of one indicator with what is hidden blank; those that no masked table has are left out."""
    if rows.empty:
        return rows
    printed = _printed(rows, indicator, tables)
    is_open = (printed["part"] - printed["own_part"]).abs() <= printed["reach"]
    is_open &= (printed["base"] == rows["denominator"]) | rows["denominator"].isna()
    if indicator.table == "results":
        is_open &= printed["base"] >= policy.smallest_base
    is_open = is_open.fillna(False).astype(bool)
    values = printed["part"] if indicator.kind == GIVEN_MEAN else rows["value"]
    shown = rows.assign(
        **{name: rows[name].where(is_open) for name in OWN},
        **{name: pd.Series(pd.NA, index=rows.index, dtype="Float64") for name in FITTED},
        flags=[_flags(said, public) for said, public in zip(rows["flags"], is_open, strict=True)],
    )
    shown = shown.assign(value=values.astype("Float64").where(is_open))
    # Of results, deficits and contests a hidden number looks like one that there is not: nobody, or a few.
    is_listed = printed["exists"].to_numpy(bool) & (is_open.to_numpy() | (indicator.table not in LISTED_SOURCES))
    return shown[is_listed].reset_index(drop=True)


def _printed(rows: pd.DataFrame, indicator: Indicator, tables: Tables) -> pd.DataFrame:
    """For each row the part and the base that the masked table gives, blank where it hides a cell of them."""
    nothing = pd.Series(pd.NA, index=rows.index, dtype="Float64")
    if indicator.table in OPEN_TABLES:
        return _frame(rows["value"].notna(), rows["value"], rows["value"], rows["denominator"])
    if indicator.table == "results":
        return _of_results(rows, indicator, tables)
    name = next((one for one in tables if one.startswith("public_") and _holds(tables[one], indicator.table)), None)
    if name is None or indicator.table == "contests" and indicator.numerator != ("contest_count",):
        return _frame(nothing.notna(), nothing, nothing, nothing)
    if indicator.table == "contests":
        counted = tables[name].groupby(["calendar_year", "contestants", "group_name"])["contest_count"]
        counts = counted.sum().where(counted.count() == counted.size())
        key = pd.MultiIndex.from_frame(rows[["calendar_year", "aspect", "group_name"]])
        part = counts.reindex(key).astype("Float64").set_axis(rows.index)
        return _frame(part.notna(), part, rows["numerator"], rows["denominator"])
    return _of_parts(rows, indicator, tables[name])


def _holds(table: pd.DataFrame, source: str) -> bool:
    """Whether a masked table is the one of this source."""
    return source in PARTS and PARTS[source].part in table and PARTS[source].base in table


def _of_parts(rows: pd.DataFrame, indicator: Indicator, table: pd.DataFrame) -> pd.DataFrame:
    part, base, share, key, _ = PARTS[indicator.table]
    by_aspect = indicator.table == "deficits"
    names = ["calendar_year", "group_name", *(key if by_aspect else [])]
    table = table if by_aspect else table[table[key[-1]] == indicator.numerator[0]]
    table = table.drop_duplicates(names, keep=False).set_index(names)
    wanted = pd.MultiIndex.from_frame(rows[["calendar_year", "group_name", *(["aspect"] if by_aspect else [])]])
    at = table.reindex(wanted).set_axis(rows.index)
    is_shown = at[share].notna()
    exists = pd.Series(wanted.isin(table.index), index=rows.index)
    return _frame(exists, at[part].where(is_shown), rows["numerator"], at[base].where(is_shown))


def _of_results(rows: pd.DataFrame, indicator: Indicator, tables: Tables) -> pd.DataFrame:
    name = "public_mark_results" if indicator.scale == MARK_SCALE else "public_score_results"
    keys = [key for key in [*SITTING, "group_name"] if key != "scale"]
    table = tables[name].drop_duplicates(keys, keep=False) if name in tables else None
    if table is None:
        nothing = pd.Series(pd.NA, index=rows.index, dtype="Float64")
        return _frame(nothing.notna(), nothing, nothing, nothing)
    at = rows[keys].merge(table, on=keys, how="left", indicator=True).set_axis(rows.index)
    weighted = [_cell(at, one) * weight for one, weight in zip(indicator.numerator, indicator.weights, strict=True)]
    part = sum(weighted[1:], weighted[0])
    base = sum((_cell(at, one) for one in indicator.denominator[1:]), _cell(at, indicator.denominator[0]))
    own = rows["value"] if indicator.kind == GIVEN_MEAN else rows["numerator"]
    reach = ROUNDING if indicator.kind == GIVEN_MEAN else 1e-6
    return _frame(at["_merge"] == "both", part, own, base, reach)


def _cell(at: pd.DataFrame, name: str) -> "pd.Series[float]":
    """A printed column; «н/а» that nobody gave is nobody, one that is hidden stays blank."""
    cell = at[name].astype("Float64")
    if name != "not_attested_count":
        return cell
    is_hidden = at["hidden_columns"].fillna("").str.split("; ").map(lambda names: column_title(name) in names)
    return cell.where(cell.notna() | is_hidden.astype(bool), 0.0)


def _frame(
    exists: "pd.Series[bool]", part: pd.Series, own_part: pd.Series, base: pd.Series, reach: float = 1e-6
) -> pd.DataFrame:
    numbers = {"part": part, "own_part": own_part, "base": base}
    frame = pd.DataFrame({name: column.astype("Float64") for name, column in numbers.items()})
    return frame.assign(reach=reach, exists=exists.astype(bool).to_numpy())


def _flags(said: str, is_open: bool) -> str:
    """What must be said of a number that is shown; not of what only the office sees."""
    kept = [one for one in said.split("; ") if one not in ("", SHIFTED, *OF_THE_MODEL)]
    return "; ".join(kept) if is_open else HIDDEN


def _with_change(rows: pd.DataFrame) -> pd.DataFrame:
    """Change only between two public values; the reason for none only where the calendar gives it."""
    keys = [*[name for name in ABOUT if name not in ("calendar_year", "school_year")], "group_name"]
    then = rows[[*keys, "calendar_year", "value"]].rename(columns={"calendar_year": "earlier_year", "value": "then"})
    at = (
        rows[[*keys, "earlier_year"]]
        .merge(then.drop_duplicates([*keys, "earlier_year"]), how="left")
        .set_axis(rows.index)
    )
    both = (rows["value"].notna() & at["then"].notna()).to_numpy(bool)
    by_calendar = rows["change_note"].fillna("").str.startswith(BREAK)
    return rows.assign(
        **{name: rows[name].where(both) for name in KNOWN_WITH_CHANGE},
        change=(rows["value"] - at["then"]).where(both),
        change_note=rows["change_note"].where(by_calendar),
    )


def _with_city(rows: pd.DataFrame) -> pd.DataFrame:
    """The city's value where the city's own row is public."""
    city = rows.loc[rows["school_login"] == CITY, [*ABOUT, "value"]].rename(columns={"value": "of_city"})
    of_city = rows[ABOUT].merge(city, on=ABOUT, how="left")["of_city"].set_axis(rows.index)
    against = rows["against_city"].where(rows["value"].notna() & of_city.notna())
    return rows.assign(city_value=of_city.astype("Float64"), against_city=against)
