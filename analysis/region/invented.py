"""An invented region: small towns whose documents, schools and results are drawn, the same every time."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path

from analysis.contracts.facts import EVIDENCE, EXECUTION, REGISTRY_SCHOOLS, REGISTRY_STATUS, form_identity
from analysis.demo.pupils import OGE, VPR, Chance, sittings
from analysis.demo.town import ROADMAP, UNSUPPORTED, Filed, roadmap_document, sources_text, town
from analysis.errors import AnalysisError
from analysis.forms.collect import FilledSheet, Given, form_bytes
from analysis.intake.exports.cells import ExamCounts, counts_csv, kept_name
from analysis.region.dataset import CITIES, read_state
from analysis.region.settings import OUTPUT, REGION_FILE
from analysis.rules.config import INVENTED, quoted
from analysis.rules.methods import PASSPORT_FILE
from analysis.rules.office_files import Sitting, school_year_from
from analysis.starter import NewProject, new_project, write_files

NAME, PUBLISHER = "Вымышленный край", "Министерство образования Вымышленного края"
HEADING = ("УТВЕРЖДАЮ", "Начальник управления образования", "П.П. Примерова", "«20» января 2020 г.")
TERM = "\n[[term]]\nedition = 2022\nuntil = 2023-03-01\n"
OFFICES = ("УО", "ИМО")
SUPPORTED = 2  # schools of a town, if it has so many
OWN_DEFINITION = ('numerator = ["mark_4_count", "mark_5_count"]', 'numerator = ["mark_5_count"]')


@dataclass(frozen=True)
class Town:
    """A town: its id, name, number (of which the logins of its schools are made) and how many schools it has."""

    id: str
    name: str
    number: int
    schools: int
    own_definition: bool = False

    @property
    def logins(self) -> list[str]:
        """Of its schools; no real school has such."""
        return [f"edu98{self.number:02d}{number:02d}" for number in range(1, self.schools + 1)]


TOWNS = (
    Town("vydumsk", "город Выдумск", 1, 7),
    Town("nebylinsk", "город Небылинск", 2, 5),
    Town("pridumsk", "город Придумск", 3, 4, own_definition=True),
    Town("skazochny", "посёлок Сказочный", 4, 2),
    Town("mnimy", "посёлок Мнимый", 5, 1),
)


def write_region(folder: Path, towns: Sequence[Town] = TOWNS, years: Sequence[int] = (2021, 2022)) -> None:
    """Writes region.toml and the projects of the towns; all but the last approve what has been built here of them.

    Raises:
        AnalysisError: The folder holds something else.
    """
    settings = folder / REGION_FILE
    if (
        folder.is_dir()
        and any(folder.iterdir())
        and not (settings.is_file() and INVENTED in settings.read_text(encoding="utf-8"))
    ):
        raise AnalysisError(f"{folder}: папка не пуста, и вымышленного региона в ней нет. Назовите новую папку.")
    write_files(folder, {REGION_FILE: "".join([_settings(towns), *_approvals(folder, towns[:-1])]).encode()})
    for one in towns:
        write_files(folder / one.id, _project(one, years))


def _settings(towns: Sequence[Town]) -> str:
    head = f"# {INVENTED}: ни края, ни городов с такими названиями нет.\n\n[region]\nname = {quoted(NAME)}\n"
    cities = (f'\n[[city]]\nid = "{one.id}"\nfolder = "{one.id}"\n' for one in towns)
    return "".join([head, f"publisher = {quoted(PUBLISHER)}\ninvented = true\n", *cities, TERM])


def _approvals(folder: Path, towns: Sequence[Town]) -> Iterator[str]:
    for one in towns:
        built = read_state(folder / OUTPUT / CITIES / one.id)
        for year, digest in filter(all, built.get("hashes", {}).items()):
            who = f'who = "В.В. Выдуманный, {one.name}"\ndate = {int(year) + 1}-02-15\n'
            yield f'\n[[approval]]\ncity = "{one.id}"\nedition = {year}\nhash = "{digest}"\n{who}'


def _project(one: Town, years: Sequence[int]) -> dict[str, bytes]:
    begun = new_project(NewProject(one.name, f"Управление образования, {one.name}", years, invented=True))
    filed = list(_filed(one, years))
    passport = begun[PASSPORT_FILE].decode()
    return {
        **begun,
        **{received.file: received.content for received in filed},
        PASSPORT_FILE: (passport.replace(*OWN_DEFINITION, 1) if one.own_definition else passport).encode(),
        "data/raw/SOURCES.toml": sources_text(filed).encode(),
    }


def _filed(one: Town, years: Sequence[int]) -> Iterator[Filed]:
    about = town()
    title = f"«Дорожная карта» поддержки школ в 2020-2022 гг., {one.name} (сведения вымышлены)"
    tasks = [(task["code"], task["title"], task["activities"]) for task in about["task"]]
    roadmap = roadmap_document([*HEADING, title], about["years"], tasks)
    yield Filed(ROADMAP, title, "roadmap", about["roadmap_received"], roadmap)
    registry: list[FilledSheet] = [(REGISTRY_SCHOOLS, _schools(one), {}), (REGISTRY_STATUS, _statuses(one, years), {})]
    yield _book(one, "registry", 2020, "registry", registry, about["registry_received"])
    for year in years:
        day = date(year + 1, 1, 20)
        for held in _held(year):
            counts = counts_csv(_results(one, held))
            digest = hashlib.sha256(counts).hexdigest()
            file = kept_name(year, "counts", digest, ".csv")
            title = f"{held.procedure} {year} года, {held.wave}: итоги по школам"
            yield Filed(file, title, "counts", day, counts, {"derived_from": digest, "wave": held.wave})
        for reporter in OFFICES:
            yield _book(one, "form", year, reporter, _form(one, reporter, year), day)


def _held(year: int) -> list[Sitting]:
    return [one for one in sittings() if one.calendar_year == year and one.procedure in (VPR, OGE)]


def _book(one: Town, kind: str, year: int, reporter: str, sheets: Sequence[FilledSheet], received: date) -> Filed:
    file = f"data/raw/{year}/form_{reporter}_v1.xlsx" if kind == "form" else f"data/raw/{reporter}.xlsx"
    content = form_bytes([f"{INVENTED}."], sheets, form_identity(kind, one.name, year, reporter), received)
    return Filed(file, f"{year} год, {reporter}", kind, received, content)


def _schools(one: Town) -> list[tuple[str, ...]]:
    return [
        (login, login[3:], "98", f"Школа № {number}", f"МБОУ «Школа № {number}», {one.name}", "", "школа", "400")
        for number, login in enumerate(one.logins, start=1)
    ]


def _statuses(one: Town, years: Sequence[int]) -> list[tuple[str, str, str]]:
    """A town of one school supports none: every school year that the years touch."""
    supported = one.logins[:SUPPORTED] if one.schools > 1 else []
    return [
        (login, school_year_from(year), "ШНОР" if login in supported else UNSUPPORTED)
        for login in one.logins
        for year in (years[0] - 1, *years)
    ]


def _form(one: Town, office: str, year: int) -> list[FilledSheet]:
    """What an office says of the measures that name it first: the plan of the year, now and then one less."""
    rows: list[tuple[Given, ...]] = []
    papers: list[tuple[Given, ...]] = []
    chance = Chance(one.id, office, year)
    for code, _, _, _, *targets, executors in (row for task in town()["task"] for row in task["activities"]):
        target = targets[town()["years"].index(year)]
        if executors.startswith(office) and target.isdigit() and int(target):
            fact = max(0, int(target) - chance.happens(300))
            rows.append((code.rstrip("."), "", "", "", fact))
            if fact:
                papers.append((code.rstrip("."), "приказ", f"{len(papers) + 1}-в", date(year, 11, 15), "", fact))
    return [(EXECUTION, rows, {}), (EVIDENCE, papers, {})]


def _results(one: Town, held: Sitting) -> Iterator[ExamCounts]:
    """What the schools of a town got: one town is weaker than another, one school than another."""
    weak = {login: 90 + 15 * one.number + Chance(login).about(40) for login in one.logins}
    asked = ((subject, grade) for subject in held.form_subjects for grade in held.grades[subject])
    for (subject, grade), login in product(asked, one.logins):
        chance = Chance(login, held.procedure, held.calendar_year, held.wave, subject, grade)
        pupils = 12 + chance.below(60)
        two = chance.binomial(pupils, weak[login])
        four = chance.binomial(pupils - two, 350)
        five = chance.binomial(pupils - two - four, 250)
        yield ExamCounts(
            f"лист 1, строка {grade}", held.procedure, subject, held.calendar_year, grade + held.grade_lag, held.scale,
            school_login=login, participant_count=pupils, mark_2_count=two, mark_3_count=pupils - two - four - five,
            mark_4_count=four, mark_5_count=five,
        )  # fmt: skip
