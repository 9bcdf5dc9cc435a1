"""Makes the workbooks of a year: for municipal reporters, for schools, and the sheet on which the office decides."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
import xlsxwriter

from analysis.cleaning.registry import reporter_words, school_names
from analysis.contracts.facts import (
    ACCEPTANCE,
    ASKED_BY_KIND,
    CONTESTS,
    DEFICITS,
    EVIDENCE,
    EXECUTION,
    IDENTITY_SHEET,
    INSTRUCTIONS,
    LINED,
    OWN_MEASURES,
    REGISTRY_SCHOOLS,
    REGISTRY_STATUS,
    RESULTS,
    SCHOOL_SHEETS,
    SCORES,
    SELF_ASSESSMENT,
    FormColumn,
    FormSheet,
    form_identity,
    lines_asked,
)
from analysis.indicators.duties import measures_named, municipal_unnamed, reporting_schools, school_shares
from analysis.indicators.plan import in_force, plan_by_year
from analysis.indicators.school_facts import supported_schools
from analysis.presentation.words import Row, bounded, deadline_words, measure_words, rows_of, target_words
from analysis.rules.config import INVENTED, Collection, Report
from analysis.rules.office_files import (
    CALENDAR_FILE,
    FILL_IN,
    SCHOOLS_FILE,
    Sitting,
    no_sittings,
    school_year_from,
    sitting_stanza,
)
from analysis.rules.written import MARK_SCALE, SCORE_SCALE

# Writes a workbook to be filled in: inputs open, the rest protected, lists and hints where they help.

# What a cell may be given: text, a number or a date; an empty text leaves it blank.
Given = str | int | float | date
# The layout of a sheet, the rows that are already written, and the lists of choices that depend on the form.
FilledSheet = tuple[FormSheet, Sequence[Sequence[Given]], Mapping[str, Sequence[str]]]
LARGEST_COUNT = 100_000
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
# By kind of a column how Excel calls it, and between what its values lie.
BETWEEN = {
    "count": ("integer", 0, LARGEST_COUNT),
    "number": ("decimal", 0, LARGEST_COUNT),
    "date": ("date", EARLIEST, LATEST),
}
# Excel shows at most 255 characters of a hint and 32 of its title.
HINT_LIMIT = 255
LINE_POINTS = 15
# Fills of headings, of cells that the office has written and of those to be filled in: every bordered cell has one.
TITLE_FILL, FIXED_FILL, ENTRY_FILL = "E5E7EB", "F9FAFB", "FFFBEB"
# What is said of a value that a cell does not take.
NEEDED = {
    "count": "Нужно целое число от 0, без слов и знаков.",
    "number": "Нужно число от 0, можно с десятыми: 12,5.",
    "date": "Нужна дата вида ДД.ММ.ГГГГ, например 25.08.2021.",
    "choice": "Выберите значение из списка.",
}
MORE_ROWS = (
    "Не хватило строк на листе ({}): «Рецензирование → Снять защиту листа» (пароля нет) и пишите ниже; прочитаны будут "
    "все строки."
)


def form_bytes(
    instructions: Sequence[str], sheets: Sequence[FilledSheet], identity: Mapping[str, str], created: date
) -> bytes:
    """Returns a workbook with a sheet of instructions, the sheets to fill in and hidden identifiers.

    Args:
        instructions: Lines of «Как заполнить»; the first is the heading.
        sheets: For each sheet its layout, the rows that are already written (values of the leading columns), and the
            lists of choices that depend on the form.
        identity: What tells the forms apart; it comes back with the filled form.
        created: Date written into the file, so that the same form has the same bytes.
    """
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": datetime(created.year, created.month, created.day), "title": instructions[0]})
        for key, value in identity.items():
            book.set_custom_property(f"form_{key}", value)
        looks = _looks(book)
        _write_instructions(book, [*instructions, *_more_rows(sheets)], looks)
        for layout, rows, choices in sheets:
            _write_sheet(book, layout, rows, choices, looks)
        _write_identity(book, identity)
    return buffer.getvalue()


def _more_rows(sheets: Sequence[FilledSheet]) -> list[str]:
    """How to go on where the rows of an open list are used up."""
    titles = ", ".join(f"«{layout.title}»" for layout, _, _ in sheets if layout.is_open)
    return [MORE_ROWS.format(titles)] if titles else []


def _looks(book: Any) -> dict[str, Any]:
    base = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#9CA3AF"}
    entry = base | {"locked": False, "bg_color": f"#{ENTRY_FILL}"}
    fixed = base | {"bg_color": f"#{FIXED_FILL}"}
    return {
        "heading": book.add_format({"bold": True, "font_size": 14}),
        "line": book.add_format({"text_wrap": True, "valign": "top"}),
        "title": book.add_format(base | {"bold": True, "bg_color": f"#{TITLE_FILL}"}),
        "fixed": book.add_format(fixed | {"num_format": "@"}),
        "fixed count": book.add_format(fixed | {"num_format": "0", "align": "center"}),
        "fixed date": book.add_format(fixed | {"num_format": "dd.mm.yyyy", "align": "center"}),
        "text": book.add_format(entry | {"num_format": "@"}),
        "choice": book.add_format(entry | {"num_format": "@"}),
        "count": book.add_format(entry | {"num_format": "0"}),
        "number": book.add_format(entry),
        "date": book.add_format(entry | {"num_format": "dd.mm.yyyy"}),
    }


def _write_instructions(book: Any, lines: Sequence[str], looks: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet(INSTRUCTIONS)
    sheet.set_column(0, 0, 100)
    for row, line in enumerate(lines):
        sheet.set_row(row, height_of([(line, 95)]) if row else 24)
        sheet.write_string(row, 0, line, looks["line" if row else "heading"])
    sheet.protect()
    _lie_on_paper(sheet)


def _write_sheet(
    book: Any,
    layout: FormSheet,
    rows: Sequence[Sequence[Given]],
    choices: Mapping[str, Sequence[str]],
    looks: Mapping[str, Any],
) -> None:
    sheet = book.add_worksheet(layout.title)
    # A sheet whose rows the office has written needs no spare ones; a list that people write needs only those.
    last = len(rows) + (layout.spare_rows if layout.is_open else 0)
    for row, given in enumerate(rows, start=1):
        texts = [(_shown(value), column.width) for value, column in zip(given, layout.columns, strict=False)]
        sheet.set_row(row, height_of(texts))
    # Headings are bold, and their words do not break.
    sheet.set_row(0, height_of([(column.title, column.width - 3) for column in layout.columns]))
    for position, column in enumerate(layout.columns):
        sheet.set_column(position, position, column.width)
        sheet.write_string(0, position, column.title, looks["title"])
        for row in range(1, last + 1):
            value = rows[row - 1][position] if row <= len(rows) and position < len(rows[row - 1]) else ""
            noted = row <= len(rows) and is_note(layout, rows[row - 1])
            _write_cell(sheet, row, position, value, looks["fixed" if noted else _look(column, value)])
        _validate(sheet, position, last, column, choices)
    _print_setup(sheet, last, len(layout.columns))
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})


def is_note(layout: FormSheet, given: Sequence[Given]) -> bool:
    """Whether a row of a sheet whose rows the office writes is no measure, but words to whoever reads it."""
    return layout.columns[0].kind == "fixed" and len(given) > 1 and given[0] == ""


def _look(column: FormColumn, value: Given) -> str:
    """The look of a cell; a number or a date that the office has written must not show as a text."""
    if column.kind != "fixed" or isinstance(value, str):
        return column.kind
    return "fixed date" if isinstance(value, date) else "fixed count"


def height_of(texts: Sequence[tuple[str, int]]) -> float:
    """Points that the longest text of a row needs; not every program finds the height by itself."""
    lines = (-(-len(text) // max(1, width - 2)) for text, width in texts)
    return LINE_POINTS * max(1, *lines) + 3


def _shown(value: Given) -> str:
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value)


def _write_cell(sheet: Any, row: int, position: int, value: Given, look: Any) -> None:
    if value == "":
        sheet.write_blank(row, position, None, look)
    elif isinstance(value, str):
        sheet.write_string(row, position, value, look)
    elif isinstance(value, date):
        sheet.write_datetime(row, position, value, look)
    else:
        sheet.write_number(row, position, value, look)


def _validate(sheet: Any, position: int, last: int, column: FormColumn, choices: Mapping[str, Sequence[str]]) -> None:
    if column.kind == "fixed" or not last:
        return
    rule: dict[str, Any] = {"validate": "any"}
    if column.kind in BETWEEN:
        kind, least, most = BETWEEN[column.kind]
        rule = {"validate": kind, "criteria": "between", "minimum": least, "maximum": most}
    elif column.kind == "choice":
        rule = {"validate": "list", "source": list(choices.get(column.name, column.choices))}
    if column.hint:
        rule |= {"input_title": column.title[:32], "input_message": column.hint[:HINT_LIMIT]}
    if column.kind in NEEDED:
        rule |= {"error_title": "Проверьте значение", "error_message": NEEDED[column.kind]}
    sheet.data_validation(1, position, last, position, rule)


def _print_setup(sheet: Any, last: int, columns: int) -> None:
    sheet.freeze_panes(1, 0)
    _lie_on_paper(sheet)
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, max(last, 1), columns - 1)


def _lie_on_paper(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _write_identity(book: Any, identity: Mapping[str, str]) -> None:
    sheet = book.add_worksheet(IDENTITY_SHEET)
    for row, (key, value) in enumerate(identity.items()):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
    sheet.protect()
    sheet.very_hidden()


def school_sheets(collection: Collection, sittings: Sequence[Sitting], calendar_year: int) -> list[FilledSheet]:
    """Returns the sheets that every school of the city fills in, supported or not.

    Args:
        collection: Its lists are the lines of «Дефициты» and «Самооценка»; without them schools write the names.
        sittings: The calendar of procedures; a year without sittings of a scale has no sheet for it.
        calendar_year: The year of the form.
    """
    marks, scores = (_sitting_rows(sittings, calendar_year, scale) for scale in (MARK_SCALE, SCORE_SCALE))
    results: list[FilledSheet] = [(layout, rows, {}) for layout, rows in ((RESULTS, marks), (SCORES, scores)) if rows]
    return [
        *(_asked(layout, table, calendar_year) for layout, table in SCHOOL_SHEETS.items() if table in LINED),
        *results,
        _listed(DEFICITS, collection.competences),
        _listed(SELF_ASSESSMENT, collection.self_assessment_criteria),
        (CONTESTS, [], {}),
    ]


def how_to_fill_sheets(sheets: Sequence[FilledSheet], calendar_year: int) -> Iterator[str]:
    """Yields a line of «Как заполнить» about each of those sheets."""
    autumn = school_year_from(calendar_year)
    for layout, _, _ in sheets:
        yield f"Лист «{layout.title}»: {layout.how_to_fill.format(year=calendar_year, autumn=autumn)}"


def _asked(layout: FormSheet, table: str, calendar_year: int) -> FilledSheet:
    """A sheet whose lines are the same for every school, each with its unit where the sheet has a column of units."""
    lines = lines_asked(table, calendar_year)
    return layout, list(lines.items()) if LINED[table].unit else [(line,) for line in lines], {}


def _sitting_rows(sittings: Sequence[Sitting], calendar_year: int, scale: str) -> list[Sequence[Given]]:
    return [
        (sitting.procedure, subject, grade, grade + sitting.grade_lag, sitting.wave)
        for sitting in sittings
        if (sitting.calendar_year, sitting.scale) == (calendar_year, scale)
        for subject in sitting.form_subjects
        for grade in sitting.grades.get(subject, ())
    ]


def _listed(layout: FormSheet, lines: Sequence[str]) -> FilledSheet:
    return (layout, [(line,) for line in lines], {}) if lines else (layout.open_list, [], {})


SHARE_NOT_SET = "доля школы не установлена"
HOW_TO_FILL = (
    "Впишите значения только в жёлтые ячейки; остальные защищены (без пароля), чтобы форма вернулась целой.",
    "Лист «Исполнение»: в столбце «Факт» — сколько сделано за год. Ничего не сделано — 0. Нет сведений — пусто.",
    "Лист «Подтверждения»: по строке на каждый документ: номер показателя, вид, номер, дата, ссылка или имя файла и "
    "сколько единиц факта он подтверждает. Сам документ к форме не прикладывается.",
    "Даты пишите как ДД.ММ.ГГГГ, числа — целыми, без слов и знака процента; ставки и баллы можно с десятыми.",
    "Не вписывайте имена учеников и учителей.",
    "Переименовать файл можно: форма узнаётся по скрытым отметкам внутри. Новые листы и столбцы добавлять не нужно.",
)
HOW_TO_FILL_KINDS = {
    "share": "Доля: впишите оба числа, из которых она получается: «Факт» — сколько из них (часть), «Из скольких» — "
    "всего (целое). Проценты считает программа; часть не больше целого.",
    "state": "Где план — «да» или «нет», выберите ответ в столбце «Да или нет», а «Факт» оставьте пустым.",
    "document": "Где результат — документ, назовите его на листе «Подтверждения»: название, номер и дата. «Факт» — "
    "сколько таких документов есть; если его не вписать, засчитаются названные.",
}
NOT_SUPPORTED = (
    "По реестру школ эта школа в {year} году не участвует в программе поддержки, поэтому показателей на листе "
    "«Исполнение» нет. Остальные листы заполните, «Подтверждения» оставьте пустыми."
)
NO_MEASURES = (
    "«Дорожная карта» не называет школы исполнителем ни одного мероприятия, поэтому показателей на листе «Исполнение» "
    "нет. Остальные листы заполните, «Подтверждения» оставьте пустыми."
)
HOW_TO_FILL_OWN = "Лист «Школьная дорожная карта»: свои меры школы — что запланировано и что сделано за год."


@dataclass(frozen=True)
class Form:
    """A workbook to send out: its file name and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class BlankForm:
    """What a workbook to send out holds.

    Attributes:
        reporter: Who fills it in.
        instructions: Lines of «Как заполнить»; the first is the heading.
        sheets: The sheets to fill in, with the rows the office has written.
        identity: What tells the forms apart.
    """

    reporter: str
    instructions: tuple[str, ...]
    sheets: tuple[FilledSheet, ...]
    identity: Mapping[str, str]


