"""The tables and pictures of the roadmap itself, and what its later versions changed."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from itertools import groupby

import pandas as pd

from analysis.contracts.columns import ADDED, DROPPED
from analysis.contracts.execution import (
    COUNTS,
    Abbreviations,
    Composition,
    Duties,
    ExecutorLoad,
    Findings,
    Plan,
    PlanChanges,
    Sources,
)
from analysis.contracts.findings import RULE_TITLES
from analysis.indicators.plan import KEY, calendar, in_force
from analysis.presentation.edition import Edition
from analysis.presentation.execution import told
from analysis.presentation.exhibits import Col, Condensed, Drawing, Exhibit, Section, chapter, picture, table
from analysis.presentation.figures import plan_matrix, stacked_bars
from analysis.presentation.markdown import escape
from analysis.presentation.sentences import (
    ALL_CLEAR,
    approval,
    busiest_executor,
    contact,
    data_date,
    deadlines,
    derived,
    findings,
    of_the_plan,
    readings,
)
from analysis.presentation.words import (
    NOT_STATED,
    Row,
    count_words,
    cumulative_words,
    deadline_words,
    measure_words,
    rows_of,
    short_date,
    target_words,
    task_heading,
    task_words,
    total_words,
)
from analysis.rules.config import Source

# The tables and pictures of the roadmap itself: what it plans, who carries it out, how it is read, whence it is.

# More rows than this do not fit one page of the PDF; a longer task gets several pictures.
ROWS_PER_PICTURE = 16
HASH_GROUP = 8


def targets_of_task(edition: Edition, task_code: str) -> Exhibit:
    """The year's targets of one task: measure, target, to date, total, deadline, executors."""
    rows = edition.this_year[edition.this_year["task_code"] == task_code]
    year = edition.calendar_year
    columns = [
        Col("measure_label", "№", 6),
        Col(None, "Мероприятие и результат", 34, "l", measure_words),
        Col(None, f"План {year}", 8, "c", target_words),
        Col(None, "С начала срока", 11, "c", cumulative_words),
        Col(None, "За весь срок", 11, "c", total_words),
        Col(None, "Срок", 12, "c", deadline_words),
        Col("activity_code", "Исполнители", 17, "l", edition.executors_of),
    ]
    caption = f"{task_heading(task_code)}: плановые значения на {year} год"
    return table(edition, f"targets-{task_code}", caption, Plan, rows, columns)


def calendar_of_year(edition: Edition) -> Exhibit:
    """The planned measures of the year by month."""
    rows = calendar(edition.plan, edition.calendar_year)
    columns = [
        Col(None, "Срок", 15, "l", deadline_words),
        Col("measure_label", "№", 7),
        Col(None, "Мероприятие и результат", 48, "l", measure_words),
        Col(None, "План", 7, "c", target_words),
        Col("activity_code", "Исполнители", 20, "l", edition.executors_of),
    ]
    caption = f"Календарь {edition.calendar_year} года: показатели с планом больше нуля"
    return table(edition, "calendar", caption, Plan, rows, columns)


def load_table(edition: Edition) -> Exhibit:
    """Executors by the number of planned measures."""
    columns = [
        Col("executor_name", width=40),
        Col("planned_count", "Показателей с планом", 20, "c"),
        Col("first_named_count", width=20, align="c"),
        Col("other_count", width=20, align="c"),
    ]
    caption = f"Исполнители {edition.calendar_year} года по числу запланированных показателей"
    return table(edition, "load", caption, ExecutorLoad, edition.load, columns)


def composition_picture(edition: Edition) -> Exhibit:
    """How many measures of each task are planned this year."""
    rows = edition.facts("composition")
    said = "; ".join(
        f"{task_words(row['task_code'])}: запланировано {row['planned_count']}, ноль {row['zero_count']}, "
        f"не указано {row['blank_count']}"
        for row in rows_of(rows)
    )
    parts: list[tuple[str, list[int]]] = [
        ("запланировано", rows["planned_count"].tolist()),
        ("план — ноль", rows["zero_count"].tolist()),
        ("не указано", rows["blank_count"].tolist()),
    ]
    words = f"Столбцы: число показателей каждой задачи на {edition.calendar_year} год. {said}."
    drawn = partial(stacked_bars, [task_heading(code) for code in rows["task_code"]], parts, "показателей")
    caption = f"Показатели «дорожной карты» в {edition.calendar_year} году по задачам"
    return picture(edition, "composition", caption, Composition, rows, Drawing(drawn, words))


