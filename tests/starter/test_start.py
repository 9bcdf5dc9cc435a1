"""A new project for any city: whole, of that city only, and ready for its own roadmap."""

import hashlib
import io
import zipfile

import pytest

from analysis.cli import main
from analysis.errors import AnalysisError
from analysis.pipeline.rule_files import names_to_fill_in
from analysis.rules.config import TO_FILL_IN, load_project, load_reporting, load_sources, load_terms
from analysis.rules.office_files import CALENDAR_FILE, load_calendar, load_vocabulary
from analysis.starter import NewProject, new_project, report_sources
from roadmaps import FIRST, HOUSE, SECOND, TASK, document

REAL_CITY = ("кисловодск", "2020", "2021", "2022")
BEGINNING = NewProject("город Светлый", "Управление образования города Светлого", (2023, 2024, 2025))


def _unpacked(content: bytes) -> bytes:
    """A file as text; an Office file with its parts unpacked."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return b"\n".join(package.read(name) for name in package.namelist())


@pytest.fixture
def city(tmp_path, capsys):
    """A project started from the command line, and what the command said."""
    folder = tmp_path / "city"
    asked = ["new", str(folder), "--city", BEGINNING.city, "--publisher", BEGINNING.publisher, "--years", "2023-2025"]
    assert main(asked) == 0
    return folder, capsys.readouterr().out


@pytest.mark.parametrize("path", sorted(new_project(BEGINNING)))
def test_nothing_of_the_real_city_is_left(path):
    text = _unpacked(new_project(BEGINNING)[path]).decode("utf-8", errors="ignore").casefold()
    words = REAL_CITY[:1] if path.endswith((".docx", ".css", ".toml")) else REAL_CITY
    assert [word for word in words if word in text] == []


@pytest.mark.parametrize(
    ("years", "kept"), [((2023, 2024, 2025), {2022}), ((2021, 2022), {2020, 2021, 2022}), ((2030,), set())]
)
def test_the_calendar_holds_the_years_of_the_editions_and_the_one_before(tmp_path, years, kept):
    (tmp_path / "data").mkdir()
    files = report_sources(NewProject("город Светлый", "УО", years))
    (tmp_path / CALENDAR_FILE).write_bytes(files[CALENDAR_FILE])
    calendar = load_calendar(tmp_path)
    shipped = [one for one in load_calendar(HOUSE) if one.calendar_year in kept]
    assert list(calendar) == shipped
    assert {one.calendar_year for one in calendar} == kept
    assert load_vocabulary(tmp_path).subject("РУ") == "Русский язык"


def test_the_subtitle_says_no_more_than_is_known_of_the_document():
    page = new_project(BEGINNING)["reports/2024/annual-report-2024.qmd"].decode()
    assert '\nsubtitle: "Дорожная карта, 2023–2025"\n' in page


def test_its_settings_can_be_read(city):
    folder, _ = city
    project = load_project(folder)
    assert (project.city, project.publisher, project.editions) == (
        BEGINNING.city,
        BEGINNING.publisher,
        (2023, 2024, 2025),
    )
    assert project.collection is not None
    assert project.collection.municipal == ("УО", "ИМО")
    assert not project.invented
    assert load_sources(folder) == ()
    assert load_reporting(folder) == ()
    assert load_terms(folder).abbreviations == ()


def test_the_commented_samples_are_right_once_uncommented(tmp_path):
    """What stands behind «# » in the samples is TOML that the readers take."""
    import tomllib

    for name in (
        "data/raw/SOURCES.toml",
        "data/corrections.toml",
        "data/terms.toml",
        "data/reporting.toml",
        "data/schools.toml",
    ):
        lines = new_project(BEGINNING)[name].decode().splitlines()
        sample = [
            line.removeprefix("# ")
            for line in lines
            if line.startswith(("# [[", "# ")) and ("= " in line or "[[" in line)
        ]
        values = [line.split("   ")[0].rstrip() for line in sample]
        assert tomllib.loads("\n".join(values)), name