def workbooks(blank: Sequence[BlankForm], calendar_year: int, created: date) -> list[Form]:
    """Returns the forms of a year as workbooks; `created` is the date written into the files."""
    named = ((f"{calendar_year}_{_file_name(form.reporter)}.xlsx", form) for form in blank)
    return [Form(name, form_bytes(form.instructions, form.sheets, form.identity, created)) for name, form in named]


@dataclass(frozen=True)
class Asking:
    """Who asks whom for what, in a year.

    Attributes:
        project: Name of the project; a form of another project is refused on return.
        calendar_year: The year.
        collection: Who reports.
        reporting: Recorded shares.
        sittings: The calendar of procedures: for which results the forms ask.
        invented: Whether the data are invented; the form says so.
    """

    project: str
    calendar_year: int
    collection: Collection
    reporting: Sequence[Report]
    sittings: Sequence[Sitting]
    invented: bool


def blank_forms(tables: Mapping[str, pd.DataFrame], asking: Asking) -> list[BlankForm]:
    """Returns what the forms of a year hold.

    Args:
        tables: `plan` (`indicators.plan.plan_by_year`), executors, school_status, and the schools that are asked; those
            are empty while there is no registry, and then only municipal forms are made.
        asking: The year, and who reports what in it.
    """
    collection, schools = asking.collection, tables["schools"]
    facts = school_sheets(collection, asking.sittings, asking.calendar_year)
    unnamed = municipal_unnamed(tables["executors"], collection, asking.reporting)
    names = {name: name for name in collection.municipal if name not in unnamed}
    names |= dict(zip(schools["school_login"], schools["school_name"], strict=True))
    return [_blank_form(tables, asking, facts, reporter, name) for reporter, name in names.items()]


