"""Gas conversion factors, taken in as deliveries; on both engines."""

from collections.abc import Iterator

import pytest

from kwartier.db.engine import Database
from kwartier.db.readings import readings_database
from kwartier.domain.delivery import DeliveryState
from kwartier.domain.metering import GasFactor
from kwartier.domain.period import epoch_microseconds
from kwartier.formats.gas_factors import ZoneFactor
from kwartier.readings import factors as table
from kwartier.services.deliveries import (
    AlreadyDeliveredError,
    NotDeliveredError,
    OtherContentError,
    WithdrawnBeforeError,
)
from kwartier.services.gas_factors import GasFactors, Taken, WrongFactorsError
from support.domain import brussels
from support.engines import Template
from support.store import StoreOfTest

P, D, C = GasFactor.PROVISIONAL, GasFactor.DEFINITIVE, GasFactor.CONSTANT
MAY, JUNE = 55 * 12 + 4, 55 * 12 + 5


class Zones:
    """Factors of a store with a clock that goes on."""

    def __init__(self, database: Database) -> None:
        self.store = StoreOfTest(database)
        self.factors = GasFactors(database, self.store.deliveries, self.store.clock)
        self._taken = 0

    def take(self, *some: ZoneFactor) -> Taken:
        """Take factors in, under an id of their own."""
        self._taken += 1
        return self.factors.take(f"f{self._taken}", "a test", some)

    def known(self, zone: str, month: int) -> list[tuple[int, GasFactor]]:
        """The versions of a factor."""
        return [(one.factor, one.kind) for one in self.factors.of_zone(zone).get(month, ())]


@pytest.fixture
def zones(any_template: Template) -> Iterator[Zones]:
    """An empty store, on one engine after the other."""
    with any_template() as url:
        database = readings_database(url)
        yield Zones(database)
        database.close()


def test_versions_are_kept(zones: Zones) -> None:
    """E12, R1: the definitive factor comes after the provisional one, which stays."""
    assert zones.take(ZoneFactor("Z", MAY, 111234, P)) == Taken("f1", 1, 0)
    zones.take(ZoneFactor("Z", MAY, 112000, D))
    zones.take(ZoneFactor("Z", MAY, 112001, D))
    assert zones.known("Z", MAY) == [(111234, P), (112000, D), (112001, D)]
    moments = [one.inserted_us for one in zones.factors.of_zone("Z")[MAY]]
    assert moments == sorted(set(moments))


def test_factors_become_visible_as_readings_do(zones: Zones) -> None:
    """R1: together, with the publication of their delivery, which counts them."""
    zones.take(ZoneFactor("Z", MAY, 111234, P), ZoneFactor("Z", JUNE, 111235, P))
    delivery = zones.store.deliveries.find("f1")
    assert delivery is not None
    assert delivery.state is DeliveryState.PUBLISHED
    assert (delivery.counts.rows, delivery.counts.stored) == (2, 2)
    assert delivery.published_at is not None
    published_us = epoch_microseconds(delivery.published_at)
    with zones.store.database.reading() as connection:
        assert not table.read(connection, "Z", published_us)
        assert table.read(connection, "Z", published_us + 1).keys() == {MAY, JUNE}


def test_what_is_known_does_not_come_in_again(zones: Zones) -> None:
    """R1: a factor that says what is known already is counted, and makes no version."""
    zones.take(ZoneFactor("Z", MAY, 111234, P))
    assert zones.take(ZoneFactor("Z", MAY, 111234, P), ZoneFactor("Y", MAY, 111234, P)) == Taken("f2", 1, 1)
    assert zones.known("Z", MAY) == [(111234, P)]
    assert zones.known("Y", MAY) == [(111234, P)]


def test_a_definitive_factor_does_not_fall_back(zones: Zones) -> None:
    """E12: after D there is no P for that month, and nothing else of what came with it is taken in."""
    zones.take(ZoneFactor("Z", MAY, 112000, D))
    with pytest.raises(WrongFactorsError, match="Z, 2025-05 has its definitive factor") as refused:
        zones.take(ZoneFactor("Z", JUNE, 111000, P), ZoneFactor("Z", MAY, 111234, P))
    assert [place for place, _ in refused.value.faults] == [1]
    assert zones.known("Z", JUNE) == []
    assert zones.store.deliveries.find("f2") is None


def test_a_definitive_factor_waits_for_the_end_of_its_month(zones: Zones) -> None:
    """E12: before the last gas day of a month is over, in the clock of Brussels, its factor is provisional at most."""
    zones.store.now = brussels("2025-07-01T05:59:50")
    with pytest.raises(
        WrongFactorsError, match=r"2025-06 is not over before 06:00 on 2025-07-01 .* allowed: P"
    ):
        zones.take(ZoneFactor("Z", MAY, 112000, D), ZoneFactor("Z", JUNE, 112000, D))
    assert zones.known("Z", MAY) == []
    zones.take(ZoneFactor("Z", MAY, 112000, D), ZoneFactor("Z", JUNE, 112000, P))
    zones.store.now = brussels("2025-07-01T06:00")
    zones.take(ZoneFactor("Z", JUNE, 112000, D))
    assert zones.known("Z", JUNE) == [(112000, P), (112000, D)]
    with pytest.raises(WrongFactorsError, match="2030-12-01"):
        zones.take(ZoneFactor("Z", (2030 - 1970) * 12 + 10, 115000, D))


