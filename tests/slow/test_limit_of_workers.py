"""The limit of a subscription across the workers of a platform."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

import httpx
import pytest

from support.running import Running, running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

_LIMIT = 200
_CONNECTIONS = 16
_EACH = 25
_WINDOW_SECONDS = 59


def _asked(platform: Running) -> tuple[float, list[httpx.Response]]:
    """Ask on many connections at once, with new credentials; in how many seconds, and the answers."""
    issued = platform.credentials()
    token = platform.token(issued).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Subscription-Key": issued["subscription_key"]}

    def ask(_connection: int) -> list[httpx.Response]:
        with httpx.Client(base_url=issued["base_url"], headers=headers, timeout=60) as http:
            return [http.get("/api/mandate") for _ in range(_EACH)]

    begun = monotonic()
    with ThreadPoolExecutor(_CONNECTIONS) as threads:
        answers = [answer for some in threads.map(ask, range(_CONNECTIONS)) for answer in some]
    return monotonic() - begun, answers


@pytest.mark.parametrize("store", ["shared", "database"])
@pytest.mark.parametrize("workers", [2, 4])
def test_workers_together_admit_the_limit(tmp_path: Path, workers: int, store: str) -> None:
    """C4: however many workers are asked at once, they let in as many requests as one would, and not one more."""
    settings = {"RATE_LIMIT": str(_LIMIT), "RATE_LIMIT_STORE": store}
    with running(tmp_path, "--workers", str(workers), settings=settings) as platform:
        took, answers = _asked(platform)
        while took > _WINDOW_SECONDS:  # it is over in a few seconds, but on a machine that does other things
            took, answers = _asked(platform)
    assert Counter(answer.status_code for answer in answers) == {200: _LIMIT, 429: len(answers) - _LIMIT}
    left = [int(answer.headers["ratelimit-remaining"]) for answer in answers if answer.status_code == 200]
    assert sorted(left) == list(range(_LIMIT))
