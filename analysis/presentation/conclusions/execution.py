"""Sentences of the brief for the meeting: what is carried out, and which schools surely reach the threshold."""

from collections.abc import Iterator

import pandas as pd

from analysis.contracts.execution import DONE, NO_REPORT, UNDOCUMENTED
from analysis.presentation.conclusions.places import MEETING
from analysis.presentation.conclusions.school import low_rows
from analysis.presentation.conclusions.sentence import CONCLUSION, OFFICE, Case, Sentence, Told
from analysis.presentation.row_keys import asked_as, indicator_keys
from analysis.presentation.russian import listed
from analysis.presentation.shares import SURE, SURELY, words_of
from analysis.presentation.words import Row, rows_of


def done(case: Case) -> Iterator[Told]:
    """How many of the planned measures are carried out."""
    rows = _planned(case)
    if any(row["status"] != NO_REPORT for row in rows):
        number = sum(row["status"] == DONE for row in rows)
        text = f"Выполнено {number} из {len(rows)} запланированных показателей."
        yield Told(text, [asked_as(row) for row in rows])


def not_known(case: Case) -> Iterator[Told]:
    """Planned measures of which nobody reported anything."""
    rows = [row for row in _planned(case) if row["status"] == NO_REPORT]
    if rows:
        labels = ", ".join(row["measure_label"] for row in rows)
        noun, asked = ("показателю", "выполнен ли он") if len(rows) == 1 else ("показателям", "выполнены ли они")
        which = (
            f"По {noun} {labels}" if len(rows) < len(_planned(case)) else f"Ни по одному показателю с планом ({labels})"
        )
        text = f"{which} сведений нет: сказать, {asked}, нельзя."
        yield Told(text, [asked_as(row) for row in rows])


def undocumented(case: Case) -> Iterator[Told]:
    """Planned measures that were reported in full and have no document at all."""
    rows = [row for row in _planned(case) if row["status"] == UNDOCUMENTED]
    if rows:
        labels = ", ".join(row["measure_label"] for row in rows)
        noun = "показателю" if len(rows) == 1 else "показателям"
        text = f"По {noun} {labels} сообщено всё запланированное, но не назван ни один документ."
        yield Told(text, [asked_as(row) for row in rows])


def schools_over_the_threshold(case: Case) -> Iterator[Told]:
    """Supported schools with a share that is nearly surely not below the threshold."""
    rows = {login: _over(case, login) for login in case.evidence.supported}
    over = [login for login, some in rows.items() if some]
    if over:
        names = listed([case.evidence.name(login) for login in over])
        text = f"Хотя бы по одной процедуре доля «2» {SURELY} не меньше порога: {names}; подробно — в справках."
        yield Told(text, indicator_keys([row for some in rows.values() for row in some]))


def _planned(case: Case) -> list[Row]:
    rows = case.edition.execution
    return rows_of(rows[(rows["target_count"] > 0).fillna(False)]) if len(rows) else []


def _over(case: Case, login: str) -> list[Row]:
    return [
        row
        for row in low_rows(case.evidence, login)
        if not pd.isna(row["threshold_probability"]) and row["threshold_probability"] >= SURE
    ]


OVER = f"вероятность, что доля школы не меньше порога, от {words_of(SURE)}"
SENTENCES = tuple(
    Sentence(name, CONCLUSION, condition, tell, (MEETING,), OFFICE)
    for name, tell, condition in (
        ("исполнение", done, "есть показатели с планом больше нуля"),
        ("исполнение-не-ясно", not_known, "о показателе с планом больше нуля сведений нет"),
        ("исполнение-без-документов", undocumented, "о показателе сообщено всё, а документов не названо"),
        (
            "школы-выше-порога",
            schools_over_the_threshold,
            OVER,
        ),
    )
)
