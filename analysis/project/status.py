"""Where a project stands and the one next step; read from what is stored, without pandas."""

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from analysis.contracts.findings import Severity
from analysis.files.memory import SILENT
from analysis.files.storage import PROCESSED, code_fingerprint, made_by
from analysis.pipeline.fresh import is_fresh
from analysis.presentation.place import annual_reports
from analysis.publishing.state import document_keys, outputs_found, read_state
from analysis.rules.config import FINDINGS, FORMS_FOLDER, Project, Source, load_sources

YEARS_SHOWN = 4
DECEMBER = 12


@dataclass(frozen=True)
class FormsOfYear:
    """How far the collection of a year has come.

    Attributes:
        year: The year.
        cutoff: The last day on which facts count.
        sent: How many forms lie ready to be sent out.
        returned: How many reporters have returned theirs.
        asked: How many are asked; None where nobody knows yet.
    """

    year: int
    cutoff: date
    sent: int
    returned: int
    asked: int | None

    @property
    def is_whole(self) -> bool:
        """Whether all forms are back."""
        return self.asked is not None and self.returned >= self.asked


@dataclass(frozen=True)
class Standing:
    """Where a project stands.

    Attributes:
        project: The project.
        has_document: Whether the signed document lies where project.toml says.
        stopping: How many findings stop a build; None where none was checked or files have changed since.
        is_built: Whether there are tables.
        is_fresh: Whether they are made of the files as they are now.
        by_this_version: Whether this version of the program made them.
        has_registry: Whether a registry of schools has been received.
        forms: The years for which forms are collected.
        reports: By year whether its published report is up to date; a year without a report is not in it.
    """

    project: Project
    has_document: bool
    stopping: int | None
    is_built: bool
    is_fresh: bool
    by_this_version: bool
    has_registry: bool
    forms: tuple[FormsOfYear, ...]
    reports: Mapping[int, bool]


@dataclass(frozen=True)
class Step:
    """What to do next: a command, what it is about, and why; no command where nothing is left to do."""

    command: str
    about: str
    why: str

    def typed(self) -> str:
        """As it is typed in a terminal."""
        return f"analysis {self.command} {self.about}".rstrip()

    def called(self) -> str:
        """As it is called in a notebook."""
        return f"city.{self.command}({self.about})"


def standing(project: Project, today: date) -> Standing:
    """Looks at what is stored."""
    sources = load_sources(project.root) if (project.root / "data/raw/SOURCES.toml").is_file() else ()
    version = made_by(project.root)
    fresh = bool(version) and is_fresh(project, ())
    return Standing(
        project,
        has_document=all((project.root / one.file).is_file() for one in project.documents),
        stopping=0 if fresh else _stopping(project),
        is_built=bool(version),
        is_fresh=fresh,
        by_this_version=version == code_fingerprint(),
        has_registry=any(source.kind == "registry" for source in sources),
        forms=tuple(_forms(project, sources, today)),
        reports=_reports(project, sources),
    )


def status_lines(project: Project, step: Callable[[Step], str] = Step.called) -> list[str]:
    """Where a project stands today and the next step, as `lines` says it."""
    today = date.today()
    return lines(standing(project, today), today, step)


def lines(now: Standing, today: date, step: Callable[[Step], str]) -> list[str]:
    """Says it in at most twelve lines, the last of them the next step.

    Args:
        now: Where the project stands.
        today: The day.
        step: How a step is written: as a command, or as a call in a notebook.
    """
    years = ", ".join(map(str, now.project.editions))
    following = next_step(now, today)
    told = step(following) if following.command else ""
    return [
        f"{now.project.city}: отчёты за {years}",
        f"Проект: {now.project.root}",
        *([] if now.has_document else [f"Документ: файла {_documents(now.project)} нет"]),
        f"Проверка: {_check_words(now.stopping)}",
        f"Таблицы: {_table_words(now)}",
        *(_form_words(one, today) for one in now.forms[-YEARS_SHOWN:]),
        f"Отчёты: {_report_words(now)}",
        f"Дальше: {following.why}{f' — {told}' if told else ''}",
    ]


def _documents(project: Project) -> str:
    return " или ".join(one.file for one in project.documents)


def next_step(now: Standing, today: date) -> Step:
    """The one thing to do next."""
    if not now.has_document:
        where = "положите подписанный документ в data/raw и назовите его в project.toml, [roadmap], file"
        return Step("check", "", f"{where}; затем проверьте")
    if not now.is_fresh and now.stopping is None:
        return Step("check", "", "проверьте, что лежит в проекте")
    if not now.is_fresh and now.stopping:
        return Step("check", "", f"исправьте то, что останавливает сборку ({FINDINGS[0]}), и проверьте снова")
    return _collecting(now, today) or _publishing(now, today)


def _collecting(now: Standing, today: date) -> Step | None:
    """What the newest year that is collected waits for; nothing where it waits for nothing or its time is over."""
    if not now.forms:
        return None
    last = now.forms[-1]
    if not last.sent and not last.returned:
        registry = "" if now.has_registry else " и реестр школ"
        return Step("forms", str(last.year), f"сделайте формы {last.year} года{registry}")
    if not now.has_registry:
        return Step("receive", "", "заполните registry.xlsx и примите его")
    if not last.is_whole and (today <= last.cutoff or not last.returned):
        return Step("receive", "", "примите вернувшиеся формы")
    return None


