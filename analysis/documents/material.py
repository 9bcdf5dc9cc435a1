"""What the documents of a year are made from: the tables of the last build, and what people wrote."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from analysis.cleaning.names import Register
from analysis.documents.staging import Document
from analysis.errors import AnalysisError
from analysis.lineage.explain import table_code
from analysis.presentation.conclusions.listing import conclusions
from analysis.presentation.conclusions.sentence import Case, Evidence
from analysis.presentation.exhibits import Exhibit, data_note
from analysis.presentation.markdown import escape
from analysis.presentation.shares import MODEL
from analysis.presentation.words import ended, listed, long_date
from analysis.rules.documents import KINDS, SETTINGS_FILE, Kind, Settings
from analysis.rules.written import bracketed, doubt

# What people write for documents: decisions and replies. Anything unclear is refused by line.

_ITEM = re.compile(r"\s*(?:([-*•])|(\d{1,3})[.)])\s+(\S.*)")
_SPAN = re.compile(r"\*\*(?P<bold>[^*\s](?:[^*]*[^*\s])?)\*\*|\*(?P<italic>[^*\s](?:[^*]*[^*\s])?)\*"
                   r"|\[(?P<words>[^\]\[]+)\]\((?P<address>https?://[^\s()<>\"{}\\]+)\)")  # fmt: skip
_REFUSED = (
    (re.compile(r"<[A-Za-z/!?]"), "разметка HTML"),
    (re.compile(r"\s*(?:```|~~~)|`\{"), "программный код"),
    (re.compile(r"\{\{<|\{=|\s*:::"), "команда вёрстки"),
    (re.compile(r"!\["), "рисунок"),
    (re.compile(r"\s*\|.*\|\s*$"), "таблица"),
)
ALLOWED = "Пишите простой текст: абзацы, списки («- » или «1. »), **жирный**, *курсив*, [слова](https://адрес)."


class Written(NamedTuple):
    """A line that somebody wrote, and where it stands."""

    file: str
    number: int
    text: str

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"{self.file}, строка {self.number}"


def written_lines(text: str, file: str) -> list[Written]:
    """The lines of a file with their places; what only a program can mean is refused.

    Raises:
        AnalysisError: A line holds HTML, code, a picture, a table or a command of the renderer.
    """
    lines = [Written(file, number, line.rstrip()) for number, line in enumerate(text.splitlines(), start=1)]
    for line in lines:
        what = next((words for pattern, words in _REFUSED if pattern.search(line.text)), None)
        if what:
            raise AnalysisError(f"{line.place}: {what} не допускается: «{line.text.strip()}». {ALLOWED}")
    return lines


def as_markdown(lines: Iterable[Written]) -> str:
    """The lines as Markdown of a document: what is not one of the few marks allowed shows literally."""
    made: list[str] = []
    in_list = False
    for line in lines:
        item = _ITEM.fullmatch(line.text)
        if bool(item) != in_list or not line.text.strip():
            made.append("")
        in_list = bool(item) or (in_list and bool(line.text.strip()))
        if item:
            made.append(f"{f'{item[2]}.' if item[2] else '-'} {_spans(item[3])}")
        elif line.text.strip():
            made.append(f"{'  ' if in_list else ''}{_spans(line.text.strip())}")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(made)).strip()


def _spans(text: str) -> str:
    """Literal text with the marks allowed in it."""
    made, end = [], 0
    for found in _SPAN.finditer(text):
        made += [escape(text[end : found.start()]), _span(found)]
        end = found.end()
    return "".join([*made, escape(text[end:])])


def _span(found: re.Match[str]) -> str:
    if found["bold"]:
        return f"**{escape(found['bold'])}**"
    if found["italic"]:
        return f"*{escape(found['italic'])}*"
    return f"[{escape(found['words'])}]({found['address']})"


FILE = "decisions.md"
HYPOTHESIS, DECISION = "Гипотеза", "Решение"
PARTS = (HYPOTHESIS, DECISION)
NOT_WRITTEN = "Не записано."
_HEADING = re.compile(r"(#{1,6})\s*(.*?)\s*#*\s*$")
FORMAT = (
    "Порядок записи: «# Название документа» (у справки школы — «# Аналитическая справка: школа»), под ним "
    "«## Гипотеза» и «## Решение». Названия документов: " + ", ".join(kind.heading for kind in KINDS.values()) + "."
)


class Key(NamedTuple):
    """What a section belongs to: a kind of document, a school's login (empty for a document of the city), a part."""

    kind: str
    school: str
    part: str


Decisions = Mapping[Key, str]


