"""Cities of a region: one that is broken stops nobody, and its last good state stays and says of which day it is."""

import errno
import shutil

import pytest

from analysis.cli import main
from analysis.errors import AnalysisError
from analysis.files.memory import SILENT
from analysis.region import city, dataset
from analysis.region.city import CHECK, Order, run_city
from analysis.region.work import How, build, check
from regions import ALONE, everything_in, region_of, rename, tiny_region
from roadmaps import FIRST, HOUSE, document, project_with, with_cell

UNREADABLE = "Это не план\nи таблиц в нём нет"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A region of two cities, built; no test may change it."""
    region = tiny_region(tmp_path_factory.mktemp("region"), "a", "b")
    assert build(region, ALONE, SILENT).is_whole
    return region


@pytest.fixture
def own(built, tmp_path):
    """The same as a copy that a test may change."""
    shutil.copytree(built.root, tmp_path / "own")
    return region_of(tmp_path / "own", {"a": "a", "b": "b"})


def _states(ran):
    rows = ran.tables["region_cities"]
    return {row.city_id: (row.city_state, row.in_region, str(row.good_date)[:10]) for row in rows.itertuples()}


def test_a_second_build_changes_nothing(own):
    before = everything_in(own.output)
    assert build(own, ALONE, SILENT).said() == ["Города в порядке: 2 из 2."]
    assert everything_in(own.output) == before


def test_a_city_in_which_nothing_changed_is_not_at_work_again(own):
    asked = []

    def counted(order):
        asked.append(order.id)
        return run_city(order)

    how = How(1, "", ALONE.today, counted)
    assert build(own, how, SILENT).is_whole
    project_with(own.root / "b", document([FIRST, with_cell(FIRST, 0, "1.2")]))
    rename(own.root / "b", "город b")
    assert build(own, how, SILENT).is_whole
    assert asked == ["b"]
    next((own.root / "a/data/processed").glob("*.parquet")).unlink()
    next((own.output / "cities/b").glob("*.parquet")).unlink()
    assert build(own, how, SILENT).is_whole
    assert asked == ["b", "a", "b"]


def test_other_rules_are_said_in_a_line(own):
    (own.root / "b/data").mkdir(exist_ok=True)
    shutil.copy(HOUSE / "data/calendar.toml", own.root / "b/data/calendar.toml")
    told = build(own, ALONE, SILENT).said()
    assert told == ["город b: правила не такие, как у большинства городов: календарь.", "Города в порядке: 2 из 2."]


BROKEN = {
    "the folder is gone": (lambda root: shutil.rmtree(root / "a"), "проекта города здесь нет"),
    "the settings": (lambda root: (root / "a/project.toml").write_text("[project", encoding="utf-8"), "не читается"),
    "the plan": (lambda root: _replaced_plan(root / "a"), "сборку останавливают замечания"),
}


def _replaced_plan(project):
    project_with(project, UNREADABLE)
    rename(project, "город a")


@pytest.mark.parametrize("way", BROKEN)
def test_a_broken_city_shows_its_last_good_state_and_stops_nobody(own, way):
    spoil, told = BROKEN[way]
    spoil(own.root)
    project_with(own.root / "b", document([FIRST, with_cell(FIRST, 0, "1.2")]))
    rename(own.root / "b", "город b")
    before = everything_in(own.output / "cities/a")
    ran = build(own, ALONE, SILENT)
    assert _states(ran) == {"a": ("собран", True, "2023-05-01"), "b": ("собран", True, "2023-05-01")}
    assert everything_in(own.output / "cities/a") == before
    (said, counted) = ran.said()
    assert told in said
    assert said.startswith("город a (a): ")
    assert said.endswith(" Показано состояние на 01.05.2023.")
    assert counted == "Города в порядке: 1 из 2."
    assert "Показано" not in check(own, ALONE, SILENT).said()[0]  # which shows nothing
    assert len(dataset.read_table(own.output, "activities", ["b"])) == 2


def test_what_stops_a_city_is_counted(tmp_path):
    region = tiny_region(tmp_path, "a", "b")
    _replaced_plan(tmp_path / "a")
    ran = build(region, ALONE, SILENT)
    first, second = ran.tables["region_cities"].itertuples()
    assert (first.city_state, first.in_region, first.blocking_count > 0) == ("получен", False, True)
    assert (second.city_state, second.in_region, second.blocking_count) == ("собран", True, 0)


def test_two_cities_of_one_name_enter_neither(own):
    rename(own.root / "b", "ГОРОД A")
    ran = build(own, ALONE, SILENT)
    assert not ran.is_whole
    assert [state[1] for state in _states(ran).values()] == [False, False]
    assert ran.said()[0].startswith("город a (a): в таблицы не вошёл: так же назван город b")
    assert len(ran.tables["region_execution"]) == 0


def test_a_city_that_was_never_there_is_named_by_its_entry(tmp_path):
    region = tiny_region(tmp_path, "a")
    region = region_of(tmp_path, {"a": "a", "nobody": "nobody"})
    ran = build(region, ALONE, SILENT)
    assert _states(ran)["nobody"] == ("нет сведений", False, "NaT")
    assert ran.said()[0].startswith(f"nobody (nobody): {tmp_path / 'nobody'}: проекта города здесь нет")


def test_a_check_writes_nothing(own):
    shutil.rmtree(own.output)
    ran = check(own, ALONE, SILENT)
    assert ran.is_whole
    assert not own.output.exists()
    assert [state.told["city"] for state in ran.states] == ["город a", "город b"]


def test_a_full_disk_leaves_the_last_good_state(own, monkeypatch):
    project_with(own.root / "a", document([FIRST, with_cell(FIRST, 0, "1.2")]))
    rename(own.root / "a", "город a")
    before = everything_in(own.output / "cities")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device", "x.parquet")

    monkeypatch.setattr(city, "write_table", full)
    ran = build(own, ALONE, SILENT)
    assert "На диске нет места" in ran.said()[0]
    assert everything_in(own.output / "cities") == before


def test_a_fault_of_the_program_in_a_city_is_a_sentence(own, monkeypatch):
    monkeypatch.setattr(city, "check", lambda *_: 1 / 0)
    told = run_city(Order(CHECK, "a", str(own.root / "a"), "", ""))
    assert told["error"].startswith("ошибка программы (ZeroDivisionError")


def test_a_state_that_an_older_program_left_stops_nobody(own):
    shutil.rmtree(own.root / "a")
    table = dataset.read_table(own.output, "targets", ["a"]).drop(columns="target_mark")
    table.to_parquet(own.output / "cities/a/targets.parquet")
    ran = build(own, ALONE, SILENT)
    assert [state[1] for state in _states(ran).values()] == [False, True]
    assert "последнее состояние повреждено или от прежней версии программы" in ran.said()[0]


DAMAGE = {
    "no table": lambda bytes_: b"x" * 100,
    "a byte": lambda bytes_: bytes_[:40] + b"\0\1\2" + bytes_[43:],
    "cut": lambda bytes_: bytes_[:-9],
}


@pytest.mark.parametrize("way", DAMAGE)
def test_a_damaged_table_of_a_city_is_made_again(own, way):
    before, path = everything_in(own.output), own.output / "cities/a/targets.parquet"
    path.write_bytes(DAMAGE[way](path.read_bytes()))
    if way != "a byte":  # which only who keeps the hash sees
        with pytest.raises(AnalysisError, match="targets.parquet: файл повреждён"):
            dataset.read_table(own.output, "targets", ["a", "b"])
    assert build(own, ALONE, SILENT).said() == ["Города в порядке: 2 из 2."]
    assert everything_in(own.output) == before


def test_a_city_that_left_the_region_is_in_no_table(own):
    ran = build(region_of(own.root, {"b": "b"}), ALONE, SILENT)
    assert list(_states(ran)) == ["b"]
    package = (own.output / dataset.PACKAGE).read_text(encoding="utf-8")
    assert "cities/b/targets.parquet" in package
    assert "cities/a/" not in package


def test_two_runs_at_once_are_refused(own):
    from analysis.files.storage import only_one_at_work

    with (
        only_one_at_work(own.output / ".region.lock"),
        pytest.raises(AnalysisError, match="уже работает другой запуск"),
    ):
        build(own, ALONE, SILENT)


def test_the_command_says_what_is_to_be_mended(own, capsys):
    shutil.rmtree(own.root / "b")
    assert main(["region", "build", "--region", str(own.root), "--jobs", "1"]) == 1
    assert "Города в порядке: 1 из 2." in capsys.readouterr().out
    assert main(["region", "check", "--region", str(own.root / "nowhere")]) == 1
    assert "region.toml не найден" in capsys.readouterr().err
