"""Claims: one holder at a time, as long as he lives."""

import fcntl
from pathlib import Path

import pytest

from kwartier.services.ingest.claim import claimed, locked_file
from support.store import StoreOfTest


def test_a_claim_has_one_holder(store: StoreOfTest) -> None:
    """R3: what is claimed is not free to others, until it is let go; other things are."""
    for _ in range(2):
        with claimed(store.database, "a") as first, claimed(store.database, "a") as second:
            with claimed(store.database, "b") as other:
                assert (first, second, other) == (True, False, True)
            with claimed(store.database, "a") as third:
                assert not third


def test_a_file_that_was_removed_is_no_claim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3: whoever locks a file that its last holder removed has a lock that nobody else will ask for."""
    path, flock = tmp_path / "claim", fcntl.flock

    def late(*arguments: int) -> None:
        path.unlink()
        path.touch()
        flock(*arguments)

    with locked_file(path) as free:
        assert free
    monkeypatch.setattr(fcntl, "flock", late)
    with locked_file(path) as free:
        assert not free
    assert path.exists()