def load_decisions(folder: Path, register: Register) -> Decisions:
    """Reads decisions.md of an edition as Markdown by what it belongs to; nothing where nobody has written any.

    Raises:
        AnalysisError: The file is not in the documented form; the message names the line.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    lines = written_lines(read_words(path), f"reports/{folder.name}/{FILE}")
    found: dict[Key, str] = {}
    for key, place, body in _sections(lines, register):
        if key in found:
            raise AnalysisError(f"{place}: такой раздел уже есть выше. Оставьте один.")
        found[key] = as_markdown(body)
    return {key: text for key, text in found.items() if text}


def read_words(path: Path) -> str:
    """The text of a file that people write.

    Raises:
        AnalysisError: It is not in UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise AnalysisError(f"{path}: файл не в кодировке UTF-8. Сохраните его в UTF-8.") from None


def _sections(lines: list[Written], register: Register) -> Iterator[tuple[Key, str, list[Written]]]:
    document: tuple[Kind, str] | None = None
    for position, line in enumerate(lines):
        heading = _HEADING.fullmatch(line.text)
        if heading and len(heading[1]) == 1:
            document = _document(heading[2], line, register)
        elif heading:
            part = _part(heading, line)
            if document is None:
                raise AnalysisError(f"{line.place}: неясно, к какому документу это относится. {FORMAT}")
            body = list(takewhile(lambda one: not _HEADING.fullmatch(one.text), lines[position + 1 :]))
            yield Key(document[0].id, document[1], part), line.place, body
        elif line.text.strip() and not _under_a_part(lines[:position]):
            raise AnalysisError(f"{line.place}: текст стоит вне раздела «Гипотеза» или «Решение». {FORMAT}")


def _under_a_part(above: list[Written]) -> bool:
    last = next((found for line in reversed(above) if (found := _HEADING.fullmatch(line.text))), None)
    return last is not None and len(last[1]) == 2


def _part(heading: re.Match[str], line: Written) -> str:
    part = heading[2].rstrip(":").casefold()
    known = next((one for one in PARTS if part == one.casefold()), None)
    if len(heading[1]) != 2 or known is None:
        raise AnalysisError(f"{line.place}: заголовок «{line.text}» не опознан. {FORMAT}")
    return known


def _document(words: str, line: Written, register: Register) -> tuple[Kind, str]:
    name, _, school = (part.strip() for part in words.partition(":"))
    kind = next((one for one in KINDS.values() if one.heading.casefold() == name.casefold()), None)
    if kind is None:
        raise AnalysisError(f"{line.place}: документа «{name}» нет. {FORMAT}")
    if kind.of_a_school != bool(school):
        raise AnalysisError(
            f"{line.place}: у справки назовите школу: «# {kind.heading}: школа»."
            if kind.of_a_school
            else f"{line.place}: этот документ один на город, школу здесь не называют: «{school}»."
        )
    return kind, register.login(school, line.place) if school else ""


FOLDER = "replies"
_FIELD = re.compile(r"(Дата|Должность)\s*:\s*(.*?)\s*", re.IGNORECASE)
REPLY_FORMAT = "Файл начинается строками «Дата: 15.02.2022» и «Должность: директор школы», затем пустая строка и текст."


@dataclass(frozen=True)
class Reply:
    """What a school has answered.

    Attributes:
        day: The day of the answer.
        post: The author's post; names are not asked for.
        markdown: The text.
    """

    day: date
    post: str
    markdown: str


def load_replies(folder: Path, register: Register) -> Mapping[str, Reply]:
    """Reads the replies of an edition by login.

    Raises:
        AnalysisError: A file is not in the documented form or belongs to no school of the registry.
    """
    return {
        register.login(path.stem, f"reports/{folder.name}/{FOLDER}/{path.name}"): _reply(path, folder)
        for path in sorted((folder / FOLDER).glob("*.md"))
    }


def _reply(path: Path, folder: Path) -> Reply:
    file = f"reports/{folder.name}/{FOLDER}/{path.name}"
    lines = written_lines(read_words(path), file)
    filled = [line for line in lines if line.text.strip()]
    fields = {found[1].casefold(): (line, found[2]) for line in filled[:2] if (found := _FIELD.fullmatch(line.text))}
    if len(fields) != 2 or not fields["должность"][1]:
        raise AnalysisError(f"{file}: не указаны дата или должность. {REPLY_FORMAT}")
    line, words = fields["дата"]
    body = as_markdown([line for line in lines if line.number > filled[1].number])
    if not body:
        raise AnalysisError(f"{file}: текста ответа нет. {REPLY_FORMAT}")
    return Reply(_day(line, words), fields["должность"][1], body)


def _day(line: Written, words: str) -> date:
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(words, form).date()
        except ValueError:
            continue
    raise AnalysisError(f"{line.place}: «{words}» — не дата. {REPLY_FORMAT}")


# What the documents of a year are made from, and what each of them has: four parts, numbered tables, sources.


