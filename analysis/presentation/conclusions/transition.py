"""Sentences of the report about the way of the supported schools: own measures, changes, years not comparable."""

from collections.abc import Iterator

from analysis.presentation.conclusions.results import OF
from analysis.presentation.conclusions.sentence import (
    CONCLUSION,
    FACT,
    OFFICE,
    PUBLIC,
    TRANSITION,
    Case,
    Sentence,
    Told,
)
from analysis.presentation.edition import Edition
from analysis.presentation.effectiveness_pictures import ruled_rows
from analysis.presentation.effectiveness_tables import better, by_id
from analysis.presentation.indicator_words import value_words
from analysis.presentation.row_keys import indicator_keys
from analysis.presentation.russian import counted
from analysis.presentation.school_facts import subject_words
from analysis.presentation.shares import NOT_TOLD, RISEN, out_of, words_of
from analysis.presentation.words import Row, rows_of
from analysis.rules.indicator_passport import Indicator


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


def changed(case: Case) -> Iterator[Told]:
    """Changes that are surely real."""
    for name, rows in changes_of_schools(case.edition):
        for word, sure in (("улучшение", improved), ("ухудшение", worsened)):
            real = [(row, one) for row, one in rows if sure(better(row, one))]
            if real:
                cases = "; ".join(_changed(row, one) for row, one in real)
                text = (
                    f"{name}: {word}, которое случаем не объяснить (вероятность не меньше {words_of(RISEN)}): {cases}."
                )
                yield Told(text, indicator_keys([row for row, _ in real]))


def unchanged(case: Case) -> Iterator[Told]:
    """Changes that cannot be told from chance."""
    for name, rows in changes_of_schools(case.edition):
        open_ones = [row for row, one in rows if not improved(better(row, one)) and not worsened(better(row, one))]
        if open_ones:
            yield Told(
                f"{name}: изменение к прежнему году {NOT_TOLD} в {len(open_ones)} из "
                f"{counted(len(rows), 'сравнение', OF)}.",
                indicator_keys(open_ones),
            )


def changes_of_schools(edition: Edition) -> Iterator[tuple[str, list[tuple[Row, Indicator]]]]:
    """Each supported school with its changes of which one way is better."""
    rows, passport = edition.shown_indicators, by_id(edition)
    rows = ruled_rows(edition, rows)
    rows = rows[rows["growth_probability"].notna() & rows["group_name"].isin(edition.supported)]
    for name, group in rows.groupby("group_name", sort=False):
        yield str(name), [(row, passport[row["indicator_id"]]) for row in rows_of(group)]


def improved(chance: float | None) -> bool:
    """Whether a change is surely for the better, by the probability that it is (`effectiveness_tables.better`)."""
    return chance is not None and chance >= RISEN


def worsened(chance: float | None) -> bool:
    """Whether a change is surely for the worse."""
    return chance is not None and 1 - chance >= RISEN


def _changed(row: Row, indicator: Indicator) -> str:
    then = value_words({**row, "value": row["value"] - row["change"]}, indicator)
    return f"{row['procedure']}, {subject_words(row)}: {then} → {value_words(row, indicator)}"


ONE_WAY, EACH_WAY = "вероятность изменения в одну сторону", "вероятность изменения в каждую сторону"
SENTENCES = tuple(
    Sentence(name, kind, condition, tell, audience=audience, section=TRANSITION)
    for name, kind, audience, tell, condition in (
        ("свои-меры", FACT, PUBLIC, own_measures, "у школы есть собственные меры с планом больше нуля"),
        ("разрыв", FACT, PUBLIC, breaks, "слово сопоставимости в календаре процедур сменилось"),
        ("изменилось", CONCLUSION, OFFICE, changed, f"{ONE_WAY} не меньше {words_of(RISEN)}"),
        ("не-изменилось", CONCLUSION, OFFICE, unchanged, f"{EACH_WAY} меньше {words_of(RISEN)}"),
    )
)
