"""The built-in renderer: pandoc writes, Typst makes the PDF, one Lua filter does what Quarto would add."""

import html
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from analysis.publishing.errors import PublishingError
from analysis.publishing.execution import execute
from analysis.publishing.project import Project, check_front_matter, read_project
from analysis.publishing.source import Line, read_source
from analysis.publishing.state import KINDS, Plan, output_name

_TEMPLATES = Path(__file__).parent / "templates"
Progress = Callable[[str], None]
_PANDOC_NAMES = {"html": "html", "pdf": "typst", "docx": "docx"}


class Page(NamedTuple):
    """A document after its cells have run."""

    name: str
    front: Mapping[str, object]
    lines: Sequence[Line]


class Site(NamedTuple):
    """Where pages are rendered to, and what the site will hold."""

    project: Project
    folder: Path
    outputs: frozenset[str]
    fixed_date: date


def render(sources: Path, new: Path, plan: Plan, fixed_date: date, progress: Progress) -> dict[str, list[str]]:
    """Makes what the plan asks for; the cells of a document run once for all of its formats.

    Args:
        sources: The folder of the report sources, a copy that may be written to.
        new: The folder of the new site; kept outputs are already in it.
        plan: What to make.
        fixed_date: The date written into the files.
        progress: Is told which document is at work.

    Returns:
        For each output the files of the site that it needs.

    Raises:
        PublishingError: The sources hold something unsupported, or a cell fails.
    """
    site = Site(read_project(sources), new, frozenset(plan.make) | plan.keep, fixed_date)
    kinds = {name: [kind for kind in KINDS if output_name(name, kind) in plan.make] for name in plan.documents}
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        # Pages come last: they show the sizes of the other files.
        pages = []
        papers = []
        for name in plan.documents:
            progress(f"{name}: {', '.join(kind.upper() for kind in kinds[name])}")
            page = _execute(sources, name)
            pages.append(page)
            papers += [pool.submit(_render_page, page, kind, site) for kind in kinds[name] if kind != "html"]
        made = [future.result() for future in papers]
        made += pool.map(lambda page: _render_page(page, "html", site), [p for p in pages if "html" in kinds[p.name]])
    return dict(made)


def _execute(sources: Path, name: str) -> Page:
    source = read_source(sources, name)
    check_front_matter(source.front, f"{sources.name}/{name}")
    return Page(name, source.front, execute(source, (sources / name).parent))


def _render_page(page: Page, kind: str, site: Site) -> tuple[str, list[str]]:
    output = output_name(page.name, kind)
    target = site.folder / output
    target.parent.mkdir(parents=True, exist_ok=True)
    if kind == "html":
        _pandoc(page, kind, site, target, _page_options(page, site))
        return output, [output, *_copy_beside(page, site, target)]
    if kind == "docx":
        reference = site.project.root / site.project.get("format.docx.reference-doc")
        _pandoc(page, kind, site, target, [f"--reference-doc={reference}", "--metadata=toc-title=Содержание"])
    else:
        draft = (site.project.root / page.name).with_suffix(".typ")
        _pandoc(page, kind, site, draft, _paper_options(page, site.project))
        _compile(page, draft, target, site)
    return output, [output]


def _pandoc(page: Page, kind: str, site: Site, target: Path, options: list[str]) -> None:
    import pypandoc

    writer = _PANDOC_NAMES[kind]
    # --- is a rule, not metadata: metadata comes from the front matter alone.
    command = [pypandoc.get_pandoc_path(), "--from=markdown-yaml_metadata_block", f"--to={writer}"]
    command += ["--standalone", "--wrap=none", f"--output={target}", *_common_options(page, writer, site), *options]
    done = subprocess.run(  # noqa: S603
        command,
        input="\n".join(line.text for line in page.lines).encode(),
        cwd=(site.project.root / page.name).parent,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(int(_noon(site.fixed_date).timestamp()))},
        capture_output=True,
        check=False,
    )
    if complaint := done.stderr.decode(errors="replace").strip():
        raise PublishingError(_explain(page, kind, complaint))


