"""Which pieces a report may hold, their places in it, what people wrote beside it, and for whom it is."""

import json
import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from analysis.errors import AnalysisError, nearest
from analysis.presentation.markdown import escape
from analysis.publishing.source import Cell, Line, formats, front_matter, read_source
from analysis.publishing.state import RENDERING, output_name

# Which tables and pictures a report may hold, by their ids: «fact-1» is the first task of «План и факт задачи».

TABLE, PICTURE, BOTH = ("tbl",), ("fig",), ("tbl", "fig")
# The procedures as ids name them.
PROCEDURES = {"vpr": "ВПР", "oge": "ОГЭ", "ege": "ЕГЭ", "journal": "Журнал", "other": "другие процедуры"}
ONE, NUMBERED = "", r"-(?P<number>\d+)"
OF_PROCEDURE = rf"-(?P<procedure>{'|'.join(PROCEDURES)})-\d+(-\d+)?"
OF_SHARE = r"(-[a-z]+)+"
NEAR = 3
# Pictures that the reports of earlier versions held beside a table that says the same, and that table.
GONE = (
    (r"fig-(load|task-results|fact-\d+|deficits|effects-.+)", r"tbl-\1"),
    (r"fig-dots-([a-z]+-\d+)(-\d+)?", r"tbl-sure-\1"),
)


class Family(NamedTuple):
    """Tables or pictures that show the same of one task, school or procedure each.

    Attributes:
        stem: What their ids begin with: «fact» of «tbl-fact-1».
        words: What they show, in Russian; a number follows the words, a procedure stands before them.
        kinds: Whether there is a table («tbl»), a picture («fig») or both; an id without a kind means the first.
        suffix: What follows the stem.
        office: Whether the internal report alone shows them.
        hidden: Whether they are left out of a public report where all their numbers are hidden.
        amended: Whether only a document that a later order has changed has them.
    """

    stem: str
    words: str
    kinds: tuple[str, ...] = TABLE
    suffix: str = ONE
    office: bool = False
    hidden: bool = False
    amended: bool = False


