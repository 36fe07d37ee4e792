"""Whoever was held up for so long that others went on without him."""

from datetime import timedelta
from typing import Final

import pytest

from kwartier.domain.days import Grid
from kwartier.domain.delivery import Counts, DeliveryState
from kwartier.domain.metering import State
from kwartier.services.deliveries import SweptError
from support.store import AMR, StoreOfTest

FIRST: Final = 1_950_000
RUN: Final = {1: ([1, 2, 3], [State.VAL] * 3)}


@pytest.mark.parametrize("same_id", [True, False])
def test_what_was_swept_does_not_go_on_in_anothers_name(store: StoreOfTest, *, same_id: bool) -> None:
    """R3: who was held up and swept can't load into, nor publish, a delivery that has got its number meanwhile."""
    held_up = store.begin("a")
    store.now += timedelta(minutes=5)
    store.deliveries.sweep()
    other = store.begin("a" if same_id else "b")
    assert other.number == held_up.number
    with pytest.raises(SweptError):
        store.deliveries.load(held_up, [store.run(AMR, Grid.QUARTER_HOUR, FIRST, RUN)])
    with pytest.raises(SweptError):
        store.deliveries.publish(held_up, Counts())
    found = store.deliveries.find(other.delivery_id)
    assert found is not None
    assert found.state is DeliveryState.LOADING