def _blank_form(
    tables: Mapping[str, pd.DataFrame], asking: Asking, facts: Sequence[FilledSheet], reporter: str, name: str
) -> BlankForm:
    year, own = asking.calendar_year, reporter not in asking.collection.municipal
    plan, status = tables["plan"], tables["school_status"]
    rows = plan[plan["calendar_year"] == year]
    named = measures_named(rows, tables["executors"], status, asking.collection, asking.reporting, reporter)
    measures = rows_of(named)
    note = "" if measures else _why_empty(reporter, status, year)
    about_own = [HOW_TO_FILL_OWN, *how_to_fill_sheets(facts, year)] if own else []
    said = [f"Сведения за {year} год: {name}", *filter(None, [note])]
    said += _instructions([*how_to_fill_kinds(measures), *about_own], asking.invented)
    sheets = (*_sheets(measures, note, own, school_shares(asking.reporting)), *(facts if own else ()))
    return BlankForm(reporter, tuple(said), sheets, form_identity("form", asking.project, year, reporter))


def how_to_fill_kinds(measures: Sequence[Row]) -> Iterator[str]:
    """Yields a line of «Как заполнить» about each kind of measure that is asked for in a unit of its own."""
    kinds = {row["measure_kind"] for row in measures}
    yield from (said for kind, said in HOW_TO_FILL_KINDS.items() if kind in kinds)