FAMILIES = (
    Family("composition", "Состав плана по задачам", PICTURE),
    Family("targets", "Плановые значения задачи", suffix=NUMBERED),
    Family("load", "Нагрузка исполнителей"),
    Family("calendar", "Календарь года"),
    Family("progress", "План и факт одной строкой, задача", suffix=NUMBERED),
    Family("school-results", "Результаты поддерживаемой школы, по порядку в докладе", PICTURE, NUMBERED, hidden=True),
    Family("topics", "Темы обучения по городу", PICTURE),
    Family("plan", "План на весь срок, задача", PICTURE, NUMBERED),
    Family("readings", "Итоги, которые можно прочесть по-разному"),
    Family("document-changes", "Что изменилось в документе", amended=True),
    Family("dropped-facts", "Сообщено об исключённых показателях", amended=True),
    Family("statuses", "Показатели по состоянию на срок отчёта"),
    Family("task-results", "Исполнение по задачам"),
    Family("fact", "План и факт задачи", suffix=NUMBERED),
    Family("to-date", "С начала срока"),
    Family("by-executor", "Исполнение по исполнителям"),
    Family("by-reporter", "Исполнение по тем, кто отчитывается"),
    Family("school", "План и факт школы, по порядку в отчёте", suffix=NUMBERED),
    Family("evidence", "Принятые подтверждения"),
    Family("own-measures", "Собственные меры школ"),
    Family("owed", "Что за кем"),
    Family("bounds", "Границы факта, пока отчитались не все"),
    Family("all-evidence", "Все подтверждения и решения о них", office=True),
    Family("notes", "Примечания из форм", office=True),
    Family("marks", "Отметки", suffix=OF_PROCEDURE),
    Family("compared", "Сравнение с отметкой журнала", suffix=OF_PROCEDURE),
    Family("scores", "Баллы", suffix=OF_PROCEDURE),
    Family("pupils", "Контингент и социальный паспорт"),
    Family("staff", "Кадры"),
    Family("deficits", "Профессиональные дефициты"),
    Family("self-assessment", "Самооценка школ"),
    Family("contests", "Конкурсы"),
    Family("completeness", "Полнота сведений"),
    Family("who-sent", "О ком какие сведения есть"),
    Family("fact-findings", "Замечания к сведениям"),
    Family("two-sources", "Где форма и выгрузка расходятся", office=True),
    Family("set-aside", "Отложенные строки по причинам"),
    Family("set-aside-rows", "Отложенные строки и где они стоят", office=True),
    Family("sure", "Доли с интервалами", suffix=OF_PROCEDURE, hidden=True),
    Family("levels", "Другие показатели результатов", suffix=OF_PROCEDURE, hidden=True),
    Family("journal-share", "Отметка против журнальной", suffix=OF_PROCEDURE, hidden=True),
    Family("funnel", "Школы против города", PICTURE, OF_PROCEDURE, hidden=True),
    Family("context", "Контекст школ"),
    Family("staffing", "Кадры: показатели с интервалами"),
    Family("deficit-shares", "Дефициты учителей с интервалами"),
    Family("training", "Темы обучения по дефицитам", office=True),
    Family("slopes", "Результаты по годам", PICTURE, OF_PROCEDURE, hidden=True),
    Family("changes", "Результаты против прежнего года", hidden=True),
    Family("transition", "Собственные меры, самооценка и конкурсы"),
    Family("low-procedures", "Низкие процедуры по правилам отбора", hidden=True),
    Family("effects", "Школы по всем результатам", BOTH, OF_SHARE, office=True),
    Family("like-context", "Школы и школы с похожим контекстом", suffix=OF_SHARE, office=True),
    Family("selection", "Отбор школ с низкими результатами", office=True),
    Family("thresholds", "Что изменил бы другой порог", office=True),
    Family("conclusions", "Фразы о показателях и их основания"),
    Family("passport", "Паспорт показателей"),
    Family("findings", "Замечания к документу"),
    Family("abbreviations", "Сокращения документа"),
    Family("sources", "Полученные файлы"),
    Family("data-log", "Данные отчёта по источникам"),
    Family("assumptions", "Допущения отчёта"),
)


def report_name(calendar_year: int | str) -> str:
    """The report of an edition without its ending: what people read."""
    return f"annual-report-{calendar_year}"


def annex_name(calendar_year: int | str) -> str:
    """The annex to it: every table, the method, the sources."""
    return f"annex-{calendar_year}"


def annual_reports(calendar_year: int | str) -> list[str]:
    """The documents of an edition, relative to the sources: the report and its annex."""
    return [f"{calendar_year}/{name}.qmd" for name in (report_name(calendar_year), annex_name(calendar_year))]


def today(label: str, labels: Collection[str]) -> str:
    """The label that now stands for one of earlier reports: pictures that said what a table says are gone."""
    found = (re.sub(gone, now, label) for gone, now in GONE if re.fullmatch(gone, label))
    return label if label in labels else next(found, label)


def family_of(label: str) -> Family | None:
    """The family of a label with its kind («tbl-fact-1»); None where no report has such a table or picture."""
    kind, _, name = label.partition("-")
    found = (one for one in FAMILIES if kind in one.kinds and re.fullmatch(one.stem + one.suffix, name))
    return next(found, None)


