"""An open project where something is missing: a sentence of what to do; and the month's work without a terminal."""

import json
import shutil
from datetime import date

import pytest
from filelock import FileLock

import analysis
from analysis.errors import AnalysisError
from analysis.files.storage import MANIFEST, PROCESSED
from town_projects import copy_of_the_house


@pytest.fixture
def town(own_town):
    return own_town


@pytest.fixture(scope="module")
def signed_alone(shared_house, tmp_path_factory):
    """The real project: a signed roadmap, and nobody has sent anything yet."""
    folder = tmp_path_factory.mktemp("signed") / "house"
    shutil.copytree(shared_house, folder)
    return analysis.open_project(folder)


def test_a_folder_that_is_no_project(tmp_path, monkeypatch):
    monkeypatch.delenv("ANALYSIS_PROJECT", raising=False)
    with pytest.raises(AnalysisError, match=r"Файл project.toml не найден .*analysis.open_project\(\"ПАПКА\"\)"):
        analysis.open_project(tmp_path)
    with pytest.raises(AnalysisError, match=r"Папки .*nowhere нет"):
        analysis.open_project(tmp_path / "nowhere")
    with pytest.raises(AnalysisError, match='audience="открыто": бывает "internal" или "public"'):
        analysis.open_project(tmp_path, audience="открыто")


def test_a_project_that_was_never_built_says_how(tmp_path):
    city = analysis.open_project(copy_of_the_house(tmp_path))
    assert city.years == [2020, 2021, 2022]
    asked = (
        lambda: city.indicators(),
        lambda: city.tables,
        lambda: city.exhibit("fact-1", 2021),
        lambda: city.explain("4.1@2021"),
        lambda: city.sql("select 1"),
    )
    for ask in asked:
        with pytest.raises(AnalysisError, match=r"city\.build\(\)|analysis build"):
            ask()


def test_a_build_of_another_version_is_not_read(town):
    city = analysis.open_project(town)
    manifest = town / PROCESSED / MANIFEST
    told = json.loads(manifest.read_text(encoding="utf-8"))
    told["inputs"] = told["inputs"].partition(" ")[0] + " 00"
    manifest.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(AnalysisError, match=r"другой версией программы.*city\.build\(\)"):
        city.indicators()


def test_a_new_build_is_seen_and_a_changed_file_is_told(town, capsys):
    city = analysis.open_project(town)
    assert city.plan_fact(2022)["План на год"].notna().any()
    assert "файлы изменились" not in capsys.readouterr().out
    passport = town / "data/indicators.toml"
    text = passport.read_text(encoding="utf-8")
    passport.write_text(text.replace('name = "Успеваемость"', 'name = "Успевают"'), encoding="utf-8")
    assert len(analysis.open_project(town).plan_fact(2022))
    assert "файлы изменились после последней сборки" in capsys.readouterr().out
    city.build()
    assert set(city.indicators("success_share")["Показатель"]) == {"Успевают"}


def test_another_process_at_work_is_a_sentence(tmp_path):
    house = copy_of_the_house(tmp_path)
    with FileLock(house / "data/.build.lock"), pytest.raises(AnalysisError, match="работает"):
        analysis.open_project(house).build()


def test_a_file_that_is_open_elsewhere_is_named_and_nothing_is_lost(tmp_path, monkeypatch):
    house = copy_of_the_house(tmp_path)
    city = analysis.open_project(house)
    city.check()
    kept = (house / "output/findings.xlsx").read_bytes()

    def held(source, target, **_):
        raise PermissionError(13, "Permission denied", str(source), None, str(target))

    monkeypatch.setattr("os.replace", held)
    with pytest.raises(AnalysisError, match=r"findings\.(txt|xlsx).*[Зз]акройте файл"):
        city.check()
    assert (house / "output/findings.xlsx").read_bytes() == kept


