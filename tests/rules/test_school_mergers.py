"""Entries of data/schools.toml: what is wrong in one is said with the entry and the key."""

from datetime import date

import pytest

from analysis.errors import AnalysisError
from analysis.rules.office_files import SCHOOLS_FILE, Merger, load_mergers

ENTRY = '[[merged]]\nlogin = "{}"\ninto = "{}"\ndate = {}\nbasis = "приказ № 5"\nwho = "аналитик"\n'


def _load(root, *entries):
    (root / "data").mkdir(exist_ok=True)
    (root / SCHOOLS_FILE).write_text("\n".join(ENTRY.format(*entry) for entry in entries), encoding="utf-8")
    return load_mergers(root)


def test_a_chain_of_mergers_is_read_and_no_file_is_no_merger(tmp_path):
    assert load_mergers(tmp_path) == ()
    first, second = _load(tmp_path, ("edu1", "edu2", "2021-09-01"), ("edu2", "edu3", "2022-09-01"))
    assert first == Merger("edu1", "edu2", date(2021, 9, 1), "приказ № 5", "аналитик")
    assert second.into == "edu3"


@pytest.mark.parametrize(
    ("entries", "where", "said"),
    [
        ([("edu1", "edu1", "2022-09-01")], "№ 1 (edu1)", "ключ «into»: стоит «edu1», тот же логин"),
        ([("edu1", "edu2", "2022-09-01"), ("edu1", "edu3", "2021-09-01")], "№ 1 (edu1)", "записана дважды"),
        ([("edu1", "edu2", "2021-09-01"), ("edu2", "edu1", "2022-09-01")], "№ 1 (edu1)", "круг: edu1 → edu2 → edu1"),
        (
            [("edu1", "edu2", "2022-09-01"), ("edu2", "edu3", "2021-09-01")],
            "№ 1 (edu1)",
            "школы «edu2» к 01.09.2022 уже не было: с 01.09.2021 она в составе «edu3»",
        ),
        ([("edu1", "edu2", '"2022"')], "№ 1 (edu1)", "ключ «date»: стоит '2022', нужно: дата"),
        ([("edu1", "edu2", "2022-09-01T00:00:00")], "№ 1 (edu1)", "нужно: дата вида 2020-08-25"),
    ],
)
def test_entries_that_contradict_themselves_or_each_other(tmp_path, entries, where, said):
    with pytest.raises(AnalysisError) as error:
        _load(tmp_path, *entries)
    assert str(error.value).startswith(f"{SCHOOLS_FILE}, [[merged]] {where}: ")
    assert said in str(error.value)


def test_an_entry_without_a_date_says_which_key_to_add(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / SCHOOLS_FILE).write_text('[[merged]]\nlogin = "edu1"\ninto = "edu2"\n', encoding="utf-8")
    with pytest.raises(AnalysisError, match="нет ключа «date»"):
        load_mergers(tmp_path)


def test_an_entry_without_a_successor_is_a_closed_school(tmp_path):
    (tmp_path / "data").mkdir()
    closed = ENTRY.format("edu2", "", "2021-09-01").replace('into = ""\n', "")
    joined = ENTRY.format("edu1", "edu2", "2022-09-01")
    (tmp_path / SCHOOLS_FILE).write_text(closed, encoding="utf-8")
    assert [(one.login, one.into) for one in load_mergers(tmp_path)] == [("edu2", None)]
    (tmp_path / SCHOOLS_FILE).write_text(closed + joined, encoding="utf-8")
    with pytest.raises(AnalysisError, match="школы «edu2» к 01.09.2022 уже не было: с 01.09.2021 она закрыта"):
        load_mergers(tmp_path)


@pytest.mark.parametrize(
    ("dated", "after"),
    [((2023, ""), True), ((2022, ""), False), ((2022, "2021/22"), False), ((2022, "2022/23"), True)],
)
def test_only_what_surely_lies_after_the_merger_is_after_it(dated, after):
    assert Merger("edu1", "edu2", date(2022, 9, 1), "приказ", "УО").is_before(*dated) == after
