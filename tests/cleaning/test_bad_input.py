"""Each kind of bad input is named with its address, and the rest is read; what makes a plan meaningless stops it."""

import pytest

from analysis.contracts.findings import Severity
from roadmaps import (
    FIRST,
    HEADER,
    HEADING,
    SECOND,
    TASK,
    blocking_rules,
    check,
    document,
    of_rule,
    targets_of,
    the_blocking,
    with_cell,
)

THIRD = ("1.3", "Отчёт", "Отчёт, справка", "1; 2", "0", "1; 1", "0; 1", "УО")
OTHER_TASK = ("2.", "Другая задача", *[""] * 6)


NEAREST = {"иногда": "нет", "3-2": "3", "½": "нет", "-5": "5", "1000000": "1000000", "NA": "нет", "None": "нет",
           "2.5": "2", "=1+1": "1", "**2**": "2", "два раза": "2"}  # fmt: skip


@pytest.mark.parametrize("value", NEAREST)
@pytest.mark.parametrize("position", [3, 4, 6])
def test_a_value_outside_the_grammar_is_marked_and_the_rest_is_read(value, position, tmp_path):
    checked = check(tmp_path, document([TASK, with_cell(FIRST, position, value), SECOND]))
    assert blocking_rules(checked) == []
    (finding,) = of_rule(checked, "value")
    assert finding.severity is Severity.ATTENTION
    assert finding.place == f"строка 8, ячейка {position + 1}"
    assert finding.value == f"{value} → {NEAREST[value]}"
    assert targets_of(checked)["1.2/1"] == [0, 1, 1]
    years = [2, 2, 2] if position == 3 else [2 if at != position else None for at in (4, 5, 6)]
    assert targets_of(checked)["1.1/1"] == years, "never a zero, never the nearest number"
    marks = [checked.tables["measures"]["total_mark"], checked.tables["targets"]["target_mark"]]
    assert [list(one.dropna()) for one in marks] == (
        [["не прочитано"], []] if position == 3 else [[], ["не прочитано"]]
    )


def test_faults_of_one_kind_are_one_finding(tmp_path):
    bad = with_cell(with_cell(FIRST, 3, "много"), 4, "мало")
    checked = check(tmp_path, document([TASK, bad, with_cell(with_cell(SECOND, 6, "½"), 5, "100000")]))
    words, large = of_rule(checked, "value")
    assert words.places == ("строка 8, ячейка 4", "строка 8, ячейка 5", "строка 9, ячейка 7")
    assert words.value == "всего 3: много → нет, мало → нет, ½ → нет"
    assert (large.value, "значения 1000" in large.explanation) == ("100000 → 100000", True)


def test_a_plan_of_which_nothing_is_read_stops(tmp_path):
    rows = [TASK, *((*row[:4], "иногда", "", "порой", row[7]) for row in (FIRST, SECOND))]
    finding = the_blocking(check(tmp_path, document(rows)))
    assert finding.explanation.startswith("Ни одно плановое значение не прочитано")


def test_two_rows_with_one_code(tmp_path):
    checked = check(tmp_path, document([TASK, FIRST, with_cell(SECOND, 0, "1.1.")]))
    finding = the_blocking(checked)
    assert (finding.rule, finding.value) == ("activity_code", "1.1")
    assert finding.places == ("строка 8", "строка 9")


def test_codes_are_text(tmp_path):
    rows = [TASK, *(with_cell(FIRST, 0, f"1.{number}") for number in range(1, 11))]
    checked = check(tmp_path, document(rows))
    assert blocking_rules(checked) == []
    assert list(checked.tables["activities"]["activity_code"])[::9] == ["1.1", "1.10"]


@pytest.mark.parametrize("code", ["", "1", "1-1", "пункт 1.1", "1..1", "1.1234", "١.١"])
def test_a_code_that_is_none(code, tmp_path):
    checked = check(tmp_path, document([TASK, with_cell(FIRST, 0, code), SECOND]))
    finding = the_blocking(checked)
    assert (finding.rule, finding.place) == ("activity_code", "строка 8, ячейка 1")
    assert "автонумерацией" in finding.explanation


def test_a_row_without_a_code_is_no_header(tmp_path):
    """Its words may well be those of a header: «мероприятий», «результат»."""
    lost = ("", "Экспертиза мероприятий", "Справка о результатах", "1", "0", "1", "0", "УО")
    finding = the_blocking(check(tmp_path, document([TASK, FIRST, lost, SECOND])))
    assert (finding.rule, finding.place) == ("activity_code", "строка 9, ячейка 1")


def test_an_activity_before_any_task(tmp_path):
    finding = the_blocking(check(tmp_path, document([FIRST, TASK, SECOND])))
    assert (finding.rule, finding.place, finding.value) == ("task", "строка 7", "1.1")
    assert "раньше первой задачи" in finding.explanation


def test_an_activity_under_a_task_not_its_own(tmp_path):
    finding = the_blocking(check(tmp_path, document([TASK, FIRST, OTHER_TASK, SECOND])))
    assert (finding.rule, finding.place) == ("task", "строка 10, ячейка 1")


