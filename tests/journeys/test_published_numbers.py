"""Every number of the published tables is recomputed here from the raw file, by other means than the package's."""

import csv
import hashlib
import json
import re

import openpyxl
import pytest
from lxml import html

YEARS = (2020, 2021, 2022)
READ_AS_LEVEL = {"1.1", "1.3", "4.5", "4.9"}
OPEN = {"3.5", "4.1/1", "4.7"}


def _measures(folder):
    """Measures of the raw file: label → (total text, {year: number or None}, executors), read without the package."""
    found = {}
    for line in (folder / "data/raw/roadmap_2020-2022.txt").read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        if not re.match(r"\d+\.\d+", cells[0]) or len(cells) < 8:
            continue
        code = cells[0].rstrip(".")
        totals = cells[3].split("; ")
        for position, total in enumerate(totals):
            label = f"{code}/{position + 1}" if len(totals) > 1 else code
            years = {year: _number(cells[4 + place], position) for place, year in enumerate(YEARS)}
            executors = [cell for cell in cells[7:] if cell and not cell.isdigit()][-1]
            found[label] = (total, years, executors.split(" (")[0])
    return found


def _number(text, position):
    parts = re.findall(r"\d+", text)
    if not parts:
        return None
    return int(parts[position] if len(parts) > position else parts[0])


def _page(folder, year, name="annex"):
    return html.parse(folder / f"reports/_site/{year}/{name}-{year}.html")


def _rows(page, caption):
    (table,) = (one for one in page.iter("table") if caption in _text(one.find(".//caption")))
    return [[_text(cell) for cell in row.iter("th", "td")] for row in table.find("tbody").iter("tr")]


def _text(element):
    return "" if element is None else " ".join(element.text_content().replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.fixture(scope="module")
def measures(published):
    return _measures(published)


def test_the_raw_file_holds_what_the_other_tests_assume(measures):
    assert len(measures) == 21


@pytest.mark.parametrize("year", YEARS)
def test_targets_to_date_totals_and_executors(published, measures, year):
    page = _page(published, year)
    printed = [row for task in "1234" for row in _rows(page, f"Задача {task}: плановые значения на {year} год")]
    assert [row[0] for row in printed] == list(measures)
    for label, _, target, to_date, total, deadline, executors in printed:
        total_text, years, raw_executors = measures[label]
        number = years[year]
        assert target == ("не указано" if number is None else str(number))
        added = sum(years[earlier] or 0 for earlier in YEARS if earlier <= year)
        if label in OPEN and added != number:
            assert to_date == f"сумма {added}; уровень {number}"
        elif number is None:
            assert to_date == "не указано"
        else:
            assert to_date == str(number if label in READ_AS_LEVEL else added)
        every_year = ", каждый год" if label in READ_AS_LEVEL else ""
        assert total == f"{total_text.split(' (')[0]}{every_year}"
        assert executors == raw_executors
        assert (deadline == "—") == (not number)


@pytest.mark.parametrize("year", YEARS)
def test_load_is_the_count_of_names_in_planned_rows(published, measures, year):
    counted = {}
    for _, years, executors in measures.values():
        if years[year]:
            for place, name in enumerate(executors.split(", ")):
                first, other = counted.get(name, (0, 0))
                counted[name] = (first + (place == 0), other + (place > 0))
    printed = _rows(_page(published, year), f"Исполнители {year} года")
    assert {row[0]: (int(row[2]), int(row[3])) for row in printed} == counted
    assert all(int(row[1]) == int(row[2]) + int(row[3]) for row in printed)


@pytest.mark.parametrize("year", YEARS)
def test_the_calendar_holds_each_planned_measure_once(published, measures, year):
    printed = _rows(_page(published, year), f"Календарь {year} года")
    assert sorted(row[1] for row in printed) == sorted(
        label for label, (_, years, _) in measures.items() if years[year]
    )
    named = {row[1]: row[0] for row in printed if row[0] != "в течение года"}
    assert named == {2020: {}, 2021: {"1.2": "февраль", "4.7": "май"}, 2022: {"4.7": "май"}}[year]


def test_the_summary_counts_what_the_tables_hold(published, measures):
    for year in YEARS:
        said = _text(_page(published, year).getroot())
        planned = [label for label, (_, years, _) in measures.items() if years[year]]
        assert re.search(rf"На {year} год план больше нуля стоит у {len(planned)} показател\w+ из 21", said)


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize(("name", "fewest"), [("annex", 12), ("annual-report", 5)])
def test_every_table_and_picture_has_its_data(published, year, name, fewest):
    site = published / f"reports/_site/{year}"
    page = _page(published, year, name)
    exhibits = [
        one.get("id")
        for one in page.iter("figure", "div", "table")
        if (one.get("id") or "").startswith(("tbl-", "fig-"))
    ]
    assert len(exhibits) >= fewest
    linked = {link.get("href") for link in page.iter("a")}
    book = openpyxl.load_workbook(next(site.glob("data/tables-*.xlsx")))
    for label in exhibits:
        assert {f"data/{label}.csv", f"data/tables-{site.name}.xlsx"} <= linked
        rows = list(csv.reader((site / f"data/{label}.csv").open(encoding="utf-8", newline="")))
        assert book[label].max_row == len(rows)
        # Why a number is not there is told to programs alone, in the last columns of the CSV.
        people_see = [name for name in rows[0] if name.removesuffix("_status") not in {*rows[0]} - {name}]
        assert rows[0][: len(people_see)] == people_see
        assert book[label].max_column == len(people_see)


@pytest.mark.parametrize("year", YEARS)
def test_the_package_names_every_csv_with_its_hash(published, year):
    folder = published / f"reports/_site/{year}/data"
    resources = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    assert sorted(one["path"] for one in resources) == sorted(path.name for path in folder.glob("*.csv"))
    for one in resources:
        content = (folder / one["path"]).read_bytes()
        assert one["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert content.decode("utf-8").splitlines()[0].split(",") == [
            field["name"] for field in json.loads((folder / one["schema"]).read_bytes())["fields"]
        ]


def test_the_index_leads_to_every_edition_and_format(published):
    page = html.parse(published / "reports/_site/index.html")
    linked = {link.get("href") for link in page.iter("a")}
    for year in YEARS:
        for kind in ("html", "pdf", "docx"):
            for name in ("annual-report", "annex"):
                assert f"{year}/{name}-{year}.{kind}" in linked
                assert (published / f"reports/_site/{year}/{name}-{year}.{kind}").is_file()


@pytest.mark.parametrize("name", ["annex", "annual-report"])
def test_no_english_in_the_russian_report(published, name):
    """Words of the tools must not leak into the page; file names, hashes, formats and the command to ask with may."""
    authors = {"brown", "cai", "dasgupta", "kass", "steffey", "rel"}
    cited = {"project", "toml"}  # the log of assumptions names the file in which a rule is kept
    allowed = {"analysis", "explain", *authors, *cited} | {
        "sha",
        "data",
        "raw",
        "roadmap",
        "txt",
        "csv",
        "xlsx",
        "pdf",
        "docx",
        "fig",
        "tbl",
        "word",
    }
    body = _page(published, 2021, name).getroot().find("body")
    for script in list(body.iter("script")):
        script.drop_tree()
    words = set(re.findall(r"[A-Za-z]{3,}", _text(body)))
    names = {
        word for path in (published / "reports/_site/2021/data").iterdir() for word in re.findall(r"[a-z]+", path.name)
    }
    hashes = {word for word in words if re.fullmatch(r"[a-f]+", word)}
    assert {word for word in words if word.lower() not in allowed | names} - hashes == set()
