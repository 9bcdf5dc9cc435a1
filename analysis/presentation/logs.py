"""The logs in the annex: what the report takes for granted, and what it was made from, each with its ratings."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from analysis.cleaning.rule_tables import assumption_row
from analysis.cleaning.typed_rows import typed_table
from analysis.contracts.quality import Assumptions
from analysis.presentation.edition import Edition
from analysis.presentation.exhibits import Exhibit, printed_table
from analysis.presentation.resting import assumed
from analysis.presentation.russian import NO_BREAK_SPACE, counted, short_date
from analysis.presentation.words import rows_of
from analysis.rules.assumptions import GREEN, RATINGS, RED, YELLOW, Assumption
from analysis.rules.defaults import DEFAULT_RULE

NO_ASSUMPTIONS = "Допущений, на которые опирался бы отчёт, в проекте не записано."
HOW_ASSUMED = (
    "Надёжность: зелёный — опирается на прочитанный текст или арифметику, жёлтый — обычная практика или вывод из "
    "чисел, красный — догадка. Влияние ошибки: зелёный — напечатанных чисел не изменит, жёлтый — изменит отдельные "
    "числа, красный — выводы. «Не подтверждено» — документ, который это устанавливает, не прочитан. «По умолчанию» — "
    "так считает программа, пока управление не решило иначе."
)
HOW_RATED = (
    "Оценка вычислена: красный — ничего не вошло или отложена хотя бы такая доля строк, какую называет журнал "
    "допущений; жёлтый — что-то отложено или есть замечания «посмотрите»; зелёный — ни того, ни другого."
)
# A rating is read without its colour: by its word and by the shape of its mark.
MARKS = {word: f"{mark}{NO_BREAK_SPACE}{word}" for word, mark in ((GREEN, "●"), (YELLOW, "▲"), (RED, "■"))}


def assumptions(edition: Edition) -> tuple[str, list[Exhibit]]:
    """Returns the log of assumptions, those least reliable and of most weight first."""
    made = assumed(edition)
    if not made:
        return NO_ASSUMPTIONS, []
    exhibit = _assumptions_table(edition, made)
    unconfirmed = sum(not one.confirmed for one in made)
    said = (
        f"Отчёт опирается на {counted(len(made), 'допущение')}; не подтверждено из них: {unconfirmed} "
        "(@tbl-assumptions)."
    )
    return f"{said}\n\n{HOW_ASSUMED}\n\n{exhibit.markdown}", [exhibit]


def data_log(edition: Edition) -> tuple[str, list[Exhibit]]:
    """Returns the log of the data: a row for each kind of received files; origins are for the office alone."""
    rows = edition.facts("data_log")
    data = rows if edition.internal else rows.drop(columns="origin")
    cells = [
        [
            row["source_title"],
            *([row["origin"]] if edition.internal else []),
            f"{row['file_count']}; {short_date(row['received_date'])}",
            str(row["row_count"]),
            str(row["set_aside_row_count"]),
            str(row["attention_count"]),
            MARKS[row["data_rating"]],
        ]
        for row in rows_of(data)
    ]
    header = ["Источник", "Файлов; последний", "Строк", "Отложено", "«Посмотрите»", "Оценка"]
    widths, alignments = [27, 18, 11, 13, 15, 16], "lccccl"
    if edition.internal:
        header, widths, alignments = [header[0], "Откуда", *header[1:]], [18, 20, 15, 9, 11, 13, 14], "llccccl"
    caption = f"Данные отчёта за {edition.calendar_year} год по источникам"
    exhibit = printed_table(edition, "data-log", caption, data, (header, cells, widths, alignments))
    return f"{HOW_RATED}\n\n{exhibit.markdown}", [exhibit]


def _assumptions_table(edition: Edition, made: Sequence[Assumption]) -> Exhibit:
    numbers = {one.assumption_id: number for number, one in enumerate(edition.assumptions)}
    ordered = sorted(
        made,
        key=lambda one: (one.confirmed, -RATINGS.index(one.impact), -RATINGS.index(one.reliability)),
    )
    data = typed_table(Assumptions, [assumption_row(one) for one in ordered])
    data = data.set_axis(pd.Index([numbers[one.assumption_id] for one in ordered], name="assumptions"))
    cells = [
        [
            f"{row['assumption_id']}. {row['statement']}",
            row["used_in"],
            row["basis"],
            f"Надёжность: {MARKS[row['reliability']]}; влияние: {MARKS[row['impact']]}; {row['confirmation']}; "
            f"{_since(row['since_date'])}",
        ]
        for row in rows_of(data)
    ]
    printed = (["Допущение", "Где работает", "Основание", "Оценка"], cells, [38, 18, 24, 20], "llll")
    return printed_table(edition, "assumptions", "Допущения отчёта", data, printed)


def _since(day: date) -> str:
    return DEFAULT_RULE if pd.isna(day) else f"с {short_date(day)}"
