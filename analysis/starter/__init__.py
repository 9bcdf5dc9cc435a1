"""What is known about a project before it has data: from people, from the document, from this installation."""

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import pandas as pd

import analysis
from analysis.cleaning.corrections import Decision
from analysis.cleaning.roadmap import CleanRoadmap, clean_roadmap
from analysis.cleaning.roadmap_document import RoadmapFindings, document_period
from analysis.errors import AnalysisError
from analysis.files.storage import write_file_whole
from analysis.intake.cells import plain
from analysis.intake.files import read_blocks
from analysis.intake.roadmap import RoadmapText, lay_out
from analysis.publishing.word_pages import with_footer
from analysis.rules.config import INVENTED, TO_FILL_IN, Source, quoted, source_stanza
from analysis.rules.office_files import CALENDAR_FILE

# What is known about a project before it has data.

UNNAMED_CITY, UNNAMED_PUBLISHER = f"город {TO_FILL_IN}", f"Управление образования {TO_FILL_IN}"


@dataclass(frozen=True)
class NewProject:
    """What a new project starts from.

    Attributes:
        city: The city, as the report names it.
        publisher: Who publishes.
        years: Calendar years of the editions.
        invented: Whether all its data are invented.
        file: The received document, relative to the project.
        municipal: Executors of the document that report for the city.
        schools: How the document calls the schools.
        title_stated: Title of the document, where people state it.
        period_stated: Whether people state its term, because its title does not.
        source: The entry about the document for SOURCES.toml; empty while there is none.
    """

    city: str
    publisher: str
    years: Sequence[int]
    invented: bool = False
    file: str = "data/raw/roadmap.docx"
    municipal: Sequence[str] = ("УО", "ИМО")
    schools: str = "ОО"
    title_stated: str = ""
    period_stated: bool = False
    source: str = ""

    @property
    def period(self) -> str:
        """«2023–2025», or one year."""
        first, last = self.years[0], self.years[-1]
        return f"{first}–{last}" if first != last else str(first)

    @property
    def roadmap(self) -> str:
        """The document. Only its years are known; its own title is printed once it has been read."""
        return f"Дорожная карта, {self.period}"

    @property
    def title(self) -> str:
        """Title of the site's first page."""
        return f"Поддержка школ: {self.city}"

    @property
    def site_title(self) -> str:
        """Title of the site."""
        return self.said(f"{self.title}. Дорожная карта {self.period}")

    def said(self, text: str) -> str:
        """Returns the text, with a note if the data are invented."""
        return f"{text.rstrip('.')}. {INVENTED}" if self.invented else text


# What a new project copies from this installation: the calendar, and report sources with the names of the new city.

INSTALLATION = Path(analysis.__file__).parents[1]
ALIKE = (
    "data/indicators.toml", "data/selection.toml", "data/assumptions.toml", "data/disclosure.toml",
    "reports/_parts/*", "reports/_assets/*", "reports/styles.css", "notebooks/*.ipynb",
)  # fmt: skip
EDITIONS = "reports/20*/*-20*.qmd"
PAPER = "reports/_assets/paper.typ"
WORD = "reports/_assets/reference.docx"
INVENTED_FOOTER = f"\n#set page(footer: align(center, text(size: 9pt)[{INVENTED}]))\n"
EDITION_LINKS = r"(?:      - text: \"\d{4} год\"\n        href: .*\n)+"
A_SITTING = r"^\[\[sitting\]\]\nprocedure = .*\ncalendar_year = (\d{4}).*\n(?:(?!\[\[|# ──).*\n)*"


def report_sources(beginning: NewProject, installation: Path = INSTALLATION) -> dict[str, bytes]:
    """Returns the calendar and the files of reports/ and notebooks/ by path, for a project's city, publisher, years.

    Raises:
        AnalysisError: The installation has no report sources beside its package, or they are not what we know.
    """
    alike = {path.relative_to(installation).as_posix(): path.read_bytes() for path in _found(installation)}
    documents = _of_an_edition(installation)
    return {
        **alike,
        CALENDAR_FILE: _calendar(_text(installation / CALENDAR_FILE), beginning.years).encode(),
        **(_said_on_paper(alike) if beginning.invented else {}),
        "reports/_quarto.yml": _project(_text(installation / "reports/_quarto.yml"), beginning).encode(),
        "reports/index.qmd": _index(_text(installation / "reports/index.qmd"), beginning).encode(),
        **{
            f"reports/{year}/{name}-{year}.qmd": _edition(text, year, beginning).encode()
            for year in beginning.years
            for name, text in documents.items()
        },
    }


