"""The workbooks that so many invented schools return, for measuring the collection."""

from datetime import date
from pathlib import Path

import pandas as pd

from analysis.contracts.facts import EXECUTION, REGISTRY_SCHOOLS, REGISTRY_STATUS, form_identity
from analysis.forms.collect import Asking, blank_forms, form_bytes
from analysis.indicators.plan import plan_by_year
from analysis.pipeline.check import check_project
from analysis.rules.config import Collection, load_project
from analysis.rules.office_files import load_calendar

YEAR, DAY = 2021, date(2022, 1, 20)
COLLECTION = '\n[collection]\nmunicipal = ["УО", "ИМО"]\nschools = "ОО"\n'


def returned_workbooks(project: Path, folder: Path, schools: int) -> tuple[Path, list[Path]]:
    """Makes a project collect facts, and writes the registry and one filled form a school; returns their paths."""
    text = (project / "project.toml").read_text(encoding="utf-8").split("\n[collection]")[0]
    (project / "project.toml").write_text(text + COLLECTION, encoding="utf-8")
    settings = load_project(project)
    tables = check_project(settings).tables
    plan = plan_by_year(tables["activities"], tables["measures"], tables["targets"])
    logins = [f"edu{number:06d}" for number in range(schools)]
    folder.mkdir()
    registry = folder / "registry.xlsx"
    registry.write_bytes(_registry(settings.city, logins))
    known = pd.DataFrame({"school_login": logins, "school_name": logins}, dtype="str")
    status = pd.DataFrame({"school_login": logins, "school_year": "2021/22", "status": "ШНОР"}, dtype="str")
    collection = Collection(("УО", "ИМО"), "ОО")
    asking = Asking(settings.city, YEAR, collection, (), load_calendar(project), invented=True)
    blank = blank_forms({**tables, "plan": plan, "schools": known, "school_status": status}, asking)
    paths = []
    for form in blank[2:]:
        sheets = [
            (layout, [(*row, 1) for row in rows] if layout is EXECUTION else rows, choices)
            for layout, rows, choices in form.sheets
        ]
        paths.append(folder / f"{form.reporter}.xlsx")
        paths[-1].write_bytes(form_bytes(form.instructions, sheets, form.identity, DAY))
    return registry, paths


def _registry(city: str, logins: list[str]) -> bytes:
    schools = [(login, "", "", login) for login in logins]
    status = [(login, "2021/22", "ШНОР") for login in logins]
    identity = form_identity("registry", city, YEAR, "registry")
    return form_bytes(
        ["Сведения вымышлены"], [(REGISTRY_SCHOOLS, schools, {}), (REGISTRY_STATUS, status, {})], identity, DAY
    )
