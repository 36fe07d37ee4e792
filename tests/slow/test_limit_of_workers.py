"""The limit of a subscription across the workers of a platform."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from support.running import running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

_LIMIT = 200
_CONNECTIONS = 16
_EACH = 25


@pytest.mark.parametrize("store", ["shared", "database"])
@pytest.mark.parametrize("workers", [2, 4])
def test_workers_together_admit_the_limit(tmp_path: Path, workers: int, store: str) -> None:
    """C4: however many workers are asked at once, they let in as many requests as one would, and not one more."""
    settings = {"RATE_LIMIT": str(_LIMIT), "RATE_LIMIT_STORE": store}
    with running(tmp_path, "--workers", str(workers), settings=settings) as platform:
        issued = platform.credentials()
        token = platform.token(issued).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Subscription-Key": issued["subscription_key"]}

        def ask(_connection: int) -> list[httpx.Response]:
            with httpx.Client(base_url=issued["base_url"], headers=headers, timeout=30) as http:
                return [http.get("/api/mandate") for _ in range(_EACH)]

        with ThreadPoolExecutor(_CONNECTIONS) as threads:
            answers = [answer for some in threads.map(ask, range(_CONNECTIONS)) for answer in some]
    # All within the window that the first began: it is over in a few seconds.
    assert min(int(answer.headers["ratelimit-reset"]) for answer in answers) > 1
    assert Counter(answer.status_code for answer in answers) == {200: _LIMIT, 429: len(answers) - _LIMIT}
    left = [int(answer.headers["ratelimit-remaining"]) for answer in answers if answer.status_code == 200]
    assert sorted(left) == list(range(_LIMIT))
