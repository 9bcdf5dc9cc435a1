"""Documents become a Quarto project of their own and are published as the report is; outdated ones are named."""

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import yaml

from analysis.files.memory import Progress
from analysis.files.storage import replace_folder, write_file_whole
from analysis.presentation.words import long_date
from analysis.publishing import Request, publish
from analysis.publishing.word_pages import PAPER, WORD, mark_papers, with_annex_styles, with_first_header
from analysis.rules.config import INVENTED, OFFICE_ONLY, Project
from analysis.rules.documents import SCHOOL_NOTE, Attachment, Kind

# Beside what publishing notes of itself: the name keeps it out of the sources.
NOTED = "_site.texts.json"
LISTED = "УСТАРЕЛИ.txt"
HEAD = "Эти документы сделаны по прежним сведениям; не прикладывайте их, сначала обновите:"


def note_texts(sources: Path, site: Path, texts: Mapping[str, str]) -> None:
    """Notes which text the files of some documents were just made of; what is known of others stays.

    Args:
        sources: The folder of the sources of a kind; the note goes there.
        site: The folder of its published files.
        texts: Source text by path of the document without ending.
    """
    made = {name: _hash(texts[_document(name)]) for name in _files(site) if _document(name) in texts}
    noted = json.dumps({**_noted(sources), **made}, ensure_ascii=False, indent=1, sort_keys=True)
    write_file_whole(sources / NOTED, noted.encode())


def outdated_files(sources: Path, site: Path, texts: Mapping[str, str]) -> list[Path]:
    """Returns the published files of a kind that were made of another text than that of today, or of an unknown one.

    Args:
        sources: The folder of the sources of the kind.
        site: The folder of its published files.
        texts: Today's source text by path of the document without ending.
    """
    noted = _noted(sources)
    today = {name: _hash(texts.get(_document(name), "")) for name in _files(site)}
    return [site / name for name, digest in today.items() if noted.get(name) != digest]


def named_in(files: Sequence[Path], folder: Path) -> tuple[list[str], list[str], list[str]]:
    """Of files of `output/documents/<year>` the kinds, the schools whose notes they are, and the packs."""
    parts = [path.relative_to(folder).parts for path in files]
    whose = {kind: dict.fromkeys(one for first, one, _ in parts if first == kind) for kind in (SCHOOL_NOTE.id, PACKS)}
    kinds = dict.fromkeys(kind for kind, *_ in parts if kind not in whose)
    return [*kinds], [*whose[SCHOOL_NOTE.id]], [*whose[PACKS]]


def renewing(files: Sequence[Path], folder: Path) -> list[str]:
    """The commands that make outdated files of `output/documents/<year>` anew."""
    kinds, logins, packs = named_in(files, folder)
    options = [f"--kind {','.join(kinds)}"] if kinds else []
    options += [" ".join(f"--school {login}" for login in logins)] if logins else []
    options += [f'--pack "{name}"' for name in packs]
    return [f"analysis documents {folder.name} {one}" for one in options]


def list_outdated(folder: Path, files: Sequence[Path]) -> None:
    """Leaves a list of the outdated files where whoever opens the folder sees it; removes it when there are none."""
    if not files:
        (folder / LISTED).unlink(missing_ok=True)
        return
    lines = [HEAD, "", *(f"  {path.relative_to(folder).as_posix()}" for path in files)]
    lines += ["", "Обновить:", *(f"  {one}" for one in renewing(files, folder))]
    write_file_whole(folder / LISTED, ("\ufeff" + "\r\n".join(lines) + "\r\n").encode())


def _files(site: Path) -> list[str]:
    found = (path for path in site.rglob("*") if path.suffix in (".html", ".pdf", ".docx") and path.stem != "index")
    return sorted(path.relative_to(site).as_posix() for path in found)


def _document(name: str) -> str:
    return PurePosixPath(name).with_suffix("").as_posix()


def _noted(sources: Path) -> dict[str, str]:
    """What was noted; where the note is lost or broken nothing is known."""
    try:
        return dict(json.loads((sources / NOTED).read_bytes()))
    except (OSError, ValueError, TypeError):
        return {}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