def test_a_folder_that_holds_something_is_refused(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("x")
    assert main(["new", str(tmp_path)]) == 1
    assert "новую или пустую папку" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_it_says_what_to_do_next_and_what_was_not_named(tmp_path, city, capsys):
    _, said = city
    assert "data/raw" in said
    assert "check" in said
    assert "forms 2023 —" in said
    assert "ключ default" in said
    assert "не названы" not in said
    assert main(["new", str(tmp_path / "unnamed")]) == 0
    assert "не названы" in capsys.readouterr().out


def test_without_a_roadmap_check_says_so_in_one_sentence(city, capsys):
    folder, _ = city
    assert main(["--project", str(folder), "check"]) == 1
    said = capsys.readouterr().err
    assert "data/raw/roadmap.docx" in said
    assert "положите документ в data/raw" in said
    assert len(said.strip().splitlines()) == 1


def test_an_installation_without_report_sources_is_named(tmp_path):
    with pytest.raises(AnalysisError, match="нет исходных файлов отчёта"):
        report_sources(BEGINNING, tmp_path)


@pytest.mark.parametrize("years", ["2025-2023", "23-25", "x"])
def test_years_that_are_none_are_refused(tmp_path, years, capsys):
    with pytest.raises(SystemExit):
        main(["new", str(tmp_path / "city"), "--years", years])
    assert "2023-2025" in capsys.readouterr().err


def test_a_roadmap_put_in_as_the_readme_says_is_published(city, capsys):
    folder, _ = city
    content = document((TASK, FIRST, SECOND)).encode()
    (folder / "data/raw/roadmap.txt").write_bytes(content)
    config = folder / "project.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("roadmap.docx", "roadmap.txt"), encoding="utf-8")
    assert main(["--project", str(folder), "check"]) == 1
    assert "SOURCES.toml" in capsys.readouterr().out
    stanza = (folder / "output/findings.txt").read_text(encoding="utf-8")
    entry = "\n".join(line.strip() for line in stanza[stanza.rindex("[[source]]") :].split("\n\n")[0].splitlines())
    assert hashlib.sha256(content).hexdigest() in entry
    entry = entry.replace('received = ""', "received = 2023-02-01")
    sources = folder / "data/raw/SOURCES.toml"
    sources.write_text(sources.read_text(encoding="utf-8") + entry + "\n", encoding="utf-8")
    assert main(["--project", str(folder), "check"]) == 0
    assert main(["--project", str(folder), "report", "--engine", "builtin", "--format", "html"]) == 0
    page = (folder / "reports/_site/2023/annual-report-2023.html").read_text(encoding="utf-8")
    assert BEGINNING.publisher in page
    assert "исловодск" not in page
    assert "Светлый" in (folder / "reports/_site/index.html").read_text(encoding="utf-8")


# ── a project that begins with its document ──


ROADMAP = document()


def _new_from(folder, name="План города.txt", content=ROADMAP, *more):
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return main(["new", str(folder / "city"), "--roadmap", str(folder / name), *more])


def test_a_project_begins_with_its_document(tmp_path, capsys):
    assert _new_from(tmp_path) == 0
    said, city = capsys.readouterr().out, tmp_path / "city"
    project = load_project(city)
    assert (project.city, project.publisher) == ("город Светлый", "Управление образования города Светлого")
    assert project.editions == (2023, 2024, 2025)
    assert project.collection.municipal == ("УО", "ИМО")
    (source,) = load_sources(city)
    assert (city / source.file).read_bytes() == ROADMAP.encode()
    assert source.sha256 == hashlib.sha256(ROADMAP.encode()).hexdigest()
    assert source.title == "«Дорожная карта» поддержки школ в 2023-2025 гг."
    for words in ("город: город Светлый — строка 2: «города Светлого»", "показателей прочитано: 2", "report"):
        assert words in said
    assert (city / "output/findings.txt").is_file()


def test_what_is_given_goes_before_the_document(tmp_path, capsys):
    untitled = ROADMAP.replace(" в 2023-2025 гг.", "")
    given = ("--city", "село Горное", "--publisher", "Отдел", "--years", "2023-2025", "--title", "План Горного")
    assert _new_from(tmp_path, "plan.txt", untitled, *given, "--origin", "Письмо № 1") == 0
    project = load_project(tmp_path / "city")
    assert (project.city, project.publisher, project.period) == ("село Горное", "Отдел", (2023, 2025))
    assert project.stated == {"title": "План Горного"}
    assert load_sources(tmp_path / "city")[0].origin == "Письмо № 1"


def test_a_name_that_is_not_filled_in_is_asked_for_until_it_is(tmp_path, capsys):
    document = ROADMAP.replace("Управления образования города Светлого", "администрации").replace("Светлого", "")
    assert _new_from(tmp_path, "plan.txt", document) == 0
    city = tmp_path / "city"
    asked = [one for one in names_to_fill_in(city) if one.file == "reports/_quarto.yml"]
    assert [TO_FILL_IN in one.value for one in asked] == [True]
    for file in {one.file for one in names_to_fill_in(city)}:
        text = (city / file).read_text(encoding="utf-8")
        (city / file).write_text(text.replace(TO_FILL_IN, "Светлый"), encoding="utf-8")
    assert names_to_fill_in(city) == []


def test_a_title_without_years_leaves_those_of_the_columns(tmp_path, capsys):
    assert _new_from(tmp_path, "plan.txt", ROADMAP.replace(" в 2023-2025 гг.", "")) == 0
    assert "срок: 2023–2025 — столбцы годов" in capsys.readouterr().out
    assert load_project(tmp_path / "city").period == (2023, 2025)


def test_an_approval_may_stand_below_the_title_or_nowhere(tmp_path, capsys):
    approval, title, table = ROADMAP.partition("«Дорожная карта»")[0], *ROADMAP.partition("«Дорожная карта»")[1:]
    heading, _, rows = (title + table).partition("\n")
    for name, text in (("below", f"{heading}\n{approval}{rows}"), ("nowhere", f"{heading}\n{rows}")):
        (tmp_path / name).mkdir()
        assert _new_from(tmp_path / name, "plan.txt", text) == (name == "nowhere"), (
            "without a date nothing is published"
        )
        project = load_project(tmp_path / name / "city")
        assert project.editions == (2023, 2024, 2025), name
        said = capsys.readouterr().out
        assert "срок: 2023–2025 — строка 1" in said, name
        assert ("дата утверждения" in said) == (name == "nowhere")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("plan.pdf", b"%PDF-1.7\n1 0 obj", "PDF повреждён"),
        ("plan.docx", b"PK\x03\x04broken", "повреждён"),
        ("plan.txt", "Просто текст без таблицы", "план не прочитан"),
        ("plan.txt", b"", "файл пуст"),
    ],
)
def test_what_cannot_be_read_leaves_no_folder_behind(tmp_path, capsys, name, content, said):
    assert _new_from(tmp_path, name, content) == 1
    assert said in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("existed", [False, True])
def test_what_fails_after_writing_leaves_the_folder_as_it_was(tmp_path, monkeypatch, capsys, existed):
    def fails(*_):
        raise AnalysisError("место кончилось")

    monkeypatch.setattr("analysis.project.checking.check", fails)
    if existed:
        (tmp_path / "city").mkdir()
    assert _new_from(tmp_path, "plan.txt") == 1
    assert "место кончилось" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.rglob("*")) == (["city"] if existed else []) + ["plan.txt"]
