"""The whole invented project: every file with its bytes, what was received, the answer key to the mistakes."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell

from analysis.cleaning.corrections import load_amendments
from analysis.contracts.facts import ACCEPTANCE, EVIDENCE, EXECUTION, OWN_MEASURES, SCHOOL_SHEETS, FormSheet
from analysis.demo.books import (
    ROWS_ABOVE,
    Book,
    acceptance_book,
    acceptance_rows,
    all_slips,
    registry_book,
    returned_books,
    row_label,
)
from analysis.demo.exports import SHEET, Export, calendar_with_minima, exports, filed_exports
from analysis.demo.pupils import sittings
from analysis.demo.town import (
    HERE,
    ROADMAP,
    Filed,
    Planted,
    Return,
    parameters,
    returns,
    roadmap_document,
    schools,
    sources_text,
    town,
)
from analysis.forms.collect import Asking, BlankForm, Given, blank_forms
from analysis.indicators.plan import plan_by_year
from analysis.rules.config import INVENTED, Collection, load_reporting
from analysis.rules.office_files import CALENDAR_FILE
from analysis.starter import NewProject, new_project, read_document, write_files, write_project

# The answer key of the invented town: each planted mistake with file, sheet and cell, and the finding it must give.

LAYOUTS = {layout.title: layout for layout in (EXECUTION, EVIDENCE, OWN_MEASURES, *SCHOOL_SHEETS)}
HEADING = f"""# {INVENTED}. Что подстроено в присланных файлах и что должна сказать проверка.
# rule — правило замечания; пусто — значение должно быть прочитано верно, несмотря ни на что.
# cell — ячейка листа, а в «дорожной карте» адрес так, как его печатает проверка; пусто — замечание о файле целиком
# или о форме, которая не вернулась.
"""


@dataclass(frozen=True)
class Answer:
    """One entry of the key."""

    file: str
    sheet: str
    cell: str
    holds: str
    planted: str
    rule: str


NEVER_CAME = Answer("data/raw/2020/form_edu990012_v1.xlsx", "", "", "", "форма не вернулась", "missing_report")


def answers(books: Sequence[Book], returns: Sequence[Return], acceptance: Sequence[Book]) -> list[Answer]:
    """Returns the entries for the roadmap, the returned forms, the one that never came, and decisions that lapsed."""
    found = [_answer(book, mark) for book, filled in zip(books, returns, strict=True) for mark in filled.planted]
    found += [_answer(book, mark) for book in books for mark in _slips(book)]
    roadmap = [Answer(ROADMAP, "", *entry) for entry in town()["planted"]["roadmap"]]
    found += [_export_answer(export, *mark) for export in exports() for mark in export.planted]
    return [*roadmap, *found, NEVER_CAME, *(answer for book in acceptance for answer in _lapsed(book, returns))]


def key_text(entries: Sequence[Answer]) -> str:
    """Returns answer_key.toml."""
    return "\n".join([HEADING, *(line for entry in entries for line in _lines(entry))])


def cell_address(book: Book, mark: Planted) -> tuple[str, str, str]:
    """Returns sheet, cell and what stands in it."""
    layout = LAYOUTS[mark.sheet]
    sheet, rows = book.rows(layout)
    column = [one.name for one in layout.columns].index(mark.column)
    row = int(mark.row) - 1 if layout.columns[0].kind != "fixed" else _row_of(layout, rows, mark.row)
    value = rows[row][column] if column < len(rows[row]) else ""
    return sheet, xl_rowcol_to_cell(row + ROWS_ABOVE, column), str(value)


def _export_answer(export: Export, what: str, tale: Sequence[str], column: str, rule: str) -> Answer:
    if not column:
        return Answer(export.path, "", "", "", what, rule)
    return Answer(export.path, SHEET, *export.cell(tale, column), what, rule)


def _slips(book: Book) -> Sequence[Planted]:
    """What was planted in the sheets of school facts of a form."""
    year, reporter = int(book.identity["calendar_year"]), book.identity["reporter"]
    slips = all_slips().get((year, reporter, book.version))
    return slips.planted if slips else ()


def _row_of(layout: FormSheet, rows: Sequence[Sequence[Given]], label: str) -> int:
    """Finds a row by the words of the office, a measure by its number."""
    if layout is EXECUTION:
        return [str(row[0]) if row else "" for row in rows].index(label)
    return [row_label(layout, row) for row in rows].index(label)


def _answer(book: Book, mark: Planted) -> Answer:
    place = cell_address(book, mark) if mark.sheet else ("", "", "")
    return Answer(book.file, *place, mark.what, mark.rule)


def _lapsed(book: Book, returns: Sequence[Return]) -> Iterator[Answer]:
    """Decisions about evidence that a later version of its form no longer holds."""
    latest = {(filled.year, filled.reporter): filled for filled in returns}.values()
    present = {row[0] for filled in latest for row in acceptance_rows(filled, {})}
    sheet, rows = book.rows(ACCEPTANCE)
    said = "решение о подтверждении, которого больше нет"
    for number, row in enumerate(rows, start=ROWS_ABOVE):
        if row[0] not in present:
            yield Answer(book.file, sheet, xl_rowcol_to_cell(number, 0), str(row[0]), said, "acceptance")


def _lines(entry: Answer) -> Iterator[str]:
    yield "[[answer]]"
    for name, value in vars(entry).items():
        yield f"{name} = {json.dumps(value, ensure_ascii=False)}"
    yield ""


# The whole invented project: every file with its bytes, the same every time.

STAMP = ".demo"
GIVEN = HERE / "given"
# What the starter leaves open, by the key of facts.toml that holds the demo's own lists.
LISTS = {"competences": "competences", "self_assessment_criteria": "criteria"}
LARGEST_COUNT = 1000


def demo_files() -> dict[str, bytes]:
    """Returns every file of the demo by path."""
    about, filled = town(), returns()
    begun = new_project(NewProject(about["city"], about["publisher"], about["years"], invented=True))
    tasks = [(task["code"], task["title"], task["activities"]) for task in about["task"]]
    roadmap = roadmap_document(about["heading"], about["years"], tasks)
    blank = _sent_out(roadmap)
    returned = returned_books(blank, filled)
    accepted = [_accepted(year, filled, blank) for year in about["years"]]
    books = [registry_book(about["city"], schools(), about["registry_received"]), *returned, *accepted]
    filed = [_filed_roadmap(roadmap), *map(_filed_book, books), *filed_exports()]
    return {
        **begun,
        **{path.relative_to(GIVEN).as_posix(): path.read_bytes() for path in GIVEN.rglob("*.*")},
        **{one.file: one.content for one in filed},
        FILE: added_pdf(about["city"], about["years"][-1]),
        CALENDAR_FILE: calendar_with_minima(begun[CALENDAR_FILE]),
        "project.toml": _project_text(begun["project.toml"].decode()).encode(),
        "data/raw/SOURCES.toml": sources_text(filed).encode(),
        "answer_key.toml": key_text(answers(returned, filled, accepted)).encode(),
    }


def write_demo(folder: Path, files: Mapping[str, bytes]) -> bool:
    """Writes the demo, unless this very one is there already; returns whether it was written.

    A demo of another version of the program is written over; what people have added to it stays.

    Raises:
        AnalysisError: The folder holds something else.
    """
    stamp = folder / STAMP
    said = _fingerprint(files)
    if stamp.is_file() and stamp.read_bytes() == said:
        return False
    if not stamp.is_file():
        write_project(folder, {STAMP: b""})  # an interrupted run leaves a folder that the next one knows for its own
    write_files(folder, files)
    write_files(folder, {STAMP: said})
    return True


def _fingerprint(files: Mapping[str, bytes]) -> bytes:
    lines = [f"{path} {hashlib.sha256(content).hexdigest()}\n" for path, content in sorted(files.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest().encode()


def _collection() -> Collection:
    lists: dict[str, Any] = {name: tuple(parameters()[key]) for name, key in LISTS.items()}
    return Collection(("УО", "ИМО"), "ОО", **lists)


def _project_text(begun: str) -> str:
    """project.toml of a new project with the demo's own lists and its last day."""
    for name, key in LISTS.items():
        lines = ",\n".join(f"  {json.dumps(line, ensure_ascii=False)}" for line in parameters()[key])
        begun, count = re.subn(rf"^# {name} = .*$", f"{name} = [\n{lines},\n]", begun, flags=re.MULTILINE)
        if count != 1:
            raise ValueError(f"the starter's project.toml has no line for {name}")
    about = town()
    return f"{begun}\n[cutoff]\n{about['years'][-1]} = {about['last_cutoff']}\n"


