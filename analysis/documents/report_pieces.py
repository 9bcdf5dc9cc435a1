"""Chapters, tables and pictures of the annual report as they may stand alone in a document."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from analysis.errors import AnalysisError, nearest
from analysis.presentation import catalogue
from analysis.presentation.markdown import escape
from analysis.presentation.place import CONTENT_FOLDER, EXHIBITS, for_office, placed

CHAPTER = re.compile(r"# (?P<title>.+?)\s*\{#sec-(?P<id>[\w-]+)[^}]*\}\s*")
NAMED = re.compile(r"\{#((?:tbl|fig|sec)-[\w-]+)")
REFERRED = re.compile(r"(?<!\\)\[?-?@((?:tbl|fig|sec)-[\w-]+)\]?")
LINKED = re.compile(r"\[([^\]\[]*)\]\(#[^)]*\)")
PICTURE = re.compile(r"!\[[^\n]*?\]\(([^)\s]+)\)(?=\{)")
OPENED = re.compile(r":{3,} *\{")
NEAR = 3


class ReportPiece(NamedTuple):
    """A part of the report.

    Attributes:
        title: What it is called.
        markdown: Its text; references to what it does not hold are words.
    """

    title: str
    markdown: str


class ReportOfYear:
    """The annual report of a year for one audience, and the parts of it that can be asked for."""

    def __init__(self, reports: Path, year: int) -> None:
        """Reads nothing yet.

        Args:
            reports: The folder of sources, public or internal, with what the build has made.
            year: The edition.
        """
        self.folder = reports / str(year)
        self.year = year

    @cached_property
    def labels(self) -> frozenset[str]:
        """The tables and pictures that it has."""
        return frozenset(json.loads((self.folder / CONTENT_FOLDER / EXHIBITS).read_bytes()))

    @cached_property
    def chapters(self) -> Mapping[str, ReportPiece]:
        """The chapters of the report and of what is published beside it, by the names of their sections."""
        names = (f"annual-report-{self.year}.qmd", f"annex-{self.year}.qmd")
        found = [piece for name in names if (self.folder / name).is_file() for piece in _chapters(self.folder, name)]
        return dict(reversed(found))  # where both have a section of that name, the first counts

    def label(self, asked: str) -> str:
        """The table or picture that an id means; the report may have no data for it.

        Raises:
            AnalysisError: There is none of that id; the message names the nearest.
        """
        return catalogue.resolve(asked, self.labels)

    def exhibit(self, asked: str) -> ReportPiece:
        """A table or picture of the report.

        Raises:
            AnalysisError: It has none of that id; the message names the nearest, or says why there are no data.
        """
        label = self.label(asked)
        if label not in self.labels:
            raise AnalysisError(catalogue.absent(label, self.year, for_office(self.folder.parent)))
        return self._standing_alone(ReportPiece(catalogue.shows(label), placed(label, self.folder)))

    def chapter(self, asked: str) -> ReportPiece:
        """A chapter.

        Raises:
            AnalysisError: There is none of that name; the message names the nearest.
        """
        if asked not in self.chapters:
            near = nearest(asked, self.chapters, NEAR)
            known = f"Похожие: {', '.join(near)}." if near else f"Есть: {', '.join(self.chapters)}."
            raise AnalysisError(f"«{asked}»: такой главы в докладе за {self.year} год нет. {known}")
        return self._standing_alone(self.chapters[asked])

    def pictures(self, markdown: str) -> Iterator[tuple[str, bytes]]:
        """The files of the pictures that a text shows, by their paths from it; one for each format."""
        for target in dict.fromkeys(PICTURE.findall(markdown)):
            for path in sorted((self.folder / target).parent.glob(f"{Path(target).name}.*")):
                yield path.relative_to(self.folder).as_posix(), path.read_bytes()

    def _standing_alone(self, piece: ReportPiece) -> ReportPiece:
        own = set(NAMED.findall(piece.markdown))

        def in_words(found: re.Match[str]) -> str:
            return found[0] if found[1] in own else escape(f"«{self._called(found[1])}» в годовом отчёте")

        def unlinked(found: re.Match[str]) -> str:
            return found[0] if any(f"#{name})" in found[0] for name in own) else found[1]

        return piece._replace(markdown=LINKED.sub(unlinked, REFERRED.sub(in_words, piece.markdown)))

    def _called(self, label: str) -> str:
        """What a reference means, in words."""
        kind, _, name = label.partition("-")
        if kind == "sec":
            return self.chapters[name].title if name in self.chapters else name
        return catalogue.shows(label)


def _chapters(folder: Path, name: str) -> list[tuple[str, ReportPiece]]:
    """The chapters of a document after its cells have run, by name."""
    from analysis.publishing.builtin import execute
    from analysis.publishing.source import read_source

    lines = [line.text for line in execute(read_source(folder.parent, f"{folder.name}/{name}"), folder)]
    heads = {place: head for place, line in enumerate(lines) if (head := CHAPTER.fullmatch(line))}
    # A chapter whose heading must stay with what follows opens a block before it.
    starts = [place - bool(place and OPENED.match(lines[place - 1])) for place in heads]
    bodies = ["\n".join(lines[start:end]) for start, end in pairwise([*starts, len(lines)])]
    return [
        (head["id"], ReportPiece(head["title"], body.replace(head[0], "", 1)))
        for head, body in zip(heads.values(), bodies, strict=True)
    ]
