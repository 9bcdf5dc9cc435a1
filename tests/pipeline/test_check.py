"""The whole of `check`: passports of the files, the order of findings, and what blocks."""

import pytest

from analysis.contracts.execution import TYPED_TABLES
from analysis.contracts.findings import in_listing_order
from analysis.errors import AnalysisError
from analysis.pipeline.check import check_project
from analysis.rules.config import load_project
from roadmaps import (
    FIRST,
    SECOND,
    TASK,
    blocking_rules,
    check,
    document,
    of_rule,
    project_with,
    the_blocking,
    with_cell,
)


def changed_source(folder, old, new):
    project = project_with(folder, document())
    path = folder / "data/raw/SOURCES.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return check_project(project)


def test_a_good_project_has_nothing_to_say(tmp_path):
    checked = check(tmp_path, document())
    assert checked.findings == []
    assert set(checked.tables) == {*TYPED_TABLES, "received_cells", "findings"}
    assert checked.tables["findings"].empty


def test_a_file_without_a_passport_stops_and_shows_what_to_paste(tmp_path):
    finding = the_blocking(changed_source(tmp_path, "data/raw/roadmap.txt", "data/raw/other.txt"))
    assert finding.rule == "source"
    assert "неизвестно, откуда он" in finding.explanation
    assert 'file = "data/raw/roadmap.txt"' in finding.stanza
    digest = next(line for line in finding.stanza.splitlines() if line.startswith("sha256"))
    assert digest in (tmp_path / "data/raw/SOURCES.toml").read_text(encoding="utf-8")


def test_a_file_changed_after_receipt_stops(tmp_path):
    project = project_with(tmp_path, document())
    path = tmp_path / project.roadmap_file
    path.write_bytes(path.read_bytes() + b"\n")
    finding = the_blocking(check_project(project))
    assert finding.rule == "source"
    assert "Файл изменился после получения" in finding.explanation


def test_no_passports_at_all(tmp_path):
    project = project_with(tmp_path, document())
    (tmp_path / "data/raw/SOURCES.toml").unlink()
    finding = the_blocking(check_project(project))
    assert (finding.file, finding.explanation.partition(".")[0]) == ("data/raw/SOURCES.toml", "Файла нет")
    assert "полученные файлы не проверены" in finding.action


def test_the_document_is_not_there(tmp_path):
    project = project_with(tmp_path, document())
    (tmp_path / project.roadmap_file).unlink()
    with pytest.raises(AnalysisError, match="data/raw/roadmap.txt: файла нет"):
        check_project(project)


def test_findings_come_in_the_order_of_listing_and_as_a_table(tmp_path):
    rows = [TASK, with_cell(FIRST, 4, ""), with_cell(FIRST, 0, ""), with_cell(SECOND, 3, "много")]
    checked = check(tmp_path, document(rows))
    assert checked.findings == in_listing_order(checked.findings)
    assert len(checked.findings) == len(checked.tables["findings"]) > 2
    first = checked.tables["findings"].iloc[0]
    assert (first["severity"], first["rule"], first["place"]) == ("блокирует", "activity_code", "строка 9, ячейка 1")


def test_the_largest_plausible_count_is_the_projects_own(tmp_path):
    assert blocking_rules(check(tmp_path, document([TASK, with_cell(FIRST, 4, "1000"), SECOND]))) == []
    project = project_with(tmp_path, document([TASK, with_cell(FIRST, 4, "1000"), SECOND]))
    path = tmp_path / "project.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("= 1000", "= 999"), encoding="utf-8")
    (finding,) = of_rule(check_project(load_project(project.root)), "value")
    assert (finding.value, "больше наибольшего правдоподобного значения 999" in finding.explanation) == (
        "1000 → 1000", True,
    )  # fmt: skip


def test_nothing_is_written(tmp_path):
    project = project_with(tmp_path, document())
    before = sorted((path, path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))
    check_project(project)
    assert sorted((path, path.stat().st_mtime_ns) for path in tmp_path.rglob("*")) == before


def test_words_of_the_header_are_not_the_documents_terms(tmp_path):
    terms = '[[variant]]\nmeaning = "итог"\nwritings = ["Результат", "Программа семинара"]\n'
    assert check(tmp_path, document(), terms=terms).findings == []


TWO_NAMES = [TASK, with_cell(FIRST, 7, "УО, ИМО"), with_cell(SECOND, 7, "управление образования, ИМО")]
REPORTERS = '[collection]\nmunicipal = ["УО", "ИМО"]\nschools = "ИМО"\n'
ONE = '[[collection.executor]]\nname = "УО"\nwritings = ["управление образования"]\nbasis = "письмо № 1"\n'


def _about_executors(folder, rows, collection):
    checked = check_project(project_with(folder, document(rows), collection=collection))
    return checked, [(one.rule, one.value) for one in checked.findings if one.rule.startswith("executor")]


def test_who_sends_no_form_is_asked_about_before_anything_is_received(tmp_path):
    """And before the document itself has its passport: the question needs the roadmap and [collection] alone."""
    project = project_with(tmp_path, document([TASK, FIRST, with_cell(SECOND, 7, "Центр")]), collection=REPORTERS)
    (tmp_path / "data/raw/SOURCES.toml").write_text("", encoding="utf-8")
    found = check_project(project).findings
    assert [(one.rule, one.value) for one in found if one.rule in ("source", "executor")] == [
        ("source", ""),
        ("executor", "Центр"),
    ]


def test_two_names_of_one_executor_are_asked_about_and_joined_by_the_entry(tmp_path):
    _, asked = _about_executors(tmp_path, TWO_NAMES, REPORTERS)
    assert asked == [("executor_name", "управление образования"), ("executor", "управление образования")]
    checked, asked = _about_executors(tmp_path, TWO_NAMES, REPORTERS + ONE)
    assert asked == []
    assert checked.tables["executors"]["executor_name"].tolist() == ["УО", "ИМО", "УО", "ИМО"]
    assert "управление образования, ИМО" in checked.tables["cells"]["text"].tolist()


def test_a_reporter_by_another_of_its_names_is_known_by_the_one(tmp_path):
    collection = REPORTERS.replace('"УО", "ИМО"]', '"управление образования", "УО", "ИМО"]') + ONE
    project = project_with(tmp_path, document(TWO_NAMES), collection=collection)
    assert project.collection.municipal == ("УО", "ИМО")


def test_an_entry_without_its_ground_is_refused_by_name(tmp_path):
    with pytest.raises(AnalysisError, match=r"collection.executor.*basis"):
        project_with(tmp_path, document(), collection=REPORTERS + ONE.replace("письмо № 1", ""))