def _why_empty(reporter: str, status: pd.DataFrame, calendar_year: int) -> str:
    supported = reporter in supported_schools(status, calendar_year)
    return NO_MEASURES if supported else NOT_SUPPORTED.format(year=calendar_year)


def _instructions(about_own: Sequence[str], invented: bool) -> list[str]:
    said = [f"{INVENTED}."] if invented else []
    return [*said, *HOW_TO_FILL[:3], *about_own, *HOW_TO_FILL[3:]]


def _sheets(measures: Sequence[Row], note: str, own: bool, shares: Mapping[tuple[str, int], int]) -> list[FilledSheet]:
    rows: list[tuple[str, ...]] = [("", note)] if note else []
    for row in measures:
        rows.append((row["measure_label"], measure_words(row), _target_words(row, own, shares), deadline_words(row)))
    choices = {"measure_label": [row["measure_label"] for row in measures] or ["—"]}
    asked = {ASKED_BY_KIND.get(row["measure_kind"], "") for row in measures}
    sheets: list[FilledSheet] = [(EXECUTION.asking_for(asked), rows, {}), (EVIDENCE.asking_for(asked), [], choices)]
    return [*sheets, (OWN_MEASURES, [], {})] if own else sheets


def _target_words(row: Row, own: bool, shares: Mapping[tuple[str, int], int]) -> str:
    """The target of the reporter: the city's for the office; a school's share, or that nobody has set it."""
    if pd.isna(row["target_count"]):
        return target_words(row)
    plain = row["measure_kind"] == "count" and pd.isna(row["measure_unit"])
    target = bounded(row["target_count"], row["comparator"]) if plain else target_words(row)
    if not own:
        return target
    share = shares.get((row["activity_code"], row["measure_number"]))
    return f"{target} на город; {SHARE_NOT_SET}" if share is None else bounded(share, row["comparator"])


