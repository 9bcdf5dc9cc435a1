"""What each school did against its share, and who owes what: the tables that name who is to act."""

from collections.abc import Iterator

import pandas as pd

from analysis.contracts.execution import NO_SHARE
from analysis.presentation.chains import chain_link, chain_links
from analysis.presentation.edition import Edition
from analysis.presentation.exhibits import Exhibit, printed_table
from analysis.presentation.quality import ALL_REPORTED, reported
from analysis.presentation.russian import short_date
from analysis.presentation.words import Row, count_words, in_order_of_codes, rows_of

NOTHING_OWED = "Ни за исполнителями, ни за школами, ни за управлением на срок отчёта ничего не осталось."
NOTHING_OF_MEASURES = "По показателям на срок отчёта ни за кем ничего не осталось."
NOT_OVER = (
    "На день последнего полученного файла срок отчёта за {year} год не наступил: что за кем осталось, отчёт скажет "
    "после него."
)
SHOWN_DEBTORS = 6


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
    data = data if edition.internal else data.drop(columns=["piece_count", "reason"])
    by = ["owed_kind", "since_date", *(["reason"] if edition.internal else [])]
    cells = [
        _owed_cells(edition, rows_of(group))
        for debtor in _debtors(edition)
        for _, group in data[data["debtor"] == debtor].groupby(by, dropna=False, sort=False)
    ]
    caption = f"Что за кем на срок отчёта за {edition.calendar_year} год"
    header, widths, alignments = ["За кем", "Чего нет", "№ показателей", "С какого дня"], [26, 28, 30, 16], "lllc"
    if edition.internal:
        header, widths, alignments = [*header, "Документов", "Причина"], [18, 20, 19, 13, 12, 18], "lllccl"
    return printed_table(edition, "owed", caption, data, (header, cells, widths, alignments))


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
    asked = edition.execution[(edition.execution["target_count"] != 0).fillna(True)]
    rows = asked[(asked["missing_reporter_count"] > 0).fillna(False)]
    if rows.empty:
        return None
    cells = [
        [
            chain_link(edition, row["measure_label"]),
            ", ".join(edition.school_names.get(who, who) for who in row["missing_reporters"].split(", ")),
            count_words(row["reported_lower_count"]),
            NO_SHARE if pd.isna(row["reported_upper_count"]) else str(row["reported_upper_count"]),
        ]
        for row in rows_of(rows)
    ]
    header = ["№", "Кто не отчитался", "Факт, если не сделано ничего", "Факт, если сделано всё"]
    caption = f"В каких границах факт {edition.calendar_year} года, пока отчитались не все"
    return printed_table(edition, "bounds", caption, rows, (header, cells, [10, 46, 22, 22], "llcc"))


def _school(edition: Edition, number: int, name: str, rows: pd.DataFrame) -> Exhibit:
    data = rows.assign(school_name=name).astype({"school_name": "str"})
    cells = [
        [
            chain_link(edition, row["measure_label"]),
            row["measure_name"],
            NO_SHARE if pd.isna(row["share_count"]) else str(row["share_count"]),
            *chain_links(edition, row["measure_label"], _counts(row)),
            row["school_status"],
        ]
        for row in rows_of(data)
    ]
    header = ["№", "Показатель", "Доля школы", "Сообщено", "Подтверждено", "Принято", "Состояние"]
    caption = f"{name}: план и факт {edition.calendar_year} года"
    printed = (header, cells, [7, 25, 14, 12, 16, 11, 15], "llccccl")
    return printed_table(edition, f"school-{number}", caption, data, printed)


def _counts(row: Row) -> list[str]:
    return [count_words(row[name]) for name in ("reported_count", "documented_count", "accepted_count")]


def _owed_cells(edition: Edition, group: list[Row]) -> list[str]:
    first = group[0]
    labels = ", ".join(in_order_of_codes(row["measure_label"] for row in group))
    since: str = "—" if pd.isna(first["since_date"]) else short_date(first["since_date"])
    cells = [first["debtor"], first["owed_kind"], labels, since]
    if not edition.internal:
        return cells
    pieces = sum(int(row["piece_count"]) for row in group if not pd.isna(row["piece_count"]))
    return [*cells, str(pieces) if pieces else "—", "—" if pd.isna(first["reason"]) else first["reason"]]


def _named(edition: Edition, rows: pd.DataFrame) -> "pd.Series[str]":
    return rows["debtor"].map(lambda who: edition.school_names.get(who, who)).astype("str")


def _debtors(edition: Edition) -> list[str]:
    """Who owes something, in the order of those who report; the office comes last."""
    reporters = [edition.school_names.get(who, who) for who in edition.facts("reporter_results")["reporter"]]
    owing = set(_named(edition, edition.facts("owed")))
    return [name for name in dict.fromkeys(reporters) if name in owing] + sorted(owing - set(reporters))
