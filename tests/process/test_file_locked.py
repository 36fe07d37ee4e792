"""The platform on SQLite while another process keeps the registry's file for itself."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http import HTTPStatus
from typing import Final

import pytest
from anyio.from_thread import BlockingPortal
from sqlalchemy import make_url

from kwartier.domain.credentials import EnvironmentName
from kwartier.gateway import working
from support.engines import Template
from support.platform import Platform, assert_refused, new_platform, portal

__all__ = ["portal"]

pytestmark = pytest.mark.usefixtures("usual_bounds")

EAN: Final = "541440110000000001"
DAY: Final = ("2025-09-01T22:00:00Z", "2025-09-02T22:00:00Z")


@pytest.fixture
def platform(sqlite_template: Template, portal: BlockingPortal) -> Iterator[Platform]:
    """A platform on a file."""
    with new_platform(sqlite_template, portal) as platform:
        yield platform


@contextmanager
def locked(platform: Platform) -> Iterator[None]:
    """Somebody else writes, and does not come to an end."""
    file = make_url(platform.settings.database).database
    assert file is not None
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("begin immediate")
        yield
        other.execute("rollback")


def test_who_must_write_is_told_to_come_back_and_who_reads_is_served(
    platform: Platform, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A1, C6: without its audit nothing is given; the sandbox goes on without its journal, and behind nobody who waits to write."""
    # So long that those who read are served meanwhile on any machine.
    monkeypatch.setattr(working, "_PATIENCE_SECONDS", 20.0)
    monkeypatch.setattr(working, "_ANSWER_SECONDS", 30.0)
    live, sandboxed = platform.client(EnvironmentName.LIVE), platform.client()
    sandboxed.mock(EAN)
    with ThreadPoolExecutor(12) as several:
        with locked(platform):
            asked = [several.submit(live.ask_energy, EAN, *DAY) for _ in range(12)]
            assert sandboxed.slots(EAN, *DAY)
            assert len(sandboxed.mandates()) == 1
            assert platform.ask_token(sandboxed.issued).status_code == HTTPStatus.OK
            # Longer than a second waits he alone whose turn it is, and the next.
            assert sum(one.done() for one in asked) < len(asked)
            for one in asked:
                answer = one.result()
                assert_refused(answer, HTTPStatus.SERVICE_UNAVAILABLE, "can't be reached")
                assert int(answer.headers["retry-after"]) > 0
        assert "journal_not_written" in caplog.text
        assert_refused(live.ask_energy(EAN, *DAY), HTTPStatus.NOT_FOUND)
    rows = platform.database
    with rows.glancing() as connection:
        assert connection.exec_driver_sql("select count(*) from audit").scalar() == 1