@dataclass(frozen=True)
class Material(Evidence):
    """The tables of the last build for one year, and what people have written about them.

    Attributes:
        register: The registry of schools.
        decisions: Hypotheses and decisions.
        replies: Replies of schools, by login.
        settings: What is recorded about documents.
    """

    register: Register
    decisions: Decisions
    replies: Mapping[str, Reply]
    settings: Settings

    @property
    def place(self) -> str:
        """The city as a line begins with it."""
        return f"{self.edition.project.city[:1].upper()}{self.edition.project.city[1:]}"

    def cited(self, kind: str) -> tuple[str, ...]:
        """The activities of the roadmap that ask for a kind of document."""
        return self.settings.activities.get(kind, ())


FACT, CONCLUSION = "# Факт", "# Вывод"
NO_CONCLUSION = "Сведений для выводов недостаточно."


def of_report(material: Material, exhibit: Exhibit) -> str:
    """A table of the annual report as a document shows it: its data lie with the report, its code is the same."""
    label = exhibit.label
    code = escape(table_code(label, material.year, internal=True))
    note = f"::: {{.table-note}}\nКод таблицы: {code}\n:::"
    return exhibit.markdown.replace(data_note(material.edition, label), note)


def bullets(sentences: Sequence[str], otherwise: str = "") -> str:
    """Sentences, each a point of a list; a sentence is Markdown."""
    return "\n".join(f"- {sentence}" for sentence in sentences) or otherwise


def concluded(kind: Kind, case: Case) -> str:
    """What the evidence carries of the sentences that a kind of document may hold."""
    return bullets([one.markdown for one in conclusions(case, kind.id)], NO_CONCLUSION)


def hypotheses_and_decisions(material: Material, kind: Kind, school: str = "") -> str:
    """The two parts that people write; where nobody has, it says so."""
    parts = []
    for part in (HYPOTHESIS, DECISION):
        parts += [f"# {part}", material.decisions.get(Key(kind.id, school, part), NOT_WRITTEN)]
    return "\n\n".join(parts)


def asked_for(material: Material, kind: Kind) -> str:
    """Which rows of the roadmap ask for the document; nothing where no entry says so."""
    codes = material.cited(kind.id)
    if not codes:
        return ""
    known = set(material.edition.plan["activity_code"])
    rows = "мероприятию" if len(codes) == 1 else "мероприятиям"
    wrong = [code for code in codes if code not in known]
    if wrong:
        raise AnalysisError(f"{SETTINGS_FILE}: мероприятия {', '.join(wrong)} в «дорожной карте» нет.")
    return escape(f"Составлено по {rows} {listed(list(codes))} «дорожной карты».")


def whence(material: Material, asks: Sequence[str], indicators: bool = True) -> str:
    """Where the numbers come from, and how to ask about each."""
    edition, passport = material.edition, material.passport
    said = [ended(f"Сведения на {long_date(edition.data_date)}")]
    if edition.project.collection is not None:
        day = long_date(edition.project.collection.cutoff(material.year))
        own = bracketed(doubt(edition.project.collection.cutoff_is_default(material.year), confirmed=True))
        said.append(ended(f"Срок приёма сведений за год — {day}{own}"))
    if passport is not None and indicators:
        method = passport.method
        own = bracketed(doubt(passport.since is None, confirmed=True))
        said.append(f"Показатели — по паспорту показателей версии {passport.version}{own}. {ended(method.interval)}")
        said.append(MODEL if method.confirmed else f"{MODEL} Нормой этот способ не задан.")
    how = " или ".join(f"`analysis explain {ask}`" for ask in asks or [f"ЛОГИН@{material.year}"])
    return f"{escape(' '.join(said))} Откуда числа: {how}."


def small_print(material: Material, indicators: bool = True) -> str:
    """«Откуда сведения» of a document about the city, in small letters."""
    asks = [f"{login}@{material.year}" for login in material.supported[:2]]
    return f"# Откуда сведения\n\n::: {{.table-note}}\n{whence(material, asks, indicators)}\n:::"


def city_document(
    material: Material, kind: Kind, name: str, facts: Sequence[str], below: str, above: str = ""
) -> Document:
    """A document about the whole city in a year: its parts one after the other, empty ones left out.

    Args:
        material: What it is made from.
        kind: Its kind.
        name: Its file name without the year.
        facts: What stands under «Факт».
        below: What it ends with, in small letters.
        above: What stands before the facts.
    """
    parts = [above, FACT, *facts, CONCLUSION, concluded(kind, Case(material)), hypotheses_and_decisions(material, kind)]
    subtitle = f"{material.place}, {material.year} год"
    return Document("city", f"{name}-{material.year}", kind.title, subtitle, "\n\n".join(filter(None, [*parts, below])))
