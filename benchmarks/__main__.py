"""Runs every measurement several times and writes the medians to benchmarks/results.md."""

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from benchmarks.exports_of import protocol_bytes
from benchmarks.forms_of import returned_workbooks
from benchmarks.roadmap_of import roadmap_project

HOUSE = Path(__file__).parents[1]
RESULTS = Path(__file__).with_name("results.md")
ONE_REPORT = ["report", "2021", "--engine", "builtin"]
MADE = shutil.ignore_patterns("processed", "_site*", "_content", "figures", ".*")


@dataclass(frozen=True)
class Measured:
    """One line of the results: median seconds and megabytes, and the aim."""

    name: str
    seconds: float
    megabytes: float
    aim: str


def main() -> None:
    """Measures and writes the results."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        beside = _imports()
        lines = [*_commands(folder), *_large_roadmaps(folder), *_collections(folder), *_invented_town(folder)]
        lines += [*_exports(folder), *_indicators(), *_validation(), _notes(folder)]
        compared = _quarto_side_by_side(folder)
    _, title, accuracy = RESULTS.read_text(encoding="utf-8").partition("\n# Насколько")  # made by other commands
    RESULTS.write_text(_page(lines, beside, compared) + title + accuracy, encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))


def _imports() -> float:
    """Seconds in which this machine starts Python with the same libraries: what all else is compared with."""
    command = [sys.executable, "-c", "import pandas, pandera.pandas, matplotlib.figure"]
    return statistics.median(_seconds(command) for _ in range(5))


def _commands(folder: Path) -> list[Measured]:
    warm = _copy(folder / "warm")
    _run(["report", "--engine", "builtin"], warm)
    return [
        _help(warm),
        *_interface(warm),
        _median("где проект стоит: `analysis`", "≤ 1 с", 5, lambda: ([], warm)),
        _median("ничего не изменилось: `report`", "≤ 1 с", 5, lambda: (["report", "--engine", "builtin"], warm)),
        _median(
            "один отчёт, сборка и три формата, с нуля", "≤ 8 с", 3,
            lambda: (ONE_REPORT, _fresh(folder)),
        ),
        _median(
            "три отчёта, сборка и три формата, с нуля", "≤ 20 с; ≤ 500 МБ", 3,
            lambda: (["report", "--engine", "builtin"], _fresh(folder)),
        ),
    ]  # fmt: skip


def _help(project: Path) -> Measured:
    """The help, and how often Python starts with nothing to do in the same time."""
    bare = statistics.median(_seconds([sys.executable, "-c", "pass"]) for _ in range(5))
    measured = _median("", "≤ 0,3 с", 5, lambda: (["--help"], project))
    return replace(measured, name=f"`--help`: {_number(measured.seconds / bare)} пустого пуска Python")


def _interface(project: Path) -> list[Measured]:
    """What a notebook waits for before its first question, beside the import of pandas."""
    opening = f"import analysis; analysis.open_project({str(project)!r})"
    codes = ("pass", "import pandas", "import analysis", opening)
    bare, pandas, imported, opened = (
        statistics.median(_seconds([sys.executable, "-c", code]) for _ in range(5)) for code in codes
    )
    ratio = _number(imported / pandas)
    return [
        Measured(f"`import analysis`: {ratio} времени `import pandas`", imported - bare, 0, "≤ 1,2 раза"),
        Measured("`open_project()` после него", opened - imported, 0, "≤ 0,3 с"),
    ]


def _seconds(command: Sequence[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - started


def _large_roadmaps(folder: Path) -> list[Measured]:
    measured = []
    for rows, aim in ((2_000, ""), (20_000, "≤ 8 с; рост линейный")):
        for kind in ("txt", "docx"):
            project = roadmap_project(folder / f"{kind}-{rows}", rows, kind)
            name = f"документ в {rows} строк прочитан и проверен ({kind}): `check`"
            measured.append(_median(name, aim, 3, partial(_given, ["check"], project)))
    return measured


def _collections(folder: Path) -> list[Measured]:
    measured = []
    for schools, aim in ((19, "≤ 4 с"), (60, ""), (200, ""), (600, "≤ 25 с; ≤ 1 ГБ; рост линейный")):
        project = _fresh(folder)
        registry, forms = returned_workbooks(project, project / "mail", schools)
        received = ["--received", "2022-01-20"]
        _run(["receive", str(registry), *received], project)
        taken, megabytes = _run(["receive", *map(str, forms), *received], project)
        measured.append(Measured(f"{schools} форм принято: `receive`", taken, megabytes, ""))
        if schools == 19:
            name = "один отчёт с планом и фактом 19 форм, с нуля"
            measured.append(_median(name, "≤ 9 с", 1, partial(_given_copy, ONE_REPORT, project, folder)))
        name = f"{schools} форм прочитано и проверено: `check`"
        measured.append(_median(name, aim, 3, partial(_given, ["check"], project)))
        if schools == 200:
            measured.append(_marked_copies(project, schools, measured[-1].seconds))
    measured.append(_median("сборка, когда ничего не помнится: 600 форм", "", 1, lambda: (["build"], project)))
    (project / "data/terms.toml").write_text("# x\n", encoding="utf-8")
    measured.append(_median("сборка после правки, 600 форм уже прочитаны", "", 1, lambda: (["build"], project)))
    return measured


def _marked_copies(project: Path, schools: int, checked: float) -> Measured:
    """What marked copies of so many forms, each with something to look at, cost beside reading and checking them."""
    both = _median("", "", 3, partial(_given, ["check", "--annotate"], project))
    seconds = both.seconds - checked
    name = f"{schools} копий с пометками, сверх `check`: {_number(seconds / checked)} времени `check`"
    return Measured(name, seconds, both.megabytes, "≤ 3 времени `check`")


def _invented_town(folder: Path) -> list[Measured]:
    """The demo: everything that the project knows to read, work out and print, nothing remembered."""

    def demo() -> Path:
        made = Path(tempfile.mkdtemp(dir=folder)) / "demo"
        _run(["demo", str(made)], HOUSE)
        return made

    built = demo()
    lines = [
        _median(
            "54 книги и 22 выгрузки за три года проверены и собраны, с нуля: `build`", "≤ 10 с", 3,
            lambda: (["build"], demo()),
        ),
        _median(
            "один отчёт со всем, сборка и три формата, с нуля", "≤ 12 с", 3,
            lambda: (ONE_REPORT, demo()),
        ),
    ]  # fmt: skip
    _run(["build"], built)
    number = "edu990005/fail_share@2021"
    return [*lines, _median("откуда число: `explain`", "≤ 2 с", 3, lambda: (["explain", number], built))]


def _exports(folder: Path) -> list[Measured]:
    project, mail = _fresh(folder), Path(tempfile.mkdtemp(dir=folder))
    measured = []
    for pupils, aim in ((10_000, ""), (100_000, "≤ 10 с; ≤ 1 ГБ; рост линейный")):
        path = mail / f"{pupils}.xlsx"
        path.write_bytes(protocol_bytes(pupils))
        arguments = ["receive", str(path), "--received", "2022-07-01"]
        name = f"протокол в {pupils} строк учеников сведён к итогам школ: `receive`"
        measured.append(_median(name, aim, 3, partial(_given_copy, arguments, project, folder)))
    return measured


def _given(arguments: Sequence[str], project: Path) -> tuple[Sequence[str], Path]:
    return arguments, project


def _given_copy(arguments: Sequence[str], project: Path, folder: Path) -> tuple[Sequence[str], Path]:
    """The command in a fresh copy of the project, where it has not run before."""
    return arguments, Path(shutil.copytree(project, Path(tempfile.mkdtemp(dir=folder)) / "copy"))


def _indicators() -> list[Measured]:
    """All indicators of so many invented schools over three years, each size in a process of its own."""
    measured = []
    for schools, aim in ((18, "≤ 1 с без запуска"), (4_200, ""), (42_000, "≤ 60 с; ≤ 8 ГБ; рост линейный")):
        (seconds, rows, _), megabytes = _module("schools_of", "indicators", str(schools))
        name = f"все показатели {schools} школ за три года ({rows:.0f} строк результатов), отбор"
        measured.append(Measured(name, seconds, megabytes, aim))
    return measured


def _validation() -> list[Measured]:
    """A large table of results held against its contract."""
    (clean, bad, rows), megabytes = _module("schools_of", "validated", "42000")
    name = f"{rows:.0f} строк результатов сверено с договором"
    return [Measured(name, clean, megabytes, ""), Measured(f"{name}, половина негодна", bad, megabytes, "≤ 15 с")]


def _notes(folder: Path) -> Measured:
    """A hundred notes of schools as PDF."""
    (seconds,), megabytes = _module("notes_of", str(folder / "notes"))
    return Measured("100 справок школ в PDF из готовых таблиц", seconds, megabytes, "≤ 60 с")


def _module(name: str, *arguments: str) -> tuple[list[float], float]:
    """The numbers that a measuring module prints and its peak memory, in a process of its own."""
    command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=HOUSE, text=True)
    said = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(command)}: {status}")
    return [float(number) for number in said.split()], usage.ru_maxrss / 1024


def _quarto_side_by_side(folder: Path) -> tuple[float, float] | None:
    """Seconds of the built-in renderer and of `quarto render` over the same built project; None without Quarto."""
    if not shutil.which("quarto"):
        return None
    project = _fresh(folder)
    _run(["build"], project)
    builtin, _ = _run(["report", "--engine", "builtin"], project)
    environment = os.environ | {"QUARTO_PYTHON": sys.executable}
    started = time.perf_counter()
    subprocess.run(["quarto", "render", str(project / "reports")], check=True, capture_output=True, env=environment)
    return builtin, time.perf_counter() - started


def _median(name: str, aim: str, times: int, prepare: Callable[[], tuple[Sequence[str], Path]]) -> Measured:
    runs = [_run(*prepare()) for _ in range(times)]
    return Measured(name, statistics.median(run[0] for run in runs), max(run[1] for run in runs), aim)


def _run(arguments: Sequence[str], project: Path) -> tuple[float, float]:
    """Wall time and peak memory of one command in a process of its own."""
    command = [sys.executable, "-m", "analysis", "--project", str(project), *arguments]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(command)}: {process.stderr.read().decode() if process.stderr else status}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def _fresh(folder: Path) -> Path:
    return _copy(Path(tempfile.mkdtemp(dir=folder)))


def _copy(target: Path) -> Path:
    target.mkdir(exist_ok=True)
    for name in ("project.toml", "requirements.lock"):
        shutil.copyfile(HOUSE / name, target / name)
    for name in ("data", "reports"):
        shutil.copytree(HOUSE / name, target / name, ignore=MADE, dirs_exist_ok=True)
    for made in target.glob("reports/20*/data"):
        shutil.rmtree(made)
    return target


def _page(lines: Sequence[Measured], beside: float, compared: tuple[float, float] | None) -> str:
    rows = [
        f"| {one.name} | {_number(one.seconds)} | {_number(one.seconds / beside)} | {one.megabytes:.0f} | {one.aim} |"
        for one in lines
    ]
    quarto = (
        f"`quarto render` тех же исходников: {_number(compared[1])} с; встроенный способ: {_number(compared[0])} с; "
        f"быстрее в {_number(compared[1] / compared[0])} раза."
        if compared
        else "Quarto на этой машине нет, сравнение не проводилось."
    )
    machine = f"{platform.system()} {platform.machine()}, ядер: {os.cpu_count()}, Python {platform.python_version()}"
    return "\n".join(
        [
            "# Скорость",
            "",
            f"Медианы нескольких запусков, каждый — отдельный процесс; память — наибольшая. {machine}.",
            "",
            f"«Раз» — во сколько раз это дольше, чем рядом, на той же машине, пустой пуск Python с pandas, pandera и "
            f"matplotlib ({_number(beside)} с).",
            "",
            "| Что | Секунд | Раз | МБ | Цель |",
            "|:---|---:|---:|---:|:---|",
            *rows,
            "",
            quarto,
            "",
        ]
    )


def _number(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")


if __name__ == "__main__":
    main()