def plan_pictures(edition: Edition, task_code: str) -> Iterator[Exhibit]:
    """The plan of one task over all years; a long task takes several pictures."""
    task = edition.plan[edition.plan["task_code"] == task_code]
    labels = list(dict.fromkeys(task["measure_label"]))
    parts = [labels[start : start + ROWS_PER_PICTURE] for start in range(0, len(labels), ROWS_PER_PICTURE)]
    for number, part in enumerate(parts, start=1):
        rows = task[task["measure_label"].isin(part)]
        suffix = f"-{number}" if len(parts) > 1 else ""
        said = f" (часть {number} из {len(parts)})" if suffix else ""
        drawing = Drawing(partial(plan_matrix, rows, edition.calendar_year, _totals(rows)), _plan_in_words(rows))
        caption = f"{task_heading(task_code)}: план на весь срок{said}"
        yield picture(edition, f"plan-{task_code}{suffix}", caption, Plan, rows, drawing)


def readings_table(edition: Edition) -> Exhibit:
    """Measures whose total the document leaves open: both readings side by side."""
    printed = [
        {**rows_of(rows)[-1], "years": _years_in_words(rows), "annual_count": rows["target_count"].max()}
        for _, rows in edition.open.groupby("measure_label", sort=False)
    ]
    columns = [
        Col("measure_label", "№", 7),
        Col("measure_name", width=32),
        Col(None, "Итог в документе", 14, "l", total_words),
        Col("years", "По годам", 22),
        Col("cumulative_flow_count", "Если складывать", 12, "c", count_words),
        Col("annual_count", "Если это уровень года", 13, "c", count_words),
    ]
    caption = "Показатели, итог которых можно прочесть по-разному"
    return table(edition, "readings", caption, Plan, Condensed(edition.open, printed), columns)


def findings_table(edition: Edition) -> Exhibit:
    """Findings about the document, the weightier first; what to do about them, and in which file, the office alone."""
    data = edition.findings
    printed = [_alike(list(findings)) for _, findings in groupby(rows_of(data), key=_what_is_said)]
    columns = [
        Col(None, "Замечание", 18, "l", _finding_words),
        Col("places", "Где в документе", 20),
        Col("values", "Что стоит", 27),
        Col("explanation", width=35),
    ]
    about_others = edition.internal and (data["source_file"] != edition.document).any()
    caption = "Замечания к документу и к сведениям" if about_others else "Замечания к тексту документа"
    return table(edition, "findings", caption, Findings, Condensed(data, printed), columns)


def _what_is_said(finding: Row) -> tuple[str, ...]:
    return finding["severity"], finding["rule"], finding["explanation"]


def _alike(findings: Sequence[Row]) -> Row:
    """Findings that say the same about several places, in one row; the data file keeps them apart."""
    places = "; ".join(finding["place"] for finding in findings)
    values = "; ".join(dict.fromkeys(finding["value"] for finding in findings))
    return {**findings[0], "places": places, "values": values, "number": len(findings)}


def _finding_words(row: Row) -> str:
    number = f", {row['number']}" if row["number"] > 1 else ""
    return f"{RULE_TITLES[row['rule']]} ({row['severity']}{number})"


def abbreviations_table(edition: Edition) -> Exhibit:
    """The glossary."""
    rows = [(one.term, one.expansion, one.basis) for one in edition.abbreviations]
    data = pd.DataFrame(rows, columns=["term", "expansion", "basis"], dtype="str")
    columns = [Col("term", width=16), Col("expansion", width=44), Col("basis", width=40)]
    return table(edition, "abbreviations", "Сокращения документа", Abbreviations, data, columns)


