"""The secret of the public edition, and that a later mask agrees with what has gone out."""

import json

import pytest

from analysis.contracts.dictionary import findings_table
from analysis.errors import AnalysisError
from analysis.files.storage import BUILD_LOCK, only_one_at_work
from analysis.indicators.school_tables import school_tables
from analysis.pipeline.audit import choice_for, keep_record, with_printed_before
from analysis.rules.office_files import DEFAULT_POLICY, OPEN_CHOICE, SECRET_FILE
from school_towns import result, results, town_facts

MARKS = ["mark_2_count", "mark_3_count", "mark_4_count", "mark_5_count"]
COUNTS = ["participant_count", *MARKS]
OTHERS = [result("edu2", (9, 12, 11, 8)), result("edu3", (30, 40, 50, 60))]


@pytest.fixture
def root(tmp_path):
    (tmp_path / "data").mkdir()
    return tmp_path


def facts(*marks):
    """A town of five schools in which the first has these marks."""
    town = town_facts(years=(2021,))
    rows = [result("edu1", marks), *OTHERS]
    return {**{name: town[name] for name in ("schools", "school_status")}, "results": results(*rows)}


def published(root, *marks):
    """The tables of a mask that agrees with what went out; they then have gone out too."""
    given = facts(*marks)
    choice = choice_for(root, given)
    tables = school_tables(given, DEFAULT_POLICY, choice)
    found = with_printed_before(findings_table([]), tables, choice)
    keep_record(root, tables, [2021])
    return tables["public_mark_results"].set_index("group_name"), found


def test_the_secret_is_made_once_and_only_where_there_is_something_to_hide(root):
    assert choice_for(root, {"plan": [1]}) == OPEN_CHOICE
    assert not (root / SECRET_FILE).exists()
    first = choice_for(root, facts(9, 9, 9, 9)).secret
    assert len(first) == 64
    assert choice_for(root, facts(9, 9, 9, 9)).secret == first


@pytest.mark.parametrize("content", ["", "abc", "ё" * 64, f"{'a' * 64}\n{'b' * 64}\n", "\udcff"])
def test_a_secret_that_cannot_be_read_is_named_with_what_to_do(root, content):
    choice_for(root, facts(9, 9, 9, 9))
    (root / SECRET_FILE).write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(AnalysisError, match=r"data/private/mask\.key: ключ испорчен .* из резервной копии"):
        choice_for(root, facts(9, 9, 9, 9))


def test_a_secret_that_may_not_be_read_is_named_with_what_to_do(root):
    (root / SECRET_FILE).mkdir(parents=True)
    with pytest.raises(AnalysisError, match=r"mask\.key: ключ не читается \(Это папка.*\), .* из резервной копии"):
        choice_for(root, facts(9, 9, 9, 9))


def test_a_secret_that_is_gone_is_not_replaced_once_something_went_out(root):
    published(root, 2, 10, 10, 8)
    (root / SECRET_FILE).unlink()
    with pytest.raises(AnalysisError, match="ключа нет, .* отчёты с ним уже выходили"):
        choice_for(root, facts(2, 10, 10, 8))


def test_of_two_people_at_once_one_is_told(root):
    with only_one_at_work(root / BUILD_LOCK), pytest.raises(AnalysisError, match="уже работает другой запуск"):
        choice_for(root, facts(9, 9, 9, 9))


def test_a_record_that_cannot_be_read_is_named(root):
    published(root, 2, 10, 10, 8)
    (root / "data/private/printed-2021.json").write_text("{", encoding="utf-8")
    with pytest.raises(AnalysisError, match=r"printed-2021\.json: запись .* не читается"):
        choice_for(root, facts(2, 10, 10, 8))


def test_what_was_hidden_stays_hidden_and_what_was_printed_stays_printed(root):
    first, found = published(root, 2, 10, 10, 8)
    assert found.empty
    assert first[COUNTS].isna().sum().sum() > 2
    again, found = published(root, 9, 10, 10, 8)  # a correction: no count is small any more
    assert found.empty
    assert (again[COUNTS].isna() == first[COUNTS].isna()).all(axis=None)
    assert school_tables(facts(9, 10, 10, 8), DEFAULT_POLICY)["public_mark_results"][COUNTS].notna().all(axis=None)


def test_a_printed_count_that_a_correction_made_small_is_hidden_and_named(root):
    published(root, 9, 10, 10, 8)
    second, found = published(root, 9, 10, 10, 3)
    assert second.loc["Школа 1", MARKS].isna().tolist()[3]
    first = found[found["place"].str.endswith("Школа 1")].iloc[0]
    assert (first["severity"], first["source_file"]) == ("посмотрите", "data/private/printed-2021.json")
    assert "Отметок «5»" in first["value"]


def test_the_record_holds_no_number_of_a_table(root):
    published(root, 2, 10, 10, 8)
    record = json.loads((root / "data/private/printed-2021.json").read_text(encoding="utf-8"))
    columns = [name for row in record["mark_results"].values() for some in row for name in some]
    assert {*MARKS} <= {*columns}
    assert all(isinstance(name, str) and not name.isdigit() for name in columns)
