"""What a kill of the platform leaves behind."""

import json
import os
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import httpx
import pytest

from support.running import command, running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

_ROUNDS = 8


@pytest.mark.parametrize("after", range(1, 1 + 3 * _ROUNDS, 3))
def test_a_mandate_that_was_answered_outlives_a_kill(tmp_path: Path, after: int) -> None:
    """S1: mandates are kept: what was answered before a SIGKILL is found after a restart, and nothing by halves."""
    answered: list[str] = []
    with running(tmp_path) as platform:
        issued = platform.credentials()
        token = platform.token(issued).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Subscription-Key": issued["subscription_key"]}

        def make_mandates() -> None:
            with httpx.Client(base_url=issued["base_url"], headers=headers, timeout=60) as http:
                for number in range(250):
                    ean = f"541440110000000{number:03}"
                    try:
                        made = http.post("/api/mandate/mock", json={"status": "Approved", "ean": ean})
                    except httpx.TransportError:
                        return
                    assert made.status_code == 200
                    answered.append(ean)
                    if len(answered) == after:
                        killer.start()

        killer = Thread(target=os.kill, args=(platform.pid, signal.SIGKILL))
        make_mandates()
        killer.join()
    assert after <= len(answered) < 250
    with closing(sqlite3.connect(tmp_path / "kwartier.db")) as connection:
        counts = [
            connection.execute(f"select count(distinct mandate_id) from {table}").fetchone()[0]  # noqa: S608 - ours
            for table in ("mandate", "mandate_fact", "mandate_phase")
        ]
    assert counts[0] >= len(answered)
    assert set(counts) == {counts[0]}
    with running(tmp_path) as platform:
        token = platform.token(
            issued | {"token_endpoint": _moved(issued["token_endpoint"], platform.address)}
        )
        headers["Authorization"] = f"Bearer {token.json()['access_token']}"
        found = httpx.get(
            _moved(issued["base_url"], platform.address) + "/api/mandate", headers=headers, timeout=60
        ).json()
    assert set(answered) <= {one["ean"] for one in found["data"]["mandates"]}


def test_an_access_that_was_answered_is_in_the_audit_after_a_kill(tmp_path: Path) -> None:
    """A1: whose access was answered, though in vain, is on record when the process is killed the moment after."""
    with running(tmp_path) as platform:
        shown = platform.command(
            "credentials", "issue", "--organisation", "0999.999.922", "--environment", "live", "--json"
        )
        issued = json.loads(shown)
        headers = {
            "Authorization": f"Bearer {platform.token(issued).json()['access_token']}",
            "Subscription-Key": issued["subscription_key"],
        }
        day = datetime.now(UTC) - timedelta(days=9)
        params = {
            "ean": "541448800000000007",
            "periodType": "readTime",
            "from": f"{day:%Y-%m-%dT00:00:00Z}",
            "to": f"{day:%Y-%m-%dT12:00:00Z}",
        }
        with httpx.Client(base_url=issued["base_url"], headers=headers, timeout=60) as http:
            answers = [http.get("/api/mandate/energy", params=params) for _ in range(20)]
        os.kill(platform.pid, signal.SIGKILL)
    assert {answer.status_code for answer in answers} == {404}
    done = command("audit", "--json", "--database", platform.database)
    recorded = {entry["correlation_id"] for entry in json.loads(done.stdout)}
    assert recorded == {answer.headers["x-correlation-id"] for answer in answers}
    assert len(recorded) == 20


def _moved(url: str, address: str) -> str:
    """The same path at another address."""
    return address + httpx.URL(url).path
