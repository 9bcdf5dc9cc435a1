"""Which tables and pictures a report may hold, by their ids: «fact-1» is the first task of «План и факт задачи»."""

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from analysis.errors import AnalysisError, nearest

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
