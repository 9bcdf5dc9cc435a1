"""Who writes the documents of which kind."""

from collections.abc import Callable, Mapping, Sequence

from analysis.documents.contests_note import contests_note
from analysis.documents.courses_request import courses_request
from analysis.documents.material import Material
from analysis.documents.meeting_brief import meeting_brief
from analysis.documents.school_note import school_notes
from analysis.documents.selection_note import selection_note
from analysis.documents.settings import CONTESTS, COURSES, MEETING, SCHOOL_NOTE, SELECTION
from analysis.documents.staging import Document

OF_THE_CITY: Mapping[str, Callable[[Material], Document]] = {
    SELECTION.id: selection_note,
    MEETING.id: meeting_brief,
    COURSES.id: courses_request,
    CONTESTS.id: contests_note,
}


def written(material: Material, kind: str, logins: Sequence[str]) -> list[Document]:
    """The documents of a kind: one of the city, or one for each of the schools."""
    return school_notes(material, logins) if kind == SCHOOL_NOTE.id else [OF_THE_CITY[kind](material)]
