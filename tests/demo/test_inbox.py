"""Exports with a row per pupil: outside the project they can be received; inside there are only their counts."""

import hashlib
from datetime import date

import pytest

from analysis.demo.exports import exports, inbox_files, write_inbox
from analysis.demo.project import write_demo
from analysis.errors import AnalysisError
from analysis.forms.receive import receive
from analysis.rules.config import Said, load_sources
from office_text import text_of

NAMES = ("имярек", "проверочн")


@pytest.fixture
def office(files, tmp_path):
    folder = tmp_path / "demo"
    write_demo(folder, files)
    return folder, write_inbox(folder, tmp_path / "inbox")


def test_no_pupil_is_in_the_project(files):
    held = [path for path, content in files.items() if any(name in text_of(content).casefold() for name in NAMES)]
    assert held == []
    protocols = [content for path, content in inbox_files().items() if "protokol" in path]
    assert all("Имярек" in content.decode("utf-8-sig") for content in protocols)


def test_pupils_have_no_place_inside(demo):
    with pytest.raises(AnalysisError, match="не место в проекте"):
        write_inbox(demo, demo / "inbox")
    assert not (demo / "inbox").exists()


def test_pupils_have_no_place_in_the_repository_that_holds_the_demo(tmp_path):
    (tmp_path / ".git").mkdir()
    with pytest.raises(AnalysisError, match="репозитории"):
        write_inbox(tmp_path / "demo", tmp_path / "inbox")
    assert not (tmp_path / "inbox").exists()


def test_the_counts_are_those_that_receive_keeps(office):
    folder, inbox = office
    results = receive(folder, inbox, Said(date(2022, 12, 1)))
    new = [path.name for path, one in zip(inbox, results, strict=True) if "уже принят" not in one.said]
    assert new == [one.path for one in exports() if one.only_inbox]
    assert all(one.source for one in results)


def test_each_counts_file_names_the_file_it_comes_from(demo):
    kept = {source.derived_from for source in load_sources(demo) if source.kind == "counts"}
    waiting = {one.path for one in exports() if one.only_inbox}
    assert kept == {
        hashlib.sha256(content).hexdigest() for path, content in inbox_files().items() if path not in waiting
    }
