"""Tables and pictures say in words and in data the same as the roadmap."""

from dataclasses import replace

import matplotlib
import pandas as pd
from matplotlib.figure import Figure
from PIL import Image, ImageChops

from analysis.contracts.effectiveness import TrainingNeeds
from analysis.contracts.execution import PlanFact
from analysis.presentation import plan_tables
from analysis.presentation.exhibits import Col, flagged_table, pipe
from analysis.presentation.figures import STYLE, plan_fact_bar, save
from analysis.presentation.words import count_words
from analysis.publishing.engines import draw_for_word


def _alternative(exhibit):
    return exhibit.markdown.split('fig-alt="')[1].split('"')[0]


def test_the_picture_of_the_year_says_its_numbers(edition_of):
    said = _alternative(plan_tables.composition_picture(edition_of(2021)))
    assert said.startswith("Столбцы: число показателей каждой задачи на 2021 год. задача 1: запланировано 4, ноль 0, ")
    assert "задача 2: запланировано 2, ноль 1, не указано 0" in said


def test_the_picture_of_the_plan_says_blank_and_zero_apart(edition_of):
    (picture,) = plan_tables.plan_pictures(edition_of(2021), "4")
    said = _alternative(picture)
    assert "4.5: 2020 — не указано, 2021 — 1, 2022 — 1, за срок 1, каждый год" in said
    assert "4.4: 2020 — 0, 2021 — 1, 2022 — 0, за срок 1" in said


def test_a_long_task_takes_several_pictures(edition_of):
    edition = edition_of(2021)
    codes = [f"4.{number}" for number in range(1, 40)]
    plan = edition.plan[edition.plan["measure_label"] == "4.3"]
    many = pd.concat([plan.assign(activity_code=code, measure_label=code) for code in codes], ignore_index=True)
    long = replace(edition)
    long.__dict__["plan"] = many
    pictures = list(plan_tables.plan_pictures(long, "4"))
    assert [picture.label for picture in pictures] == ["fig-plan-4-1", "fig-plan-4-2", "fig-plan-4-3"]
    assert sum(picture.data["measure_label"].nunique() for picture in pictures) == 39


def _figures(folder):
    made = folder / "2021/figures"
    made.mkdir(parents=True)
    return made


def test_a_drawing_takes_half_the_bytes_and_looks_the_same(edition_of, tmp_path):
    figure = next(plan_tables.plan_pictures(edition_of(2021), "4")).picture
    folder = _figures(tmp_path)
    save({"light": figure}, folder)
    with matplotlib.rc_context(fname=STYLE):
        figure.savefig(folder / "plain.svg", format="svg")
    draw_for_word(tmp_path)
    plain, light = (folder / f"{name}.svg" for name in ("plain", "light"))
    assert light.stat().st_size < plain.stat().st_size * 0.6
    grey = [Image.open(one.with_suffix(".png")).convert("L") for one in (plain, light)]
    differs = ImageChops.difference(*grey).histogram()
    assert sum(differs[128:]) < sum(differs) / 10_000
    assert sum(grey[1].histogram()[:128]) > sum(differs) / 100


def test_pictures_are_the_same_bytes_every_time(edition_of, tmp_path):
    for run in ("first", "second"):
        edition = edition_of(2020)
        shown = {
            "one": plan_tables.composition_picture(edition).picture,
            "two": next(plan_tables.plan_pictures(edition, "1")).picture,
            "bar": plan_fact_bar({"target_count": 4, "reported_count": 3, "accepted_count": 1}).svg,
        }
        save(shown, _figures(tmp_path / run))
        draw_for_word(tmp_path / run)
    for name in ("one.svg", "one.png", "two.svg", "two.png", "bar.svg", "bar.png"):
        first, second = (tmp_path / run / "2021/figures" / name for run in ("first", "second"))
        assert first.read_bytes() == second.read_bytes()


