"""What a project has left open is asked about by `check` at once, and stops nothing."""

import shutil

import pandas as pd
import pytest

from analysis.contracts.findings import Severity
from analysis.pipeline.check import check_project
from analysis.pipeline.unsettled_facts import undecided
from analysis.rules.config import load_project
from analysis.rules.office_files import CALENDAR_FILE
from roadmaps import HOUSE, document, of_rule, project_with

COLLECTION = '\n[collection]\nmunicipal = ["УО", "Комитет"]\nschools = "ОО"\n'


@pytest.fixture
def city(tmp_path):
    """A project of 2022 and 2023 with the calendar of 2020–2022, which collects facts."""
    heading = ("Утверждаю:", "Начальник", "А.Б. Ветрова", "«1» февраля 2022 г.", "«Дорожная карта» в 2022-2024 гг.")
    header = ("№ п/п", "Мероприятие", "Результат", "Плановое значение", "2022 г.", "2023 г.", "2024 г.", "Исполнители")
    project_with(tmp_path, document(header=(header,), heading=heading), editions=(2022, 2023, 2024))
    with (tmp_path / "project.toml").open("a", encoding="utf-8") as settings:
        settings.write(COLLECTION)
    shutil.copy(HOUSE / CALENDAR_FILE, tmp_path / CALENDAR_FILE)
    return tmp_path


def test_years_without_sittings_are_asked_about_the_first_with_an_entry_to_paste(city):
    found = of_rule(check_project(load_project(city)), "calendar")
    assert [(one.severity, one.explanation[:20]) for one in found] == [
        (Severity.ATTENTION, "Процедур 2023 года в"),
        (Severity.ATTENTION, "Процедур 2024 года в"),
    ]
    assert "calendar_year = 2023\n" in found[0].stanza
    assert not found[1].stanza
    assert "analysis forms 2024" in found[1].action


def test_a_name_that_the_roadmap_does_not_know_is_asked_about(city):
    found = of_rule(check_project(load_project(city)), "collection")
    assert [(one.severity, one.value, one.place) for one in found] == [
        (Severity.ATTENTION, "Комитет", "[collection], ключ municipal"),
        (Severity.ATTENTION, "ОО", "[collection], ключ schools"),
    ]
    assert all("Она называет: «УО», «ИМО»" in one.explanation for one in found)


@pytest.mark.parametrize("without", ["collection", "calendar"])
def test_who_collects_no_results_is_asked_for_no_calendar(city, without):
    if without == "calendar":
        (city / CALENDAR_FILE).unlink()
    else:
        settings = city / "project.toml"
        settings.write_text(settings.read_text(encoding="utf-8").replace(COLLECTION, ""), encoding="utf-8")
    assert of_rule(check_project(load_project(city)), "calendar") == []


def test_a_status_of_a_year_without_report_is_named(city):
    status = pd.DataFrame(
        [("р.xlsx", f"лист «Статус», строка {row}", year) for row, year in enumerate(("2017/18", "2021/22"), start=2)],
        columns=["source_file", "place", "school_year"],
    )
    (found,) = undecided(load_project(city), {"school_status": status})[-1:]
    assert (found.severity, found.file, found.place, found.value) == (
        Severity.ATTENTION,
        "р.xlsx",
        "лист «Статус», строка 2",
        "2017/18",
    )
    assert "ни к одному отчёту не относятся" in found.explanation


def test_the_real_project_has_decided_all_of_it(signed):
    assert [one.rule for one in signed.findings if one.rule in ("calendar", "collection", "other_edition")] == []
