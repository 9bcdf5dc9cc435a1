"""What an analyst asks of the last build: tidy tables, blank where nothing is known; and SQL over them, by DuckDB."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import pandas as pd

from analysis.contracts.effectiveness import PublicIndicators
from analysis.contracts.execution import PlanFact
from analysis.contracts.facts import Schools
from analysis.errors import AnalysisError, nearest, probably_meant
from analysis.indicators.school_facts import supported_schools
from analysis.presentation.effectiveness_pictures import funnels_of
from analysis.presentation.exhibits import Exhibit
from analysis.presentation.words import as_text
from analysis.project.built import LastBuild
from analysis.project.frames import readable
from analysis.rules.methods import SHARE, Indicator

ABOUT = ["indicator_id", "aspect", "group_name", "calendar_year", "procedure", "subject", "programme_grade", "wave"]
VALUES = ["numerator", "denominator", "value", "interval_low", "interval_high", "city_value", "against_city", "flags"]
CHANGES = [
    "value", "earlier_year", "change", "change_low", "change_high", "foreseen_value", "better_probability",
    "noticeable_change", "change_note",
]  # fmt: skip
EXECUTION = [
    "measure_label", "measure_name", "calendar_year", "target_count", "reported_count", "documented_count",
    "accepted_count", "status", "missing_reporters",
]  # fmt: skip
COLUMN_OF = {"year": "calendar_year", "school": "group_name"}
# What `explain` is asked to follow a number of a row back.
CODE = "Откуда"
FOR_OFFICE = "Воронка есть только для служебного пользования: на ней стоят все школы."


def indicators(built: LastBuild, asked: Mapping[str, object]) -> pd.DataFrame:
    """Returns the values of indicators with what they are made of and their intervals.

    Args:
        built: The last build.
        asked: indicator, year, school, procedure, subject: None means all.

    Raises:
        AnalysisError: There is no such indicator, year, school, procedure or subject; the message names the nearest.
    """
    return _told(built, _rows(built, asked), [*ABOUT, *VALUES])


def changes(built: LastBuild, asked: Mapping[str, object]) -> pd.DataFrame:
    """Returns the same rows where a later year was compared with an earlier one, or why it was not."""
    rows = _rows(built, asked)
    compared = rows.reindex(columns=["change", "change_note"]).notna().any(axis=1)
    return _told(built, rows[compared], [*ABOUT, *CHANGES])


def plan_fact(built: LastBuild, year: int | None) -> pd.DataFrame:
    """Returns plan against fact, a row a measure and year; no rows while nobody has reported."""
    rows = built.tables.get("plan_fact", pd.DataFrame(columns=EXECUTION))
    rows = rows if year is None else rows[rows["calendar_year"] == year]
    if built.internal:
        names = built.edition(built.project.editions[-1]).school_names
        told = [", ".join(names.get(one, one) for one in late.split(", ")) for late in rows["missing_reporters"]]
        rows = rows.assign(missing_reporters=told)
    return readable(rows, PlanFact, EXECUTION)


def schools(built: LastBuild) -> pd.DataFrame:
    """Returns the schools: login, name, kind, pupils, and since when and till when each is supported."""
    columns = ["school_login", "school_name", "school_kind", "pupil_count"]
    rows = built.tables.get("schools", pd.DataFrame(columns=columns))
    found = readable(rows, Schools, columns)
    return found.assign(**{"Поддержка, годы": [_supported(built, login) for login in rows["school_login"]]})


def funnels(built: LastBuild, asked: str, procedure: str | None, year: int) -> list[Exhibit]:
    """Returns the funnels of a share of results in a year.

    Raises:
        AnalysisError: There is no such share or procedure, or the numbers are those of the public edition.
    """
    if not built.internal:
        raise AnalysisError(FOR_OFFICE)
    indicator = indicator_named(built, asked)
    if indicator.kind != SHARE or indicator.table != "results":
        raise AnalysisError(f"Воронку рисуют по доле результатов, а «{indicator.name}» — {indicator.kind}.")
    edition = built.edition(year)
    held = edition.indicators["procedure"].dropna().unique()
    named = _named("procedure", procedure, held) if procedure and len(held) else None
    return list(funnels_of(edition, indicator, named))


def indicator_named(built: LastBuild, asked: str) -> Indicator:
    """The indicator that has this id or name.

    Raises:
        AnalysisError: None is called so; the message names the nearest.
    """
    known = {name: one for one in built.passport for name in (one.id, one.name)}
    return known[_named("indicator", asked, known)]


def _rows(built: LastBuild, asked: Mapping[str, object]) -> pd.DataFrame:
    """The rows of indicators that are asked for; where there are none at all, no name is wrong but an indicator's."""
    every = as_text(built.indicators)
    wanted = {name: value for name, value in asked.items() if value is not None}
    found = every
    if "indicator" in wanted:
        found = found[found["indicator_id"] == indicator_named(built, str(wanted.pop("indicator"))).id]
    for name, value in wanted.items() if len(every) else ():
        column, known = COLUMN_OF.get(name, name), _known(built, every, name, value)
        found = found[found[column] == known]
    return found


