"""The built-in renderer: pandoc writes, Typst makes the PDF, one Lua filter does what Quarto would add."""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.errors import AnalysisError
from analysis.files.progress import Progress
from analysis.publishing.project import Project, PublishingError, check_front_matter, read_project
from analysis.publishing.source import Cell, Line, Source, front_matter, read_source
from analysis.publishing.state import KINDS, RENDERING, WRITERS, Plan, output_name
from analysis.publishing.web import Site, copy_beside, finish_pages, page_variables

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

AT_WORK = "Собираю файлы отчётов"
_INLINE = re.compile(r"`\{python\}\s+([^`]+)`")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def execute(source: Source, folder: Path) -> tuple[Line, ...]:
    """Runs a document from its own folder, in a namespace of its own.

    Args:
        source: The document.
        folder: The folder it stands in.

    Returns:
        Markdown, each line with the place it came from.

    Raises:
        PublishingError: A cell or an inline expression fails, or shows what it should not.
    """
    if not any(isinstance(piece, Cell) or _INLINE.search(piece.text) for piece in source.pieces):
        return tuple(piece for piece in source.pieces if isinstance(piece, Line))  # nothing to run
    with tempfile.TemporaryDirectory() as home, contextlib.chdir(folder), _told(folder), _shell(home) as shell:
        lines: list[Line] = []
        for piece in source.pieces:
            lines += _run_cell(shell, piece) if isinstance(piece, Cell) else [_run_inline(shell, piece)]
        return tuple(lines)


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Tells the cells where they are rendered, wherever they go from there."""
    before = os.environ.get(RENDERING)
    os.environ[RENDERING] = str(folder)
    try:
        yield
    finally:
        del os.environ[RENDERING]
        if before is not None:
            os.environ[RENDERING] = before


@contextlib.contextmanager
def _shell(home: str) -> Iterator["InteractiveShell"]:
    """Starts an interpreter that reads no settings of the user and leaves nothing behind."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.ipython_dir = home
    shell: InteractiveShell = InteractiveShell(config=config)
    # An error in a cell becomes one sentence (_failure), never a traceback.
    shell.showtraceback = shell.showsyntaxerror = lambda *_, **__: None  # type: ignore[method-assign,assignment]
    try:
        yield shell
    finally:
        shell.restore_sys_module_state()


def _run_cell(shell: "InteractiveShell", cell: Cell) -> Sequence[Line]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        result = shell.run_cell(cell.code, store_history=False)
    error = result.error_before_exec or result.error_in_exec
    if error is not None:
        raise PublishingError(_failure(cell, error)) from error
    if not cell.options.get("include", True):
        return []
    if result.result is not None:
        raise PublishingError(f"{cell.fence.place}: значение последней строки ячейки не показывается; напечатайте его.")
    text = printed.getvalue()
    if text and cell.options.get("output") != "asis":
        raise PublishingError(f"{cell.fence.place}: ячейка печатает, но в ней нет «#| output: asis».")
    return [cell.fence._replace(text=line) for line in ["", *text.splitlines(), ""]]


def _run_inline(shell: "InteractiveShell", line: Line) -> Line:
    def value(found: re.Match[str]) -> str:
        try:
            result = eval(found.group(1), shell.user_ns)  # the report's own code, as in its cells
        except Exception as error:
            raise PublishingError(f"{line.place}: {found.group()}: {_one_line(error)}") from error
        return _PUNCTUATION.sub(r"\\\1", str(result))

    return line._replace(text=_INLINE.sub(value, line.text))


