"""The invented project: the same bytes every time, whole, of nobody real, and it says that it is invented."""

import hashlib
import re
import subprocess
import sys

import pypdf
import pytest

from analysis.cli import main
from analysis.contracts.findings import blocking
from analysis.demo.project import write_demo
from analysis.errors import AnalysisError
from analysis.files.storage import read_table
from analysis.pipeline.written import internal_sources
from analysis.rules.config import INVENTED, load_project, load_sources
from office_text import text_of

RECEIVED = (".docx", ".xlsx", ".csv")
# The policy of disclosure and the rules of indicators are any project's, not this town's.
SAYS_NOTHING = (
    *(
        ".gitignore",
        ".css",
        ".lua",
        ".ipynb",
        "README.md",
        "_parts/annual.qmd",
        "_parts/annex.qmd",
        "_parts/method.qmd",
    ),
    *("disclosure.toml", "indicators.toml", "selection.toml", "data/assumptions.toml"),
)
HASH_AGAIN = """
import hashlib
from analysis.demo.project import demo_files
for path, content in sorted(demo_files().items()):
    print(path, hashlib.sha256(content).hexdigest())
"""


def test_another_process_makes_the_same_bytes(files):
    made = subprocess.run([sys.executable, "-c", HASH_AGAIN], capture_output=True, check=True, encoding="utf-8").stdout
    assert made.splitlines() == [
        f"{path} {hashlib.sha256(content).hexdigest()}" for path, content in sorted(files.items())
    ]


def test_nothing_of_the_real_city_is_in_it(files):
    assert [path for path, content in files.items() if "кисловодск" in text_of(content).casefold()] == []


def test_every_file_says_that_it_is_invented(files):
    silent = [path for path, content in files.items() if INVENTED.casefold() not in text_of(content).casefold()]
    assert [path for path in silent if not path.endswith(SAYS_NOTHING) and "/counts_" not in path] == []


def test_every_received_file_is_in_sources_with_its_hash(files, demo):
    sources = load_sources(demo)
    received = {path for path in files if path.startswith("data/raw/") and path.endswith(RECEIVED)}
    assert {source.file for source in sources} == received
    assert {source.title.endswith(INVENTED) for source in sources} == {True}
    assert [one.file for one in sources if hashlib.sha256(files[one.file]).hexdigest() != one.sha256] == []


def test_it_uses_the_whole_grammar_of_values(checked):
    measures, targets = checked.tables["measures"], checked.tables["targets"]
    assert checked.tables["activities"].shape[0] == 20
    assert set(measures["reading"]) == {"flow", "annual", "both_possible", "contradiction"}
    assert set(measures["reading_basis"]) == {"sum", "annual", "yearly_words", "decision", "unsettled"}
    written = " | ".join([*measures["planned_total_text"], *targets["target_text"]])
    for form in ("не менее 12", "1; 4", "1; 2", "1 (раз в год)", "1 (май)"):
        assert form in written
    assert (targets["target_text"] == "").any()
    assert 2 in set(targets["deadline_month"].dropna())


def test_it_has_a_registry_and_forms_of_three_years(checked):
    schools, status, reports = (checked.tables[name] for name in ("schools", "school_status", "reports"))
    assert len(schools) == 18
    assert len(status) == 72
    assert status.loc[status["status"] != "нет", "school_login"].nunique() == 2
    assert set(reports["calendar_year"]) == {2020, 2021, 2022}
    assert schools["pupil_count"].max() == 1024


def test_no_mistake_stops_the_build(checked):
    assert blocking(checked.findings) == []


def test_it_is_written_over_only_by_another_version_of_itself(files, demo, tmp_path):
    assert not write_demo(demo, files)
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "notes.txt").write_text("x")
    with pytest.raises(AnalysisError, match="пустую папку"):
        write_demo(mine, files)
    folder = tmp_path / "earlier"
    write_demo(folder, {**files, "data/terms.toml": b"# old\n"})
    (folder / "notes.txt").write_text("x")
    assert write_demo(folder, files)
    assert (folder / "data/terms.toml").read_bytes() == files["data/terms.toml"]
    assert (folder / "notes.txt").is_file()


def test_an_interrupted_run_is_made_good_by_the_next(files, tmp_path):
    broken = {**files, "data/terms.toml": None}
    with pytest.raises(TypeError):
        write_demo(tmp_path, broken)
    assert write_demo(tmp_path, files)
    assert (tmp_path / "data/terms.toml").read_bytes() == files["data/terms.toml"]


def test_its_statuses_are_of_every_kind(published):
    assert set(read_table(published, "plan_fact")["status"]) == {
        "план не указан",
        "не планировалось",
        "нет сведений",
        "выполнено",
        "на рассмотрении",
        "выполнено частично",
        "сообщено, документов нет",
        "не выполнено",
        "срок не наступил",
    }


def test_its_pages_say_that_it_is_invented(published):
    assert load_project(published).invented
    for page in ("index.html", "2021/annual-report-2021.html", "2021/annex-2021.html"):
        text = (published / "reports/_site" / page).read_text(encoding="utf-8")
        assert re.search(rf'class="subtitle">[^<]*{INVENTED}', text)
        assert re.search(rf"<footer.*{INVENTED}", text, re.DOTALL)
    pages = pypdf.PdfReader(published / "reports/_site/2021/annual-report-2021.pdf").pages
    assert [page.page_number for page in pages if INVENTED not in page.extract_text()] == []


def test_the_forms_that_go_out_say_that_they_are_invented(demo, tmp_path):
    assert main(["--project", str(demo), "forms", "2021", "--output", str(tmp_path)]) == 0
    forms = list(tmp_path.glob("*.xlsx"))
    assert len(forms) > 20
    assert [form.name for form in forms if INVENTED not in text_of(form.read_bytes())] == []


def test_the_internal_report_shows_what_the_public_one_hides(published):
    """The tables are read back from Parquet then, all of them, those that only the office sees included."""
    made = internal_sources(load_project(published), [2022]) / "2022"
    assert (made / "data/tbl-training.csv").is_file()
    assert (made / "data/tbl-thresholds.csv").is_file()
    public = (published / "reports/2021/_content/effectiveness.md").read_text(encoding="utf-8")
    office = (made / "_content/effectiveness.md").read_text(encoding="utf-8")
    assert "скрыто" not in office
    assert ("С учётом всех результатов" in office, "С учётом всех результатов" in public) == (True, False)