FOLDER = "output/documents"
SOURCES = ".sources"
PACKS = "packs"
TAKEN = ("_quarto.yml", "styles.css")
# Of a document of two pages: the assertion fails in the one place that both engines pass through, the page header.
TOO_LONG = "справка длиннее двух страниц; сократите гипотезы и решения в decisions.md"
BLANK = "________"


class Document(NamedTuple):
    """One document, ready to be published.

    Attributes:
        folder: Its folder in the project of its kind.
        name: Its file name without ending.
        title: Its title.
        subtitle: What it is about.
        body: Markdown.
    """

    folder: str
    name: str
    title: str
    subtitle: str
    body: str

    @property
    def path(self) -> str:
        """Where its source stands in the project of its kind."""
        return PurePosixPath(self.folder, f"{self.name}.qmd").as_posix()


class Batch(NamedTuple):
    """All documents of one kind and year: together they are one Quarto project.

    Attributes:
        project: The project.
        year: The edition.
        kind: The kind.
        documents: The documents.
        attachment: To which minutes they are attached, where that is recorded.
        internal: Whether they are for the office alone.
        paper: What the look of their PDF begins with.
        files: What lies beside their sources, by path.
        made_of: What they rest on, where that stands for their texts.
    """

    project: Project
    year: int
    kind: Kind
    documents: Sequence[Document]
    attachment: Attachment | None
    internal: bool = True
    paper: str = ""
    files: Mapping[str, bytes] = {}
    made_of: str = ""

    @property
    def sources(self) -> Path:
        """The folder of its sources."""
        return self.project.root / FOLDER / SOURCES / str(self.year) / self.kind.id

    @property
    def site(self) -> Path:
        """The folder of what is published."""
        return self.project.root / FOLDER / str(self.year) / self.kind.id

    def texts(self) -> dict[str, str]:
        """The source of each document, or what it rests on, by its path without ending."""
        return {_document(one.path): self.made_of or _source(self, one) for one in self.documents}

    @property
    def marks(self) -> str:
        """What every document says of itself; nothing where it is for all."""
        return _sentences(INVENTED if self.project.invented else "", OFFICE_ONLY if self.internal else "")


def publish_documents(
    batch: Batch,
    asked: Sequence[Document],
    formats: Sequence[str],
    engine: str,
    fixed_date: date,
    progress: Progress,
) -> list[Path]:
    """Writes the sources of all documents of a kind and publishes those asked for; the others stay as they are.

    Returns:
        The files made or found unchanged, without the page that lists them.

    Raises:
        PublishingError: A document cannot be published.
    """
    batch.site.parent.mkdir(parents=True, exist_ok=True)
    _write_sources(batch)
    documents = [*(one.path for one in asked), *(["index.qmd"] if "html" in formats else [])]
    request = Request(documents, formats, engine, fixed_date)
    made = publish(batch.sources, request, progress=progress, site=batch.site)
    note_texts(batch.sources, batch.site, batch._replace(documents=asked).texts())
    return [path for path in made if path.name != "index.html"]


