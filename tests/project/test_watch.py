"""`watch` publishes what changes, web pages first, says what is different and outlives a broken file."""

import os
from multiprocessing import active_children

import pandas as pd
import pytest

from analysis.contracts.columns import pandas_types, typed_table
from analysis.contracts.execution import PlanFact
from analysis.errors import AnalysisError
from analysis.files.memory import Progress
from analysis.pipeline.build import build_if_changed
from analysis.project.watch import AS_BEFORE, Watch, difference, stamps
from analysis.publishing.state import Output, write_state
from benchmarks.reuse import EDITS
from small_projects import PROJECT


@pytest.fixture
def root(tmp_path):
    for folder in (
        "data/raw/2021",
        "data/processed",
        "data/private",
        "reports/2021/figures",
        "reports/_site",
        "output",
    ):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "project.toml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "data/raw/SOURCES.toml").write_text("", encoding="utf-8")
    return tmp_path


class Published:
    """Notes what was asked for, and fails where a file is broken."""

    def __init__(self, root):
        self.root, self.formats, self.later = root, [], []

    def __call__(self, project, years, how, progress):
        assert (project.city, years, how.engine, how.audience) == ("город Светлый", (), "builtin", "public")
        if (self.root / "data/raw/SOURCES.toml").read_text(encoding="utf-8") == "broken":
            raise AnalysisError("data/raw/SOURCES.toml, строка 1: сломано")
        self.formats.append(how.formats)
        self.later.append(how.later)


def _followed(root, edits):
    """What was published and said while these edits were made, one before each look."""
    said, published, waiting = [], Published(root), list(edits)

    def wait():
        return bool(waiting) and [waiting.pop(0)(), True][1]

    Watch(root, "builtin", Progress(said.append), published).follow(lambda: stamps(root), wait)
    return published, said


def _saved(path, text):
    """A file is saved a moment later than before; clocks of folders may be coarse."""

    def save():
        path.write_text(text, encoding="utf-8")
        os.utime(path, ns=(path.stat().st_mtime_ns + 10**9,) * 2)

    return save


def test_web_pages_come_first_and_only_a_change_makes_them_again(root):
    published, said = _followed(root, [lambda: None, _saved(root / "data/terms.toml", "# x"), lambda: None])
    assert published.formats == [("html",), ("html", "pdf", "docx")] * 2
    assert published.later == [("pdf", "docx"), ()] * 2
    assert "Изменено: data/terms.toml" in said


def test_a_broken_file_is_told_and_the_work_goes_on_when_it_is_mended(root):
    record = root / "data/raw/SOURCES.toml"
    published, said = _followed(root, [_saved(record, "broken"), lambda: None, _saved(record, "mended")])
    assert len(published.formats) == 4
    told = [one for one in said if "сломано" in one]
    assert len(told) == 1
    assert "Прежнее состояние остаётся" in told[0]
    assert said.count("Изменено: data/raw/SOURCES.toml") == 2


def test_a_project_without_its_settings_is_told_too(root):
    settings = root / "project.toml"
    published, said = _followed(root, [settings.unlink, _saved(settings, PROJECT)])
    assert len(published.formats) == 4
    assert sum("Прежнее состояние остаётся" in one for one in said) == 1


@pytest.mark.parametrize(
    ("file", "is_watched"),
    [
        ("data/raw/2021/form.xlsx", True), ("reports/2021/meeting.qmd", True), ("data/disclosure.toml", True),
        ("requirements.lock", True), ("data/private/mask.key", True), ("data/private/printed-2021.json", False),
        ("data/processed/plan.parquet", False), ("reports/_site/index.html", False), ("output/findings.txt", False),
        ("reports/2021/figures/fig-plan-1.png", False), ("data/raw/2021/~$form.xlsx", False),
    ],
)  # fmt: skip
def test_what_people_write_is_watched_and_what_is_made_is_not(root, file, is_watched):
    before = stamps(root)
    (root / file).write_text("x", encoding="utf-8")
    assert (stamps(root) != before) == is_watched


def _plan_fact(*reported):
    whole = {name: 0 for name, kind in pandas_types(PlanFact).items() if kind in ("int64", "bool")}
    rows = [
        {**whole, "measure_label": "4.4", "calendar_year": 2021 + n, "reported_count": one}
        for n, one in enumerate(reported)
    ]
    return typed_table(PlanFact, rows)


def test_the_difference_names_how_many_numbers_and_the_first():
    said = difference({"plan_fact": (_plan_fact(1, None, 3), _plan_fact(2, 5, 3))})
    assert said == "Изменились числа: План и факт (4.4, 2021): «Сообщено» 1 → 2. Всего: План и факт — 2."
    assert "(4.4, 2022): «Сообщено» нет → 5" in difference({"plan_fact": (_plan_fact(1, None), _plan_fact(1, 5))})


def test_more_rows_are_told_and_no_difference_is_said_to_be_none():
    said = difference({"plan_fact": (_plan_fact(1), _plan_fact(1, 2))})
    assert said == "Изменились числа: План и факт: строк было 1, стало 2."
    assert difference({"plan_fact": (_plan_fact(1), _plan_fact(1))}) == AS_BEFORE
    for name in ("unknown", "received_cells"):  # of which nobody reads a number
        assert difference({name: (pd.DataFrame(), pd.DataFrame({"x": [1]}))}) == AS_BEFORE


def test_what_was_made_anew_is_named_once(root):
    def noted(**keys):
        outputs = {name: Output(key, (name,)) for name, key in keys.items()}
        write_state(root / "reports/_site.json", outputs, root / "reports/_site")

    class Made(Published):
        def __call__(self, project, years, how, progress):
            super().__call__(project, years, how, progress)
            noted(page="new", paper="old" if how.later else "new")

    noted(page="old", paper="old")
    said = list[str]()
    Watch(root, "builtin", Progress(said.append), Made(root)).follow(lambda: stamps(root), lambda: False)
    assert [one for one in said if "обновлено" in one] == ["На сайте обновлено: page.", "На сайте обновлено: paper."]


def test_the_second_process_lives_from_turn_to_turn_and_may_die(own_town):
    said, seconds, turns = [], [], iter(["as it is", "dead", "the end"])

    def built(project, years, how, progress):
        build_if_changed(project, years, progress, how.jobs, how.memory, how.helper)

    def wait():
        turn = next(turns)
        seconds.append([one.pid for one in active_children()])
        if turn == "dead":
            for one in active_children():
                one.kill()
                one.join()
        if turn != "the end":
            EDITS["факт в форме"](own_town)
        return turn != "the end"

    Watch(own_town, "builtin", Progress(said.append), built, jobs=2).follow(lambda: stamps(own_town), wait)
    assert len([one for one in said if one.startswith("Изменились числа")]) == 2
    assert (len(seconds[0]), seconds[1], seconds[2]) == (1, seconds[0], [])
