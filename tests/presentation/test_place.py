"""What a cell places: by id, with or without the year; what is asked for wrongly is answered in one sentence."""

import json

import pytest

from analysis.errors import AnalysisError
from analysis.presentation.place import absent, family_of, place, placed, resolve, shows
from analysis.publishing.state import RENDERING

PIECES = {
    "tbl-fact-1": "Таблица факта [дальше](data/tbl-fact-1.csv) {#tbl-fact-1}",
    "fig-plan-1": "![Рисунок](figures/fig-plan-1){#fig-plan-1}",
    "fig-composition": "Рисунок состава {#fig-composition}",
    "tbl-findings": "Таблица замечаний",
    "tbl-to-date": r"[1.1](annex-2021.qmd#chain-1-1), @tbl-fact-1 и tbl\\-fact\\-1\\@2021",
}
CHAPTERS = {"findings": "Глава замечаний", "summary": "Глава (@tbl-fact-1)", "approval": "Документ года"}


@pytest.fixture
def reports(tmp_path):
    """The sources of two editions, of which 2021 is built, in a project."""
    reports = tmp_path / "reports"
    content = reports / "2021/_content"
    content.mkdir(parents=True)
    (reports / "2020").mkdir()
    (reports / "_content").mkdir()
    (tmp_path / "project.toml").write_text("", encoding="utf-8")
    (reports / "_quarto.yml").write_text("", encoding="utf-8")
    for name in ("approval", "contact"):
        (reports / f"_content/{name}.md").write_text(f"Указатель: {name}", encoding="utf-8")
    for name, text in (PIECES | CHAPTERS).items():
        (content / f"{name}.md").write_text(text, encoding="utf-8")
    (content / "exhibits.json").write_text(json.dumps(dict.fromkeys(PIECES, {})), encoding="utf-8")
    return reports


@pytest.mark.parametrize(
    ("asked", "piece"),
    [
        ("fact-1", PIECES["tbl-fact-1"]),
        ("tbl-fact-1", PIECES["tbl-fact-1"]),
        ("fig-plan-1", PIECES["fig-plan-1"]),
        ("2021/fact-1", PIECES["tbl-fact-1"]),
        ("composition", PIECES["fig-composition"]),
        ("2021/summary", CHAPTERS["summary"]),
        ("summary", CHAPTERS["summary"]),
        ("findings", CHAPTERS["findings"]),
        ("tbl-findings", PIECES["tbl-findings"]),
        ("approval", CHAPTERS["approval"]),
        ("contact", "Указатель: contact"),
    ],
)
def test_a_document_of_an_edition_places_by_id(reports, asked, piece):
    assert placed(asked, reports / "2021") == piece


@pytest.mark.parametrize(("published", "drawn"), [(False, True), (True, False)])
def test_quarto_alone_finds_the_pictures_that_word_can_show(reports, monkeypatch, capsys, published, drawn):
    made = reports / "2021/figures"
    made.mkdir()
    (made / "fig-plan-1.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "utf-8")
    monkeypatch.chdir(reports / "2021")
    monkeypatch.setenv(RENDERING, str(reports)) if published else monkeypatch.delenv(RENDERING, raising=False)
    place("plan-1")
    assert capsys.readouterr().out == f"{PIECES['fig-plan-1']}\n"
    assert (made / "fig-plan-1.png").is_file() is drawn


def test_at_the_top_the_year_is_named(reports):
    assert placed("approval", reports) == "Указатель: approval"
    with pytest.raises(AnalysisError, match=r'place\("fact-1"\): назовите год, например place\("2021/fact-1"\)'):
        placed("fact-1", reports)


@pytest.mark.parametrize("folder", ["", "2020"])
def test_what_comes_from_another_folder_leads_there_and_is_named_by_its_year(reports, folder):
    way = "../2021" if folder else "2021"
    assert (
        placed("2021/fact-1", reports / folder)
        == f"Таблица факта [дальше]({way}/data/tbl-fact-1.csv) {{#tbl-fact-1-2021}}"
    )
    assert placed("2021/fig-plan-1", reports / folder) == f"![Рисунок]({way}/figures/fig-plan-1){{#fig-plan-1-2021}}"
    chained = rf"[1.1]({way}/annex-2021.qmd#chain-1-1), @tbl-fact-1-2021 и tbl\\-fact\\-1\\@2021"
    assert placed("2021/to-date", reports / folder) == chained


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("fakt-1", "«fakt-1»: такой таблицы, рисунка или главы в отчёте нет. Похожие: fact-1"),
        ("sumary", "Похожие: summary"),
        ("fact-one", "Похожие: fact-1"),
        ("tbl-funnel-vpr-1", "такой таблицы, рисунка или главы в отчёте нет"),
        ("ываыва", "Какие есть, говорят имена файлов в папке data отчёта."),
        ("2020/fact-1", "Отчёт за 2020 год ещё не собран: выполните analysis build."),
        ("2019/fact-1", "Отчёта за 2019 год нет; есть за 2020, 2021."),
    ],
)
def test_what_is_asked_wrongly_is_answered_in_a_sentence(reports, asked, said):
    with pytest.raises(AnalysisError) as refused:
        placed(asked, reports / "2021")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("asked", "public", "office"),
    [
        ("fact-3", "«План и факт задачи 3»: сведений за 2021 год нет.", None),
        ("fig-plan-3", "«План на весь срок, задача 3»: сведений за 2021 год нет.", None),
        ("marks-oge-1", "«ОГЭ: отметки»: сведений за 2021 год нет.", None),
        (
            "training",
            "«Темы обучения по дефицитам»: есть только в служебном отчёте.",
            "«Темы обучения по дефицитам»: сведений за 2021 год нет.",
        ),
        (
            "fig-funnel-vpr-1",
            "«ВПР: школы против города»: сведений за 2021 год нет, или они есть только в служебном отчёте.",
            "«ВПР: школы против города»: сведений за 2021 год нет.",
        ),
    ],
)
def test_what_there_is_no_data_for_says_so(reports, asked, public, office):
    assert placed(asked, reports / "2021") == f"*{public}*\n"
    internal = reports.parent / "output/internal"
    internal.parent.mkdir()
    reports.rename(internal)
    assert placed(asked, internal / "2021") == f"*{office or public}*\n"


def test_an_id_is_resolved_where_nothing_was_built():
    assert resolve("fact-1", []) == resolve("fig-fact-1", []) == "tbl-fact-1"  # a picture of earlier reports
    assert resolve("fig-plan-1", []) == "fig-plan-1"
    assert resolve("funnel-vpr-1", []) == "fig-funnel-vpr-1"
    assert resolve("load", []) == "tbl-load"
    assert resolve("fig-dots-vpr-1-2", []) == resolve("fig-dots-vpr-1", []) == "tbl-sure-vpr-1"
    assert resolve("fig-effects-fail-share", []) == "tbl-effects-fail-share"
    assert resolve("fig-effects-fail-share", ["fig-effects-fail-share"]) == "fig-effects-fail-share"
    assert shows("tbl-sure-vpr-1-2") == "ВПР: доли с интервалами"
    assert (family_of("tbl-dots-vpr-1"), family_of("tbl-fact-x"), family_of("summary")) == (None, None, None)
    assert absent("tbl-fact-1", 2021, office=False) == "«План и факт задачи 1»: сведений за 2021 год нет."
    unchanged = "документ, по которому идёт 2021 год, не менялся, или показывать нечего"
    assert absent("tbl-document-changes", 2021, office=False) == f"«Что изменилось в документе»: {unchanged}."
