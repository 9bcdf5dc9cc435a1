"""What a received road map says of its project: city, publisher, title, years, executors, each with where it stands."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

import pandas as pd

from analysis.cleaning.roadmap import clean_roadmap
from analysis.cleaning.roadmap_document import RoadmapFindings, document_period
from analysis.errors import AnalysisError
from analysis.intake.blocks import plain
from analysis.intake.files import read_blocks
from analysis.intake.roadmap import lay_out
from analysis.rules.config import Source, source_stanza
from analysis.starter.new_project import UNNAMED_CITY, UNNAMED_PUBLISHER, NewProject

ANY_SIZE = 10**9
NAME = r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁа-яё]+)*(?: [А-ЯЁ][а-яё]+)?"
CITY = re.compile(rf"\b(город(?:а|е)?(?:-курорта?)?|г\.)\s*({NAME})")
# Who publishes stands in the genitive behind the position of its head.
BODIES = {
    "управления": "Управление", "отдела": "Отдел", "комитета": "Комитет", "департамента": "Департамент",
    "министерства": "Министерство", "центра": "Центр",
}  # fmt: skip
BODY = re.compile(rf"\b({'|'.join(BODIES)})\s+(?!от\b)([^№]+?)(?=\s+от\s+[0-9«]|\s*№|$)", re.IGNORECASE)
SCHOOLS = re.compile(r"\b(?:О[ОУ]|МБОУ|МКОУ|МОУ|СОШ)\b|школ|образовательн\w+ (?:организац|учрежд)", re.IGNORECASE)
# Endings of the genitive that leave no doubt; any other name is proposed as it stands.
NOMINATIVE = (("ска", "ск"), ("града", "град"), ("бурга", "бург"), ("дара", "дар"), ("поля", "поль"), ("ого", "ый"))
CHECK_CASE = "проверьте падеж"
COLUMNS_OF_YEARS = "столбцы годов; название документа срока не называет"


@dataclass(frozen=True)
class Found:
    """Something that the document says, and where."""

    value: str
    where: str


@dataclass(frozen=True)
class Proposal:
    """What a document says of its project; what it does not say is None or empty.

    Attributes:
        city: The city, in the nominative as far as its ending allows.
        publisher: The body whose head approved it.
        title: Of the document.
        years: First and last year of its term, with where they stand.
        municipal: Executors that are named first somewhere and are no schools.
        schools: How it calls the schools.
        measures: How many measures were read.
        digest: sha256 of the file.
        period: The first and last year as numbers.
    """

    city: Found | None
    publisher: Found | None
    title: Found | None
    years: Found | None
    municipal: tuple[str, ...] = ()
    schools: str = ""
    measures: int = 0
    digest: str = ""
    period: tuple[int, ...] = ()

    def said(self) -> list[str]:
        """What was read, in Russian, a line each: the value and where it stands."""
        named = (("город", self.city), ("издатель", self.publisher), ("документ", self.title), ("срок", self.years))
        lines = [f"  {name}: {one.value} — {one.where}" if one else f"  {name}: не найден" for name, one in named]
        who = ", ".join([*self.municipal, *([self.schools] if self.schools else [])]) or "не названы"
        return [*lines, f"  исполнители: {who}", f"  показателей прочитано: {self.measures}"]


def read_proposal(content: bytes, file: str) -> Proposal:
    """Reads a document for what a project needs to begin.

    Raises:
        AnalysisError: The file cannot be read, or no plan stands in it.
    """
    blocks, _ = read_blocks(content, file)
    text = lay_out(blocks, file)
    clean = clean_roadmap(text.tables, (), ANY_SIZE, file)
    if text.tables["activities"].empty:
        why = next((one for one in text.findings if one.rule in ("columns", "row_length", "activity_code")), None)
        said = f" {why.place}: {why.explanation} {why.action}\n{why.stanza}".rstrip() if why else ""
        raise AnalysisError(f"{file}: план не прочитан, проект не создан.{said}")
    approval = text.tables["approval"].iloc[0]
    position = Found(plain(approval["approver_position"]), approval["approver_position_place"])
    title = Found(plain(approval["title"]), approval["title_place"])
    period, where = _term(text.tables, file)
    named = clean.tables["executors"]
    first = list(dict.fromkeys(named.loc[named["executor_number"] == 1, "executor_name"]))
    schools = [name for name in dict.fromkeys(named["executor_name"]) if SCHOOLS.search(name)]
    city = next(filter(None, map(_city, (position, title))), None)
    years = Found("–".join(map(str, dict.fromkeys(period))), where) if period else None
    about = (city, _publisher(position), title if title.value else None, years)
    who = tuple(name for name in first if name not in schools), schools[0] if schools else ""
    return Proposal(*about, *who, len(clean.tables["measures"]), sha256(content).hexdigest(), period)


def _term(text: Mapping[str, pd.DataFrame], file: str) -> tuple[tuple[int, ...], str]:
    """The first and last year that the title names, or those of the columns of years; and where they stand."""
    if named := document_period(text["approval"], RoadmapFindings(file)):
        return named, text["approval"]["title_place"].iloc[0]
    years = sorted({int(year) for year in text["targets"]["calendar_year"] if year})
    return tuple(years[:1] + years[-1:]), COLUMNS_OF_YEARS


@dataclass(frozen=True)
class Given:
    """What the person who starts a project says instead of the document; blank where the document is to say it."""

    city: str = ""
    publisher: str = ""
    years: Sequence[int] = ()
    title: str = ""
    origin: str = ""


def beginning_of(proposal: Proposal, given: Given, file: str, received: date) -> NewProject:
    """Returns the project that a document begins; what is given goes before what it says.

    Raises:
        AnalysisError: Neither says for which years.
    """
    years = tuple(given.years) or tuple(range(proposal.period[0], proposal.period[1] + 1) if proposal.period else ())
    if not years:
        raise AnalysisError(f"{file}: в названии документа не найден срок. Назовите годы: --years 2024-2026.")
    title = given.title or (proposal.title.value if proposal.title else "")
    origin = given.origin or "передан при создании проекта; от кого получен, не указано"
    source = Source(file, title, origin, received, proposal.digest, "условия публикации не указаны")
    return NewProject(
        given.city or (proposal.city.value if proposal.city else UNNAMED_CITY),
        given.publisher or (proposal.publisher.value if proposal.publisher else UNNAMED_PUBLISHER),
        years,
        file=file,
        municipal=proposal.municipal,
        schools=proposal.schools or NewProject.schools,
        title_stated=given.title,
        period_stated=proposal.years is None or proposal.years.where == COLUMNS_OF_YEARS,
        source=source_stanza(source),
    )


def _city(said: Found) -> Found | None:
    found = CITY.search(said.value)
    if found is None:
        return None
    kind = "город-курорт" if "курорт" in found[1] else "город"
    genitive = found[1] not in ("город", "город-курорт", "г.")
    name = _nominative(found[2]) if genitive else found[2]
    doubt = f"; {CHECK_CASE}" if genitive else ""
    return Found(f"{kind} {name}", f"{said.where}: «{found[0]}»{doubt}")


def _nominative(name: str) -> str:
    for ending, wanted in NOMINATIVE:
        if name.endswith(ending):
            return name.removesuffix(ending) + wanted
    return name


def _publisher(said: Found) -> Found | None:
    found = BODY.search(said.value)
    if found is None:
        return None
    return Found(f"{BODIES[found[1].casefold()]} {found[2]}".strip(), f"{said.where}: «{said.value}»")