def _file_name(reporter: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in reporter)


FACT_NOT_GIVEN = "не указан"
HOW_TO_DECIDE = (
    "В строке — одно подтверждение: по какому показателю, кто и сколько сообщил, каким документом и сколько единиц "
    "факта подтверждает.",
    "Выберите решение, впишите должность и дату. Возвращая, назовите причину: её впишет в копию формы, "
    "которую получит тот, кто отчитался, команда analysis check --annotate.",
    "Строку, о которой решения ещё нет, оставьте пустой. Серые ячейки не меняйте: по коду решение находит документ.",
)


def acceptance_row(**values: Given) -> tuple[Given, ...]:
    """Returns a row of the sheet from its values by column; what is not given stays blank."""
    return tuple(values.get(column.name, "") for column in ACCEPTANCE.columns)


def rows_to_decide(
    waiting: pd.DataFrame,
    reports: pd.DataFrame,
    plan: pd.DataFrame,
    schools: pd.DataFrame,
    received: Mapping[str, date],
) -> list[tuple[Given, ...]]:
    """Returns a row for each piece of evidence that nobody has examined.

    Args:
        waiting: Rows of the typed evidence.
        reports: Typed reports of the same forms.
        plan: `indicators.plan.plan_by_year`.
        schools: Typed schools: a row shows the name of a school beside its login.
        received: The day each form came, by file.
    """
    measures = {_measure(row): row for row in rows_of(plan)}
    facts = {(row["reporter"], *_measure(row)): row["fact_count"] for row in rows_of(reports)}
    names = dict(zip(schools["school_login"], schools["school_name"], strict=True))
    return [
        acceptance_row(
            evidence_id=row["evidence_id"],
            measure_label=measures[_measure(row)]["measure_label"],
            measure_title=measure_words(measures[_measure(row)]),
            reporter=reporter_words(row["reporter"], names),
            fact_count=_given(facts.get((row["reporter"], *_measure(row))), FACT_NOT_GIVEN),
            confirmed_count=int(row["confirmed_count"]),
            evidence_kind=row["evidence_kind"],
            evidence_number=_given(row["evidence_number"]),
            evidence_date=_given(row["evidence_date"]),
            evidence_link=_given(row["evidence_link"]),
            received=received[row["source_file"]],
        )
        for row in rows_of(waiting)
    ]