def _of_an_edition(installation: Path) -> dict[str, str]:
    """The documents of the first edition: the report and its annex, by their names without the year."""
    found = sorted(installation.glob(EDITIONS))
    first = [path for path in found if path.parent == found[0].parent]
    return {path.stem.rpartition("-")[0]: _text(path) for path in first or [installation / "reports"]}


def _found(installation: Path) -> Iterator[Path]:
    for pattern in ALIKE:
        found = sorted(path for path in installation.glob(pattern) if path.is_file())
        if not found:
            raise _not_there(installation / pattern)
        yield from found


def _said_on_paper(alike: dict[str, bytes]) -> dict[str, bytes]:
    """What puts the words that data are invented on every page of PDF and Word."""
    return {PAPER: alike[PAPER] + INVENTED_FOOTER.encode(), WORD: with_footer(alike[WORD], INVENTED)}


def _text(path: Path) -> str:
    if not path.is_file():
        raise _not_there(path)
    return path.read_text(encoding="utf-8")


def _not_there(path: Path) -> AnalysisError:
    return AnalysisError(
        f"{path}: нет исходных файлов отчёта. Новый проект берёт их из папки программы: "
        "установите её из полной копии (pip install --editable .), как сказано в README.md."
    )


def _calendar(text: str, years: Sequence[int]) -> str:
    """Returns the calendar with the sittings of these years and of the year before, for comparison."""
    needed = {years[0] - 1, *years}
    return re.sub(A_SITTING, lambda one: one[0] if int(one[1]) in needed else "", text, flags=re.MULTILINE)


def _project(text: str, beginning: NewProject) -> str:
    link = '      - text: "{0} год"\n        href: {0}/annual-report-{0}.qmd\n'
    said = {
        r"^author: .*$": f"author: {quoted(beginning.publisher)}",
        r"^  title: .*$": f"  title: {quoted(beginning.site_title)}",
        r"^  page-footer: .*$": f"  page-footer: {quoted(beginning.said(beginning.publisher))}",
    }
    return _with(text, said | {EDITION_LINKS: "".join(map(link.format, beginning.years))})


def _index(text: str, beginning: NewProject) -> str:
    subtitle = quoted(beginning.said(f"Годовые отчёты о реализации «дорожной карты» {beginning.period}"))
    title = f"title: {quoted(beginning.title)}"
    return _with(text, {r"^title: .*$": title, r"^subtitle: .*$": f"subtitle: {subtitle}"})


def _edition(text: str, year: int, beginning: NewProject) -> str:
    subtitle = f"subtitle: {quoted(beginning.said(beginning.roadmap))}"
    years = {r'(?<=за )\d{4}(?= год"$)': str(year), r"^year = \d{4}$": f"year = {year}"}
    return _with(text, years | {r"^subtitle: .*$": subtitle})


def _with(text: str, replacements: Mapping[str, str]) -> str:
    """Returns the text with the first match of each pattern replaced. A missing match is a fault of the sources."""
    for pattern, new in replacements.items():
        found = re.search(pattern, text, flags=re.MULTILINE)
        if found is None:
            raise AnalysisError(f"В исходных файлах отчёта не найдено место «{pattern}»: папка программы изменена.")
        text = text[: found.start()] + new + text[found.end() :]
    return text


# What a received road map says of its project: city, publisher, title, years, executors, each with where it stands.

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


def read_document(
    content: bytes, file: str, decisions: Sequence[Decision] = (), largest: int = ANY_SIZE
) -> tuple[RoadmapText, CleanRoadmap]:
    """Returns what a document says as text and what it means, without the project that it will belong to.

    Args:
        content: Its bytes.
        file: What it is called.
        decisions: Those that are known.
        largest: The largest plausible count.

    Raises:
        AnalysisError: The file cannot be read.
    """
    blocks, _ = read_blocks(content, file)
    text = lay_out(blocks, file)
    return text, clean_roadmap(text.tables, decisions, largest, file)


def read_proposal(content: bytes, file: str) -> Proposal:
    """Reads a document for what a project needs to begin.

    Raises:
        AnalysisError: The file cannot be read, or no plan stands in it.
    """
    text, clean = read_document(content, file)
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


# The files that every new project begins with; what stands in braces is filled in.
GIVEN = Path(__file__).parent / "given"


