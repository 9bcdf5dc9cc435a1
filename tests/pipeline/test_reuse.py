"""What a build takes from its notes is what it would make: every kind of input is changed, some at a time."""

import random

from analysis.pipeline import build
from benchmarks.reuse import EDITS, doubted


def test_no_note_is_used_wrongly_after_any_edit(own_town):
    random.seed(20)
    together = (
        ("факт в форме", "ключ маски"),
        ("число в форме", "правило", "отбор", "календарь", "решение", "что скрыто", "сокращение", "выгрузка"),
    )
    assert sorted(name for names in together for name in names) == sorted(EDITS)
    reused = []
    for names in together:
        for name in names:
            EDITS[name](own_town)
        memory = doubted(own_town)
        assert memory.wrong == []
        reused.append(memory.reused)
    assert min(reused) > 10
    assert reused[0] > reused[1]


def test_notes_hold_for_the_very_code_lock_and_packages(tmp_path, monkeypatch):
    codes = [build.memory_of(tmp_path)._code]
    (tmp_path / "requirements.lock").write_text("pandas==3\n", encoding="utf-8")
    codes.append(build.memory_of(tmp_path)._code)
    monkeypatch.setattr(build, "code_fingerprint", lambda: "other")
    codes.append(build.memory_of(tmp_path)._code)
    monkeypatch.setattr(build, "version", lambda name: "other")
    codes.append(build.memory_of(tmp_path)._code)
    assert len(set(codes)) == 4
