"""No share is above its whole: every relation of today's passport and lines is tried on a form that comes back."""

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.cleaning.school_sheets import clean_school_sheets
from analysis.contracts.dictionary import violations
from analysis.contracts.effectiveness import holding_shares
from analysis.contracts.facts import (
    COUNTED_AMONG,
    FORM_LINES,
    JOURNAL_COLUMNS,
    LINED,
    SCHOOL_SHEETS,
    school_fact_tables,
)
from analysis.indicators.effectiveness import school_indicators
from analysis.indicators.school_facts import line_rows
from analysis.intake.workbook import read_returned, read_workbook
from analysis.rules.methods import MEAN, NUMBER, SHARE, PartOf, known_parts, load_passport, part_of
from analysis.rules.office_files import load_calendar
from school_forms import COLLECTION, FILE, PARTS, form_of, held

HOUSE = Path(__file__).parents[2]
PASSPORT = load_passport(HOUSE)
# A year whose form has every line of today.
YEAR = 2030
SHARES = [one for one in PASSPORT.indicators if one.kind == SHARE]
# Counted from the measures of a school's own roadmap, so that the part cannot be above the whole.
COUNTED_BY_US = PartOf("school_measures", ("done_measure_count",), ("planned_measure_count",))
ON_SHEETS = [one for one in PARTS if one != COUNTED_BY_US]
ROWS = {
    "deficits": ("Дефициты", ("Предметная",)),
    "contests": ("Конкурсы", ("Олимпиада", "школьный", "обучающиеся")),
    "marks": ("Результаты", ("ВПР", "Русский язык", 5, 5, "весна")),
    "scores": ("Результаты ЕГЭ", ("ЕГЭ", "Русский язык", 11, 11, "основная")),
}


def test_every_share_of_the_passport_gives_a_relation():
    assert len(SHARES) == 23
    told = {(one.table, one.numerator, one.denominator) for one in SHARES} - {
        ("results", (name,), tuple(JOURNAL_COLUMNS)) for name in JOURNAL_COLUMNS
    }
    assert len(told) == 20
    assert told <= {(one.table, one.part, one.whole) for one in PARTS}
    assert (len(PARTS), len(ON_SHEETS)) == (32, 31)


def test_means_and_numbers_tell_nothing():
    means = [replace(one, kind=kind) for one in SHARES for kind in (MEAN, NUMBER)]
    assert part_of(replace(PASSPORT, indicators=tuple(means))) == part_of(None)


def test_without_a_passport_the_tables_by_group_still_hold(tmp_path):
    (tmp_path / "data").mkdir()
    assert known_parts(tmp_path) == part_of(None)
    (tmp_path / "data/indicators.toml").write_text("[metod]\n", encoding="utf-8")
    assert known_parts(tmp_path) == part_of(None)
    assert len(part_of(None)) == sum(map(len, COUNTED_AMONG.values())) == 25
    assert known_parts(HOUSE) == PARTS


def _filled(pair, part, whole):
    """A form that names these numbers and nothing else."""
    if pair.table in FORM_LINES:
        (one,), (other,) = pair.part, pair.whole
        sheet = next(layout.title for layout, table in SCHOOL_SHEETS.items() if table == pair.table)
        return sheet, {one: (part,), other: (whole,)}
    sort = ("marks" if "mark" in pair.part[0] else "scores") if pair.table == "results" else pair.table
    title, key = ROWS[sort]
    layout = next(one for one in SCHOOL_SHEETS if one.title == title)
    given = dict.fromkeys(pair.whole, whole) | dict.fromkeys(pair.part, 0) | {pair.part[0]: part}
    rest = [column.name for column in layout.columns[len(key) :] if column.name not in ("mean_score",)]
    numbers = {name: "" if name == "not_attested_count" else given.get(name, 0) for name in rest}
    return title, [(*key, *(numbers.get(column.name, "") for column in layout.columns[len(key) :]))]


def _cleaned(sheet, rows, parts=PARTS):
    content = form_of({sheet: rows}, year=YEAR)
    return clean_school_sheets(read_returned(read_workbook(content, FILE), FILE), COLLECTION, held(YEAR), parts)


