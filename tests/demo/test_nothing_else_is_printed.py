"""Pictures, alternative texts and sentences of the public editions say what their printed rows say, and nothing else.

A share in whole percent with its number of people gives the count, and so does an interval: none may stand for a cell
that is hidden.
"""

import csv
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce

import pytest

from drawn_marks import panels

YEARS = (2020, 2021, 2022)
NUMBER = re.compile(r"\d+(?:,\d+)?")
NEAR = 0.004  # of a share: what a hundredth of a point, and the place of a label, may make out
ABOUT = ("group_name", "subject", "pupil_group", "staff_group", "competence", "contest_level", "contestants", "aspect",
         "criterion")  # fmt: skip


@pytest.fixture(scope="module")
def reports(shared_town):
    return shared_town / "reports"


def _rows(reports, year, name):
    with (reports / f"{year}/data/{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _pictures(reports, kind):
    """Year, rows and axes of each picture of a kind."""
    for year in YEARS:
        for path in sorted((reports / f"{year}/figures").glob(f"fig-{kind}*.svg")):
            yield _rows(reports, year, path.stem), panels(path)


def _number(row, name):
    return float(row[name])


def _same(found, wanted):
    return len(found) == len(wanted) and all(
        abs(one - other) < NEAR for pair in zip(sorted(found), sorted(wanted), strict=True)
        for one, other in zip(*pair, strict=True)
    )  # fmt: skip


def test_every_kind_of_public_picture_is_measured_here(reports):
    kinds = {
        re.sub(r"[-\d]+$", "", path.stem) for year in YEARS for path in (reports / f"{year}/figures").glob("*.svg")
    }
    kinds = {kind for kind in kinds if not kind.startswith("bar")}
    measured = {"fig-composition", "fig-plan", "fig-topics", "fig-school-results", "fig-slopes-vpr", "fig-funnel-vpr"}
    assert kinds == measured


@pytest.mark.parametrize(("kind", "fewest"), [("school-results", 4), ("topics", 3)])
def test_dots_intervals_and_the_city_are_those_of_the_rows(reports, kind, fewest):
    shown = list(_pictures(reports, kind))
    assert len(shown) >= fewest
    for rows, (panel,) in shown:
        ends = [points for points, _ in panel.lines if len(points) == 2]
        across = [sorted(x for x, _ in points) for points in ends if points[0][1] == points[1][1]]
        city = [points[0][0] for points, style in panel.lines if "stroke-width:2" in style]
        assert _same([[panel.x(x)] for x, _ in panel.marks], [[_number(row, "value")] for row in rows])
        wanted = [[_number(row, "interval_low"), _number(row, "interval_high")] for row in rows]
        assert _same([[panel.x(x) for x in line] for line in across], wanted)
        beside = [[_number(row, "city_value")] for row in rows if row["city_value"]] if kind != "topics" else []
        assert _same([[panel.x(x)] for x in city], beside)


def test_points_over_the_years_are_those_of_the_rows(reports):
    shown = list(_pictures(reports, "slopes"))
    assert len(shown) >= 2
    for rows, axes in shown:
        points = [(round(one.x(x)), one.y(y)) for one in axes for x, y in one.marks]
        assert _same(points, [(_number(row, "calendar_year"), _number(row, "value")) for row in rows])
        for one in axes:
            assert {end for ends, _ in one.lines for end in ends} <= {*one.marks}


def test_points_of_a_funnel_are_those_of_the_rows(reports):
    shown = list(_pictures(reports, "funnel"))
    assert len(shown) >= 1
    for rows, axes in shown:
        schools = [row for row in rows if row["group_name"] not in ("Город", "Другие школы города")]
        points = [(one.x(x) / 100, one.y(y)) for one in axes for x, y in one.marks]
        assert _same(points, [(_number(row, "denominator") / 100, _number(row, "value")) for row in schools])
        level = [[one.y(ends[0][1])] for one in axes for ends, _ in one.lines
                 if len(ends) == 2 and ends[0][1] == ends[1][1]]  # fmt: skip
        assert _same(level, [[_number(row, "value")] for row in rows if row["group_name"] == "Город"])


def test_bars_and_grids_of_the_plan_have_a_shape_for_each_number(reports):
    composition, plans = list(_pictures(reports, "composition")), list(_pictures(reports, "plan"))
    assert (len(composition), len(plans)) == (3, 12)
    for rows, (panel,) in composition:
        wide = [panel.x(points[1][0]) - panel.x(points[0][0]) for points, _ in panel.shapes]
        counts = [_number(row, name) for name in ("planned_count", "zero_count", "blank_count") for row in rows]
        assert _same([[one] for one in wide if one > NEAR], [[one] for one in counts if one])
    for rows, (panel,) in plans:
        assert len([style for _, style in panel.shapes if style != "fill:#ffffff"]) >= len(rows)


def test_a_bar_in_a_cell_is_as_long_as_its_row_says(reports):
    seen = 0
    for year in YEARS:
        for task in range(1, 5):
            rows = {row["measure_label"]: row for row in _rows(reports, year, f"tbl-progress-{task}")}
            for line in _lines((reports / f"{year}/_content/tbl-progress-{task}.md").read_text(encoding="utf-8")):
                row = rows.pop(line.split("|")[1].strip())
                ((name, words),) = re.findall(r"figures/(bar-[-x\d]+)\)\{fig-alt=\"([^\"]*)\"", line)
                counts = [row[one] for one in ("accepted_count", "reported_count", "target_count")]
                svg = (reports / f"{year}/figures/{name}.svg").read_text(encoding="utf-8")
                wide = sorted(float(one) / 78 for one in re.findall(r'<rect x="1" y="1" width="([\d.]+)"', svg))
                most = max([1, *(int(one) for one in counts if one)])
                assert wide == pytest.approx(
                    sorted(int(one) / most for one in counts if one not in ("", "0")), abs=1e-3
                )
                assert {*_numbers(words)} <= {*counts, "0"}
                seen += 1
            # What is planned by nobody and done by nobody has no line.
            assert not any(int(row[one] or 0) for row in rows.values() for one in ("target_count", "reported_count"))
    assert seen > 50


# What a text says beside numbers of the data: years, days, grades, names of schools and of marks, levels of intervals.
NO_VALUES = re.compile(
    r"\b20\d\d(?:/\d\d)?\b|\b\d\d\.\d\d\.\d{4}\b|(?:\d+–)?\d+ класс\w*|№ \d+|«[2-5]»|\b95\s%|\b99,8\s%"
)
NO_NUMBERS = {"calendar_year", "programme_grade", "sitting_grade", "earlier_year"}


def _numbers(text):
    return NUMBER.findall(NO_VALUES.sub("", text))


def _forms(cell):
    """How a number may be printed: as it is or rounded, a share in percent."""
    value = abs(Decimal(cell))
    rounded = [value.quantize(Decimal(step), ROUND_HALF_UP) for step in ("1", "0.1", "0.01")]
    percent = [(value * 100).quantize(Decimal(step), ROUND_HALF_UP) for step in ("1", "0.1")] if value <= 1 else []
    return {f"{one:f}".replace(".", ",") for one in [*rounded, *percent]}


def _printed(rows):
    """The numbers of some rows in every form."""
    cells = {cell for row in rows for name, cell in row.items() if name not in NO_NUMBERS}
    return {form for cell in cells if re.fullmatch(r"-?\d+(?:\.\d+)?(?:e-\d+)?", cell) for form in _forms(cell)}


def _words(reports, year, label):
    """The alternative text of a picture."""
    (words,) = re.findall(r'fig-alt="([^"]*)"', (reports / f"{year}/_content/{label}.md").read_text(encoding="utf-8"))
    return words


@pytest.mark.parametrize(("kind", "fewest"), [("school-results", 4), ("topics", 3), ("funnel", 1), ("slopes", 2)])
def test_an_alternative_text_holds_the_numbers_of_its_rows_alone(reports, kind, fewest):
    seen = 0
    for year in YEARS:
        for path in sorted((reports / f"{year}/_content").glob(f"fig-{kind}*.md")):
            words, rows = _words(reports, year, path.stem), _rows(reports, year, path.stem)
            assert {*_numbers(words)} - _printed(rows) == set()
            pairs = [[one.removesuffix(".0") for one in (row["numerator"], row["denominator"])] for row in rows]
            assert all([*pair] in pairs for pair in re.findall(r"(\d+) из (\d+)", words))
            if kind == "slopes":  # each point once
                said = sorted(re.findall(r"— (\d+\s%)", words))
                values = [(Decimal(row["value"]) * 100).quantize(Decimal(1), ROUND_HALF_UP) for row in rows]
                assert said == sorted(f"{one}\N{NO-BREAK SPACE}%" for one in values)
            seen += 1
    assert seen >= fewest


def test_the_alternative_text_of_the_plan_counts_as_its_rows_do(reports):
    for year in YEARS:
        rows = _rows(reports, year, "fig-composition")
        counts = [row[name] for row in rows for name in ("planned_count", "zero_count", "blank_count")]
        said = re.sub(r"задача \d+", "", _words(reports, year, "fig-composition"))
        assert _numbers(said) == counts


def _lines(text):
    """The rows of a printed table, without escapes."""
    rows = [one.replace("\\", "") for one in text.splitlines() if one.startswith("|")]
    return rows[2:]


def _is_about(row, line):
    """Whether a printed line is about a row of the data."""
    grade = row.get("sitting_grade")
    return all(row[name] in line for name in ABOUT if row.get(name)) and (not grade or f"{grade} класс" in line)


def test_a_printed_line_about_schools_holds_the_numbers_of_its_rows_alone(reports):
    seen = hidden = 0
    for year in YEARS:
        names = [row["indicator_name"] for row in _rows(reports, year, "tbl-passport")]
        for path in sorted((reports / f"{year}/_content").glob("tbl-*.md")):
            rows = _rows(reports, year, path.stem)
            if not rows or not {"hidden_columns", "indicator_id"} & rows[0].keys() or path.stem == "tbl-passport":
                continue
            for line in _lines(path.read_text(encoding="utf-8")):
                of = [row for row in rows if _is_about(row, line)]
                flags = set() if "flags" not in rows[0] else {*NUMBER.findall(line.rsplit("|", 2)[1])}
                what = [*names, *(row[name] for row in of for name in ABOUT[2:] if row.get(name))]
                plain = reduce(lambda text, name: text.replace(name, ""), what, line)
                assert {*_numbers(plain)} - _printed(of) - flags == set(), (year, path.stem, line)
                seen += 1
                hidden += "скрыто" in line
    assert (seen > 250, hidden > 50) == (True, True)


def test_a_sentence_holds_the_numbers_of_the_printed_rows_it_rests_on(reports):
    every = [row for year in YEARS for path in (reports / f"{year}/data").glob("*.csv")
             for row in _rows(reports, year, path.stem) if "indicator_id" in row and "group_name" in row]  # fmt: skip
    seen = 0
    for year in YEARS:
        for sentence in _rows(reports, year, "tbl-conclusions"):
            keys = [{*one.split(" | ")} for one in sentence["rests_on"].split("; ")]
            rows = [row for row in every if any(key <= {*row.values()} for key in keys)]
            found = {*_numbers(sentence["sentence_text"])} - _printed(rows)
            if sentence["sentence_id"] == "как-в-городе":  # how many of how many comparisons that are printed
                same = ("indicator_id", "group_name", "procedure", "wave", "calendar_year")
                alike = [row for row in every if all(row[one] == rows[0][one] for one in same)]
                found -= {str(len(keys)), str(len({(row["subject"], row["sitting_grade"]) for row in alike}))}
            assert found == set(), (year, sentence["sentence_text"])
            seen += 1
    assert seen > 10


def test_what_the_chapters_say_of_schools_stands_in_one_printed_row(reports):
    seen = 0
    for year in YEARS:
        rows = [row for path in (reports / f"{year}/data").glob("*.csv") for row in _rows(reports, year, path.stem)]
        of = {}
        for row in [one for one in rows if one.get("numerator") and one.get("denominator")]:
            of.setdefault(row["group_name"], []).append([_forms(row["numerator"]), _forms(row["denominator"])])
        for name in ("supported", "learning", "effectiveness", "schools"):
            text = (reports / f"{year}/_content/{name}.md").read_text(encoding="utf-8").replace("\\", "")
            said = re.sub(r'fig-alt="[^"]*"|^\|.*$', "", text, flags=re.MULTILINE)
            school = "Город"
            for line in [one for one in said.splitlines() if "школы реестра" not in one]:  # these count schools
                if line.startswith("#"):
                    school = next((one for one in of if one in line), "Город")
                known = next((one for one in of if one in line), school)
                for part, whole in re.findall(r"(\d+(?:,\d+)?) из (\d+(?:,\d+)?)\b(?!\s+сравнений)", line):
                    assert any(part in parts and whole in wholes for parts, wholes in of[known]), (year, name, line)
                    seen += 1
    assert seen > 15
