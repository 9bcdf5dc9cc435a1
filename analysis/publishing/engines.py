"""Which program renders: Quarto where it is present and new enough, else the built-in renderer."""

import atexit
import contextlib
import importlib.util
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import UTC, date, datetime
from fnmatch import fnmatch
from functools import partial
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.errors import AnalysisError
from analysis.files.memory import Progress
from analysis.publishing.source import (
    Cell,
    Line,
    Project,
    PublishingError,
    Source,
    check_front_matter,
    front_matter,
    read_project,
    read_source,
)
from analysis.publishing.state import KINDS, RENDERING, WRITERS, Plan, output_name
from analysis.publishing.web import Site, copy_beside, finish_pages, page_variables

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

# The built-in renderer: pandoc writes, Typst makes the PDF, one Lua script does what Quarto would add.

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
        atexit.unregister(shell.atexit_operations)  # it keeps no history; clearing each shell at the end takes a while


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
# With 60 MB more pandoc cleans up less often, which takes a seventh of its time.
_ROOM = ("+RTS", "-A64m", "-O128m", "-RTS")
# Metadata come from the front matter alone, so a line of dashes is a rule. HTML is recognised and refused.
_READER = "markdown-yaml_metadata_block-native_divs-native_spans"


# What takes longest to become a paper is written first.
WRITTEN = ("pdf", "docx", "html")
Files = dict[str, list[str]]  # by output the files of the site that it needs


class Page(NamedTuple):
    """A document after its cells have run."""

    name: str
    front: Mapping[str, Any]
    lines: Sequence[Line]


class Job(NamedTuple):
    """What is to be made.

    Attributes:
        plan: Which outputs.
        fixed_date: The date written into the files.
        progress: Is told how many files are made.
        beside: Is called when no cell runs any more, beside the writing of files; an error in it is raised.
        reports: The sources themselves, which keep the pictures that are drawn for Word.
    """

    plan: Plan
    fixed_date: date
    progress: Progress
    beside: Callable[[], None]
    reports: Path


def render(sources: Path, new: Path, job: Job) -> Mapping[str, list[str]]:
    """Makes what the plan asks for; the cells of a document run once for all of its formats.

    Args:
        sources: The folder of the report sources, a copy that may be written to.
        new: The folder of the new site; kept outputs are already in it.
        job: What is to be made.

    Returns:
        For each output the files of the site that it needs.

    Raises:
        PublishingError: The sources hold something unsupported, or a cell fails.
    """
    plan, site = job.plan, _new_site(sources, new, job)
    made: Files = {}
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        drawing = pool.submit(_draw, sources, job)
        pages = []
        for name in plan.documents:
            job.progress.step(AT_WORK, 0, len(plan.make), name)
            pages.append(_execute(sources, name))
        beside = pool.submit(job.beside)
        drawing.result()
        finishing: list[Future[Files]] = []
        work = [
            pool.submit(_render_page, page, plan, site, lambda *task: finishing.append(pool.submit(*task)))
            for page in sorted(pages, key=lambda page: -len(page.lines))  # the longest first, or it ends alone
        ]
        for one in chain(as_completed(work), _each(finishing)):
            made |= one.result()
            job.progress.step(AT_WORK, len(made), len(plan.make), "".join([*one.result()][-1:]))
        beside.result()
    finish_pages([output for output in made if output.endswith(".html")], site)
    return made


def _new_site(sources: Path, new: Path, job: Job) -> Site:
    day, outputs = job.fixed_date, frozenset(job.plan.make) | job.plan.keep
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    fronts = {
        name: front_matter(sources, str(Path(name).with_suffix(".qmd"))) for name in outputs if name.endswith(".html")
    }
    return Site(read_project(sources), new, outputs, fronts, noon)


def _each(growing: list["Future[Files]"]) -> Iterator["Future[Files]"]:
    """What a list holds when it is asked for, not when it began to grow."""
    yield from as_completed(growing)


def _draw(sources: Path, job: Job) -> None:
    if any(name.endswith(".docx") for name in job.plan.make):
        draw_for_word(sources, job.reports)


def _execute(sources: Path, name: str) -> Page:
    source = read_source(sources, name)
    check_front_matter(source.front, f"{sources.name}/{name}")
    return Page(name, source.front, execute(source, (sources / name).parent))


