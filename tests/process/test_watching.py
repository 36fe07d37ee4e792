"""`kwartier serve` watched from outside: figures of all workers, readiness, the end."""

import os
import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from kwartier.wire import paths
from support.running import Running, running
from support.serving import until

_REQUESTS: Final = 24
_HEALTH: Final = "/esco-sbx/v3" + paths.HEALTH


class Watcher:
    """Somebody who asks the listener of a platform."""

    def __init__(self, platform: Running) -> None:
        (self.port,) = {
            connection.laddr.port
            for connection in psutil.Process(platform.pid).net_connections()
            if connection.status == psutil.CONN_LISTEN
        } - {httpx.URL(platform.address).port}

    def get(self, path: str) -> httpx.Response:
        """Ask."""
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", trust_env=False, timeout=60)

    def value(self, name: str, **labels: str) -> float:
        """The value of a series, 0 where there is none."""
        families = text_string_to_metric_families(self.get("/metrics").text)
        samples = [sample for family in families for sample in family.samples]
        assert samples
        return sum(one.value for one in samples if one.name == name and labels.items() <= one.labels.items())


def _watcher(platform: Running) -> Watcher:
    found: list[Watcher] = []

    def is_there() -> bool:
        try:
            found.append(Watcher(platform))
        except ValueError:
            return False
        return True

    until(is_there)
    until(lambda: found[0].get("/ready").status_code == 200)
    return found[0]


def _ask(platform: Running) -> None:
    with ThreadPoolExecutor(_REQUESTS) as threads:
        answers = threads.map(
            lambda _: httpx.get(platform.address + _HEALTH, headers={"Connection": "close"}, timeout=60),
            range(_REQUESTS),
        )
        assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize("workers", [1, 2])
def test_figures_of_all_workers_add_up(tmp_path: Path, workers: int) -> None:
    """C6: what was asked of any worker is counted, also of one that died since; only gauges forget it."""
    with running(tmp_path, "--workers", str(workers), settings={"METRICS_PORT": "0"}) as platform:
        watcher = _watcher(platform)
        until(lambda: watcher.value("kwartier_workers") == workers)
        _ask(platform)
        until(lambda: watcher.value("kwartier_requests_total", endpoint=_HEALTH, status="200") == _REQUESTS)
        until(lambda: watcher.value("kwartier_requests_in_flight") == 0)
        assert watcher.value("kwartier_build_info") == 1
        if workers > 1:
            serving = [
                child.pid
                for child in psutil.Process(platform.pid).children()
                if "spawn_main" in " ".join(child.cmdline())
            ]
            os.kill(serving[0], signal.SIGKILL)
            until(lambda: not psutil.pid_exists(serving[0]))
            until(lambda: watcher.value("kwartier_workers") == workers)
            assert watcher.value("kwartier_requests_total", endpoint=_HEALTH, status="200") == _REQUESTS


def test_nothing_is_told_on_the_public_port(tmp_path: Path) -> None:
    """C9: metrics and readiness are for the operator; the public port knows the health of the guide's API alone."""
    with running(tmp_path, settings={"METRICS_PORT": "0"}) as platform:
        watcher = _watcher(platform)
        public = [
            httpx.get(platform.address + path, timeout=60).status_code
            for path in ("/metrics", "/ready", _HEALTH)
        ]
        assert public == [404, 404, 200]
        assert watcher.get(_HEALTH).status_code == 404


def test_readiness_sees_the_database(tmp_path: Path) -> None:
    """C6: a database that another version took over makes the platform unready, though it lives."""
    with running(tmp_path, settings={"METRICS_PORT": "0", "LOG_LEVEL": "critical"}) as platform:
        watcher = _watcher(platform)
        with sqlite3.connect(tmp_path / "kwartier.db") as connection:
            connection.execute("update alembic_version set version_num = '9999'")
        connection.close()
        unready = watcher.get("/ready")
        assert (unready.status_code, watcher.get("/live").status_code) == (503, 200)
        assert "9999" in unready.text


@pytest.mark.parametrize("workers", [1, 2])
def test_the_listener_ends_with_the_server(tmp_path: Path, workers: int) -> None:
    """C6: when it is stopped nobody listens any more, and the folder of the figures is gone."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    settings = {"METRICS_PORT": "0"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        with running(tmp_path, "--workers", str(workers), settings=settings) as platform:
            watcher = _watcher(platform)
            assert list(folder.glob("kwartier-metrics-*/*.db"))
    assert not list(folder.glob("kwartier-metrics-*"))
    with pytest.raises(httpx.ConnectError):
        watcher.get("/live")