def _common_options(page: Page, writer: str, site: Site) -> list[str]:
    project, front = site.project, page.front
    extension = project.get(f"format.{writer}.default-image-extension")
    settings = {
        "number": front.get("number-sections", project.get("number-sections") == "True"),
        "delimiter": project.get("crossref.title-delim", ":"),
        "titles": {
            "fig": project.get("crossref.fig-title", "Рисунок"),
            "tbl": project.get("crossref.tbl-title", "Таблица"),
        },
        "prefixes": {
            "fig": project.get("crossref.fig-prefix", "Рисунок"),
            "tbl": project.get("crossref.tbl-prefix", "Таблица"),
            "sec": project.get("crossref.sec-prefix", "Глава"),
        },
    }
    toc = front.get("toc", project.get("toc") == "True")
    metadata = {
        "lang": project.get("lang", "ru"),
        "author": project.get("author"),
        **front,
        "settings": json.dumps(settings),
    }
    known = ("title", "subtitle", "description", "author", "lang", "settings")
    return [
        f"--lua-filter={_TEMPLATES / 'quarto.lua'}",
        f"--default-image-extension={extension}",
        # On a web page the title is the first level.
        *(["--toc", f"--toc-depth={int(project.get('toc-depth', '3')) + (writer == 'html')}"] if toc else []),
        *(f"--metadata={key}={metadata[key]}" for key in known if metadata.get(key)),
    ]


def _page_options(page: Page, site: Site) -> list[str]:
    """What the template of a web page needs beside the text, escaped: pandoc takes variables as they are."""
    project = site.project
    up = "../" * page.name.count("/")
    navbar = project.settings.get("website", {}).get("navbar", {}).get("left", [])
    links = [(item["text"], re.sub(r"\.qmd$", ".html", item["href"])) for item in navbar]
    navigation = [
        {"text": html.escape(text), "href": up + href, "current": href == output_name(page.name, "html")}
        for text, href in links
        if href in site.outputs
    ]
    files = [
        {
            "kind": kind.upper(),
            "href": Path(output_name(page.name, kind)).name,
            "size": _size(site.folder / output_name(page.name, kind)),
        }
        for kind in ("pdf", "docx")
        if output_name(page.name, kind) in site.outputs
    ]
    texts = {"site": project.get("website.title"), "footer": project.get("website.page-footer")}
    title = f"{page.front.get('title', '')} — {texts['site']}".strip(" —")
    variables: dict[str, object] = {key: html.escape(text) for key, text in texts.items()}
    variables |= {"navigation": navigation, "files": files, "pagetitle": html.escape(title)}
    variables |= {"home": f"{up}index.html", "css": up + project.get("format.html.css")}
    return [f"--template={_TEMPLATES / 'page.html'}", *_variables(variables)]


def _paper_options(page: Page, project: Project) -> list[str]:
    names = ("papersize", "mainfont", "fontsize")
    variables: dict[str, object] = {name: project.get(f"format.typst.{name}") for name in names}
    variables |= {side: project.get(f"format.typst.margin.{side}") for side in ("left", "right", "top", "bottom")}
    variables["header"] = (project.root / project.get("format.typst.include-in-header")).read_text(encoding="utf-8")
    variables["author-string"] = json.dumps(str(page.front.get("author", project.get("author"))), ensure_ascii=False)
    variables["toc-depth"] = project.get("toc-depth", "3")
    return [f"--template={_TEMPLATES / 'report.typ'}", *_variables(variables)]


def _variables(variables: Mapping[str, object]) -> list[str]:
    return [f"--variable-json={key}:{json.dumps(value, ensure_ascii=False)}" for key, value in variables.items()]


def _compile(page: Page, draft: Path, target: Path, site: Site) -> None:
    import typst

    try:
        typst.compile(
            draft,
            output=target,
            root=site.project.root,
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=_noon(site.fixed_date),
        )
    except RuntimeError as error:
        raise PublishingError(f"{page.name}, PDF: {error}") from error


def _explain(page: Page, kind: str, complaint: str) -> str:
    """Turns what the filter found into addresses; whatever else pandoc says is passed on."""
    try:
        problems = json.loads(complaint)
    except ValueError:
        return f"{page.name}, {kind.upper()}: {complaint}"
    return "\n".join(f"{_locate(page, problem['words'])}: {problem['message']}" for problem in problems)


def _locate(page: Page, words: str) -> str:
    first = words.strip().splitlines()[0]
    return next((line.place for line in page.lines if first in line.text), page.name)


def _copy_beside(page: Page, site: Site, target: Path) -> list[str]:
    """Copies the stylesheet, the pictures the page shows and the data files of its folder."""
    root = site.project.root
    source = (root / page.name).parent
    pictures = [source / name for name in re.findall(r'<img[^>]* src="([^":]+)"', target.read_text(encoding="utf-8"))]
    data = [path for path in (source / "data").glob("*") if path.is_file()]
    css = root / site.project.get("format.html.css")
    copied = sorted({path.relative_to(root).as_posix() for path in [css, *pictures, *data]})
    for name in copied:
        (site.folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, site.folder / name)
    return copied


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _size(path: Path) -> str:
    size = path.stat().st_size / 1024
    return f"{size:.0f} КБ" if size < 1024 else f"{size / 1024:.1f} МБ".replace(".", ",")