def _filed_roadmap(content: bytes) -> Filed:
    about = town()
    return Filed(ROADMAP, about["heading"][-1], "roadmap", about["roadmap_received"], content)


def _filed_book(book: Book) -> Filed:
    return Filed(book.file, book.title, book.kind, book.received, book.content(), {"replaces": book.replaces})


def _accepted(calendar_year: int, filled: Sequence[Return], blank: Mapping[tuple[int, str], BlankForm]) -> Book:
    return acceptance_book(town()["city"], calendar_year, [one for one in filled if one.year == calendar_year], blank)


def _sent_out(roadmap: bytes) -> dict[tuple[int, str], BlankForm]:
    """The forms of all years as they were sent out, by year and reporter."""
    _, clean = read_document(roadmap, ROADMAP, load_amendments(GIVEN).decisions, LARGEST_COUNT)
    tables = clean.tables
    plan = plan_by_year(tables["activities"], tables["measures"], tables["targets"])
    registry = schools()
    names = pd.DataFrame([(one.login, one.name) for one in registry], columns=["school_login", "school_name"])
    statuses = [(one.login, year, status) for one in registry for year, status in one.statuses.items()]
    status = pd.DataFrame(statuses, columns=["school_login", "school_year", "status"])
    asked = {"plan": plan, "executors": tables["executors"], "schools": names, "school_status": status}
    reporting, held = load_reporting(GIVEN), sittings()
    return {
        (year, form.reporter): form
        for year in town()["years"]
        for form in blank_forms(asked, Asking(town()["city"], year, _collection(), reporting, held, invented=True))
    }


FILE = "data/packs/konsultatsii.pdf"
MADE_AT = datetime(2022, 12, 1, tzinfo=UTC)


def added_pdf(city: str, year: int) -> bytes:
    """A page of a timetable for a town and a year, the same bytes each time."""
    import typst

    look = (HERE / "timetable.typ").read_text(encoding="utf-8")
    text = look.replace("{city}", city).replace("{year}", str(year))
    made = typst.compile(text.encode(), ignore_system_fonts=True, pdf_standards=["ua-1"], timestamp=MADE_AT)
    assert isinstance(made, bytes)
    return made
