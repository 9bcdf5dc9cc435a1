"""The tables about schools: results, pupils, staff, deficits, self-assessment, contests, each by group of schools."""

from collections.abc import Iterator

import pandas as pd

from analysis.contracts.school_facts import JOURNAL_COLUMNS, MARK_COLUMNS, SCORE_COLUMNS
from analysis.contracts.school_groups import JOURNAL_SHARES, MARK_SHARES, SCORE_SHARES, column_title
from analysis.presentation.edition import Edition
from analysis.presentation.exhibits import Exhibit, printed_table
from analysis.presentation.russian import NO_BREAK_SPACE, decimal
from analysis.presentation.words import Row, rows_of

HIDDEN, NO_DATA = "скрыто", "—"
JOURNAL = "Журнал"
SLUGS = {"ВПР": "vpr", "ОГЭ": "oge", "ЕГЭ": "ege", JOURNAL: "journal"}
TITLES = {JOURNAL: "Отметки журнала за год"}
MARK_NAMES = dict(zip(MARK_COLUMNS, ("«2»", "«3»", "«4»", "«5»"), strict=True)) | {"not_attested_count": "н/а"}
JOURNAL_NAMES = dict(zip(JOURNAL_COLUMNS, ("Понизили", "Подтвердили", "Повысили"), strict=True))
SCORE_NAMES = dict(zip(SCORE_COLUMNS, ("Ниже минимума", "80–99 баллов", "100 баллов"), strict=True))


def result_tables(edition: Edition) -> Iterator[Exhibit]:
    """A table for each procedure and wave in marks, its comparison with the journal, and one in scores."""
    for number, title, rows in _waves(edition.school_facts("mark_results")):
        slug = _slug(rows, number)
        yield _marks(edition, f"marks-{slug}", title, rows)
        compared = rows[_is_used(rows, "journal_same_count")]
        if len(compared):
            yield _compared(edition, f"compared-{slug}", title, compared)
    for number, title, rows in _waves(edition.school_facts("score_results")):
        yield _scores(edition, f"scores-{_slug(rows, number)}", title, rows)


def pupil_table(edition: Edition) -> Exhibit:
    """The social passport."""
    rows = edition.school_facts("pupil_groups")
    names = ("group_pupil_count", "base_pupil_count", "group_share")
    caption = f"Контингент и социальный паспорт, {_school_years(edition)} учебный год"
    return _parts(edition, "pupils", caption, rows, (["pupil_group"], "Группа", "Обучающихся", "Из всех"), names)


def staff_table(edition: Edition) -> Exhibit:
    """Posts, vacancies, categories, training."""
    rows = edition.school_facts("staff_parts")
    names = ("staff_amount", "base_staff_amount", "staff_share")
    caption = f"Кадры, {_school_years(edition)} учебный год"
    return _parts(edition, "staff", caption, rows, (["staff_group"], "Позиция", "Значение", "Из скольких"), names)


def deficit_table(edition: Edition) -> Exhibit:
    """Deficits by competence."""
    rows = edition.school_facts("deficit_parts")
    names = ("deficit_teacher_count", "diagnosed_teacher_count", "deficit_share")
    said = (["competence"], "Компетенция", "С дефицитом", "Прошли диагностику")
    return _parts(edition, "deficits", f"Дефициты учителей в {edition.calendar_year} году", rows, said, names)


def contest_table(edition: Edition) -> Exhibit:
    """Contests by level."""
    rows = edition.school_facts("contest_parts")
    names = ("winner_count", "contestant_count", "winner_share")
    said = (["contest_level", "contestants"], "Уровень, кто участвовал", "Победителей и призёров", "Участников")
    return _parts(edition, "contests", f"Конкурсы {edition.calendar_year} года", rows, said, names)


def self_assessment_table(edition: Edition) -> Exhibit:
    """Scores that schools gave themselves."""
    rows = edition.school_facts("self_assessment_parts")
    cells = [
        [row["criterion"], row["group_name"], str(row["school_count"]), decimal(row["assessment_score"])]
        for row in rows_of(rows)
    ]
    header = ["Критерий", "Школа или группа школ", "Школ", "Балл (у групп — средний)"]
    caption = f"Самооценка школ в {edition.calendar_year} году"
    return printed_table(edition, "self-assessment", caption, rows, (header, cells, [40, 30, 10, 20], "llcc"))


def number_words(row: Row, column: str, share: str = "") -> str:
    """«12 (24,0 %)»; «скрыто» or a dash where nothing may or can be printed."""
    if pd.isna(row[column]):
        return HIDDEN if _is_hidden(row, column) else NO_DATA
    number = decimal(row[column])
    return number if not share or pd.isna(row[share]) else f"{number} ({decimal(row[share], 1)}{NO_BREAK_SPACE}%)"


