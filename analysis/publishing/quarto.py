"""The Quarto engine: the same sources, rendered by the Quarto program in the staging copy."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from analysis.publishing.errors import PublishingError
from analysis.publishing.state import KINDS, Plan, output_name

_WRITERS = {"html": "html", "pdf": "typst", "docx": "docx"}
_NEEDED = ("ipykernel", "nbclient", "nbformat", "jupyter_client")


def render(
    program: str, sources: Path, new: Path, plan: Plan, fixed_date: date, progress: Callable[[str], None]
) -> Mapping[str, list[str]]:
    """Makes what the plan asks for.

    Args:
        program: The Quarto program.
        sources: The folder of the report sources, a copy that may be written to.
        new: The folder of the new site; kept outputs are already in it.
        plan: What to make.
        fixed_date: The date for files that can be dated.
        progress: Is told which document is at work.

    Returns:
        For each output the files of the site that it needs.

    Raises:
        PublishingError: Quarto, or a package it needs, says no.
    """
    missing = [name for name in _NEEDED if not importlib.util.find_spec(name)]
    if missing:
        advice = "установите их (make quarto) или уберите «--engine quarto»"
        raise PublishingError(f"Для Quarto не хватает пакетов Python: {', '.join(missing)}; {advice}.")
    environment = {**os.environ, "QUARTO_PYTHON": sys.executable, "SOURCE_DATE_EPOCH": _epoch(fixed_date)}
    for arguments, what in _commands(plan):
        progress(f"Quarto: {what}")
        done = subprocess.run(
            [program, "render", *arguments], cwd=sources, env=environment, capture_output=True, check=False
        )
        if done.returncode:
            raise PublishingError(f"Quarto не собрал {what}:\n{_summary(done.stderr.decode(errors='replace'))}")
    return _take(sources / "_site", new, plan)


def _commands(plan: Plan) -> list[tuple[list[str], str]]:
    """One run for everything when everything is to be made, else one for each output."""
    if not plan.keep:
        return [([], "все отчёты")]
    return [
        ([name, "--to", _WRITERS[kind]], output_name(name, kind))
        for name in plan.documents
        for kind in KINDS
        if output_name(name, kind) in plan.make
    ]


def _take(built: Path, new: Path, plan: Plan) -> dict[str, list[str]]:
    """Copies what was asked for; to a page belongs all that is not itself a page or a paper."""
    names = sorted(path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file())
    beside = [name for name in names if Path(name).suffix[1:] not in KINDS]
    for name in [*beside, *plan.make]:
        (new / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(built / name, new / name)
    return {name: [name, *beside] if name.endswith(".html") else [name] for name in plan.make}


def _summary(complaint: str) -> str:
    """Keeps what helps: the document at work and the lines from the first error on."""
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line).rstrip() for line in complaint.splitlines()]
    document = [line for line in lines if line.startswith("[")][-1:]
    first = next((number for number, line in enumerate(lines) if re.search(r"ERROR|Error|Traceback", line)), 0)
    return "\n".join([*document, *[line for line in lines[first:] if line][-25:]])


def _epoch(day: date) -> str:
    return str((day - date(1970, 1, 1)).days * 86400 + 43200)