def sources_table(edition: Edition) -> Exhibit:
    """Received files with their hashes; the public sees the signed document, the office every file with its path."""
    rows = [
        (one.title, one.origin, pd.Timestamp(one.received), _shown_name(edition, one), one.sha256, one.licence)
        for one in edition.sources
        if edition.internal or one.kind == "roadmap"
    ]
    names = ["title", "origin", "received", "file_name", "sha256", "licence"]
    numbers = [number for number, one in enumerate(edition.sources) if edition.internal or one.kind == "roadmap"]
    data = pd.DataFrame(rows, columns=names, index=numbers).astype({"received": "datetime64[us]"})
    columns = [
        Col("title", width=36),
        Col("origin", width=22),
        Col("received", width=11, say=short_date),
        Col(None, "Файл и его sha256", 31, "l", lambda row: f"{row['file_name']}; {_grouped(row['sha256'])}"),
    ]
    return table(edition, "sources", "Полученные файлы", Sources, data, columns)


def _shown_name(edition: Edition, source: Source) -> str:
    return source.file if edition.internal else source.file.rpartition("/")[2]


def _plan_in_words(rows: pd.DataFrame) -> str:
    said = [
        f"{label}: {_years_in_words(years)}, за срок {total_words(rows_of(years)[0])}"
        for label, years in rows.groupby("measure_label", sort=False)
    ]
    return f"Сетка плановых значений по годам. {'; '.join(said)}."


def _years_in_words(rows: pd.DataFrame) -> str:
    return ", ".join(f"{row['calendar_year']} — {target_words(row)}" for row in rows_of(rows))


def _totals(rows: pd.DataFrame) -> list[str]:
    first = rows.drop_duplicates("measure_label")
    return [total_words(row) for row in rows_of(first)]


def _grouped(digest: str) -> str:
    """A hash in groups, so that it breaks inside a narrow column."""
    return " ".join(digest[start : start + HASH_GROUP] for start in range(0, len(digest), HASH_GROUP))


# «Что изменилось в документе»: what later versions of the plan changed, and what was reported of what they dropped.

NOTHING_CHANGED = "показатели не изменены"


def section(edition: Edition) -> tuple[str, list[Exhibit]]:
    """The chapter, with its heading; nothing while the first document is in force."""
    if len(edition.versions) < 2:
        return "", []
    shown = [one for one in (_changes_table(edition), _dropped_facts(edition)) if one is not None]
    return chapter([(f"# Что изменилось в документе {{#sec-document-changes}}\n\n{sentence(edition)}", shown)])


def sentence(edition: Edition) -> str:
    """Since when which order is in force and how much it changed; nothing while the first document is."""
    return " ".join(_sentence(edition, one.since, one.basis) for one in edition.versions if one.since)


def _sentence(edition: Edition, since: date, basis: str) -> str:
    rows = _changes(edition)
    rows = rows[rows["in_force_date"] == pd.Timestamp(since)]
    added, dropped = (int((rows["change_kind"] == kind).sum()) for kind in (ADDED, DROPPED))
    others = rows.loc[~rows["change_kind"].isin([ADDED, DROPPED]), "label_after"].nunique()
    counts = {"добавлено": added, "исключено": dropped, "изменено": others}
    said = ", ".join(f"{words} — {count}" for words, count in counts.items() if count)
    told = f"показателей {said}" if said else NOTHING_CHANGED
    words = escape(f"С {short_date(since)} документ действует в новой редакции ({basis}): {told}")
    return f"{words} (@tbl-document-changes)." if said else f"{words}."


def _changes(edition: Edition) -> pd.DataFrame:
    rows = edition.tables["plan_changes"]
    return rows[rows["file_after"].isin([one.file for one in edition.versions])]


def _changes_table(edition: Edition) -> Exhibit | None:
    rows = _changes(edition)
    columns = [
        Col("in_force_date", width=10, align="c", say=short_date),
        Col("change_kind", width=13),
        Col(None, "№", 9, "l", _label),
        Col("measure_name", width=22),
        Col(None, "Было", 13, "l", partial(_text, "before")),
        Col(None, "Стало", 13, "l", partial(_text, "after")),
        Col(None, "Где в документах", 20, "l", _places),
    ]
    caption = "Что изменилось в документе"
    return None if rows.empty else table(edition, "document-changes", caption, PlanChanges, rows, columns)


def _label(row: Row) -> str:
    return " → ".join(dict.fromkeys(one for one in (row["label_before"], row["label_after"]) if not pd.isna(one)))


def _text(side: str, row: Row) -> str:
    if pd.isna(row[f"place_{side}"]):
        return "—"
    year = "" if pd.isna(row["calendar_year"]) else f"{row['calendar_year']}: "
    return f"{year}{count_words(row[f'text_{side}'], NOT_STATED if year else '—')}"


