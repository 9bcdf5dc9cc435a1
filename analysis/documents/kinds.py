"""The kinds of documents there are, by what the office calls them."""

from dataclasses import dataclass

from analysis.presentation.conclusions import places


@dataclass(frozen=True)
class Kind:
    """A kind of document.

    Attributes:
        id: As the command line and the folder name it.
        heading: As decisions.md names it.
        title: As the document is called.
        attached: Whether it is attached to minutes, so that its first page says to which.
        of_a_school: Whether each school has its own.
    """

    id: str
    heading: str
    title: str
    attached: bool = False
    of_a_school: bool = False


SCHOOL_NOTE = Kind(places.SCHOOL_NOTE, "Аналитическая справка", "Аналитическая справка", of_a_school=True)
SELECTION = Kind(places.SELECTION_NOTE, "Отбор школ", "Справка об отборе школ для адресного сопровождения")
MEETING = Kind(places.MEETING, "Совещание", "Справка к координационному совещанию", attached=True)
COURSES = Kind(places.COURSES, "Запрос на курсы", "Запрос на курсы повышения квалификации с перечнем тематик")
CONTESTS = Kind(places.CONTESTS, "Конкурсы", "Аналитическая справка по результатам участия школ в конкурсах")
KINDS = {kind.id: kind for kind in (SCHOOL_NOTE, SELECTION, MEETING, COURSES, CONTESTS)}
