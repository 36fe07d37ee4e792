"""C4: one budget of requests, for all threads, tasks and processes."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import run
from threading import Lock

import httpx
import pytest

from kwartier import Client, Quota, Retrying, Settings
from kwartier.client.ledger import FileLedger, shared_ledger
from kwartier.client.quota import Budget, Ledger, MemoryLedger
from support.sdk import BASE_URL, CREDENTIALS, EAN, START, TOKENS, Api, Driver, Time, energy, quarter_hours


def _told(limit: int, remaining: int, reset: int) -> dict[str, str]:
    return {
        "ratelimit-limit": str(limit),
        "ratelimit-remaining": str(remaining),
        "ratelimit-reset": str(reset),
    }


@pytest.fixture(params=["memory", "file"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Ledger:
    """Both ledgers."""
    return MemoryLedger() if request.param == "memory" else FileLedger(tmp_path / "folder" / "quota.db")


def test_before_the_first_answer_nothing_is_held_back(ledger: Ledger) -> None:
    """What is not known is no reason to wait."""
    budget = Budget(ledger)
    assert budget.quota() is None
    assert budget.take(START) == 0.0
    budget.observe({"ratelimit-limit": "many"}, START)
    assert budget.quota() is None


def test_what_is_left_is_counted_down(ledger: Ledger) -> None:
    """No more requests are sent than are left; in the next minute all are there."""
    budget = Budget(ledger)
    budget.observe(_told(300, 2, 20), START)
    assert [budget.take(START) for _ in range(3)] == [0.0, 0.0, 20.0]
    assert budget.quota() == Quota(300, 0, START + timedelta(seconds=20))
    assert budget.take(START + timedelta(seconds=21)) == 0.0


def test_an_answer_that_was_overtaken_gives_nothing_back(ledger: Ledger) -> None:
    """Requests under way are not in the server's count yet: the lower count is right."""
    budget = Budget(ledger)
    budget.observe(_told(300, 2, 20), START)
    budget.take(START)
    budget.observe(_told(300, 2, 20), START)
    assert budget.quota() == Quota(300, 1, START + timedelta(seconds=20))
    budget.observe(_told(300, 299, 60), START + timedelta(seconds=21))
    assert budget.take(START + timedelta(seconds=21)) == 0.0


def test_a_minute_that_began_a_little_earlier_is_a_new_one(ledger: Ledger) -> None:
    """Ends are told in whole seconds: that the next minute has begun is seen in its later end."""
    budget = Budget(ledger)
    budget.observe(_told(300, 0, 1), START)
    later = START + timedelta(seconds=0.6)
    budget.observe(_told(300, 299, 60), later)
    assert budget.take(later) == 0.0
    assert budget.quota() == Quota(300, 298, later + timedelta(seconds=60))


def test_a_server_that_says_wait_is_obeyed_by_all(ledger: Ledger) -> None:
    """A 429 of one request holds the others back too."""
    budget = Budget(ledger)
    budget.block(START, 30)
    assert Budget(ledger).take(START + timedelta(seconds=10)) == 20.0
    assert Budget(ledger).take(START + timedelta(seconds=30)) == 0.0


def test_a_file_has_no_secret_in_it(tmp_path: Path) -> None:
    """A2: the file is named by a hash, and has counts and moments alone."""
    ledger = shared_ledger("the subscription key", "https://api.example", tmp_path)
    Budget(ledger).observe(_told(300, 2, 20), START)
    [file] = tmp_path.iterdir()
    assert "key" not in file.name
    assert b"subscription" not in file.read_bytes()
    other = shared_ledger("another key", "https://api.example", tmp_path)
    assert Budget(other).quota() is None


def test_a_file_that_can_not_be_used_is_no_harm(tmp_path: Path) -> None:
    """Without the file the client counts for itself."""
    (tmp_path / "folder").write_text("a file is in the way")
    damaged = tmp_path / "quota.db"
    damaged.write_bytes(b"no database" * 1000)
    for file in (tmp_path / "folder" / "quota.db", damaged):
        budget = Budget(FileLedger(file))
        budget.observe(_told(300, 1, 20), START)
        assert [budget.take(START), budget.take(START)] == [0.0, 20.0]


def test_processes_share_what_is_left(tmp_path: Path) -> None:
    """Three processes at once take no more than there is."""
    file = tmp_path / "quota.db"
    now = datetime.now(UTC)
    Budget(FileLedger(file)).observe(_told(300, 50, 3600), now)
    taking = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path;"
        "from kwartier.client.ledger import FileLedger; from kwartier.client.quota import Budget;"
        "budget = Budget(FileLedger(Path(sys.argv[1])));"
        "print(sum(budget.take(datetime.now(UTC)) == 0.0 for _ in range(30)))"
    )
    with ThreadPoolExecutor() as pool:
        words = [sys.executable, "-c", taking, str(file)]
        done = list(pool.map(lambda _: run(words, capture_output=True, text=True, check=True), range(3)))
    assert sum(int(one.stdout) for one in done) == 50


def test_concurrent_requests_keep_the_quota(time: Time) -> None:
    """C4: threads that share a client never send more in a minute than the server lets in."""
    server = _Limited(time, limit=5)
    settings = Settings(share_quota=False, clock=time, retrying=Retrying(patience_seconds=3600))
    transport = httpx.MockTransport(server.answer)
    with Client(BASE_URL, CREDENTIALS, settings, transport=transport, wait=time.wait) as client:
        client.mandates()
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda _: client.mandates(), range(14)))
    assert found == [()] * 14
    assert (server.admitted, server.refused) == (15, 0)


class _Limited:
    """A server that lets in so many requests a minute, by a clock that moves when clients wait."""

    def __init__(self, time: Time, limit: int) -> None:
        self._time, self._limit = time, limit
        self._ends, self._left = time.now, 0
        self._lock = Lock()
        self.admitted = self.refused = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer a token, or mandates if there are requests left."""
        if str(request.url) == TOKENS:
            return httpx.Response(200, json={"access_token": "t", "expires_in": 36000})
        with self._lock:
            if self._time.now >= self._ends:
                self._ends, self._left = self._time.now + timedelta(seconds=60), self._limit
            reset = int((self._ends - self._time.now).total_seconds())
            if self._left == 0:
                self.refused += 1
                return httpx.Response(429, headers=_told(self._limit, 0, reset))
            self._left -= 1
            self.admitted += 1
            headers = _told(self._limit, self._left, reset)
        return httpx.Response(200, json={"data": {"mandates": []}}, headers=headers)


def test_the_quota_is_seen(driver: Driver, api: Api, time: Time) -> None:
    """C4: what is left, as the last answer told it."""
    answer = energy(*quarter_hours(START, 1))
    answer.headers.update(_told(300, 299, 60))
    api.will(answer)
    with driver.open(time=time, transport=api.transport) as client:
        assert client.quota is None
        client.energy(EAN, START - timedelta(days=1), START)
        assert client.quota == Quota(300, 299, START + timedelta(seconds=60))


def test_a_client_waits_for_the_next_minute(driver: Driver, api: Api, time: Time) -> None:
    """C4: when nothing is left, the next request waits, and none is refused."""
    answer = energy(*quarter_hours(START, 1))
    answer.headers.update(_told(300, 0, 25))
    api.will(answer)
    with driver.open(time=time, transport=api.transport) as client:
        client.energy(EAN, START - timedelta(days=1), START)
        client.energy(EAN, START - timedelta(days=1), START)
    assert time.waits == [25.0]
