"""Exports become rows of the table `results`, and the same result in several sources is settled."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import combinations
from typing import Any

from analysis.cleaning.names import Directory, Match, find_school
from analysis.cleaning.school_sheet_rules import mean_cannot_be
from analysis.contracts.facts import JOURNAL_COLUMNS, MARK_COLUMNS, RESULT_KEY, RESULT_ORIGINS, SCORE_COLUMNS
from analysis.contracts.findings import ASKS, SETS_ASIDE, WHOLE_FILE, Finding, Severity
from analysis.intake.exports.cells import ExamCounts
from analysis.rules.config import SOURCES_FILE, Collection, Source
from analysis.rules.office_files import SCHOOLS_FILE, Merger, Sitting
from analysis.rules.written import MARK_SCALE, SCORE_SCALE

# Exports become rows of the table `results`. A doubtful row is set aside with its address.

PLACES_NAMED = 20
COUNTED = ("participant_count", *MARK_COLUMNS, *JOURNAL_COLUMNS, *SCORE_COLUMNS, "mean_score")
# The text in brackets holds values, and the table of rows set aside must hold none.
VALUES = re.compile(r"\s*\([^()]*(?:\([^()]*\)[^()]*)*\)")
UNTIL_THEN = "Уточните у того, кто прислал выгрузку, и примите её заново; до этого строки в таблицы не входят."
NAME_SCHOOL = "Впишите логин, код или другое название школы в реестр и примите его; до этого строка отложена."
WHOSE = f"Если это результаты {{}}, попросите выгрузку с её логином; если дата не та, исправьте {SCHOOLS_FILE}."
NAME_WAVE = f'Допишите в запись файла в {SOURCES_FILE}: wave = "{{}}" (или примите файл: analysis receive --wave …).'


class UnknownSittingError(Exception):
    """The calendar knows no such sitting, or several; the message (in Russian) says which.

    Attributes:
        waves: The waves to choose from, where there are several.
    """

    def __init__(self, said: str, waves: Sequence[str] = ()) -> None:
        """Keeps the message and the choice."""
        super().__init__(said)
        self.waves = tuple(waves)


def sitting_of(one: ExamCounts, calendar_year: int, wave: str, sittings: Sequence[Sitting]) -> Sitting:
    """Returns the only sitting that the result can belong to.

    Args:
        one: The result.
        calendar_year: Its year.
        wave: What the entry of the file says; empty where it says nothing.
        sittings: The calendar.

    Raises:
        UnknownSittingError: There is none, or a choice is left.
    """
    key = (one.procedure, calendar_year, one.scale)
    of_year = [held for held in sittings if (held.procedure, held.calendar_year, held.scale) == key]
    held = [sitting for sitting in of_year if _programmes(one, sitting)]
    grade = f", {one.named_grade} класс" if one.named_grade else ""
    exam = f"{one.procedure} {calendar_year} года, {one.subject}{grade}, {one.scale}"
    if not held:
        raise UnknownSittingError(f"{SETS_ASIDE['unknown_sitting']} ({exam})")
    meant = [sitting for sitting in held if not wave or sitting.wave == wave]
    waves = ", ".join(sitting.wave for sitting in held)
    if not meant:
        raise UnknownSittingError(f"{SETS_ASIDE['unknown_sitting']} (волна файла «{wave}», а в календаре: {waves})")
    if len(meant) > 1:
        said = f"{SETS_ASIDE['unknown_wave']} ({exam}: {waves})"
        raise UnknownSittingError(said, [sitting.wave for sitting in held])
    return meant[0]


def _programmes(one: ExamCounts, sitting: Sitting) -> list[int]:
    """The programme grades that the result may belong to: exports name the grade that the participants sit in."""
    grades = sitting.grades.get(one.subject, ())
    if one.named_grade is None:
        return list(grades) if len(grades) == 1 else []
    return [grade for grade in grades if grade + sitting.grade_lag == one.named_grade]


@dataclass(frozen=True)
class ReadExport:
    """An export in force and what it says."""

    source: Source
    counts: tuple[ExamCounts, ...]


@dataclass(frozen=True)
class ExportRows:
    """Rows of `results` and `quarantine` by column name, the findings, and the files as they were read."""

    results: tuple[Mapping[str, Any], ...]
    quarantine: tuple[Mapping[str, Any], ...]
    findings: tuple[Finding, ...]
    read: tuple[ReadExport, ...] = ()


@dataclass(frozen=True)
class Frame:
    """What an export is held against: the calendar, the schools, the editions, the cutoffs, the minimum scores, and by
    login the schools that became part of others."""

    sittings: Sequence[Sitting]
    schools: Directory
    editions: Sequence[int]
    collection: Collection
    minimum_scores: Mapping[tuple[str, int, str], int]
    mergers: Mapping[str, Merger] = field(default_factory=dict)


def clean_export(export: ReadExport, frame: Frame) -> ExportRows:
    """Returns the rows and findings of one export."""
    reading = _Reading(export.source, frame)
    years = {one.calendar_year for one in export.counts if one.calendar_year}
    if years and reading.folder_year and reading.folder_year not in years:
        reading.refuse_year(sorted(years))
    else:
        for one in export.counts:
            reading.take(one)
        reading.tell_left_out(len(export.counts))
    rows = reading.without_repeats()
    return ExportRows(tuple(rows), tuple(reading.aside), tuple(reading.findings()))


@dataclass
class _Reading:
    """One export while its rows are judged."""

    source: Source
    frame: Frame
    rows: list[tuple[ExamCounts, dict[str, Any]]] = field(default_factory=list)
    aside: list[Mapping[str, Any]] = field(default_factory=list)
    _said: dict[Finding, list[str]] = field(default_factory=lambda: defaultdict(list))
    _others: int = 0
    _not_asked: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def folder_year(self) -> int | None:
        """The year of the folder that the file lies in."""
        found = re.search(r"/(20\d\d)/", f"/{self.source.file}")
        return int(found[1]) if found else None

    def take(self, one: ExamCounts) -> None:
        """Decides on a row: it belongs to another town, is set aside, or is kept."""
        year = one.calendar_year or self.folder_year
        names_school = bool(one.school_login or one.code_oo or one.school_name)
        match = find_school(one, self.frame.schools) if names_school else Match()
        if match.is_other:
            self._others += 1
        elif year is None:
            self.set_aside(one, match, None, SETS_ASIDE["no_year"])
        elif year not in self.frame.editions:
            self._not_asked[year] += 1
        elif self.source.received > self.frame.collection.cutoff(year):
            self._say_late(year)
        elif one.fault or not names_school:
            self.set_aside(one, match, year, one.fault or SETS_ASIDE["unknown_school"])
        elif not match.login:
            self._set_aside_school(one, match, year)
        else:
            self._keep(replace(one, calendar_year=year), match.login, year)

    def _say_late(self, year: int) -> None:
        received, cutoff = self.source.received, self.frame.collection.cutoff(year)
        said = f"Выгрузка за {year} год получена {received:%d.%m.%Y}, а срок отчёта — {cutoff:%d.%m.%Y}: она не вошла."
        action = "Если срок был продлён, запишите его в project.toml, раздел [cutoff]."
        self._say("late", Severity.ATTENTION, WHOLE_FILE, "", said, action)

    def _keep(self, one: ExamCounts, login: str, year: int) -> None:
        try:
            sitting = sitting_of(one, year, self.source.wave, self.frame.sittings)
        except UnknownSittingError as error:
            action = NAME_WAVE.format(error.waves[0]) if error.waves else UNTIL_THEN
            self.set_aside(one, Match(login), year, str(error), action)
            return
        merger = self.frame.mergers.get(login)
        if merger and merger.is_before(sitting.calendar_year, sitting.school_year):
            named = self.frame.schools.names
            why = f"{SETS_ASIDE['merged_school']}: {named[login]}"
            self.set_aside(
                one,
                Match(login),
                year,
                why,
                WHOSE.format(f"школы {merger.into}" if merger.into else "другой школы"),
                named[login],
            )
            return
        why = _score_fault(one)
        if why:
            self.set_aside(one, Match(login), year, why)
            return
        if one.remark:
            self._say("plausibility", Severity.ATTENTION, one.place, "", f"{one.remark}.", "Сверьте с системой.")
        self.rows.append((one, _row(self._with_known_minimum(one), login, sitting, self.source.file)))

    def _with_known_minimum(self, one: ExamCounts) -> ExamCounts:
        """Drops counts below a minimum that differs from the calendar: they have no meaning here."""
        if one.scale != SCORE_SCALE or self.source.kind != "counts":
            return one
        known = self.frame.minimum_scores.get((one.procedure, one.calendar_year or 0, one.subject))
        if known is not None and known == one.minimum_score:
            return one
        value = f"{one.procedure}, {one.subject}, {one.calendar_year} год"
        action = "Примите исходный файл заново: при чтении этот минимум ещё не был записан."
        if known is None:
            action = "Впишите [[minimum_score]] с основанием в data/calendar.toml и примите исходный файл заново."
        self._say("minimum_score", Severity.ATTENTION, WHOLE_FILE, value, f"{ASKS['no_minimum']}.", action)
        return replace(one, below_minimum_count=None)

    def _set_aside_school(self, one: ExamCounts, match: Match, year: int) -> None:
        named = one.school_login or (one.code_oo and f"код {one.code_oo}") or one.school_name
        nearest = f" Похожи: {', '.join(match.nearest)}." if match.nearest else " Похожих в реестре нет."
        said = f"{SETS_ASIDE['unknown_school']}: в реестре такой нет.{nearest}"
        value = " ".join(dict.fromkeys(filter(None, (named, one.school_name))))
        self._say("school", Severity.ATTENTION, one.place, value, said, NAME_SCHOOL)
        self._keep_aside(one, None, year, SETS_ASIDE["unknown_school"])

    def set_aside(
        self, one: ExamCounts, match: Match, year: int | None, why: str, action: str = UNTIL_THEN, value: str = ""
    ) -> None:
        """Sets a row aside until somebody corrects it."""
        said = why[0].upper() + why[1:]
        self._say("quarantine", Severity.ATTENTION, one.place, value, f"{said.rstrip('.')}.", action)
        self._keep_aside(one, match.login or None, year, VALUES.sub("", said))

    def _keep_aside(self, one: ExamCounts, login: str | None, year: int | None, why: str) -> None:
        where = {"source_file": self.source.file, "place": one.place, "school_login": login}
        what = {"table_name": "results", "procedure": one.procedure or None, "why": why.partition(":")[0].rstrip(".")}
        self.aside.append({**where, **what, "calendar_year": year or self.source.received.year})

    def refuse_year(self, years: Sequence[int]) -> None:
        """Sets the whole file aside: its years differ from the year of its folder."""
        named = ", ".join(map(str, years))
        said = f"{SETS_ASIDE['other_year']}: в нём {named} год, а лежит он в {self.folder_year}."
        action = f"Примите исходный файл заново (analysis receive) и удалите эту запись из {SOURCES_FILE}."
        self._say("quarantine", Severity.ATTENTION, WHOLE_FILE, named, said, action)
        whole = ExamCounts(WHOLE_FILE, "", "", self.folder_year, None, "")
        self._keep_aside(whole, None, self.folder_year, SETS_ASIDE["other_year"])

    def tell_left_out(self, row_count: int) -> None:
        """Reports how many rows belong to other towns."""
        if self._others == row_count:
            said = "Ни одной строки нашего муниципалитета в файле нет."
            action = "Если файл наш, впишите в project.toml, [collection], municipality_names: как он пишется там."
            self._say("other_schools", Severity.ATTENTION, WHOLE_FILE, "", said, action)
        elif self._others and self._others + sum(self._not_asked.values()) < row_count:
            said = f"Строк других муниципалитетов: {self._others}; они не читаются."
            self._say("other_schools", Severity.NOTE, WHOLE_FILE, "", said, "Ничего делать не нужно.")
        if self._not_asked:
            counts = ", ".join(f"{year} — {count}" for year, count in sorted(self._not_asked.items()))
            said = f"Строк за годы, за которые отчёт не выходит: {counts}; они не читаются."
            action = "Ничего; если отчёт за этот год нужен, впишите год в project.toml, ключ editions."
            self._say("other_edition", Severity.NOTE, WHOLE_FILE, "", said, action)

    def without_repeats(self) -> list[dict[str, Any]]:
        """Returns the rows, each school and exam once. If two rows differ, neither is used."""
        by_key: dict[tuple[Any, ...], list[tuple[ExamCounts, dict[str, Any]]]] = defaultdict(list)
        for one, row in self.rows:
            by_key[key_of(row)].append((one, row))
        kept = []
        for found in by_key.values():
            names = " / ".join(dict.fromkeys(one.school_name for one, _ in found if one.school_name))
            if all(values_of(row) == values_of(found[0][1]) for _, row in found):
                kept.append(found[0][1])
                said = f"{ASKS['twice_alike']}."
                for one, _ in found[1:]:
                    self._say("pasted_twice", Severity.ATTENTION, one.place, names, said, "Сверьте.")
                continue
            why = SETS_ASIDE["two_results"]
            for one, row in found:
                self.set_aside(one, Match(row["school_login"]), one.calendar_year, why, value=names)
        return kept

    def _say(self, rule: str, severity: Severity, place: str, value: str, said: str, action: str) -> None:
        places = self._said[Finding(rule, severity, self.source.file, (), value, said, action)]
        if place not in places:
            places.append(place)

    def findings(self) -> Iterable[Finding]:
        """Returns one finding for all rows with the same explanation."""
        for said, places in self._said.items():
            more = f" Всего мест: {len(places)}." if len(places) > PLACES_NAMED else ""
            yield replace(said, places=tuple(places[:PLACES_NAMED]), explanation=f"{said.explanation}{more}")


def key_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """The key of a row of `results`."""
    return tuple(row[name] for name in RESULT_KEY)


def values_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a row of `results` counts."""
    return tuple(row.get(name) for name in COUNTED)


