"""How a file that people write is read: all its faults at once, each with its line; what was right is taken so."""

import json
import re

import pytest

from analysis.cleaning.corrections import Amendments
from analysis.errors import AnalysisError
from analysis.rules.config import ProjectFile, ReportingFile, SourcesFile, Terms, load_project, load_record
from analysis.rules.documents import Settings
from analysis.rules.methods import PassportFile, Selection
from analysis.rules.office_files import Assumptions, Calendar, Disclosure, Mergers, OwnAssumptions
from analysis.rules.toml_file import ACCEPTED, RulesError, accepted, read_rules
from analysis.starter import NewProject, new_project
from roadmaps import HOUSE

PROJECT = """[project]
City = "Светлый"
publisher = 5
contact = \"\"\"
editions = [2020]
\"\"\"
site_url = ""
editions = [
  2020,
  "2021",
]

[roadmap]
file = 'data\\raw\\r.txt'

[[collection.executor]]
name = "УО"
writings = ["управление"]
basis = "письмо"

[[collection.executor]]
name = "ИМО"
writings = []
"""
SOURCES = """[[source]]
file = "a"
title = "т"
origin = "о"
received = 2023-03-01
sha256 = "0"
licence = ""
kind = "form"

[[source]]
file = "b"
title = "т"
origin = "о"
received = 2023-03-01T10:00:00
sha256 = "0"
licence = ""
kind = "форма"
"""
MODELS = {
    "project.toml": ProjectFile,
    "data/raw/SOURCES.toml": SourcesFile,
    "data/assumptions.toml": Assumptions,
    "data/own_assumptions.toml": OwnAssumptions,
    "data/calendar.toml": Calendar,
    "data/corrections.toml": Amendments,
    "data/disclosure.toml": Disclosure,
    "data/documents.toml": Settings,
    "data/indicators.toml": PassportFile,
    "data/reporting.toml": ReportingFile,
    "data/schools.toml": Mergers,
    "data/selection.toml": Selection,
    "data/terms.toml": Terms,
}


def _faults(read, root, file, text):
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(text, encoding="utf-8")
    with pytest.raises(RulesError) as stopped:
        read(root)
    return stopped.value.faults


def test_all_faults_of_a_file_are_told_at_once_each_with_its_line(tmp_path):
    assert _faults(load_project, tmp_path, "project.toml", PROJECT) == (
        "project.toml, [project]: ключа «City» здесь не бывает. Вероятно, имелось в виду «city». Исправьте его или "
        'уберите. Строка 2. Ключ «publisher»: стоит 5, нужно: текст в кавычках: publisher = "5". Строка 3. Ключ '
        "«editions»: стоит [2020, '2021'], нужен список годов: [2020, 2021]. Строка 8.",
        "project.toml, [roadmap]: ключ «file»: стоит «data\\raw\\r.txt», а пути пишут через «/»: «data/raw/r.txt». "
        "Строка 14. Нет ключа «largest_plausible_count» (целое число). Допишите его. Строка 13.",
        "project.toml, [collection]: нет ключа «municipal» (список в квадратных скобках). Допишите его. Строка 16. Нет "
        "ключа «schools» (текст в кавычках). Допишите его. Строка 16.",
        "project.toml, [[collection.executor]] № 2 (ИМО): ключ «writings»: стоит [], нужны непустые слова в кавычках. "
        "Строка 23. Нет ключа «basis» (текст в кавычках). Допишите его. Строка 21.",
    )


@pytest.mark.parametrize("path", [r"data\raw\r.txt", r"data\news\table.txt"])
def test_a_path_with_backslashes_is_told_as_it_stands_even_where_they_make_other_marks(tmp_path, path):
    text = PROJECT.replace(r"'data\raw\r.txt'", f'"{path}"')
    assert text != PROJECT
    slashed = path.replace("\\", "/")
    assert f"стоит «{path}», а пути пишут через «/»: «{slashed}»" in "".join(
        _faults(load_project, tmp_path, "project.toml", text)
    )


def test_a_moment_is_no_day_and_a_strange_word_is_told_with_the_right_ones(tmp_path):
    (fault,) = _faults(load_record, tmp_path, "data/raw/SOURCES.toml", SOURCES)
    assert fault.startswith("data/raw/SOURCES.toml, [[source]] № 2 (b): ключ «received»: стоит 2023-03-01 10:00:00, ")
    assert "нужно: дата вида 2020-08-25. Строка 14. Ключ «kind»: стоит «форма», нужно одно из: roadmap, " in fault


def test_an_item_of_a_list_is_told_by_its_number(tmp_path):
    text = PROJECT.split("[[")[0] + "[collection]\nmunicipal = ['УО', 5]\nexecutor = [5]\n"
    (fault,) = [one for one in _faults(load_project, tmp_path, "project.toml", text) if "[collection]" in one]
    assert "«municipal», значение № 2: стоит 5, нужно: текст в кавычках. Строка 17." in fault
    assert "«executor» должно быть списком разделов [[executor]]. Строка 18." in fault