def test_a_task_without_activities(tmp_path):
    checked = check(tmp_path, document([TASK, FIRST, SECOND, OTHER_TASK]))
    (finding,) = of_rule(checked, "task")
    assert (finding.place, finding.severity) == ("строка 10", Severity.ATTENTION)


def test_a_row_of_equal_values_is_no_task(tmp_path):
    row = ("2", "Отбор", "", "2", "2", "2", "2", "Отбор")
    assert "activity_code" in blocking_rules(check(tmp_path, document([TASK, FIRST, row])))


def test_one_number_for_two_tasks(tmp_path):
    finding = the_blocking(check(tmp_path, document([TASK, FIRST, with_cell(OTHER_TASK, 0, "1."), SECOND])))
    assert (finding.rule, finding.place) == ("task", "строка 9")


def test_a_task_repeated_after_a_page_break_is_one(tmp_path):
    checked = check(tmp_path, document([TASK, FIRST, HEADER, TASK, SECOND]))
    assert of_rule(checked, "task") == []
    assert list(checked.tables["activities"]["task_place"]) == ["строка 7", "строка 7"]


@pytest.mark.parametrize("cells", [FIRST[:7], (*FIRST, "лишнее"), FIRST[:2], (*FIRST[:6], *FIRST[7:])])
def test_too_few_or_too_many_cells(cells, tmp_path):
    finding = the_blocking(check(tmp_path, document([TASK, with_cell(cells, 1, "Отбор"), SECOND])))
    assert (finding.rule, finding.place) == ("row_length", "строка 8")
    assert finding.value.startswith("1.1 | Отбор")


def test_blank_cells_at_the_end_are_no_cells(tmp_path):
    assert blocking_rules(check(tmp_path, document([TASK, (*FIRST, "", " "), SECOND]))) == []


def test_a_repeated_cell_is_dropped_while_it_repeats(tmp_path):
    checked = check(tmp_path, document([TASK, (*FIRST[:7], "2", FIRST[7]), SECOND]))
    (finding,) = of_rule(checked, "repeated_cell")
    assert (finding.place, finding.severity) == ("строка 8, ячейка 8", Severity.NOTE)
    assert targets_of(checked)["1.1/1"] == [2, 2, 2]


def test_a_repeated_cell_that_differs_blocks_its_row(tmp_path):
    checked = check(tmp_path, document([TASK, (*FIRST[:7], "3", FIRST[7]), SECOND]))
    finding = the_blocking(checked)
    assert (finding.rule, finding.place) == ("row_length", "строка 8")
    assert "не равна значению 2025 года" in finding.explanation
    assert "1.1/1" not in targets_of(checked)


@pytest.mark.parametrize("position", [1, 2, 3])
def test_a_needed_cell_is_blank(position, tmp_path):
    finding = the_blocking(check(tmp_path, document([TASK, with_cell(FIRST, position, " "), SECOND])))
    assert (finding.rule, finding.place) == ("blank_cell", f"строка 8, ячейка {position + 1}")


@pytest.mark.parametrize("executors", ["", "—", "2", "1, 2"])
def test_executors_need_words(executors, tmp_path):
    finding = the_blocking(check(tmp_path, document([TASK, with_cell(FIRST, 7, executors), SECOND])))
    assert (finding.rule, finding.place) == ("blank_cell", "строка 8, ячейка 8")


def test_a_row_outside_the_table(tmp_path):
    finding = the_blocking(check(tmp_path, document([TASK, FIRST, ("1.2. Семинар без ячеек",), SECOND])))
    assert (finding.rule, finding.place) == ("row_length", "строка 9")


def test_prose_below_the_table_is_named(tmp_path):
    (finding,) = of_rule(
        check(tmp_path, document([TASK, FIRST, SECOND, ("Примечание: см. приложение",)])), "unread_text"
    )
    assert (finding.place, finding.value) == ("строка 10", "Примечание: см. приложение")


# ── several measures in one cell ──


def test_several_measures(tmp_path):
    checked = check(tmp_path, document([TASK, FIRST, SECOND, THIRD]))
    assert blocking_rules(checked) == []
    assert targets_of(checked)["1.3/1"] == [0, 1, 0]
    assert targets_of(checked)["1.3/2"] == [0, 1, 1]
    assert [finding.place for finding in of_rule(checked, "shared_zero")] == ["строка 10, ячейка 5"]


@pytest.mark.parametrize(
    ("position", "text", "where"),
    [
        (2, "Отчёт", "строка 10, ячейка 4"),
        (2, "Отчёт, справка, акт", "строка 10, ячейка 4"),
        (2, "Отчёт, ", "строка 10, ячейка 4"),
        (5, "1", "строка 10, ячейка 6"),
        (5, "1; 1; 1", "строка 10, ячейка 6"),
        (3, "3", "строка 10, ячейка 6"),
    ],
)
def test_measures_that_do_not_match(position, text, where, tmp_path):
    checked = check(tmp_path, document([TASK, FIRST, SECOND, with_cell(THIRD, position, text)]))
    findings = of_rule(checked, "measure_count")
    assert findings[0].places[0] == where
    assert all(finding.severity is Severity.ATTENTION for finding in findings)
    assert blocking_rules(checked) == []
    unread = checked.tables["targets"].query("activity_code == '1.3' and target_mark == 'не прочитано'")
    assert len(unread) + checked.tables["measures"]["total_mark"].notna().sum() > 0
    assert unread["target_count"].isna().all()