def _render_page(page: Page, plan: Plan, site: Site, go_on: Callable[..., None]) -> Files:
    """Writes formats of a document, of papers what becomes one; returns the files of its web page, if it has one.

    Args:
        page: The document.
        plan: Which outputs are to be made.
        site: The new site.
        go_on: Takes what makes a paper, and what that is given, as soon as it can be done.
    """
    outputs = {kind: name for kind in WRITTEN if (name := output_name(page.name, kind)) in plan.make}
    draft = (site.project.root / page.name).with_suffix(".typ")
    (site.folder / page.name).parent.mkdir(parents=True, exist_ok=True)
    targets = {kind: draft if kind == "pdf" else site.folder / output for kind, output in outputs.items()}
    finish = {WRITERS["pdf"]: partial(go_on, _compile, page, draft), WRITERS["docx"]: partial(go_on, _settle, page)}
    for writer in _pandoc(page, [_writing(page, kind, target, site) for kind, target in targets.items()], site):
        if writer in finish:
            finish[writer](site)
    return {name: copy_beside(page.name, site) for kind, name in outputs.items() if kind == "html"}


def _settle(page: Page, site: Site) -> Files:
    from analysis.publishing.word_pages import settle_pages

    output = output_name(page.name, "docx")
    settle_pages(site.folder / output)
    return {output: [output]}


def _writing(page: Page, kind: str, target: Path, site: Site) -> dict[str, object]:
    """Tells the filter how a format is written."""
    project, writer, contents = site.project, WRITERS[kind], 0
    if _has_contents(page, project):
        contents = int(project.get("toc-depth", "3")) + (kind == "html")  # on a web page the title is the first level
    picture = project.get(f"format.{writer}.default-image-extension")
    told = {"writer": writer, "target": str(target), "picture": picture, "contents": contents}
    if kind == "docx":
        return {**told, "reference": str(project.root / project.get("format.docx.reference-doc"))}
    if kind == "html":
        variables, template = page_variables(page.name, contents > 0, site), "page.html"
    else:
        variables, template = _paper_variables(page, project), "report.typ"
    given = {name: value for name, value in variables.items() if value}  # an empty table of Lua would count as there
    return {**told, "variables": given, "template": (_TEMPLATES / template).read_text(encoding="utf-8")}


def _pandoc(page: Page, outputs: Sequence[Mapping[str, object]], site: Site) -> Iterator[str]:
    """Writes the outputs of a document; yields the writer of each as soon as it is there."""
    import pypandoc

    text = "\n".join(line.text for line in page.lines)
    rules = str(_paper_rules(site.project.root))
    job = {"text": text, "reader": _READER, "outputs": outputs, "paper": rules, **_metadata(page, site.project)}
    command = [pypandoc.get_pandoc_path(), "lua", str(_TEMPLATES / "quarto.lua"), *_ROOM]
    environment = {**os.environ, **_LOCALE, "SOURCE_DATE_EPOCH": str(int(site.made_at.timestamp()))}
    folder = (site.project.root / page.name).parent
    with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as said:
        told.write(json.dumps(job).encode())
        told.seek(0)
        with subprocess.Popen(
            command, stdin=told, stdout=subprocess.PIPE, stderr=said, cwd=folder, env=environment
        ) as program:
            yield from (line.decode().strip() for line in program.stdout or ())
        said.seek(0)
        if complaint := _said_against(program.returncode, said.read()):
            raise PublishingError(_explain(page, complaint))


def _paper_rules(sources: Path) -> Path:
    """Finds what both renderers do alike; a project that an older version made has no such file."""
    rules = sources / "_assets/paper.lua"
    if not rules.is_file():
        missing = f"{sources.name}/_assets/{rules.name}"
        raise PublishingError(f"{missing}: нет файла. Скопируйте его из папки программы: reports/_assets/{rules.name}.")
    return rules


def _has_contents(page: Page, project: Project) -> bool:
    """Whether a document has a list of contents, and something to list in it."""
    return project.on(page.front, "toc") and any(re.match("#+ ", line.text) for line in page.lines)


def _metadata(page: Page, project: Project) -> dict[str, object]:
    """Returns the metadata of a document, and how the filter numbers and names what it holds."""
    front = {"lang": project.get("lang"), "author": project.get("author"), **page.front}
    crossref = {key: str(word).replace("\\", "") for key, word in project.settings.get("crossref", {}).items()}
    depth = int(project.get("number-depth", "6")) if project.on(front, "number-sections") else 0
    texts = {key: value for key, value in front.items() if isinstance(value, str) and key != "format"}
    return {"metadata": {**texts, "toc-title": "Содержание"}, "number_depth": depth, "crossref": crossref}


