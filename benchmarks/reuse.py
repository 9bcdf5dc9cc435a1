"""Whether a build reuses wrongly: `python -m benchmarks.reuse [EDITS]` edits the invented town at random.

Whatever a step takes from its notes is made anew beside it, and both must be the same. After every tenth edit the town
is published as it lies, and once more from nothing in another folder: every file must have the same bytes.
"""

import hashlib
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar
from unittest import mock

import openpyxl

from analysis.demo.project import demo_files, write_demo
from analysis.files.memory import SILENT, Memory
from analysis.files.storage import README, texts_as_objects
from analysis.pipeline import build
from analysis.pipeline.fresh import memory_of
from analysis.presentation.place import MADE_FOLDERS
from analysis.project.publication import Publishing, report
from analysis.rules.config import load_project

T = TypeVar("T")
MADE = ("data/processed", "reports/_site", *(f"reports/**/{name}" for name in MADE_FOLDERS))
Edit = Callable[[Path], None]


class Doubting(Memory):
    """Makes everything that it remembers once more; counts what was reused, and names the steps that differ."""

    def __init__(self, folder: Path | None, code: str = "") -> None:
        """Nothing has been reused yet."""
        super().__init__(folder, code, keeps=True)
        self.reused, self.wrong = 0, list[str]()

    def remembered(self, step: str, given: Sequence[object], make: Callable[[], T]) -> T:
        """The note, compared with what is made now."""
        done = _Done(make)
        found: T = super().remembered(step, given, done)
        return self._compared(step, found, done)

    def tracked(
        self, step: str, read: Mapping[str, Any], given: Sequence[object], make: Callable[[Mapping[str, Any]], T]
    ) -> T:
        """The same of a step that looks at tables."""
        done = _Done(make)
        found: T = super().tracked(step, read, given, done)
        return self._compared(step, found, done, read)

    def _compared(self, step: str, found: T, done: "_Done", *read: object) -> T:
        if not done.times:
            self.reused += 1
            self.wrong += [step] if Memory(None).content(found) != Memory(None).content(done(*read)) else []
        return found


class _Done:
    """A step that counts how often it was done."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self.make, self.times = make, 0

    def __call__(self, *given: object) -> Any:
        self.times += 1
        return self.make(*given)


def doubted(root: Path, before: Doubting | None = None) -> Doubting:
    """Builds a project with such a memory, which says what came of it; with the one of the last build, as `watch` does,
    or another."""
    usual, project = memory_of(root), load_project(root)
    memory = before or Doubting(usual._folder, usual.code)
    memory.reused, memory.wrong, memory.done = 0, [], []
    with mock.patch.object(build, "memory_of", return_value=memory), texts_as_objects():
        build.build(project, project.editions, SILENT)
    return memory


def number_in_form(sheet: str, column: int, year: int = 2022) -> Edit:
    """One number in the form of one school is another one."""

    def edit(root: Path) -> None:
        form = root / f"data/raw/{year}/form_edu990005_v1.xlsx"
        book = openpyxl.load_workbook(form)
        cells = [row[column] for row in book[sheet].iter_rows(min_row=2) if isinstance(row[column].value, int)]
        chosen = random.choice(cells)
        chosen.value += 1
        was = hashlib.sha256(form.read_bytes()).hexdigest()
        book.save(form)
        record = root / "data/raw/SOURCES.toml"
        replaced(record, was, hashlib.sha256(form.read_bytes()).hexdigest())

    return edit


def words(file: str, pattern: str, said: Callable[[re.Match[str]], str]) -> Edit:
    """What stands in a file of rules is something else."""

    def edit(root: Path) -> None:
        path = root / file
        text, count = re.subn(pattern, said, path.read_text(encoding="utf-8"), count=1, flags=re.M)
        assert count, file
        path.write_text(text, encoding="utf-8")

    return edit


def replaced(path: Path, old: str, new: str) -> None:
    """A text of a file, which must stand there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def without_export(root: Path) -> None:
    """An export is no longer received."""
    record = root / "data/raw/SOURCES.toml"
    entries = re.split(r"(?m)^(?=\[\[)", record.read_text(encoding="utf-8"))
    kept = [one for one in entries if 'kind = "export"' not in one or "vpr_vesna" not in one]
    assert len(kept) < len(entries)
    record.write_text("".join(kept), encoding="utf-8")


def differing(root: Path, scratch: Path) -> tuple[int, list[str]]:
    """Publishes a project as it lies and from nothing; how many files that makes, and those with other bytes."""
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        new = Path(folder) / root.name
        shutil.copytree(root, new, ignore=shutil.ignore_patterns(".*"))
        for made in [path for folder in MADE for path in new.glob(folder)]:
            shutil.rmtree(made, ignore_errors=True)
        for one in (root, new):
            report(load_project(one), (), Publishing(), SILENT)
        before, now = published(new), published(root)
    return len(before), sorted(name for name in {*before, *now} if before.get(name) != now.get(name))


def published(root: Path) -> dict[str, bytes]:
    """What a project has made for people, file by file."""
    made = (path for folder in MADE for path in root.glob(f"{folder}/**/*") if path.is_file() and path.name != README)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in made}


def _threshold(_: re.Match[str]) -> str:
    return f"threshold = 0.{random.randint(20, 45)}"


def _base(_: re.Match[str]) -> str:
    return f"smallest_base = {random.randint(8, 14)}"


# One of each kind of input. Each leaves a project that can be built.
EDITS: dict[str, Edit] = {
    "факт в форме": number_in_form("Исполнение", 4),
    "число в форме": number_in_form("Дефициты", 1),
    "правило": words("data/indicators.toml", r"^threshold = 0\.\d+", _threshold),
    "отбор": words("data/selection.toml", r"^threshold = 0\.\d+", _threshold),
    "календарь": words("data/calendar.toml", r'^comparability = "(.*)"', lambda one: f'comparability = "{one[1]}!"'),
    "решение": words("data/corrections.toml", r'^basis = "(.*)"', lambda one: f'basis = "{one[1]}!"'),
    "что скрыто": words("data/disclosure.toml", r"^smallest_base = \d+", _base),
    "сокращение": words("data/terms.toml", r'^expansion = "(.*)"', lambda one: f'expansion = "{one[1]}!"'),
    "ключ маски": words("data/private/mask.key", r"^[0-9a-f]{64}", lambda _: random.randbytes(32).hex()),
    "выгрузка": without_export,
}  # fmt: skip


def main() -> None:
    """Edits at random, a number of times."""
    edits = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    random.seed(1)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "demo"
        write_demo(root, demo_files())
        memory = doubted(root)
        left, wrong, reused, compared = dict(EDITS), list[str](), 0, 0
        for done in range(1, edits + 1):
            name = random.choice(list(left))
            edit = left.pop(name) if left[name] is without_export else left[name]
            edit(root)
            memory = doubted(root, memory if done % 2 else None)
            reused += memory.reused
            wrong += [f"{name}: {step}" for step in memory.wrong]
            if done % 10 == 0:
                files, others = differing(root, Path(folder))
                compared += files
                wrong += [f"{name}: {one}" for one in others]
            print(f"{done} {name}: {memory.reused} {len(wrong)}", file=sys.stderr, flush=True)
    said = f"Правок подряд: {edits}; взято из памяти: {reused}; сверено файлов: {compared}; неверно: {len(wrong)}"
    print(said, *wrong, sep="\n")


if __name__ == "__main__":
    main()
