"""Live mandates that the operator writes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import pytest

from kwartier.db.engine import Database
from kwartier.db.readings import readings_database
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.known_headpoint import GridUse, HungMeter, KnownHeadpoint
from kwartier.domain.mandate import Asked, Consented, Ended, Status
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    Granularity,
    Headpoint,
    MeterType,
    PhysicalMeter,
    SubHeadpoint,
)
from kwartier.domain.period import Period
from kwartier.domain.timeline import expiration_after, timeline
from kwartier.registry import mandates as registry
from kwartier.services.grants import Grant, GrantError, Grants, UnknownGrantError
from kwartier.services.headpoints import Headpoints
from support.domain import brussels
from support.engines import Template
from support.platform import FakeClock

GAS, AMR, SUB, UNKNOWN = (Ean(f"5414488000000000{end}") for end in ("07", "14", "21", "38"))
OWNER, OTHER = (EnterpriseNumber.parse(number) for number in ("0999.999.922", "0203.430.576"))
LONG_AGO: Final = brussels("2024-01-01T00:00")
PERIOD: Final = Period(LONG_AGO)


class Book:
    """A registry and a store beside it, with a clock that is set."""

    def __init__(self, url: str) -> None:
        self.clock = FakeClock()
        self.database, self.readings = Database(url), readings_database(url)
        self.grants = Grants(self.database, self.readings, self.clock)
        headpoints = Headpoints(self.readings, self.clock)
        moved = self.clock.now - timedelta(days=100)
        uses = (GridUse("somebody", Period(LONG_AGO, moved)), GridUse(OWNER, Period(moved)))
        headpoints.add(
            KnownHeadpoint(
                Headpoint(GAS, EnergyType.GAS, MeterType.DIGITAL),
                gas_zone="Z",
                meters=(HungMeter(PhysicalMeter("1", "A")),),
                grid_users=uses,
            )
        )
        headpoints.add(
            KnownHeadpoint(
                Headpoint(AMR, EnergyType.ELECTRICITY, MeterType.AMR),
                Direction.INJECTION,
                submeters=(SubHeadpoint(SUB, "1", Direction.PRODUCTION),),
            )
        )

    def facts(self, ean: Ean, mandate_id: str) -> list[Any]:
        """What happened to a mandate, as it was written."""
        with self.database.reading() as connection:
            return registry.facts_of(connection, ean, mandate_id)


@pytest.fixture
def book(any_template: Template) -> Iterator[Book]:
    """One on each engine."""
    with any_template() as url:
        book = Book(url)
        yield book
        book.database.close()
        book.readings.close()


def grant(to: EnterpriseNumber, ean: Ean = GAS, **how: Any) -> Grant:
    """A mandate for days."""
    return Grant(to, ean, Granularity.DAILY, PERIOD, **how)


def test_the_grid_users_own_is_approved_at_once(book: Book) -> None:
    """M2, I5: who is the grid user now, by the catalogue, has it as his own."""
    granted = book.grants.add(grant(OWNER))
    mandate, phase = granted.standing.mandate, granted.standing.phase
    assert (mandate.own, mandate.energy_type, mandate.granularity) == (
        True,
        EnergyType.GAS,
        Granularity.DAILY,
    )
    assert (phase.status, phase.data_period) == (Status.APPROVED, PERIOD)
    assert phase.expiration == expiration_after(book.clock.now)
    facts = book.facts(GAS, granted.standing.mandate_id)
    assert facts == [Asked(book.clock.now, PERIOD, by_grid_user=True)]


def test_anothers_is_asked_for_and_consented_to(book: Book) -> None:
    """M2, M5: who is not the grid user has a mandate that is not his own."""
    granted = book.grants.add(grant(OTHER, reference_number="R-1"))
    assert granted.standing.mandate.own is False
    assert granted.standing.mandate.reference_number == "R-1"
    assert granted.standing.phase.status is Status.APPROVED
    now = book.clock.now
    assert book.facts(GAS, granted.standing.mandate_id) == [Asked(now, PERIOD), Consented(now)]


def test_whose_it_is_must_be_known(book: Book) -> None:
    """I5: where the catalogue knows no grid user it has to be said, and nothing may contradict what it knows."""
    with pytest.raises(GrantError, match="--own or --not-own"):
        book.grants.add(grant(OWNER, AMR))
    assert book.grants.add(grant(OWNER, AMR, own=True)).standing.mandate.own
    for to, own in ((OWNER, False), (OTHER, True)):
        with pytest.raises(GrantError, match=f"grid user of {GAS} is {OWNER}"):
            book.grants.add(grant(to, own=own))


def test_what_it_meters_must_be_known(book: Book) -> None:
    """M1: of a headpoint that is not known the energy has to be said; of a known one it can't be another."""
    with pytest.raises(GrantError, match="--energy"):
        book.grants.add(grant(OWNER, UNKNOWN, own=True))
    made = book.grants.add(grant(OWNER, UNKNOWN, own=True, energy_type=EnergyType.ELECTRICITY))
    assert made.standing.mandate.energy_type is EnergyType.ELECTRICITY
    with pytest.raises(GrantError, match="one of gas"):
        book.grants.add(grant(OWNER, energy_type=EnergyType.ELECTRICITY))


