"""Copies of the real project to run commands in, with only what git keeps."""

import re
import shutil
from collections.abc import Mapping
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


def of_one_year(files: Mapping[str, bytes], year: int) -> dict[str, bytes]:
    """The files of a project without the other years of its three: what came in them, their editions and reports."""
    others = [one for one in (2020, 2021, 2022) if one != year]
    kept = {name: content for name, content in files.items() if not any(f"/{one}/" in name for one in others)}
    entries = re.split(r"(?m)^(?=\[\[)", files["data/raw/SOURCES.toml"].decode())
    standing = [entry for entry in entries if not any(f'"data/raw/{one}/' in entry for one in others)]
    assert 1 < len(standing) < len(entries)
    settings = files["project.toml"].decode().replace("editions = [2020, 2021, 2022]", f"editions = [{year}]")
    return kept | {"data/raw/SOURCES.toml": "".join(standing).encode(), "project.toml": settings.encode()}
