"""Where a sentence may stand: in the annual report, or in a kind of document."""

REPORT = "report"
SCHOOL_NOTE, SELECTION_NOTE, MEETING, COURSES, CONTESTS = "school-note", "selection", "meeting", "courses", "contests"
PLACES = (REPORT, SCHOOL_NOTE, SELECTION_NOTE, MEETING, COURSES, CONTESTS)
