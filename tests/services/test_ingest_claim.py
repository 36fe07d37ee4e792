"""Claims: one holder at a time, as long as he lives."""

from kwartier.services.ingest.claim import claimed
from support.store import StoreOfTest


def test_a_claim_has_one_holder(store: StoreOfTest) -> None:
    """R3: what is claimed is not free to others, until it is let go; other things are."""
    for _ in range(2):
        with claimed(store.database, "a") as first, claimed(store.database, "a") as second:
            with claimed(store.database, "b") as other:
                assert (first, second, other) == (True, False, True)
            with claimed(store.database, "a") as third:
                assert not third
