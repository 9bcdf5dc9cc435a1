"""An attacker reads every file of the public site and tries to work out a hidden small count.

Nothing here uses the package's masking: relations are written out again, true counts are added up again.
"""

import json
import re
import zipfile
from dataclasses import replace
from datetime import date

import docx
import numpy as np
import openpyxl
import pandas as pd
import pypdf
import pytest
from lxml import html
from scipy.optimize import milp

from analysis.cleaning.returns import fact_table
from analysis.cli import main
from analysis.contracts.columns import typed_table
from analysis.contracts.effectiveness import FORESEEN
from analysis.contracts.facts import SCHOOL_FACT_TABLES
from analysis.demo.project import demo_files
from analysis.indicators import tables as indicators
from analysis.pipeline import check as pipeline
from analysis.presentation.shares import points
from analysis.rules import office_files
from school_towns import SUPPORTED, result, results, town_facts
from town_projects import copy_of_the_house

SMALL = 5
YEARS = (2021, 2022)
OTHERS, CITY = "Другие школы города", "Город"
MARKS = [f"mark_{mark}_count" for mark in (2, 3, 4, 5)]
JOURNAL = [f"journal_{how}_count" for how in ("lower", "same", "higher")]
SCORES = ["below_minimum_count", "high_score_count", "full_score_count"]
SITTING = ["procedure", "subject", "programme_grade", "sitting_grade", "wave"]
PARTS = {
    "tbl-pupils": ("context", ["pupil_group"], "group_pupil_count", "base_pupil_count"),
    "tbl-staff": ("staff", ["staff_group"], "staff_amount", "base_staff_amount"),
    "tbl-deficits": ("deficits", ["competence"], "deficit_teacher_count", "diagnosed_teacher_count"),
    "tbl-contests": ("contests", ["contest_level", "contestants"], "winner_count", "contestant_count"),
}
# Sizes that occur nowhere else, so that a hidden one that leaks is recognised in any file.
PLANTED = [(3, 20011, 20021, 20023), (20047, 2, 20051, 20063), (20071, 20089, 20101, 20107)]


SECRET_FILE, SECRET_PLACE = "data/raw/received/", "лист Контингент, строка 77"


@pytest.fixture(scope="module")
def facts():
    town = town_facts()
    rows = [
        result(login, marks, 2021, procedure="ОГЭ", wave="основная", programme_grade=9, sitting_grade=9)
        for login, marks in zip(("edu1", "edu2", "edu3"), PLANTED, strict=True)
    ]
    return {
        **town,
        **_forms_and_quarantine(town),
        "results": pd.concat([town["results"], results(*rows)], ignore_index=True),
    }


def _forms_and_quarantine(town):
    """Forms of every school but one, a fact, and rows set aside: then the report also says how complete it all is."""
    came = [
        (
            f"{SECRET_FILE}{year}/{login}.xlsx",
            login,
            year,
            date(year + 1, 1, 10),
            date(year + 1, 1, 31),
            "вошла в отчёт",
        )
        for year in YEARS
        for login in town["schools"]["school_login"][:-1]
    ]
    aside = [
        {"source_file": file, "place": SECRET_PLACE, "table_name": "context", "school_login": login,
         "calendar_year": year, "why": "В группе больше обучающихся, чем в школе"}
        for file, login, year, *_ in came[:2]
    ]  # fmt: skip
    told = {"reports": [(came[0][0], "E2", "УО", "1.4", 1, 2021, None, 2, None, None)], "received_forms": came}
    empty = {
        name: fact_table(name, told.get(name, [])) for name in ("evidence", "acceptance", "school_measures", *told)
    }
    return {**empty, "quarantine": typed_table(SCHOOL_FACT_TABLES["quarantine"], aside)}


