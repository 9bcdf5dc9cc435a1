"""A plan that an order has changed: which version a year goes by, what changed, and what is asked."""

import hashlib

import pandas as pd
import pytest

from analysis.cleaning.returns import fact_table
from analysis.cleaning.versions import paired
from analysis.contracts.columns import OTHER_NUMBER
from analysis.contracts.dictionary import violations
from analysis.contracts.facts import FACT_TABLES
from analysis.contracts.findings import blocking
from analysis.contracts.tables import INDICATOR_TABLES
from analysis.errors import AnalysisError
from analysis.indicators.edges import plan_edges, received_edges
from analysis.indicators.plan import _otherwise, in_force, measures_of_year
from analysis.indicators.tables import indicator_tables
from analysis.lineage.walk import Walk
from analysis.pipeline.chains import chain_words
from analysis.pipeline.check import check_project
from analysis.pipeline.unsettled_facts import by_earlier_numbers
from analysis.presentation import plan_tables, sentences
from analysis.presentation.edition import editions_of
from analysis.presentation.place import family_of
from analysis.rules.config import Collection, load_project, load_sources
from roadmaps import TASK, document, of_rule, project_with, the_blocking
from stores import store_of

FIRST_PLAN = (
    TASK,
    ("1.1", "Отбор школ", "Количество школ", "6", "2", "2", "2", "УО"),
    ("1.2", "Семинар", "Программа семинара", "2", "0", "1", "1", "ИМО"),
    ("1.3", "Выставка", "Каталог", "3", "1", "1", "1", "УО"),
    ("1.4", "Конкурс", "Положение", "2", "1", "1", "0", "УО"),
    ("1.5", "Акция", "Отчёт", "1", "0", "1", "0", "УО"),
)
# 1.1 has another number, 1.3 has become 1.2; seminar, contest and campaign are gone; 1.4 and 1.6 are new.
SECOND_PLAN = (
    TASK,
    ("1.1", "Отбор школ", "Количество школ", "9", "2", "3", "4", "УО, ИМО"),
    ("1.2", "Выставка", "Каталог", "3", "1", "1", "1", "УО"),
    ("1.4", "Слёт", "Программа слёта", "2", "0", "1", "1", "УО"),
    ("1.6", "Обзор", "Доклад", "1", "0", "0", "1", "ИМО"),
)
LATER = "data/raw/plan_2.txt"
VERSION = f'\n[[roadmap_version]]\nfile = "{LATER}"\nin_force_from = 2024-07-01\nbasis = "приказ № 7"\n'
MOVED = f'[[same_measure]]\nfile = "{LATER}"\nbefore = "1.3/1"\nnow = "1.2/1"\nsame = true\n'
MOVED += 'basis = "приказ № 7"\nwho = "аналитик"\ndate = 2024-07-02\n'
CONTEST = MOVED.replace("1.3/1", "1.4/1").replace("1.2/1", "1.4/1").replace("true", "false")


def amended(folder, rules=VERSION, corrections=MOVED + CONTEST, rows=SECOND_PLAN):
    project_with(folder, document(FIRST_PLAN), editions=(2023, 2024, 2025), corrections=corrections)
    content = document(rows).encode()
    (folder / LATER).write_bytes(content)
    with (folder / "data/raw/SOURCES.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\n[[source]]\nfile = "{LATER}"\ntitle = "т"\norigin = "о"\nreceived = 2024-07-02\n'
            f'sha256 = "{hashlib.sha256(content).hexdigest()}"\nlicence = "л"\n'
        )
    with (folder / "project.toml").open("a", encoding="utf-8") as file:
        file.write(rules)
    return load_project(folder)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return amended(tmp_path_factory.mktemp("amended"))


@pytest.fixture(scope="module")
def tables(project):
    """All tables, with facts of 2023, and one of 2024 about the campaign, which the plan of 2024 no longer has."""
    checked = check_project(project)
    assert blocking(checked.findings) == []
    at = ("uo.xlsx", "лист Исполнение, ячейка E2", "УО")
    facts = {name: fact_table(name, ()) for name in FACT_TABLES} | {
        "reports": fact_table(
            "reports",
            [(*at, code, 1, year, None, 1, None, None) for code, year in (("1.3", 2023), ("1.4", 2023), ("1.5", 2024))],
        )
    }
    collection = Collection(("УО", "ИМО"), "ОО")
    made, _ = indicator_tables({**checked.tables, **facts}, collection, (), pd.Timestamp(2026, 2, 1).date())
    assert violations(made, INDICATOR_TABLES) == []
    return {**checked.tables, **facts, **made}


@pytest.fixture(scope="module")
def editions(project, tables):
    return {one.calendar_year: one for one in editions_of(project, tables, load_sources(project.root))}


def targets(rows):
    return dict(zip(rows["measure_label"], rows["target_count"], strict=True))


