"""Imports run downwards only, as docs/architecture.md says; what stands inside a function counts as well."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import analysis

PACKAGE = Path(analysis.__file__).parent
# From the ground up: a module imports what stands on its own floor or below.
FLOORS = [
    "errors quoted whole file_facts toml_file defaults",
    "config findings sources_file exam_calendar assumptions disclosure_policy school_mergers",
    "contracts indicator_passport selection_rules methods",
    "intake",
    "cleaning",
    "store indicators",
    # The words that forms and lineage share with the report know nothing of it.
    "presentation.words presentation.russian presentation.row_keys",
    "lineage forms",
    "presentation publishing",
    # What people record about documents is read with the other rules.
    "documents.kinds documents.settings",
    "rule_files pipeline fact_pipeline school_fact_pipeline export_pipeline open_facts receive receive_exports "
    "receptions take_back undecided "
    "annotate collection build explanation internal placed notebooks",
    "documents starter demo",
    "commands cli __main__",
]
FLOOR_OF = {name: number for number, names in enumerate(FLOORS) for name in names.split()}
# Whatever the floor: rooms that some room must know nothing of.
ALLOWED = {"publishing": {"publishing", "errors", "whole", "file_facts"}}
UNKNOWN = {"indicators": {"intake", "cleaning", "store"}}
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
