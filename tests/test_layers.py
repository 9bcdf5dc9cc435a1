"""Imports run downwards only, as docs/architecture.md says; what stands inside a function counts as well."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import analysis

PACKAGE = Path(analysis.__file__).parent
# From the ground up: a module imports what stands on its own floor or below.
FLOORS = [
    "errors files",
    # The passport of indicators names columns of the contracts, and these name words of the calendar.
    # Numbers alone: what is computed there knows nothing of tables or schools.
    "statistics",
    "rules contracts",
    "intake",
    "cleaning",
    "indicators",
    # The words that forms share with the report know nothing of it.
    "presentation.words",
    "lineage",
    "presentation publishing",
    "pipeline",
    "forms",
    "documents starter demo",
    "project",
    "region",
    "cli __main__",
]
FLOOR_OF = {name: number for number, names in enumerate(FLOORS) for name in names.split()}
# Whatever the floor: rooms that some room must know nothing of.
ALLOWED = {"publishing": {"publishing", "errors", "files"}, "statistics": {"statistics", "errors"}}
UNKNOWN = {
    "indicators": {"intake", "cleaning", "files"},
    "lineage": {"presentation", "intake", "cleaning"},
}
MODULES = {path: ".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in sorted(PACKAGE.rglob("*.py"))}


def floor(module: str) -> int:
    """The floor of a module, or of the room it stands in."""
    room = module.split(".")[0]
    return FLOOR_OF[module] if module in FLOOR_OF else FLOOR_OF[room]


def imported(path: Path) -> Iterator[str]:
    """The modules of the package that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [one.name for one in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import hides where it leads"
            names = [f"{node.module}.{name}" for name in names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "analysis" and len(parts) > 1:
                yield ".".join(parts[1:3])


def test_every_room_has_its_floor():
    rooms = {module.split(".")[0] for module in MODULES.values()} - {"__init__"}
    assert rooms == {name.split(".")[0] for name in FLOOR_OF}


@pytest.mark.parametrize("room", sorted({name.split(".")[0] for name in FLOOR_OF}))
def test_imports_run_downwards(room):
    upwards = [
        f"{module} imports {other}"
        for path, module in MODULES.items()
        if module.split(".")[0] == room
        for other in imported(path)
        if floor(other) > floor(module)
        or other.split(".")[0] not in ALLOWED.get(room, {other.split(".")[0]})
        or other.split(".")[0] in UNKNOWN.get(room, ())
    ]
    assert not upwards


def _modules_imported(path: Path) -> set[str]:
    """The same by whole names: a name that is no module stands in the module before it."""
    known, found = set(MODULES.values()), set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("analysis."):
            within = node.module.removeprefix("analysis.")
            for name in node.names:
                asked = [f"{within}.{name.name}", within, f"{within}.__init__"]
                found.add(next(one for one in asked if one in known))
    return found


IMPORTS = {module: _modules_imported(path) - {module} for path, module in MODULES.items()}


def test_no_imports_run_in_a_circle_or_through_more_than_twenty_modules():
    assert sum(map(len, IMPORTS.values())) > 1000
    left, storeys = dict(IMPORTS), 0
    while free := [module for module, needed in left.items() if not needed & left.keys()]:
        left = {module: needed for module, needed in left.items() if module not in free}
        storeys += 1
    assert left == {}
    assert storeys <= 20


def test_no_module_imports_more_than_twelve_others():
    assert {module: len(needed) for module, needed in IMPORTS.items() if len(needed) > 12} == {}