def _paper_variables(page: Page, project: Project) -> dict[str, object]:
    names = ("papersize", "mainfont", "fontsize", "margin.left", "margin.right", "margin.top", "margin.bottom")
    header = project.root / project.get("format.typst.include-in-header")
    return {
        **{name.split(".")[-1]: project.get(f"format.typst.{name}") for name in names},
        "header": header.read_text(encoding="utf-8"),
        "author-string": json.dumps(page.front.get("author", project.get("author")), ensure_ascii=False),
        "toc-depth": project.get("toc-depth", "3"),
    }


def _compile(page: Page, draft: Path, site: Site) -> Files:
    output = output_name(page.name, "pdf")
    told = {"input": str(draft), "output": str(site.folder / output), "root": str(site.project.root)}
    if complaint := _typeset({**told, "pdf_standards": ["ua-1"], "timestamp": int(site.made_at.timestamp())}):
        raise PublishingError(f"{page.name}, pdf: {complaint}")
    return {output: [output]}


DOTS_PER_INCH = 192.0


def draw_for_word(sources: Path, kept: Path | None = None) -> None:
    """Makes a PNG of each picture that has none: Word shows no SVG. All at once, that is fast.

    Args:
        sources: The folder of the report sources.
        kept: The same folder, where the sources are a copy of it: it gets the PNG too, for the next time.

    Raises:
        PublishingError: A picture cannot be read.
    """
    drawn = [one for one in sorted(sources.glob("[!_.]*/figures/*.svg")) if not one.with_suffix(".png").is_file()]
    if not drawn:
        return
    shown = [one.relative_to(sources) for one in drawn]
    pictures = "\n#pagebreak()\n".join(f'#image("/{one.as_posix()}")' for one in shown)
    text = f"#set page(width: auto, height: auto, margin: 0pt)\n{pictures}"
    with tempfile.TemporaryDirectory() as made:
        told = {"text": text, "root": str(sources), "output": f"{made}/{{p}}.png", "ppi": DOTS_PER_INCH}
        if complaint := _typeset({**told, "format": "png"}):
            raise PublishingError(f"{sources.name}: картинки для Word не получаются: {complaint}")
        for number, one in enumerate(shown, 1):
            for place in filter(None, (sources, kept)):
                shutil.copyfile(f"{made}/{number}.png", place / one.with_suffix(".png"))


# Typst keeps what it has worked out, 120 MB of an annex; a process of its own takes it along.
_TYPST = """
import json, sys, typst
job = json.load(sys.stdin)
try: typst.compile(job.pop("text", "").encode() or job.pop("input"), ignore_system_fonts=True, **job)
except RuntimeError as error: sys.exit(str(error).removeprefix("assertion failed: "))
"""


def _typeset(job: Mapping[str, object]) -> str:
    command = [sys.executable, "-P", "-W", "ignore", "-X", "utf8", "-c", _TYPST]
    done = subprocess.run(command, input=json.dumps(job).encode(), capture_output=True)
    return _said_against(done.returncode, done.stderr)


def _said_against(code: int, said: bytes) -> str:
    """What another program says against its job; empty where it is done."""
    died = f"программа прервана (код {code}): проверьте, хватает ли памяти, и повторите."
    return said.decode(errors="replace").strip() or (died if code else "")


def _explain(page: Page, complaint: str) -> str:
    """Turns the problems that the filter found into addresses; other messages of pandoc are passed on."""
    try:
        problems = json.loads(complaint.splitlines()[-1])
    except ValueError:
        return f"{page.name}: {complaint}"
    return "\n".join(f"{_locate(page, problem['words'])}: {problem['message']}" for problem in problems)


def _locate(page: Page, words: str) -> str:
    first = words.strip().splitlines()[0]
    return next((line.place for line in page.lines if first in line.text), page.name)


def render_by_quarto(program: str, sources: Path, new: Path, job: Job) -> Mapping[str, list[str]]:
    """Makes what the plan asks for, as `analysis.publishing.engines.render` does, with the Quarto `program`."""
    _refuse_unlisted(sources, job.plan.documents)
    job.beside()
    _draw(sources, job)
    noon = (job.fixed_date - date(1970, 1, 1)).days * 86400 + 43200
    about = {"QUARTO_PYTHON": sys.executable, "SOURCE_DATE_EPOCH": str(noon), RENDERING: str(sources)}
    commands = _commands(job.plan)
    for number, (arguments, what) in enumerate(commands):
        job.progress.step(AT_WORK, number, len(commands), what)
        done = subprocess.run(
            [program, "render", *arguments], cwd=sources, env={**os.environ, **about}, capture_output=True
        )
        if done.returncode:
            raise PublishingError(
                f"Quarto не собрал {what}:\n{_summary(done.stderr.decode(errors='replace'), sources)}"
            )
    return _take(sources / "_site", new, job.plan)


