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


def house_that_collects(folder: Path, editions: str) -> Path:
    """Such a copy for other editions, with УО, ИМО and the schools as those who report, and nothing else set."""
    house = copy_of_the_house(folder)
    text = (house / "project.toml").read_text(encoding="utf-8").split("[collection]")[0]
    assert "editions = [2020, 2021, 2022]" in text
    text = text.replace("editions = [2020, 2021, 2022]", f"editions = {editions}")
    text += '\n[collection]\nmunicipal = ["УО", "ИМО"]\nschools = "ОО"\n'
    (house / "project.toml").write_text(text, encoding="utf-8")
    return house