def test_entries_that_stand_twice_are_told_by_the_later_one(tmp_path):
    text = SOURCES.replace("T10:00:00", "").replace('"форма"', '"form"').replace('"b"', '"a"')
    faults = _faults(
        load_record, tmp_path, "data/raw/SOURCES.toml", text + '[[taken_back]]\nfile = "c"\ndate = 2023-04-01'
    )
    assert faults == (
        "data/raw/SOURCES.toml, [[source]] № 2 (a): файл a записан дважды. Оставьте одну запись. Строка 11.",
        "data/raw/SOURCES.toml, [[taken_back]] № 1 (c): такой формы, реестра или выгрузки среди [[source]] нет. "
        "Уберите запись. Строка 18.",
    )


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ('project.contact = 5\nproject.city = "г"', 1),
        ('\nproject = {city = "г", contact = 5}', 2),
        ('[project]\r\ncity = "г"\r\n"contact" = 5', 3),
        ('[project]\ncity = """\ncontact = 5\n"""\ncontact = 5', 5),
        ("[project]\n# contact = 5\nsite_url = 'а' # contact = 5\n\ncontact  =  5", 5),
    ],
)
def test_the_line_of_a_key_is_found_however_it_is_written(tmp_path, written, line):
    faults = _faults(load_project, tmp_path, "project.toml", written)
    assert f'ключ «contact»: стоит 5, нужно: текст в кавычках: contact = "5". Строка {line}.' in faults[0].replace(
        "К", "к"
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('city = "Светлый\ncontact = 5', "строка 2, знак 16: запись TOML не читается (не закрыты кавычки)"),
        ('city = """Светлый', "конец файла: запись TOML не читается (не закрыты кавычки)"),
        ("город = 1", "строка 2, знак 1: запись TOML не читается (русское имя ключа берут в кавычки"),
        ("city = Светлый", "строка 2, знак 8: запись TOML не читается (значения нет или оно без кавычек"),
        ("city", "(после ключа нет «=»)"),
        ("city = 1\ncity = 2", "(такой ключ или раздел уже есть)"),
        ("editions = [1", "конец файла: запись TOML не читается (не закрыта скобка"),
        ('file = "data\\school"', "(обратная косая черта в тексте: пишите «/»)"),
        ("city = 1 2", "(после значения стоит лишнее)"),
        ("[[project]", "не закрыта скобка"),
        ("day = 2020-02-31", "(такого дня нет)"),
    ],
)
def test_a_fault_of_writing_is_told_in_russian(tmp_path, written, said):
    (fault,) = _faults(load_project, tmp_path, "project.toml", f"[roadmap]\n{written}")
    assert said in fault
    assert not re.search("[a-z]", re.sub("project.toml|true и false", "", fault))


@pytest.mark.parametrize("begun", [False, True])
def test_what_the_last_build_read_is_taken_without_pydantic_and_is_the_same(tmp_path, begun, monkeypatch):
    begins = new_project(NewProject("город Светлый", "УО", (2023,)))
    texts = {file: begins.get(file) if begun else _of_house(file) for file in MODELS}
    texts = {file: text.encode() if isinstance(text, str) else text for file, text in texts.items() if text is not None}
    assert len(texts) > 8
    texts["project.toml"] = texts["project.toml"].replace(b"editions = [", b"editions = [2026, ")
    texts["data/selection.toml"] = texts["data/selection.toml"].replace(b"threshold = 0.30", b"threshold = 1")
    for file, text in texts.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(text)
    checked = {file: read_rules(tmp_path, file, MODELS[file]) for file in texts}
    (tmp_path / "data/processed").mkdir()
    manifest = json.dumps({ACCEPTED: accepted(tmp_path, list(texts))})
    (tmp_path / "data/processed/manifest.json").write_text(manifest, encoding="utf-8")
    monkeypatch.setattr("analysis.rules.toml_file._validated", None)
    assert repr({file: read_rules(tmp_path, file, MODELS[file]) for file in texts}) == repr(checked)
    (tmp_path / "project.toml").write_bytes(texts["project.toml"] + b"#")
    with pytest.raises(TypeError):
        read_rules(tmp_path, "project.toml", ProjectFile)


def _of_house(file):
    return (HOUSE / file).read_bytes() if (HOUSE / file).is_file() else None


def test_a_missing_file_is_empty_only_where_a_project_may_do_without_it(tmp_path):
    assert read_rules(tmp_path, "data/reporting.toml", ReportingFile) == ReportingFile()
    with pytest.raises(AnalysisError, match="файла нет"):
        load_record(tmp_path)
