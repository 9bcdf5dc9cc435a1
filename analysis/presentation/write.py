"""Writes what the report places: Markdown pieces, pictures, data files — once, into reports/<year>/."""

import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from analysis.contracts.tables import stored_in
from analysis.files.memory import FORGETFUL, Memory
from analysis.files.storage import recover_folder, replace_folder
from analysis.presentation.edition import Edition
from analysis.presentation.exhibits import Exhibit, Section
from analysis.presentation.exports import DataFiles
from analysis.presentation.figures import save
from analysis.presentation.place import (
    CONTENT_FOLDER,
    EDITIONS,
    EXHIBIT_ROWS,
    EXHIBITS,
    MADE_FOLDERS,
    annex_name,
    report_name,
)
from analysis.presentation.sentences import approval, contact, data_date

# All pieces of an edition, and the chapters as memory knows them.
Made = tuple[Sequence[Section], Sequence[Sequence[Section]]]


def write_edition(reports: Path, edition: Edition, made: Made, memory: Memory = FORGETFUL, there: str = "") -> str:
    """Replaces _content, figures and data of reports/<year>/ by those of this edition, each whole or not at all.

    Args:
        reports: The folder of reports.
        edition: The edition.
        made: What `chapters.sections_of` has made of it.
        memory: What is known of the same chapters and data.
        there: What this has returned for what is there; where it would return the same, nothing is written.

    Returns:
        What stands for all that it writes; nothing where nothing is remembered.
    """
    folder = reports / str(edition.calendar_year)
    sections, chapters = made
    shown = [exhibit for section in sections for exhibit in section.exhibits]
    data = DataFiles.of(edition, shown)
    whole = "" if memory is FORGETFUL else memory.key(*chapters, data.head, data.hidden)
    if whole and whole == there:
        return whole
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{edition.calendar_year}-", dir=reports) as draft:
        content, figures, files = (Path(draft) / name for name in MADE_FOLDERS)
        for new in (content, figures, files):
            new.mkdir()
        _write_pieces(content, {section.name: section.markdown for section in sections})
        _write_pieces(content, {exhibit.label: _alone(exhibit, edition) for exhibit in shown})
        _write_rows(content, edition, shown)
        save({name: svg for exhibit in shown for name, svg in exhibit.drawn.items()}, figures)
        _keep_for_word(folder / figures.name, figures)
        for name, written in data.made(memory).items():
            (files / name).write_bytes(written)
        for new in (content, figures, files):
            recover_folder(folder / new.name)
            replace_folder(new, folder / new.name)
    return whole


def write_index(reports: Path, editions: Sequence[Edition]) -> None:
    """Replaces reports/_content: the list of editions and what the index says about the document."""
    with tempfile.TemporaryDirectory(prefix=".index-", dir=reports) as draft:
        new = Path(draft) / CONTENT_FOLDER
        new.mkdir()
        latest = editions[-1]
        pieces = {
            EDITIONS: _editions_table(editions),
            "approval": approval(latest),
            "contact": f"{contact(latest)} {data_date(latest)}",
        }
        _write_pieces(new, pieces)
        recover_folder(reports / CONTENT_FOLDER)
        replace_folder(new, reports / CONTENT_FOLDER)


def remove_interrupted(reports: Path) -> None:
    """Removes drafts that a killed build has left."""
    for leftover in reports.glob(".[i2]*-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _alone(exhibit: Exhibit, edition: Edition) -> str:
    """What a chapter prints of an exhibit; its chains stand in the annex, whatever document it is placed in."""
    return exhibit.markdown.replace("](#chain-", f"]({annex_name(edition.calendar_year)}.qmd#chain-")


def _keep_for_word(old: Path, new: Path) -> None:
    """Keeps the PNG that publishing has made of pictures which are the same still."""
    for picture in old.glob("*.png"):
        before, now = (folder / f"{picture.stem}.svg" for folder in (old, new))
        if before.is_file() and now.is_file() and before.read_bytes() == now.read_bytes():
            shutil.copyfile(picture, new / picture.name)


def _write_pieces(folder: Path, pieces: dict[str, str]) -> None:
    for name, text in pieces.items():
        (folder / f"{name}.md").write_text(f"{text}\n", encoding="utf-8", newline="\n")


def _write_rows(folder: Path, edition: Edition, shown: Sequence[Exhibit]) -> None:
    """Which exhibits there are, and which stored rows each shows; `explain` begins there."""
    rows = {
        one.label: {"behind": one.behind} if one.behind else
        {"table": stored_in(one.contract, edition.internal), "rows": [int(number) for number in one.data.index]}
        for one in shown
    }  # fmt: skip
    for name, content in ((EXHIBITS, sorted(rows)), (EXHIBIT_ROWS, rows)):
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        (folder / name).write_text(f"{text}\n", encoding="utf-8", newline="\n")


def _editions_table(editions: Sequence[Edition]) -> str:
    lines = ["| Доклад | Показателей с планом | Приложение: все таблицы |", "|:---|---:|:---|"]
    for edition in editions:
        year = edition.calendar_year
        report, annex = (
            f"[{words}]({year}/{name}.html): [PDF]({year}/{name}.pdf), [DOCX]({year}/{name}.docx)"
            for words, name in ((f"Доклад за {year} год", report_name(year)), ("Приложение", annex_name(year)))
        )
        lines.append(f"| {report} | {len(edition.planned)} из {len(edition.this_year)} | {annex} |")
    return "\n".join(lines) + "\n\n: Годовые отчёты {#tbl-editions}\n"
