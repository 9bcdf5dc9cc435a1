"""What is refused at the door, with a sentence that says what to do; a registry of the same call counts."""

from datetime import date

import pytest

from analysis.config import load_sources
from analysis.contracts.forms import EVIDENCE, EXECUTION, REGISTRY_SCHOOLS, REGISTRY_STATUS, form_identity
from analysis.forms.workbook import form_bytes
from analysis.receive import receive
from analysis.receive_exports import Said

DAY = date(2022, 1, 20)
PROJECT = """
[project]
city = "город Светлый"
publisher = "Управление"
contact = ""
site_url = ""
editions = [2021]
[roadmap]
file = "data/raw/roadmap.txt"
largest_plausible_count = 1000
[collection]
municipal = ["УО"]
schools = "ОО"
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "data/raw").mkdir(parents=True)
    (tmp_path / "project.toml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "data/raw/SOURCES.toml").write_text("", encoding="utf-8")
    return tmp_path


def _arrives(root, name, sheets, identity):
    path = root / name
    path.write_bytes(form_bytes([name], sheets, identity, DAY))
    return path


def _registry(root, *logins, name="registry.xlsx"):
    schools = [(login, "", "", f"Школа {login}") for login in logins]
    status = [(login, "2021/22", "ШНОР") for login in logins]
    sheets = [(REGISTRY_SCHOOLS, schools, {}), (REGISTRY_STATUS, status, {})]
    return _arrives(root, name, sheets, form_identity("registry", "город Светлый", 2021, "registry"))


def _form(root, reporter, year=2021, city="город Светлый"):
    sheets = [(EXECUTION, [], {}), (EVIDENCE, [], {})]
    return _arrives(root, f"{reporter}.xlsx", sheets, form_identity("form", city, year, reporter))


def _taken(root):
    return [source.file for source in load_sources(root)]


@pytest.mark.parametrize(
    ("form", "why", "what_to_do"),
    [
        ({"reporter": "edu9"}, "«edu9» нет ни в реестре школ", "примите свежий реестр"),
        ({"reporter": "ИМО"}, "«ИМО» нет ни в реестре школ", "верните форму"),
        ({"reporter": "edu1", "city": "город Тёмный"}, "Форма другого проекта: «город Тёмный»", "Верните форму"),
        ({"reporter": "edu1", "year": 2019}, "Форма за 2019 год, а отчёты выходят за 2021", "ключ editions"),
    ],
)
def test_a_form_that_is_none_of_ours_is_refused_and_nothing_is_written(root, form, why, what_to_do):
    receive(root, [_registry(root, "edu1")], Said(DAY))
    (refused, taken) = receive(root, [_form(root, **form), _form(root, "УО")], Said(DAY))
    assert refused.source is None
    assert why in refused.said
    assert what_to_do in refused.said
    assert taken.source is not None
    assert _taken(root) == ["data/raw/2021/registry_registry_v1.xlsx", "data/raw/2021/form_УО_v1.xlsx"]
    assert sorted(path.name for path in (root / "data/raw/2021").iterdir()) == [
        "form_УО_v1.xlsx",
        "registry_registry_v1.xlsx",
    ]


def test_a_newer_registry_of_the_same_call_lets_its_schools_in(root):
    receive(root, [_registry(root, "edu1")], Said(DAY))
    files = [_form(root, "edu2"), _registry(root, "edu1", "edu2", name="newer.xlsx")]
    said = [one.said for one in receive(root, files, Said(DAY))]
    assert said[0] == "edu2.xlsx: Школа edu2 (edu2), 2021 год: принят как data/raw/2021/form_edu2_v1.xlsx."
    assert said[1] == (
        "newer.xlsx: реестр школ: принят как data/raw/2021/registry_registry_v2.xlsx; заменяет "
        "data/raw/2021/registry_registry_v1.xlsx, которая осталась на месте: других значений: 2."
    )


def test_a_newer_registry_shuts_out_a_school_it_no_longer_names(root):
    receive(root, [_registry(root, "edu1", "edu2")], Said(DAY))
    results = receive(root, [_form(root, "edu2"), _registry(root, "edu1", name="newer.xlsx")], Said(DAY))
    assert [one.source is None for one in results] == [True, False]


def test_while_no_registry_can_be_read_no_school_is_refused(root):
    assert receive(root, [_form(root, "edu1")], Said(DAY))[0].source is not None
    receive(root, [_registry(root, "edu1")], Said(DAY))
    (root / "data/raw/2021/registry_registry_v1.xlsx").write_bytes(b"PK")
    assert receive(root, [_form(root, "edu5")], Said(DAY))[0].source is not None