@pytest.fixture(scope="module")
def site(tmp_path_factory, facts):
    """The public site of a project into which these facts have come, two editions, all formats."""
    folder = copy_of_the_house(tmp_path_factory.mktemp("attacked"))
    settings = (folder / "project.toml").read_text(encoding="utf-8")
    (folder / "project.toml").write_text(
        re.sub(r"editions = .*", f"editions = {list(YEARS)}", settings), encoding="utf-8"
    )
    key = folder / office_files.SECRET_FILE
    key.parent.mkdir()
    key.write_bytes(demo_files()[office_files.SECRET_FILE])  # or another run would hide other numbers
    checked = pipeline.check_project
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "check_project", lambda *given: _with_facts(checked(*given), facts))
        patch.setattr(indicators, "indicator_tables", _with_indicators(indicators.indicator_tables))
        assert main(["--project", str(folder), "report", "--engine", "builtin"]) == 0
    return folder / "reports/_site"


def _with_facts(checked, facts):
    """The facts stored as the running command stores texts; pandas does not join the two storages as text."""
    stored = {name: frame.astype(dict.fromkeys(frame.select_dtypes("str"), "str")) for name, frame in facts.items()}
    return replace(checked, tables={**checked.tables, **stored})


def _with_indicators(made):
    """The indicators of schools too, though nobody reported about the roadmap."""

    def both(tables, collection, reporting, looked_at, methods, *more):
        plan, _ = made(tables, collection, reporting, looked_at, methods, *more)
        of_schools, edges = indicators.effectiveness_tables(tables, methods, YEARS)
        return {**plan, **of_schools}, edges

    return both


def _published(site, year, pattern):
    files = sorted((site / str(year) / "data").glob(f"{pattern}.csv"))
    return {path.stem: pd.read_csv(path, dtype={"hidden_columns": str}, keep_default_na=False, na_values=[""])
            for path in files}  # fmt: skip


class Attack:
    """What the attacker knows: published cells, relations, and which cells were hidden because they are small."""

    def __init__(self):
        self.names, self.lower, self.upper, self.sums = {}, [], [], []
        self.small, self.true, self.together = [], {}, set()

    def cell(self, name, published, true, hidden):
        if name in self.names:
            return
        self.names[name] = len(self.names)
        self.true[name] = true
        if not hidden:
            assert published == true, name
            bounds = (published, published)
        elif true < SMALL:
            bounds = (0, SMALL - 1)
            self.small.append(name)
        else:
            bounds = (SMALL, np.inf)
        self.lower.append(bounds[0])
        self.upper.append(bounds[1])

    def rest(self, name, true):
        """What is printed nowhere but is known to be no less than nothing, and is as private when it is small."""
        self.cell(name, None, true, hidden=True)
        if true >= SMALL:
            self.lower[self.names[name]] = 0

    def sum(self, total, parts):
        assert len({total, *parts}) == 1 + len(parts)
        self.sums.append([(1, total), *((-1, part) for part in parts)])
        self.few_together(parts)
        if set(parts) <= set(self.small) and self.lower[self.names[total]] == SMALL < self.upper[self.names[total]]:
            # 5 = 2 + 3: nothing in print tells this hidden total from a small one, and nothing else could hide them.
            self.lower[self.names[total]] = 0

    def few_together(self, names):
        """The small ones of some cells, where they are small together: a total less all that is not small."""
        small = tuple(name for name in names if name in self.small)
        if len(small) > 1 and sum(self.true[name] for name in small) < SMALL:
            self.together.add(small)

    def family(self, groups, end):
        """City = schools + others for one column; the city less the others is the schools together."""
        names = [f"{group}{end}" for group in groups]
        if f"{CITY}{end}" in self.names and set(names) <= set(self.names):
            self.sum(f"{CITY}{end}", names)
        self.few_together(names)
        self.few_together([name for name in names if not name.startswith(OTHERS)])

    def bounds(self, *names):
        matrix = np.zeros((len(self.sums), len(self.names)))
        for row, terms in enumerate(self.sums):
            for sign, cell in terms:
                matrix[row, self.names[cell]] += sign
        found = []
        for sign in (1, -1):
            goal = np.zeros(len(self.names))
            goal[[self.names[name] for name in names]] = sign
            solved = milp(
                goal, integrality=np.ones(len(goal)), bounds=(self.lower, self.upper), constraints=(matrix, 0, 0)
            )
            found.append(round(sign * solved.fun))
        return tuple(found)