def _places(row: Row) -> str:
    sides = {"прежний": row["place_before"], "новый": row["place_after"]}
    return "; ".join(f"{words}: {place}" for words, place in sides.items() if not pd.isna(place))


def _dropped_facts(edition: Edition) -> Exhibit | None:
    """What was reported, this year and before, of measures that the plan in force no longer has."""
    duties, every = edition.tables.get("duties"), edition.tables["plan"]
    if duties is None:
        return None
    known = pd.concat([in_force(every), every]).drop_duplicates(KEY_OF_YEAR)
    rows = duties.reset_index(names="row").merge(known[[*KEY_OF_YEAR, "measure_identity", "in_force"]], on=KEY_OF_YEAR)
    rows = rows[~rows["measure_identity"].isin(edition.plan["measure_identity"]) & rows["reported_count"].notna()]
    rows = rows[(rows["calendar_year"] <= edition.calendar_year) & (~rows["in_force"] | (rows["standing"] == COUNTS))]
    names = dict(zip(zip(every["activity_code"], every["measure_number"], strict=True), every["measure_name"],
                     strict=True))  # fmt: skip
    columns = [
        Col("calendar_year", width=8, align="c"),
        Col(None, "№", 8, "l", edition.label_of),
        Col(None, "Показатель", 38, "l", lambda row: names[row["activity_code"], row["measure_number"]]),
        Col("reporter", "Кто сообщил", 22),
        Col("reported_count", width=12, align="c", say=count_words),
        Col("accepted_count", width=12, align="c", say=count_words),
    ]
    who = rows["reporter"].map(edition.name_of).astype("str").to_numpy()
    counts = ["reported_count", "accepted_count"]
    data = duties.loc[rows["row"], [*KEY_OF_YEAR, "reporter", *counts]].assign(reporter=who)
    caption = "Сообщено об исключённых показателях"
    return (
        None if data.empty else table(edition, "dropped-facts", caption, Duties, told(edition, data, counts), columns)
    )


KEY_OF_YEAR = [*KEY, "calendar_year"]


# The annex about the document, piece by piece.


def plan_sections(edition: Edition) -> list[Section]:
    """What the document plans, without a word of what was done."""
    titles = dict(zip(edition.plan["task_code"], edition.plan["task_title"], strict=True))
    targets = {task: targets_of_task(edition, task) for task in titles}
    load = [load_table(edition)] if len(edition.planned) else []
    plans = [picture for task in titles for picture in plan_pictures(edition, task)]
    readings = [readings_table(edition)] if len(edition.open) else []
    by_task = "\n\n".join(_task_section(task, titles[task], targets[task]) for task in titles)
    return [
        Section("approval", approval(edition)),
        Section("tasks", "\n".join(f"- **{task_heading(task)}.** {escape(title)}" for task, title in titles.items())),
        _with_exhibits("composition", of_the_plan(edition), [composition_picture(edition)]),
        Section("targets", "\n\n".join(filter(None, [derived(edition), by_task])), list(targets.values())),
        _with_exhibits("executors", busiest_executor(edition), load),
        _with_exhibits("calendar", deadlines(edition), [calendar_of_year(edition)]),
        _with_exhibits("plan", "", plans),
        _with_exhibits("readings", _readings_words(edition), readings),
    ]


def _with_exhibits(name: str, said: str, shown: Sequence[Exhibit]) -> Section:
    """A sentence, if any, and the exhibits below it."""
    return Section(name, "\n\n".join([*([said] if said else []), *(one.markdown for one in shown)]), shown)


def _task_section(task: str, title: str, exhibit: Exhibit) -> str:
    return f"## {task_heading(task)} {{#sec-task-{task}}}\n\n{escape(title)}\n\n{exhibit.markdown}"


def _readings_words(edition: Edition) -> str:
    return readings(edition) or ALL_CLEAR


def document_sections(edition: Edition) -> list[Section]:
    """What the document was read from, and what is to be mended in it."""
    return [
        _with_exhibits("findings", findings(edition), [findings_table(edition)]),
        _with_exhibits("abbreviations", "", [abbreviations_table(edition)]),
        _with_exhibits("sources", data_date(edition), [sources_table(edition)]),
        Section("contact", contact(edition)),
    ]
