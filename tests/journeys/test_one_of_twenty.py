"""A fault in one file costs no other its result: one of twenty forms is damaged in every way that is known."""

import hashlib
import shutil
import zipfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from unittest import mock

import pytest

from analysis.contracts.facts import EVIDENCE, EXECUTION, REGISTRY_SCHOOLS, REGISTRY_STATUS, form_identity
from analysis.contracts.findings import blocking
from analysis.forms.annotate import annotate
from analysis.forms.collect import form_bytes
from analysis.forms.receive import receive
from analysis.intake.workbook import read_workbook
from analysis.pipeline import received
from analysis.pipeline.facts import read_facts
from analysis.rules.config import Collection, Said, load_project, load_sources
from damaged_workbooks import FAULTY, NOT_READ, SHEET, STRANGE, packed, parts_of
from small_projects import ON_TIME, PROJECT

LOGINS = [f"edu{number:02d}" for number in range(1, 21)]
HIT, FAULTY_FORM = LOGINS[5], LOGINS[7]
WAYS = {**NOT_READ, **FAULTY, **STRANGE}
# Where the sheet «Исполнение» of a form is: the first sheet are the instructions.
EXECUTION_PART = "xl/worksheets/sheet2.xml"
# As in a build, a workbook that was read before is not read again: nineteen of the twenty are the same in every test.
remembering = lru_cache(len(LOGINS) + 2)(read_workbook)


def _form(login):
    """One form has a fault of its own."""
    fact = "много" if login == FAULTY_FORM else 2
    evidence = ("1.3", "приказ", "1", "10.02.2021", "", 2)
    sheets = [(EXECUTION, [("1.3", "", "", "", fact)], {}), (EVIDENCE, [evidence], {})]
    return form_bytes([login], sheets, form_identity("form", "город Светлый", 2021, login), ON_TIME)


@pytest.fixture(scope="module")
def mail(tmp_path_factory):
    """A project with a registry of twenty schools, and their forms as they came."""
    root = tmp_path_factory.mktemp("twenty")
    (root / "data/raw").mkdir(parents=True)
    (root / "project.toml").write_text(PROJECT, encoding="utf-8")
    (root / "data/raw/SOURCES.toml").write_text("", encoding="utf-8")
    schools = [(login, "", "", f"Школа {login}") for login in LOGINS]
    sheets = [(REGISTRY_SCHOOLS, schools, {}), (REGISTRY_STATUS, [(one, "2021/22", "ШНОР") for one in LOGINS], {})]
    registry = root / "registry.xlsx"
    identity = form_identity("registry", "город Светлый", 2021, "registry")
    registry.write_bytes(form_bytes(["x"], sheets, identity, ON_TIME))
    receive(root, [registry], Said(ON_TIME))
    (root / "mail").mkdir()
    for login in LOGINS:
        (root / f"mail/{login}.xlsx").write_bytes(_form(login))
    return root


@pytest.fixture(scope="module")
def taken(mail, tmp_path_factory):
    """The same project when all twenty have come as they are, and what was said of each."""
    root = shutil.copytree(mail, tmp_path_factory.mktemp("sound") / "project")
    return root, _received(root)


@pytest.fixture(scope="module")
def sound(taken, signed):
    """What the twenty sound forms become."""
    root, said = taken
    return {**said, **_checked(root, signed)}


def _received(root):
    """What is said of each file on its reception."""
    files = [root / f"mail/{login}.xlsx" for login in LOGINS]
    return {path.stem: one.said for path, one in zip(files, receive(root, files, Said(ON_TIME)), strict=True)}


def _checked(root, signed):
    """By school: its rows in the tables of facts, its findings, and its marked copy."""
    project = replace(load_project(root), collection=Collection(("УО",), "ОО"))
    sources = load_sources(root)
    with mock.patch.object(received, "read_workbook", remembering):
        came = received.received_workbooks(project, sources, received.reader(project, ()))
    facts = read_facts(project, came, sources, (), signed.tables)
    stopping = blocking(facts.findings)
    copies = annotate(root, stopping, [one.file for one in sources], root / "output/annotated")
    marked = {path.name: _parts(path.read_bytes()) for path in copies.written}
    rows = [
        (name, str(row))
        for name, frame in facts.tables.items()
        if "source_file" in frame
        for row in frame.to_dict("records")
    ]
    result = {}
    for login in LOGINS:
        file = f"data/raw/2021/form_{login}_v1.xlsx"
        found = [one for one in facts.findings if one.file == file or login in one.place]
        result[f"{login} checked"] = ([row for row in rows if file in row[1]], found, marked.get(Path(file).name))
    return result


def _parts(content):
    """The parts of a workbook but for the moment at which it was written."""
    return {name: part for name, part in parts_of(content).items() if name != "docProps/core.xml"}


def _of_others(results):
    return {key: result for key, result in results.items() if not key.startswith(HIT)}


def test_there_are_many_ways_and_forms_with_faults_of_their_own(sound):
    assert len(WAYS) > 90
    copies = [result[2] for key, result in sound.items() if key.endswith("checked")]
    assert sum(copy is not None for copy in copies) == 1
    assert sum(bool(result[0]) for key, result in sound.items() if key.endswith("checked")) == 20
    assert sum("принят как" in str(said) for said in sound.values()) == 20


def _spoilt(content, damaged):
    """A sound form whose sheet «Исполнение» is the first sheet of a damaged workbook; None where that has none."""
    try:
        sheet = parts_of(damaged)[SHEET]
    except (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, OSError, ValueError):
        return None
    # A gigabyte of spaces is refused by its size, which the other test shows.
    return None if len(sheet) > 5_000_000 else packed({**parts_of(content), EXECUTION_PART: sheet})


@pytest.mark.parametrize("way", sorted(WAYS))
def test_the_other_nineteen_are_received_checked_and_marked_as_if_nothing_were_wrong(
    mail, taken, sound, signed, way, tmp_path
):
    damaged = WAYS[way][0]()
    arriving, later = (shutil.copytree(one, tmp_path / name) for name, one in (("a", mail), ("b", taken[0])))
    (arriving / f"mail/{HIT}.xlsx").write_bytes(damaged)
    _put_in_the_place_of(later, f"data/raw/2021/form_{HIT}_v1.xlsx", _spoilt(_form(HIT), damaged) or damaged)
    assert _of_others({**_received(arriving), **_checked(later, signed)}) == _of_others(sound)


def _put_in_the_place_of(root, file, content):
    """Other bytes under the name of a received file, as if it had come so."""
    record = root / "data/raw/SOURCES.toml"
    text, before = record.read_text(encoding="utf-8"), hashlib.sha256((root / file).read_bytes()).hexdigest()
    (root / file).write_bytes(content)
    assert before in text
    record.write_text(text.replace(before, hashlib.sha256(content).hexdigest()), encoding="utf-8")
