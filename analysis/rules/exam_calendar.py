"""The calendar of procedures: which sittings were held in a year, by whose programme, and how they may be compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError
from analysis.rules.config import CALENDAR_FILE
from analysis.rules.toml_file import keys_of, numbered, one_of, read_toml, take, take_text

MARK_SCALE, SCORE_SCALE = "отметка", "100 баллов"
SCALES = [MARK_SCALE, SCORE_SCALE]
TABLES = ("sitting", "subject_writings", "minimum_score")
# What a year without sittings asks for. What is left empty is refused by its key, so no answer is a guess of ours.
STANZA = """# Процедуры {year} года: раздел на каждую процедуру и волну. Ответы — из приказа или графика, он же — basis.
# 1. Какая процедура, по каким предметам и в каких классах: procedure, scale, form_subjects, [sitting.grades].
# 2. Весной или осенью, по программе какого класса: wave, school_year, grade_lag.
# 3. Можно ли сравнивать с прошлым годом: comparability — то же слово, что у той процедуры, если можно; иначе другое.
[[sitting]]
procedure = ""        # ВПР, ОГЭ, ЕГЭ или Журнал (годовые отметки)
calendar_year = {year}
wave = ""             # у ВПР: весна или осень; у ОГЭ и ЕГЭ: основная; у журнала: год
school_year = ""      # {spring} — весной и за год, {autumn} — осенью
scale = ""            # отметка; у ЕГЭ, кроме базовой математики: 100 баллов
grade_lag = ""        # без кавычек: 0 — по программе своего класса, 1 — предыдущего
comparability = ""
form_subjects = ["Русский язык", "Математика"]   # о чём спросит форма школы; остальное приходит выгрузками
basis = ""            # документ, его номер и дата
confirmed = false     # true, когда документ прочитан
[sitting.grades]      # классы, по программе которых проведено: [4, 5, 6, 7, 8]
"Русский язык" = []
"Математика" = []
"""
MINIMUM_KEYS = ("procedure", "calendar_year", "subject", "score", "basis", "confirmed")


@dataclass(frozen=True)
class Sitting:
    """One wave of a procedure in a calendar year.

    Attributes:
        procedure: ВПР, ОГЭ, ЕГЭ or журнал.
        calendar_year: The year in which it was held.
        wave: What tells the sittings of a year apart.
        school_year: Of the participants, «2020/21».
        scale: отметка or 100 баллов.
        grade_lag: The grade of the participants minus the grade of the programme: 1 where it moved to the autumn.
        grades: Programme grades by subject.
        form_subjects: The subjects for which a school's form asks; the others come in exports.
        comparability: Sittings of one procedure may be compared over the years only where this word is the same.
        basis: The source of the entry.
        confirmed: Whether a primary text was read.
    """

    procedure: str
    calendar_year: int
    wave: str
    school_year: str
    scale: str
    grade_lag: int
    grades: Mapping[str, tuple[int, ...]]
    form_subjects: tuple[str, ...]
    comparability: str
    basis: str
    confirmed: bool

    def holds(self, subject: str, programme_grade: int) -> bool:
        """Whether the calendar knows this subject for this programme."""
        return programme_grade in self.grades.get(subject, ())


def school_year_from(calendar_year: int) -> str:
    """Returns the school year that begins in a calendar year: 2021 → 2021/22."""
    return f"{calendar_year}/{(calendar_year + 1) % 100:02d}"


def school_years_of(calendar_year: int) -> tuple[str, str]:
    """Returns the school years that a calendar year touches: 2021 → 2020/21, 2021/22."""
    return school_year_from(calendar_year - 1), school_year_from(calendar_year)


def sitting_stanza(calendar_year: int) -> str:
    """Returns an entry for data/calendar.toml that waits for its answers."""
    spring, autumn = school_years_of(calendar_year)
    return STANZA.format(year=calendar_year, spring=spring, autumn=autumn)


def load_calendar(root: Path) -> tuple[Sitting, ...]:
    """Reads data/calendar.toml; a project without that file collects no results.

    Raises:
        AnalysisError: The file is broken; the message names the entry and the key.
    """
    if not (root / CALENDAR_FILE).is_file():
        return ()
    content = read_toml(root, CALENDAR_FILE, TABLES)
    entries = numbered(content.get("sitting", []), "sitting", CALENDAR_FILE, keys_of(Sitting), "procedure")
    return tuple(_sitting(entry, where) for where, entry in entries)


@dataclass(frozen=True)
class Vocabulary:
    """How the calendar calls what exports call in their own ways, and the minimum scores.

    Attributes:
        subjects: Name in the calendar by writing, case and ё aside.
        minimum_scores: By procedure, calendar year and subject; an exam that is not there has no known minimum.
    """

    subjects: Mapping[str, str]
    minimum_scores: Mapping[tuple[str, int, str], int]

    def subject(self, writing: str) -> str:
        """The name in the calendar; empty for a subject it does not know."""
        return self.subjects.get(_folded(writing), "")


def load_vocabulary(root: Path) -> Vocabulary:
    """Reads the subjects, their other writings and the minimum scores of data/calendar.toml.

    Raises:
        AnalysisError: The file is broken; the message names the entry and the key.
    """
    if not (root / CALENDAR_FILE).is_file():
        return Vocabulary({}, {})
    content = read_toml(root, CALENDAR_FILE, TABLES)
    held = load_calendar(root)
    names = {subject for sitting in held for subject in sitting.grades}
    minima = numbered(content.get("minimum_score", []), "minimum_score", CALENDAR_FILE, MINIMUM_KEYS, "subject")
    return Vocabulary(
        {**_writings(content.get("subject_writings", {})), **{_folded(name): name for name in names}},
        dict(_minimum(entry, held, where) for where, entry in minima),
    )


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("ё", "е").split())


def _writings(listed: Mapping[str, Any]) -> dict[str, str]:
    where = f"{CALENDAR_FILE}, [subject_writings]"
    return {_folded(writing): name for name in listed for writing in take(listed, name, list, where)}


def _minimum(entry: Mapping[str, Any], held: tuple[Sitting, ...], where: str) -> tuple[tuple[str, int, str], int]:
    score = take(entry, "score", int, where)
    if not 0 <= score <= 100:
        raise AnalysisError(f"{where}: ключ «score»: стоит {score}, нужен балл от 0 до 100.")
    take(entry, "basis", str, where)
    take(entry, "confirmed", bool, where)
    exam = (take(entry, "procedure", str, where), take(entry, "calendar_year", int, where))
    scored = [one for one in held if (one.procedure, one.calendar_year, one.scale) == (*exam, SCORE_SCALE)]
    if not scored:
        raise AnalysisError(f"{where}: процедуры «{exam[0]}» {exam[1]} года с баллами в этом календаре нет.")
    subjects = [subject for one in scored for subject in one.grades]
    return (*exam, one_of(entry, "subject", subjects, where)), score


def _sitting(entry: Mapping[str, Any], where: str) -> Sitting:
    scale, lag = take(entry, "scale", str, where), take(entry, "grade_lag", int, where)
    if scale not in SCALES or lag not in (0, 1):
        raise AnalysisError(f"{where}: «scale» — одно из {', '.join(SCALES)}; «grade_lag» — 0 или 1.")
    grades = _grades(take(entry, "grades", dict, where), where)
    year, asked = take(entry, "calendar_year", int, where), take(entry, "form_subjects", list, where)
    strange = next((subject for subject in asked if subject not in grades), None)
    if strange is not None:
        raise AnalysisError(
            f"{where}: ключ «form_subjects»: предмета «{strange}» нет в [sitting.grades]; есть: {', '.join(grades)}."
        )
    return Sitting(
        procedure=take_text(entry, "procedure", where),
        calendar_year=year,
        wave=take_text(entry, "wave", where),
        school_year=one_of(entry, "school_year", school_years_of(year), where),
        scale=scale,
        grade_lag=lag,
        grades=grades,
        form_subjects=tuple(asked),
        comparability=take_text(entry, "comparability", where),
        basis=take_text(entry, "basis", where),
        confirmed=take(entry, "confirmed", bool, where),
    )


def _grades(grades: Mapping[str, Any], where: str) -> dict[str, tuple[int, ...]]:
    if not grades:
        raise AnalysisError(f"{where}: раздел [sitting.grades] пуст: нужен хотя бы один предмет с классами.")
    for subject, listed in grades.items():
        numbers = isinstance(listed, list) and all(type(grade) is int and 1 <= grade <= 11 for grade in listed)
        if not listed or not numbers:
            raise AnalysisError(f"{where}: предмет «{subject}»: нужен список классов от 1 до 11, например [5, 6].")
    return {subject: tuple(listed) for subject, listed in grades.items()}