def _failure(cell: Cell, error: BaseException) -> str:
    """Names the cell, the statement in it that failed, and the exception."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame.lineno for frame in frames if "ipython-input" in frame.filename]
    statement = error.lineno if isinstance(error, SyntaxError) else [None, *own][-1]
    where = f"{cell.fence.place}: ячейка не выполнилась"
    if statement:
        text = cell.code.splitlines()[statement - 1].strip()
        where = f"{where}, строка {cell.fence.number + statement} («{text}»)"
    return f"{where}: {_one_line(error)}"


def _one_line(error: BaseException) -> str:
    kind = "" if isinstance(error, AnalysisError) else f"{type(error).__name__}: "
    return " ".join(f"{kind}{error}".split())


_TEMPLATES = Path(__file__).parent / "templates"
# In the locale C, usual in containers, pandoc cannot open a template with a Russian name (docs/observed.md).
_LOCALE = {"LC_ALL": "C.UTF-8"} if sys.platform == "linux" else {}
_LONGEST_FIRST = ("pdf", "docx", "html")
# Metadata come from the front matter alone, so a line of dashes is a rule. HTML is recognised and refused.
_READER = "markdown-yaml_metadata_block-native_divs-native_spans"


class Page(NamedTuple):
    """A document after its cells have run."""

    name: str
    front: Mapping[str, Any]
    lines: Sequence[Line]


def render(sources: Path, new: Path, plan: Plan, fixed_date: date, progress: Progress) -> Mapping[str, list[str]]:
    """Makes what the plan asks for; the cells of a document run once for all of its formats.

    Args:
        sources: The folder of the report sources, a copy that may be written to.
        new: The folder of the new site; kept outputs are already in it.
        plan: What to make.
        fixed_date: The date written into the files.
        progress: Is told how many files are made.

    Returns:
        For each output the files of the site that it needs.

    Raises:
        PublishingError: The sources hold something unsupported, or a cell fails.
    """
    noon = datetime(fixed_date.year, fixed_date.month, fixed_date.day, 12, tzinfo=UTC)
    outputs = frozenset(plan.make) | plan.keep
    fronts = {
        name: front_matter(sources, str(Path(name).with_suffix(".qmd"))) for name in outputs if name.endswith(".html")
    }
    site = Site(read_project(sources), new, outputs, fronts, noon)
    work: list[Future[tuple[str, list[str]]]] = []
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for name in plan.documents:
            kinds = [kind for kind in KINDS if output_name(name, kind) in plan.make]
            progress.step(AT_WORK, sum(one.done() for one in work), len(plan.make), name)
            page = _execute(sources, name)
            work += [pool.submit(_render_page, page, kind, site) for kind in sorted(kinds, key=_LONGEST_FIRST.index)]
        for done, one in enumerate(as_completed(work), 1):
            progress.step(AT_WORK, done, len(plan.make), one.result()[0])
        made = dict(one.result() for one in work)
    finish_pages([output for output in made if output.endswith(".html")], site)
    return made


def _execute(sources: Path, name: str) -> Page:
    source = read_source(sources, name)
    check_front_matter(source.front, f"{sources.name}/{name}")
    return Page(name, source.front, execute(source, (sources / name).parent))


def _render_page(page: Page, kind: str, site: Site) -> tuple[str, list[str]]:
    output = output_name(page.name, kind)
    target = site.folder / output
    target.parent.mkdir(parents=True, exist_ok=True)
    if kind == "html":
        variables = page_variables(page.name, _has_contents(page, site.project), site)
        _pandoc(page, kind, site, target, [f"--template={_TEMPLATES / 'page.html'}"], variables)
        return output, copy_beside(page.name, site)
    if kind == "docx":
        template = site.project.root / site.project.get("format.docx.reference-doc")
        _pandoc(page, kind, site, target, [f"--reference-doc={template}"], {})
    else:
        draft = (site.project.root / page.name).with_suffix(".typ")
        variables = _paper_variables(page, site.project)
        _pandoc(page, kind, site, draft, [f"--template={_TEMPLATES / 'report.typ'}"], variables)
        _compile(page, draft, target, site)
    return output, [output]


def _pandoc(
    page: Page, kind: str, site: Site, target: Path, options: list[str], variables: Mapping[str, object]
) -> None:
    import pypandoc

    project, writer = site.project, WRITERS[kind]
    # Texts go into a file, because a command line is short on Windows.
    words = (site.project.root / page.name).with_suffix(f".{kind}.json")
    words.write_text(json.dumps({"metadata": _metadata(page, project), "variables": variables}), encoding="utf-8")
    command = [pypandoc.get_pandoc_path(), f"--from={_READER}", f"--to={writer}", "--standalone", "--wrap=none"]
    command += [f"--defaults={words}", f"--output={target}", f"--lua-filter={_TEMPLATES / 'quarto.lua'}"]
    command += [f"--default-image-extension={project.get(f'format.{writer}.default-image-extension')}", *options]
    if _has_contents(page, project):
        # On a web page the title is the first level.
        command += ["--toc", f"--toc-depth={int(project.get('toc-depth', '3')) + (kind == 'html')}"]
    done = subprocess.run(
        command,
        input="\n".join(line.text for line in page.lines).encode(),
        cwd=words.parent,
        env={**os.environ, **_LOCALE, "SOURCE_DATE_EPOCH": str(int(site.made_at.timestamp()))},
        capture_output=True,
    )
    if complaint := done.stderr.decode(errors="replace").strip():
        raise PublishingError(_explain(page, kind, complaint))


def _has_contents(page: Page, project: Project) -> bool:
    """Whether a document has a list of contents, and something to list in it."""
    return project.on(page.front, "toc") and any(re.match("#+ ", line.text) for line in page.lines)


def _metadata(page: Page, project: Project) -> dict[str, str]:
    """Returns the metadata of a document and the settings of the filter."""
    front = {"lang": project.get("lang"), "author": project.get("author"), **page.front}
    crossref = {key: str(word).replace("\\", "") for key, word in project.settings.get("crossref", {}).items()}
    depth = int(project.get("number-depth", "6")) if project.on(front, "number-sections") else 0
    settings = {"number_depth": depth, "crossref": crossref}
    texts = {key: value for key, value in front.items() if isinstance(value, str) and key != "format"}
    return {**texts, "settings": json.dumps(settings), "toc-title": "Содержание"}


def _paper_variables(page: Page, project: Project) -> dict[str, object]:
    names = ("papersize", "mainfont", "fontsize", "margin.left", "margin.right", "margin.top", "margin.bottom")
    header = project.root / project.get("format.typst.include-in-header")
    return {
        **{name.split(".")[-1]: project.get(f"format.typst.{name}") for name in names},
        "header": header.read_text(encoding="utf-8"),
        "author-string": json.dumps(page.front.get("author", project.get("author")), ensure_ascii=False),
        "toc-depth": project.get("toc-depth", "3"),
    }


def _compile(page: Page, draft: Path, target: Path, site: Site) -> None:
    import typst

    try:
        typst.compile(
            draft,
            output=target,
            root=site.project.root,
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=site.made_at,
        )
    except RuntimeError as error:
        raise PublishingError(f"{page.name}, pdf: {error}") from error


def _explain(page: Page, kind: str, complaint: str) -> str:
    """Turns the problems that the filter found into addresses; other messages of pandoc are passed on."""
    try:
        problems = json.loads(complaint.splitlines()[-1])
    except ValueError:
        return f"{page.name}, {kind}: {complaint}"
    return "\n".join(f"{_locate(page, problem['words'])}: {problem['message']}" for problem in problems)


def _locate(page: Page, words: str) -> str:
    first = words.strip().splitlines()[0]
    return next((line.place for line in page.lines if first in line.text), page.name)