def _members(table, group, key):
    """The rows of the true table behind a printed row."""
    for column, value in key.items():
        table = table[table[column] == value]
    if group == CITY:
        return table
    if group == OTHERS:
        return table[~table["school_login"].isin(SUPPORTED)]
    return table[table["school_login"] == f"edu{group.removeprefix('Школа ')}"]


def _result_attack(rows, true, year):
    """Marks, journal and scores of one sitting."""
    attack = Attack()
    key = {"calendar_year": year, **{column: rows[column].iloc[0] for column in SITTING}}
    columns = ["participant_count", *(c for c in [*MARKS, "not_attested_count", *JOURNAL, *SCORES] if c in rows)]
    for row in rows.to_dict("records"):
        group, mine = row["group_name"], _members(true, row["group_name"], key)
        known = mine if len(mine) else _members(true, CITY, key)  # of a school of which nobody came all are none
        used = [column for column in columns if known[column].notna().any()]
        for column in used:
            attack.cell(f"{group}/{column}", row[column], mine[column].sum(), pd.isna(row[column]))
        number = mine["participant_count"].sum()
        marks = [f"{group}/{c}" for c in used if c in (*MARKS, "not_attested_count")]
        if marks:
            attack.sum(f"{group}/participant_count", marks)
        if JOURNAL[0] in used:
            compared = mine[JOURNAL].sum().sum()
            attack.cell(f"{group}/compared", row["compared_count"], compared, pd.isna(row["compared_count"]))
            attack.sum(f"{group}/compared", [f"{group}/{c}" for c in JOURNAL])
            rest = [f"{group}/without"] if number > compared else []
            if rest:
                attack.rest(rest[0], number - compared)
            attack.sum(f"{group}/participant_count", [f"{group}/compared", *rest])
        if SCORES[0] in used:
            attack.rest(f"{group}/between", number - mine[SCORES].sum().sum())
            attack.sum(f"{group}/participant_count", [f"{group}/between", *(f"{group}/{c}" for c in SCORES)])
    groups = [group for group in rows["group_name"] if group != CITY]
    for column in sorted({name.partition("/")[2] for name in attack.names}):
        attack.family(groups, f"/{column}")
    return attack


def _part_attack(rows, true, table, year, key, part, base):
    """Parts and wholes of one table: pupils, staff, deficits, contests."""
    attack = Attack()
    true = true[true["calendar_year"] == year]
    for row in rows.to_dict("records"):
        named = "/".join(str(row[column]) for column in key)
        group = row["group_name"]
        a, b = _true_parts(true, table, row, key, part, base)
        whole = f"{group}/{named}/base"
        attack.cell(whole, row[base], b, pd.isna(row[base]))
        attack.cell(f"{group}/{named}", row[part], a, pd.isna(row[part]))
        if a == b:
            continue
        attack.rest(f"{group}/{named}/rest", b - a)
        attack.sum(whole, [f"{group}/{named}", f"{group}/{named}/rest"])
    for _, same in rows.groupby(key):
        named = "/".join(str(same[column].iloc[0]) for column in key)
        groups = [group for group in same["group_name"] if group != CITY]
        for end in ("", "/base", "/rest"):
            attack.family(groups, f"/{named}{end}")
    for group, same in rows.groupby("group_name"):
        for whole in (
            ["1–4 классы", "5–9 классы", "10–11 классы"],
            ["Высшая категория", "Первая категория", "Без категории"],
        ):
            if set(whole) <= set(same[key[-1]]):
                attack.sum(f"{group}/{whole[0]}/base", [f"{group}/{named}" for named in whole])
    return attack


STAGES = {"1–4 классы": (1, 5), "5–9 классы": (5, 10), "10–11 классы": (10, 12)}


def _true_parts(true, table, row, key, part, base):
    if table in ("deficits", "contests"):
        mine = _members(true, row["group_name"], {column: row[column] for column in key})
        return mine[part].sum(), mine[base].sum()
    name, value = ("pupil_group", "group_pupil_count") if table == "context" else ("staff_group", "staff_amount")
    mine = _members(true, row["group_name"], {}).pivot(index="school_login", columns=name, values=value)
    first, last = STAGES.get(row[name], (0, 0))
    numbers = sum(mine[f"{grade} класс"] for grade in range(first, last)) if last else mine[row[name]]
    return numbers.sum(), mine.loc[
        numbers.notna(), "Всего обучающихся" if table == "context" else "Всего учителей"
    ].sum()


