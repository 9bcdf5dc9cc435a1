"""The old one or the new one, never half of each."""

import os
from pathlib import Path

import pytest

from analysis.errors import AnalysisError
from analysis.files.storage import only_one_at_work, recover_folder, replace_folder, write_file_whole


def _folder(path: Path, text: str) -> Path:
    path.mkdir()
    (path / "page.html").write_text(text, encoding="utf-8")
    return path


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_and_leaves_nothing_beside_it(tmp_path: Path):
    target = tmp_path / "state.json"
    write_file_whole(target, b"old")
    write_file_whole(target, b"new")
    assert target.read_bytes() == b"new"
    assert _names(tmp_path) == ["state.json"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_others_may_read_what_is_written(tmp_path: Path):
    write_file_whole(tmp_path / "state.json", b"x")
    assert (tmp_path / "state.json").stat().st_mode & 0o777 == 0o644


def test_a_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "state.json"
    write_file_whole(target, b"old")

    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        write_file_whole(target, b"new")
    assert target.read_bytes() == b"old"
    assert _names(tmp_path) == ["state.json"]


def test_a_folder_is_replaced_whole(tmp_path: Path):
    target = _folder(tmp_path / "site", "old")
    (target / "gone.html").touch()
    replace_folder(_folder(tmp_path / "new", "new"), target)
    assert _names(tmp_path) == ["site"]
    assert _names(target) == ["page.html"]
    assert (target / "page.html").read_text(encoding="utf-8") == "new"


def test_a_first_folder_needs_no_old_one(tmp_path: Path):
    replace_folder(_folder(tmp_path / "new", "new"), tmp_path / "site")
    assert _names(tmp_path) == ["site"]


@pytest.mark.parametrize("dies_at_rename", [1, 2])
def test_death_at_either_rename_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_at_rename: int):
    target = _folder(tmp_path / "site", "old")
    new = _folder(tmp_path / "new", "new")
    renames = 0
    rename = Path.rename

    def dying(self: Path, other: Path) -> Path:
        nonlocal renames
        renames += 1
        if renames == dies_at_rename:
            raise KeyboardInterrupt  # like a kill: no cleaning up in `except OSError`
        return rename(self, other)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", dying)
        with pytest.raises(KeyboardInterrupt):
            replace_folder(new, target)
    recover_folder(target)
    assert (target / "page.html").read_text(encoding="utf-8") == "old"
    assert not (tmp_path / "site.replaced").exists()


def test_a_refused_rename_puts_the_old_folder_back_at_once(tmp_path: Path):
    target = _folder(tmp_path / "site", "old")
    with pytest.raises(FileNotFoundError):
        replace_folder(tmp_path / "nothing", target)
    assert (target / "page.html").read_text(encoding="utf-8") == "old"
    assert _names(tmp_path) == ["site"]


def test_death_after_both_renames_keeps_the_new_folder(tmp_path: Path):
    target = _folder(tmp_path / "site", "new")
    _folder(tmp_path / "site.replaced", "old")
    recover_folder(target)
    assert _names(tmp_path) == ["site"]
    assert (target / "page.html").read_text(encoding="utf-8") == "new"


def test_a_second_run_is_turned_away_and_the_lock_is_free_afterwards(tmp_path: Path):
    lock = tmp_path / "site.lock"
    owner = f"другой запуск программы \\(процесс {os.getpid()} "
    with only_one_at_work(lock), pytest.raises(AnalysisError, match=owner), only_one_at_work(lock):
        pass
    with only_one_at_work(lock):
        pass