def _score_fault(one: ExamCounts) -> str:
    if one.scale == MARK_SCALE:
        return ""
    parts = sum(getattr(one, name) or 0 for name in SCORE_COLUMNS)
    if parts > (one.participant_count or 0):
        return SETS_ASIDE["parts_above_whole"]
    if one.mean_score is not None and not one.participant_count:
        return SETS_ASIDE["mean_without_participants"]
    return SETS_ASIDE["mean_against_counts"] if mean_cannot_be(asdict(one)) else ""


def _row(one: ExamCounts, login: str, sitting: Sitting, file: str) -> dict[str, Any]:
    programme = _programmes(one, sitting)[0]
    return {
        "source_file": file,
        "place": one.place,
        "origin": RESULT_ORIGINS[1],
        "school_login": login,
        "programme_grade": programme,
        "sitting_grade": programme + sitting.grade_lag,
        **{name: getattr(sitting, name) for name in ("wave", "calendar_year", "school_year")},
        **{name: getattr(one, name) for name in ("procedure", "subject", "scale", *COUNTED)},
    }


# The same result in several sources. An export goes before a form; two exports that differ are both set aside.

Row = Mapping[str, Any]
SHOWN = {
    "participant_count": "участников",
    **{f"mark_{mark}_count": f"«{mark}»" for mark in (2, 3, 4, 5)},
    "below_minimum_count": "ниже минимума",
    "mean_score": "средний балл",
    "high_score_count": "80–99",
    "full_score_count": "100",
}
SAY_WHICH = f'Если одна заменяет другую, допишите в её запись в {SOURCES_FILE}: replaces = "путь другой".'


