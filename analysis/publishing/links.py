"""Leaves no dead link: a link to what is not published yet becomes plain text, any other is an error."""

import functools
import posixpath
import re
from collections.abc import Collection
from pathlib import Path
from urllib.parse import unquote

from analysis.publishing.project import PublishingError

_ANCHOR = re.compile(r'<a\b[^>]*?\shref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_LINK = re.compile(r'<[^>]*?\s(?:href|src)="([^"]*)"')


def settle_links(site: Path, made: Collection[str], possible: frozenset[str]) -> None:
    """Turns links to outputs that were not made into plain text and checks the others on the pages just made.

    Args:
        site: The folder of the site.
        made: The outputs made in this run.
        possible: All outputs of the documents, made or not.

    Raises:
        PublishingError: A link leads to a file that is not there.
    """
    for path in sorted(site.rglob("*.html")):
        text, page = path.read_text(encoding="utf-8"), path.relative_to(site).as_posix()
        settled = _ANCHOR.sub(functools.partial(_plain_if_absent, page, site, possible), text)
        if settled != text:
            path.write_text(settled, encoding="utf-8", newline="\n")
        for link in _LINK.findall(settled) if page in made else ():
            target = _local_target(link, page)
            if target and not (site / target).exists():
                raise PublishingError(f"{page}: ссылка ведёт к файлу, которого на сайте нет: {link}")


def _plain_if_absent(page: str, site: Path, possible: frozenset[str], found: re.Match[str]) -> str:
    target = _local_target(found.group(1), page)
    return found.group(2) if target in possible and not (site / target).exists() else found.group()


def _local_target(link: str, page: str) -> str:
    """Returns the target of a link relative to the site; empty for other hosts and places on the same page."""
    path = unquote(re.sub(r"[?#].*$", "", link))
    if not path or re.match(r"[a-zA-Z][\w+.-]*:|//", path):
        return ""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
    return path if target.startswith("..") else target