def _is_hidden(row: Row, column: str) -> bool:
    return column_title(column) in row["hidden_columns"].split("; ")


def _marks(edition: Edition, name: str, title: str, rows: pd.DataFrame) -> Exhibit:
    shown = {
        column: label for column, label in MARK_NAMES.items() if column in MARK_COLUMNS or _is_used(rows, column).any()
    }
    shares = {column: MARK_SHARES[column] for column in shown}
    widths = [24, 20, 12, *([11] * len(shown))]
    return _results(
        edition, name, f"{title}: отметки", rows, ("participant_count", "Участников", shown, shares), widths
    )


def _compared(edition: Edition, name: str, title: str, rows: pd.DataFrame) -> Exhibit:
    columns = ("compared_count", "Сравнено", JOURNAL_NAMES, JOURNAL_SHARES)
    return _results(edition, name, f"{title}: сравнение с отметкой журнала", rows, columns, [26, 22, 12, 13, 14, 13])


def _scores(edition: Edition, name: str, title: str, rows: pd.DataFrame) -> Exhibit:
    columns = ("participant_count", "Участников", {**SCORE_NAMES, "mean_score": "Средний балл"}, SCORE_SHARES)
    return _results(edition, name, f"{title}: баллы", rows, columns, [22, 20, 12, 12, 12, 11, 11])


def _results(
    edition: Edition,
    name: str,
    caption: str,
    rows: pd.DataFrame,
    columns: tuple[str, str, dict[str, str], dict[str, str]],
    widths: list[int],
) -> Exhibit:
    total, total_label, shown, shares = columns
    cells = [
        [
            subject_words(row),
            row["group_name"],
            number_words(row, total),
            *(number_words(row, column, shares.get(column, "")) for column in shown),
        ]
        for row in rows_of(rows)
    ]
    header = ["Предмет и класс", "Школа или группа школ", total_label, *shown.values()]
    printed = (header, cells, widths, "ll" + "c" * (1 + len(shown)))
    return printed_table(edition, name, caption, _for(edition, rows), printed)


def _parts(
    edition: Edition,
    name: str,
    caption: str,
    rows: pd.DataFrame,
    said: tuple[list[str], str, str, str],
    names: tuple[str, str, str],
) -> Exhibit:
    key, key_label, part_label, base_label = said
    part, base, share = names
    cells = [
        [
            ", ".join(str(row[column]) for column in key),
            row["group_name"],
            str(row["school_count"]),
            number_words(row, part, share),
            number_words(row, base),
        ]
        for row in rows_of(rows)
    ]
    header = [key_label, "Школа или группа школ", "Школ", f"{part_label} (доля)", base_label]
    printed = (header, cells, [32, 26, 8, 19, 15], "llccc")
    return printed_table(edition, name, caption, _for(edition, rows), printed)


def _for(edition: Edition, rows: pd.DataFrame) -> pd.DataFrame:
    """In the office's edition nothing is hidden, and nothing is said of it."""
    return rows.drop(columns="hidden_columns") if edition.internal else rows


def subject_words(row: Row) -> str:
    """«Математика, 5 класс»; with the programme where it is another grade's."""
    programme, sitting = row["programme_grade"], row["sitting_grade"]
    said = f"{row['subject']}, {sitting} класс"
    return said if programme == sitting else f"{said} (по программе {programme} класса)"


def _waves(rows: pd.DataFrame) -> Iterator[tuple[int, str, pd.DataFrame]]:
    """The rows of each procedure and wave with its title, and the number of the wave inside the procedure."""
    numbers: dict[str, int] = {}
    for (procedure, wave, school_year), group in rows.groupby(["procedure", "wave", "school_year"], sort=False):
        numbers[str(procedure)] = numbers.get(str(procedure), 0) + 1
        title = TITLES.get(str(procedure)) or f"{procedure}, {wave}"
        yield numbers[str(procedure)], f"{title}, {school_year} учебный год", group


def _slug(rows: pd.DataFrame, number: int) -> str:
    return f"{SLUGS.get(str(rows['procedure'].iloc[0]), 'other')}-{number}"


def _is_used(rows: pd.DataFrame, column: str) -> "pd.Series[bool]":
    """Where somebody gave the number, printed or hidden."""
    return rows[column].notna() | rows["hidden_columns"].str.contains(column_title(column), regex=False)


def _school_years(edition: Edition) -> str:
    return f"{edition.calendar_year}/{(edition.calendar_year + 1) % 100:02d}"
