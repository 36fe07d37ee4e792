"""What a meter measured while it did not hang there, set aside and taken back."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.known_headpoint import HungMeter, KnownHeadpoint
from kwartier.domain.metering import EnergyType, Headpoint, MeterType, PhysicalMeter, RegisterKind, State
from kwartier.domain.period import Period
from kwartier.formats.rows import KINDS
from kwartier.readings import headpoints
from kwartier.readings.quarantine import Chosen
from kwartier.services.ingest.quarantine import Quarantine
from support.domain import brussels
from support.ingest import FIRST_DAY, FIRST_SLOT, batch, ingest_into, row
from support.store import START, StoreOfTest

EAN: Final = Ean("541448800000000076")
A, B = PhysicalMeter("1", "1SAG000000000A"), PhysicalMeter("2", "1SAG000000000B")
HUNG: Final = brussels("2025-03-01T00:00")
AT: Final = brussels("2025-04-02T10:07")
"""The exchange, within a quarter-hour of FIRST_DAY."""
EXCHANGED: Final = FIRST_SLOT + 40  # the quarter-hour in which it was
WITHDRAWN: Final = {"state": int(State.WITHDRAWN), "value": 0}
DAYS: Final = {"grid": int(Grid.DAY), "kind": KINDS.index(RegisterKind.DAY)}


def hang(store: StoreOfTest, *meters: tuple[PhysicalMeter, datetime | None, datetime | None]) -> None:
    """Make a headpoint with these meters known."""
    hung = [
        HungMeter(meter, None if since is None else Period(since, until)) for meter, since, until in meters
    ]
    headpoint = Headpoint(EAN, EnergyType.ELECTRICITY, MeterType.DIGITAL)
    with store.database.writing() as connection:
        headpoints.add(connection, [KnownHeadpoint(headpoint, meters=tuple(hung))], START)


def told(store: StoreOfTest, folder: Path, **said: Any) -> str:
    """Why a row is set aside; nothing if it gets in."""
    outcome = ingest_into(store, folder).take(str(store.now), "a test", [batch([row(ean=int(EAN), **said)])])
    assert outcome.delivery.counts.stored + outcome.delivery.counts.withdrawn == (not outcome.reasons)
    return "" if not outcome.reasons else outcome.reasons[0][0]


@pytest.mark.parametrize("known", [False, True])
def test_a_meter_measures_while_it_hangs_there(store: StoreOfTest, tmp_path: Path, *, known: bool) -> None:
    """R3, E8: to each meter its part, at the exchange to both; what it can't have measured is set aside, and says why."""
    hang(store, (A, HUNG, AT), (B, AT, None))
    if known:  # series that are in the catalogue already are found in another way
        for meter, slot in ((A, EXCHANGED), (B, EXCHANGED)):
            assert told(store, tmp_path, meter_id=meter.meter_id, slot=slot) == ""
    for meter, slot, words in (
        (A, EXCHANGED, ""),
        (A, EXCHANGED + 1, "after this meter was taken away"),
        (A, EXCHANGED + 96 * 30, "after this meter was taken away"),
        (A, int(HUNG.timestamp()) // 900, ""),
        (A, int(HUNG.timestamp()) // 900 - 1, "before this meter hung there"),
        (B, EXCHANGED, ""),
        (B, EXCHANGED - 1, "before this meter hung there"),
        (B, EXCHANGED + 96 * 30, ""),
    ):
        reason = told(store, tmp_path, meter_id=meter.meter_id, slot=slot)
        assert words in reason if words else reason == "", (meter, slot)
        assert not reason or "`kwartier headpoints show`" in reason
    for meter, day, words in (
        (A, FIRST_DAY, ""),
        (A, FIRST_DAY + 1, "after"),
        (B, FIRST_DAY, ""),
        (B, FIRST_DAY - 1, "before"),
    ):
        reason = told(store, tmp_path, meter_id=meter.meter_id, slot=day, **DAYS)
        assert words in reason if words else reason == "", (meter, day)


def test_that_there_is_no_value_can_be_said_of_any_time(store: StoreOfTest, tmp_path: Path) -> None:
    """R1, R3: what was told of a meter too long can be taken back by who knows better."""
    hang(store, (A, HUNG, AT), (B, AT, None))
    assert told(store, tmp_path, meter_id=A.meter_id, slot=EXCHANGED + 96, **WITHDRAWN) == ""


def test_nobody_told_when_it_hung_there(store: StoreOfTest, tmp_path: Path) -> None:
    """R3: then anything may be its own; so it is of the only meter, named or not, with one end that is not known."""
    hang(store, (A, None, None))
    assert told(store, tmp_path, slot=EXCHANGED - 96 * 365) == ""
    hang(store, (A, HUNG, None))
    assert told(store, tmp_path, slot=EXCHANGED + 96) == ""
    assert "before this meter hung there" in told(store, tmp_path, slot=EXCHANGED - 96 * 40)


def test_a_day_that_begins_when_a_meter_goes_is_after_it(store: StoreOfTest, tmp_path: Path) -> None:
    """R3, E8: at midnight sharp the day before is the last of the old meter, and the day that begins the first of the new."""
    midnight = brussels("2025-04-03T00:00")
    hang(store, (A, HUNG, midnight), (B, midnight, None))
    for meter, day, words in (
        (A, FIRST_DAY, ""),
        (A, FIRST_DAY + 1, "after this meter was taken away"),
        (B, FIRST_DAY, "before this meter hung there"),
        (B, FIRST_DAY + 1, ""),
    ):
        reason = told(store, tmp_path, meter_id=meter.meter_id, slot=day, **DAYS)
        assert words in reason if words else reason == "", (meter, day)


def test_a_meter_that_came_back_and_hangs_there_still_goes_on(store: StoreOfTest, tmp_path: Path) -> None:
    """R3, E8: that it was taken away once is no end of it."""
    back = AT + timedelta(days=10)
    hang(store, (A, HUNG, AT), (B, AT, back), (PhysicalMeter("3", A.meter_id), back, None))
    assert told(store, tmp_path, meter_id=A.meter_id, slot=EXCHANGED + 96 * 25) == ""


def test_a_meter_that_came_back_hung_there_twice(store: StoreOfTest, tmp_path: Path) -> None:
    """R3, E8: what lies between its times is not looked at; what lies outside both is set aside."""
    back, gone = AT + timedelta(days=10), AT + timedelta(days=20)
    again = PhysicalMeter("3", A.meter_id)
    hang(store, (A, HUNG, AT), (B, AT, back), (again, back, gone))
    for slot, words in (
        (EXCHANGED - 96, ""),
        (EXCHANGED + 96 * 5, ""),
        (EXCHANGED + 96 * 15, ""),
        (EXCHANGED + 96 * 25, "after this meter was taken away"),
        (EXCHANGED - 96 * 40, "before this meter hung there"),
    ):
        reason = told(store, tmp_path, meter_id=A.meter_id, slot=slot)
        assert words in reason if words else reason == "", slot
    assert Quarantine(store.database).newest(Chosen(), 10)
