"""Faults on demand over real connections, with several workers."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from support.running import lately, running

_BASE = "/ext/mijnfluvius-profnetgebruiker-sbx/v1"
_EAN = "541440110000000001"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    """A client of a platform with two workers; each request is a connection of its own."""
    with running(tmp_path, "--workers", "2") as platform:
        issued = platform.credentials()
        token = platform.token(issued).json()["access_token"]
        headers = {
            "Authorization": f"Bearer {token}",
            "Subscription-Key": issued["subscription_key"],
            "Connection": "close",
        }
        with httpx.Client(base_url=platform.address, headers=headers, timeout=30) as http:
            asked = {"status": "Approved", "ean": _EAN}
            assert http.post(f"{_BASE}/api/mandate/mock", json=asked).is_success
            yield http


def test_a_fault_strikes_as_often_as_asked_with_two_workers(client: httpx.Client) -> None:
    """A fault of ten times strikes exactly ten of forty requests that come at once, whichever worker serves them."""
    assert client.post("/sandbox/v1/faults", json={"status": 503, "times": 10}).is_success
    with ThreadPoolExecutor(8) as threads:
        answers = threads.map(lambda _: client.get(f"{_BASE}/api/mandate").status_code, range(40))
    assert Counter(answers) == {503: 10, 200: 30}
    faults = client.get("/sandbox/v1/faults").json()["data"]["faults"]
    assert [(one["left"], one["struck"]) for one in faults] == [(0, 10)]


def test_an_answer_is_cut_in_the_middle(client: httpx.Client) -> None:
    """A cut answer begins well and ends in mid-body with the connection; the next is whole."""
    assert client.post(
        "/sandbox/v1/faults", json={"kind": "cut", "endpoint": "energy", "times": 1}
    ).is_success
    with pytest.raises(httpx.RemoteProtocolError, match="incomplete"):
        client.get(f"{_BASE}/api/mandate/energy", params={"ean": _EAN} | lately(60))
    assert (
        client.get(f"{_BASE}/api/mandate/energy", params={"ean": _EAN} | lately(60)).json()["data"][
            "headpoint"
        ]["ean"]
        == _EAN
    )
    entry = client.get("/sandbox/v1/journal").json()["data"]["entries"][-2]
    assert entry["fault"] == 1
    assert entry["response"]["status"] == 200


def test_the_clock_of_a_client_is_the_same_at_every_worker(client: httpx.Client) -> None:
    """A3: a clock that was set at one worker is shown by all of them."""
    asked = {"now": "2027-03-01T08:00:00Z", "running": False}
    assert client.put("/sandbox/v1/clock", json=asked).is_success
    shown = {client.get(f"{_BASE}/api/mandate").json()["_meta"]["fetchTime"] for _ in range(12)}
    assert shown == {"2027-03-01T08:00:00Z"}
