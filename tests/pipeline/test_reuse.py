"""What a build takes from its notes is what it would make: every kind of input is changed, some at a time."""

import random
import shutil

from analysis.files.memory import NOTES, SILENT, Helper
from analysis.files.storage import texts_as_objects
from analysis.pipeline import fresh
from analysis.pipeline.build import build, build_if_changed
from analysis.presentation.chapters import ANNEX
from analysis.presentation.report import CHAPTERS
from analysis.rules.config import load_project
from benchmarks.reuse import EDITS, doubted


def test_no_note_is_used_wrongly_after_any_edit(own_town):
    random.seed(20)
    together = (
        ("факт в форме",),
        ("ключ маски", "число в форме", "правило", "отбор", "календарь", "решение", "что скрыто", "сокращение",
         "выгрузка"),
    )  # fmt: skip
    assert sorted(name for names in together for name in names) == sorted(EDITS)
    reused, done, memory = [], [], None
    for names in together:
        for name in names:
            EDITS[name](own_town)
        memory = doubted(own_town, memory)
        assert memory.wrong == []
        reused.append(memory.reused)
        done.append(len(memory.done))
    assert min(reused) > 10
    assert 0 < done[0] < done[1] / 2


def test_pieces_of_a_year_stay_where_they_would_be_the_same_and_are_whole(own_town):
    project = load_project(own_town)
    reports, year = own_town / "reports", str(project.editions[0])
    folder = reports / year / "_content"
    before, piece = folder.stat().st_ino, folder / "summary.md"
    (own_town / "data/processed/plan.parquet").unlink()
    build_if_changed(project, (), SILENT)
    assert folder.stat().st_ino == before
    text = piece.read_bytes()
    piece.write_text("не то")
    build_if_changed(project, (), SILENT)
    assert piece.read_bytes() == text


def test_notes_hold_for_the_very_code_lock_and_packages(tmp_path, monkeypatch):
    codes = [fresh.memory_of(tmp_path).code]
    (tmp_path / "requirements.lock").write_text("pandas==3\n", encoding="utf-8")
    codes.append(fresh.memory_of(tmp_path).code)
    monkeypatch.setattr(fresh, "code_fingerprint", lambda: "other")
    codes.append(fresh.memory_of(tmp_path).code)
    monkeypatch.setattr(fresh, "version", lambda name: "other")
    codes.append(fresh.memory_of(tmp_path).code)
    assert len(set(codes)) == 4


class AtOnce(Helper):
    """Does what it is asked for in this very process, before anybody needs it."""

    def __init__(self):
        super().__init__(wanted=False)
        self.done = set()

    def make(self, step, root, asked, *given):
        assert step is fresh.ahead
        memory = fresh.memory_of(root)
        asked(memory, *given)
        self.done |= {*memory.done}


def test_what_a_second_process_has_made_is_not_made_again(own_town):
    """What it makes without being found would be lost in silence."""
    shutil.rmtree(own_town / NOTES)
    project, memory, second = load_project(own_town), fresh.memory_of(own_town), AtOnce()
    with texts_as_objects():
        build(project, project.editions, helper=second, memory=memory)
    asked = {"workbook", fresh.GROUPS, "mask", "picture", "data", "data file", *ANNEX, *CHAPTERS}
    assert asked <= second.done
    assert second.done & {*memory.done} == set()
    assert {"school sheets", "towns", "contract"} < {*memory.done}
