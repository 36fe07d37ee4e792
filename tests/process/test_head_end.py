"""The head-end's endpoint on a running platform: memory, hanging up, being killed, being told to stop."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from typing import Any, Final

import httpx
import psutil
import pytest

from kwartier.backoffice.delivering import ARROW, NDJSON
from kwartier.db.migrate import READINGS, migrate
from kwartier.db.readings import readings_database
from kwartier.services.deliveries import Deliveries
from support.engines import Template
from support.head_end import STREAMS, HeadEnd, deliverer, head_end_of
from support.platform import assert_refused
from support.running import running
from support.serving import Served, served, until

_SOME: Final = 200_000


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    """Where rows wait."""
    return tmp_path / "spool"


@pytest.fixture
def one(tmp_path: Path, spool: Path) -> Iterator[Served]:
    """A platform whose end is watched."""
    with served(tmp_path, settings={"SPOOL": str(spool), "PUBLICATION_LEAD_SECONDS": "0.2"}) as one:
        yield one


@pytest.fixture
def head_end(one: Served, tmp_path: Path) -> HeadEnd:
    """Who delivers to it."""
    return head_end_of(one.platform, tmp_path)


def left(spool: Path) -> list[str]:
    """What lies in the folder in which rows wait."""
    return [path.name for path in spool.glob("*")]


def begun(head_end: HeadEnd, spool: Path, delivery_id: str = "monday") -> Any:
    """A delivery of which a part was read."""
    sending = head_end.sending(delivery_id, NDJSON)
    for part in islice(STREAMS[NDJSON](_SOME), 10):
        sending.send(part)
    until(lambda: bool(left(spool)))
    return sending


def _peak_mb(process: psutil.Process, work: Any) -> float:
    """The most memory that a process held while something was done, in MB."""
    Path(f"/proc/{process.pid}/clear_refs").write_text("5")
    work()
    status = Path(f"/proc/{process.pid}/status").read_text()
    [peak] = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(peak) / 1024


@pytest.mark.parametrize("media_type", STREAMS)
def test_memory_does_not_grow_with_the_stream(one: Served, head_end: HeadEnd, media_type: str) -> None:
    """R4: a stream of three times as many values takes no more memory; both are larger than what is held at once."""
    worker = psutil.Process(one.process.pid)

    def taken(delivery_id: str, values: int) -> float:
        def work() -> None:
            answer = head_end.deliver(delivery_id, STREAMS[media_type](values), media_type)
            assert answer.status_code == HTTPStatus.OK, answer.text
            assert answer.json()["data"]["delivery"]["counts"]["stored"] == values

        return _peak_mb(worker, work)

    taken("warm", _SOME)
    small, large = taken("small", 2_000_000), taken("large", 6_000_000)
    assert large < small * 1.2, f"{small:.0f} MB, then {large:.0f} MB"


def test_who_hangs_up_has_delivered_nothing(head_end: HeadEnd, spool: Path) -> None:
    """R3: a connection that breaks in mid-stream leaves nothing, neither in the store nor in the folder of waiting rows."""
    begun(head_end, spool).hang_up()
    until(lambda: left(spool) == [])
    assert head_end.deliveries() == []
    again = head_end.deliver("monday", STREAMS[NDJSON](_SOME), NDJSON)
    assert again.json()["data"]["delivery"]["counts"]["stored"] == _SOME
    assert not again.json()["data"]["isRepeated"]


def test_who_hangs_up_has_delivered_nothing_to_postgresql(
    tmp_path: Path, spool: Path, postgresql_template: Template
) -> None:
    """R3: on PostgreSQL too a broken delivery leaves nothing, and may come again at once."""
    settings = {"SPOOL": str(spool)}
    with (
        postgresql_template() as url,
        running(tmp_path, settings=settings, database=url) as platform,
    ):
        head_end = head_end_of(platform, tmp_path)
        begun(head_end, spool).hang_up()
        until(lambda: left(spool) == [])
        assert head_end.deliveries() == []
        again = head_end.deliver("monday", STREAMS[ARROW](_SOME), ARROW)
        assert again.json()["data"]["delivery"]["counts"]["stored"] == _SOME


def test_the_same_delivery_comes_twice_at_once(head_end: HeadEnd, spool: Path) -> None:
    """R3: while a delivery is being sent, another of the same id is 409; the first goes on."""
    with begun(head_end, spool) as first:
        second = head_end.deliver("monday", STREAMS[NDJSON](_SOME), NDJSON)
        assert_refused(second, HTTPStatus.CONFLICT, "being brought in")
        first.end()
        status, body = first.answer()
    assert (status, body["data"]["delivery"]["counts"]["stored"]) == (200, 50_000)


def test_deliveries_under_way_hold_up_nothing_else(one: Served, head_end: HeadEnd, spool: Path) -> None:
    """C4, R4: with as many under way as may be, the next is 503 with when to ask again, and all else is answered as ever."""
    with begun(head_end, spool, "a") as first, begun(head_end, spool, "b"):
        third = head_end.deliver("c", b"", NDJSON)
        assert_refused(third, HTTPStatus.SERVICE_UNAVAILABLE, "take long")
        assert int(third.headers["retry-after"]) > 0
        for part in islice(STREAMS[NDJSON](_SOME), 10, 15):
            first.send(part)
            assert one.health().status_code == HTTPStatus.OK
            assert head_end.deliveries() == []
        # Nothing of it waited for them: after half a minute without a byte this one would have been broken off.
        first.end()
        assert first.answer()[0] == HTTPStatus.OK
    until(lambda: left(spool) == [])
    assert head_end.deliver("c", b"", NDJSON).status_code == HTTPStatus.OK


def test_a_delivery_under_way_ends_within_the_grace(one: Served, head_end: HeadEnd, spool: Path) -> None:
    """C6, R3: told to stop, the platform takes the rest of a delivery that it began, and refuses new ones."""
    with begun(head_end, spool) as sending:
        one.tell()
        until(lambda: one.health().status_code == HTTPStatus.SERVICE_UNAVAILABLE)
        sending.end()
        status, body = sending.answer()
    assert (status, body["data"]["delivery"]["state"]) == (200, "published")
    assert one.ended() == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_delivery_beyond_the_grace_is_cut(tmp_path: Path, spool: Path, workers: str) -> None:
    """C6, R3: one that does not end within the grace is broken off; nothing of it is left, and it may come again."""
    settings = {"SPOOL": str(spool), "SHUTDOWN_GRACE_SECONDS": "1"}
    with served(tmp_path, "--workers", workers, settings=settings) as one:
        head_end = head_end_of(one.platform, tmp_path)
        with begun(head_end, spool) as sending:
            one.tell()
            status, body = sending.answer()
            assert (status, body["Code"]) == (503, "Unavailable")
            assert one.ended() == 0
        assert left(spool) == []
    with running(tmp_path, settings=settings) as platform:
        again = deliverer(platform)
        assert again.deliveries() == []
        assert again.deliver("monday", STREAMS[ARROW](_SOME), ARROW).status_code == HTTPStatus.OK


def test_killed_in_mid_stream(tmp_path: Path, spool: Path) -> None:
    """R3: a worker that is killed leaves nothing that counts; another takes the same delivery, and removes what was left."""
    with served(tmp_path, "--workers", "2", settings={"SPOOL": str(spool)}) as one:
        head_end = head_end_of(one.platform, tmp_path)
        with begun(head_end, spool) as sending:
            for child in one.children():
                child.send_signal(signal.SIGKILL)
            with pytest.raises(ConnectionError):
                sending.answer()
        assert left(spool)
        until(lambda: _answers(one))
        assert head_end.deliveries() == []
        answer = head_end.deliver("monday", STREAMS[NDJSON](_SOME), NDJSON)
        assert answer.json()["data"]["delivery"]["counts"]["stored"] == _SOME
        assert left(spool) == []


def _answers(one: Served) -> bool:
    try:
        return one.health().status_code == HTTPStatus.OK
    except httpx.TransportError:
        return False


def test_what_was_left_is_swept(tmp_path: Path) -> None:
    """R3: a platform that begins to serve sweeps what a dead one began and did not publish."""
    readings = readings_database(f"sqlite:///{tmp_path / 'kwartier.db'}")
    migrate(readings, READINGS)
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    deliveries = Deliveries(readings, lambda: long_ago, timedelta(seconds=1))
    deliveries.begin("left", "a test")
    with running(tmp_path):
        until(lambda: deliveries.find("left") is None)
    assert deliveries.newest() == []
    readings.close()


def test_who_sends_nothing_is_cut(head_end: HeadEnd, spool: Path) -> None:
    """R4: half a minute without a byte ends a delivery."""
    with begun(head_end, spool) as sending:
        sending._socket.settimeout(240)
        with pytest.raises(ConnectionError):
            sending.answer()
    until(lambda: left(spool) == [])
    assert head_end.deliveries() == []


def test_the_lines_of_the_page_deliver(one: Served, head_end: HeadEnd, tmp_path: Path) -> None:
    """R4: the shell lines and the Python of docs/backoffice.md deliver as they stand."""
    page = (Path(__file__).parents[2] / "docs" / "backoffice.md").read_text(encoding="utf-8")
    [_, shell] = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    [python] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    issue = ("operators", "issue", "Head-end", "--scope", "backoffice.deliver", "--export")
    exports = one.platform.command(*issue)
    known = {"PLATFORM": one.platform.address, "TOKEN": head_end.token, "PATH": os.environ["PATH"]}
    (tmp_path / "runs.ndjson").write_bytes(b"".join(STREAMS[NDJSON](5_000)))
    (tmp_path / "deliver.py").write_text(python)
    by_curl = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", exports + shell],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        check=True,
        capture_output=True,
        timeout=240,
    )
    assert json.loads(by_curl.stdout)["data"]["delivery"]["counts"]["stored"] == 5_000
    by_python = subprocess.run(
        [sys.executable, "deliver.py"], cwd=tmp_path, env=known, check=True, capture_output=True, timeout=240
    )
    assert b"'stored': 2" in by_python.stdout
    assert [one["deliveryId"] for one in head_end.deliveries()] == ["2026-11-28-02", "2026-11-28-01"]
