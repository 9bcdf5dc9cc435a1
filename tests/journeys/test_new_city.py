"""README followed word by word: its own commands, from an empty folder to a published report of another city, twice."""

import contextlib
import io
import re
import shlex
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from lxml import html

from analysis.cli import _parser, main
from analysis.files.storage import read_table
from analysis.rules.written import DEFAULT_RULE
from roadmaps import FIRST, HOUSE, SECOND, TASK, document

README = (HOUSE / "README.md").read_text(encoding="utf-8")
SCHOOLS = {"edu000001": "СОШ № 1", "edu000002": "СОШ № 2"}
OF_SCHOOLS = ("1.3", "Открытые уроки", "Количество уроков", "6", "2", "2", "2", "ОО, ИМО")
# What an analyst of this city would write into the entry that the program prints.
CALENDAR_ANSWERS = {
    'procedure = ""': 'procedure = "ВПР"',
    'wave = ""': 'wave = "осень"',
    'school_year = ""': 'school_year = "2023/24"',
    'scale = ""': 'scale = "отметка"',
    'grade_lag = ""': "grade_lag = 1",
    'comparability = ""': 'comparability = "осень"',
    'basis = ""': 'basis = "Приказ управления № 5 от 01.09.2023"',
    '"Русский язык" = []': '"Русский язык" = [5]',
    '"Математика" = []': '"Математика" = [5]',
}
# Participants, «2», «3», «4», «5» of each school.
MARKS = {"edu000001": (40, 20, 8, 6, 6), "edu000002": (40, 6, 14, 12, 8)}
FACTS = {"УО": {"1.1": 2}, "ИМО": {"1.1": 2, "1.2": 0, "1.3": 4}, "edu000001": {"1.3": 1}, "edu000002": {"1.3": 3}}
# Words of the city, the region and the makers of the files from which a project starts.
OF_OTHERS = r"[Кк]исловодск|[Оо]мск|omsk|неблагоприятн|23\.11\.2026|2026-11-23|\b20(?:1\d|2[01])\b"


def _section(title):
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def _typed(title):
    """The lines of the blocks of commands of a section."""
    blocks = re.findall(r"^ *```(?:sh|bat)\n(.*?)^ *```", _section(title), flags=re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines()]


def _text(path):
    return path.read_text(encoding="utf-8")


# ── what a person does between the commands ──


def _put_the_roadmap_in(city, said):
    (city / "data/raw/roadmap.txt").write_text(document((TASK, FIRST, SECOND, OF_SCHOOLS)), encoding="utf-8")
    settings = city / "project.toml"
    settings.write_text(_text(settings).replace("data/raw/roadmap.docx", "data/raw/roadmap.txt"), encoding="utf-8")


def _enter_the_source(city, said):
    entry = "\n".join(line.strip() for line in said[said.rindex("[[source]]") :].split("\n\n")[0].splitlines())
    for key, value in (
        ("title", '"План"'),
        ("origin", '"Письмо"'),
        ("licence", '"Документ"'),
        ("received", "2023-02-10"),
    ):
        entry, count = re.subn(rf'^{key} = ""', f"{key} = {value}", entry, flags=re.MULTILINE)
        assert count == 1, key
    with (city / "data/raw/SOURCES.toml").open("a", encoding="utf-8") as sources:
        sources.write(f"\n{entry}\n")


def _answer_the_calendar_and_fill_the_registry(city, said):
    entry = said[said.index("# Процедуры 2023 года") :].split("\n\n")[0]
    for blank, answer in CALENDAR_ANSWERS.items():
        assert entry.count(f"\n{blank}") == 1, blank
        entry = entry.replace(f"\n{blank}", f"\n{answer}")
    with (city / "data/calendar.toml").open("a", encoding="utf-8") as calendar:
        calendar.write(f"\n{entry}\n")
    book = openpyxl.load_workbook(city / "output/forms/2023/registry.xlsx")
    for row, (login, name) in enumerate(SCHOOLS.items(), start=2):
        book["Школы"].cell(row, 1).value, book["Школы"].cell(row, 4).value = login, name
        for column, value in enumerate((login, "2023/24", "ШНОР"), start=1):
            book["Статус"].cell(row, column).value = value
    book.save(city / "registry.xlsx")


def _fill_the_forms(city, said):
    (city / "returned").mkdir()
    for reporter, facts in FACTS.items():
        book = openpyxl.load_workbook(city / f"output/forms/2023/2023_{reporter}.xlsx")
        asked = {book["Исполнение"].cell(row, 1).value: row for row in range(2, book["Исполнение"].max_row + 1)}
        for label, fact in facts.items():
            book["Исполнение"].cell(asked[label], 5).value = fact
        for row in (2, 3) if reporter in MARKS else ():
            assert [cell.value for cell in book["Результаты"][row]][:5][2:] == [5, 6, "осень"]
            for column, number in enumerate(MARKS[reporter], start=6):
                book["Результаты"].cell(row, column).value = number
        book.save(city / f"returned/2023_{reporter}.xlsx")


BY_HAND = {
    ("new", 1): _put_the_roadmap_in,
    ("check", 1): _enter_the_source,
    ("forms", 1): _answer_the_calendar_and_fill_the_registry,
    ("forms", 2): _fill_the_forms,
}


# ── the walk ──


@dataclass(frozen=True)
class Round:
    """What one walk through the section left: codes and words by command and occurrence, and the state after it."""

    codes: dict
    said: dict
    page: str
    entries: str
    facts: list


