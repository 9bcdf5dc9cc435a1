"""Sentences of the note on contests: who of the supported schools took part on the municipal level, and who won."""

from collections.abc import Iterator

import pandas as pd

from analysis.contracts.school_facts import CONTESTANTS
from analysis.presentation.conclusions.places import CONTESTS
from analysis.presentation.conclusions.sentence import CONCLUSION, OFFICE, Case, Sentence, Told
from analysis.presentation.row_keys import contest_key
from analysis.presentation.russian import listed
from analysis.presentation.words import rows_of

TEACHERS = CONTESTANTS[1]
OF_TEACHERS = "муниципальный"


def did_not_take_part(case: Case) -> Iterator[Told]:
    """Supported schools that told of contests, and of no municipal one of teachers."""
    absent = _absent(case)
    if absent:
        names = listed([case.evidence.name(login) for login in absent])
        rows = _contests(case)
        keys = [contest_key(row) for row in rows_of(rows[rows["school_login"].isin(absent)])]
        yield Told(f"В муниципальных конкурсах педагогов не участвовали поддерживаемые школы: {names}.", keys)


def all_took_part(case: Case) -> Iterator[Told]:
    """Every supported school took part."""
    supported, rows = case.evidence.supported, _contests(case)
    if supported and len(rows) and not _absent(case) and not _silent(case):
        text = "В муниципальных конкурсах педагогов участвовали все поддерживаемые школы."
        yield Told(text, [contest_key(row) for row in rows_of(_of_teachers(case))])


def told_nothing(case: Case) -> Iterator[Told]:
    """Supported schools that told of no contest."""
    silent = _silent(case)
    if silent:
        names = listed([case.evidence.name(login) for login in silent])
        yield Told(f"Недостаточно данных, о конкурсах не сообщили: {names}.", [])


def winners(case: Case) -> Iterator[Told]:
    """How many winners the supported schools have among teachers."""
    rows = _of_teachers(case)
    by_school = rows.groupby("school_login")["winner_count"].sum() if len(rows) else pd.Series(dtype="int64")
    said = [
        f"{case.evidence.name(login)} — {int(by_school[login])}"
        for login in case.evidence.supported
        if login in by_school
    ]
    if said:
        keys = [contest_key(row) for row in rows_of(rows)]
        yield Told("Победителей и призёров среди педагогов на муниципальном уровне", keys, said)


def _contests(case: Case) -> pd.DataFrame:
    return case.evidence.rows("contests")


def _of_teachers(case: Case) -> pd.DataFrame:
    """Municipal contests of teachers of the supported schools."""
    rows = _contests(case)
    if rows.empty:
        return rows
    wanted = (rows["contestants"] == TEACHERS) & (rows["contest_level"] == OF_TEACHERS)
    return rows[wanted & rows["school_login"].isin(case.evidence.supported)]


def _silent(case: Case) -> list[str]:
    told = set(_contests(case)["school_login"])
    return [login for login in case.evidence.supported if login not in told]


def _absent(case: Case) -> list[str]:
    took = set(_of_teachers(case)["school_login"])
    silent = _silent(case)
    return [login for login in case.evidence.supported if login not in took and login not in silent]


SENTENCES = tuple(
    Sentence(name, CONCLUSION, condition, tell, (CONTESTS,), OFFICE)
    for name, tell, condition in (
        ("конкурсы-без-участия", did_not_take_part, "школа сообщила о конкурсах, а муниципального у педагогов нет"),
        ("конкурсы-все", all_took_part, "в муниципальных конкурсах педагогов участвовали все поддерживаемые школы"),
        ("конкурсы-нет-данных", told_nothing, "поддерживаемая школа о конкурсах не сообщила"),
        ("конкурсы-победы", winners, "поддерживаемая школа участвовала в муниципальном конкурсе педагогов"),
    )
)
