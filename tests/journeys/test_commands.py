"""Whole commands on small real projects, from the raw file to the published site."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pypdf
import pytest
from lxml import html

from roadmaps import FIRST, SECOND, TASK, document, project_with, with_cell

LITERAL = "**x** <script>alert(1)</script> #h $y$ =1+1 @fig-1 a|b `c` {{< z >}} [d](e)"


def _site(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted((folder / "reports/_site").rglob("*"))
        if path.is_file()
    }


def _replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def city(house):
    """A project of another city: three other years, its own document, the same report sources."""
    for year in (2023, 2024):
        (house / f"reports/{year}").mkdir()
        for name in ("annual-report", "annex"):
            source, target = house / f"reports/2021/{name}-2021.qmd", house / f"reports/{year}/{name}-{year}.qmd"
            target.write_text(source.read_text(encoding="utf-8").replace("2021", str(year)), encoding="utf-8")
    for old in (path for year in (2020, 2021, 2022) for path in house.glob(f"reports/{year}/*.qmd")):
        old.unlink()
    quarto = (house / "reports/_quarto.yml").read_text(encoding="utf-8")
    quarto = (
        quarto.replace("2021", "2023").replace("2022/", "2024/").replace("annual-report-2022", "annual-report-2024")
    )
    lines = [line for line in quarto.splitlines() if "2020" not in line or "title" in line]
    (house / "reports/_quarto.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (house / "data/raw/roadmap_2020-2022.txt").unlink()
    return house


def test_check_lists_findings_and_leaves_them(house, run):
    code, out, err = run(house, "check")
    assert code == 0
    assert "ПОСМОТРИТЕ · Итог и годы противоречат друг другу: 2" in out
    assert "останавливают сборку: 0" in out
    full = (house / "output/findings.txt").read_text(encoding="utf-8")
    assert full.count("Повторённая ячейка года") == 8
    assert out.count("строка 22, ячейка 8") == 1


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("indicators", 'kind = "доля"', 'kind = "дола"', "Ключ «kind»: стоит «дола»"),
        ("selection", "threshold = 0.30", "threshold = 30", "Ключ «threshold»"),
    ],
)
def test_a_broken_rule_that_would_stop_a_build_stops_check_and_hides_no_finding(house, run, file, old, new, said):
    rules = house / f"data/{file}.toml"
    rules.write_text(rules.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    code, out, err = run(house, "check")
    assert code == 1
    assert "ПОСМОТРИТЕ · Итог и годы противоречат друг другу: 2" in out
    assert "останавливают сборку: 1" in out
    assert "… ещё 5: см. полный список" in out
    assert err == ""
    first = pd.read_excel(house / "output/findings.xlsx", engine="openpyxl").iloc[0]
    assert (first["Правило"], first["Файл"]) == ("rules", f"data/{file}.toml")
    listed = (house / "output/findings.txt").read_text(encoding="utf-8")
    for place in (out, listed):
        assert said in place


def test_a_blocking_finding_stops_everything_and_nothing_is_written(house, run):
    raw = house / "data/raw/roadmap_2020-2022.txt"
    raw.write_bytes(raw.read_bytes().replace(b"\n4.12", b"\n4.11"))
    code, out, err = run(house, "check")
    assert code == 1
    assert "строка 46; строка 47" in out
    assert "sha256" in out
    code, out, err = run(house, "report", "--engine", "builtin")
    assert code == 1
    assert "Сборка остановлена, ничего не записано." in err
    assert "строка 46; строка 47" in err
    assert not (house / "data/processed").exists()
    assert not (house / "reports/_site").exists()
    assert not (house / "reports/2021/data").exists()


def test_a_later_block_leaves_the_last_good_site(own_published, run):
    assert run(own_published, "report", "2021", "--format", "html", "--engine", "builtin")[0] == 0
    before = _site(own_published)
    _replace(own_published / "data/raw/SOURCES.toml", 'sha256 = "4dc2', 'sha256 = "5dc2')
    code, _, err = run(own_published, "report", "2021", "--format", "html", "--engine", "builtin")
    assert code == 1
    assert "Файл изменился после получения" in err
    assert _site(own_published) == before


def test_a_failing_cell_leaves_the_last_good_site_and_says_where(own_published, run):
    assert run(own_published, "report", "2021", "--format", "html", "--engine", "builtin")[0] == 0
    before = _site(own_published)
    cell = 'place(f"{year}/calendar")'
    _replace(own_published / "reports/_parts/annex.qmd", cell, f"{cell}\nplace(f'{{year}}/nothing')")
    code, _, err = run(own_published, "report", "2021", "--format", "html", "--engine", "builtin")
    assert code == 1
    assert "_parts/annex.qmd" in err
    assert "nothing" in err
    assert _site(own_published) == before


def test_unchanged_work_is_not_redone(own_published, run):
    assert run(own_published, "report", "2021", "--format", "html", "--engine", "builtin")[0] == 0
    times = {path: path.stat().st_mtime_ns for path in own_published.rglob("*.html")}
    code, out, err = run(own_published, "report", "2021", "--format", "html", "--engine", "builtin")
    assert code == 0
    assert "без изменений" in err
    assert "reports/_site/2021/annual-report-2021.html" in out
    assert {path: path.stat().st_mtime_ns for path in own_published.rglob("*.html")} == times


@pytest.mark.parametrize(
    "changed",
    ["project.toml", "data/terms.toml", "data/corrections.toml", "requirements.lock", "data/raw/SOURCES.toml"],
)
def test_every_input_counts(own_published, run, changed):
    assert run(own_published, "build")[0] == 0
    (own_published / changed).write_text(
        (own_published / changed).read_text(encoding="utf-8") + "\n# x\n", encoding="utf-8"
    )
    assert "без изменений" not in run(own_published, "build")[2]


def test_what_was_made_and_is_gone_is_made_again(own_published, run):
    assert run(own_published, "build")[0] == 0
    (own_published / "reports/2021/figures/fig-composition.svg").unlink()
    assert run(own_published, "build")[0] == 0
    assert (own_published / "reports/2021/figures/fig-composition.svg").is_file()


def test_two_builds_in_two_places_give_the_same_bytes(house, published, run):
    assert run(house, "report", "--engine", "builtin")[0] == 0
    assert _site(house) == _site(published)


def test_the_pdf_is_marked_for_readers_of_the_screen(published):
    reader = pypdf.PdfReader(published / "reports/_site/2021/annual-report-2021.pdf")
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("ru")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in root["/Metadata"].get_data()


def test_text_of_a_cell_is_literal_everywhere(city, run):
    rows = (TASK, with_cell(with_cell(FIRST, 1, LITERAL), 7, "=1+1, @fig-1"), with_cell(SECOND, 2, LITERAL))
    project_with(city, document(rows), editions=(2023,))
    assert run(city, "report", "2023", "--engine", "builtin")[0] == 0
    site = city / "reports/_site/2023"
    page = html.parse(site / "annex-2023.html")
    assert [script for script in page.iter("script") if "alert" in (script.text or "")] == []
    cells = [" ".join(cell.text_content().split()) for cell in page.iter("th", "td")]
    assert f"{LITERAL}. Результат: Количество школ" in cells
    assert f"Семинар. Результат: {LITERAL}" in cells
    assert "=1+1, @fig-1" in cells
    pages = pypdf.PdfReader(site / "annex-2023.pdf").pages
    text = re.sub(r"\s|\xad", "", "".join(page.extract_text() for page in pages))  # lines break inside words
    for piece in ("**x**", "<script>", "$y$", "=1+1", "@fig-1", "a|b", "`c`", "{{<"):
        assert piece in text
    word = html.fromstring(zipfile.ZipFile(site / "annex-2023.docx").read("word/document.xml"))
    assert LITERAL in word.text_content()
    assert LITERAL.replace('"', '""') in (site / "data/tbl-targets-1.csv").read_text(encoding="utf-8")


def test_another_city_with_other_years(city, run):
    project_with(city, document(), editions=(2023, 2024))
    assert run(city, "report", "--format", "html", "--engine", "builtin")[0] == 0
    page = html.parse(city / "reports/_site/2024/annex-2024.html").getroot().text_content()
    assert "А.Б. Ветрова" in page
    assert "На 2024 год" in page
    assert "Рыбашапка" not in page


def test_an_edition_without_its_document_is_named(house, run):
    (house / "reports/2021/annual-report-2021.qmd").unlink()
    code, _, err = run(house, "report", "2021", "--engine", "builtin")
    assert code == 1
    assert "annual-report-2021.qmd" in err


def test_years_outside_the_project(house, run):
    code, _, err = run(house, "report", "1999")
    assert code == 1
    assert "1999" in err
    assert "2020, 2021, 2022" in err


def test_no_project_here(tmp_path, monkeypatch, capsys):
    from analysis.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANALYSIS_PROJECT", raising=False)
    assert main(["check"]) == 1
    assert "project.toml не найден" in capsys.readouterr().err


def test_a_read_only_project_gets_a_sentence(house, run):
    if os.geteuid() == 0:
        (house / "output").write_text("здесь файл, а не папка")
    else:
        house.chmod(0o555)
    code, out, err = run(house, "check")
    assert code == 1
    assert "Всего замечаний: 28, останавливают сборку: 0." in out
    assert err.startswith("Ошибка: ")


@pytest.mark.parametrize(("wrong", "code"), [(["--format", "odt"], 2), (["--engine", "latex"], 2), (["20x1"], 2)])
def test_wrong_usage(wrong, code):
    done = subprocess.run([sys.executable, "-m", "analysis", "report", *wrong], capture_output=True, text=True)
    assert done.returncode == code
    assert "Использование: analysis report" in done.stderr


def test_help_has_examples_and_loads_nothing_heavy():
    code = (
        "import sys\nfrom analysis.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'pandas', 'pandera', 'pydantic', 'matplotlib', 'IPython', 'typst', 'lxml', 'yaml'}\n"
        "heavy &= set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path.cwd())
    assert done.returncode == 0, done.stderr
    assert "analysis report 2021 --format pdf" in done.stdout


def test_nothing_changed_loads_nothing_heavy(own_published, run):
    assert run(own_published, "report", "2021", "--format", "html", "--engine", "builtin")[0] == 0
    at = str(own_published)
    code = (
        f"import sys\nfrom analysis.cli import main\n"
        f"code = main(['--project', {at!r}, 'report', '2021', '--format', 'html', '--engine', 'builtin'])\n"
        "heavy = {'numpy', 'pyarrow', 'pandas', 'pandera', 'matplotlib', 'IPython', 'typst', 'pydantic'}\n"
        "heavy &= set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_what_goes_out_is_checked_without_solvers():
    code = (
        "import sys, analysis.pipeline.audit\n"
        "from analysis.contracts.effectiveness import GROUP_TABLES\n"
        "assert all(len(one.to_schema().columns) for one in GROUP_TABLES.values())\n"
        "sys.exit('scipy.optimize' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_only_the_asked_edition_is_built_and_the_others_later(house, run):
    html_of = ("--format", "html", "--engine", "builtin")
    assert run(house, "report", "2021", *html_of)[0] == 0
    assert (house / "reports/2021/figures/fig-composition.svg").is_file()
    assert not (house / "reports/2020/figures").exists()
    assert run(house, "report", "2020", *html_of)[0] == 0
    assert "без изменений" in run(house, "report", "2021", *html_of)[2]
    (house / "data/terms.toml").write_text("# x\n", encoding="utf-8")
    assert run(house, "report", "2021", *html_of)[0] == 0
    assert "Собрано" in run(house, "report", "2020", *html_of)[2]


def test_a_reader_who_leaves_early_hears_nothing(tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "analysis", "new", str(tmp_path / "city")]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)

    assert done.stderr == ""
    assert (tmp_path / "city/project.toml").exists()


def test_a_command_whose_output_is_closed_does_its_work(tmp_path):
    command = f"exec {sys.executable} -m analysis new {tmp_path / 'city'} >&-"
    done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "city/project.toml").exists()


def test_a_list_that_is_open_elsewhere_is_named_by_its_own_name(house, run, monkeypatch):
    def held(draft, target):
        raise PermissionError(13, "Отказано в доступе", str(draft), 32, str(target))

    monkeypatch.setattr(Path, "replace", held)
    code, _, err = run(house, "check")
    assert code == 1
    assert f"{house / 'output/findings.txt'}: Отказано в доступе. Закройте файл" in err