def _attacks(site, facts):
    for year in YEARS:
        for name, table in {**_published(site, year, "tbl-marks-*"), **_published(site, year, "tbl-scores-*")}.items():
            for _, rows in table.groupby(SITTING):
                yield f"{year} {name}", _result_attack(rows, facts["results"], year)
        for name, (table, key, part, base) in PARTS.items():
            rows = _published(site, year, name)[name]
            if table == "staff":
                rows = rows[rows["staff_unit"] == "человек"]
            yield f"{year} {name}", _part_attack(rows, facts[table], table, year, key, part, base)


def test_no_small_count_can_be_worked_out(site, facts):
    attacked = 0
    for where, attack in _attacks(site, facts):
        for name in attack.small:
            assert attack.bounds(name) == (0, SMALL - 1), (where, name)
            attacked += 1
    assert attacked > 60  # the town is small, and there was much to find


def test_no_small_count_of_several_together_can_be_worked_out(site, facts):
    """City less others is the supported schools, all less «4» and «5» is «2» and «3»: nobody, or many for a few."""
    attacked = 0
    for where, attack in _attacks(site, facts):
        for names in sorted(attack.together):
            least, most = attack.bounds(*names)
            assert least == 0, (where, names)
            assert most >= SMALL - 1, (where, names)
            attacked += 1
    assert attacked > 20


@pytest.fixture(scope="module")
def marks(site):
    """All published tables of marks, one under the other."""
    return pd.concat(table for year in YEARS for table in _published(site, year, "tbl-marks-*").values())


def test_much_is_still_published(marks):
    city = marks[marks["group_name"] == CITY]
    assert len(city) == 7  # ВПР in two subjects and the journal in each year, ОГЭ in 2021
    assert city["mark_4_count"].notna().all()


def test_no_share_is_published_over_a_few_or_beside_a_hidden_count(marks):
    shares = marks["mark_2_share"].notna()
    assert shares.any()
    assert (marks.loc[shares, "participant_count"] >= 10).all()
    assert marks.loc[shares, "mark_2_count"].notna().all()


def test_one_mean_is_never_hidden_alone(site):
    """One hidden mean of a city whose others are printed would be one subtraction away."""
    tables = [table for year in YEARS for table in _published(site, year, "tbl-scores-*").values()]
    hidden = [rows["mean_score"].isna().sum() for table in tables for _, rows in table.groupby(SITTING)]
    assert 1 not in hidden
    assert any(hidden)


def test_a_hidden_number_stands_in_no_file(site, facts):
    """Sizes that occur nowhere else: the hidden ones occur in no page, data file, picture or metadata."""
    table = next(
        found for found in _published(site, 2021, "tbl-marks-oge-*").values() if (found["procedure"] == "ОГЭ").any()
    )
    shown = {int(value) for value in table[MARKS].stack().dropna()}
    true = {mark for marks in PLANTED for mark in marks if mark >= SMALL}
    true |= {sum(column) for column in zip(*PLANTED, strict=True)}
    hidden = true - shown
    assert len(hidden) >= 2
    assert shown & true
    texts = {path: _text(path) for path in sorted(site.rglob("*")) if path.is_file()}
    assert {path.suffix for path in texts} >= {".html", ".pdf", ".docx", ".csv", ".xlsx", ".json", ".svg"}
    for path, text in texts.items():
        digits = re.sub(r"(?<=\d)[ \u00a0\u202f,](?=\d{3}\b)", "", text)
        for number in hidden:
            assert str(number) not in digits, (path.name, number)
    for kind in (".html", ".pdf", ".docx", ".csv", ".xlsx"):
        some = [text for path, text in texts.items() if path.suffix == kind and any(str(one) in text for one in shown)]
        assert some, kind  # or the search would have been blind there


