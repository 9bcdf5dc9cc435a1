"""data/processed is whole or it is the old one."""

import json

import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.files.storage import PROCESSED, fingerprint, read_manifest, read_table, tables_are_whole, write_tables

TABLE = pd.DataFrame({"code": pd.Series(["4.1", "4.10"], dtype="str"), "count": pd.array([None, 0], dtype="Int64")})


def test_what_is_written_is_read_back_with_its_types(tmp_path):
    write_tables(tmp_path, {"plan": TABLE}, {"inputs": "x"})
    pd.testing.assert_frame_equal(read_table(tmp_path, "plan"), TABLE)
    assert read_manifest(tmp_path)["inputs"] == "x"


def test_a_new_build_leaves_nothing_of_the_old_but_the_readme(tmp_path):
    folder = tmp_path / PROCESSED
    folder.mkdir(parents=True)
    (folder / "README.md").write_text("что здесь")
    write_tables(tmp_path, {"old": TABLE}, {})
    write_tables(tmp_path, {"new": TABLE}, {})
    assert sorted(path.name for path in folder.iterdir()) == ["README.md", "manifest.json", "new.parquet"]


def test_a_failed_build_leaves_the_old_tables(tmp_path):
    write_tables(tmp_path, {"plan": TABLE}, {"inputs": "good"})
    with pytest.raises(TypeError):
        write_tables(tmp_path, {"plan": TABLE.iloc[:1]}, {"inputs": {1, 2}})
    assert read_manifest(tmp_path)["inputs"] == "good"
    assert len(read_table(tmp_path, "plan")) == 2
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["processed"]


def test_a_changed_table_is_noticed(tmp_path):
    write_tables(tmp_path, {"plan": TABLE}, {})
    manifest = read_manifest(tmp_path)
    assert tables_are_whole(tmp_path, manifest)
    (tmp_path / PROCESSED / "plan.parquet").write_bytes(b"")
    assert not tables_are_whole(tmp_path, manifest)


def test_the_file_of_a_table_is_taken_over_only_where_content_and_file_are_the_last_ones(tmp_path, monkeypatch):
    written = []
    usual = pd.DataFrame.to_parquet
    monkeypatch.setattr(
        pd.DataFrame, "to_parquet", lambda *one, **how: written.append(len(one[0])) or usual(*one, **how)
    )
    for content, damaged in (("а", False), ("а", False), ("а", True), ("б", False)):
        if damaged:
            (tmp_path / PROCESSED / "plan.parquet").write_bytes(b"")
        write_tables(tmp_path, {"plan": TABLE}, {}, contents={"plan": content})
        pd.testing.assert_frame_equal(read_table(tmp_path, "plan"), TABLE)
    assert len(written) == 3


def test_no_tables_is_not_whole(tmp_path):
    assert read_manifest(tmp_path) == {}
    assert not tables_are_whole(tmp_path, {})


def test_a_damaged_manifest_means_that_all_is_built_again(tmp_path):
    write_tables(tmp_path, {"plan": TABLE}, {})
    (tmp_path / PROCESSED / "manifest.json").write_text("{")
    assert read_manifest(tmp_path) == {}
    (tmp_path / PROCESSED / "manifest.json").write_text(json.dumps([1]))
    assert read_manifest(tmp_path) == {}


def test_a_table_that_was_not_built_says_what_to_do(tmp_path):
    with pytest.raises(AnalysisError, match="analysis build"):
        read_table(tmp_path, "plan")


def test_a_fingerprint_knows_names_contents_and_absence(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("x")
    before = fingerprint(tmp_path, [one, two])
    assert fingerprint(tmp_path, [two, one]) == before
    two.write_text("")
    assert fingerprint(tmp_path, [one, two]) != before
