"""Which program renders: Quarto where it is present and new enough, else the built-in renderer."""

import functools
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path

from analysis.publishing.errors import PublishingError
from analysis.publishing.state import Plan

Progress = Callable[[str], None]
# The staging copy of the sources, the folder of the new site, what to make, the date → the files of each output.
Render = Callable[[Path, Path, Plan, date, Progress], Mapping[str, list[str]]]

_BUILTIN_PACKAGES = ("ipython", "pypandoc-binary", "typst")
_OLDEST_QUARTO = (1, 9)  # the first that makes PDF/UA


def choose_engine(wanted: str, progress: Progress) -> tuple[Render, str]:
    """Finds the engine.

    Args:
        wanted: auto, quarto or builtin.
        progress: Is told which engine it is and why, when the choice was left open.

    Returns:
        The function that renders, and the engine with its version, which tells one result from another.

    Raises:
        PublishingError: Quarto was asked for and is missing or too old.
    """
    if wanted == "builtin":
        return _builtin()
    program = shutil.which("quarto") or ""
    found = _quarto_version(program) if program else ""
    refusal = _refusal(found)
    if wanted == "quarto" and refusal:
        raise PublishingError(f"{refusal} Установите Quarto 1.9 или новее или уберите «--engine quarto».")
    if wanted == "auto":
        progress(f"движок: встроенный; {refusal}" if refusal else f"движок: Quarto {found}, найден на компьютере")
    return _builtin() if refusal else (functools.partial(_render_with_quarto, program), f"quarto {found}")


def _refusal(found: str) -> str:
    """Says why Quarto cannot be used; nothing when it can."""
    if not found:
        return "программы quarto нет в PATH."
    numbers = tuple(int(part) for part in found.split(".")[:2] if part.isdigit())
    return f"найден Quarto {found}, а нужен 1.9 или новее." if numbers < _OLDEST_QUARTO else ""


def _quarto_version(program: str) -> str:
    done = subprocess.run([program, "--version"], capture_output=True, check=False)
    return done.stdout.decode(errors="replace").strip()


def _builtin() -> tuple[Render, str]:
    return _render_builtin, " ".join(f"{name} {version(name)}" for name in _BUILTIN_PACKAGES)


# The engines are loaded when something is to be made: to find that nothing changed takes neither.
def _render_builtin(
    sources: Path, new: Path, plan: Plan, fixed_date: date, progress: Progress
) -> Mapping[str, list[str]]:
    from analysis.publishing import builtin

    return builtin.render(sources, new, plan, fixed_date, progress)


def _render_with_quarto(
    program: str, sources: Path, new: Path, plan: Plan, fixed_date: date, progress: Progress
) -> Mapping[str, list[str]]:
    from analysis.publishing import quarto

    return quarto.render(program, sources, new, plan, fixed_date, progress)
