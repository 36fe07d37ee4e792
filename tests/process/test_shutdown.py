"""How the platform ends: answers under way end, new requests are refused, and nothing is left behind."""

import os
import signal
import socket
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path

import httpx
import psutil
import pytest

from support.outage import FailingServer, failing_server
from support.platform import assert_refused
from support.running import running
from support.serving import HEALTH, Served, served, until

__all__ = ["failing_server"]

_PATIENCE_SECONDS = 60
_DRAIN = {
    "SHUTDOWN_DRAIN_SECONDS": "8"
}  # for as long there is somebody on every connection, also on a busy machine


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
def test_an_answer_under_way_ends_and_new_requests_are_refused(
    tmp_path: Path, workers: int, sig: signal.Signals
) -> None:
    """C6: told to stop, the platform ends what it began, refuses what is new in the one form, and exits with 0."""
    with served(tmp_path, "--workers", str(workers), settings=_DRAIN) as one:
        processes = psutil.Process(one.process.pid).children()
        with one.slow_reader() as reader, httpx.Client(base_url=one.platform.address, timeout=60) as kept:
            assert (reader.status, kept.get(HEALTH).status_code) == (200, 200)
            one.tell(sig)
            until(lambda: one.health().status_code == HTTPStatus.SERVICE_UNAVAILABLE)
            for refused in (one.health(), kept.get(HEALTH)):
                assert_refused(refused, HTTPStatus.SERVICE_UNAVAILABLE, "stopped")
                assert int(refused.headers["retry-after"]) > 0
                assert refused.headers["connection"] == "close"
            meters = reader.rest()["data"]["headpoint"]["physicalMeters"]
        assert len(meters[0]["quarterHourlyEnergy"]) > 17_000
        assert one.ended() == 0
        until(lambda: not any(process.is_running() for process in processes))


def test_an_answer_beyond_the_grace_is_cut(tmp_path: Path) -> None:
    """C6: a client that never reads on does not keep the platform from ending."""
    with served(tmp_path, settings={"SHUTDOWN_GRACE_SECONDS": "1"}) as one, one.slow_reader() as reader:
        one.tell()
        assert one.ended() == 0
        with pytest.raises((AssertionError, ConnectionError)):
            reader.rest()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_second_signal_ends_at_once(tmp_path: Path, workers: int) -> None:
    """C6: whoever does not want to wait says so again, and the exit code tells that answers may have been cut."""
    grace = {"SHUTDOWN_GRACE_SECONDS": str(2 * _PATIENCE_SECONDS)}
    with served(tmp_path, "--workers", str(workers), settings=grace) as one, one.slow_reader():
        processes = psutil.Process(one.process.pid).children()
        one.tell()
        until(lambda: one.health().status_code == HTTPStatus.SERVICE_UNAVAILABLE)
        one.tell()
        assert one.process.wait(_PATIENCE_SECONDS) == 1
        until(lambda: not any(process.is_running() for process in processes))


def test_a_worker_that_dies_is_started_again(tmp_path: Path) -> None:
    """C6: the platform keeps as many workers as it was told to."""
    with served(tmp_path, "--workers", "2") as one:
        first = one.children()
        assert len(first) == 2
        os.kill(first[0].pid, signal.SIGKILL)
        until(lambda: len(one.children()) == 2 and first[0] not in one.children())
        assert first[1] in one.children()
        assert one.health().status_code == 200
        one.tell()
        assert one.ended() == 0


def test_workers_are_replaced_one_by_one(tmp_path: Path) -> None:
    """C6: at SIGHUP every worker is replaced, and all the while requests are served."""
    with served(tmp_path, "--workers", "2", settings={"SHUTDOWN_DRAIN_SECONDS": "0"}) as one:
        first, statuses = set(one.children()), set()

        def replaced() -> bool:
            # On a connection that the worker that leaves has taken already, the answer may be a refusal.
            statuses.add(one.health().status_code)
            now = set(one.children())
            return len(now) == 2 and not now & first

        one.tell(signal.SIGHUP)
        until(replaced)
        assert 200 in statuses
        assert statuses <= {200, 503}
        one.tell()
        assert one.ended() == 0


def test_workers_do_not_outlive_their_supervisor(tmp_path: Path) -> None:
    """C6: when the process that supervises is killed, its workers end by themselves."""
    with served(tmp_path, "--workers", "2") as one:
        workers = one.children()
        assert len(workers) == 2
        one.tell(signal.SIGKILL)
        until(lambda: not any(worker.is_running() for worker in workers))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_stopped_platform_leaves_all_in_its_files(tmp_path: Path, workers: str) -> None:
    """R1: what was noted stands in the file itself: whoever copies that has all of it."""
    with running(tmp_path, "--workers", workers) as platform:
        issued = platform.credentials()
        assert platform.token(issued).status_code == HTTPStatus.OK
        assert (tmp_path / "kwartier.db-wal").stat().st_size > 0
    assert not list(tmp_path.glob("*-wal"))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_database_that_hangs_does_not_keep_the_platform_from_ending(
    tmp_path: Path, workers: int, failing_server: FailingServer
) -> None:
    """C6: the grace is kept whatever hangs, and exit code and log tell that something was cut."""
    settings = {"SHUTDOWN_GRACE_SECONDS": "1", "SHUTDOWN_DRAIN_SECONDS": "0", "RATE_LIMIT_STORE": "memory"}
    with (
        served(tmp_path, "--workers", str(workers), settings=settings, database=failing_server.url) as one,
        failing_server.hanging(),
        ExitStack() as several,
    ):
        for _ in range(5):
            several.enter_context(_asked(one))
        # Those came before it.
        until(lambda: one.health().status_code == HTTPStatus.OK)
        one.tell()
        assert one.process.wait(_PATIENCE_SECONDS) == 1


def _asked(one: Served) -> socket.socket:
    """A connection on which GET mandate was asked."""
    address = httpx.URL(one.base_url)
    asked = socket.create_connection((address.host, address.port))
    lines = [f"GET {address.path}/api/mandate HTTP/1.1", "Host: loopback"]
    lines += [f"{name}: {value}" for name, value in one.headers.items()]
    asked.sendall("\r\n".join([*lines, "", ""]).encode())
    return asked
