"""The numbers that Word draws before paragraphs: they stand in numbering.xml and styles.xml, not in the text."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NUMBERING_PART, STYLES_PART = "word/numbering.xml", "word/styles.xml"
# «ё», «й» and the signs are no numbers of lists.
CYRILLIC = "абвгдежзиклмнопрстуфхцчшщэюя"
LATIN = "abcdefghijklmnopqrstuvwxyz"
ROMAN = (("m", 1000), ("cm", 900), ("d", 500), ("cd", 400), ("c", 100), ("xc", 90), ("l", 50), ("xl", 40),
         ("x", 10), ("ix", 9), ("v", 5), ("iv", 4), ("i", 1))  # fmt: skip
LEVEL = re.compile(r"%([1-9])")
# A style may rest on another; more steps than this are a circle.
MOST_STYLES = 20


@dataclass(frozen=True)
class Level:
    """One level of a list: the first number, how it is written, its text such as «%1.%2.», what restarts it."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False


Levels = dict[int, Level]


@dataclass
class Numbering:
    """Draws the numbers of paragraphs in the order of the document, as Word does.

    Lists that rest on one definition go on counting together; one with a start of its own begins anew when it is
    first met.
    """

    levels: dict[str, Levels] = field(default_factory=dict)
    definition: dict[str, str] = field(default_factory=dict)
    starts: dict[str, dict[int, int]] = field(default_factory=dict)
    styles: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _met: set[str] = field(default_factory=set)

    def number(self, paragraph: etree._Element) -> str:
        """The number drawn before a paragraph; empty where there is none or only a bullet."""
        number, depth = self._list_of(paragraph)
        levels = self.levels.get(number, {})
        if depth not in levels:
            return ""
        counts = self._counts.setdefault(self.definition[number], {})
        for own, start in () if number in self._met else self.starts.get(number, {}).items():
            counts[own] = start - 1
        self._met.add(number)
        counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        for lower in [one for one in counts if one > depth and _restarts(levels.get(one), depth)]:
            del counts[lower]
        return _drawn(levels, counts, depth)

    def _list_of(self, paragraph: etree._Element) -> tuple[str, int]:
        properties = paragraph.find(WORD + "pPr")
        number, depth, style = _numbering_of(properties)
        for _ in range(MOST_STYLES):
            if number or style not in self.styles:
                break
            number, own_depth, style = self.styles[style]
            depth = depth or own_depth
        return number, int(depth or 0) if (depth or "0").isdecimal() else 0


def read_numbering(package: zipfile.ZipFile) -> Numbering:
    """Returns the lists of a document; none where the file has no lists or they are damaged."""
    root, styles = (_parsed(package, part) for part in (NUMBERING_PART, STYLES_PART))
    if root is None:
        return Numbering()
    definitions = {one.get(WORD + "abstractNumId", ""): one for one in root.iter(WORD + "abstractNum")}
    links = {_value(one, "styleLink"): one for one in definitions.values() if _value(one, "styleLink")}
    found = Numbering(styles=dict(_styles(styles)) if styles is not None else {})
    for one in root.iter(WORD + "num"):
        number, definition = one.get(WORD + "numId", ""), _value(one, "abstractNumId")
        element = definitions.get(definition)
        if element is None:
            continue
        element = links.get(_value(element, "numStyleLink"), element)
        overrides = list(one.iter(WORD + "lvlOverride"))
        found.definition[number] = element.get(WORD + "abstractNumId", "")
        found.levels[number] = _levels(element)
        for override in overrides:
            found.levels[number] |= _levels(override)
        anew = [override for override in overrides if override.find(WORD + "startOverride") is not None]
        found.starts[number] = {int(one.get(WORD + "ilvl", "0")): _whole(one, "startOverride", 1) for one in anew}
    return found


def _parsed(package: zipfile.ZipFile, part: str) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(package.read(part), parser)
    except (KeyError, etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, EOFError):
        return None  # the document itself is read all the same; a number that is not known is asked for


def _styles(root: etree._Element) -> Iterator[tuple[str, tuple[str, str, str]]]:
    for style in root.iter(WORD + "style"):
        number, depth, _ = _numbering_of(style.find(WORD + "pPr"))
        yield style.get(WORD + "styleId", ""), (number, depth, _value(style, "basedOn"))


def _numbering_of(properties: etree._Element | None) -> tuple[str, str, str]:
    """List, level and style that these properties name."""
    if properties is None:
        return "", "", ""
    numbered = properties.find(WORD + "numPr")
    number, depth = (_value(numbered, name) for name in ("numId", "ilvl")) if numbered is not None else ("", "")
    return number, depth, _value(properties, "pStyle")


def _levels(element: etree._Element) -> Levels:
    return {
        int(one.get(WORD + "ilvl", "0")): Level(
            _whole(one, "start", 1),
            _value(one, "numFmt") or "decimal",
            _value(one, "lvlText"),
            _whole(one, "lvlRestart", -1) if one.find(WORD + "lvlRestart") is not None else None,
            one.find(WORD + "isLgl") is not None,
        )
        for one in element.iter(WORD + "lvl")
        if one.get(WORD + "ilvl", "0").isdecimal()
    }


def _value(element: etree._Element | None, name: str) -> str:
    found = None if element is None else element.find(WORD + name)
    return "" if found is None else str(found.get(WORD + "val", ""))


def _whole(element: etree._Element, name: str, otherwise: int) -> int:
    value = _value(element, name)
    return int(value) if value.isdecimal() and len(value) < 6 else otherwise


def _restarts(level: Level | None, depth: int) -> bool:
    """Whether a level begins anew after a paragraph of a higher one; 0 says that it never does."""
    if level is None or level.restart is None:
        return True
    return depth < level.restart


def _drawn(levels: Levels, counts: dict[int, int], depth: int) -> str:
    legal = levels[depth].legal
    if levels[depth].form in ("bullet", "none"):
        return ""

    def _one(found: re.Match[str]) -> str:
        own = int(found[1]) - 1
        level = levels.get(own, Level())
        return written(counts.get(own, level.start), "decimal" if legal else level.form)

    return LEVEL.sub(_one, levels[depth].text).strip()


def written(count: int, form: str) -> str:
    """A number as Word writes it in a form of its own: «iv», «Б», «04»."""
    lower = form.lower()
    if "roman" in lower:
        text = _roman(count)
    elif lower.startswith("russian"):
        text = CYRILLIC[(count - 1) % len(CYRILLIC)] * ((count - 1) // len(CYRILLIC) + 1)
    elif lower.endswith("letter"):
        text = LATIN[(count - 1) % 26] * ((count - 1) // 26 + 1)
    else:
        return f"{count:02}" if lower == "decimalzero" else str(count)
    return text.upper() if "upper" in lower else text


def _roman(count: int) -> str:
    text = ""
    for letters, worth in ROMAN:
        times, count = divmod(count, worth)
        text += letters * times
    return text