def test_a_png_shows_its_own_picture_at_192_dots_an_inch(tmp_path):
    """Word takes the PNG; a figure of 2 × 1 inches, dark all over, must not become the white one beside it."""
    shown = {name: Figure(figsize=(2, 1), facecolor=colour) for name, colour in (("dark", "#1d4e89"), ("white", "w"))}
    folder = _figures(tmp_path)
    save(shown, folder)
    draw_for_word(tmp_path)
    dark, white = (Image.open(folder / f"{name}.png").convert("RGB") for name in shown)
    assert dark.size == white.size == (384, 192)
    assert (dark.getpixel((200, 100)), white.getpixel((200, 100))) == ((29, 78, 137), (255, 255, 255))


def test_no_pictures_make_no_files(tmp_path):
    save({}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_alike_findings_share_a_row_and_keep_their_places(edition_of):
    exhibit = plan_tables.findings_table(edition_of(2021))
    (row,) = [line for line in exhibit.markdown.splitlines() if "Повторённая ячейка" in line]
    assert "учтено\\, 8" in row
    assert all(f"строка {line}\\, ячейка 8" in row for line in (22, 23, 27, 28, 44, 45, 46, 47))
    assert (exhibit.data["rule"] == "repeated_cell").sum() == 8


def test_both_readings_stand_side_by_side(edition_of):
    exhibit = plan_tables.readings_table(edition_of(2021))
    rows = [line.replace("\\", "").split(" | ") for line in exhibit.markdown.splitlines() if line.startswith("| ")][1:]
    assert [(row[0].strip("| "), row[4], row[5].strip(" |")) for row in rows] == [
        ("3.5", "2", "1"),
        ("4.1/1", "2", "1"),
        ("4.7", "2", "1"),
    ]


def test_a_site_address_is_printed_where_links_are_dead(edition_of):
    edition = edition_of(2021)
    published = replace(edition, project=replace(edition.project, site_url="https://example.org/reports/"))
    note = plan_tables.load_table(published).markdown.replace("\\", "")
    assert "https://example.org/reports/2021/data/tbl-load.csv" in note
    assert "[tbl-load.csv](data/tbl-load.csv)" in note


def test_every_table_names_the_code_by_which_its_cells_are_asked_for(edition_of):
    note = plan_tables.load_table(edition_of(2021)).markdown
    assert note.count(r"Код таблицы: tbl\-load\@2021") == 2
    assert r"tbl\-load\@2021\-internal" in plan_tables.load_table(replace(edition_of(2021), internal=True)).markdown


def test_what_to_do_about_a_finding_and_in_which_file_is_for_the_office_alone(edition_of):
    public, office = (plan_tables.findings_table(replace(edition_of(2021), internal=one)).data for one in (False, True))
    assert not public.astype("str").apply(lambda column: column.str.contains(".toml", regex=False)).any(axis=None)
    assert {"source_file", "action"} <= set(office.columns)


def test_a_column_is_headed_by_its_contract_and_says_its_value_or_its_row():
    rows = [{"target_count": 2, "measure_label": "1.1"}, {"target_count": None, "measure_label": "1.2"}]
    columns = [
        Col("measure_label"),
        Col("target_count", say=count_words),
        Col(None, "Вместе", say=lambda row: f"{row['measure_label']}: {row['target_count']}"),
    ]
    lines = pipe(PlanFact, rows, columns, "Проба", "tbl-x").replace("\\", "").splitlines()
    assert [lines[0], *lines[2:4]] == [
        "| № показателя | План на год | Вместе |",
        "| 1.1 | 2 | 1.1: 2 |",
        "| 1.2 | не указано | 1.2: None |",
    ]


def test_flags_become_numbers_and_a_column_that_says_nothing_goes(edition_of):
    rows = pd.DataFrame({"competence": ["а", "б"], "value": [0.5, 0.2], "flags": ["мало; ново", "ново"]})
    columns = [Col("competence"), Col("value"), Col(None, "Пусто", say=lambda _: "—")]
    shown = flagged_table(edition_of(2021), "x", "Проба", TrainingNeeds, rows, columns)
    lines = shown.markdown.replace("\\", "").splitlines()
    assert [lines[0], *lines[2:4]] == ["| Тема | Доля | Пометки |", "| а | 0.5 | 1, 2 |", "| б | 0.2 | 2 |"]
    assert "Пометки: 1 — мало; 2 — ново." in lines