def _known(built: LastBuild, rows: pd.DataFrame, name: str, value: object) -> object:
    """What is asked for, as it is written in the table."""
    if name == "year":
        return value if value in set(rows["calendar_year"]) else built.year(cast(int, value))
    if name == "school":
        return school_named(built, str(value))
    return _named(name, str(value), rows[name].dropna().unique())


def school_named(built: LastBuild, asked: str) -> str:
    """The name under which a school or a group of schools stands in the tables.

    Raises:
        AnalysisError: None is called so; the message names the nearest.
    """
    groups = {str(one).casefold(): str(one) for one in built.indicators["group_name"].dropna().unique()}
    if asked.casefold() in groups:
        return groups[asked.casefold()]
    if built.internal and built.register is not None:
        return built.register.names[built.register.login(asked, "school")]
    return groups[_named("school", asked.casefold(), groups)]


NO_SUCH = {
    "indicator": 'Показателя «{}» в паспорте нет.{} Имена: city.tables["passport"].',
    "school": "Школы «{}» нет.{} Какие есть: city.schools.",
    "procedure": "Процедуры «{}» нет.{}",
    "subject": "Предмета «{}» нет.{}",
}


def _named(what: str, asked: str, known: Iterable[str]) -> str:
    """The known name that is written so, whatever its letters' case."""
    folded = {name.casefold(): name for name in known}
    if asked.casefold() not in folded:
        raise AnalysisError(NO_SUCH[what].format(asked, probably_meant(nearest(asked, folded.values()))))
    return folded[asked.casefold()]


def _told(built: LastBuild, rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    names = {one.id: one.name for one in built.passport}
    named = rows.assign(indicator_id=rows["indicator_id"].map(names))
    found = readable(named, PublicIndicators, columns)
    # Rows of a stored table keep its index.
    codes = [f"school_indicators#{row}!value" for row in rows.index]
    return found.assign(**{CODE: codes}) if built.internal else found


def _supported(built: LastBuild, login: str) -> str:
    status = built.tables["school_status"]
    return ", ".join(str(year) for year in built.project.editions if login in supported_schools(status, year))


INSTALL = "Для SQL нужен пакет duckdb: выполните в ячейке %pip install duckdb."


def answered(tables: Mapping[str, pd.DataFrame], query: str) -> pd.DataFrame:
    """Returns what a query says of the tables; it reads no file and changes nothing.

    Args:
        tables: By the name under which the query knows them.
        query: In the dialect of DuckDB.

    Raises:
        AnalysisError: DuckDB is not installed, or it cannot answer; the message is its own.
    """

    def registered(connection: Any) -> None:
        for name, table in tables.items():
            connection.register(name, _plain(table))

    return ask_duckdb(query, registered)


def ask_duckdb(query: str, prepare: Callable[[Any], None]) -> pd.DataFrame:
    """Returns what a query says of the tables that `prepare` puts into a connection; only that may read files.

    Raises:
        AnalysisError: DuckDB is not installed, or it cannot answer; the message is its own.
    """
    try:
        import duckdb
    except ImportError:
        raise AnalysisError(INSTALL) from None
    with duckdb.connect(":memory:") as connection:
        try:
            prepare(connection)
            connection.execute("set enable_external_access = false")
            answer = connection.execute(query)
            whole = [name for name, kind, *_ in answer.description or () if str(kind) == "HUGEINT"]
            # The sum of whole numbers is one, too; pandas would get a fraction.
            return answer.df().astype(dict.fromkeys(whole, "Int64"))
        except duckdb.Error as error:
            raise AnalysisError(f"Запрос SQL не выполнен. Ответ DuckDB: {error}") from None


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Text as text: of a category DuckDB compares the alphabet, of an object it guesses the type from a sample."""
    return as_text(table).infer_objects()
