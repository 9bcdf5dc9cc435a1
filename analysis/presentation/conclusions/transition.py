"""Sentences of the report about the way of the supported schools: own measures, and years not comparable."""

from collections.abc import Iterator

from analysis.presentation.conclusions.sentence import FACT, PUBLIC, TRANSITION, Case, Sentence, Told
from analysis.presentation.effectiveness_pictures import ruled_rows
from analysis.presentation.row_keys import indicator_keys
from analysis.presentation.shares import out_of
from analysis.presentation.words import rows_of


def own_measures(case: Case) -> Iterator[Told]:
    """How much of its own roadmap a school carried out."""
    for row in case.evidence.shown_of_schools("own_measures_done_share"):
        bound = "; это нижняя граница: о части мер сведений нет" if "нижняя граница" in row["flags"] else ""
        text = f"{row['group_name']}: собственных мер выполнено {out_of(row)}{bound}."
        yield Told(text, indicator_keys([row]))


def breaks(case: Case) -> Iterator[Told]:
    """Years that may not be compared."""
    edition = case.edition
    rows = ruled_rows(edition, edition.indicators)
    rows = rows[
        (rows["calendar_year"] == edition.calendar_year) & rows["group_name"].isin([*edition.supported, "Город"])
    ]
    broken = rows[rows["change_note"].astype("str").str.startswith("разрыв")]
    for (procedure, note), group in broken.groupby(["procedure", "change_note"], sort=True):
        reason = str(note).removeprefix("разрыв сопоставимости: ")
        text = f"{procedure}: с прежним годом не сравнить, сопоставимость прервана ({reason})."
        yield Told(text, indicator_keys(rows_of(group)))


SENTENCES = tuple(
    Sentence(name, kind, condition, tell, audience=audience, section=TRANSITION)
    for name, kind, audience, tell, condition in (
        ("свои-меры", FACT, PUBLIC, own_measures, "у школы есть собственные меры с планом больше нуля"),
        ("разрыв", FACT, PUBLIC, breaks, "слово сопоставимости в календаре процедур сменилось"),
    )
)
