"""Files of rules that an office writes: the calendar of procedures, columns, schools, assumptions, disclosure."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

from analysis.files.memory import FORGETFUL, Memory
from analysis.rules.toml_file import read_rules, refuse
from analysis.rules.written import (
    RATINGS,
    SCALES,
    SCORE_SCALE,
    Filled,
    Grades,
    Misfit,
    Rule,
    Written,
    approval_misfits,
    bracketed,
    doubt,
    one_of,
    repeated,
    stands,
)

# What the headings of a plan's columns mean: words that come with the program, and what people settle for a document.
#
# The words stand in plan_headings.toml, settled headings in data/columns.toml of the project.

COLUMNS_FILE = "data/columns.toml"
WORDS_FILE = Path(__file__).with_name("plan_headings.toml")
# How people name a meaning in data/columns.toml; a year is named by its number.
MEANINGS = {
    "номер": "code", "задача": "task", "мероприятие": "title", "результат": "result", "единица": "unit",
    "базовое значение": "baseline", "итог": "total", "срок": "deadline", "исполнители": "executors", "деньги": "money",
    "примечание": "note",
}  # fmt: skip
YEAR = re.compile(r"20[0-9]{2}")


def _is_meaning(meaning: str) -> bool:
    return meaning in MEANINGS or YEAR.fullmatch(meaning) is not None


@dataclass(frozen=True)
class Column(Written, called="heading"):
    """What a heading means in the documents of this project."""

    heading: Filled
    meaning: Annotated[str, Rule(_is_meaning, stands(f"нужно одно из: {', '.join(MEANINGS)} или год, например 2023"))]


@dataclass(frozen=True)
class SettledColumns(Written, keys={"columns": "column"}):
    """data/columns.toml."""

    columns: tuple[Column, ...] = ()

    def misfits(self) -> Iterator[Misfit]:
        """A heading has one meaning."""
        headings = [folded(one.heading) for one in self.columns]
        for number in repeated(headings):
            said = f"столбец «{self.columns[number].heading}» записан дважды. Оставьте одну запись."
            yield Misfit(said, ("column", number))

    @property
    def roles(self) -> dict[str, str]:
        """The role of each settled heading, as it is compared."""
        return {folded(one.heading): MEANINGS.get(one.meaning, one.meaning) for one in self.columns}


def load_columns(root: Path) -> SettledColumns:
    """Reads data/columns.toml. A project without the file has settled nothing.

    Raises:
        RulesError: An entry lacks a key, or its meaning is unknown.
    """
    return read_rules(root, COLUMNS_FILE, SettledColumns)


def folded(heading: str) -> str:
    """A heading as it is compared: small letters, no «ё», one space, no points at the ends."""
    return " ".join(heading.casefold().replace("ё", "е").split()).strip(" .:")


def role_of(heading: str, settled: Mapping[str, str]) -> str | None:
    """The role of a folded heading: what people have settled, else the first words that fit."""
    if heading in settled:
        return settled[heading]
    return next((role for role, pattern in _patterns() if pattern.search(heading)), None)


def columns_stanza(heading: str) -> str:
    """The entry for data/columns.toml that settles a heading, ready to be filled in."""
    text = heading.replace("\\", "\\\\").replace('"', '\\"')
    return f'[[column]]\nheading = "{text}"\nmeaning = ""   # {", ".join(MEANINGS)} или год: 2023'


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    with WORDS_FILE.open("rb") as file:
        read = tomllib.load(file)["heading"]
    return tuple((one["role"], re.compile("|".join(map(_pattern, one["words"])))) for one in read)


def _pattern(words: str) -> str:
    """The regular expression of an entry: «=» the whole heading, «^» its beginning, «*» any ending of a word."""
    text = re.escape(folded(words.lstrip("=^"))).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
    if words.startswith("="):
        return rf"\A{text}\Z"
    start = r"\A" if words.startswith("^") else r"(?<!\w)"
    return rf"{start}{text}(?!\w)"


# Which schools ended, as part of another one or closed, and when, as people record it in data/schools.toml.

SCHOOLS_FILE = "data/schools.toml"
Login = Annotated[str, Rule(tidy=str.strip)]


@dataclass(frozen=True)
class Merger(Written, called="login"):
    """A school that became part of another one, or was closed.

    Attributes:
        login: The school that ended.
        into: Its successor; none where it was closed.
        date: The first day on which it was part of the successor, or was no more.
        basis: The document that says so.
        who: Who entered it.
    """

    login: Login
    into: Annotated[str | None, Rule(tidy=str.strip, absent=None)]
    date: date
    basis: str
    who: str

    def is_before(self, calendar_year: int, school_year: str = "") -> bool:
        """Whether all of a calendar year, or of what a school year has of it, lies at or after the end."""
        return began(calendar_year, school_year) >= self.date

    @property
    def fate(self) -> str:
        """What became of it, after «она»."""
        return "закрыта" if self.into is None else f"в составе «{self.into}»"

    @property
    def day(self) -> str:
        """The date as people write it."""
        return f"{self.date:%d.%m.%Y}"


def began(calendar_year: int, school_year: str = "") -> date:
    """Returns the first day of a calendar year, or of what a school year has of it."""
    first = date(calendar_year, 1, 1)
    return max(first, date(int(school_year[:4]), 9, 1)) if school_year else first


@dataclass(frozen=True)
class Mergers(Written):
    """data/schools.toml."""

    merged: tuple[Merger, ...] = ()

    def misfits(self) -> Iterator[Misfit]:
        """Entries that contradict themselves or each other."""
        for number, one in enumerate(self.merged):
            key, said = _fault(one, self.merged)
            if said:
                yield Misfit(f"ключ «{key}»: {said}", ("merged", number), (key,))


def load_mergers(root: Path) -> tuple[Merger, ...]:
    """Reads data/schools.toml; without the file no school has ended.

    Raises:
        RulesError: The file is broken, or its entries contradict each other; names the entry and the key.
    """
    return read_rules(root, SCHOOLS_FILE, Mergers).merged


def _fault(one: Merger, mergers: Sequence[Merger]) -> tuple[str, str]:
    """The key of an entry that is wrong beside the others, and why; empty where nothing is."""
    if one.login == one.into:
        return "into", f"стоит «{one.into}», тот же логин, что в «login». Впишите логин школы, в которую вошла эта."
    if sum(other.login == one.login for other in mergers) > 1:
        return "login", f"школа «{one.login}» записана дважды. Оставьте одну запись."
    if one.into is None:
        return "", ""
    successors = {other.login: other for other in mergers}
    if (circle := _way(one, successors))[-1] == one.login:
        return "into", f"круг: {' → '.join(circle)}. Уберите запись той школы, которая осталась."
    after = successors.get(one.into)
    if after is not None and after.date <= one.date:
        said = (
            f"школы «{one.into}» к {one.day} уже не было: с {after.day} она {after.fate}. "
            "Впишите ту школу, которая была в этот день, или исправьте дату."
        )
        return "into", said
    return "", ""


def _way(one: Merger, successors: Mapping[str, Merger]) -> list[str]:
    """The logins from a school to the last of its successors; it ends where it comes upon one of them again."""
    way, at = [one.login], one.into
    while at is not None and at not in way:
        way.append(at)
        at = successors[at].into if at in successors else None
    return way if at is None else [*way, at]


# What the project takes for granted, and how the rating of its data is computed. Written by people, printed whole.

# What every project assumes while nothing else is written, and what one project assumes beside it.
ASSUMPTIONS_FILE, OWN_ASSUMPTIONS_FILE = "data/assumptions.toml", "data/own_assumptions.toml"
ASSUMPTION_FILES = (ASSUMPTIONS_FILE, OWN_ASSUMPTIONS_FILE)
# Of what a report must hold something, or the assumption is not printed; presentation.logs says when it does.
NEEDS = (
    "исполнение", "день приёма", "статус школ", "сведения школ", "контингент и кадры", "скрытые числа", "результаты",
    "баллы ЕГЭ", "выгрузки", "СОУ", "отбор", "стабилизация",
)  # fmt: skip


@dataclass(frozen=True)
class Assumption(Written, keys={"assumption_id": "id"}):
    """One thing that is taken for granted.

    Attributes:
        assumption_id: How people refer to it: «Д-03».
        text: What is assumed, in a sentence.
        used_in: Which part of the report rests on it.
        basis: On what ground.
        reliability: How far it may be trusted, one of RATINGS: green rests on a text that was read, red is a guess.
        impact: What a mistake would change, one of RATINGS: green nothing that is printed, red the conclusions.
        confirmed: Whether a document that binds the office was read.
        since: Since when the office takes it for granted; None for a default, which it has not approved.
        rules: Files of the project whose rules it speaks of.
        needs: Of what a report must hold something for it to be printed, one of NEEDS; empty — always printed.
        default: Whether it came with the program.
    """

    assumption_id: Filled
    text: Filled
    used_in: Filled
    basis: Filled
    reliability: Annotated[str, one_of(RATINGS)]
    impact: Annotated[str, one_of(RATINGS)]
    confirmed: bool
    since: date | None = None
    rules: tuple[str, ...] = ()
    needs: Annotated[str, one_of(NEEDS)] = ""
    default: bool = False

    def misfits(self) -> Iterator[Misfit]:
        """It is a default or has its day."""
        yield from approval_misfits(self.default, self.since, "дата вида 2020-08-25")


@dataclass(frozen=True)
class DataRating(Written):
    """From which share of rows set aside the data of a kind are rated red."""

    red_share: Annotated[float, Rule(lambda share: 0 < share < 1, stands("нужна доля между 0 и 1: 0.1"))] = 0.1


@dataclass(frozen=True)
class OwnAssumptions(Written):
    """data/own_assumptions.toml."""

    assumption: tuple[Assumption, ...] = ()


@dataclass(frozen=True)
class Assumptions(OwnAssumptions):
    """data/assumptions.toml."""

    data_rating: DataRating = DataRating()


def load_assumptions(root: Path) -> tuple[Assumption, ...]:
    """Reads both files of assumptions, those of every project first; a file that is not there has none.

    Raises:
        RulesError: A file is broken, or two entries have one id; the message names the entry and the key.
    """
    common = read_rules(root, ASSUMPTIONS_FILE, Assumptions).assumption
    found = (*common, *read_rules(root, OWN_ASSUMPTIONS_FILE, OwnAssumptions).assumption)
    for place in repeated([one.assumption_id for one in found]):
        own = place >= len(common)
        at = ("assumption", place - len(common) if own else place)
        misfit = Misfit(f"ключ «id»: «{found[place].assumption_id}» уже есть. Дайте другой номер.", at, ("id",))
        refuse(root, ASSUMPTION_FILES[own], Assumptions, [misfit])
    return found


def load_red_share(root: Path) -> float:
    """Reads from which share of rows set aside the data of a kind are rated red.

    Raises:
        RulesError: The file is broken.
    """
    return read_rules(root, ASSUMPTIONS_FILE, Assumptions).data_rating.red_share


# The disclosure policy: which published numbers could show one person. Versioned config, never a constant in code.

DISCLOSURE_FILE = "data/disclosure.toml"
# What a printed number may say of one school or of every pupil though nobody is counted by it.
DOUBTS = {"dominance": "почти всё — одна школа", "one_mark": "у всех одна отметка"}
# Never published and never in git; with the record of what went out beside it.
PRIVATE_FOLDER = "data/private"
SECRET_FILE = f"{PRIVATE_FOLDER}/mask.key"


@dataclass(frozen=True)
class DisclosurePolicy(Written):
    """What the public may not see.

    Attributes:
        version: Names the policy in force.
        smallest_count: Counts of people below this are hidden, zero included.
        smallest_base: Shares and means over fewer people are hidden.
        basis: What the numbers rest on.
        confirmed: Whether a document that binds the office was read.
        default: Whether it came with the program and the office has not approved it.
        largest_share: From how many percent one school makes nearly all of what the other schools are together.
        stops: What of DOUBTS stops the public report; the rest is only shown by `analysis audit`.
    """

    version: str
    smallest_count: int
    smallest_base: int
    basis: str
    confirmed: bool
    default: bool = False
    largest_share: int = 95
    stops: tuple[str, ...] = ()

    @property
    def ground(self) -> str:
        """What the numbers rest on, and what of it is in doubt."""
        return f"{self.basis}{bracketed(doubt(self.default, self.confirmed, 'не подтверждено нормативно'))}"

    def misfits(self) -> Iterator[Misfit]:
        """Both numbers must hide something."""
        if not 2 <= self.smallest_count <= self.smallest_base:
            yield Misfit(
                f"«smallest_count» — стоит {self.smallest_count}, «smallest_base» — {self.smallest_base}; "
                "нужно: первое не меньше 2, второе не меньше первого."
            )
        if not 50 < self.largest_share <= 100:
            yield Misfit(f"«largest_share» — стоит {self.largest_share}; нужно больше 50 и не больше 100.")
        if unknown := [one for one in self.stops if one not in DOUBTS]:
            yield Misfit(f"«stops» — стоит «{unknown[0]}», а бывает: {', '.join(DOUBTS)}.")


@dataclass(frozen=True)
class WentOut:
    """Columns of a row that a public edition has printed, and those that it has hidden."""

    printed: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()

    def named(self, called: Mapping[str, str]) -> "WentOut":
        """The same where some columns are called otherwise."""
        return WentOut(*(frozenset(called.get(one, one) for one in some) for some in (self.printed, self.hidden)))


@dataclass(frozen=True)
class Choice:
    """How further cells are chosen.

    Attributes:
        secret: What nobody outside the office knows; without it any reader could choose again.
        went_out: By table and row what public editions have printed and hidden: it stays so where it can.
        memory: What was chosen for the very same cells.
    """

    secret: str = ""
    went_out: Mapping[str, Mapping[str, WentOut]] = field(default_factory=dict)
    memory: Memory = field(default=FORGETFUL, compare=False)


OPEN_CHOICE = Choice()
# What is in force where a project decides nothing itself: the default of published practice, never less.
DEFAULT_POLICY = DisclosurePolicy(
    "1", 5, 10, "распространённая практика публикации; нормативный документ числа не называет", False, True
)


@dataclass(frozen=True)
class Disclosure(Written):
    """data/disclosure.toml."""

    disclosure: DisclosurePolicy


def load_policy(root: Path) -> DisclosurePolicy:
    """Reads data/disclosure.toml; a project without that file has the default policy, not none.

    Raises:
        RulesError: The file is broken or masks nothing; the message names the key.
    """
    if not (root / DISCLOSURE_FILE).is_file():
        return DEFAULT_POLICY
    return read_rules(root, DISCLOSURE_FILE, Disclosure).disclosure


# The calendar of procedures: which sittings were held in a year, by whose programme, and how they may be compared.

CALENDAR_FILE = "data/calendar.toml"


@dataclass(frozen=True)
class Sitting(Written, called="procedure"):
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

    procedure: Filled
    calendar_year: int
    wave: Filled
    school_year: str
    scale: Annotated[str, one_of(SCALES)]
    grade_lag: Annotated[int, Rule((0, 1).__contains__, stands("нужно 0 или 1"))]
    grades: Annotated[Mapping[str, Grades], Rule(bool, lambda _: ": нужен хотя бы один предмет с классами.")]
    form_subjects: tuple[str, ...]
    comparability: Filled
    basis: Filled
    confirmed: bool

    def holds(self, subject: str, programme_grade: int) -> bool:
        """Whether the calendar knows this subject for this programme."""
        return programme_grade in self.grades.get(subject, ())

    def misfits(self) -> Iterator[Misfit]:
        """The school year touches the year, and the forms ask for subjects that are held."""
        years = school_years_of(self.calendar_year)
        if self.school_year not in years:
            said = f"стоит «{self.school_year}», нужно одно из: {', '.join(years)}."
            yield Misfit(f"ключ «school_year»: {said}", key=("school_year",))
        for subject in self.form_subjects:
            if subject not in self.grades:
                said = f"предмета «{subject}» нет в [sitting.grades]; есть: {', '.join(self.grades)}."
                yield Misfit(f"ключ «form_subjects»: {said}", key=("form_subjects",))


def school_year_from(calendar_year: int) -> str:
    """Returns the school year that begins in a calendar year: 2021 → 2021/22."""
    return f"{calendar_year}/{(calendar_year + 1) % 100:02d}"


def school_years_of(calendar_year: int) -> tuple[str, str]:
    """Returns the school years that a calendar year touches: 2021 → 2020/21, 2021/22."""
    return school_year_from(calendar_year - 1), school_year_from(calendar_year)


def sitting_stanza(calendar_year: int) -> str:
    """Returns an entry for data/calendar.toml that waits for its answers.

    What is left empty is refused by its key, so no answer is a guess of ours.
    """
    spring, autumn = school_years_of(calendar_year)
    stanza = Path(__file__).with_name("new_sitting.toml").read_text(encoding="utf-8")
    return stanza.format(year=calendar_year, spring=spring, autumn=autumn)


@dataclass(frozen=True)
class MinimumScore(Written, called="subject"):
    """The lowest score with which an exam counts as passed."""

    procedure: str
    calendar_year: int
    subject: str
    score: Annotated[int, Rule(lambda score: 0 <= score <= 100, stands("нужен балл от 0 до 100"))]
    basis: str
    confirmed: bool


@dataclass(frozen=True)
class Calendar(Written):
    """data/calendar.toml."""

    sitting: tuple[Sitting, ...] = ()
    subject_writings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    minimum_score: tuple[MinimumScore, ...] = ()

    def misfits(self) -> Iterator[Misfit]:
        """Each minimum score is of an exam that the calendar holds, with scores and with this subject."""
        for number, one in enumerate(self.minimum_score):
            exam = (one.procedure, one.calendar_year, SCORE_SCALE)
            scored = [held for held in self.sitting if (held.procedure, held.calendar_year, held.scale) == exam]
            subjects = [subject for held in scored for subject in held.grades]
            if not scored:
                said = f"процедуры «{one.procedure}» {one.calendar_year} года с баллами в этом календаре нет."
                yield Misfit(said, ("minimum_score", number))
            elif one.subject not in subjects:
                said = f"ключ «subject»: стоит «{one.subject}», нужно одно из: {', '.join(subjects)}."
                yield Misfit(said, ("minimum_score", number), ("subject",))


def load_calendar(root: Path) -> tuple[Sitting, ...]:
    """Reads data/calendar.toml; a project without that file collects no results.

    Raises:
        RulesError: The file is broken; the message names the entry and the key.
    """
    return read_rules(root, CALENDAR_FILE, Calendar).sitting


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
        RulesError: The file is broken; the message names the entry and the key.
    """
    written = read_rules(root, CALENDAR_FILE, Calendar)
    names = {_folded(subject): subject for sitting in written.sitting for subject in sitting.grades}
    writings = {_folded(other): name for name, others in written.subject_writings.items() for other in others}
    minima = {(one.procedure, one.calendar_year, one.subject): one.score for one in written.minimum_score}
    return Vocabulary(writings | names, minima)


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("ё", "е").split())


FILL_IN = "Допишите раздел (образец ниже) для каждой процедуры и ответьте в нём на три вопроса."


def no_sittings(calendar: Sequence[Sitting], calendar_year: int) -> str:
    """Returns that the calendar knows nothing of a year; empty where it does."""
    if any(one.calendar_year == calendar_year for one in calendar):
        return ""
    return (
        f"Процедур {calendar_year} года в календаре нет: формы школ не спрашивают о результатах, а выгрузки за этот "
        "год откладываются."
    )