def resolve(asked: str, labels: Collection[str], others: Iterable[str] = ()) -> str:
    """The label that an id means; it may be one that stands not in `labels`, because the project has no data for it.

    Args:
        asked: An id with its kind («fig-plan-1») or without it («deficits»: the table, where there are both).
        labels: The tables and pictures that the report has.
        others: What else may be asked for in that place; near names of these are told as well.

    Raises:
        AnalysisError: No report has a table or picture of that id; the message names the nearest ids.
    """
    asked = today(asked, labels)
    meant = [asked, *(f"{kind}-{asked}" for kind in BOTH)]
    found = [*(one for one in meant if one in labels), *(one for one in meant if family_of(one))]
    if found:
        return found[0]
    short = sorted({label.partition("-")[2] for label in labels})
    single = [one.stem for one in FAMILIES if one.suffix == ONE]
    near = nearest(asked, dict.fromkeys([*short, *sorted(labels), *sorted(others), *single]), NEAR)
    advice = f"Похожие: {', '.join(near)}." if near else "Какие есть, говорят имена файлов в папке data отчёта."
    raise AnalysisError(f"«{asked}»: такой таблицы, рисунка или главы в отчёте нет. {advice}")


def shows(label: str) -> str:
    """What a table or picture of a family shows: «План и факт задачи 1», «ВПР: Доли с интервалами»."""
    family = family_of(label)
    if family is None:
        return label
    found = re.fullmatch(family.stem + family.suffix, label.partition("-")[2])
    parts = found.groupdict() if found else {}
    if procedure := parts.get("procedure"):
        return f"{PROCEDURES[procedure]}: {family.words[0].lower()}{family.words[1:]}"
    return f"{family.words} {parts['number']}" if parts.get("number") else family.words


def absent(label: str, calendar_year: int, office: bool) -> str:
    """The sentence that stands in the place of a table or picture that a report has not.

    Args:
        label: As `resolve` gives it.
        calendar_year: The year of the report.
        office: Whether the report is for the office alone.
    """
    family, name = family_of(label), f"«{shows(label)}»"
    if not office and family and family.office:
        return f"{name}: есть только в служебном отчёте."
    if not office and family and family.hidden:
        return f"{name}: сведений за {calendar_year} год нет, или они есть только в служебном отчёте."
    if family and family.amended:
        return f"{name}: документ, по которому идёт {calendar_year} год, не менялся, или показывать нечего."
    return f"{name}: сведений за {calendar_year} год нет."


SLUGS = {name: slug for slug, name in PROCEDURES.items()}


# Reports that people have written themselves: documents beside the annual report in the folder of an edition.

OTHER_YEAR = re.compile(r"""place\(f?["'](\d{4})/""")


def own_reports(reports: Path, years: Sequence[int]) -> list[str]:
    """The documents that people have put into the folders of some editions, relative to the sources.

    Files whose names begin with «_» are parts of others.

    Raises:
        AnalysisError: One of them has no title.
    """
    found = [one for year in years for one in _documents(reports, str(year))]
    for document in found:
        if not front_matter(reports, document).get("title"):
            raise AnalysisError(
                f"{reports.name}/{document}: у отчёта нет названия. Файл начинается тремя строками: «---», "
                '«title: "Название отчёта"», «---». Если это часть другого отчёта, начните имя файла с «_».'
            )
    return found


def years_placed(reports: Path, documents: Sequence[str]) -> set[int]:
    """The years that documents name where they place something: these must be built as well."""
    cells = [one.code for name in documents for one in read_source(reports, name).pieces if isinstance(one, Cell)]
    return {int(year) for code in cells for year in OTHER_YEAR.findall(code)}


def listed(reports: Path) -> str:
    """The lines that lead from the index to these reports; nothing where there are none."""
    years = sorted(one.name for one in reports.glob("20*") if one.is_dir())
    lines = [f"- {_line(reports, document)}" for year in years for document in _documents(reports, year)]
    return "\n".join(["**Другие отчёты**", "", *lines, ""]) if lines else ""


def _documents(reports: Path, year: str) -> Iterator[str]:
    names = sorted(path.relative_to(reports).as_posix() for path in reports.glob(f"{year}/[!_.]*.qmd"))
    return (name for name in names if name not in annual_reports(year))


