"""The sheets of school facts, out and back: any valid form returns as the table it was written from."""

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.contracts.dictionary import violations
from analysis.contracts.facts import CONTEST_LEVELS, CONTESTANTS, SCHOOL_FACT_TABLES, SCHOOL_SHEETS, school_fact_tables
from analysis.forms.annotate import annotate
from analysis.forms.collect import how_to_fill_sheets, school_sheets
from school_forms import COLLECTION, COMPETENCES, FILE, SITTINGS, cleaned, form_of

few, amounts = st.integers(0, 400), st.integers(0, 4000).map(lambda number: number / 4)
words = st.text("абвгдежз №", min_size=1, max_size=12).map(str.strip).filter(bool)


@st.composite
def _marks(draw):
    marks = draw(st.lists(few, min_size=4, max_size=4))
    return (sum(marks), *marks)


@st.composite
def _parts(draw):
    whole = draw(few)
    return (whole, draw(st.integers(0, whole)))


@st.composite
def _scores(draw):
    below, high, full, others = draw(st.lists(st.integers(0, 50), min_size=4, max_size=4))
    count = below + high + full + others
    mean = round((80 * high + 100 * full + 50 * others + 20 * below) / count, 2) if count else ""
    return (count, below, mean, high, full)


@st.composite
def _filled(draw):
    grades = {f"{grade} класс": (draw(few),) for grade in range(1, 12)}
    contests = st.tuples(words, st.sampled_from(CONTEST_LEVELS), st.sampled_from(CONTESTANTS), _parts())
    return {
        "Контингент": {"Всего обучающихся": (sum(count for (count,) in grades.values()),), **grades},
        "Кадры": {"Ставок по штату": (draw(amounts),), "Всего учителей": (draw(few),)},
        "Результаты": {("ВПР", "Русский язык", 5, 5, "весна"): draw(_marks())},
        "Результаты ЕГЭ": {"ЕГЭ": draw(_scores())},
        "Дефициты": {name: draw(_parts()) for name in COMPETENCES},
        "Самооценка": {"Условия": (draw(amounts), "https://school.example")},
        "Конкурсы": [(*line[:3], *line[3]) for line in draw(st.lists(contests, max_size=5, unique=True))],
    }


@settings(max_examples=20, deadline=None)
@given(_filled())
def test_a_valid_form_comes_back_as_it_was_written(filled):
    found = cleaned(filled)
    tables = school_fact_tables(found.rows)
    assert found.findings == ()
    assert violations(tables, SCHOOL_FACT_TABLES) == []
    context, staff, results = tables["context"], tables["staff"], tables["results"]
    assert dict(zip(context["pupil_group"], zip(context["group_pupil_count"]), strict=True)) == filled["Контингент"]
    assert dict(zip(staff["staff_group"], zip(staff["staff_amount"]), strict=True)) == filled["Кадры"]
    marks = ["participant_count", "mark_2_count", "mark_3_count", "mark_4_count", "mark_5_count"]
    assert list(results.loc[0, marks]) == list(*filled["Результаты"].values())
    scores = ["participant_count", "below_minimum_count", "mean_score", "high_score_count", "full_score_count"]
    written = [value for value in filled["Результаты ЕГЭ"]["ЕГЭ"] if value != ""]
    assert list(results.loc[1, scores].dropna()) == written
    deficits = tables["deficits"][["competence", "diagnosed_teacher_count", "deficit_teacher_count"]]
    assert {row[0]: row[1:] for row in deficits.itertuples(index=False, name=None)} == filled["Дефициты"]
    assert tables["self_assessment"]["assessment_score"].tolist() == [filled["Самооценка"]["Условия"][0]]
    contests = ["contest_name", "contest_level", "contestants", "contestant_count", "winner_count"]
    expected = [(" ".join(name.split()), *rest) for name, *rest in filled["Конкурсы"]]
    assert list(tables["contests"][contests].itertuples(index=False, name=None)) == expected


def test_the_marked_copy_shows_the_cells_of_these_sheets(tmp_path):
    filled = {
        "Результаты": {("ВПР", "Русский язык", 5, 5, "весна"): (48, 5, 20, 15, 7)},
        "Контингент": {"1 класс": ("101 %",)},
    }
    (tmp_path / FILE).parent.mkdir(parents=True)
    (tmp_path / FILE).write_bytes(form_of(filled))
    copies = annotate(tmp_path, cleaned(filled).findings, [FILE], tmp_path / "output")
    book = openpyxl.load_workbook(copies.written[0])
    said = "Отметки вместе с н/а не дают числа участников: сумма 47, стоит 48."
    assert said in book["Результаты"]["F2"].comment.text
    assert "Ожидалось целое число" in book["Контингент"]["B3"].comment.text


def test_every_sheet_is_explained_and_a_year_without_sittings_asks_for_no_results():
    sheets = school_sheets(COLLECTION, SITTINGS, 2021)
    assert [layout.title for layout, _, _ in sheets] == [layout.title for layout in SCHOOL_SHEETS]
    assert all(
        layout.title in line for (layout, _, _), line in zip(sheets, how_to_fill_sheets(sheets, 2021), strict=True)
    )
    assert [layout.title for layout, _, _ in school_sheets(COLLECTION, SITTINGS, 2022)] == [
        *("Контингент", "Кадры", "Дефициты", "Самооценка", "Конкурсы")
    ]


def test_a_percentage_is_no_count(tmp_path):
    """Typed into a cell, «100 %» is the number 1 that is shown as a percentage."""
    (tmp_path / "form.xlsx").write_bytes(form_of({"Контингент": {"1 класс": (1,)}}))
    book = openpyxl.load_workbook(tmp_path / "form.xlsx")
    book["Контингент"]["B3"].number_format = "0%"
    book.save(tmp_path / "form.xlsx")
    found = cleaned({}, content=(tmp_path / "form.xlsx").read_bytes())
    assert [(one.rule, one.place, one.value) for one in found.findings] == [
        ("value", "лист Контингент, ячейка B3", "100%")
    ]
