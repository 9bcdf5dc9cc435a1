"""A region on a Dask cluster: the same as on one machine; what does not fit is one sentence."""

from contextlib import nullcontext

import pytest

from analysis.errors import AnalysisError
from analysis.files.memory import SILENT
from analysis.region import work
from analysis.region.city import BUILD, Order
from analysis.region.work import How, build
from regions import ALONE, DAY, everything_in, given_up, never_the_same, tiny_region

distributed = pytest.importorskip("distributed", reason="no distributed: the extra [region]")


@pytest.fixture(scope="module")
def cluster():
    """A scheduler and a worker in threads of this process."""
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, protocol="tcp"
    ) as found:
        yield found


def test_the_cluster_gives_the_same_and_runs_an_equal_order_again(cluster, tmp_path):
    region = tiny_region(tmp_path, "a")
    there = How(1, cluster.scheduler_address, DAY)
    (tmp_path / "a/project.toml").rename(tmp_path / "a/aside.toml")
    assert "проекта города здесь нет" in build(region, there, SILENT).states[0].told["error"]
    (tmp_path / "a/aside.toml").rename(tmp_path / "a/project.toml")
    # An equal key would give the old error without running.
    assert build(region, there, SILENT).is_whole
    on_cluster = everything_in(region.output)
    assert build(region, ALONE, SILENT).is_whole
    assert everything_in(region.output) == on_cluster


def test_a_task_that_the_cluster_gave_up_is_run_again_and_then_named(cluster, tmp_path):
    orders = [Order(BUILD, name, "", str(tmp_path / name), "2023-05-01") for name in ("twice", "always")]
    told = {one["id"]: one["error"] for one in work.run(orders, 1, cluster.scheduler_address, given_up)}
    assert told == {"twice": "", "always": work.DIED}
    assert [len(list(tmp_path.glob(f"{name}.*"))) for name in ("twice", "always")] == [3, work.TRIED]


def test_another_version_of_the_program_is_refused(cluster, monkeypatch):
    monkeypatch.setattr(work, "code_fingerprint", never_the_same)
    with pytest.raises(AnalysisError, match="Другая версия программы у рабочих процессов: tcp://"):
        list(work.run([], 1, cluster.scheduler_address))


def test_a_scheduler_without_workers_is_refused(cluster, monkeypatch):
    monkeypatch.setattr(work, "SECONDS", 2)
    cluster.scale(0)
    with pytest.raises(AnalysisError, match="нет рабочих процессов"):
        list(work.run([], 1, cluster.scheduler_address))


def test_a_city_whose_last_worker_has_gone_is_named(cluster, monkeypatch):
    """A task waits at the scheduler for ever when no worker comes back."""
    monkeypatch.setattr(work, "SECONDS", 0.05)
    cluster.scale(0)
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        told = list(work._finished(client, [Order(BUILD, "a", "", "a", "2023-05-01")], given_up))
    assert [(one["id"], one["error"]) for one in told] == [("a", work.GONE)]


def test_a_result_that_died_with_its_worker_is_waited_for(cluster, monkeypatch):
    """Dask does the task again by itself; meanwhile its state is neither an end nor the loss of a city."""
    monkeypatch.setattr(work, "SECONDS", 0.05)
    monkeypatch.setattr(distributed, "wait", lambda *_, **__: None)
    told = work._finished(
        _Losing(["lost", "pending", "finished"]), [Order(BUILD, "a", "", "a", "2023-05-01")], given_up
    )
    assert list(told) == [{"id": "a", "error": ""}]


class _Losing:
    """A client of one task, whose states follow each other."""

    def __init__(self, states):
        self._states = iter(states)

    def as_current(self):
        return nullcontext()

    def submit(self, task, order, pure):
        return self

    @property
    def status(self):
        return next(self._states)

    def scheduler_info(self):
        return {"workers": {"one": {}}}

    def result(self):
        return {"id": "a", "error": ""}
