"""What each school did against its share, and who owes what: the tables that name who is to act."""

from collections.abc import Iterator
from functools import partial

import pandas as pd

from analysis.contracts.execution import NO_SHARE, Owed
from analysis.contracts.indicators import PlanFact
from analysis.contracts.report import SchoolExecution
from analysis.indicators.execution import is_share
from analysis.indicators.plan import asked
from analysis.presentation.chains import chain_link, linked
from analysis.presentation.edition import Edition
from analysis.presentation.execution_tables import told
from analysis.presentation.exhibits import Col, Condensed, Exhibit, table
from analysis.presentation.quality import ALL_REPORTED, reported
from analysis.presentation.words import Row, count_words, date_words, in_order_of_codes, rows_of

NOTHING_OWED = "Ни за исполнителями, ни за школами, ни за управлением на срок отчёта ничего не осталось."
NOTHING_OF_MEASURES = "По показателям на срок отчёта ни за кем ничего не осталось."
NOT_OVER = (
    "На день последнего полученного файла срок отчёта за {year} год не наступил: что за кем осталось, отчёт скажет "
    "после него."
)
SHOWN_DEBTORS = 6
REPORTED = ("reported_count", "documented_count", "accepted_count")


def schools(edition: Edition) -> Iterator[Exhibit]:
    """One table a school that answers for measures: its share, what it reported, documented, had accepted."""
    rows = edition.facts("school_results")
    for number, login in enumerate(sorted(rows["school_login"].unique()), start=1):
        mine = rows[rows["school_login"] == login].drop(columns="school_login")
        yield _school(edition, number, edition.school_names[login], mine)


def owed(edition: Edition) -> Exhibit | None:
    """What is owed, those who owe in one block each; reasons and numbers of documents are for the office alone."""
    rows = edition.facts("owed")
    if rows.empty:
        return None
    data = rows.assign(debtor=_named(edition, rows))
    by = ["owed_kind", "since_date", *(["reason"] if edition.internal else [])]
    printed = [
        _gathered(rows_of(group))
        for debtor in _debtors(edition)
        for _, group in data[data["debtor"] == debtor].groupby(by, dropna=False, sort=False)
    ]
    widths = [18, 20, 19, 13] if edition.internal else [26, 28, 30, 16]
    columns = [
        Col("debtor", width=widths[0]),
        Col("owed_kind", width=widths[1]),
        Col("labels", "№ показателей", widths[2]),
        Col("since_date", width=widths[3], align="c", say=partial(date_words, otherwise="—")),
    ]
    if edition.internal:
        columns += [
            Col("pieces", "Документов", 12, "c", lambda pieces: str(pieces or "—")),
            Col("reason", width=18, say=partial(count_words, otherwise="—")),
        ]
    caption = f"Что за кем на срок отчёта за {edition.calendar_year} год"
    return table(edition, "owed", caption, Owed, Condensed(data, printed), columns)


def said(edition: Edition) -> str:
    """Who owes how much; or that nothing is owed, or that it is too early to say."""
    if not edition.is_over:
        return NOT_OVER.format(year=edition.calendar_year)
    rows = edition.facts("owed")
    if rows.empty:
        return nothing_owed(edition)
    counts = _named(edition, rows).value_counts()
    debtors = _debtors(edition)
    parts = [f"{name} — {counts[name]}" for name in debtors[:SHOWN_DEBTORS]]
    rest = sum(int(counts[name]) for name in debtors[SHOWN_DEBTORS:])
    more = [f"остальные — {rest}"] if rest else []
    return f"Что за кем осталось на срок отчёта, позиций: {', '.join([*parts, *more])} (@tbl-owed)."


def nothing_owed(edition: Edition) -> str:
    """That nothing is owed; where not all have reported, of which measures alone that is true."""
    told = reported(edition)
    return NOTHING_OWED if told == ALL_REPORTED else f"{NOTHING_OF_MEASURES} {told}"


def bounds(edition: Edition) -> Exhibit | None:
    """The facts that lack a report, between nothing and all that was to be done."""
    rows = asked(edition.execution)
    rows = rows[(rows["missing_reporter_count"] > 0).fillna(False)]
    if rows.empty:
        return None
    columns = [
        Col("measure_label", "№", 10, "l", partial(chain_link, edition)),
        Col("missing_reporters", width=46, say=partial(_names, edition)),
        Col(None, "Факт, если не сделано ничего", 22, "c", _lower),
        Col("reported_upper_count", "Факт, если сделано всё", 22, "c", partial(count_words, otherwise=NO_SHARE)),
    ]
    caption = f"В каких границах факт {edition.calendar_year} года, пока отчитались не все"
    return table(edition, "bounds", caption, PlanFact, rows, columns)


def _lower(row: Row) -> str:
    """The least that was done; of a share nobody can say, the wholes of those who are missing are not known."""
    return "—" if is_share(row) else count_words(row["reported_lower_count"])


def _names(edition: Edition, reporters: str) -> str:
    return ", ".join(edition.school_names.get(who, who) for who in reporters.split(", "))


def _school(edition: Edition, number: int, name: str, rows: pd.DataFrame) -> Exhibit:
    shown = told(edition, rows.assign(school_name=name).astype({"school_name": "str"}), REPORTED)
    columns = [
        Col("measure_label", "№", 7, "l", partial(chain_link, edition)),
        Col("measure_name", width=25),
        Col("share_count", width=14, align="c", say=partial(count_words, otherwise=NO_SHARE)),
        Col(None, "Сообщено", 12, "c", linked(edition, lambda row: count_words(row["reported_count"]))),
        Col(None, "Подтверждено", 16, "c", linked(edition, lambda row: count_words(row["documented_count"]))),
        Col(None, "Принято", 11, "c", linked(edition, lambda row: count_words(row["accepted_count"]))),
        Col("school_status", "Состояние", 15),
    ]
    caption = f"{name}: план и факт {edition.calendar_year} года"
    return table(edition, f"school-{number}", caption, SchoolExecution, shown, columns)


def _gathered(group: list[Row]) -> Row:
    """What one owes of one kind since one day, in one row."""
    pieces = sum(int(row["piece_count"]) for row in group if not pd.isna(row["piece_count"]))
    labels = ", ".join(in_order_of_codes(row["measure_label"] for row in group))
    return {**group[0], "labels": labels, "pieces": pieces}


def _named(edition: Edition, rows: pd.DataFrame) -> "pd.Series[str]":
    return rows["debtor"].map(lambda who: edition.school_names.get(who, who)).astype("str")


def _debtors(edition: Edition) -> list[str]:
    """Who owes something, in the order of those who report; the office comes last."""
    reporters = [edition.school_names.get(who, who) for who in edition.facts("reporter_results")["reporter"]]
    owing = set(_named(edition, edition.facts("owed")))
    return [name for name in dict.fromkeys(reporters) if name in owing] + sorted(owing - set(reporters))
