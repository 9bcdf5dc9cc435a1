"""Runs after runs: what is made again, what stays, what is withdrawn, and that nothing good is ever lost."""

import atexit
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from analysis import publishing
from analysis.errors import AnalysisError
from analysis.files.storage import only_one_at_work
from analysis.publishing import PublishingError, Request, engines, publish
from analysis.publishing.engines import AT_WORK
from analysis.publishing.state import Plan

from .conftest import DOCUMENTS, Heard, files, make_project, run, write

INDEX, E2020, E2021 = DOCUMENTS
PAGE = "2021/annual-report-2021.html"
PDF = "2021/annual-report-2021.pdf"
UNCHANGED = ["отчёты без изменений"]


def _change(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def _made(said: list[str]) -> set[str]:
    return {line.removeprefix(f"{AT_WORK}: ") for line in said if line.endswith(".qmd")}


def test_the_same_input_gives_the_same_bytes_elsewhere_and_later(site: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("LC_ALL", "C")
    reports = make_project(tmp_path / "другая папка")
    for path in reports.rglob("*"):
        os.utime(path, (1, 1))
    run(reports)
    assert files(reports / "_site") == files(site)


def test_nothing_is_made_again_while_nothing_changes(reports: Path):
    run(reports)
    before = {path: path.stat().st_mtime_ns for path in (reports / "_site").rglob("*")}
    assert run(reports) == UNCHANGED
    assert run(reports, [E2021], ["pdf"]) == UNCHANGED
    assert {path: path.stat().st_mtime_ns for path in (reports / "_site").rglob("*")} == before


@pytest.mark.parametrize(
    ("changed", "made"),
    [
        ("_parts/annual.qmd", {INDEX, E2020, E2021}),
        ("styles.css", {INDEX, E2020, E2021}),
        ("_quarto.yml", {INDEX, E2020, E2021}),
        ("2021/_content/plan.md", {INDEX, E2021}),
        ("2021/figures/plan.svg", {INDEX, E2021}),
        ("2021/data/plan.csv", {INDEX, E2021}),
    ],
)
def test_one_byte_of_a_source_makes_again_what_rests_on_it(reports: Path, changed: str, made: set[str]):
    run(reports, formats=["html"])
    _change(reports / changed)
    assert _made(run(reports, formats=["html"])) == made


def test_the_shells_of_cells_leave_nothing_to_do_when_the_program_ends(reports: Path, monkeypatch):
    begun, ended = [], []
    monkeypatch.setattr(atexit, "register", begun.append)
    monkeypatch.setattr(atexit, "unregister", ended.append)
    run(reports, formats=["html"])
    shells = [one for one in begun if one.__name__ == "atexit_operations"]
    assert len(shells) == len(DOCUMENTS) - 1, "the index runs no cells"
    assert shells == [one for one in ended if one in shells]


def test_the_code_counts_as_a_source(reports: Path, code: Path):
    run(reports, formats=["html"])
    write(code / "module.py", "x = 1")
    assert _made(run(reports, formats=["html"])) == set(DOCUMENTS)


def test_the_lock_and_the_date_count_as_sources(reports: Path):
    run(reports, formats=["html"])
    write(reports.parent / "requirements.lock", "pandas==3")
    assert _made(run(reports, formats=["html"])) == set(DOCUMENTS)
    said: list[str] = []
    publish(reports, Request([INDEX], ["html"], "builtin", date(2024, 1, 31)), progress=Heard(said.append))
    assert _made(said) == {INDEX}


@pytest.mark.parametrize("name", [PAGE, "2021/figures/plan.svg", "2021/data/plan.csv", "2021/annual-report-2021.docx"])
@pytest.mark.parametrize("damage", [_change, Path.unlink])
def test_a_damaged_or_lost_file_of_the_site_is_made_again(reports: Path, name: str, damage):
    run(reports)
    before = files(reports / "_site")
    damage(reports / "_site" / name)
    assert _made(run(reports)) == {E2021}
    assert files(reports / "_site") == before


def test_damage_to_a_fresh_edition_is_mended_even_if_another_was_asked_for(reports: Path):
    run(reports)
    before = files(reports / "_site")
    (reports / "_site" / "2020" / "data" / "plan.csv").unlink()
    assert _made(run(reports, [E2021])) == {E2020}
    assert files(reports / "_site") == before


def test_other_editions_stay_as_they_are(reports: Path):
    run(reports)
    before = files(reports / "_site")
    _change(reports / "_parts" / "annual.qmd")
    _change(reports / "_site" / "2020" / "data" / "plan.csv")  # even a damaged file: nobody asked for 2020
    run(reports, [E2021])
    after = files(reports / "_site")
    assert {name for name in before if name.startswith("2020/")} <= set(after)
    assert after["2020/annual-report-2020.html"] == before["2020/annual-report-2020.html"]


def test_a_lost_file_of_a_stale_edition_does_not_stop_another(reports: Path):
    run(reports)
    _change(reports / "_parts" / "annual.qmd")
    (reports / "_site" / "2020" / "data" / "plan.csv").unlink()
    assert _made(run(reports, [E2021])) == {E2021}


def test_a_fresh_format_nobody_asked_for_stays(reports: Path):
    run(reports)
    before = files(reports / "_site")
    (reports / "_site" / PAGE).unlink()
    run(reports, [E2021], ["html"])
    assert files(reports / "_site") == before


def test_a_stale_format_nobody_asked_for_is_withdrawn_and_said_so(reports: Path):
    run(reports)
    _change(reports / "2021" / "_content" / "plan.md")
    said = run(reports, [INDEX, E2021], ["html"])
    assert [line.split(":")[0] for line in said if "снято" in line] == ["2021/annual-report-2021.docx", PDF]
    assert not (reports / "_site" / PDF).exists()
    assert (reports / "_site" / "2020" / "annual-report-2020.pdf").exists()


def test_a_link_to_what_is_not_made_is_plain_text_until_it_is(reports: Path):
    run(reports, [INDEX, E2021], ["html"])
    index = reports / "_site" / "index.html"
    assert '<a href="2021/annual-report-2021.html">2021 год</a>: PDF, DOCX' in index.read_text(encoding="utf-8")
    assert "Другие форматы" not in (reports / "_site" / PAGE).read_text(encoding="utf-8")
    run(reports, [E2021], ["pdf"])
    assert '<a href="2021/annual-report-2021.pdf">PDF</a>, DOCX' in index.read_text(encoding="utf-8")
    assert '<a href="annual-report-2021.pdf">PDF</a>' in (reports / "_site" / PAGE).read_text(encoding="utf-8")


def test_a_page_is_made_again_only_for_papers_that_it_names(reports: Path):
    write(reports / "2021/_content/summary.md", "[бумага](../2020/annual-report-2020.pdf) @tbl-more")
    run(reports)
    _change(reports / "2021/_content/plan.md")
    assert _made(run(reports, formats=["html"])) == {INDEX, E2021}
    _change(reports / "2020/_content/plan.md")
    assert _made(run(reports, [E2020], ["html"])) == {E2020, E2021}
    assert ">бумага</a>" not in (reports / "_site" / PAGE).read_text(encoding="utf-8")
    run(reports, [E2020], ["pdf"])
    assert ">бумага</a>" in (reports / "_site" / PAGE).read_text(encoding="utf-8")


def test_an_edition_whose_source_is_gone_leaves_the_site(reports: Path):
    run(reports, formats=["html"])
    (reports / E2020).unlink()
    write(reports / INDEX, "---\ntitle: Отчёты\nformat: html\n---\n")
    write(reports / "2021" / "_content" / "summary.md", "@tbl-more")
    run(reports, [INDEX, E2021], ["html"])
    assert not (reports / "_site" / "2020").exists()
    assert "annual-report-2020.html" not in (reports / "_site" / "index.html").read_text(encoding="utf-8")


def _assert_untouched(reports: Path, before: dict[str, bytes]) -> None:
    assert files(reports / "_site") == before
    assert sorted(path.name for path in reports.parent.iterdir()) == ["reports"]


@pytest.fixture
def published(reports: Path) -> Path:
    run(reports, formats=["html"])
    return reports


def test_after_a_failing_cell_the_last_good_site_stays(published: Path):
    before = files(published / "_site")
    write(published / "2021" / "_content" / "plan.md", "@tbl-нет")
    with pytest.raises(PublishingError):
        run(published)
    _assert_untouched(published, before)


def test_after_a_full_disk_the_last_good_site_stays(published: Path, monkeypatch: pytest.MonkeyPatch):
    before = files(published / "_site")
    _change(published / "styles.css")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("analysis.publishing.replace_folder", full)
    with pytest.raises(PublishingError, match="Прежний сайт остался на месте"):
        run(published, formats=["html"])
    _assert_untouched(published, before)


def test_a_full_disk_while_copying_is_told_in_one_line(published: Path, monkeypatch: pytest.MonkeyPatch):
    def full(source: object, target: object, **_: object) -> None:
        raise shutil.Error([(f"/from/{number}", f"/to/{number}", "No space left on device") for number in range(900)])

    monkeypatch.setattr("analysis.publishing.shutil.copytree", full)
    _change(published / "styles.css")
    with pytest.raises(PublishingError) as raised:
        run(published, formats=["html"])
    assert "No space left on device. Прежний сайт остался на месте" in str(raised.value)
    assert "/from/" not in str(raised.value)


def test_after_a_kill_the_last_good_site_stays_and_the_next_run_cleans_up(published: Path):
    before = files(published / "_site")
    kill = "```{python}\nimport os\nos._exit(9)\n```\n"
    edition = (published / E2021).read_text(encoding="utf-8")
    write(published / E2021, edition + kill)
    code = (
        "import sys\nfrom datetime import date\nfrom pathlib import Path\n"
        "from analysis.files.memory import SILENT\n"
        "from analysis.publishing import Request, publish\n"
        f"request = Request(['{E2021}'], ['html'], 'builtin', date(2023, 1, 31)); "
        "publish(Path(sys.argv[1]), request, progress=SILENT)"
    )
    assert subprocess.run([sys.executable, "-c", code, published], capture_output=True).returncode == 9
    assert files(published / "_site") == before
    assert list(published.parent.glob(".reports-staging-*"))
    write(published / E2021, edition)
    assert run(published, formats=["html"]) == UNCHANGED
    _assert_untouched(published, before)


def test_two_runs_at_once_do_not_meet(published: Path):
    with only_one_at_work(published / "_site.lock"), pytest.raises(AnalysisError, match="другой запуск"):
        run(published)


def test_cells_leave_nothing_behind_in_this_process(published: Path):
    main, folder, path = sys.modules["__main__"], Path.cwd(), list(sys.path)
    _change(published / "styles.css")
    run(published, formats=["html"])
    assert sys.modules["__main__"] is main
    assert Path.cwd() == folder
    assert sys.path == path


def test_each_document_has_a_namespace_of_its_own(reports: Path):
    write(reports / E2021, "---\ntitle: а\n---\n\n`{python} year`\n")
    with pytest.raises(PublishingError, match="name 'year' is not defined"):
        run(reports, [E2020, E2021], ["html"])


def test_cells_run_once_for_all_formats(reports: Path):
    log = reports.parent / "log.txt"
    cell = f"```{{python}}\n#| include: false\nwith open({str(log)!r}, 'a') as file:\n    file.write('+')\n```\n"
    write(reports / E2021, "---\ntitle: а\n---\n\n" + cell)
    run(reports, [E2021])
    assert log.read_text() == "+"


@pytest.mark.parametrize(
    ("version", "words"),
    [
        (None, "программы quarto нет"),
        ("1.8.27", "найден Quarto 1.8.27"),
        ("1.11.0", "не хватает пакетов Python: no_such_package"),
    ],
)
def test_without_a_usable_quarto(reports: Path, tmp_path: Path, monkeypatch, version: str | None, words: str):
    if version:
        program = tmp_path / "bin" / "quarto"
        write(program, f"#!/bin/sh\necho {version}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/bin")
    monkeypatch.setattr("analysis.publishing.engines._QUARTO_PACKAGES", ("no_such_package",))
    with pytest.raises(PublishingError, match=words):
        run(reports, engine="quarto")
    said = run(reports, [INDEX], ["html"], engine="auto")
    assert any(words in line and "встроенный" in line for line in said)


def test_quarto_is_not_asked_for_what_the_project_file_leaves_out(reports: Path, tmp_path: Path):
    settings = reports / "_quarto.yml"
    plan = Plan({}, frozenset(), frozenset(), ("2021/annual-report-2021.qmd", "2021/meeting.qmd"))

    def render() -> object:
        job = engines.Job(plan, date(2023, 1, 31), Heard(), lambda: None, reports)
        return engines.render_by_quarto("no-such-program", reports, tmp_path, job)

    assert render() == {}
    listed = settings.read_text(encoding="utf-8")
    assert "20*/[!_]*.qmd" in listed
    settings.write_text(listed.replace("20*/[!_]*.qmd", "20*/annual-report-*.qmd"), encoding="utf-8")
    with pytest.raises(PublishingError, match="ключ render не называет 2021/meeting.qmd"):
        render()


def test_papers_alone_take_no_other_file_of_quartos_site(tmp_path: Path):
    for name in ("2021/a.pdf", "2021/added/1.png"):
        write(tmp_path / "_site" / name, "а")
    plan = Plan({"2021/a.pdf": ""}, frozenset(), frozenset(), ())
    assert engines._take(tmp_path / "_site", tmp_path / "new", plan) == {"2021/a.pdf": ["2021/a.pdf"]}
    assert files(tmp_path / "new").keys() == {"2021/a.pdf"}


def test_a_project_of_an_older_version_is_told_which_file_it_lacks(reports: Path):
    (reports / "_assets/paper.lua").unlink()
    with pytest.raises(PublishingError, match="reports/_assets/paper.lua: нет файла. Скопируйте"):
        run(reports, [E2021], ["pdf"])


def test_what_is_placed_from_another_year_makes_a_report_stale(reports: Path):
    own, alone = "2021/meeting.qmd", "2021/alone.qmd"
    cell = '```{{python}}\n#| output: asis\nprint(open("{}/_content/more.md").read())\n```\n'
    for name, folder in ((own, "../2020"), (alone, ".")):
        write(reports / name, f"---\ntitle: а\n---\n\n{cell.format(folder)}")
    for year in ("2020", "2021"):
        write(reports / year / "_content/more.md", f"Слова {year} года.")
    assert _made(run(reports, [own, alone], ["html"])) == {own, alone}
    _change(reports / "2020/_content/more.md")
    assert _made(run(reports, [own, alone], ["html"])) == {own}


@pytest.mark.parametrize("has_links", [True, False])
def test_what_a_build_has_made_is_linked_where_the_disk_has_links(reports: Path, monkeypatch, has_links: bool):
    def refused(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    if not has_links:
        monkeypatch.setattr("os.link", refused)
    made, written = reports / "2021/data/plan.csv", reports / E2021
    for source in (made, written):
        publishing._take_along(reports, str(source), f"{source}.copy")
        assert Path(f"{source}.copy").read_bytes() == source.read_bytes()
    assert [one.stat().st_nlink for one in (made, written)] == [1 + has_links, 1]
