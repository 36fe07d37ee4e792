"""Where requests are counted, as the settings say."""

import re
from pathlib import Path
from stat import S_IMODE

import pytest

from kwartier.db.engine import Database
from kwartier.domain.errors import InvalidValueError
from kwartier.services.limit_store import Counted, LimitStore, counting_folder, limiter_of
from kwartier.settings import Settings
from support.engines import Template

NOW = 1_758_362_400.0
TOGETHER = {
    (LimitStore.AUTO, False): False,
    (LimitStore.AUTO, True): True,
    (LimitStore.MEMORY, False): False,
    (LimitStore.MEMORY, True): False,
    (LimitStore.SHARED, True): True,
    (LimitStore.DATABASE, False): True,
    (LimitStore.DATABASE, True): True,
}


@pytest.mark.parametrize(("store", "with_folder"), TOGETHER, ids=str)
def test_the_store_decides_who_counts_together(
    template: Template, store: LimitStore, *, with_folder: bool
) -> None:
    """C4: two processes count together in shared memory and in the database, and each for itself in memory."""
    with template() as url, counting_folder() as folder:
        database = Database(url)
        one, other = (
            limiter_of(store, Counted.REQUESTS, 5, database, folder if with_folder else None, lambda: 0.0)
            for _ in range(2)
        )
        assert one.take("a", NOW).remaining == 4
        assert other.take("a", NOW).remaining == (3 if TOGETHER[store, with_folder] else 4)
        failures = limiter_of(store, Counted.FAILURES, 5, database, folder, lambda: 0.0)
        assert failures.take("a", NOW).remaining == 4
        database.close()


def test_shared_needs_processes_that_serve_started(template: Template) -> None:
    """C4: who is not started by `serve` can't share memory, and is told what he can do."""
    with template() as url:
        database = Database(url)
        with pytest.raises(InvalidValueError, match="auto, memory and database"):
            limiter_of(LimitStore.SHARED, Counted.REQUESTS, 5, database, None, lambda: 0.0)
        database.close()


def test_what_auto_means() -> None:
    """C4: unless said otherwise one worker counts in its memory, and several together."""
    assert [LimitStore.AUTO.on(workers) for workers in (1, 2, 64)] == [
        LimitStore.MEMORY,
        LimitStore.SHARED,
        LimitStore.SHARED,
    ]
    assert [LimitStore.DATABASE.on(workers) for workers in (1, 2)] == [LimitStore.DATABASE] * 2


@pytest.mark.parametrize("memory", ["/dev/shm", "/nowhere"])  # noqa: S108 - looked for, not written to
def test_the_folder_is_for_its_owner_and_goes(memory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """C4: where processes count together is closed to others, is on any system, and is gone at the end."""
    monkeypatch.setattr("kwartier.services.limit_store._MEMORY", Path(memory))
    with counting_folder() as folder:
        assert S_IMODE(folder.stat().st_mode) == 0o700
        assert {file.name for file in folder.iterdir()} == {"requests", "failures"}
    assert not folder.exists()


def test_the_page_has_every_store() -> None:
    """C4: docs/rate-limits.md explains each place where requests can be counted, and what the log says of it."""
    text = (Path(__file__).parents[2] / "docs" / "rate-limits.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| `([a-z]+)` \| .+ \| .+ \|$", text, re.MULTILINE)
    assert sorted(explained[:4]) == sorted(store.value for store in LimitStore)
    assert {"limit_store_lost", "limit_store_back", "limit_per_worker"} <= set(
        re.findall(r"`([a-z_]+)`", text)
    )


def test_the_setting_takes_every_store() -> None:
    """C4: each place where requests can be counted can be set, and no other."""
    for store in LimitStore:
        assert Settings(rate_limit_store=store.value).rate_limit_store == store.value
    with pytest.raises(ValueError, match="auto"):
        Settings(rate_limit_store="disk")