@pytest.mark.parametrize("pair", ON_SHEETS, ids=lambda pair: f"{'+'.join(pair.part)} of {'+'.join(pair.whole)}")
def test_a_part_above_its_whole_is_told_with_both_numbers_and_goes_nowhere(pair):
    found = _cleaned(*_filled(pair, 13, 12))
    (finding,) = found.findings
    assert (finding.rule, str(finding.severity)) == ("quarantine", "посмотрите")
    assert "13" in finding.explanation
    assert "12" in finding.explanation
    assert finding.places
    kept = school_fact_tables(found.rows)[pair.table]
    assert not set(pair.part) & set(kept.get("staff_group", kept.get("pupil_group", ())))
    assert pair.table in FORM_LINES or kept.empty
    assert found.rows["quarantine"]


@pytest.mark.parametrize("pair", ON_SHEETS, ids=lambda pair: f"{'+'.join(pair.part)} of {'+'.join(pair.whole)}")
def test_a_part_as_large_as_its_whole_is_kept(pair):
    found = _cleaned(*_filled(pair, 12, 12))
    assert found.findings == ()
    assert len(found.rows[pair.table]) == (2 if pair.table in FORM_LINES else 1)


def test_a_relation_that_only_the_passport_knows_is_told_with_both_cells():
    parts = (PartOf("staff", ("Высшая категория", "Первая категория"), ("Прошли повышение квалификации за три года",)),)
    rows = {"Высшая категория": (4,), "Первая категория": (3,), parts[0].whole[0]: (6,)}
    (finding,) = _cleaned("Кадры", rows, parts).findings
    assert finding.places == ("лист Кадры, ячейка C5", "лист Кадры, ячейка C6", "лист Кадры, ячейка C8")
    assert finding.explanation == (
        "Часть больше целого: «Высшая категория» + «Первая категория» — 7, "
        "«Прошли повышение квалификации за три года» — 6."
    )


LINE_SHARES = [one for one in SHARES if one.table in FORM_LINES]


@pytest.mark.parametrize("indicator", LINE_SHARES, ids=lambda one: one.id)
def test_a_school_with_more_than_there_can_be_bends_no_share_of_the_city(indicator):
    """The same share on every page: once it was 25.1 % in the tables by group and 27.4 % among the indicators."""
    pair = PartOf(indicator.table, indicator.numerator, indicator.denominator)
    sound, wrong = (_cleaned(*_filled(pair, *numbers)).rows[pair.table] for numbers in ((10, 40), (30, 28)))
    rows = [*sound, *({**row, "school_login": "edu2"} for row in wrong)]
    table = school_fact_tables({pair.table: rows})[pair.table]
    by_group = line_rows(pair.table, table, {YEAR: []})
    key = LINED[pair.table].line
    (city,) = by_group[(by_group[key] == pair.part[0]) & (by_group["scope"] == "город")].to_dict("records")
    found = school_indicators({pair.table: table}, PASSPORT, load_calendar(HOUSE))
    (value,) = found.loc[(found["indicator_id"] == indicator.id) & (found["school_login"] == "город"), "value"]
    assert city["part"] / city["base"] == value == 0.25


def test_there_are_shares_of_lines():
    assert len(LINE_SHARES) == 12


def test_a_share_above_one_is_refused_by_the_contract():
    layout = {"source_file": "a.xlsx", "place": "B2", "school_login": "edu1", "calendar_year": 2021}
    amounts = {"Всего учителей": 28.0, "Прошли повышение квалификации за три года": 30.0}
    staff = [
        layout | {"school_year": "2021/22", "staff_group": name, "staff_unit": "человек", "staff_amount": amount}
        for name, amount in amounts.items()
    ]
    table = school_fact_tables({"staff": staff})["staff"]
    made = {"school_indicators": school_indicators({"staff": table}, PASSPORT, load_calendar(HOUSE))}
    assert violations(made, holding_shares([])) == []
    (finding,) = violations(made, holding_shares([one.id for one in SHARES]))
    assert finding.explanation == "Таблица school_indicators нарушает договор о данных: доля лежит от 0 до 1."
