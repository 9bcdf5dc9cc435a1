"""«Что изменилось в документе»: what later versions of the plan changed, and what was reported of what they dropped."""

from datetime import date
from functools import partial

import pandas as pd

from analysis.contracts.columns import ADDED, DROPPED
from analysis.contracts.execution import COUNTS, Duties
from analysis.contracts.indicators import PlanChanges
from analysis.indicators.plan import KEY, in_force
from analysis.presentation.edition import Edition
from analysis.presentation.execution_tables import told
from analysis.presentation.exhibits import Col, Exhibit, table
from analysis.presentation.markdown import escape
from analysis.presentation.russian import short_date
from analysis.presentation.words import NOT_STATED, Row, count_words

NOTHING_CHANGED = "показатели не изменены"


def section(edition: Edition) -> tuple[str, list[Exhibit]]:
    """The chapter, with its heading; nothing while the first document is in force."""
    if len(edition.versions) < 2:
        return "", []
    shown = [one for one in (_changes_table(edition), _dropped_facts(edition)) if one is not None]
    parts = [
        "# Что изменилось в документе {#sec-document-changes}",
        sentence(edition),
        *(one.markdown for one in shown),
    ]
    return "\n\n".join(parts), shown


def sentence(edition: Edition) -> str:
    """Since when which order is in force and how much it changed; nothing while the first document is."""
    return " ".join(_sentence(edition, one.since, one.basis) for one in edition.versions if one.since)


def _sentence(edition: Edition, since: date, basis: str) -> str:
    rows = _changes(edition)
    rows = rows[rows["in_force_date"] == pd.Timestamp(since)]
    added, dropped = (int((rows["change_kind"] == kind).sum()) for kind in (ADDED, DROPPED))
    others = rows.loc[~rows["change_kind"].isin([ADDED, DROPPED]), "label_after"].nunique()
    counts = {"добавлено": added, "исключено": dropped, "изменено": others}
    said = ", ".join(f"{words} — {count}" for words, count in counts.items() if count)
    told = f"показателей {said}" if said else NOTHING_CHANGED
    words = escape(f"С {short_date(since)} документ действует в новой редакции ({basis}): {told}")
    return f"{words} (@tbl-document-changes)." if said else f"{words}."


def _changes(edition: Edition) -> pd.DataFrame:
    rows = edition.tables["plan_changes"]
    return rows[rows["file_after"].isin([one.file for one in edition.versions])]


def _changes_table(edition: Edition) -> Exhibit | None:
    rows = _changes(edition)
    columns = [
        Col("in_force_date", width=10, align="c", say=short_date),
        Col("change_kind", width=13),
        Col(None, "№", 9, "l", _label),
        Col("measure_name", width=22),
        Col(None, "Было", 13, "l", partial(_text, "before")),
        Col(None, "Стало", 13, "l", partial(_text, "after")),
        Col(None, "Где в документах", 20, "l", _places),
    ]
    caption = "Что изменилось в документе"
    return None if rows.empty else table(edition, "document-changes", caption, PlanChanges, rows, columns)


def _label(row: Row) -> str:
    return " → ".join(dict.fromkeys(one for one in (row["label_before"], row["label_after"]) if not pd.isna(one)))


def _text(side: str, row: Row) -> str:
    if pd.isna(row[f"place_{side}"]):
        return "—"
    year = "" if pd.isna(row["calendar_year"]) else f"{row['calendar_year']}: "
    return f"{year}{count_words(row[f'text_{side}'], NOT_STATED if year else '—')}"


def _places(row: Row) -> str:
    sides = {"прежний": row["place_before"], "новый": row["place_after"]}
    return "; ".join(f"{words}: {place}" for words, place in sides.items() if not pd.isna(place))


def _dropped_facts(edition: Edition) -> Exhibit | None:
    """What was reported, this year and before, of measures that the plan in force no longer has."""
    duties, every = edition.tables.get("duties"), edition.tables["plan"]
    if duties is None:
        return None
    known = pd.concat([in_force(every), every]).drop_duplicates(KEY_OF_YEAR)
    rows = duties.reset_index(names="row").merge(known[[*KEY_OF_YEAR, "measure_identity", "in_force"]], on=KEY_OF_YEAR)
    rows = rows[~rows["measure_identity"].isin(edition.plan["measure_identity"]) & rows["reported_count"].notna()]
    rows = rows[(rows["calendar_year"] <= edition.calendar_year) & (~rows["in_force"] | (rows["standing"] == COUNTS))]
    names = dict(zip(zip(every["activity_code"], every["measure_number"], strict=True), every["measure_name"],
                     strict=True))  # fmt: skip
    columns = [
        Col("calendar_year", width=8, align="c"),
        Col(None, "№", 8, "l", edition.label_of),
        Col(None, "Показатель", 38, "l", lambda row: names[row["activity_code"], row["measure_number"]]),
        Col("reporter", "Кто сообщил", 22),
        Col("reported_count", width=12, align="c", say=count_words),
        Col("accepted_count", width=12, align="c", say=count_words),
    ]
    who = rows["reporter"].map(lambda one: edition.school_names.get(one, one)).astype("str").to_numpy()
    counts = ["reported_count", "accepted_count"]
    data = duties.loc[rows["row"], [*KEY_OF_YEAR, "reporter", *counts]].assign(reporter=who)
    caption = "Сообщено об исключённых показателях"
    return (
        None if data.empty else table(edition, "dropped-facts", caption, Duties, told(edition, data, counts), columns)
    )


KEY_OF_YEAR = [*KEY, "calendar_year"]
