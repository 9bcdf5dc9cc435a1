"""What is refused at the door, with a sentence that says what to do; a registry of the same call counts."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from analysis.contracts.facts import EVIDENCE, EXECUTION, REGISTRY_SCHOOLS, REGISTRY_STATUS, form_identity
from analysis.errors import AnalysisError
from analysis.forms.collect import form_bytes
from analysis.forms.receive import receive
from analysis.intake.exports import recognise
from analysis.intake.exports.cells import Line
from analysis.intake.exports.recognise import read_export
from analysis.intake.workbook_package import OLE2
from analysis.pipeline.check import check_project
from analysis.rules.config import Said, load_sources
from analysis.rules.office_files import Vocabulary
from roadmaps import document, project_with
from small_projects import PROJECT

DAY = date(2022, 1, 20)
ONE_EXECUTOR = """[collection]
municipal = ["УО"]
schools = "ИМО"
[[collection.executor]]
name = "УО"
writings = ["управление образования"]
basis = "письмо № 1"
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
        "data/raw/2021/registry_registry_v1.xlsx (остаётся на месте), других значений — 2."
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


def _zip(*names, text="<a/>"):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, text)
    return stream.getvalue()


ARCHIVE = b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html><table></table></html>"
SPREADSHEET_2003 = b'<?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office"/>'


@pytest.mark.parametrize(
    ("content", "kind", "to_do"),
    [
        (ARCHIVE, "это веб-архив", "сохраните как .xlsx"),
        (b"\xef\xbb\xbf\n<TABLE><tr><td>1</td></tr></TABLE>", "это веб-страница", "сохраните как .xlsx"),
        (b"<!-- 1C --><html>", "это веб-страница", "сохраните как .xlsx"),
        (SPREADSHEET_2003, "таблица XML", "сохраните как .xlsx"),
        (b'<?xml version="1.0"?>' + SPREADSHEET_2003, "таблица XML", "сохраните как .xlsx"),
        (b"%PDF-1.7\n%", "это документ PDF", "таблицу файлом .xlsx"),
        (_zip("mimetype", "content.xml"), "(.ods)", "сохраните как «Книга Excel (.xlsx)»"),
        (
            _zip("[Content_Types].xml", "_rels/.rels", "xl/workbook.bin"),
            "(.xlsb)",
            "сохраните как «Книга Excel (.xlsx)»",
        ),
        (_zip("Index/Document.iwa", "Metadata/Properties.plist"), "Apple Numbers", "Экспортировать → Excel"),
        (_zip("форма школы.xlsx", "форма лицея.xlsx"), "это архив с файлами", "Распакуйте его"),
    ],
)
def test_a_file_of_another_kind_is_told_in_a_sentence(root, content, kind, to_do):
    path = root / "форма.xls"
    path.write_bytes(content)
    (result,) = receive(root, [path], Said(DAY))
    assert result.source is None
    assert (kind in result.said, to_do in result.said, "Искали" in result.said) == (True, True, False)


def _without_marks(root):
    book = openpyxl.load_workbook(_form(root, "УО"))
    del book["_форма"]
    book.save(root / "без отметок.xlsx")
    return root / "без отметок.xlsx"


def test_a_form_without_its_hidden_marks_is_known_for_a_form(root):
    (result,) = receive(root, [_without_marks(root)], Said(DAY))
    assert result.source is None
    assert "это форма (лист «Исполнение»), но скрытых отметок в ней нет" in result.said
    assert "Возьмите форму, которую сделала команда analysis forms" in result.said
    assert "Искали" not in result.said


def test_a_sheet_of_a_form_as_text_and_in_the_old_format():
    heading = ";".join(column.title for column in EVIDENCE.columns)
    with pytest.raises(AnalysisError, match="это форма .лист «Подтверждения»., но скрытых отметок"):
        read_export(heading.encode(), "форма.csv", Vocabulary({}, {}))
    line = Line(1, dict(enumerate(heading.split(";"), start=1)))
    assert "сохраните как" in recognise._what_it_is([line], OLE2, "")


def test_a_form_that_went_out_under_another_name_of_its_executor_is_known_by_the_one(root):
    """Both went out before the names were joined: each holds a part, and somebody must bring them together."""
    project = project_with(root, document(), collection=ONE_EXECUTOR)
    forms = [_form(root, name, 2023, project.city) for name in ("управление образования", "УО")]
    said = [one.said for one in receive(root, forms, Said(DAY))]
    assert _taken(root)[1:] == ["data/raw/2023/form_УО_v1.xlsx", "data/raw/2023/form_УО_v2.xlsx"], said
    found = [one for one in check_project(project).findings if one.rule == "executor_name"]
    assert [(one.file, one.value) for one in found if one.file.endswith(".xlsx")] == [
        ("data/raw/2023/form_УО_v1.xlsx", "управление образования")
    ]
