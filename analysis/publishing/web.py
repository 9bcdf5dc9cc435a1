"""The web pages of the built-in renderer: their menus, the files beside them, and what their search reads."""

import html
import json
import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from analysis.files.storage import file_size
from analysis.publishing.source import Project
from analysis.publishing.state import output_name

if TYPE_CHECKING:
    from lxml import etree

# The look and the scripts of the template; the libraries among them carry their licences.
_ASSETS = Path(__file__).parent / "assets"
_SCRIPTS, _SEARCH_DATA = "scripts", "search-data.js"
_SIZE_OF = "@@size of "
_IN_MENU = "in-menu"


class Site(NamedTuple):
    """What is rendered, and where to.

    Attributes:
        project: The report project.
        folder: The folder of the site.
        outputs: All documents in all formats that the site will hold.
        fronts: The front matter of each page.
        made_at: The time written into the files.
    """

    project: Project
    folder: Path
    outputs: frozenset[str]
    fronts: Mapping[str, Mapping[str, Any]]
    made_at: datetime

    def beside(self, page: str) -> list[str]:
        """The pages of the same folder, those that the bar of the site names first, each with its number in order."""
        named = [href for _, href in _bar(self.project)]
        there = [one for one in self.fronts if PurePosixPath(one).parent == PurePosixPath(page).parent]
        return sorted(there, key=lambda one: (one not in named, _by_numbers(one)))


def _by_numbers(name: str) -> list[tuple[str, int]]:
    return [(text, int(number or 0)) for text, number in re.findall(r"(\D*)(\d*)", name)]


def _bar(project: Project) -> list[tuple[str, str]]:
    entries = project.settings.get("website", {}).get("navbar", {}).get("left", [])
    return [(entry["text"], re.sub(r"\.qmd$", ".html", entry["href"])) for entry in entries]


def page_variables(document: str, has_contents: bool, site: Site) -> dict[str, object]:
    """Returns the variables of the page template, escaped, because pandoc inserts them unchanged."""
    project, page = site.project, output_name(document, "html")
    up = "../" * page.count("/")
    title, footer = project.get("website.title"), project.get("website.page-footer")
    files = list(_other_formats(document, site))
    return {
        "sidebar": bool(files) or has_contents,
        "site": html.escape(title),
        "footer": html.escape(footer),
        "pagetitle": html.escape(" — ".join(filter(None, [site.fronts[page].get("title"), title]))),
        "home": f"{up}index.html",
        "css": up + project.get("format.html.css"),
        "scripts": f"{up}{_SCRIPTS}/",
        "search": " ".join(_search_data_of(page, site)),
        "navigation": [
            {"text": html.escape(text), "href": up + href, "current": _current(page, href)}
            for text, href in _bar(project)
            if href in site.outputs
        ],
        "menu": _menu(page, site),
        "files": files,
    }


def _current(page: str, href: str) -> str:
    """What an entry of the bar is to a page: itself, or the year it belongs to."""
    folder = PurePosixPath(page).parent
    return "page" if href == page else "true" if folder.name and PurePosixPath(href).parent == folder else ""


def _menu(page: str, site: Site) -> list[dict[str, object]]:
    """The pages of the folder of a page, if there are several. «in-menu» in the front matter shortens a title, and
    «Schools / School 12» puts the page into a list of its own, of which it names no other: it is given away alone."""
    groups: dict[str, list[dict[str, object]]] = {}
    there = site.beside(page)
    own, _ = _in_menu(page, site)
    for one in there if len(there) > 1 and "/" in page else ():
        group, text = _in_menu(one, site)
        if one == page or not group or group != own:
            entry = {"href": PurePosixPath(one).name, "text": html.escape(text), "current": one == page}
            groups.setdefault(html.escape(group), []).append(entry)
    return [{"group": group, "pages": entries} for group, entries in groups.items()]


def _in_menu(page: str, site: Site) -> tuple[str, str]:
    """The list in which a page stands, if any, and what it is called there."""
    front = site.fronts[page]
    group, _, text = str(front.get(_IN_MENU) or front.get("title", page)).rpartition(" / ")
    return group, text


def _other_formats(document: str, site: Site) -> Iterator[dict[str, str]]:
    for kind in ("pdf", "docx"):
        output = output_name(document, kind)
        if output in site.outputs:
            yield {"kind": kind.upper(), "href": Path(output).name, "size": f"{_SIZE_OF}{output}@@"}


