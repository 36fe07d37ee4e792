"""The client of the package against `kwartier serve`, with several workers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest

from kwartier import Client, Settings
from support.platform import portal
from support.running import Running, running
from support.sdk import Driver, driver
from support.told_energy import rows_of

__all__ = ["driver", "portal"]

_EAN: Final = "541440110000000001"
_LIMIT: Final = 60


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Running]:
    """A platform with two workers that lets in sixty requests a minute."""
    with running(tmp_path, "--workers", "2", settings={"RATE_LIMIT": str(_LIMIT)}) as platform:
        yield platform


def _credentials(platform: Running) -> Any:
    """New credentials, by the names that the command prints."""
    return SimpleNamespace(**platform.credentials())


def test_a_year_from_running_processes(driver: Driver, served: Running) -> None:
    """K1, K2: over real connections the windows of a year are the year, and every quarter-hour is there once."""
    credentials = _credentials(served)
    end = datetime.now(UTC) - timedelta(days=5)
    with driver.open(credentials.base_url, credentials) as client:
        client.mock_mandate(_EAN)
        table = client.energy(_EAN, end - timedelta(days=365), end)
        windows = list(client.energy_windows(_EAN, end - timedelta(days=365), end))
    assert len(table) > 2 * 365 * 90
    assert len({(one.start, one.direction) for one in table}) == len(table)
    assert sorted((row for one in windows for row in rows_of(one)), key=repr) == rows_of(table)


def test_two_clients_share_what_is_left(served: Running, tmp_path: Path) -> None:
    """C4: clients that know of each other through a file alone never send more than the servers let in."""
    credentials = _credentials(served)
    settings = Settings(quota_folder=tmp_path / "quota")
    with (
        Client(credentials.base_url, credentials, settings) as one,
        Client(credentials.base_url, credentials, settings) as other,
        ThreadPoolExecutor(4) as pool,
    ):
        one.mandates()
        found = list(pool.map(lambda place: (one, other)[place % 2].mandates(), range(_LIMIT - 5)))
        quota = other.quota
    assert found == [()] * (_LIMIT - 5)
    assert quota is not None
    assert (quota.limit, quota.remaining) == (_LIMIT, 4)
