"""Copies of the real project to run commands in, with only what git keeps."""

import shutil
from pathlib import Path

from roadmaps import HOUSE

SOURCES = ("project.toml", "requirements.lock", "data", "reports")
MADE = ("processed", "_site*", "_content", "figures", ".*")


def copy_of_the_house(folder: Path) -> Path:
    """A copy of the project's inputs and report sources, nothing of what it makes."""
    for name in SOURCES:
        source = HOUSE / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns(*MADE))
        else:
            shutil.copyfile(source, folder / name)
    for made in folder.glob("reports/20*/data"):
        shutil.rmtree(made)
    return folder
