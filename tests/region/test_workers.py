"""Whatever dies while a region is built, what comes out has the same bytes; a city that always dies is given up."""

import random
import shutil
from multiprocessing import get_all_start_methods, get_context

import pytest

from analysis.errors import AnalysisError
from analysis.files.memory import SILENT
from analysis.region import work
from analysis.region.city import BUILD, Order
from analysis.region.work import DIED, How, build, run
from regions import ALONE, DAY, MOMENTS, deaths, everything_in, mortal, tiny_region

PRELOADED = [
    "analysis.region.work",
    "analysis.pipeline.build",
    "analysis.pipeline.check",
    "analysis.presentation.chapters",
    "analysis.presentation.write",
]


@pytest.fixture
def quick_starts(monkeypatch):
    """Processes that begin as copies of one that has the package loaded, where the system has such."""
    if "forkserver" in get_all_start_methods():
        context = get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        monkeypatch.setattr(work, "get_context", lambda _: context)


def test_three_killed_processes_change_no_byte(quick_starts, tmp_path):
    region = tiny_region(tmp_path, "a", "b")
    assert build(region, ALONE, SILENT).is_whole
    expected = everything_in(region.output)
    assert len(expected) > 20
    for made in (region.output, *tmp_path.glob("[ab]/data/processed")):
        shutil.rmtree(made)
    deaths(region).mkdir()
    chance = random.Random(20261130)
    for number in range(3):
        (deaths(region) / f"{chance.choice('ab')}.{number}.{chance.choice(MOMENTS)}").touch()
    ran = build(region, How(2, "", DAY, mortal), SILENT)
    assert list(deaths(region).iterdir()) == []
    assert ran.is_whole
    assert everything_in(region.output) == expected


def _broken_pool(monkeypatch, fatal):
    """Processes that are none: whoever runs a fatal order breaks the pool, as a killed process does."""
    rounds = []

    def a_round(orders, _jobs, task):
        rounds.append([one.id for one in orders])
        for order in orders:
            if order.id in fatal:
                return
            yield task(order)

    monkeypatch.setattr(work, "_round", a_round)
    return rounds


def _orders(*names):
    return [Order(BUILD, name, name, name, "2023-05-01") for name in names]


def _well(order):
    return {"id": order.id, "error": ""}


def test_a_city_that_always_dies_is_given_up_and_stops_nobody(monkeypatch):
    rounds = _broken_pool(monkeypatch, {"b"})
    told = {one["id"]: one["error"] for one in run(_orders("a", "b", "c"), 2, task=_well)}
    assert told == {"a": "", "b": DIED, "c": ""}
    assert rounds[:3] == [["a", "b", "c"], ["b", "c"], ["b", "c"]]
    assert rounds.count(["b"]) == work.TRIED_ALONE


def test_processes_are_renewed(monkeypatch):
    rounds = _broken_pool(monkeypatch, set())
    names = [f"c{number}" for number in range(2 * work.RENEWED_AFTER + 1)]
    assert [one["id"] for one in run(_orders(*names), 2, task=_well)] == names
    assert [len(one) for one in rounds] == [2 * work.RENEWED_AFTER, 1]


def test_no_scheduler_is_one_sentence(monkeypatch):
    pytest.importorskip("distributed", reason="no distributed: the extra [region]")
    monkeypatch.setattr(work, "SECONDS", 0.2)
    with pytest.raises(AnalysisError, match="Планировщик tcp://127.0.0.1:9 не отвечает"):
        list(run(_orders("a"), 1, "tcp://127.0.0.1:9"))
    with pytest.raises(AnalysisError, match="В адресе планировщика «tcp://127.0.0.1» нет порта"):
        list(run(_orders("a"), 1, "tcp://127.0.0.1"))
