"""What the report says about schools: results, pupils, staff, deficits, self-assessment, contests; masked for all."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import NamedTuple

import pandas as pd

from analysis.contracts.columns import Contract
from analysis.contracts.effectiveness import GROUP_TABLES, MarkResults, ScoreResults, column_title
from analysis.contracts.facts import (
    CONTEST_LEVELS,
    CONTESTANTS,
    JOURNAL_COLUMNS,
    JOURNAL_SHARES,
    MARK_COLUMNS,
    MARK_SHARES,
    SCORE_COLUMNS,
    SCORE_SHARES,
)
from analysis.presentation.edition import Edition
from analysis.presentation.effectiveness_tables import sittings
from analysis.presentation.exhibits import Col, Condensed, Exhibit, Part, chapter, table, with_notes
from analysis.presentation.markdown import escape
from analysis.presentation.shares import VPR_NOTICE, whole_percent
from analysis.presentation.words import Row, decimal, rows_of, subject_words

HIDDEN, NO_DATA = "скрыто", "—"
NOT_PRINTED = "Не напечатаны строки, в которых скрыты все числа: {whose}."
MARK_NAMES = dict(zip(MARK_COLUMNS, ("«2»", "«3»", "«4»", "«5»"), strict=True)) | {"not_attested_count": "н/а"}
# What numbers are called, and their widths.
JOURNAL_NAMES = dict(zip(JOURNAL_COLUMNS, (("Понизили", 13), ("Подтвердили", 14), ("Повысили", 13)), strict=True))
SCORE_NAMES = dict(zip(SCORE_COLUMNS, (("Ниже минимума", 12), ("80–99 баллов", 12), ("100 баллов", 11)), strict=True))


def result_tables(edition: Edition) -> Iterator[Exhibit]:
    """A table for each procedure and wave in marks, its comparison with the journal, and one in scores."""
    for slug, title, rows in sittings(edition.school_facts("mark_results"), sort=False):
        yield _marks(edition, f"marks-{slug}", title, rows)
        compared = rows[_is_used(rows, "journal_same_count")]
        if len(compared):
            yield _compared(edition, f"compared-{slug}", title, compared)
    for slug, title, rows in sittings(edition.school_facts("score_results"), sort=False):
        yield _scores(edition, f"scores-{slug}", title, rows)


class Parts(NamedTuple):
    """A table of parts of a whole, by group of schools.

    Attributes:
        name: Of the exhibit.
        caption: With the year or the school year in braces.
        key: What tells the parts apart.
        part: Column of the part, with its heading.
        part_label: Heading of the part.
        base: Column of the whole.
        base_label: Heading of the whole.
        share: Column of the share that stands behind the part.
    """

    name: str
    caption: str
    key: Col
    part: str
    part_label: str
    base: str
    base_label: str
    share: str


PART_TABLES = {
    "pupil_groups": Parts(
        "pupils", "Контингент и социальный паспорт, {school_year} учебный год", Col("pupil_group", width=32),
        "group_pupil_count", "Обучающихся", "base_pupil_count", "Из всех", "group_share",
    ),
    "staff_parts": Parts(
        "staff", "Кадры, {school_year} учебный год", Col("staff_group", width=32),
        "staff_amount", "Значение", "base_staff_amount", "Из скольких", "staff_share",
    ),
    "deficit_parts": Parts(
        "deficits", "Дефициты учителей в {year} году", Col("competence", width=32),
        "deficit_teacher_count", "С дефицитом", "diagnosed_teacher_count", "Прошли диагностику", "deficit_share",
    ),
    "contest_parts": Parts(
        "contests", "Конкурсы {year} года",
        Col(None, "Уровень, кто участвовал", 32, "l", lambda row: f"{row['contest_level']}, {row['contestants']}"),
        "winner_count", "Победителей и призёров", "contestant_count", "Участий", "winner_share",
    ),
}  # fmt: skip


def part_table(edition: Edition, source: str) -> Exhibit:
    """The table of parts that a table of school facts becomes, by its name in PART_TABLES."""
    one, rows = PART_TABLES[source], edition.school_facts(source)
    if source == "contest_parts":
        order = {one: place for place, one in enumerate((*reversed(CONTESTANTS), *CONTEST_LEVELS))}
        rows = rows.sort_values(["contestants", "contest_level"], key=lambda some: some.map(order), kind="stable")
    columns = [
        one.key,
        Col("group_name", width=26),
        Col("school_count", width=8, align="c"),
        _number(one.part, f"{one.part_label} (доля)", 19, one.share),
        _number(one.base, one.base_label, 15),
    ]
    caption = one.caption.format(year=edition.calendar_year, school_year=edition.school_year)
    return _shown(edition, one.name, caption, GROUP_TABLES[source], rows, columns)


def self_assessment_table(edition: Edition) -> Exhibit:
    """Scores that schools gave themselves."""
    columns = [
        Col("criterion", width=40),
        Col("group_name", width=30),
        Col("school_count", width=10, align="c"),
        Col("assessment_score", "Балл (у групп — средний)", 20, "c", decimal),
    ]
    caption = f"Самооценка школ в {edition.calendar_year} году"
    source = "self_assessment_parts"
    return _shown(edition, "self-assessment", caption, GROUP_TABLES[source], edition.school_facts(source), columns)


def _shown(
    edition: Edition, name: str, caption: str, contract: Contract, rows: pd.DataFrame, columns: list[Col]
) -> Exhibit:
    """A table without the rows whose numbers are all hidden: one note says whose they are, and never how many."""
    printed = rows_of(rows)
    empty = [row for row in printed if _says_nothing(row, columns)]
    made = table(
        edition, name, caption, contract, Condensed(rows, [row for row in printed if row not in empty]), columns
    )
    whose = ", ".join(dict.fromkeys(str(row["group_name"]) for row in empty))
    return with_notes(made, [NOT_PRINTED.format(whose=whose)]) if empty else made


def _says_nothing(row: Row, columns: list[Col]) -> bool:
    said = {one.cell(row) for one in columns if isinstance(one.say, partial)}
    return HIDDEN in said and said <= {HIDDEN, NO_DATA}


def _number(column: str, heading: str, width: int, share: str = "") -> Col:
    return Col(None, heading, width, "c", partial(number_words, column=column, share=share))


def number_words(row: Row, column: str, share: str = "") -> str:
    """«12 (24 %)»; «скрыто» or a dash where nothing may or can be printed."""
    if pd.isna(row[column]):
        return HIDDEN if _is_hidden(row, column) else NO_DATA
    number = decimal(row[column])
    return number if not share or pd.isna(row[share]) else f"{number} ({whole_percent(row[share] / 100)})"


def _is_hidden(row: Row, column: str) -> bool:
    return column_title(column) in row["hidden_columns"].split("; ")


def _marks(edition: Edition, name: str, title: str, rows: pd.DataFrame) -> Exhibit:
    shown = {
        column: label for column, label in MARK_NAMES.items() if column in MARK_COLUMNS or _is_used(rows, column).any()
    }
    numbers = [_number(column, label, 11, MARK_SHARES[column]) for column, label in shown.items()]
    columns = [*_about(24, 20), _number("participant_count", "Участников", 12), *numbers]
    return _shown(edition, name, f"{title}: отметки", MarkResults, rows, columns)


def _compared(edition: Edition, name: str, title: str, rows: pd.DataFrame) -> Exhibit:
    numbers = _numbers({"compared_count": ("Сравнено", 12), **JOURNAL_NAMES}, JOURNAL_SHARES)
    caption = f"{title}: сравнение с отметкой журнала"
    return _shown(edition, name, caption, MarkResults, rows, [*_about(26, 22), *numbers])


def _scores(edition: Edition, name: str, title: str, rows: pd.DataFrame) -> Exhibit:
    names = {"participant_count": ("Участников", 12), **SCORE_NAMES, "mean_score": ("Средний балл", 11)}
    numbers = _numbers(names, SCORE_SHARES)
    return _shown(edition, name, f"{title}: баллы", ScoreResults, rows, [*_about(22, 20), *numbers])


def _numbers(names: Mapping[str, tuple[str, int]], shares: Mapping[str, str]) -> list[Col]:
    return [_number(column, *said, shares.get(column, "")) for column, said in names.items()]


def _about(what: int, who: int) -> list[Col]:
    """What a result is about and whose it is, with the widths of both."""
    return [Col(None, "Предмет и класс", what, "l", subject_words), Col("group_name", width=who)]


def _is_used(rows: pd.DataFrame, column: str) -> "pd.Series[bool]":
    """Where somebody gave the number, printed or hidden."""
    return rows[column].notna() | rows["hidden_columns"].str.contains(column_title(column), regex=False)


NO_FACTS = "Сведений о контингенте, кадрах и результатах школ в проект не поступало."
# To be printed wherever results of the ВПР are: Rosobrnadzor 2021, and the recommendations of 2025/26.
WHO_IS_WHO = (
    "Поддерживаемые школы показаны поимённо, остальные — вместе; «Город» — сумма тех и других. Доля стоит в скобках "
    "после числа, из которого она получена, знаменатель — в соседнем столбце. Прочерк — сведений нет, это не ноль; "
    "если их не дала хотя бы одна школа, общего числа по столбцу тоже нет."
)
LARGER_REMAIN = (
    "В открытом отчёте скрыты прежде всего малые числа, поэтому в таблицах и на рисунках остаются главным образом "
    "школы и предметы, где участников больше, и доли, за которыми стоит больше людей. По напечатанному нельзя судить "
    "ни о малых школах, ни о том, какая доля обычна: обычную показывает строка «Город», где она открыта."
)
ALL_HIDDEN = "Напечатать нельзя ни одного числа: по каждому можно узнать о человеке или вычислить скрытое."
RESULT_TABLES = ("mark_results", "score_results")
SECTIONS = (
    ("## Контингент {#sec-pupils}", "pupil_groups"),
    ("## Кадры {#sec-staff}", "staff_parts"),
    ("## Профессиональные дефициты {#sec-deficits}", "deficit_parts"),
    ("## Самооценка школ {#sec-self-assessment}", "self_assessment_parts"),
    ("## Конкурсы {#sec-contests}", "contest_parts"),
)


def sections(edition: Edition) -> tuple[str, list[Exhibit]]:
    """Returns the Markdown about schools and the exhibits it shows; one sentence while there are no facts."""
    if not any(len(edition.school_facts(name)) or _is_all_hidden(edition, name) for name in GROUP_TABLES):
        return NO_FACTS, []
    return chapter([(WHO_IS_WHO, []), (policy_words(edition), []), *_results(edition), *_others(edition)])


def _results(edition: Edition) -> Iterator[Part]:
    results = [_noted(edition, one) for one in result_tables(edition)]
    if results:
        said = ["## Результаты {#sec-results}", *larger_remain(edition), *_notice(edition)]
        yield "\n\n".join(said), results
    elif any(_is_all_hidden(edition, name) for name in RESULT_TABLES):
        yield f"## Результаты {{#sec-results}}\n\n{ALL_HIDDEN}", []


def _others(edition: Edition) -> Iterator[Part]:
    for title, name in SECTIONS:
        if len(edition.school_facts(name)):
            shown = part_table(edition, name) if name in PART_TABLES else self_assessment_table(edition)
            yield title, [_noted(edition, shown)]
        elif _is_all_hidden(edition, name):
            yield f"{title}\n\n{ALL_HIDDEN}", []


def _is_all_hidden(edition: Edition, name: str) -> bool:
    """Whether the public may see nothing of what there is of this year."""
    rows = edition.tables.get(f"public_{name}")
    there = rows is not None and bool((rows["calendar_year"] == edition.calendar_year).any())
    return there and not edition.internal and edition.school_facts(name).empty


def policy_words(edition: Edition) -> str:
    """What is hidden and on what ground; nothing in the edition for the office, where nothing is."""
    if edition.internal:
        return ""
    policy = edition.policy
    return escape(
        f"Чтобы по числу нельзя было узнать о человеке, не печатаются числа людей меньше {policy.smallest_count}, ноль "
        f"тоже, доли и средние меньше чем по {policy.smallest_base} и всё, из чего скрытое можно вычислить; там стоит "
        f"«скрыто». Правило версии {policy.version}: {policy.ground}."
    )


def larger_remain(edition: Edition) -> list[str]:
    """That what is printed of results leans to the larger numbers; nothing where nothing of them is hidden."""
    hides = any(_hides(edition.school_facts(name)) for name in RESULT_TABLES)
    return [LARGER_REMAIN] if hides else []


def _notice(edition: Edition) -> list[str]:
    """The notice about the ВПР, where their results are shown."""
    rows = edition.school_facts("mark_results")
    about = f'::: {{.callout-important title="О результатах ВПР"}}\n{VPR_NOTICE}\n:::'
    return [about] if (rows["procedure"] == "ВПР").any() else []


def _noted(edition: Edition, exhibit: Exhibit) -> Exhibit:
    """The table, under it what «скрыто» means where it stands, and the notice again under each table of the ВПР."""
    notes = [_hidden_note(edition)] if _hides(exhibit.data) else []
    if "procedure" in exhibit.data and (exhibit.data["procedure"] == "ВПР").any():
        notes.append(VPR_NOTICE)
    return with_notes(exhibit, notes)


def _hides(data: pd.DataFrame) -> bool:
    return "hidden_columns" in data and bool((data["hidden_columns"] != "").any())


def _hidden_note(edition: Edition) -> str:
    policy = edition.policy
    return (
        f"Скрыто: людей меньше {policy.smallest_count}, доля или среднее меньше чем по {policy.smallest_base} "
        "или число, из которого скрытое можно вычислить."
    )
