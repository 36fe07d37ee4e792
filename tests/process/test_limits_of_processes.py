"""Where the workers of `kwartier serve` count together: made when it starts, gone when it ends."""

import os
import signal
from pathlib import Path

import httpx
import psutil
import pytest

from support.running import Running, running

_LIMIT = {"RATE_LIMIT": "5"}


def _remaining(platform: Running, times: int) -> list[int]:
    """What is left after each of some requests, each on a connection of its own."""
    issued = platform.credentials()
    token = platform.token(issued).json()["access_token"]
    headers = {
        "Authorization": f"Bearer {token}",
        "Subscription-Key": issued["subscription_key"],
        "Connection": "close",
    }
    with httpx.Client(base_url=issued["base_url"], headers=headers, timeout=60) as http:
        return [int(http.get("/api/mandate").headers["ratelimit-remaining"]) for _ in range(times)]


def _tables(platform: Running) -> set[Path]:
    """The tables in which its processes count together."""
    serving = psutil.Process(platform.pid)
    opened = [Path(file.path) for one in (serving, *serving.children()) for file in one.open_files()]
    return {file for file in opened if file.parent.name.startswith("kwartier-limits-")}


@pytest.mark.parametrize(("workers", "store"), [("2", "auto"), ("1", "shared")])
def test_workers_count_together_and_leave_nothing_behind(tmp_path: Path, workers: str, store: str) -> None:
    """C4: several workers count as one, without a word of the settings, and their folder goes with them."""
    with running(tmp_path, "--workers", workers, settings=_LIMIT | {"RATE_LIMIT_STORE": store}) as platform:
        assert _remaining(platform, 7) == [4, 3, 2, 1, 0, 0, 0]
        tables = _tables(platform)
    assert [table.name for table in tables] == ["requests"]
    for table in tables:
        assert not list(table.parent.parent.glob(f"{table.parent.name}*"))


def test_a_worker_that_is_killed_takes_no_count_along(tmp_path: Path) -> None:
    """C4: when a worker is killed, the others and the one in its place go on from the same count."""
    with running(tmp_path, "--workers", "2", settings={"RATE_LIMIT": "100"}) as platform:
        issued = platform.credentials()
        token = platform.token(issued).json()["access_token"]
        headers = {
            "Authorization": f"Bearer {token}",
            "Subscription-Key": issued["subscription_key"],
            "Connection": "close",
        }
        http = httpx.Client(base_url=issued["base_url"], headers=headers, timeout=60)

        def ask() -> int | None:
            try:
                answer = http.get("/api/mandate")
            except httpx.TransportError:
                return None  # it was the one that was killed
            return int(answer.headers["ratelimit-remaining"])

        counts = [ask() for _ in range(10)]
        assert counts == list(range(99, 89, -1))
        workers = [
            child
            for child in psutil.Process(platform.pid).children()
            if "spawn_main" in " ".join(child.cmdline())
        ]
        assert len(workers) == 2
        os.kill(workers[0].pid, signal.SIGKILL)
        later = [left for left in (ask() for _ in range(30)) if left is not None]
        http.close()
    assert len(later) > 10
    assert later == sorted(later, reverse=True)
    assert later[0] <= 89
    assert later[-1] <= 90 - len(later)
