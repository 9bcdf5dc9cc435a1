"""The registry: each fault names the cell to mend, and the row stays out."""

import pytest

from analysis.cleaning.registry import clean_registry
from analysis.contracts.facts import REGISTRY_SCHOOLS, REGISTRY_STATUS
from analysis.contracts.findings import Severity
from analysis.intake.cells import school_year_in
from analysis.intake.workbook import Identity, Returned, ReturnedRow
from analysis.intake.workbook_sheet import SheetCell

FIRST = {"school_login": "edu1", "school_name": "СОШ 1", "pupil_count": 100}
STATUS = {"school_login": "edu1", "school_year": "2020/21", "status": "ШНОР"}


def _rows(layout, given):
    position = {column.name: at for at, column in enumerate(layout.columns, start=1)}
    return tuple(
        ReturnedRow(
            {name: SheetCell(value, number, position[name]) for name, value in cells.items()},
            f"лист {layout.title}, строка {number}",
        )
        for number, cells in enumerate(given, start=2)
    )


def _cleaned(schools, statuses=()):
    rows = {
        REGISTRY_SCHOOLS.title: _rows(REGISTRY_SCHOOLS, schools),
        REGISTRY_STATUS.title: _rows(REGISTRY_STATUS, statuses),
    }
    return clean_registry(Returned("data/raw/registry.xlsx", Identity("registry", "город", 2021, "registry"), rows, ()))


def test_a_sound_registry_is_taken_whole():
    cleaned = _cleaned([FIRST], [STATUS])
    assert cleaned.findings == ()
    assert cleaned.rows["schools"][0][2:] == ("edu1", None, None, "СОШ 1", None, None, None, 100)
    assert cleaned.rows["school_status"][0][2:] == ("edu1", "2020/21", "ШНОР")


@pytest.mark.parametrize(
    ("schools", "statuses", "rule", "place"),
    [
        ([{"school_name": "СОШ 2"}], [], "blank_cell", "лист Школы, ячейка D2"),
        ([{"school_login": "edu2"}], [], "blank_cell", "лист Школы, ячейка A2"),
        ([FIRST], [STATUS | {"school_login": "edu9"}], "school", "лист Статус, ячейка A2"),
        ([FIRST | {"school_login": "еdu1"}], [], "value", "лист Школы, ячейка A2"),
        ([FIRST], [STATUS | {"school_login": "еdu1"}], "value", "лист Статус, ячейка A2"),
        ([FIRST], [STATUS | {"school_year": "2020"}], "value", "лист Статус, ячейка B2"),
        ([FIRST], [STATUS | {"school_year": "2020/22"}], "value", "лист Статус, ячейка B2"),
        ([FIRST], [{"school_login": "edu1", "school_year": "2020/21"}], "value", "лист Статус, строка 2"),
        ([FIRST], [STATUS | {"status": "сильная"}], "value", "лист Статус, ячейка C2"),
        ([FIRST], [{"school_year": "2020/21", "status": "ШНОР"}], "school", "лист Статус, строка 2"),
    ],
)
def test_a_fault_is_one_finding_that_names_its_cell(schools, statuses, rule, place):
    (finding,) = _cleaned(schools, statuses).findings
    assert (finding.rule, finding.severity, finding.places) == (rule, Severity.BLOCKS, (place,))


@pytest.mark.parametrize(
    "written",
    ["2020/21", "2020-2021", "2020/2021", "2020–21", "2020 — 2021", "2020/21 уч. год", "2020-2021 учебный год",
     "2020/21 г.", "2020-2021 уч.г.", "2020–2021 гг."],
)  # fmt: skip
def test_a_school_year_is_read_as_people_write_it(written):
    cleaned = _cleaned([FIRST], [STATUS | {"school_year": written}])
    assert cleaned.findings == ()
    assert [row[3] for row in cleaned.rows["school_status"]] == ["2020/21"]


@pytest.mark.parametrize("written", ["2020", "2021/20", "2020/22", "2020-2121", "2020-20211", "20/21", "с 2020/21", ""])
def test_what_is_no_pair_of_years_is_no_school_year(written):
    assert school_year_in(written) is None


def test_a_status_is_read_however_it_is_typed():
    cleaned = _cleaned([FIRST], [STATUS | {"status": "шнор  И ШHCУ"}])  # H and C are Latin
    assert [row[4] for row in cleaned.rows["school_status"]] == ["ШНОР и ШНСУ"]
    (finding,) = _cleaned([FIRST], [STATUS | {"status": "ШНОРР"}]).findings
    assert (finding.value, "Вероятно, имелось в виду «ШНОР». Список: ШНОР, ШНСУ," in finding.explanation) == (
        "ШНОРР",
        True,
    )


@pytest.mark.parametrize(
    ("more", "rule", "column", "taken"),
    [
        ({"school_name": "Другая"}, "pasted_twice", "A", ["edu3"]),
        ({"school_login": "EDU1", "school_name": "Другая"}, "pasted_twice", "A", ["edu3"]),
        ({"school_login": "edu2", "school_name": "Другая", "code_oo": "09306"}, "school", "B", ["edu3"]),
        ({"school_login": "edu2", "school_name": "сош  №1"}, "school", "D", ["edu3"]),
        ({"school_login": "edu2", "school_name": "СОШ №1", "code_oo": 9306}, "school", "B", ["edu3"]),
    ],
)
def test_of_a_school_that_stands_twice_both_rows_are_named_and_neither_is_taken(more, rule, column, taken):
    first, other = FIRST | {"code_oo": "9306"}, FIRST | {"school_login": "edu3", "school_name": "Лицей"}
    cleaned = _cleaned([first, FIRST | more, other], [STATUS, STATUS | {"school_login": "edu3"}])
    (finding,) = cleaned.findings
    assert (finding.rule, finding.severity) == (rule, Severity.BLOCKS)
    assert finding.places == (f"лист Школы, ячейка {column}2", f"лист Школы, ячейка {column}3")
    assert [row[2] for row in cleaned.rows["schools"]] == taken
    assert [row[2] for row in cleaned.rows["school_status"]] == taken
    assert [row[2] for row in cleaned.unclear] == ["edu1", more.get("school_login", "edu1")]


@pytest.mark.parametrize(
    "other",
    [
        {"code_oo": "9306", "code_msu": "27"},  # of another municipality, which is named
        {"code_oo": "0"},
        {"school_name": "СОШ 11"},
    ],
)
def test_schools_that_can_be_told_apart_are_both_taken(other):
    first = FIRST | {"code_oo": "9306", "code_msu": "26"}
    cleaned = _cleaned([first, {"school_login": "edu2", "school_name": "Лицей", "code_oo": "0"} | other])
    assert cleaned.findings == cleaned.unclear == ()
    assert len(cleaned.rows["schools"]) == 2


@pytest.mark.parametrize(
    ("second", "severity", "taken"), [("ШНОР", Severity.ATTENTION, ["ШНОР"]), ("ШНСУ", Severity.BLOCKS, [])]
)
def test_a_status_named_twice_counts_once_where_both_agree_and_else_not_at_all(second, severity, taken):
    cleaned = _cleaned([FIRST], [STATUS, STATUS | {"status": second}])
    (finding,) = cleaned.findings
    assert (finding.rule, finding.severity) == ("pasted_twice", severity)
    assert finding.places == ("лист Статус, ячейка C2", "лист Статус, ячейка C3")
    assert [row[4] for row in cleaned.rows["school_status"]] == taken
