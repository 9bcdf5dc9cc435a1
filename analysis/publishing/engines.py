"""Which program renders: Quarto where it is present and new enough, else the built-in renderer."""

import functools
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fnmatch import fnmatch
from importlib.metadata import version
from pathlib import Path

from analysis.files.progress import Progress
from analysis.publishing import builtin
from analysis.publishing.project import PublishingError, read_project
from analysis.publishing.state import KINDS, RENDERING, WRITERS, Plan, output_name


def render(
    program: str, sources: Path, new: Path, plan: Plan, fixed_date: date, progress: Progress
) -> Mapping[str, list[str]]:
    """Makes what the plan asks for, as `analysis.publishing.builtin.render` does, with the Quarto `program`."""
    _refuse_unlisted(sources, plan.documents)
    noon = (fixed_date - date(1970, 1, 1)).days * 86400 + 43200
    about = {"QUARTO_PYTHON": sys.executable, "SOURCE_DATE_EPOCH": str(noon), RENDERING: str(sources)}
    commands = _commands(plan)
    for number, (arguments, what) in enumerate(commands):
        progress.step(builtin.AT_WORK, number, len(commands), what)
        done = subprocess.run(
            [program, "render", *arguments], cwd=sources, env={**os.environ, **about}, capture_output=True
        )
        if done.returncode:
            raise PublishingError(
                f"Quarto не собрал {what}:\n{_summary(done.stderr.decode(errors='replace'), sources)}"
            )
    return _take(sources / "_site", new, plan)


def _refuse_unlisted(sources: Path, documents: Sequence[str]) -> None:
    """Raises PublishingError if the project file leaves out a document: Quarto would not put it on the site."""
    patterns = read_project(sources).settings.get("project", {}).get("render") or ["*"]
    for document in documents:
        if not any(fnmatch(document, str(pattern)) for pattern in patterns):
            raise PublishingError(
                f"{sources.name}/_quarto.yml: ключ render не называет {document}, и Quarto не положит его на сайт. "
                'Добавьте в список render строку: - "20*/[!_]*.qmd"'
            )


def _commands(plan: Plan) -> list[tuple[list[str], str]]:
    """Returns one run per document if all its formats are to be made, else one per format."""
    commands = []
    for name in plan.documents:
        kinds = [kind for kind in KINDS if output_name(name, kind) in plan.make]
        if len(kinds) == len(KINDS):
            commands.append(([name], name))
        else:
            commands += [([name, "--to", WRITERS[kind]], output_name(name, kind)) for kind in kinds]
    return commands


def _take(built: Path, new: Path, plan: Plan) -> dict[str, list[str]]:
    """Copies the requested outputs. A page needs all files that are neither pages nor papers."""
    names = sorted(path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file())
    beside = [name for name in names if Path(name).suffix[1:] not in KINDS]
    for name in [*beside, *plan.make]:
        (new / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(built / name, new / name)
    return {name: [name, *beside] if name.endswith(".html") else [name] for name in plan.make}


def _summary(complaint: str, sources: Path) -> str:
    """Returns the lines from the first error on, without colours, staging folder and the stack of Quarto."""
    plain = re.sub(r"\x1b\[[\d;]*m", "", complaint).replace(f"{sources.parent}{os.sep}", "")
    lines = [line.rstrip() for line in plain.split("Stack trace:")[0].splitlines() if line.strip()]
    first = next((number for number, line in enumerate(lines) if re.search(r"ERROR|Error|Traceback", line)), 0)
    return "\n".join(lines[first:][-25:])


# The staging copy of the sources, the folder of the new site, the plan, the date, progress → files of each output.
Render = Callable[[Path, Path, Plan, date, Progress], Mapping[str, list[str]]]

_BUILTIN_PACKAGES = ("ipython", "pypandoc-binary", "typst")
_QUARTO_PACKAGES = ("ipykernel", "nbclient", "nbformat")
_OLDEST_QUARTO = (1, 9)  # the first that makes PDF/UA


def choose_engine(wanted: str, progress: Progress) -> tuple[Render, str]:
    """Finds the engine.

    Args:
        wanted: auto, quarto or builtin.
        progress: Is told the engine and the reason if `wanted` is auto.

    Returns:
        The function that renders, and the name and version of the engine, which are part of the key of a result.

    Raises:
        PublishingError: Quarto was asked for and cannot be used.
    """
    inside = " ".join(f"{name} {version(name)}" for name in _BUILTIN_PACKAGES)
    if wanted == "builtin":
        return builtin.render, inside
    program = shutil.which("quarto") or ""
    found = _quarto_version(program) if program else ""
    refusal = _refusal(found)
    if wanted == "quarto" and refusal:
        raise PublishingError(f"{refusal} Установите недостающее (make quarto) или уберите «--engine quarto».")
    if wanted == "auto":
        progress.say(f"движок: встроенный; {refusal}" if refusal else f"движок: Quarto {found}, найден на компьютере")
    return (builtin.render, inside) if refusal else (functools.partial(render, program), f"quarto {found}")


def _refusal(found: str) -> str:
    """Returns why Quarto cannot be used; empty if it can."""
    if not found:
        return "программы quarto нет в PATH."
    if tuple(int(part) for part in found.split(".")[:2] if part.isdigit()) < _OLDEST_QUARTO:
        return f"найден Quarto {found}, а нужен 1.9 или новее."
    missing = [name for name in _QUARTO_PACKAGES if not importlib.util.find_spec(name)]
    return f"для Quarto не хватает пакетов Python: {', '.join(missing)}." if missing else ""


def _quarto_version(program: str) -> str:
    done = subprocess.run([program, "--version"], capture_output=True)
    return done.stdout.decode(errors="replace").strip()