def test_a_year_shows_the_plan_in_force_at_its_end(editions):
    assert targets(editions[2023].this_year) == {"1.1": 2, "1.2": 0, "1.3": 1, "1.4": 1, "1.5": 0}
    assert targets(editions[2024].this_year) == {"1.1": 3, "1.2": 1, "1.4": 1, "1.6": 0}
    assert editions[2023].executors_of("1.1") == "УО"
    assert editions[2024].executors_of("1.1") == "УО, ИМО"
    whole_term = editions[2023].plan[editions[2023].plan["measure_label"] == "1.1"]
    assert whole_term["target_count"].tolist() == [2, 2, 2], "what was promised for 2025 when 2023 ended"
    assert editions[2023].data_date.isoformat() == "2023-03-01", "the later order was not there yet"
    said = sentences.approval(editions[2024]).replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")
    assert "Эта редакция действует с 1 июля 2024 г.: приказ № 7." in said
    assert "редакция" not in sentences.approval(editions[2023])


def test_a_moved_measure_is_added_up_under_both_numbers_and_another_one_is_not(tables):
    plan = in_force(tables["plan"]).set_index(["measure_label", "calendar_year"])["cumulative_flow_count"]
    assert plan.loc[[("1.3", 2023), ("1.2", 2024), ("1.2", 2025)]].tolist() == [1, 2, 3]
    assert plan.loc[("1.4", 2023)] == 1
    assert plan.loc[[("1.4", 2024), ("1.4", 2025)]].tolist() == [1, 2], "the rally is not the contest"
    assert plan.loc[[("1.1", 2023), ("1.1", 2024), ("1.1", 2025)]].tolist() == [2, 5, 9]
    fact = tables["plan_fact"].set_index(["measure_label", "calendar_year"])
    assert fact.loc[("1.2", 2024), "accepted_flow_count"] == 0
    assert fact.loc[("1.2", 2024), "unknown_year_count"] == 1, "2023 was reported, 2024 was not"


def test_what_changed_stands_with_both_addresses(tables):
    rows = tables["plan_changes"].astype(object).where(tables["plan_changes"].notna(), None)
    names = ["change_kind", "label_before", "label_after", "calendar_year", "text_before", "text_after"]
    said = list(rows[[*names, "place_before", "place_after"]].itertuples(index=False, name=None))
    assert said == [
        ("изменён план", "1.1", "1.1", None, "6", "9", "строка 8, ячейка 4", "строка 8, ячейка 4"),
        ("изменены исполнители", "1.1", "1.1", None, "УО", "УО, ИМО", "строка 8, ячейка 8", "строка 8, ячейка 8"),
        ("изменён план", "1.1", "1.1", 2024, "2", "3", "строка 8, ячейка 6", "строка 8, ячейка 6"),
        ("изменён план", "1.1", "1.1", 2025, "2", "4", "строка 8, ячейка 7", "строка 8, ячейка 7"),
        ("перенесён", "1.3", "1.2", None, None, None, "строка 10", "строка 9"),
        ("добавлен", None, "1.4", None, None, "Программа слёта", None, "строка 10"),
        ("добавлен", None, "1.6", None, None, "Доклад", None, "строка 11"),
        ("исключён", "1.2", None, None, "Программа семинара", None, "строка 9", None),
        ("исключён", "1.4", None, None, "Положение", None, "строка 11", None),
        ("исключён", "1.5", None, None, "Отчёт", None, "строка 12", None),
    ]
    assert set(tables["plan_changes"]["file_after"]) == {LATER}


def test_a_number_that_follows_from_other_words_is_told_and_past_years_are_not():
    def said(number):
        row = {"text": "ежеквартально", "place": "строка 8", "sense": number, "number": number}
        return dict.fromkeys([(OTHER_NUMBER, 2023), (OTHER_NUMBER, 2024)], row)

    (row,) = _otherwise(said("4"), said("3"), since=2024)
    assert (row["calendar_year"], row["text_before"], row["text_after"]) == (2024, "4", "3")


def test_the_chapter_and_the_sentence(editions):
    assert plan_tables.section(editions[2023]) == ("", [])
    assert plan_tables.sentence(editions[2023]) == ""
    words, shown = plan_tables.section(editions[2025])
    assert [one.label for one in shown] == ["tbl-document-changes", "tbl-dropped-facts"]
    assert all(family_of(one.label).amended for one in shown)
    said = "С 01.07.2024 документ действует в новой редакции (приказ № 7): показателей добавлено — 2, исключено — 3, "
    assert f"{said}изменено — 2 (@tbl-document-changes)." in words.replace("\\", "")
    facts = shown[1].data[["activity_code", "calendar_year", "reporter", "reported_count"]].to_numpy().tolist()
    assert facts == [["1.4", 2023, "УО", 1], ["1.5", 2024, "УО", 1]], (
        "what was reported of a dropped measure stays visible"
    )
    assert "Положение" in shown[1].markdown


