"""Letters become lines and lines the text of a cell; where a line ends in doubt, the doubt is named."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import groupby, pairwise
from typing import Any

from analysis.intake.pdf_page import SOFT_HYPHEN, UNREADABLE, Letter
from analysis.intake.word_file import RAISED_DIGITS

# Letters this much apart, in sizes of the font, stand in two words; text in two columns leaves a greater gap.
GAP, COLUMN_GAP, BLANK = 0.22, 2.5, 0.3
# A smaller letter above the line is raised: a footnote, no part of a number.
SMALL = 0.76
HYPHENS, DASHES = "-\u2010\u2011", "–—/"
CLOSING = ",.;:!?)»%"
# A line that leaves so much room, in sizes of the font, before so long a word was written without dividing words.
LOOSE, LONG_WORD = 3.0, 8
# Of words this short only these stand alone: the endings of others look like words.
SHORT = re.compile("[аикосувя]|до|за|из|ко|на|не|ни|но|об|от|по|со|их|ее|её")
# Joined to a word with a hyphen or without one, as the writer likes.
PREFIXES = re.compile(
    "видео|аудио|медиа|веб|мини|фото|кино|теле|радио|авто|эко|микро|макро|мульти|супер|экс|вице|проф|спец|кибер", re.I
)
# A word goes on over no more lines than this.
MOST_PIECES = 4
WORD = re.compile(rf"[^\s,.;:!?()«»\"{DASHES}]+")


class Doubt(StrEnum):
    """Why a cell may say something else than what was read, in the words of the finding."""

    hyphen = "дефис в конце строки: он часть слова или знак переноса"
    seam = "конец полной строки: одно слово разорвано или стоят два"
    page = "граница страниц: продолжение строки сверху или новая строка, пустая ячейка или объединённая с верхней"
    letters = "знаки, которые в файле не названы буквами, или клетка без полных границ"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of letters.

    Attributes:
        text: With the blank at its end, where the file has one.
        x0: Left end.
        x1: Right end of its last letter that is no blank.
        base: Height on which it stands.
        size: Of its font.
        first: Width of its first letter.
        blank: Width of a blank.
        spread: By how much its words stand further apart than need be.
        turn: As of its letters.
        middle: A point of it on the page.
        room: How much further it might reach.
    """

    text: str
    x0: float
    x1: float
    base: float
    size: float
    first: float
    blank: float
    spread: float
    turn: int
    middle: tuple[float, float]
    room: float = 0.0

    @property
    def words(self) -> list[str]:
        """Its words."""
        return self.text.split()


def lines_of(letters: Iterable[Letter], apart: bool = False) -> list[Line]:
    """Returns the lines that letters stand in, from the first to the last; those of another direction come last.

    Args:
        letters: The letters of a cell or page.
        apart: Whether a wide gap parts a line in two.
    """
    return [
        _line(part)
        for _, turned in groupby(sorted(letters, key=lambda one: (abs(one.turn), one.turn)), key=lambda one: one.turn)
        for row in _rows(list(turned))
        for part in (_parts(row) if apart else [row])
        if any(one.text.strip() for one in part)
    ]


def _rows(letters: Sequence[Letter]) -> list[list[Letter]]:
    """Letters on one line each, raised and lowered ones with the letters beside them."""
    usual = max((one.size for one in letters), default=0.0) * SMALL
    rows: list[list[Letter]] = []
    for one in sorted((one for one in letters if one.size >= usual), key=lambda one: one.base):
        if rows and one.base - rows[-1][0].base < one.size / 2:
            rows[-1].append(one)
        else:
            rows.append([one])
    for one in sorted((one for one in letters if one.size < usual), key=lambda one: (one.base, one.x0)):
        beside = [row for row in rows if -0.3 * row[0].size < row[0].base - one.base < 0.6 * row[0].size]
        if beside and any(abs(one.x0 - other.x1) < one.size for other in beside[0]):
            beside[0].append(one)
        else:
            rows.append([one])
    return sorted((_without_overprint(row) for row in rows), key=lambda row: row[0].base)