def _line(reports: Path, document: str) -> str:
    """«2021 год: Название (PDF, DOCX)», the title and each format a link."""
    front = front_matter(reports, document)
    title = escape(str(front.get("title") or Path(document).stem))
    links = {kind: f"({quote(output_name(document, kind))})" for kind in formats(front)}
    named = f"[{title}]{links.pop('html')}" if "html" in links else title
    papers = ", ".join(f"[{kind.upper()}]{link}" for kind, link in links.items())
    return f"{document.partition('/')[0]} год: {named}{f' ({papers})' if papers else ''}"


# Places in a report what `analysis build` has written; computes and draws nothing.

CONTENT_FOLDER = "_content"
# Beside the pieces: which tables and pictures there are, and which rows of which stored tables each shows. These are no
# source of a page: where one year has a row more, those of the others have other numbers and say the same.
EXHIBITS, EXHIBIT_ROWS = "exhibits.json", ".rows.json"
# What a build makes in the folder of an edition.
MADE_FOLDERS = (CONTENT_FOLDER, "figures", "data")
# The piece of the index under which the reports are listed that people have written.
EDITIONS = "editions"
BESIDE_THE_PIECE = re.compile(r"\]\((?=(?:figures|data)/|annual-report-|annex-)")
NAMED_OR_REFERRED = re.compile(r"((?:\{#|(?<!\\)@|\]\(#)(?:tbl|fig|sec)-[\w-]+)")


def place(name: str) -> None:
    """Prints a ready table, picture or chapter into the document whose cell calls it.

    «2021/fact-1» is a table or picture of the report for 2021, with caption, data and notices; «2021/summary» is a
    whole chapter. A document in the folder of an edition may leave out the year. Where a table and a picture share an
    id, «fact-1» is the table and «fig-fact-1» the picture. Where a chapter has the id of a table, «findings» is the
    chapter and «tbl-findings» the table. «editions» is a piece of the index. What comes from the folder of another
    year is referred to with that year: «@tbl-fact-1-2020».

    What a project has no data for, and what only the office may see, says so in one sentence.

    Args:
        name: The id; before it the year and a slash, where it is not the year of the folder of the document.

    Raises:
        AnalysisError: There is no such id or year, or nothing was built.
    """
    if not os.environ.get(RENDERING):  # `quarto render` alone: else publishing has drawn them
        from analysis.publishing.engines import draw_for_word

        draw_for_word(_reports(Path.cwd()))
    print(placed(name, Path.cwd()))  # noqa: T201 - printing is how a cell places text


def placed(name: str, folder: Path) -> str:
    """The Markdown that a name means in a document of some folder, as `place` prints it."""
    root = _reports(folder)
    named, _, asked = name.rpartition("/")
    year = named or _own_year(folder, root)
    of_index = root / CONTENT_FOLDER / f"{asked}.md"
    if not named and of_index.is_file() and not (year and (root / year / CONTENT_FOLDER / of_index.name).is_file()):
        return _of_index(root, of_index)
    if not year:
        raise AnalysisError(f'place("{name}"): назовите год, например place("2021/{name}").')
    return _of_edition(root / year, asked, folder)


def for_office(reports: Path) -> bool:
    """Whether the sources in a folder make reports for the office alone: these are made in output/."""
    from analysis.rules.config import find_project

    try:
        return reports.resolve().is_relative_to(find_project(reports) / "output")
    except AnalysisError:
        return False


def sources_above(start: Path) -> Path | None:
    """The folder of report sources in which a folder lies; None where it lies in none."""
    return next((folder for folder in (start, *start.parents) if (folder / "_quarto.yml").is_file()), None)


def _reports(start: Path) -> Path:
    found = sources_above(start)
    if found is None:
        raise AnalysisError(f"Файл _quarto.yml не найден ни в папке {start}, ни выше.")
    return found


def _own_year(folder: Path, root: Path) -> str:
    """The year in whose folder a document stands; empty at the top."""
    first = folder.relative_to(root).parts[:1]
    return first[0] if first and re.fullmatch(r"\d{4}", first[0]) else ""


