"""Which program renders: Quarto where it is present and new enough, else the built-in renderer."""

import functools
import importlib.util
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path

from analysis.publishing import builtin, quarto
from analysis.publishing.project import PublishingError
from analysis.publishing.state import Plan

Progress = Callable[[str], None]
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
        progress(f"движок: встроенный; {refusal}" if refusal else f"движок: Quarto {found}, найден на компьютере")
    return (builtin.render, inside) if refusal else (functools.partial(quarto.render, program), f"quarto {found}")


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
