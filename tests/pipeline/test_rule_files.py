"""A key that nobody reads, in any file that people write, is named with file, entry and the nearest right one."""

from dataclasses import replace
from datetime import date

import pytest

from analysis.cleaning.corrections import Correction, misdirected
from analysis.contracts.findings import Severity
from analysis.errors import AnalysisError
from analysis.pipeline.check import check_project
from analysis.pipeline.rule_files import broken_rules
from analysis.pipeline.unsettled_facts import undecided_reports
from analysis.rules.config import REPORTING_FILE, Collection, Record, Report, Source, load_project
from analysis.rules.office_files import load_calendar, load_vocabulary
from roadmaps import HOUSE, check, document, project_with, the_blocking

ENTRY = 'file = "data/raw/x.xlsx"\n'
COPIED = ("calendar", "disclosure", "indicators", "selection", "assumptions")
KEYS = [
    ("data/raw/SOURCES.toml", f"[[source]]\n{ENTRY}replace = 'a'", "[[source]] № 2 (data/raw/x.xlsx)", "replaces"),
    ("data/raw/SOURCES.toml", "[[sources]]", "весь файл", "source"),
    ("data/corrections.toml", "[[corection]]", "весь файл", "correction"),
    ("data/corrections.toml", "[[correction]]\nadress = 'A1'", "[[correction]] № 1", "address"),
    ("data/corrections.toml", "[[decision]]\nactivity = '1.1'\nbasiss = ''", "[[decision]] № 1 (1.1)", "basis"),
    ("data/terms.toml", "[[variants]]", "весь файл", "variant"),
    ("data/terms.toml", "[[abbreviation]]\nterm = 'УО'\nbases = ''", "[[abbreviation]] № 1 (УО)", "basis"),
    ("data/reporting.toml", "[[reports]]", "весь файл", "report"),
    ("data/reporting.toml", "[[report]]\nactivity = '1.1'\nshares = 1", "[[report]] № 1 (1.1)", "share"),
    ("data/schools.toml", "[[merge]]", "весь файл", "merged"),
    ("data/schools.toml", "[[merged]]\nlogin = 'edu1'\nin = 'edu2'", "[[merged]] № 1 (edu1)", "into"),
    ("data/documents.toml", "[[attachments]]", "весь файл", "attachment"),
    (
        "data/documents.toml",
        "[[document]]\nkind = 'meeting'\nactivity = []",
        "[[document]] № 1 (meeting)",
        "activities",
    ),
    ("data/calendar.toml", "[[minimum_scores]]", "весь файл", "minimum_score"),
    ("data/calendar.toml", "[[minimum_score]]\nsubject = 'Физика'\nscor = 1", "№ 1 (Физика)", "score"),
    ("data/disclosure.toml", "smalest_count = 7", "[disclosure]", "smallest_count"),
    ("data/assumptions.toml", "[data_ratings]", "весь файл", "data_rating"),
    ("data/assumptions.toml", "[[assumption]]\nid = 'Д-99'\nrule = []", "(Д-99)", "rules"),
    ("data/own_assumptions.toml", "[[assumptions]]", "весь файл", "assumption"),
    ("data/indicators.toml", "[metod]", "весь файл", "method"),
    ("data/selection.toml", "[[rule_sets]]", "весь файл", "rule_set"),
]


@pytest.fixture
def root(tmp_path):
    folder = project_with(tmp_path, document()).root
    for name in COPIED:
        content = (HOUSE / f"data/{name}.toml").read_bytes()
        (folder / f"data/{name}.toml").write_bytes(content)
    assert broken_rules(folder) == []
    return folder


@pytest.mark.parametrize(("file", "more", "place", "near"), KEYS)
def test_a_key_that_nobody_reads(root, file, more, place, near):
    path = root / file
    path.write_text((path.read_text(encoding="utf-8") if path.exists() else "") + f"\n{more}\n", encoding="utf-8")
    (finding,) = broken_rules(root)
    assert finding.file == file
    assert finding.place.endswith(place)
    assert f"здесь не бывает. Вероятно, имелось в виду «{near}»" in finding.explanation
    # The report does not need what is recorded about documents.
    assert finding.severity == (Severity.ATTENTION if "documents" in file else Severity.BLOCKS)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[project]", "[projekt]", "ключа «projekt» здесь не бывает. Вероятно, имелось в виду «project»"),
        ("contact", "invnted = true\ncontact", r"\[project\]: ключа «invnted».*«invented»"),
        ("[roadmap]", "[cuttoff]\n2023 = 2024-02-01\n[roadmap]", "«cuttoff».*«cutoff»"),
        ("[roadmap]", "[collection]\nmunicipal = []\ncompetence = []\n[roadmap]", r"\[collection\].*«competences»"),
    ],
)
def test_a_key_of_the_project_that_nobody_reads(tmp_path, old, new, said):
    path = project_with(tmp_path, document()).root / "project.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(AnalysisError, match=f"project.toml.*{said}"):
        load_project(tmp_path)


