"""Terms that drift and probable slips: named with their cells, never mended in silence."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from analysis.contracts.findings import Finding, Severity
from analysis.intake.blocks import plain
from analysis.rules.config import Terms

# Numbered addresses by text: a document repeats most of its cells, and each text is searched once.
Places = dict[str, list[tuple[int, str]]]
ACTION = "Исходный текст печатается как есть; при следующей редакции документа выберите одно написание."


def watch_terms(cells: Sequence[tuple[str, str]], terms: Terms, file: str) -> list[Finding]:
    """Returns a finding for each writing of a notion that has several in this document, and for each known slip.

    Args:
        cells: Address and text of every cell of the document.
        terms: What data/terms.toml asks to watch.
        file: Path of the document.
    """
    places: Places = defaultdict(list)
    for number, (place, text) in enumerate(cells):
        places[plain(text)].append((number, place))
    return [*_variants(places, terms, file), *_slips(places, terms, file)]


def _variants(cells: Places, terms: Terms, file: str) -> Iterator[Finding]:
    for meaning, writings in terms.variants:
        found = _places_by_writing(cells, writings)
        if len(found) < 2:
            continue
        for writing, places in found.items():
            others = ", ".join(f"«{other}»" for other in found if other != writing)
            yield Finding(
                "term_variant",
                Severity.NOTE,
                file,
                places,
                writing,
                f"Понятие «{meaning}» в документе пишется по-разному; здесь «{writing}», в других местах {others}.",
                ACTION,
            )


def _slips(cells: Places, terms: Terms, file: str) -> Iterator[Finding]:
    for text, suggestion in terms.slips:
        places = _places_by_writing(cells, (text,)).get(text)
        if places:
            yield Finding(
                "slip",
                Severity.NOTE,
                file,
                places,
                text,
                f"Вероятно, имелось в виду «{suggestion}».",
                "Исходный текст печатается как есть; исправить его может только новая редакция документа.",
            )


def _places_by_writing(cells: Places, writings: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Addresses by writing, in the order given; of overlapping writings the longest counts."""
    longest_first = sorted(writings, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
    found: dict[str, list[tuple[int, str]]] = {writing: [] for writing in writings}
    for text, places in cells.items():
        for writing in dict.fromkeys(pattern.findall(text)):
            found[writing] += places
    return {writing: tuple(place for _, place in sorted(places)) for writing, places in found.items() if places}