@pytest.fixture(scope="module")
def walk(tmp_path_factory):
    """Follows README from an empty folder in Russian, with spaces: the city, and its two rounds."""
    start = tmp_path_factory.mktemp("Дорожные карты") / "рабочая папка"
    start.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        first = _round(patch, start, BY_HAND)
        return start.parent / "my-city", first, _round(patch, start, {})


def _round(patch, start, by_hand):
    patch.chdir(start)
    codes, said, times = {}, {}, Counter()
    for line in _typed("Your own city"):
        program, *words = shlex.split(line)
        assert program in ("analysis", "cd"), line
        if program == "cd":
            patch.chdir(words[0])
            continue
        times[words[0]] += 1
        step = (words[0], times[words[0]])
        codes[step], said[step] = _run(words)
        if step in by_hand:
            by_hand[step](start.parent / "my-city", said[step])
    city = Path.cwd()
    facts = read_table(city, "plan_fact")
    return Round(codes, said, _page(city), _text(city / "data/raw/SOURCES.toml"), facts.to_dict("records"))


def _run(words):
    said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main(words)
        said.flush()
    return code, said.buffer.getvalue().decode("utf-8")


def _page(city):
    return _text(city / "reports/_site/2023/annex-2023.html")


def _words(page):
    return " ".join(html.fromstring(page).text_content().split())


def test_every_command_of_the_section_does_what_it_says(walk):
    _, first, again = walk
    assert len(first.codes) == 11
    # What a person meets and mends: the document that is not entered yet; then the folder that is there already.
    assert [step for step, code in first.codes.items() if code] == [("check", 1)]
    assert [step for step, code in again.codes.items() if code] == [("new", 1)]
    assert "новую или пустую папку" in again.said["new", 1]
    assert "2023_edu000002.xlsx" in first.said["forms", 2]
    assert "План на год: 2" in first.said["explain", 1]
    assert "строка 8, ячейка 5" in first.said["explain", 1]


def test_the_facts_of_both_schools_are_published(walk):
    _, first, _ = walk
    counts = {(row["measure_label"], row["calendar_year"]): row["reported_count"] for row in first.facts}
    assert counts["1.1", 2023] == 2
    assert counts["1.3", 2023] == 4
    words = _words(first.page)
    for name in SCHOOLS.values():
        assert name in words
    # The shares of «2» of both schools and of the city, by hand: 20 of 40, 6 of 40, 26 of 80, in two subjects.
    for share in ("20 (50 %)", "6 (15 %)", "26 (33 %)"):
        assert words.replace("\N{NO-BREAK SPACE}", " ").count(share) >= 2, share


def test_a_second_walk_breaks_nothing_and_doubles_nothing(walk):
    _, first, again = walk
    assert again.facts == first.facts
    assert again.entries == first.entries
    assert first.entries.count("\n[[source]]\n") == 6
    assert again.page == first.page


def test_nothing_of_another_city_or_of_the_authors_is_printed(walk):
    city, first, _ = walk
    assert main(["--project", str(city), "documents", "2023", "--format", "html"]) == 0
    made = [*city.glob("reports/_site/**/*.html"), *city.glob("output/documents/**/*.html")]
    texts = {path.name: _words(_text(path)) for path in made}
    texts |= {path.name: _text(path) for path in city.glob("reports/_site/2023/data/*.csv")}
    texts |= {path.name: _words_of_book(path) for path in city.glob("output/forms/2023/*.xlsx")}
    assert len(texts) > 20
    found = [(name, one[0]) for name, text in texts.items() for one in re.finditer(OF_OTHERS, text)]
    assert found == []


def _words_of_book(path):
    book = openpyxl.load_workbook(path)
    return " ".join(str(cell.value) for sheet in book for row in sheet for cell in row if cell.value is not None)


def test_its_own_document_speaks_for_it_and_defaults_are_marked(walk):
    _, first, _ = walk
    words = _words(first.page)
    assert "Дорожная карта, 2023–2025" in words
    assert "«Дорожная карта» поддержки школ в 2023-2025 гг." in words
    rules = words[words.index("Правила, по которым посчитано:") :]
    assert f"Одна и та же процедура низкая два года подряд — {DEFAULT_RULE}" in rules
    log = words[words.index("Отчёт опирается на") :]
    assert "не подтверждено; по умолчанию" in log
    assert DEFAULT_RULE in log
    assert "Д-15. Низкие результаты" in log
    assert "минимальный балл ЕГЭ" not in log  # there is no ЕГЭ in this report


# ── the quick start, which installs: its names, and that its commands can be typed ──


def test_the_files_that_the_quick_start_names_are_there():
    offline = _text(HOUSE / "docs/how-to/offline.md").splitlines()
    named = [word for line in [*_typed("Быстрый старт"), *offline] for word in re.findall(r"-r (\S+)", line)]
    assert len(named) == 3
    assert all((HOUSE / name).is_file() for name in named)
    assert (HOUSE / "pyproject.toml").is_file()


def test_every_command_of_the_quick_start_can_be_typed(monkeypatch, tmp_path):
    typed = re.findall(r"`(?:\.venv\\Scripts\\)?(analysis [^`]+)`", _section("Быстрый старт"))
    typed += [line.split("Scripts\\")[1] for line in _typed("Быстрый старт") if "Scripts\\analysis" in line]
    assert len(typed) > 12
    for line in typed:
        words = shlex.split(re.sub(r" \[.*?\]", "", line))[1:]
        if "--help" not in words:  # it ends the program
            _parser().parse_args(words)