def _measure(row: Row) -> tuple[str, int, int]:
    return str(row["activity_code"]), int(row["measure_number"]), int(row["calendar_year"])


def _given(value: Any, missing: str = "") -> Given:
    """A value of a table as a cell takes it, or what is written where there is none."""
    if pd.isna(value):
        return missing
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value if isinstance(value, str) else int(value)


# All workbooks of a year, and what cannot be made.

NO_REGISTRY = "Реестра школ ещё нет, поэтому форм школ нет: заполните registry.xlsx и выполните analysis receive."


def forms_of_year(tables: Mapping[str, pd.DataFrame], asking: Asking, received: Mapping[str, date]) -> list[Form]:
    """Returns the forms of a year, an empty registry where there is none, and the sheet of evidence to be examined.

    Args:
        tables: The typed tables; those of facts are empty while nothing has come back.
        asking: Who asks whom for what.
        received: The day each file came; the last of them is written into the workbooks.
    """
    created, year = max(received.values()), asking.calendar_year
    every_version = plan_by_year(tables["activities"], tables["measures"], tables["targets"])
    asked = {**tables, "plan": in_force(every_version), "schools": reporting_schools(tables, year)}
    forms = workbooks(blank_forms(asked, asking), year, created)
    if tables["schools"].empty:
        forms.append(_registry_form(asking, created))
    known = every_version.sort_values("in_force", kind="stable")
    waiting = _acceptance_form(tables, known, asking, received)
    return [*forms, *([waiting] if waiting else [])]


def not_made(tables: Mapping[str, pd.DataFrame], asking: Asking) -> list[str]:
    """Returns what of the forms of a year cannot be made, or is not asked, and why: a sentence each."""
    calendar_year, sittings = asking.calendar_year, asking.sittings
    lines = [
        f"{name}: формы нет, потому что «дорожная карта» не называет этого исполнителя ни в одном мероприятии. "
        "Сверьте с документом: project.toml, [collection], ключ municipal."
        for name in municipal_unnamed(tables["executors"], asking.collection, asking.reporting)
    ]
    asked = set(reporting_schools(tables, calendar_year)["school_login"])
    lines += [
        f"{login}: формы за {calendar_year} год нет: {name} ({SCHOOLS_FILE})."
        for login, name in school_names(tables).items()
        if login not in asked
    ]
    unknown = no_sittings(sittings, calendar_year)
    if unknown:
        lines += [f"{CALENDAR_FILE}: {unknown} {FILL_IN}", sitting_stanza(calendar_year)]
    elif not any(one.calendar_year == calendar_year and one.form_subjects for one in sittings):
        said = f"процедур {calendar_year} года, о которых спрашивает форма, нет: ключ form_subjects всюду пуст."
        lines.append(f"{CALENDAR_FILE}: {said}")
    return [*lines, NO_REGISTRY] if tables["schools"].empty else lines


def _registry_form(asking: Asking, created: date) -> Form:
    lines = [
        "Реестр школ",
        *_said(asking),
        "Впишите все школы города и их статус по учебным годам: от них зависит, кто отчитывается.",
    ]
    identity = form_identity("registry", asking.project, asking.calendar_year, "registry")
    content = form_bytes(lines, [(REGISTRY_SCHOOLS, [], {}), (REGISTRY_STATUS, [], {})], identity, created)
    return Form("registry.xlsx", content)


def _acceptance_form(
    tables: Mapping[str, pd.DataFrame], plan: pd.DataFrame, asking: Asking, received: Mapping[str, date]
) -> Form | None:
    """The evidence of a year that nobody has examined; nothing where there is none."""
    evidence, examined, year = tables["evidence"], tables["acceptance"]["evidence_id"], asking.calendar_year
    waiting = evidence[(evidence["calendar_year"] == year) & ~evidence["evidence_id"].isin(examined)]
    if waiting.empty:
        return None
    rows = rows_to_decide(waiting, tables["reports"], plan, tables["schools"], received)
    lines = [f"Рассмотрение подтверждений за {year} год", *_said(asking), *HOW_TO_DECIDE]
    identity = form_identity("acceptance", asking.project, year, "acceptance")
    content = form_bytes(lines, [(ACCEPTANCE, rows, {})], identity, max(received.values()))
    return Form(f"{year}_acceptance.xlsx", content)


def _said(asking: Asking) -> list[str]:
    return [f"{INVENTED}."] if asking.invented else []