def test_without_facts_every_answer_is_there_and_says_so(signed_alone):
    city = signed_alone
    assert city.indicators("fail_share", year=2021, school="Школа № 5", procedure="ВПР").empty
    assert "Значение" in city.indicators("fail_share")
    assert city.changes().empty
    assert city.plan_fact().empty
    assert "Принято" in city.plan_fact(2021)
    assert city.schools.empty
    assert city.funnel("fail_share") == ()
    absent = city.exhibit("fact-1", 2021)
    assert absent.data.empty
    assert absent.figure is None
    assert "сведений за 2021 год нет" in absent._repr_html_()
    with pytest.raises(AnalysisError, match="«доля «22»» в паспорте нет"):
        city.indicators("доля «22»")


def test_the_report_for_the_office_needs_no_registry_of_schools(signed_alone):
    made = signed_alone.report(2021, formats="html", audience="internal", engine="builtin")
    assert "Для служебного пользования" in made.paths[0].read_text(encoding="utf-8")


def test_the_exhibits_of_the_plan_are_those_of_the_report(signed_alone):
    city = signed_alone
    listed = city.exhibits(2021)
    assert {"tbl-targets-1", "fig-plan-4"} <= set(listed["Имя"])
    shown = city.exhibit("targets-4", 2021)
    piece = (city.project.root / "reports/2021/_content/tbl-targets-4.md").read_text(encoding="utf-8")
    assert shown.markdown.splitlines()[2] in piece
    assert shown.data["target_count"].notna().any()
    assert "<table" in shown._repr_html_()
    assert "data/" not in shown._repr_html_()
    assert city.exhibit("fig-plan-4", 2021).figure is not None


def test_a_month_without_a_terminal(town, tmp_path):
    city = analysis.open_project(town)
    found = city.check()
    assert len(found) > 20
    assert {str(one.severity) for one in found.filter(severity="посмотрите")} == {"посмотрите"}
    of_school = found.filter(school="edu990012")
    assert 0 < len(of_school) < len(found)
    assert found.filter(file="project.toml") == ()
    table = found._repr_html_()
    assert found[0].action[:30] in table
    with pytest.raises(AnalysisError, match="имелось в виду «блокирует»"):
        found.filter(severity="блокируют")
    sent = city.forms(2022)
    assert (town / "output/forms/2022/2022_УО.xlsx") in sent.paths
    assert 'href="' in sent._repr_html_()
    came = city.receive(sent.paths[0], received=date(2023, 1, 20))
    assert came["Принят"].tolist() == ["да"]
    assert came["Файл в проекте"].tolist() == ["data/raw/2022/form_УО_v2.xlsx"]
    back = city.take_back(sent.paths[0])
    assert back["Принят"].tolist() == ["да"]
    made = city.report(2022, formats="html", engine="builtin")
    assert [one.name for one in made.paths][0] == "annual-report-2022.html"
    notes = city.documents(2022, kinds=["meeting"], formats=["html"])
    assert [one.suffix for one in notes.paths] == [".html"]


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (lambda city: city.report(2021, formats="pfd"), "Формата «pfd» нет. Вероятно, имелось в виду «pdf»"),
        (lambda city: city.report(2021, engine="quatro"), "Движка «quatro» нет. Вероятно, имелось в виду «quarto»"),
        (lambda city: city.report(2021, audience="publik"), "Читателя «publik» нет. Вероятно, имелось в виду «public»"),
        (
            lambda city: city.documents(2021, kinds="meting"),
            "документов «meting» нет. Вероятно, имелось в виду «meeting»",
        ),
    ],
)
def test_a_wrong_word_for_the_work_is_told_and_nothing_is_made(signed_alone, ask, answer):
    with pytest.raises(AnalysisError) as raised:
        ask(signed_alone)
    assert answer in str(raised.value)


def test_work_is_the_offices_alone(town):
    public = analysis.open_project(town, audience="public")
    for work in (public.check, public.build, lambda: public.forms(2021), lambda: public.receive(), public.report):
        with pytest.raises(AnalysisError, match="Это работа управления"):
            work()


def test_full_numbers_are_announced_once(town, capsys):
    for _ in range(2):
        analysis.open_project(town)
    said = capsys.readouterr().out
    assert said.count("для служебного пользования") <= 1
    analysis.open_project(town, audience="public")
    assert capsys.readouterr().out == ""