def _refuse_unlisted(sources: Path, documents: Sequence[str]) -> None:
    """Raises PublishingError if the project file leaves out a document: Quarto would not put it on the site."""
    patterns = read_project(sources).settings.get("project", {}).get("render") or ["*"]
    for document in documents:
        if not any(fnmatch(document, str(pattern)) for pattern in patterns):
            raise PublishingError(
                f"{sources.name}/_quarto.yml: ключ render не называет {document}, и Quarto не положит его на сайт. "
                'Добавьте в список render строку: - "20*/[!_]*.qmd"'
            )


def _commands(plan: Plan) -> list[tuple[list[str], str]]:
    """Returns one run per document if all its formats are to be made, else one per format."""
    commands = []
    for name in plan.documents:
        kinds = [kind for kind in KINDS if output_name(name, kind) in plan.make]
        if len(kinds) == len(KINDS):
            commands.append(([name], name))
        else:
            commands += [([name, "--to", WRITERS[kind]], output_name(name, kind)) for kind in kinds]
    return commands


def _take(built: Path, new: Path, plan: Plan) -> dict[str, list[str]]:
    """Copies the requested outputs. A page needs all files that are neither pages nor papers."""
    from analysis.publishing.word_pages import settle_pages

    names = sorted(path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file())
    pages = any(name.endswith(".html") for name in plan.make)
    beside = [name for name in names if pages and Path(name).suffix[1:] not in KINDS]
    for name in [*beside, *plan.make]:
        (new / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(built / name, new / name)
        if name.endswith(".docx"):
            settle_pages(new / name)
    return {name: [name, *beside] if name.endswith(".html") else [name] for name in plan.make}


def _summary(complaint: str, sources: Path) -> str:
    """Returns the lines from the first error on, without colours, staging folder and the stack of Quarto."""
    plain = re.sub(r"\x1b\[[\d;]*m", "", complaint).replace(f"{sources.parent}{os.sep}", "")
    lines = [line.rstrip() for line in plain.split("Stack trace:")[0].splitlines() if line.strip()]
    first = next((number for number, line in enumerate(lines) if re.search(r"ERROR|Error|Traceback", line)), 0)
    return "\n".join(lines[first:][-25:])


# The staging copy of the sources, the folder of the new site, the plan, the date, progress → files of each output.
Render = Callable[[Path, Path, Job], Mapping[str, list[str]]]

_BUILTIN_PACKAGES = ("ipython", "pypandoc-binary", "typst")
_QUARTO_PACKAGES = ("ipykernel", "nbclient", "nbformat")
_OLDEST_QUARTO = (1, 9)  # the first that makes PDF/UA


def choose_engine(wanted: str, progress: Progress) -> tuple[Render, str]:
    """Finds the engine.

    Args:
        wanted: auto, quarto or builtin.
        progress: Is told the engine and the reason if `wanted` is auto.

    Returns:
        The function that renders, and the name and version of the engine, which are part of the key of a result.

    Raises:
        PublishingError: Quarto was asked for and cannot be used.
    """
    inside = " ".join(f"{name} {version(name)}" for name in _BUILTIN_PACKAGES)
    if wanted == "builtin":
        return render, inside
    program = shutil.which("quarto") or ""
    found = _quarto_version(program) if program else ""
    refusal = _refusal(found)
    if wanted == "quarto" and refusal:
        raise PublishingError(f"{refusal} Установите недостающее (make quarto) или уберите «--engine quarto».")
    if wanted == "auto":
        progress.say(f"движок: встроенный; {refusal}" if refusal else f"движок: Quarto {found}, найден на компьютере")
    return (render, inside) if refusal else (partial(render_by_quarto, program), f"quarto {found}")


def _refusal(found: str) -> str:
    """Returns why Quarto cannot be used; empty if it can."""
    if not found:
        return "программы quarto нет в PATH."
    if tuple(int(part) for part in found.split(".")[:2] if part.isdigit()) < _OLDEST_QUARTO:
        return f"найден Quarto {found}, а нужен 1.9 или новее."
    missing = [name for name in _QUARTO_PACKAGES if not importlib.util.find_spec(name)]
    return f"для Quarto не хватает пакетов Python: {', '.join(missing)}." if missing else ""


def _quarto_version(program: str) -> str:
    done = subprocess.run([program, "--version"], capture_output=True)
    return done.stdout.decode(errors="replace").strip()