def merge_exports(exports: Iterable[ExportRows]) -> ExportRows:
    """Returns the rows of all exports, each school and exam once: of those that agree the one that says most."""
    parts = list(exports)
    by_key: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for part in parts:
        for row in part.results:
            by_key[key_of(row)].append(row)
    kept: list[Row] = []
    aside = [row for part in parts for row in part.quarantine]
    findings = [finding for part in parts for finding in part.findings]
    for found in by_key.values():
        if not any(_differ(one, other) for one, other in combinations(found, 2)):
            # One export may compare with the journal, another of the same exam may not: what says more is kept.
            kept.append(max(found, key=lambda row: sum(value is not None for value in values_of(row))))
            continue
        files = ", ".join(dict.fromkeys(row["source_file"] for row in found))
        for row in found:
            said = f"{SETS_ASIDE['two_files']}: {files}. Здесь: {_shown(row)}."
            findings.append(_finding("quarantine", row, said, SAY_WHICH))
            where = {name: row[name] for name in ("source_file", "place", "school_login", "calendar_year")}
            aside.append({**where, "table_name": "results", "why": SETS_ASIDE["two_files"]})
    return ExportRows(tuple(kept), tuple(aside), tuple(findings))


def merge_results(forms: Sequence[Row], exports: Sequence[Row]) -> tuple[list[Row], list[Finding]]:
    """Returns the results of both sources, each school and exam once, and where the two differ.

    Args:
        forms: Rows of `results` from the forms of schools.
        exports: Rows of `results` from exports: they stand where both have the same key.
    """
    of_exports = {key_of(row): row for row in exports}
    kept = [row for row in forms if key_of(row) not in of_exports]
    both = [(row, of_exports[key_of(row)]) for row in forms if key_of(row) in of_exports]
    findings = [_difference(form, export) for form, export in both if _differ(form, export)]
    return [*kept, *exports], findings


