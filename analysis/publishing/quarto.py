"""The Quarto engine: the same sources, rendered by the Quarto program in the staging copy."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from analysis.publishing.project import PublishingError
from analysis.publishing.state import KINDS, Plan, output_name

_WRITERS = {"html": "html", "pdf": "typst", "docx": "docx"}


def render(
    program: str, sources: Path, new: Path, plan: Plan, fixed_date: date, progress: Callable[[str], None]
) -> Mapping[str, list[str]]:
    """Makes what the plan asks for, as `analysis.publishing.builtin.render` does, with the Quarto `program`."""
    noon = (fixed_date - date(1970, 1, 1)).days * 86400 + 43200
    environment = {**os.environ, "QUARTO_PYTHON": sys.executable, "SOURCE_DATE_EPOCH": str(noon)}
    for arguments, what in _commands(plan):
        progress(f"собираю {what}")
        done = subprocess.run([program, "render", *arguments], cwd=sources, env=environment, capture_output=True)
        if done.returncode:
            raise PublishingError(
                f"Quarto не собрал {what}:\n{_summary(done.stderr.decode(errors='replace'), sources)}"
            )
    return _take(sources / "_site", new, plan)


def _commands(plan: Plan) -> list[tuple[list[str], str]]:
    """Returns one run per document if all its formats are to be made, else one per format."""
    commands = []
    for name in plan.documents:
        kinds = [kind for kind in KINDS if output_name(name, kind) in plan.make]
        if len(kinds) == len(KINDS):
            commands.append(([name], name))
        else:
            commands += [([name, "--to", _WRITERS[kind]], output_name(name, kind)) for kind in kinds]
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