def _of_index(root: Path, piece: Path) -> str:
    """A piece of the index; the list of editions is followed by the reports that people have written."""
    text = piece.read_text(encoding="utf-8")
    if piece.stem != EDITIONS:
        return text

    return f"{text}\n{listed(root)}"


def _of_edition(edition: Path, asked: str, folder: Path) -> str:
    """A chapter, table or picture of an edition; where there is none of it the sentence that says so."""
    content, year = edition / CONTENT_FOLDER, edition.name
    if not edition.is_dir():
        there = ", ".join(sorted(one.name for one in edition.parent.glob("20*") if one.is_dir()))
        raise AnalysisError(f"Отчёта за {year} год нет; есть за {there}.")
    if not (content / EXHIBITS).is_file():
        raise AnalysisError(f"Отчёт за {year} год ещё не собран: выполните analysis build.")
    labels = json.loads((content / EXHIBITS).read_bytes())
    pieces = (one.stem for one in content.glob("*.md"))
    label = asked if (content / f"{asked}.md").is_file() else resolve(asked, labels, pieces)
    piece = content / f"{label}.md"
    if label not in labels and not piece.is_file():
        return f"*{absent(label, int(year), for_office(edition.parent))}*\n"
    text = piece.read_text(encoding="utf-8")
    return text if folder == edition else _from_elsewhere(text, Path(os.path.relpath(edition, folder)))


def _from_elsewhere(text: str, way: Path) -> str:
    """A piece as a document outside the folder of its edition shows it: links lead there, references name the year."""
    return NAMED_OR_REFERRED.sub(rf"\1-{way.name}", BESIDE_THE_PIECE.sub(f"]({way.as_posix()}/", text))


# Whether a report places what its pieces refer to (sources of an older version may not), and nothing twice.

RENEW = (
    "Исходники отчёта скопированы прежней версией: теперь за год выходят доклад и приложение к нему. Начните новый "
    "проект на те же годы (analysis new ПАПКА) и возьмите из него reports/_parts и файлы reports/ГОД/*.qmd"
)
PREFIXES = tuple(f"{kind}-" for kind in BOTH)
PLACED = re.compile(r"""place\(f?["']((?:\{year\}/|\d{4}/)?([\w-]+))["']\)""")
REFERRED = re.compile(r"(?:@|\]\(#)((?:tbl|fig|sec|chain)-[\w-]+)")
NAMED = re.compile(r"\{#((?:tbl|fig|sec|chain)-[\w-]+)")


def refuse_without_annex(reports: Path, documents: Sequence[str]) -> None:
    """Stops where an edition has a report and no annex: its sources are those of an older version.

    Args:
        reports: The folder of the report sources.
        documents: The reports and annexes, relative to it.

    Raises:
        AnalysisError: There is such an edition; the message says how to renew the sources.
    """
    missing = [one for one in documents if not (reports / one).is_file()]
    if missing and len(missing) < len(documents):
        raise AnalysisError(f"{reports.name}/{missing[0]}: такого документа нет. {RENEW}.")


def refuse_lost_references(reports: Path, documents: Sequence[str]) -> None:
    """Stops where a report refers to a table, picture or section of a piece that it does not place.

    Args:
        reports: The folder of the report sources, with what the build has made.
        documents: The annual reports, relative to it: «2021/annual-report-2021.qmd».

    Raises:
        AnalysisError: There is such a reference; the message says which cell is missing and how to renew the sources.
    """
    for document in documents:
        made = {path.stem: path.read_text(encoding="utf-8") for path in _pieces(reports / document)}
        code, text = _source(reports, document)
        meant = [one for _, name in PLACED.findall(code) for one in (name, *(f"{kind}{name}" for kind in PREFIXES))]
        placed = [name for name in dict.fromkeys(meant) if name in made]
        shown = "\n".join([text, *(made[name] for name in placed)])
        lost = set(REFERRED.findall(shown)) - set(NAMED.findall(shown))
        chapters = [name for name in made if not name.startswith(PREFIXES)]
        if missing := [name for name in chapters if name not in placed and lost & set(NAMED.findall(made[name]))]:
            raise AnalysisError(_message(f"{reports.name}/{document}", missing))


