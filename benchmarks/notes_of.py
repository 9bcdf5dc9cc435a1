"""A hundred notes of schools: those of the invented town, its schools taken several times under other logins."""

import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis.cleaning.names import Register
from analysis.demo.project import demo_files, write_demo
from analysis.documents.material import Material
from analysis.documents.packs import written
from analysis.documents.run import gathered
from analysis.documents.staging import Batch, publish_documents
from analysis.files.memory import SILENT
from analysis.pipeline.build import build
from analysis.rules.config import load_project
from analysis.rules.documents import SCHOOL_NOTE

YEAR = 2021
OF_SCHOOLS = (
    "schools", "school_status", "school_indicators", "school_results", "school_measures", "contests",
)  # fmt: skip


def hundred_notes(folder: Path, count: int = 100) -> float:
    """Seconds from the tables of a build to so many notes as PDF, text and all."""
    write_demo(folder, demo_files())
    project = load_project(folder)
    build(project, [YEAR])
    material = _multiplied(gathered(project, YEAR), count)
    started = time.perf_counter()
    notes = written(material, SCHOOL_NOTE.id, list(material.register.names)[:count])
    batch = Batch(project, YEAR, SCHOOL_NOTE, notes, None)
    made = publish_documents(batch, notes, ("pdf",), "builtin", material.edition.data_date, SILENT)
    assert len(made) == count
    return time.perf_counter() - started


def _multiplied(material: Material, count: int) -> Material:
    """The same town with at least so many schools."""
    tables = dict(material.edition.tables)
    times = -(-count // len(tables["schools"]))
    for name in OF_SCHOOLS:
        table = tables[name].astype({"school_login": "str"})
        parts = [table.assign(school_login=_renamed(table["school_login"], turn)) for turn in range(times)]
        tables[name] = pd.concat(parts, ignore_index=True)
    edition = replace(material.edition, tables=tables)
    return replace(material, edition=edition, register=Register(tables["schools"]), replies={}, decisions={})


def _renamed(logins: "pd.Series[str]", turn: int) -> "pd.Series[str]":
    return logins if turn == 0 else logins.where(~logins.str.startswith("edu"), logins + f"{turn}")


if __name__ == "__main__":
    print(hundred_notes(Path(sys.argv[1])))