def test_a_blank_year_is_blank_for_each_measure(tmp_path):
    checked = check(tmp_path, document([TASK, FIRST, SECOND, with_cell(THIRD, 4, "")]))
    assert targets_of(checked)["1.3/1"] == [None, 1, 0]
    assert targets_of(checked)["1.3/2"] == [None, 1, 1]
    assert [finding.place for finding in of_rule(checked, "blank_year")] == ["строка 10, ячейка 5"]


def test_no_year_filled_is_a_plan_that_is_not_stated(tmp_path):
    checked = check(tmp_path, document([TASK, (*FIRST[:4], "", "", "", FIRST[7]), SECOND]))
    assert blocking_rules(checked) == []
    (finding,) = of_rule(checked, "blank_year")
    assert (finding.place, finding.value) == ("строка 8, ячейка 4", "1.1")
    assert targets_of(checked)["1.1/1"] == [None, None, None]


# ── deadlines ──


def deadlines(checked) -> list[tuple[int, int]]:
    rows = checked.tables["targets"].dropna(subset="deadline_month")
    return list(zip(rows["calendar_year"], rows["deadline_month"], strict=True))


def test_a_month_of_the_total_holds_for_the_planned_years(tmp_path):
    row = ("1.1", "Отбор", "Школы", "2 (март)", "0", "1", "1", "УО")
    assert deadlines(check(tmp_path, document([TASK, row]))) == [(2024, 3), (2025, 3)]


def test_months_that_differ_are_named(tmp_path):
    row = ("1.1", "Отбор", "Школы", "2", "0", "1 (май)", "1", "УО (март), ИМО (июнь)")
    checked = check(tmp_path, document([TASK, row]))
    assert deadlines(checked) == [(2024, 5), (2025, 3)]
    (finding,) = of_rule(checked, "deadline")
    assert finding.severity is Severity.ATTENTION
    assert "строка 8, ячейка 8" in finding.places


def test_months_of_two_executors_are_named(tmp_path):
    row = (*FIRST[:7], "УО (март), ИМО (июнь)")
    assert len(of_rule(check(tmp_path / "two", document([TASK, row])), "deadline")) == 1
    assert of_rule(check(tmp_path / "one", document([TASK, (*FIRST[:7], "УО (март), ИМО (март)")])), "deadline") == []


# ── numbering ──


def test_skipped_numbers_are_reported_with_their_neighbours(tmp_path):
    rows = [TASK, with_cell(FIRST, 0, "1.2"), with_cell(FIRST, 0, "1.6"), OTHER_TASK, with_cell(FIRST, 0, "2.1")]
    rows += [("4.", "Четвёртая", *[""] * 6), with_cell(FIRST, 0, "4.1")]
    checked = check(tmp_path, document(rows))
    found = [(finding.explanation.split(";")[0], finding.places) for finding in of_rule(checked, "missing_code")]
    assert found == [
        ("Мероприятия 1.1 в документе нет", ("строка 8",)),
        ("Мероприятия 1.3–1.5 в документе нет", ("строка 8", "строка 9")),
        ("Задачи 3 с мероприятиями в документе нет.", ("вся таблица",)),
    ]


# ── literal texts ──


LITERAL = ["**x**", "<script>1</script>", "=1+1", "a | b", "`код`", "NA", "None", "nan", "#N/A", "$x$", "@fig-1", "{{<"]


@pytest.mark.parametrize("text", LITERAL)
def test_texts_are_literal(text, tmp_path):
    words = f"школа {text}"
    row = ("1.1", text, text, *FIRST[3:7], words)
    checked = check(tmp_path, document([("1.", words, *[""] * 6), row, SECOND]))
    assert blocking_rules(checked) == []
    activity = checked.tables["activities"].iloc[0]
    assert (activity["task_title"], activity["activity_title"]) == (words, text)
    assert checked.tables["measures"]["measure_name"].iloc[0] == text
    assert checked.tables["executors"]["executor_name"].iloc[0] == words
    assert list(checked.tables["cells"]["text"]).count(text) == 2


@pytest.mark.parametrize("title", ["**x** и y на 2023-2025 гг.", "<b>План</b> на 2023-2025 гг.", "NA 2023-2025"])
def test_a_title_is_literal_but_for_marks_around_all_of_it(title, tmp_path):
    checked = check(tmp_path / "as is", document(heading=(*HEADING[:-1], title)))
    assert list(checked.tables["approval"]["title"]) == [title]
    assert of_rule(checked, "marks_around_title") == []
    marked = check(tmp_path / "marked", document(heading=(*HEADING[:-1], f"**{title}**")))
    assert list(marked.tables["approval"]["title"]) == [title]
    assert len(of_rule(marked, "marks_around_title")) == 1
