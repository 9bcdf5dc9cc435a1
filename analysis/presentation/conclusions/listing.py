"""The list itself: every sentence once, in the order in which it is printed."""

from analysis.presentation.conclusions import (
    contests,
    execution,
    results,
    school,
    selection,
    staff,
    summary,
    support,
    transition,
)
from analysis.presentation.conclusions.sentence import OFFICE, Case, Said, Sentence

SENTENCES: tuple[Sentence, ...] = (
    *summary.SENTENCES,
    *results.SENTENCES,
    *staff.SENTENCES,
    *support.SENTENCES,
    *transition.SENTENCES,
    *selection.SENTENCES,
    *school.SENTENCES,
    *execution.SENTENCES,
    *contests.SENTENCES,
)


def conclusions(case: Case, place: str, section: str = "") -> list[Said]:
    """What the evidence carries in the report or in a kind of document, in the order of the list.

    Args:
        case: The evidence of the year, and the school or the rule that a document is about.
        place: One of places.PLACES.
        section: The section of the report wanted; all where it is empty.
    """
    wanted = [one for one in SENTENCES if place in one.places and section in ("", one.section)]
    fit = [one for one in wanted if one.audience != OFFICE or case.edition.internal]
    return [Said(one, told) for one in fit for told in one.tell(case)]