def _search_data_of(page: str, site: Site) -> list[str]:
    """The search data that a page reads: those of its folder; at the top, those of all folders."""
    if "/" in page:
        return [_SEARCH_DATA]
    folders = sorted({PurePosixPath(one).parent for one in site.fronts})
    return [(folder / _SEARCH_DATA).as_posix() for folder in folders]


def copy_beside(document: str, site: Site) -> list[str]:
    """Copies what a page shows or links, the data files of its folder, the stylesheet and the scripts.

    Args:
        document: The document, relative to the sources.
        site: The site; the page of the document is written.

    Returns:
        All files of the site that the page needs, its search data too, which are written last.
    """
    root, page = site.project.root, output_name(document, "html")
    source = (root / document).parent
    text = (site.folder / page).read_text(encoding="utf-8")
    named = re.findall(r'<(?:img|a)\b[^>]*? (?:src|href)="([^":#?]+)"', text)
    linked = [(source / unquote(name)).resolve() for name in named]
    data = [path for path in (source / "data").glob("*") if path.is_file()]
    css = root / site.project.get("format.html.css")
    own = {css, *data, *(path for path in linked if path.is_file() and path.is_relative_to(root))}
    copies = {path.relative_to(root).as_posix(): path for path in own}
    copies |= {f"{_SCRIPTS}/{path.name}": path for path in _ASSETS.iterdir()}
    for name, path in copies.items():
        (site.folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, site.folder / name)
    return [page, *sorted(copies), PurePosixPath(page).with_name(_SEARCH_DATA).as_posix()]


def finish_pages(made: Collection[str], site: Site) -> None:
    """Writes into the pages just made what was not known before, and the search data of their folders.

    Args:
        made: The pages.
        site: The site; all its pages are written.
    """
    for page in made:
        path = site.folder / page
        text = path.read_bytes().decode()
        sized = re.sub(f"{_SIZE_OF}(.+?)@@", lambda found: file_size(site.folder / found[1]), text)
        # An empty cell heads nothing; a head that is not one of a column is one of a row.
        headed = re.sub(r"<th\b[^>]*></th>", "<td></td>", sized).replace("<th>", '<th scope="row">')
        path.write_bytes(headed.encode())
    for folder in {PurePosixPath(page).parent for page in made}:
        there = site.beside((folder / "page").as_posix())
        data = [
            [PurePosixPath(one).name, str(site.fronts[one].get("title", "")), _places(site.folder / one)]
            for one in there
        ]
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        script = f"(window.searchData = window.searchData || []).push([document.currentScript.src, {text}]);\n"
        (site.folder / folder / _SEARCH_DATA).write_bytes(script.encode())


_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CAPTIONS = ("caption", "figcaption")
_BLOCKS = (*_HEADINGS, *_CAPTIONS, "tr", "p", "li", "dt", "dd", "pre")


def _places(page: Path) -> list[list[object]]:
    """The places of a page that have an address: it, the level of the heading (0 of a table or picture), the heading
    and the texts up to the next place, a row of a table being one."""
    from lxml import etree

    content = etree.fromstring(page.read_bytes(), etree.HTMLParser(encoding="utf-8")).find(".//main")
    places: list[list[Any]] = []
    for block in content.iter(*_BLOCKS) if content is not None else ():
        words = _words(block)
        if block.tag in _HEADINGS:
            places.append([block.get("id", ""), int(block.tag[1]), words, []])
        elif block.tag in _CAPTIONS:
            shown = next(block.iterancestors("table", "figure"))
            address = shown.get("id") or (places[-1][0] if places else "")
            places.append([address, 0, words, [image.get("alt", "") for image in shown.iter("img")]])
        elif words and places and not any(True for _ in block.iterancestors("nav")):
            places[-1][3].append(words)
    return places


def _words(block: "etree._Element") -> str:
    """The words of a block without those of the blocks in it; the number of a heading is no word to search for."""
    if block.tag == "tr":
        return " · ".join(filter(None, (" ".join("".join(map(str, cell.itertext())).split()) for cell in block)))
    return " ".join("".join(_own_text(block)).split())


def _own_text(element: "etree._Element") -> Iterator[str]:
    yield element.text or ""
    for inner in element:
        if inner.tag not in _BLOCKS and inner.get("class") != "header-section-number":
            yield from _own_text(inner)
        yield inner.tail or ""
