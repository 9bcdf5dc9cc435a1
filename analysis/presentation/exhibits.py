"""The tables and pictures of an edition: caption, alternative text, printed cells, and the data behind them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import pandas as pd
from matplotlib.figure import Figure

from analysis.contracts.findings import RULE_TITLES
from analysis.indicators.plan import calendar
from analysis.presentation.data_note import data_note
from analysis.presentation.edition import Edition
from analysis.presentation.figures import plan_matrix, stacked_bars
from analysis.presentation.markdown import figure, pipe_table
from analysis.presentation.russian import short_date
from analysis.presentation.words import (
    Row,
    count_words,
    cumulative_words,
    deadline_words,
    measure_words,
    rows_of,
    total_words,
)
from analysis.rules.config import Source

# More rows than this do not fit one page of the PDF; a longer task gets several pictures.
ROWS_PER_PICTURE = 16
HASH_GROUP = 8
ONLY_FOR_THE_OFFICE = ("missing_reporters", "waiting_count", "returned_count")


@dataclass(frozen=True)
class Exhibit:
    """A table or picture of the report.

    Attributes:
        label: Cross-reference label: «tbl-load», «fig-plan-4».
        caption: Caption, plain text.
        data: The table behind it, columns as in contracts.indicators.
        markdown: What the report prints, the links to the data included.
        picture: The drawing; None for a table.
        table: The stored table whose rows these are; empty where a row rests on rows of several.
        numbers: Of each row its number in that table.
        behind: Where there is no such table: of each row the stored rows that it rests on.
    """

    label: str
    caption: str
    data: pd.DataFrame
    markdown: str
    picture: Figure | None = None
    table: str = ""
    numbers: Sequence[int] = ()
    behind: Sequence[Sequence[tuple[str, int]]] = ()


def targets_of_task(edition: Edition, task_code: str) -> Exhibit:
    """The year's targets of one task: measure, target, to date, total, deadline, executors."""
    rows = edition.this_year[edition.this_year["task_code"] == task_code]
    year = edition.calendar_year
    cells = [
        [
            row["measure_label"],
            measure_words(row),
            count_words(row["target_count"]),
            cumulative_words(row),
            total_words(row),
            deadline_words(row),
            edition.executors_by_activity[row["activity_code"]],
        ]
        for row in rows_of(rows)
    ]
    header = ["№", "Мероприятие и результат", f"План {year}", "С начала срока", "За весь срок", "Срок", "Исполнители"]
    return printed_table(
        edition,
        f"targets-{task_code}",
        f"Задача {task_code}: плановые значения на {year} год",
        rows,
        (header, cells, [6, 34, 8, 11, 11, 12, 17], "llccccl"),
    )


def calendar_of_year(edition: Edition) -> Exhibit:
    """The planned measures of the year by month."""
    rows = calendar(edition.plan, edition.calendar_year)
    cells = [
        [
            deadline_words(row),
            row["measure_label"],
            measure_words(row),
            count_words(row["target_count"]),
            edition.executors_by_activity[row["activity_code"]],
        ]
        for row in rows_of(rows)
    ]
    return printed_table(
        edition,
        "calendar",
        f"Календарь {edition.calendar_year} года: показатели с планом больше нуля",
        rows,
        (["Срок", "№", "Мероприятие и результат", "План", "Исполнители"], cells, [15, 7, 48, 7, 20], "lllcl"),
    )


def load_table(edition: Edition) -> Exhibit:
    """Executors by the number of planned measures."""
    cells = [[str(value) for value in row.values()] for row in rows_of(edition.load)]
    header = ["Исполнитель", "Показателей с планом", "Назван первым", "Соисполнитель"]
    caption = f"Исполнители {edition.calendar_year} года по числу запланированных показателей"
    return printed_table(edition, "load", caption, edition.load, (header, cells, [40, 20, 20, 20], "lccc"))