def _write_sources(batch: Batch) -> None:
    """Replaces the sources whole; what publishing has noted about the last run stays."""
    target = batch.sources
    draft = target.with_name(f"{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    reports = batch.project.root / "reports"
    shutil.copytree(reports / "_assets", draft / "_assets")
    for name in TAKEN:
        shutil.copyfile(reports / name, draft / name)
    for noted in target.glob("_site.*"):
        shutil.copyfile(noted, draft / noted.name)
    if batch.paper:
        _begin_paper(draft, batch.paper)
    if batch.internal:
        mark_papers(draft, OFFICE_ONLY, INVENTED if batch.project.invented else "")
    if batch.kind.attached:
        _mark_attached(draft, attachment_lines(batch.attachment))
    _adapt_project(draft / "_quarto.yml", batch)
    _write(draft / "index.qmd", _index(batch))
    for one in batch.documents:
        (draft / one.folder).mkdir(exist_ok=True)
        _write(draft / one.path, _source(batch, one))
    for path, content in batch.files.items():
        (draft / path).parent.mkdir(parents=True, exist_ok=True)
        (draft / path).write_bytes(content)
    replace_folder(draft, target)


def attachment_lines(attachment: Attachment | None) -> list[str]:
    """«Приложение № 2», «к протоколу от 28 декабря 2021 г. № 5»; blanks to fill in by hand where none is recorded."""
    if attachment is None:
        return [f"Приложение № {BLANK}", minutes_words(None, None)]
    said = minutes_words(attachment.minutes_date, attachment.minutes_number)
    return [f"Приложение № {attachment.number}", said]


def minutes_words(day: date | None, number: str | None) -> str:
    """«к протоколу от 28 декабря 2021 г. № 5», with blanks for what nobody has recorded."""
    return f"к протоколу от {BLANK * 2 if day is None else long_date(day)} № {number or BLANK}"


def _begin_paper(draft: Path, look: str) -> None:
    """Puts a look before that of the report, which says what it leaves open, and gives Word the styles of annexes."""
    paper, word = draft / PAPER, draft / WORD
    _write(paper, look + paper.read_text(encoding="utf-8"))
    word.write_bytes(with_annex_styles(word.read_bytes()))


def _mark_attached(draft: Path, lines: Sequence[str]) -> None:
    words = " \\ ".join("".join(f"\\{mark}" if mark in "\\#[]*_$@<>`~/" else mark for mark in line) for line in lines)
    paper, word, style = draft / PAPER, draft / WORD, draft / "styles.css"
    look = _beside("attached.typ").replace("WORDS", words).replace("TOO LONG", TOO_LONG)
    _write(paper, paper.read_text(encoding="utf-8") + look)
    word.write_bytes(with_first_header(word.read_bytes(), lines))
    _write(style, style.read_text(encoding="utf-8") + _beside("attached.css"))


def _beside(name: str) -> str:
    """A file of this room."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _adapt_project(path: Path, batch: Batch) -> None:
    """The settings of the report with another title, no contents and no numbers of sections."""
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    website: Mapping[str, object] = {
        "title": _sentences(f"Документы за {batch.year} год", batch.marks),
        "search": False,
        "navbar": {"left": [{"text": batch.kind.heading, "href": "index.qmd"}]},
        "page-footer": _sentences(batch.project.publisher, batch.marks),
    }
    changed = {
        "project": {"type": "website", "output-dir": "_site", "render": ["*.qmd", "*/*.qmd"]},
        "website": website,
        "toc": False,
        "number-sections": False,
    }
    _write(path, yaml.safe_dump({**settings, **changed}, allow_unicode=True, sort_keys=False, width=1000))


def _index(batch: Batch) -> str:
    lines = [
        f"- {one.title}. {one.subtitle}: "
        f"[страница]({one.folder}/{one.name}.html), [PDF]({one.folder}/{one.name}.pdf), "
        f"[DOCX]({one.folder}/{one.name}.docx)"
        for one in batch.documents
    ]
    title = f"{batch.kind.heading}: {batch.year} год"
    front = _front({"title": title, "subtitle": batch.marks, "format": "html"})
    return "\n".join([front, *lines, ""])


def source_alone(one: Document, marks: str) -> str:
    """The source of a document inside another project, where others have contents and numbered sections."""
    titles = {"title": one.title, "subtitle": _sentences(one.subtitle, marks)}
    titles["in-menu"] = f"Школы / {one.title.partition(': ')[2]}"
    return f"{_front({**titles, 'toc': False, 'number-sections': False})}\n{one.body}\n"


def _source(batch: Batch, one: Document) -> str:
    front = _front({"title": one.title, "subtitle": _sentences(one.subtitle, batch.marks)})
    if not batch.kind.attached:
        return f"{front}\n{one.body}\n"
    words = "\n\n".join(line.replace("_", "\\_") for line in attachment_lines(batch.attachment))
    corner = f'::: {{.content-visible when-format="html"}}\n::: {{.attachment}}\n{words}\n:::\n:::\n'
    return f"{front}\n{corner}\n{one.body}\n"


def _sentences(*said: str) -> str:
    return ". ".join(filter(None, said))


def _front(values: Mapping[str, object]) -> str:
    return "---\n" + yaml.safe_dump(dict(values), allow_unicode=True, sort_keys=False, width=1000) + "---\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