def _text(path):
    if path.suffix == ".pdf":
        reader = pypdf.PdfReader(path)
        return "\n".join([str(reader.metadata), *(page.extract_text() for page in reader.pages)])
    if path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(path) as package:
            return "\n".join(
                re.sub(r"<[^>]+>", " ", package.read(name).decode("utf-8"))
                for name in package.namelist()
                if name.endswith((".xml", ".rels"))
            )
    return path.read_bytes().decode("utf-8", errors="replace")


def test_pages_word_files_and_workbooks_hide_what_the_data_hide(site):
    """Each printed row has no number that its row of the data has not, in HTML, DOCX and XLSX alike."""
    page = html.parse(str(site / "2021/annex-2021.html"))
    document = docx.Document(str(site / "2021/annex-2021.docx"))
    word = {tuple(_cells(row)) for table in document.tables for row in table.rows}
    book = openpyxl.load_workbook(site / "2021/data/tables-2021.xlsx")
    checked = 0
    for name, table in _published(site, 2021, "tbl-*").items():
        if "hidden_columns" not in table:
            continue
        printed = page.xpath(f"//*[@id='{name}']//tbody/tr")
        kept = _printed(printed, table.astype(object).values.tolist(), list(table.columns))
        hidden = len(table) - len(kept)
        assert (hidden > 0) == ("Не напечатаны строки, в которых скрыты все числа" in _note_of(page, name)), name
        lines = list(book[name].iter_rows(min_row=2, values_only=True))
        told = table[[one for one in table if not one.endswith("_status")]]
        for line, known in zip(lines, told.astype(object).values.tolist(), strict=True):
            assert [value is None or value == "" for value in line] == [pd.isna(value) for value in known]
        for row, known in zip(printed, kept, strict=True):
            texts = [" ".join(cell.text_content().split()) for cell in row]
            numbers = {f"{float(value):g}" for value in known if isinstance(value, (int, float)) and pd.notna(value)}
            numbers |= {str(points(float(one) / 100)) for one in numbers}  # shares are printed in whole percent
            for cell in texts[2:]:
                for number in re.findall(r"\d+(?:,\d+)?", cell):
                    assert f"{float(number.replace(',', '.')):g}" in numbers, (name, texts)
            assert tuple(texts) in word, (name, texts)
            checked += texts.count("скрыто")
    assert checked > 50


def _printed(printed, rows, columns):
    """The rows of the data that stand in print, in order: of the same group, about what the first cell begins with."""
    group, kept, left = columns.index("group_name"), [], iter(rows)
    for row in printed:
        first, second, *_ = (" ".join(cell.text_content().split()) for cell in row)
        kept.append(
            next(
                known
                for known in left
                if known[group] in (first, second)
                and any(isinstance(one, str) and one and f"{first}, ".startswith(f"{one}, ") for one in known)
                and _grade(known, columns) in first
            )
        )
    return kept


def _grade(known, columns):
    return f", {known[columns.index('sitting_grade')]} класс" if "sitting_grade" in columns else ""


def _note_of(page, name):
    """The notes between a table and what follows it."""
    return " ".join(one.text_content() for one in page.xpath(f"//*[@id='{name}']/following::p[position() < 5]"))


def _cells(row):
    return [" ".join(cell.text.split()) for cell in row.cells]


def test_completeness_is_public_in_words_and_says_nothing_of_files(site):
    """The tables are there, so that what the other tests find in no file has been looked for in these as well."""
    for year in YEARS:
        sent = _published(site, year, "tbl-who-sent")["tbl-who-sent"]
        assert list(sent.columns) == ["calendar_year", "reporter", "fact_kind", "completeness"]
        assert "нет сведений" in set(sent["completeness"])
        assert {"tbl-completeness", "tbl-data-log"} <= set(_published(site, year, "tbl-*"))
    assert _published(site, 2021, "tbl-set-aside")["tbl-set-aside"]["set_aside_row_count"].tolist() == [2]
    texts = [path for path in site.rglob("*") if path.suffix in (".html", ".csv", ".json")]
    assert [path for path in texts for secret in (SECRET_FILE, SECRET_PLACE) if secret in path.read_text("utf-8")] == []