def load_picture(edition: Edition) -> Exhibit:
    """The same as bars."""
    load = edition.load
    first, other = load["first_named_count"].tolist(), load["other_count"].tolist()
    said = "; ".join(
        f"{row['executor_name']}: {row['planned_count']}, из них первым {row['first_named_count']}"
        for row in rows_of(load)
    )
    return printed_picture(
        edition,
        "load",
        f"Нагрузка исполнителей в {edition.calendar_year} году",
        f"Столбцы: число показателей с планом на {edition.calendar_year} год, в которых назван исполнитель. {said}.",
        load,
        stacked_bars(
            load["executor_name"].tolist(),
            [("назван первым", first), ("соисполнитель", other)],
            "показателей с планом больше нуля",
        ),
    )


def composition_picture(edition: Edition) -> Exhibit:
    """How many measures of each task are planned this year."""
    rows = edition.facts("composition")
    said = "; ".join(
        f"задача {row['task_code']}: запланировано {row['planned_count']}, ноль {row['zero_count']}, "
        f"не указано {row['blank_count']}"
        for row in rows_of(rows)
    )
    parts: list[tuple[str, list[int]]] = [
        ("запланировано", rows["planned_count"].tolist()),
        ("план — ноль", rows["zero_count"].tolist()),
        ("не указано", rows["blank_count"].tolist()),
    ]
    return printed_picture(
        edition,
        "composition",
        f"Показатели «дорожной карты» в {edition.calendar_year} году по задачам",
        f"Столбцы: число показателей каждой задачи на {edition.calendar_year} год. {said}.",
        rows,
        stacked_bars([f"Задача {code}" for code in rows["task_code"]], parts, "показателей"),
    )


def plan_pictures(edition: Edition, task_code: str) -> Iterator[Exhibit]:
    """The plan of one task over all years; a long task takes several pictures."""
    task = edition.plan[edition.plan["task_code"] == task_code]
    labels = list(dict.fromkeys(task["measure_label"]))
    parts = [labels[start : start + ROWS_PER_PICTURE] for start in range(0, len(labels), ROWS_PER_PICTURE)]
    for number, part in enumerate(parts, start=1):
        rows = task[task["measure_label"].isin(part)]
        suffix = f"-{number}" if len(parts) > 1 else ""
        said = f" (часть {number} из {len(parts)})" if suffix else ""
        yield printed_picture(
            edition,
            f"plan-{task_code}{suffix}",
            f"Задача {task_code}: план на весь срок{said}",
            _plan_in_words(rows),
            rows,
            plan_matrix(rows, edition.calendar_year, _totals(rows)),
        )


def readings_table(edition: Edition) -> Exhibit:
    """Measures whose total the document leaves open: both readings side by side."""
    cells = []
    for label, rows in edition.open.groupby("measure_label", sort=False):
        last = rows_of(rows)[-1]
        cells.append(
            [
                str(label),
                str(last["measure_name"]),
                total_words(last),
                _years_in_words(rows),
                count_words(last["cumulative_flow_count"]),
                count_words(rows["target_count"].max()),
            ]
        )
    header = ["№", "Показатель", "Итог в документе", "По годам", "Если складывать", "Если это уровень года"]
    caption = "Показатели, итог которых можно прочесть по-разному"
    return printed_table(edition, "readings", caption, edition.open, (header, cells, [7, 32, 14, 22, 12, 13], "llllcc"))


def findings_table(edition: Edition) -> Exhibit:
    """Findings about the document, the weightier first; what to do about them, and in which file, the office alone."""
    data = edition.findings
    data = data if edition.internal else data.drop(columns=["source_file", "action"])
    cells = [_findings_row(list(alike)) for _, alike in groupby(rows_of(data), key=_what_is_said)]
    header = ["Замечание", "Где в документе", "Что стоит", "Пояснение"]
    about_others = (data["source_file"] != edition.project.roadmap_file).any() if edition.internal else False
    caption = "Замечания к документу и к сведениям" if about_others else "Замечания к тексту документа"
    return printed_table(edition, "findings", caption, data, (header, cells, [18, 20, 27, 35], "llll"))


def _what_is_said(finding: Row) -> tuple[str, ...]:
    return finding["severity"], finding["rule"], finding["explanation"]


def _findings_row(alike: Sequence[Row]) -> list[str]:
    """Findings that say the same about several places, in one row; the data file keeps them apart."""
    severity, rule, explanation = _what_is_said(alike[0])
    number = f", {len(alike)}" if len(alike) > 1 else ""
    places = "; ".join(finding["place"] for finding in alike)
    values = "; ".join(dict.fromkeys(finding["value"] for finding in alike))
    return [f"{RULE_TITLES[rule]} ({severity}{number})", places, values, explanation]


