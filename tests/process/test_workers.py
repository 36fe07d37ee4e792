"""The platform as processes: several workers on one database, started and stopped as a user does."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from support.running import Running, command, lately, running

_REQUESTS = 24


def _statuses(ask: Callable[[], httpx.Response]) -> list[int]:
    """The statuses of many requests on as many connections, so that every worker is asked."""
    with ThreadPoolExecutor(_REQUESTS) as threads:
        return [answer.status_code for answer in threads.map(lambda _: ask(), range(_REQUESTS))]


def _get_mandates(issued: dict[str, str], token: str) -> httpx.Response:
    headers = {
        "Authorization": f"Bearer {token}",
        "Subscription-Key": issued["subscription_key"],
        "Connection": "close",
    }
    return httpx.get(issued["base_url"] + "/api/mandate", headers=headers, timeout=60)


def test_a_revoke_is_seen_at_once_by_every_worker(tmp_path: Path) -> None:
    """C2: tokens of revoked credentials open nothing any more, whichever process is asked."""
    with running(tmp_path, "--workers", "2") as platform:
        issued = platform.credentials()
        token = platform.token(issued).json()["access_token"]
        assert set(_statuses(lambda: _get_mandates(issued, token))) == {200}
        platform.command("credentials", "revoke", issued["client_id"])
        assert set(_statuses(lambda: _get_mandates(issued, token))) == {401}
        assert platform.token(issued).json()["error"] == "invalid_client"


def test_a_mandate_made_at_one_worker_is_found_at_every_other(tmp_path: Path) -> None:
    """S1: mandates are kept, and a client finds its own at whichever worker it asks."""
    with running(tmp_path, "--workers", "2") as platform:
        issued = platform.credentials()
        token = platform.token(issued).json()["access_token"]
        made = httpx.post(
            issued["base_url"] + "/api/mandate/mock",
            json={"status": "Approved", "ean": "541440110000000001"},
            headers={"Authorization": f"Bearer {token}", "Subscription-Key": issued["subscription_key"]},
            timeout=60,
        )
        assert made.status_code == 200
        with ThreadPoolExecutor(_REQUESTS) as threads:
            answers = list(threads.map(lambda _: _get_mandates(issued, token), range(_REQUESTS)))
        found = {answer.json()["data"]["mandates"][0]["ean"] for answer in answers}
        assert found == {"541440110000000001"}


def test_keys_of_one_worker_are_those_of_all(tmp_path: Path) -> None:
    """C1: tokens that one worker signed are good at the other, and after a restart."""
    with running(tmp_path, "--workers", "2") as platform:
        issued = platform.credentials()
        tokens = [platform.token(issued).json()["access_token"] for _ in range(4)]
        assert {_get_mandates(issued, token).status_code for token in tokens for _ in range(4)} == {200}
        public = httpx.get(f"{platform.address}/{issued['tenant_id']}/discovery/v2.0/keys", timeout=60).json()
    with running(tmp_path) as platform:
        again = httpx.get(f"{platform.address}/{issued['tenant_id']}/discovery/v2.0/keys", timeout=60).json()
    assert public == again
    assert len(public["keys"]) == 1


def test_serve_refuses_a_newer_database_in_one_line(tmp_path: Path) -> None:
    """A database that a newer version made is left alone, and the line says so."""
    file = tmp_path / "kwartier.db"
    issue = ("credentials", "issue", "--organisation", "0999.999.922", "--database", f"sqlite:///{file}")
    assert command(*issue).returncode == 0
    with sqlite3.connect(file) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    connection.close()
    done = command("serve", "--port", "0", "--database", f"sqlite:///{file}")
    assert done.returncode == 1
    assert "newer Kwartier" in done.stderr
    assert done.stderr.count("\n") == 1


def test_serve_says_that_a_port_is_taken(tmp_path: Path) -> None:
    """A port that another listens on is named in one line."""
    with running(tmp_path) as platform:
        port = platform.address.rpartition(":")[2]
        done = command("serve", "--port", port, "--database", platform.database)
    assert done.returncode == 1
    assert f"port {port}" in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_answer_of_half_a_year_comes_whole_over_a_socket(tmp_path: Path) -> None:
    """E2: 185 days of quarter-hours come in one answer, compressed or not."""
    with running(tmp_path) as platform:
        answers = _half_year(platform)
    assert answers[0] == answers[1]
    assert len(answers[0]) > 17_000


def _half_year(platform: Running) -> list[list[object]]:
    issued = platform.credentials()
    token = platform.token(issued).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Subscription-Key": issued["subscription_key"]}
    with httpx.Client(base_url=issued["base_url"], headers=headers, timeout=60) as http:
        http.post("/api/mandate/mock", json={"status": "Approved", "ean": "541440010000000001"})
        query = {"ean": "541440010000000001"} | lately()
        return [
            http.get("/api/mandate/energy", params=query, headers={"Accept-Encoding": coding}).json()["data"][
                "headpoint"
            ]["physicalMeters"][0]["quarterHourlyEnergy"]
            for coding in ("identity", "gzip")
        ]
