"""Where a project stands, and the one next step."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from analysis.cli import main
from analysis.project.status import FormsOfYear, Standing, Step, lines, next_step, standing
from analysis.rules.config import FINDINGS, Collection, Project
from town_projects import copy_of_the_house, house_that_collects

BEFORE, AFTER = date(2022, 1, 20), date(2022, 3, 1)
PROJECT = Project(
    Path("city"),
    "город Светлый",
    "",
    "",
    "",
    (2020, 2021, 2022),
    "data/raw/roadmap.docx",
    1000,
    Collection(("УО",), "ОО"),
)
FORMS = FormsOfYear(2021, date(2022, 1, 31), sent=19, returned=14, asked=19)
COLLECTING = Standing(PROJECT, True, 0, True, True, True, True, (FORMS,), {2020: True, 2021: True, 2022: True})
WHOLE = replace(FORMS, returned=19)


def test_it_says_how_many_forms_are_back_and_what_comes_next():
    assert lines(COLLECTING, BEFORE, Step.typed) == [
        "город Светлый: отчёты за 2020, 2021, 2022",
        "Проект: city",
        "Проверка: сборку ничто не останавливает",
        "Таблицы: собраны",
        "Формы 2021 года: вернулись 14 из 19; срок 31.01.2022",
        "Отчёты: опубликованы 2020, 2021, 2022",
        "Дальше: примите вернувшиеся формы — analysis receive",
    ]


@pytest.mark.parametrize(
    ("changes", "today", "step", "words"),
    [
        ({"has_document": False}, BEFORE, "analysis check", "положите подписанный документ"),
        ({"is_fresh": False, "stopping": None}, BEFORE, "analysis check", "проверьте, что лежит"),
        ({"is_fresh": False, "stopping": 2}, BEFORE, "analysis check", "исправьте то, что останавливает"),
        ({"is_fresh": False}, BEFORE, "analysis receive", "примите вернувшиеся формы"),
        ({}, AFTER, "", "всё собрано и опубликовано"),
        ({"is_fresh": False}, AFTER, "analysis report", "соберите и опубликуйте"),
        ({"forms": (WHOLE,)}, BEFORE, "", "всё собрано и опубликовано"),
        ({"forms": (WHOLE,), "reports": {2020: True, 2021: False, 2022: True}}, BEFORE, "analysis report", ""),
        ({"forms": (WHOLE,), "reports": {2020: True, 2022: True}}, BEFORE, "analysis report", ""),
        ({"forms": (WHOLE,), "reports": {2020: True, 2021: True}}, date(2021, 12, 31), "", "всё собрано"),
        ({"forms": (replace(FORMS, returned=0),)}, AFTER, "analysis receive", "примите вернувшиеся формы"),
        ({"forms": (replace(FORMS, returned=0, sent=0),)}, AFTER, "analysis forms 2021", "сделайте формы 2021 года"),
        ({"forms": (replace(FORMS, asked=None),)}, BEFORE, "analysis receive", ""),
        ({"has_registry": False}, BEFORE, "analysis receive", "заполните registry.xlsx"),
        (
            {"has_registry": False, "forms": (replace(FORMS, returned=0, sent=0),)},
            BEFORE,
            "analysis forms 2021",
            "реестр",
        ),
        ({"forms": (), "reports": {}}, BEFORE, "analysis report", ""),
    ],
)
def test_there_is_one_next_step(changes, today, step, words):
    now = replace(COLLECTING, **changes)
    found = next_step(now, today)
    assert (found.typed() if found.command else "") == step
    assert words in found.why
    assert len(lines(now, today, Step.typed)) <= 12


def test_in_a_notebook_a_step_is_a_call():
    assert lines(COLLECTING, BEFORE, Step.called)[-1].endswith("— city.receive()")
    assert Step("forms", "2021", "").called() == "city.forms(2021)"


def test_many_years_stay_on_one_screen():
    many = tuple(replace(FORMS, year=year) for year in range(2010, 2030))
    assert len(lines(replace(COLLECTING, forms=many, has_document=False), BEFORE, Step.typed)) <= 12


def _told(capsys, *words):
    code = main(list(words))
    return code, capsys.readouterr()


def test_a_new_project_is_led_from_step_to_step(tmp_path, capsys):
    house = house_that_collects(tmp_path, "[2020, 2021]")
    at = ["--project", str(house)]

    def following():
        code, said = _told(capsys, *at)
        assert (code, said.err) == (0, "")
        assert len(said.out.splitlines()) <= 12
        return said.out

    assert "— analysis check\n" in following()
    assert main([*at, "check"]) == 0
    assert "— analysis forms 2021\n" in _told(capsys, *at)[1].out.split("Дальше")[1]
    assert main([*at, "forms", "2021"]) == 0
    capsys.readouterr()
    assert "заполните registry.xlsx и примите его — analysis receive\n" in following()
    raw = house / "data/raw/roadmap_2020-2022.txt"
    raw.write_bytes(raw.read_bytes().replace("не менее 4".encode(), "ежегодно".encode()))
    assert "— analysis check\n" in following()
    assert main([*at, "check"]) == 1
    capsys.readouterr()
    assert f"исправьте то, что останавливает сборку ({FINDINGS[0]})" in following()
    raw.unlink()
    assert "положите подписанный документ" in following()


def test_a_folder_that_is_no_project_is_told_both_ways_out(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANALYSIS_PROJECT", raising=False)
    code, said = _told(capsys)
    assert (code, said.out) == (1, "")
    assert "analysis --project ПАПКА" in said.err
    assert "analysis new ПАПКА" in said.err


def test_what_is_built_and_published_is_seen_without_pandas(tmp_path):
    house = copy_of_the_house(tmp_path)
    assert main(["--project", str(house), "report", "2021", "--format", "html", "--engine", "builtin"]) == 0
    code = (
        f"import sys\nfrom analysis.cli import main\nassert main(['--project', {str(house)!r}]) == 0\n"
        "assert not {'pandas', 'pydantic', 'matplotlib', 'tqdm'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Таблицы: собраны\n" in done.stdout
    assert "Отчёты: опубликованы 2021; не опубликованы 2020, 2022\n" in done.stdout
    (house / "reports/2021/annual-report-2021.qmd").open("a", encoding="utf-8").write("\nЕщё строка.\n")
    from analysis.rules.config import load_project

    assert standing(load_project(house), date(2026, 1, 1)).reports == {2021: False}
    (house / "data/terms.toml").write_text("# x\n", encoding="utf-8")
    now = standing(load_project(house), date(2026, 1, 1))
    assert (now.is_built, now.is_fresh, now.by_this_version, now.stopping) == (True, False, True, None)
