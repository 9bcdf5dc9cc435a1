"""Three invented schools over the signed roadmap, two of them supported: results, deficits and contests of 2021."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analysis.cleaning.names import Register
from analysis.cleaning.returns import fact_table
from analysis.documents.material import Material
from analysis.indicators.tables import indicator_tables
from analysis.presentation.edition import Edition
from analysis.rules.config import Collection, Report, load_project, load_sources, load_terms
from analysis.rules.documents import Settings
from analysis.rules.methods import load_methods
from roadmaps import HOUSE
from school_tables import result, results

FILE = "data/raw/2021/form.xlsx"
NAMES = {"edu000001": "Школа № 1", "edu000002": "Школа № 2", "edu000003": "Лицей «Звезда»"}
SCHOOLS = [(FILE, "строка", login, f"930{login[-1]}", None, name, *[None] * 4) for login, name in NAMES.items()]
SUPPORTED = [(FILE, "строка", login, "2021/22", "ШНОР", None) for login in ("edu000001", "edu000002")]
REPORTS = [(FILE, "E2", "edu000001", "1.3", 1, 2021, None, 1, None, None)]
CUTOFF = date(2022, 1, 31)
FORMS = [(FILE, "edu000001", 2021, date(2022, 1, 20), CUTOFF, "вошла в отчёт")]
CONTESTS = pd.DataFrame(
    [
        ("edu000001", 1, "Учитель года", "муниципальный", "педагоги", 2, 1),
        ("edu000003", 1, "Учитель года", "муниципальный", "педагоги", 3, 0),
        ("edu000003", 2, "Олимпиада", "региональный", "обучающиеся", 9, 4),
    ],
    columns=[
        "school_login", "line", "contest_name", "contest_level", "contestants", "contestant_count", "winner_count",
    ],
).assign(source_file=FILE, place="A1", calendar_year=2021)  # fmt: skip
DEFICITS = pd.DataFrame(
    [(login, name, 20, count) for login in ("edu000001", "edu000002")
     for name, count in (("Оценивание", 18), ("Урок", 2), ("Чтение", 9), ("Цифра", 8), ("Родители", 1))],
    columns=["school_login", "competence", "diagnosed_teacher_count", "deficit_teacher_count"],
).assign(source_file=FILE, place="A1", calendar_year=2021)  # fmt: skip


@pytest.fixture(scope="session")
def material(signed):
    """What the documents of 2021 are made from; nobody has written hypotheses, decisions or replies."""
    collection = Collection(("УО", "ИМО"), "ОО")
    project = replace(load_project(HOUSE), collection=collection)
    rows = {"schools": SCHOOLS, "school_status": SUPPORTED, "reports": REPORTS, "evidence": [], "acceptance": []}
    rows |= {"received_forms": FORMS, "school_measures": []}
    tables = dict(signed.tables) | {name: fact_table(name, values) for name, values in rows.items()}
    tables |= {
        "results": results(
            result("edu000001", (20, 5, 3, 2), year=2021),
            result("edu000001", (1, 2, 0, 0), year=2021, grade=6),
            result("edu000003", (1, 20, 30, 9), year=2021),
            result("edu000003", (0, 10, 20, 5), year=2021, grade=6),
        ),
        "deficits": DEFICITS,
        "contests": CONTESTS,
    }
    methods = load_methods(HOUSE)
    tables |= indicator_tables(
        tables,
        collection,
        [Report("1.3", 1, ("ОО",), "school", 1, "приказ № 1", "аналитик")],
        date(2022, 2, 5),
        methods,
    )[0]
    roadmap = replace(load_sources(HOUSE)[0], received=date(2020, 9, 1))
    form = replace(roadmap, file=FILE, kind="form", received=date(2022, 1, 20))
    late = replace(form, file=FILE + "2", received=date(2022, 2, 5))
    edition = Edition(project, 2021, tables, (roadmap, form, late), load_terms(HOUSE).abbreviations, internal=True)
    return Material(replace(edition, methods=methods), Register(tables["schools"]), {}, {}, Settings())