def abbreviations_table(edition: Edition) -> Exhibit:
    """The glossary."""
    rows = [(one.term, one.expansion, one.basis) for one in edition.abbreviations]
    data = pd.DataFrame(rows, columns=["term", "expansion", "basis"], dtype="str").rename_axis("abbreviations")
    header = ["Сокращение", "Расшифровка", "Основание"]
    return printed_table(edition, "abbreviations", "Сокращения документа", data, (header, rows, [16, 44, 40], "lll"))


def sources_table(edition: Edition) -> Exhibit:
    """Received files with their hashes; the public sees the signed document, the office every file with its path."""
    sources = [one for one in edition.sources if edition.internal or one.kind == "roadmap"]
    rows = [
        (one.title, one.origin, pd.Timestamp(one.received), _shown_name(edition, one), one.sha256, one.licence)
        for one in sources
    ]
    columns = ["title", "origin", "received", "file_name", "sha256", "licence"]
    index = pd.Index([number for number, one in enumerate(edition.sources) if one in sources], name="sources")
    data = pd.DataFrame(rows, columns=columns, index=index).astype({"received": "datetime64[us]"})
    cells = [
        [one.title, one.origin, short_date(one.received), f"{_shown_name(edition, one)}; {_grouped(one.sha256)}"]
        for one in sources
    ]
    header = ["Документ", "Откуда", "Получен", "Файл и его sha256"]
    return printed_table(edition, "sources", "Полученные файлы", data, (header, cells, [28, 28, 13, 31], "llll"))


def _shown_name(edition: Edition, source: Source) -> str:
    return source.file if edition.internal else source.file.rpartition("/")[2]


def printed_table(
    edition: Edition,
    name: str,
    caption: str,
    data: pd.DataFrame,
    printed: tuple[Sequence[str], Sequence[Sequence[str]], Sequence[int], str],
) -> Exhibit:
    """A table of the report with its data: printed are header, cells, relative widths and alignments."""
    header, cells, widths, alignments = printed
    label = f"tbl-{name}"
    table = pipe_table(header, cells, widths, alignments, caption, label)
    return _exhibit(edition, label, caption, data, f"{table}\n{data_note(edition, label)}")


def printed_picture(
    edition: Edition, name: str, caption: str, alternative: str, data: pd.DataFrame, picture: Figure
) -> Exhibit:
    """A picture of the report with its data."""
    label = f"fig-{name}"
    image = figure(f"figures/{label}", caption, alternative, label)
    return _exhibit(edition, label, caption, data, f"{image}\n{data_note(edition, label)}", picture)


def _exhibit(
    edition: Edition, label: str, caption: str, data: pd.DataFrame, markdown: str, picture: Figure | None = None
) -> Exhibit:
    """The exhibit with the table that is published: for the public without logins and the state of evidence.

    The index of the data says which rows of which stored table it shows.
    """
    hidden = [] if edition.internal else [name for name in ONLY_FOR_THE_OFFICE if name in data.columns]
    exported = data.drop(columns=hidden).reset_index(drop=True)
    table, numbers = str(data.index.name or ""), [int(one) for one in data.index] if data.index.name else []
    return Exhibit(label, caption, exported, markdown, picture, table, numbers)


def _plan_in_words(rows: pd.DataFrame) -> str:
    said = [
        f"{label}: {_years_in_words(years)}, за срок {total_words(rows_of(years)[0])}"
        for label, years in rows.groupby("measure_label", sort=False)
    ]
    return f"Сетка плановых значений по годам. {'; '.join(said)}."


def _years_in_words(rows: pd.DataFrame) -> str:
    return ", ".join(f"{row['calendar_year']} — {count_words(row['target_count'])}" for row in rows_of(rows))


def _totals(rows: pd.DataFrame) -> list[str]:
    first = rows.drop_duplicates("measure_label")
    return [total_words(row) for row in rows_of(first)]


def _grouped(digest: str) -> str:
    """A hash in groups, so that it breaks inside a narrow column."""
    return " ".join(digest[start : start + HASH_GROUP] for start in range(0, len(digest), HASH_GROUP))
