"""Registries over the years, with the real commands: a school is renamed, one joins another, one stands twice."""

import shutil

import openpyxl
import pytest

from analysis.cli import main
from analysis.documents.run import gathered
from analysis.documents.school_note import facts
from analysis.files.storage import read_table
from analysis.rules.config import load_project
from town_projects import house_that_collects

FIRST = [("edu000001", "Школа А"), ("edu000002", "Школа Б"), ("edu000003", "Школа В")]
SECOND = [("edu000001", "Лицей А"), ("edu000003", "Школа В")]
MERGER = (
    '[[merged]]\nlogin = "edu000002"\ninto = "edu000003"\ndate = 2022-09-01\nbasis = "приказ № 5"\nwho = "аналитик"\n'
)
ENDED = "Школа Б (с 01.09.2022 — в составе школы «Школа В»)"


def _receive(house, path, day):
    assert main(["--project", str(house), "receive", str(path), "--received", day]) == 0


def _registry(house, schools, name):
    """A registry as the office fills it in; schools A and Б are supported in 2021/22."""
    book = openpyxl.load_workbook(house / "output/forms/2021/registry.xlsx")
    for row, (login, school) in enumerate(schools, start=2):
        book["Школы"].cell(row, 1).value = login
        book["Школы"].cell(row, 4).value = school
    for row, login in enumerate(dict.fromkeys(login for login, _ in schools), start=2):
        for column, value in enumerate((login, "2021/22", "нет" if login.endswith("3") else "ШНОР"), start=1):
            book["Статус"].cell(row, column).value = value
    path = house / name
    book.save(path)
    return path


def _form(house, login, fact, year=2021):
    book = openpyxl.load_workbook(house / f"output/forms/{year}/{year}_{login}.xlsx")
    sheet = book["Исполнение"]
    row = next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value == "1.3")
    sheet.cell(row, 5).value = fact
    path = house / f"{year}_{login}.xlsx"
    book.save(path)
    return path


@pytest.fixture(scope="module")
def built_at_first(tmp_path_factory):
    """Forms of two schools for 2021; then the registry of the next autumn, a merger, and a build."""
    house = house_that_collects(tmp_path_factory.mktemp("registries"), "[2021, 2022]")
    assert main(["--project", str(house), "forms", "2021"]) == 0
    _receive(house, _registry(house, FIRST, "first.xlsx"), "2021-12-01")
    assert main(["--project", str(house), "forms", "2021"]) == 0
    for login, fact in (("edu000001", 1), ("edu000002", 2)):
        _receive(house, _form(house, login, fact), "2022-01-20")
    _receive(house, _registry(house, SECOND, "second.xlsx"), "2022-10-01")
    (house / "data/schools.toml").write_text(MERGER, encoding="utf-8")
    assert main(["--project", str(house), "build"]) == 0
    return house


@pytest.fixture
def built(built_at_first, tmp_path):
    """A copy of it that a test may change."""
    return shutil.copytree(built_at_first, tmp_path / "house")


def test_a_renamed_school_is_one_school_that_both_names_find(built, run):
    by_name = [run(built, "explain", f"{name}@2021") for name in ("Школа А", "Лицей А", "edu000001")]
    assert by_name[0][0] == 0
    assert by_name[0][1] == by_name[1][1] == by_name[2][1]
    said = by_name[0][1]
    assert "Реестр школ: Лицей А: Логин — edu000001" in said
    former = "Прежние названия: Лицей А: Прежнее название — Школа А"
    assert any(
        line.startswith(former) and "01.12.2021 ← data/raw/2021/registry_registry_v1.xlsx" in line
        for line in said.splitlines()
    )
    material = gathered(load_project(built), 2021)
    assert material.register.login("школа а", "--school") == "edu000001"
    assert "«Школа А»" in next(facts(material, "edu000001"))