def test_a_target_is_explained_by_the_file_of_its_version(project, tables):
    whole = {name: table for name, table in tables.items() if name not in ("duties", "plan_fact")}
    edges = {**received_edges(whole), **plan_edges(whole)}
    store = store_of(chain_words(project, whole, load_sources(project.root), None), whole, edges)
    plan = tables["plan"]
    for year, file in ((2023, "data/raw/roadmap.txt"), (2024, LATER)):
        (row,) = plan.index[(plan["calendar_year"] == year) & (plan["measure_label"] == "1.1") & plan["in_force"]]
        lines = list(Walk(store).of_cell("plan", row, ["target_count"]))
        assert any(f"← {file} (sha256" in line for line in lines), lines


def test_doubtful_pairs_are_asked_about_once_with_what_to_paste(tmp_path):
    checked = check_project(amended(tmp_path, corrections=""))
    same_words, same_number = of_rule(checked, "plan_version")
    assert (same_words.value, same_number.value) == ("1.3/1 → 1.2/1", "1.4/1 → 1.4/1")
    assert "Слова показателя те же" in same_words.explanation
    assert "Номер показателя тот же" in same_number.explanation
    assert f'[[same_measure]]\nfile = "{LATER}"\nbefore = "1.3/1"\nnow = "1.2/1"\nsame = ' in same_words.stanza
    identities = checked.tables["measures"].groupby("source_file")["measure_identity"].agg(list)
    assert identities[LATER] == ["1.1/1", "1.2/1 (2)", "1.4/1 (2)", "1.6/1"], "nothing is one before somebody says so"


def test_pairs():
    before, now = {"1/1": "а", "2/1": "б", "3/1": "б"}, {"1/1": "а", "4/1": "б", "3/1": "в"}
    same, asked = paired(before, now, {})
    assert same == {"1/1": "1/1"}
    assert list(asked.values()) == [[], [("3/1", "3/1")]], "two measures with one wording are no pair"
    assert paired(before, now, {("2/1", "4/1"): True})[0] == {"1/1": "1/1", "4/1": "2/1"}


def test_a_form_may_name_a_measure_by_its_former_number(tables, project):
    assert measures_of_year(tables["plan"], 2024)["1.3"] == ("1.2", 1)
    assert measures_of_year(tables["plan"], 2024)["1.2"] == ("1.2", 1)
    assert measures_of_year(tables["plan"], 2023)["1.3"] == ("1.3", 1)
    assert by_earlier_numbers(tables["reports"], tables["plan"], project) == []
    (found,) = by_earlier_numbers(tables["reports"].assign(calendar_year=2024).iloc[1:2], tables["plan"], project)
    assert "под этим номером стоял другой показатель" in found.explanation


@pytest.mark.parametrize(("rules", "said"), [
    (VERSION.replace("2024-07-01", "2023-01-31"), "сам документ утверждён"),
])  # fmt: skip
def test_a_version_older_than_the_document_stops(tmp_path, rules, said):
    assert said in the_blocking(check_project(amended(tmp_path, rules))).explanation


@pytest.mark.parametrize(("rules", "said"), [
    (VERSION + VERSION.replace("plan_2", "plan_3"), "каждая действует позже прежней"),
    (VERSION + VERSION.replace("2024", "2025"), f"файл {LATER} уже назван"),
    (VERSION.replace("plan_2", "roadmap"), "файл data/raw/roadmap.txt уже назван"),
    (VERSION.replace("basis", "bassis"), "ключа «bassis» здесь не бывает. Вероятно, имелось в виду «basis»"),
    (VERSION.replace("2024-07-01", '"июль"'), "ключ «in_force_from»: стоит 'июль', нужно: дата"),
])  # fmt: skip
def test_faults_of_the_entry(tmp_path, rules, said):
    with pytest.raises(AnalysisError, match="project.toml") as error:
        amended(tmp_path, rules)
    assert said in str(error.value)


def test_a_missing_version_is_named(tmp_path):
    project = amended(tmp_path)
    (tmp_path / LATER).unlink()
    with pytest.raises(AnalysisError, match=r"plan_2.txt: файла нет.*roadmap_version"):
        check_project(project)


def test_a_decision_is_idle_only_where_no_version_needs_it(tmp_path):
    decision = '[[decision]]\nactivity = "1.3"\nmeasure = 1\nreading = "flow"\nbasis = "б"\nwho = "к"\n'
    decision += "date = 2024-07-02\n"
    (idle,) = blocking(check_project(amended(tmp_path / "idle", corrections=MOVED + CONTEST + decision)).findings)
    assert (idle.rule, idle.place) == ("decision", "1.3/1")
    rows = (*SECOND_PLAN, ("1.3", "Смотр", "Справка", "5", "1", "1", "1", "УО"))
    open_there = amended(tmp_path / "open", corrections=MOVED + CONTEST + decision, rows=rows)
    assert blocking(check_project(open_there).findings) == []


def test_an_entry_about_no_pair_stops(tmp_path):
    checked = check_project(amended(tmp_path, corrections=MOVED.replace("1.3/1", "9.9/1")))
    assert the_blocking(checked).value == "9.9/1 → 1.2/1"