@pytest.mark.parametrize("factor", [79_999, 140_001, 999_000])
def test_a_factor_that_no_gas_has_is_refused(zones: Zones, factor: int) -> None:
    """E12: a slip of the pen could not be taken back where it is the first of its month; the bounds are told."""
    zones.take(ZoneFactor("Z", MAY, 80_000, P), ZoneFactor("Z", JUNE, 140_000, P))
    with pytest.raises(WrongFactorsError, match=r"allowed: from 8\.0000 to 14\.0000"):
        zones.take(ZoneFactor("Z", MAY, factor, P))
    assert zones.known("Z", MAY) == [(80_000, P)]


def test_a_definitive_factor_corrects_another(zones: Zones) -> None:
    """E12, R1: a wrong definitive factor is put right by a later one, and stays in the history."""
    zones.take(ZoneFactor("Z", MAY, 119999, D))
    assert zones.take(ZoneFactor("Z", MAY, 112000, D)).stored == 1
    assert zones.known("Z", MAY) == [(119999, D), (112000, D)]


def test_a_month_stands_there_once(zones: Zones) -> None:
    """R3: two factors of one zone and month in one delivery contradict each other."""
    with pytest.raises(WrongFactorsError, match="twice"):
        zones.take(ZoneFactor("Z", MAY, 111234, P), ZoneFactor("Z", MAY, 112000, D))


def test_a_provisional_factor_comes_a_month_ahead_at_most(zones: Zones) -> None:
    """E12: a slip in a year would wait for its month, and could not be taken back; the months that may be are told."""
    zones.store.now = brussels("2025-06-01T05:59:50")  # a gas day of May
    zones.take(ZoneFactor("Z", JUNE, 111234, P), ZoneFactor("Z", JUNE + 120, 110000, C))
    with pytest.raises(WrongFactorsError, match=r"2025-07 is too far ahead .* months up to 2025-06"):
        zones.take(ZoneFactor("Z", JUNE + 1, 111234, P))
    zones.store.now = brussels("2025-06-01T06:00")
    zones.take(ZoneFactor("Z", JUNE + 1, 111234, P))
    assert zones.known("Z", JUNE + 1) == [(111234, P)]


def test_taken_twice_they_count_once(zones: Zones) -> None:
    """R3: the same delivery is known by its id and its content, whatever became known since."""
    some = [ZoneFactor("Z", MAY, 111234, P)]
    zones.factors.take("f", "a test", some, lambda: "one content")
    zones.take(ZoneFactor("Z", MAY, 112000, D))
    with pytest.raises(AlreadyDeliveredError):
        zones.factors.take("f", "a test", some, lambda: "one content")
    with pytest.raises(OtherContentError):
        zones.factors.take("f", "a test", some, lambda: "another")
    assert zones.known("Z", MAY) == [(111234, P), (112000, D)]


def test_what_was_withdrawn_does_not_come_again_in_silence(zones: Zones) -> None:
    """R3: nor does it count as taken in."""
    zones.take(ZoneFactor("Z", MAY, 111234, P))
    zones.take(ZoneFactor("Z", MAY, 112000, D))
    zones.store.deliveries.withdraw("f2")
    with pytest.raises(WithdrawnBeforeError, match="under another id"):
        zones.factors.take("f2", "a test", [ZoneFactor("Z", MAY, 112000, D)])


def test_factors_are_taken_back(zones: Zones) -> None:
    """R3, E12: without a delivery of factors the ones before count again, as new versions; what others said later stays."""
    zones.take(ZoneFactor("Z", MAY, 111234, P), ZoneFactor("Z", JUNE, 111235, P))
    zones.take(ZoneFactor("Z", MAY, 119999, D), ZoneFactor("Z", JUNE, 118888, P))
    zones.take(ZoneFactor("Z", JUNE, 112000, D))
    taking = zones.store.deliveries.withdraw("f2")
    assert zones.known("Z", MAY) == [(111234, P), (119999, D), (111234, P)]
    assert zones.known("Z", JUNE) == [(111235, P), (118888, P), (112000, D)]
    assert taking.published_at is not None
    assert zones.factors.of_zone("Z")[MAY][-1].inserted_us == epoch_microseconds(taking.published_at)
    with pytest.raises(AlreadyDeliveredError):
        zones.store.deliveries.withdraw("f2")
    # What comes after is measured against what counts now.
    assert zones.take(ZoneFactor("Z", MAY, 111234, P)).repeated == 1


def test_a_month_is_not_left_without_its_factor(zones: Zones) -> None:
    """R3: a delivery that alone knows a month's factor is not taken back, and nothing changes."""
    zones.take(ZoneFactor("Z", MAY, 111234, P))
    zones.take(ZoneFactor("Z", MAY, 112000, D))
    zones.store.deliveries.withdraw("f2")
    with pytest.raises(NotDeliveredError, match="no gas conversion factor of 2025-05: import the right one"):
        zones.store.deliveries.withdraw("f1")
    assert zones.known("Z", MAY) == [(111234, P), (112000, D), (111234, P)]
    known = zones.store.deliveries.find("f1")
    assert known is not None
    assert known.state is DeliveryState.PUBLISHED