def test_the_school_that_ended_keeps_what_it_reported_and_is_asked_no_more(built, run):
    names = read_table(built, "schools").set_index("school_login")["school_name"]
    assert names.to_dict() == {"edu000001": "Лицей А", "edu000003": "Школа В", "edu000002": ENDED}
    told = read_table(built, "reports")
    assert told.loc[told["reporter"] == "edu000002", ["calendar_year", "fact_count"]].dropna().to_numpy().tolist() == [
        [2021, 2]
    ]
    results = read_table(built, "school_results")
    assert set(results.loc[results["school_login"] == "edu000002", "calendar_year"]) == {2021}
    assert "edu000002" in set(results.loc[results["calendar_year"] == 2021, "school_login"])
    asked = read_table(built, "reporter_completeness")
    assert set(asked.loc[asked["reporter"] == "edu000002", "calendar_year"]) == {2020, 2021}, "2022 is not among them"
    ended, successor = (run(built, "explain", login)[1] for login in ("Школа Б", "edu000003"))
    merged = next(line for line in ended.splitlines() if line.startswith("Слияния и закрытия школ: "))
    assert "01.09.2022, Основание — приказ № 5 ← data/schools.toml, [[merged]] № 1" in merged
    assert merged in successor.splitlines()


def test_forms_go_to_the_successor_alone(built, run):
    code, out, _ = run(built, "forms", "2022")
    assert code == 0
    made = sorted(path.stem for path in (built / "output/forms/2022").glob("2022_edu*"))
    assert made == ["2022_edu000001", "2022_edu000003"]
    assert f"edu000002: формы за 2022 год нет: {ENDED}" in out
    run(built, "forms", "2021")
    assert (built / "output/forms/2021/2021_edu000002.xlsx").is_file()


def test_a_school_that_was_closed_keeps_its_years_and_nobody_answers_for_it(built, run):
    (built / "data/schools.toml").write_text(MERGER.replace('into = "edu000003"\n', ""), encoding="utf-8")
    assert run(built, "build")[0] == 0
    names = read_table(built, "schools").set_index("school_login")["school_name"]
    assert names["edu000002"] == "Школа Б (закрыта с 01.09.2022)"
    asked = read_table(built, "reporter_completeness")
    assert set(asked.loc[asked["reporter"] == "edu000002", "calendar_year"]) == {2020, 2021}
    closed, other = (run(built, "explain", login)[1] for login in ("Школа Б", "edu000003"))
    assert "Слияния и закрытия школ: " in closed
    assert "Слияния и закрытия школ: " not in other
    material = gathered(load_project(built), 2021)
    said = next(facts(material, "edu000002")).replace("\\", "")
    assert said.replace("\N{NO-BREAK SPACE}", " ") == "Закрыта с 01.09.2022 (приказ № 5)."
    code, out, _ = run(built, "forms", "2022")
    assert (code, "edu000002: формы за 2022 год нет: Школа Б (закрыта с 01.09.2022)" in out) == (0, True)


def test_a_form_for_a_year_after_the_merger_is_named_and_not_counted(built, run):
    (built / "data/schools.toml").write_text(MERGER.replace("2022-09-01", "2021-01-01"), encoding="utf-8")
    code, out, _ = run(built, "check")
    assert (code, "за 2021 год отчитывается edu000003; сведения этой формы за 2021 год в отчёт не вошли" in out) == (
        0,
        True,
    )


def test_a_merger_of_unknown_schools_and_a_broken_entry_stop_the_build(built, run):
    for text, said in (
        (MERGER.replace("edu000002", "edu9"), "школы с логином «edu9» ни в одном принятом реестре нет"),
        (MERGER.replace("date = 2022-09-01", ""), "Нет ключа «date»"),
    ):
        (built / "data/schools.toml").write_text(text, encoding="utf-8")
        code, out, _ = run(built, "check")
        assert (code, "data/schools.toml: [[merged]] № 1" in out, said in out) == (1, True, True)


def test_of_a_school_named_twice_the_registry_alone_is_to_blame(built, run):
    doubled = _registry(built, [*SECOND, ("edu000001", "Гимназия А")], "doubled.xlsx")
    _receive(built, doubled, "2022-10-02")
    mended = _form(built, "edu000001", 7)
    assert run(built, "receive", str(mended), "--received", "2022-01-25")[0] == 0, "the form is no stranger's"
    code, out, _ = run(built, "check")
    assert code == 1
    assert "registry_registry_v3.xlsx: лист Школы, ячейка A2; лист Школы, ячейка A4" in out
    assert out.count("БЛОКИРУЕТ") == 1
    assert "нет ни в реестре" not in out