def decided_files(beginning: NewProject) -> dict[str, bytes]:
    """Returns project.toml, the files of data/ and .gitignore by path: those in `given`, filled in."""
    said = f"# {INVENTED}: это печатается на всём, что сделано из этого проекта.\ninvented = true\n"
    values = {
        "city": json.dumps(beginning.city, ensure_ascii=False),
        "publisher": json.dumps(beginning.publisher, ensure_ascii=False),
        "file": quoted(beginning.file),
        "title": _stated(beginning),
        "municipal": json.dumps(list(beginning.municipal), ensure_ascii=False),
        "schools": quoted(beginning.schools),
        "executors": ", ".join([*beginning.municipal, beginning.schools]),
        "years": list(beginning.years),
        "invented": said if beginning.invented else "",
        "first_year": beginning.years[0],
        "next_year": beginning.years[0] + 1,
        "source": f"\n{beginning.source}" if beginning.source else "",
    }
    texts = {path.relative_to(GIVEN).as_posix(): path for path in GIVEN.rglob("*") if path.is_file()}
    return {name: path.read_text(encoding="utf-8").format(**values).encode() for name, path in texts.items()}


def _stated(beginning: NewProject) -> str:
    """What people state in the place of the document's heading."""
    title = f"title = {quoted(beginning.title_stated)}\n" if beginning.title_stated else ""
    return title + (f"period = [{beginning.years[0]}, {beginning.years[-1]}]\n" if beginning.period_stated else "")


NEXT_STEPS = """Проект создан: {folder}
Что дальше:
  1. Проверьте project.toml: город, издатель, контакт, годы отчётов и кто отчитывается за город (municipal) — теми
     словами, какими его называет документ.
  2. Положите подписанную «дорожную карту» (.docx, .xlsx, .pdf или .txt) в data/raw и назовите её в project.toml:
     [roadmap], file. Или начните с неё: analysis new ПАПКА --roadmap ФАЙЛ.
  3. analysis --project "{folder}" check — прочтёт документ и напечатает раздел для data/raw/SOURCES.toml.
  4. Заполните этот раздел, посмотрите замечания и выполните: analysis --project "{folder}" report
  5. Сбор сведений: analysis --project "{folder}" forms {year} — кладёт реестр школ и формы. Если процедур года нет в
     data/calendar.toml, команда печатает раздел, который остаётся заполнить; без него о результатах не спросят.
Правила отбора, паспорт показателей, скрытие малых чисел и общие допущения взяты по умолчанию. Где на них стоит число,
отчёт так и говорит, пока управление их не утвердит: в файлах папки data об этом — ключ default."""
AFTER_READING = """Проект создан: {folder}
Что дальше:
  1. Проверьте project.toml: город, издатель, годы и кто отчитывается за город (municipal) взяты из документа.
  2. В data/raw/SOURCES.toml впишите, от кого получен файл (origin) и на каких условиях его публикуют (licence).
  3. Посмотрите замечания выше (полный список: output/findings.txt в папке проекта), затем: \
analysis --project "{folder}" report"""
NAME_IT = """
Город или издатель не названы. Впишите их в project.toml, в reports/_quarto.yml (author, title, page-footer)
и в reports/index.qmd (title)."""


def new_project(beginning: NewProject) -> dict[str, bytes]:
    """Returns the files of a new project by path."""
    return {**decided_files(beginning), **report_sources(beginning)}


def write_project(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes the files of a project into a new or empty folder.

    Raises:
        AnalysisError: The folder holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AnalysisError(f"{folder}: здесь уже что-то лежит. Назовите новую или пустую папку.")
    write_files(folder, files)


def removed(folder: Path, existed: bool) -> None:
    """Takes back a project that was just written: the folder is as it was before, empty or not there."""
    for path in folder.iterdir() if folder.is_dir() else ():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if folder.is_dir() and not existed:
        folder.rmdir()


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes files by their paths inside a folder. project.toml comes last: without it the folder is no project."""
    for path in sorted(files, key=lambda name: (name == "project.toml", name)):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        write_file_whole(target, files[path])


def steps_after_reading(folder: Path, beginning: NewProject) -> str:
    """Returns what to do next where the project began with its document, in Russian."""
    return AFTER_READING.format(folder=folder) + _naming(beginning)


def next_steps(folder: Path, beginning: NewProject) -> str:
    """Returns what to do next, in Russian."""
    return NEXT_STEPS.format(folder=folder, year=beginning.years[0]) + _naming(beginning)


def _naming(beginning: NewProject) -> str:
    """What is to be named, where city or publisher are not."""
    return NAME_IT if UNNAMED_CITY in beginning.city or UNNAMED_PUBLISHER in beginning.publisher else ""