def _without_overprint(row: list[Letter]) -> list[Letter]:
    """Some programs draw a bold letter twice."""
    found: list[Letter] = []
    for one in sorted(row, key=lambda one: one.x0):
        if not (found and found[-1].text == one.text and one.x0 - found[-1].x0 < 0.1 * one.size):
            found.append(one)
    return found


def _parts(row: list[Letter]) -> Iterator[list[Letter]]:
    part: list[Letter] = []
    for one in row:
        if (
            part
            and one.text.strip()
            and one.x0 - max(other.x1 for other in part if other.text.strip()) > COLUMN_GAP * one.size
        ):
            yield part
            part = []
        if part or one.text.strip():
            part.append(one)
    yield part


def _line(row: Sequence[Letter]) -> Line:
    size = max(one.size for one in row)
    base = max(one.base for one in row if one.size == size)
    text, end = "", row[0].x1
    for one in row:
        if one.x0 - end > GAP * size and not text.endswith(" ") and one.text.strip():
            text += " "
        raised = one.size < SMALL * size and one.base < base
        text += one.text.translate(RAISED_DIGITS) if raised else one.text.replace("\u00a0", " ")
        end = max(end, one.x1)
    seen = [one for one in row if one.text.strip()]
    gaps = [gap for a, b in pairwise(seen) if (gap := b.x0 - a.x1) > GAP * size]
    blank = min([BLANK * size, *gaps])
    spread = sum(gaps) - blank * len(gaps)
    first = seen[0].x1 - seen[0].x0
    return Line(text.lstrip(), seen[0].x0, seen[-1].x1, base, size, first, blank, spread, seen[0].turn, seen[0].middle)


@dataclass(frozen=True)
class Habits:
    """What the lines of a document say of its words and of the program that wrote it.

    Attributes:
        words: Those that stand whole inside lines, in small letters.
        keeps_blanks: Blanks at line ends are in the file, unless the line is full.
        divides_words: Hyphens at line ends may divide words; otherwise they are part of them.
    """

    words: frozenset[str]
    keeps_blanks: bool
    divides_words: bool

    def know(self, word: str) -> bool:
        """Whether there is such a word, in the document or in the language."""
        small = word.casefold()
        return small in self.words or bool(SHORT.fullmatch(small) if len(small) < 3 else lexicon().word_is_known(small))

    def join(self, word: str) -> bool:
        """Whether a word is the first part of a compound: «научно», «психолого»."""
        stem, last = word[:-1], word[-1:].casefold()
        return last in ("о", "е") and any(self.know(stem + ending) for ending in ("ый", "ий", "ой", "ический"))


@cache
def lexicon() -> Any:
    """The words of Russian, in all their forms."""
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer()


def habits_of(texts: Iterable[Sequence[Line]]) -> Habits:
    """Returns what is known from the lines of all cells and paragraphs."""
    words: set[str] = set()
    ends: Counter[str] = Counter()
    for lines in texts:
        for number, line in enumerate(lines):
            whole = WORD.findall(line.text)
            begins = number == 0 or lines[number - 1].text.endswith(" ")
            last = number == len(lines) - 1
            words.update(map(str.casefold, whole[not begins : None if last or line.text.endswith(" ") else -1]))
            if not last:
                ends[line.text[-1]] += 1
                ends["loose"] += line.room + line.spread > LOOSE * line.size and _is_long(lines[number + 1].words[0])
    hyphens = sum(ends[one] for one in HYPHENS)
    # A file that marks the hyphens which divide words leaves no doubt about the others.
    divides = bool(hyphens) and not ends[SOFT_HYPHEN] and ends["loose"] <= hyphens / 5
    return Habits(frozenset(words), ends[" "] > 0, divides)


def _is_long(word: str) -> bool:
    return len(word) >= LONG_WORD and word.isalpha() and word.islower()


def text_of(lines: Sequence[Line], habits: Habits) -> tuple[str, set[Doubt]]:
    """Returns the text of a cell, and what is doubtful in it."""
    text, doubts = "", set[Doubt]()
    for number, line in enumerate(lines):
        text += line.text.rstrip(" ")
        if number + 1 < len(lines):
            glue, doubt = _seam(text, line, lines[number + 1 :], habits)
            text = text.rstrip(SOFT_HYPHEN)[: -1 if glue is None else None] + (glue or "")
            doubts |= {doubt} if doubt else set()
    doubts |= {Doubt.letters} if UNREADABLE in text else set()
    return text.replace(SOFT_HYPHEN, ""), doubts


