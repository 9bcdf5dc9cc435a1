"""Every fault of a file that people write names the file, the key and what was expected."""

import pytest

from analysis.errors import AnalysisError
from analysis.rules.config import Abbreviation, Slip, Variant, find_project, load_project, load_sources, load_terms
from roadmaps import document, project_with

GOOD = """[project]
city = "Светлый"
publisher = "УО"
contact = ""
site_url = ""
editions = [2024, 2023, 2023]
[roadmap]
file = "data/raw/r.txt"
largest_plausible_count = 500
"""


def test_a_project(tmp_path):
    (tmp_path / "project.toml").write_text(GOOD, encoding="utf-8-sig")
    project = load_project(tmp_path)
    assert project.editions == (2023, 2024)
    assert (project.city, project.roadmap_file, project.largest_plausible_count) == ("Светлый", "data/raw/r.txt", 500)


@pytest.mark.parametrize(
    "key", ["city", "publisher", "contact", "site_url", "editions", "file", "largest_plausible_count"]
)
def test_a_missing_key(key, tmp_path):
    lines = [line for line in GOOD.splitlines() if not line.startswith(key)]
    (tmp_path / "project.toml").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(AnalysisError, match=rf"project.toml, \[\w+\]: нет ключа «{key}»"):
        load_project(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"Светлый"', "5", '«city»: стоит 5, нужно: текст в кавычках: city = "5"'),
        ("500", '"много"', "«largest_plausible_count»: стоит 'много', нужно: целое число"),
        ("500", "true", "«largest_plausible_count»: стоит True, нужно: целое число"),
        ("[2024, 2023, 2023]", "2023", "«editions»: стоит 2023, нужно: список"),
        ("[2024, 2023, 2023]", "[]", "«editions»: стоит .*список годов"),
        ("[2024, 2023, 2023]", '["2023"]', "«editions»: стоит .*список годов"),
        ("[2024, 2023, 2023]", "[23]", "«editions»: стоит .*список годов"),
        ("[roadmap]", "[road]", "ключа «road» здесь не бывает. Вероятно, имелось в виду «roadmap»"),
        ("data/raw/r.txt", r"data\\raw\\r.txt", "пути пишут через «/»: «data/raw/r.txt»"),
        ("[roadmap]", "[roadmap", "строка 7, знак 9: запись TOML не читается"),
    ],
)
def test_a_wrong_value(old, new, message, tmp_path):
    (tmp_path / "project.toml").write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(AnalysisError, match=f"project.toml.*: .*{message}"):
        load_project(tmp_path)


def test_not_utf8_and_not_there_and_no_file(tmp_path):
    with pytest.raises(AnalysisError, match="project.toml: файла нет"):
        load_project(tmp_path)
    (tmp_path / "project.toml").write_bytes(GOOD.encode("cp1251"))
    with pytest.raises(AnalysisError, match="не в кодировке UTF-8"):
        load_project(tmp_path)
    (tmp_path / "project.toml").unlink()
    (tmp_path / "project.toml").mkdir()
    with pytest.raises(AnalysisError, match="файл не открывается"):
        load_project(tmp_path)


def test_a_project_is_found_upwards(tmp_path, monkeypatch):
    monkeypatch.delenv("ANALYSIS_PROJECT", raising=False)
    (tmp_path / "project.toml").write_text(GOOD, encoding="utf-8")
    below = tmp_path / "data/raw"
    below.mkdir(parents=True)
    assert find_project(below) == tmp_path
    monkeypatch.chdir(below)
    assert find_project() == tmp_path
    monkeypatch.setenv("ANALYSIS_PROJECT", str(below))
    assert find_project() == below
    assert find_project(tmp_path) == tmp_path


def test_no_project_upwards(tmp_path):
    with pytest.raises(AnalysisError, match="project.toml не найден"):
        find_project(tmp_path)


# ── SOURCES.toml ──


def test_sources(tmp_path):
    (source,) = load_sources(project_with(tmp_path, document()).root)
    assert (source.file, source.received.isoformat()) == ("data/raw/roadmap.txt", "2023-03-01")


@pytest.mark.parametrize("key", ["file", "title", "origin", "received", "sha256", "licence"])
def test_a_source_lacks_a_key(key, tmp_path):
    project_with(tmp_path, document())
    path = tmp_path / "data/raw/SOURCES.toml"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith(key)]
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(AnalysisError, match=rf"SOURCES.toml, \[\[source\]\] № 1.*: нет ключа «{key}»"):
        load_sources(tmp_path)


def test_a_date_of_receipt_is_no_text(tmp_path):
    project_with(tmp_path, document())
    path = tmp_path / "data/raw/SOURCES.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("2023-03-01", '"2023-03-01"'), encoding="utf-8")
    with pytest.raises(AnalysisError, match="«received».*дата вида"):
        load_sources(tmp_path)


# ── terms.toml ──


def terms_of(folder, text):
    (folder / "data").mkdir()
    (folder / "data/terms.toml").write_text(text, encoding="utf-8")
    return load_terms(folder)


def test_terms(tmp_path):
    terms = terms_of(
        tmp_path,
        '[[abbreviation]]\nterm = "УО"\nexpansion = "управление"\nbasis = "гриф"\n'
        '[[variant]]\nmeaning = "школы"\nwritings = ["ПНОР", "ШНОР"]\n'
        '[[slip]]\ntext = "мастера"\nsuggestion = "мастерства"\n',
    )
    assert terms.abbreviations == (Abbreviation("УО", "управление", "гриф"),)
    assert terms.variants == (Variant("школы", ("ПНОР", "ШНОР")),)
    assert terms.slips == (Slip("мастера", "мастерства"),)


def test_a_project_may_have_no_terms(tmp_path):
    terms = load_terms(tmp_path)
    assert (terms.abbreviations, terms.variants, terms.slips) == ((), (), ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[variant]]\nmeaning = "ш"\nwritings = []', "№ 1 .ш.: ключ «writings».*непустые слова"),
        ('[[variant]]\nmeaning = "ш"\nwritings = ["ПНОР", 5]', "№ 1 .ш.: ключ «writings».*непустые слова"),
        ('[[variant]]\nmeaning = "ш"\nwritings = "ПНОР"', "№ 1 .ш.: ключ «writings».*список"),
        ('[[slip]]\ntext = ""\nsuggestion = "м"', "№ 1: ключ «text».*непустые слова"),
        ('[[abbreviation]]\nterm = "УО"', "№ 1 .УО.: нет ключа «expansion»"),
        ("slip = 5", "списком разделов"),
        ('[slip]\ntext = "a"', "списком разделов"),
    ],
)
def test_a_faulty_term(text, message, tmp_path):
    with pytest.raises(AnalysisError, match=f"data/terms.toml.*{message}"):
        terms_of(tmp_path, text)
