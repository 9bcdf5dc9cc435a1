"""Windows, as far as it can be held elsewhere: calls that it lacks, names that it forbids, files that it holds."""

import ast
import os
import re
import shutil
from pathlib import Path

import pytest

import analysis
from analysis.cli import main
from analysis.errors import not_written
from analysis.files.storage import only_one_at_work, replace_folder
from town_projects import copy_of_the_house

PACKAGE = Path(analysis.__file__).parent
LACKING = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "posix", "syslog", "readline"}
OF_POSIX = re.compile(
    r"\bos\.(fork|forkpty|getuid|geteuid|getgid|setuid|setsid|setpgrp|killpg|chown|mkfifo|uname|getloadavg|nice|wait\w*"
    r"|sched_\w+|statvfs|sync|pread|pwrite)\b|\bsignal\.(SIGKILL|SIGHUP|SIGALRM|SIGUSR\d|SIGPIPE|alarm|pause)\b"
    r"|preexec_fn|start_new_session|/dev/|\"/tmp|get_context\(\"fork"
)
FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.IGNORECASE)
# What a path may have in front of the folder of a project: C:\Users\…\Documents\….
ROOT = 60
LONGEST = 200


def _modules():
    return {path: path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))}


def _imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name.split(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def test_nothing_is_imported_or_called_that_windows_lacks():
    modules = _modules()
    assert len(modules) > 150
    assert [path.name for path, text in modules.items() if LACKING & set(_imported(ast.parse(text)))] == []
    assert [(path.name, found[0]) for path, text in modules.items() if (found := OF_POSIX.search(text))] == []


def test_no_process_is_forked():
    """Processes are started as whole programs, or in pools that say that they spawn."""
    users = [path for path, text in _modules().items() if re.search(r"multiprocessing|ProcessPoolExecutor", text)]
    assert [path.name for path in users if '"spawn"' not in path.read_text(encoding="utf-8")] == []


def test_every_text_file_is_opened_with_its_encoding():
    """The default of Windows is cp1251."""
    calls = [
        (path.name, node.lineno)
        for path, text in _modules().items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("read_text", "write_text")
        and "encoding" not in {one.arg for one in node.keywords} and not node.args[1:]
    ]  # fmt: skip
    assert calls == []


def test_what_the_invented_town_writes_has_names_that_windows_takes(shared_town, tmp_path):
    town = tmp_path / "demo"
    shutil.copytree(shared_town, town)
    assert main(["demo", str(town), "--inbox", str(tmp_path / "inbox")]) == 0
    at = ["--project", str(town)]
    assert main([*at, "check", "--annotate"]) == 0
    assert main([*at, "forms", "2022"]) == 0
    assert main([*at, "documents", "2021", "--format", "html"]) == 0
    written = [path.relative_to(tmp_path) for path in tmp_path.rglob("*")]
    assert len(written) > 500
    assert {"output", "reports", "data"} <= {path.parts[1] for path in written if len(path.parts) > 1}
    assert [path for path in written if any(FORBIDDEN.search(part) for part in path.parts)] == []
    assert [path for path in written if ROOT + len(str(path)) > LONGEST] == []
    assert len({str(path).casefold() for path in written}) == len(written)


def test_the_test_itself_knows_forbidden_names():
    bad = ["a:b", "что?.xlsx", "nul", "COM1.txt", "точка.", "пробел "]
    assert [name for name in bad if not FORBIDDEN.search(name)] == []
    assert not FORBIDDEN.search("2021_УО.xlsx")
    assert OF_POSIX.search("os.fork()")


@pytest.mark.parametrize("held", ["findings.txt", "findings.xlsx"])
def test_a_file_that_excel_holds_open_is_named_and_nothing_is_lost(tmp_path, monkeypatch, capsys, held):
    house = copy_of_the_house(tmp_path)
    assert main(["--project", str(house), "check"]) == 0
    before = {path.name: path.read_bytes() for path in (house / "output").iterdir()}
    replace = os.replace

    def refusing(draft, target):
        if Path(target).name == held:
            raise PermissionError(13, "Access is denied", str(draft), 5, str(target))
        replace(draft, target)

    monkeypatch.setattr(os, "replace", refusing)
    capsys.readouterr()
    assert main(["--project", str(house), "check"]) == 1
    said = capsys.readouterr()
    assert "Всего замечаний" in said.out
    assert said.err.count("\n") == 1
    assert f"{house / 'output' / held}: Отказано в доступе. Закройте файл" in said.err
    assert {path.name: path.read_bytes() for path in (house / "output").iterdir()} == before
    monkeypatch.undo()
    assert main(["--project", str(house), "check"]) == 0


def test_a_folder_with_an_open_file_stays_and_is_named(tmp_path, monkeypatch):
    new, target = tmp_path / "new", tmp_path / "data"
    for folder in (new, target):
        folder.mkdir()
        (folder / "a.xlsx").write_text(folder.name, encoding="utf-8")

    def held(old, aside):
        raise PermissionError(13, "Access is denied", str(old), 5, str(aside))

    monkeypatch.setattr(os, "rename", held)
    with pytest.raises(PermissionError) as raised:
        replace_folder(new, target)
    assert not_written(raised.value).startswith(f"{target}: Отказано в доступе. Закройте файл")
    assert (target / "a.xlsx").read_text(encoding="utf-8") == "data"


def test_a_project_that_is_open_elsewhere_is_told_in_one_sentence(tmp_path, capsys):
    house = copy_of_the_house(tmp_path)
    (house / "data").mkdir(exist_ok=True)
    with only_one_at_work(house / "data/.build.lock"):
        assert main(["--project", str(house), "build"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "здесь уже работает другой запуск программы" in said
    assert "дождитесь" in said