def test_every_broken_file_is_named_at_once_and_the_rest_is_read_where_it_can_be(root):
    for name in ("disclosure", "selection"):
        (root / f"data/{name}.toml").write_text("[other]", encoding="utf-8")
    (root / "data/raw/roadmap.txt").write_text(document() + "\n", encoding="utf-8")
    found = check_project(load_project(root)).findings
    assert [(one.rule, one.file) for one in found] == [
        ("rules", "data/disclosure.toml"), ("rules", "data/selection.toml"), ("source", "data/raw/roadmap.txt"),
    ]  # fmt: skip


def test_a_minimum_score_of_no_exam_and_a_subject_without_grades(root):
    calendar = root / "data/calendar.toml"
    before = calendar.read_text(encoding="utf-8")
    minimum = '\n[[minimum_score]]\nprocedure = "ЕГЭ"\ncalendar_year = {}\nsubject = "{}"\nscore = 36\nbasis = "п"\n'
    for year, subject, said in ((2019, "Физика", "2019 года с баллами"), (2021, "Физека", "стоит «Физека», нужно")):
        entry = f"{minimum.format(year, subject)}confirmed = false\n"
        calendar.write_text(before + entry, encoding="utf-8")
        with pytest.raises(AnalysisError, match=said):
            load_vocabulary(root)
    calendar.write_text(before.replace('form_subjects = ["', 'form_subjects = ["Пение", "', 1), encoding="utf-8")
    with pytest.raises(AnalysisError, match="предмета «Пение» нет"):
        load_calendar(root)


REPORT = Report("1.1", 1, ("УО",), "city", None, "Приказ", "аналитик")
COLLECTION = Collection(("УО", "ИМО"), "ОО")


@pytest.mark.parametrize(
    ("one", "value", "said"),
    [
        (replace(REPORT, activity="9.9"), "9.9, показатель 1", "в «дорожной карте» нет"),
        (replace(REPORT, activity="1,2"), "1,2, показатель 1", 'имелось в виду activity = "1.2"'),
        (replace(REPORT, measure=2), "1.1, показатель 2", "У мероприятия 1.1 показатели: 1."),
        (replace(REPORT, reporters=("ИМ0",)), "ИМ0", "УО, ИМО, ОО. Вероятно, имелось в виду «ИМО»"),
        (replace(REPORT, unit="school", share=1), "УО", "одно из: ОО."),
    ],
)
def test_an_entry_that_decides_nothing_is_named(tmp_path, one, value, said):
    measures = check(tmp_path, document()).tables["measures"]
    assert undecided_reports([REPORT], measures, COLLECTION) == []
    (finding,) = undecided_reports([REPORT, one], measures, COLLECTION)
    assert (finding.file, finding.place, finding.value) == (REPORTING_FILE, "[[report]] № 2", value)
    assert said in finding.explanation


@pytest.mark.parametrize(("stands", "written"), [("4.1", 'activity = "4.1" (если в документе 4.10, '), ("4", '"4".')])
def test_a_code_that_stands_as_a_number_is_told_with_its_right_writing(tmp_path, stands, written):
    project = project_with(tmp_path, document())
    (tmp_path / REPORTING_FILE).write_text(f"[[report]]\nactivity = {stands}\nunit = 'city'\n", encoding="utf-8")
    finding = the_blocking(check_project(project))
    assert (finding.file, finding.place) == (REPORTING_FILE, "[[report]] № 1")
    assert written in finding.explanation


def test_a_share_is_of_a_school(tmp_path):
    project = project_with(tmp_path, document())
    entry = 'activity = "1.1"\nmeasure = 1\nreporters = ["УО"]\nunit = "city"\nshare = 5\nbasis = "п"\nwho = "а"\n'
    (tmp_path / REPORTING_FILE).write_text(f"[[report]]\n{entry}", encoding="utf-8")
    finding = the_blocking(check_project(project))
    assert (finding.file, finding.place) == (REPORTING_FILE, "[[report]] № 1 (1.1)")
    assert 'только при unit = "school"' in finding.explanation


def _record(*files, taken_back=()):
    return Record(tuple(Source(one, "", "", date(2022, 1, 1), "", "") for one in files), frozenset(taken_back))


@pytest.mark.parametrize(
    ("file", "said", "to_do"),
    [
        ("data/raw/2021/vpr.xlsx", "выгрузки и реестр", "Удалите запись"),
        ("data/raw/2021/form_У0.xlsx", "Похожий файл: data/raw/2021/form_УО.xlsx", "верните файл и его запись"),
        ("data/raw/gone.docx", "записи о нём в data/raw/SOURCES.toml нет).", "Удалите запись"),
    ],
)
def test_a_correction_of_what_is_not_read_says_what_can_be_done(file, said, to_do):
    one = Correction(file, "лист Лист1, ячейка A1", "1", "2", "опечатка", "аналитик", None)
    read = ["data/raw/2021/form_УО.xlsx"]
    (finding,) = misdirected([one], read, _record(*read, "data/raw/2021/vpr.xlsx"))
    assert said in finding.explanation
    assert to_do in finding.action


def test_a_correction_of_a_file_taken_back_waits_and_stops_nothing():
    file = "data/raw/2021/form_УО_v2.xlsx"
    one = Correction(file, "лист Лист1, ячейка A1", "1", "2", "опечатка", "аналитик", None)
    (finding,) = misdirected([one], [], _record(file, taken_back=[file]))
    assert (finding.severity, "взят назад" in finding.explanation) == (Severity.ATTENTION, True)
