"""Meter exchanges that are registered when readings are there already."""

from datetime import datetime, timedelta
from typing import Final

import numpy as np
import pytest

from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.metering import Direction, PhysicalMeter, Register, RegisterKind, State
from kwartier.domain.period import epoch_microseconds
from kwartier.domain.resolve import Inserted, resolve
from kwartier.readings import catalogue
from kwartier.readings.catalogue import SeriesKey
from kwartier.services.exchanges import Exchanges
from kwartier.services.headpoints import WrongHeadpointError
from support.domain import brussels
from support.store import DIGITAL, GAS, METER, StoreOfTest

OTHER: Final = PhysicalMeter("2", "1SAG0000000002")
AT: Final = brussels("2025-08-28T10:07")
MIDNIGHT: Final = int(brussels("2025-08-28T00:00").timestamp()) // 900
EXCHANGED: Final = 40  # the quarter-hour of the day in which it was
DAY: Final = brussels("2025-08-28T12:00").toordinal() - datetime(1970, 1, 1).toordinal()  # noqa: DTZ001 - a date


@pytest.fixture
def exchanges(store: StoreOfTest) -> Exchanges:
    """The exchanges of a store in which the old meter has told of two days, by the quarter-hour and by the day."""
    for number in range(2):
        first = MIDNIGHT + 96 * number
        store.deliver(
            f"quarters {number}",
            [store.run(DIGITAL, Grid.QUARTER_HOUR, first, {1: ([1] * 96, [State.READ] * 96)})],
        )
    said = {3: ([7], [State.READ]), 4: ([8], [State.READ])}
    store.deliver("days", [store.run(DIGITAL, Grid.DAY, DAY + number, said) for number in range(2)])
    return Exchanges(store.database, store.deliveries, store.clock)


def stands(store: StoreOfTest, before: datetime | None = None, meter: PhysicalMeter = METER) -> list[int]:
    """The places within the two days of the quarter-hours of a meter, the old one if not told, that have a value."""
    inserted = Inserted(epoch_microseconds(before or store.now + timedelta(days=1)))
    slots = range(MIDNIGHT, MIDNIGHT + 192)
    for part in store.store.versions(DIGITAL.ean, Grid.QUARTER_HOUR, slots, inserted):
        if part.meter == meter:
            series = resolve(part.versions, [slots], inserted)
            return (np.flatnonzero(series.present.any(axis=0)) + series.first_slot - MIDNIGHT).tolist()
    return []


def test_what_the_old_meter_told_of_later_is_taken_back(store: StoreOfTest, exchanges: Exchanges) -> None:
    """E8, R1: it keeps its part, the interval of the exchange among it; what was known before can still be asked."""
    before = store.now
    done = exchanges.exchange(Ean(DIGITAL.ean), AT, OTHER)
    assert done.added.changes is not None
    assert done.taken_back is not None
    assert done.taken_back.counts.withdrawn == 191 - EXCHANGED + 2  # and day and night of the second day
    assert stands(store) == list(range(EXCHANGED + 1))
    assert stands(store, before + timedelta(seconds=1)) == list(range(192))
    inserted = Inserted(epoch_microseconds(store.now + timedelta(days=1)))
    [part] = store.store.versions(DIGITAL.ean, Grid.DAY, range(DAY, DAY + 2), inserted)
    assert resolve(part.versions, [range(DAY, DAY + 2)], inserted).present[:2].tolist() == [[True, False]] * 2


def test_an_exchange_that_was_none_is_taken_back(store: StoreOfTest, exchanges: Exchanges) -> None:
    """R3: what took values back is a delivery, and goes like any other."""
    done = exchanges.exchange(Ean(DIGITAL.ean), AT, OTHER)
    assert done.taken_back is not None
    store.deliveries.withdraw(done.taken_back.delivery_id)
    assert stands(store) == list(range(192))


def test_said_again_it_changes_nothing_more(store: StoreOfTest, exchanges: Exchanges) -> None:
    """E8: whoever was interrupted says it again; another meter at that moment is a contradiction."""
    exchanges.exchange(Ean(DIGITAL.ean), AT, OTHER)
    deliveries = store.deliveries.newest()
    again = exchanges.exchange(Ean(DIGITAL.ean), AT, OTHER)
    assert (again.added.changes, again.taken_back) == ((), None)
    assert store.deliveries.newest() == deliveries
    with pytest.raises(WrongHeadpointError, match="from that very moment"):
        exchanges.exchange(Ean(DIGITAL.ean), AT, PhysicalMeter("3", "1SAG0000000003"))


def test_an_interrupted_one_is_finished(
    store: StoreOfTest, exchanges: Exchanges, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3: registered, and not yet published: the next time takes back what is left."""

    def fail(*_: object) -> None:
        raise InterruptedError

    monkeypatch.setattr(store.deliveries, "publish", fail)
    with pytest.raises(InterruptedError):
        exchanges.exchange(Ean(DIGITAL.ean), AT, OTHER)
    monkeypatch.undo()
    assert stands(store) == list(range(192))
    exchanges.exchange(Ean(DIGITAL.ean), AT, OTHER)
    assert stands(store) == list(range(EXCHANGED + 1))


def test_what_a_meter_told_that_came_later_stays(store: StoreOfTest, exchanges: Exchanges) -> None:
    """E8, R1: an exchange that was forgotten, before one that is known, takes back what the meter before told, and no more."""
    latest = PhysicalMeter("3", "1SAG0000000003")
    exchanges.exchange(Ean(DIGITAL.ean), brussels("2025-08-29T00:00"), latest)
    key = SeriesKey(latest, Register(Direction.OFFTAKE, RegisterKind.TOTAL), Grid.QUARTER_HOUR)
    with store.database.writing() as connection:
        catalogue.add_series(connection, [(int(DIGITAL.ean), 9, key)])
    said = {9: ([5] * 96, [State.READ] * 96)}
    store.deliver("the latest", [store.run(DIGITAL, Grid.QUARTER_HOUR, MIDNIGHT + 96, said)])
    done = exchanges.exchange(Ean(DIGITAL.ean), AT, OTHER)
    assert done.taken_back is not None
    assert done.taken_back.counts.withdrawn == 95 - EXCHANGED
    assert stands(store) == list(range(EXCHANGED + 1))
    assert stands(store, meter=latest) == list(range(96, 192))


@pytest.mark.parametrize("at", ["2025-08-30T00:00", "2026-08-30T00:00"])
def test_nothing_is_taken_back_where_nothing_was_told(
    store: StoreOfTest, exchanges: Exchanges, at: str
) -> None:
    """E8: an exchange after all that was told, or one to come, and one of a meter without readings, make no delivery."""
    deliveries = store.deliveries.newest()
    for headpoint in (DIGITAL, GAS):
        assert exchanges.exchange(Ean(headpoint.ean), brussels(at), OTHER).taken_back is None
    assert store.deliveries.newest() == deliveries