def test_submeters_have_no_mandates(book: Book) -> None:
    """M8: who grants a submeter is told to grant its headpoint."""
    with pytest.raises(GrantError, match=f"grant {AMR}"):
        book.grants.add(grant(OWNER, SUB, own=True))


def test_an_empty_period_is_refused(book: Book) -> None:
    """M1: a mandate without a period gives nothing."""
    with pytest.raises(GrantError, match="before it begins"):
        book.grants.add(Grant(OWNER, GAS, Granularity.DAILY, Period(LONG_AGO, LONG_AGO)))
    assert book.grants.list_all() == []


def test_mandates_are_listed(book: Book) -> None:
    """M12: all live ones, or those of an organisation or EAN."""
    book.grants.add(grant(OWNER))
    book.clock.move(seconds=1)
    book.grants.add(grant(OTHER))
    book.grants.add(grant(OTHER, AMR, own=False))
    with book.database.writing() as connection:
        registry.add(
            connection,
            "sandbox:client",
            book.grants.list_all(OWNER)[0].standing.mandate,
            [Asked(LONG_AGO, PERIOD)],
        )
    found = [(one.organisation, one.standing.mandate.ean) for one in book.grants.list_all()]
    assert sorted(found) == sorted([(OWNER, GAS), (OTHER, GAS), (OTHER, AMR)])
    assert [one.organisation for one in book.grants.list_all(OWNER)] == [OWNER]
    assert sorted(one.organisation for one in book.grants.list_all(ean=GAS)) == sorted([OWNER, OTHER])


def test_a_mandate_is_ended(book: Book) -> None:
    """M2, M6: it is Finished from then on, by a fact; its phases are those that follow from all facts."""
    granted = book.grants.add(grant(OTHER))
    kept = book.grants.add(grant(OTHER, AMR, own=False))
    book.clock.move(days=1)
    ended = book.grants.end(granted.standing.mandate_id)
    phase = ended.standing.phase
    assert (phase.status, phase.start) == (Status.FINISHED, book.clock.now)
    facts = book.facts(GAS, granted.standing.mandate_id)
    assert facts[-1] == Ended(book.clock.now)
    assert phase == timeline(facts)[-1]
    assert kept in book.grants.list_all()


def test_what_cannot_be_ended(book: Book) -> None:
    """M2: an unknown one, one of the sandbox, and one that has ended."""
    granted = book.grants.add(grant(OWNER))
    with book.database.writing() as connection:
        mock = registry.add(
            connection,
            "sandbox:client",
            granted.standing.mandate,
            [Asked(LONG_AGO, PERIOD, by_grid_user=True)],
        )
    book.clock.move(days=1)
    book.grants.end(granted.standing.mandate_id)
    for mandate_id, words in (
        ("nothing", "no live mandate"),
        (mock, "no live mandate"),
        (granted.standing.mandate_id, "not Approved"),
    ):
        with pytest.raises(UnknownGrantError, match=words):
            book.grants.end(mandate_id)