def _differ(form: Row, export: Row) -> bool:
    """Whether both rows give a value and the values differ. A value in only one of them is no difference."""
    return any(
        form.get(name) is not None and export.get(name) is not None and not _alike(name, form[name], export[name])
        for name in COUNTED
    )


def _alike(name: str, one: float, other: float) -> bool:
    # A form gives the mean with as many decimals as its author wanted.
    return abs(one - other) < (0.051 if name == "mean_score" else 0.5)


def _difference(form: Row, export: Row) -> Finding:
    said = (
        f"{ASKS['form_against_export']}. {_exam(form)}. Форма: {_shown(form)}. "
        f"Выгрузка ({export['source_file']}, {export['place']}): {_shown(export)}."
    )
    return _finding("two_sources", form, said, "Сверьте; если неверна выгрузка, попросите исправленную и примите её.")


def _exam(row: Row) -> str:
    return f"{row['procedure']}, {row['subject']}, {row['sitting_grade']} класс, {row['calendar_year']} год"


def _shown(row: Row) -> str:
    named = ((title, row.get(name)) for name, title in SHOWN.items())
    return ", ".join(f"{title} — {_number(value)}" for title, value in named if value is not None)


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else f"{value:.2f}".replace(".", ",")


def _finding(rule: str, row: Row, said: str, action: str) -> Finding:
    return Finding(rule, Severity.ATTENTION, row["source_file"], (row["place"],), "", said, action)