def _seam(text: str, line: Line, below: Sequence[Line], habits: Habits) -> tuple[str | None, Doubt | None]:
    """What stands between two lines: nothing, a blank, the end of a paragraph; None where the last sign falls away.

    Args:
        text: What has been read so far, the line included.
        line: The line.
        below: The lines below it.
        habits: What is known of the document.
    """
    end, begin = text.split()[-1], below[0].words[0]
    if line.text.endswith((" ", SOFT_HYPHEN)):
        return "" if line.text.endswith(SOFT_HYPHEN) else " ", None
    if end[-1] in HYPHENS + DASHES:
        return (" ", None) if len(end) == 1 else _after_hyphen(end, below, habits)
    if line.room > below[0].first + 0.2:
        return "\n", None
    if begin[0] in CLOSING:
        return "", None
    mixed = end[-1].isalpha() != begin[0].isalpha() or (end[-1].islower() and begin[0].isupper())
    if len(line.words) > 1 or end[-1] in CLOSING or mixed or (len(end) > 1 and end.isupper() and begin[0].islower()):
        return " ", None
    return _full(line, end, below, habits)


def _after_hyphen(end: str, below: Sequence[Line], habits: Habits) -> tuple[str | None, Doubt | None]:
    """A hyphen at a line end belongs to the word, or only divides it (None)."""
    before, wholes = _word_before(end), _words_after(below)
    after = wholes[0]
    name = after[:1].isupper() and not before.isupper()
    if not habits.divides_words or end[-1] in DASHES or not before[-1:].isalpha() or not after[:1].isalpha() or name:
        return "", None
    last, first = before.rpartition("-")[2], after.partition("-")[0]
    written = [any(f"{before}{sign}{one}".casefold() in habits.words for one in wholes) for sign in ("", "-")]
    if written[0] != written[1]:
        return (None if written[0] else ""), None
    soft = any(habits.know(one + other) for one in (before, last) for other in (*wholes, first))
    soft = soft or (any("-" in one for one in wholes) and habits.join(last + first))
    real = any(habits.know(f"{before}-{other}") for other in wholes)
    if soft != real and not PREFIXES.fullmatch(last):
        return (None if soft else ""), None
    known = any(map(habits.know, (*wholes, first)))
    compound = not soft and known and _begins_compound(last, habits)
    return ("" if known and not soft else None), None if compound else Doubt.hyphen


def _begins_compound(word: str, habits: Habits) -> bool:
    """Whether a word may stand before a hyphen: «научно», «школа»; one of a few letters may be any part of a word."""
    return not PREFIXES.fullmatch(word) and len(word) > 3 and (habits.join(word) or habits.know(word))


def _full(line: Line, end: str, below: Sequence[Line], habits: Habits) -> tuple[str, Doubt | None]:
    """At the end of a full line the blank is not written; or a word that is wider than the cell goes on below."""
    if habits.keeps_blanks and line.room > line.blank + 0.2:
        return "", None
    before, wholes = _word_before(end), _words_after(below)
    last = before.rpartition("-")[2]
    whole = any(habits.know(one + other) for one in (before, last) for other in wholes)
    parts = habits.know(last) and any(map(habits.know, wholes))
    if whole != parts:
        return ("" if whole else " "), None
    return ("" if habits.keeps_blanks else " "), Doubt.seam


def _word_before(end: str) -> str:
    words: list[str] = WORD.findall(end)
    return words[-1].rstrip(HYPHENS) if words else ""


def _words_after(below: Sequence[Line]) -> list[str]:
    """The first word of the lines below, which may itself go on over several of them: all that it may be."""
    found, ends = list[str](), {""}
    for line in below[:MOST_PIECES]:
        part = (WORD.findall(line.words[0]) or [""])[0]
        ends = {joint + part for one in ends for joint in (one, one.rstrip(HYPHENS + SOFT_HYPHEN))}
        found += sorted(one.rstrip(HYPHENS + SOFT_HYPHEN) for one in ends)
        if len(line.words) > 1 or line.text.endswith(" ") or line.words[0] != part:
            break
    return found