def _publishing(now: Standing, today: date) -> Step:
    begun = [year for year in now.project.editions if year <= today.year] or now.project.editions[:1]
    if now.is_fresh and all(now.reports.get(year) for year in begun):
        return Step("", "", "всё собрано и опубликовано: откройте reports/_site/index.html")
    return Step("report", "", "соберите и опубликуйте отчёты")


def _check_words(stopping: int | None) -> str:
    if stopping is None:
        return "ещё не было или файлы с тех пор изменились"
    return f"останавливают сборку замечаний: {stopping}, {FINDINGS[0]}" if stopping else "сборку ничто не останавливает"


def _table_words(now: Standing) -> str:
    if not now.is_built:
        return "ещё не собраны"
    if now.is_fresh:
        return "собраны"
    return "устарели: файлы изменились" if now.by_this_version else "собраны другой версией программы"


def _form_words(one: FormsOfYear, today: date) -> str:
    if not one.sent and not one.returned:
        said = "ещё не сделаны"
    else:
        said = f"вернулись {one.returned}{'' if one.asked is None else f' из {one.asked}'}"
    over = "прошёл " if today > one.cutoff else ""
    return f"Формы {one.year} года: {said}; срок {over}{one.cutoff:%d.%m.%Y}"


def _report_words(now: Standing) -> str:
    kinds = {
        "опубликованы": [year for year, fresh in now.reports.items() if fresh and now.is_fresh],
        "устарели": [year for year, fresh in now.reports.items() if not (fresh and now.is_fresh)],
        "не опубликованы": [year for year in now.project.editions if year not in now.reports],
    }
    return "; ".join(f"{said} {', '.join(map(str, years))}" for said, years in kinds.items() if years)


def _stopping(project: Project) -> int | None:
    """What the list of the last check says, while it is younger than all that is checked."""
    listed = project.root / FINDINGS[0]
    given = [project.root / "project.toml", *(project.root / "data").glob("*.toml")]
    given += (project.root / "data/raw").rglob("*")
    if not listed.is_file() or any(path.stat().st_mtime > listed.stat().st_mtime for path in given if path.is_file()):
        return None
    return len(re.findall(f"^{Severity.BLOCKS.upper()} ·", listed.read_text(encoding="utf-8"), re.MULTILINE))


def _forms(project: Project, sources: Sequence[Source], today: date) -> Iterator[FormsOfYear]:
    """The years that are over, and those for which something has been sent out or has come back."""
    if project.collection is None:
        return
    asked = _asked(project)
    for year in project.editions:
        folder = project.root / FORMS_FOLDER / str(year)
        sent = {path.name for path in folder.glob(f"{year}_*.xlsx")} - {f"{year}_acceptance.xlsx"}
        returned = {
            _reporter(source.file) for source in sources if source.kind == "form" and _year(source.file) == year
        }
        is_over = year < today.year or (year == today.year and today.month == DECEMBER)
        if is_over or sent or returned:
            known = asked.get(year) or len(sent) or None
            yield FormsOfYear(year, project.collection.cutoff(year), len(sent), len(returned), known)


def _year(file: str) -> int:
    """The year of a returned form, by the folder in data/raw in which receiving puts it."""
    folder = PurePosixPath(file).parent.name
    return int(folder) if folder.isdigit() else 0


def _reporter(file: str) -> str:
    """Whose form it is, by the name that receiving gives it."""
    return re.sub(r"_v\d+$", "", PurePosixPath(file).stem)


def _asked(project: Project) -> Mapping[int, int]:
    """How many are asked for a form, by year, as of the last build."""
    path = project.root / PROCESSED / "asked_lines.parquet"
    if not path.is_file():
        return {}
    from pyarrow.parquet import ParquetFile  # pyarrow's own filters import pandas

    years, kinds = ParquetFile(path).read(["calendar_year", "fact_kind"]).to_pydict().values()
    return Counter(year for year, kind in zip(years, kinds, strict=True) if kind == "форма")


def _reports(project: Project, sources: Sequence[Source]) -> dict[int, bool]:
    """By year whether what the site holds of its report is what would be published today."""
    reports = project.root / "reports"
    found = outputs_found(read_state(reports / "_site.json"), reports / "_site")
    names = {name.removesuffix(".qmd"): year for year in project.editions for name in annual_reports(year)}
    keys = {f"{name}.qmd": [one.key for file, one in found.items() if file.startswith(f"{name}.")] for name in names}
    there = {f"{name}.qmd": year for name, year in names.items() if keys[f"{name}.qmd"]}
    if not there or not sources:
        return {}
    day = max(source.received for source in sources)
    fresh = dict.fromkeys(there.values(), False)
    for engine in ("builtin", "auto") if shutil.which("quarto") else ("builtin",):
        today = document_keys(reports, there, _version(engine), day)
        stale = {there[name] for name, key in today.items() if not all(one.startswith(key) for one in keys[name])}
        fresh |= dict.fromkeys(set(there.values()) - stale, True)
        if all(fresh.values()):
            break
    return fresh


def _version(engine: str) -> str:
    from analysis.publishing.engines import choose_engine

    return choose_engine(engine, SILENT)[1]