CELLS_OF = {
    "fail_share": (MARKS[:1], ["participant_count"]),
    "success_share": (MARKS[1:], ["participant_count"]),
    "quality_share": (MARKS[2:], ["participant_count"]),
    "mean_mark": (MARKS, MARKS),
    "learning_degree": (MARKS, ["participant_count"]),
    "journal_lower_share": (JOURNAL[:1], JOURNAL),
    "journal_same_share": (JOURNAL[1:2], JOURNAL),
    "journal_higher_share": (JOURNAL[2:], JOURNAL),
    "below_minimum_share": (SCORES[:1], ["participant_count"]),
    "high_score_share": (SCORES[1:2], ["participant_count"]),
    "full_score_share": (SCORES[2:], ["participant_count"]),
    "mean_score": (["mean_score"], ["participant_count"]),
}


OF_INDICATORS = ("tbl-sure-*", "tbl-levels-*", "tbl-journal-share-*", "tbl-changes", "tbl-low-procedures",
                 "fig-slopes-*", "fig-funnel-*", "fig-school-results-*")  # fmt: skip


# From what is fitted to all schools the counts of those that no public table names can be worked out.
FITTED = ("pooled_value", "pooled_low", "pooled_high", "threshold_probability", *FORESEEN, "low_probability")


def test_indicators_tell_the_attacker_nothing_that_the_tables_do_not(site):
    """Each cell that an open indicator is made of is itself printed in the tables attacked above."""
    tables = [
        one
        for year in YEARS
        for kind in ("marks", "scores")
        for one in _published(site, year, f"tbl-{kind}-*").values()
    ]
    columns = [*SITTING, "calendar_year", "group_name"]
    printed = {tuple(row[name] for name in columns): row for one in tables for row in one.to_dict("records")}
    checked, numbers = 0, ["value", "numerator", "interval_low"]
    for year in YEARS:
        for kind in OF_INDICATORS:
            for name, table in _published(site, year, kind).items():
                assert "school_login" not in table
                assert table[[one for one in FITTED if one in table]].isna().all(axis=None), name
                filled = table[[one for one in numbers if one in table]].notna().any(axis=1)
                for row in table[filled].to_dict("records"):
                    row = {"indicator_id": "fail_share" if row.get("procedure") != "ЕГЭ" else "below_minimum_share",
                           "sitting_grade": row["programme_grade"], **row}  # fmt: skip
                    cells = printed[tuple(row[one] for one in columns)]
                    part, base = CELLS_OF[row["indicator_id"]]
                    assert all(pd.notna(cells[one]) for one in [*part, *base]), (name, row)
                    if row["indicator_id"].endswith("_share"):
                        assert row["numerator"] == sum(cells[one] for one in part), (name, row)
                    assert sum(cells[one] for one in base) >= 10
                    checked += 1
    assert checked > 30


def test_parts_of_pupils_staff_and_deficits_are_open_where_the_tables_are(site, facts):
    checked = 0
    for year in YEARS:
        for name in ("tbl-context", "tbl-staffing", "tbl-deficit-shares"):
            for table in _published(site, year, name).values():
                shown = table[table["value"].notna()]
                people = shown[shown["indicator_id"] != "vacancy_share"]
                assert (people["numerator"] >= SMALL).all(), (name, people)
                assert (people["denominator"] >= 10).all(), name
                checked += len(shown)
    assert checked > 20


def test_sentences_and_pictures_name_no_school_that_is_not_supported(site):
    for year in YEARS:
        page = (site / f"{year}/annex-{year}.html").read_text("utf-8")
        start = page.rindex('id="sec-effectiveness"')
        text = page[start : page.index('id="sec-findings"', start)]
        assert "Школа 1" in text
        assert "Школа 4" not in text
        assert "Школа 4" not in (site / f"{year}/annual-report-{year}.html").read_text("utf-8")


def test_metadata_hold_no_values(site):
    for year in YEARS:
        package = json.loads((site / f"{year}/data/datapackage.json").read_text(encoding="utf-8"))
        assert package["resources"]
        assert all(set(one) >= {"path", "schema"} and "data" not in one for one in package["resources"])