def refuse_repeated(reports: Path, documents: Sequence[str]) -> None:
    """Stops where a report places a table or picture twice, alone or within a chapter: references to it lead nowhere.

    Args:
        reports: As of `refuse_lost_references`.
        documents: As there, and reports that people have written.

    Raises:
        AnalysisError: Something is placed twice; the message names both lines.
    """
    for document in documents:
        seen: dict[str, Line] = {}
        for name, line in _calls(reports, document):
            for label in _labels(name, (reports / document).parent):
                if label in seen:
                    raise AnalysisError(
                        f'{line.file}, строка {line.number}: place("{name}") помещает «{label}» второй раз, первый — '
                        f"строка {seen[label].number}, файл {seen[label].file}. В отчёте таблица и рисунок стоят "
                        "один раз: уберите одну из ячеек."
                    )
                seen[label] = line


def _calls(reports: Path, document: str) -> Iterator[tuple[str, Line]]:
    """What a document places by a name that stands in its cells as it is, and where."""
    for cell in read_source(reports, document).pieces:
        if isinstance(cell, Cell):
            for number, text in enumerate(cell.code.splitlines(), cell.fence.number + 1):
                for name, _ in PLACED.findall(text):
                    yield name.removeprefix("{year}/"), cell.fence._replace(text=text, number=number)


def _labels(name: str, folder: Path) -> list[str]:
    """The tables and pictures that `place(name)` prints; none where it will say itself what is wrong."""
    try:
        return NAMED.findall(placed(name, folder))
    except AnalysisError:
        return []


def _pieces(document: Path) -> list[Path]:
    return sorted((document.parent / CONTENT_FOLDER).glob("*.md"))


def _source(reports: Path, document: str) -> tuple[str, str]:
    """The code of the cells of a document and of all it includes, and the text between them."""
    pieces = read_source(reports, document).pieces
    cells = [piece.code for piece in pieces if isinstance(piece, Cell)]
    return "\n".join(cells), "\n".join(piece.text for piece in pieces if not isinstance(piece, Cell))


def _message(document: str, missing: Sequence[str]) -> str:
    cells = ", ".join(f'place(f"{{year}}/{name}")' for name in missing)
    return (
        f"{document}: на таблицы или разделы этих частей отчёт ссылается, а сами части в нём не помещены: "
        f"{', '.join(missing)}. "
        f"{RENEW} или добавьте ячейки: {cells}."
    )


# For whom numbers are shown: the office where it works, and inside a report whoever the report is for.

INTERNAL, PUBLIC = "internal", "public"


def audience_of(asked: str | None) -> str:
    """Returns "internal" or "public": what is asked for, but never more than the readers of a report may see.

    Args:
        asked: "internal", "public" or None, which leaves the choice to the place.

    Raises:
        AnalysisError: Something else is asked for.
    """
    if asked not in (None, INTERNAL, PUBLIC):
        raise AnalysisError(f'audience="{asked}": бывает "{INTERNAL}" или "{PUBLIC}".')
    report = rendered_report()
    allowed = INTERNAL if report is None or for_office(report) else PUBLIC
    return PUBLIC if PUBLIC in (asked, allowed) else INTERNAL


def rendered_report() -> Path | None:
    """The folder of report sources in which this cell is executed; None in a notebook or a terminal."""
    named = os.environ.get(RENDERING)
    return sources_above(Path(named or Path.cwd()).resolve())


@cache
def say_once(text: str) -> None:
    """Says something below the cell that asked first, and never again in this session."""
    say(text)


def say(text: str) -> None:
    """Says something below the cell; inside a report, where every printed word would be published, nothing."""
    if rendered_report() is None:
        sys.stdout.write(f"{text}\n")
