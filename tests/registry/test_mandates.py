"""The book of mandates: facts in, phases out."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from kwartier.db.engine import Database
from kwartier.db.schema import mandate_phase
from kwartier.domain.ean import Ean
from kwartier.domain.mandate import (
    Asked,
    Consented,
    Ended,
    Fact,
    Mandate,
    Mocked,
    Phase,
    Refused,
    Removed,
    RenewalAsked,
    RenewalStatus,
    Status,
)
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.domain.period import EPOCH, Period
from kwartier.domain.timeline import timeline
from kwartier.registry import mandates as registry
from kwartier.registry.facts import read_fact, write_fact
from kwartier.registry.mandates import MandateFilter
from support.domain import SECOND, mandate_histories
from support.examples import examples

EVERYTHING: Final = MandateFilter()
MANDATE: Final = Mandate(
    "REF-1", Ean("541440110000000007"), EnergyType.ELECTRICITY, Granularity.QUARTER_HOURLY
)
START: Final = datetime(2025, 1, 1, tzinfo=UTC)
PERIOD: Final = Period(datetime(2022, 1, 1, tzinfo=UTC))
_SETTINGS: Final = settings(
    max_examples=examples(50),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

_instants = st.one_of(
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from([EPOCH, EPOCH + SECOND, EPOCH - timedelta(microseconds=1)]),
    st.sampled_from([datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]),
)
_periods = st.builds(Period, _instants, st.none() | _instants)
_facts: st.SearchStrategy[Fact] = st.one_of(
    st.builds(Asked, _instants, _periods, st.booleans()),
    *(st.builds(kind, _instants) for kind in (Consented, Refused, Ended, Removed)),
    st.builds(RenewalAsked, _instants, st.booleans()),
    st.builds(
        Mocked,
        _instants,
        st.sampled_from([Status.REQUESTED, Status.APPROVED, Status.REJECTED, Status.FINISHED]),
        _periods,
        _instants,
        st.none() | st.sampled_from(RenewalStatus),
    ),
)
_mandates = st.builds(
    Mandate,
    st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    st.from_regex(r"[0-9]{18}", fullmatch=True).map(Ean),
    st.sampled_from(EnergyType),
    st.sampled_from(Granularity),
    st.booleans(),
    st.booleans(),
)


def kept(database: Database, holder: str, mandate: Mandate, history: Sequence[Fact]) -> str:
    """Write a mandate; its id."""
    with database.writing() as connection:
        return registry.add(connection, holder, mandate, history)


def standing(
    database: Database, holder: str, moment: datetime, narrowed: MandateFilter = EVERYTHING
) -> list[Phase]:
    """How the holder's mandates stand."""
    with database.reading() as connection:
        return [one.phase for one in registry.standing(connection, holder, moment, narrowed)]


@given(fact=_facts)
@example(fact=Asked(EPOCH, Period(EPOCH, None)))
@example(fact=Asked(EPOCH - SECOND, Period(EPOCH - SECOND, EPOCH)))
@settings(deadline=None)
def test_a_fact_is_read_as_it_was_written(fact: Fact) -> None:
    """A fact about a mandate comes back from its row as it was, to the microsecond and in any year."""
    kind, details = write_fact(fact)
    assert read_fact(kind, fact.at, details) == fact


@given(mandate=_mandates, history=mandate_histories())
@_SETTINGS
def test_facts_and_phases_are_kept(database: Database, mandate: Mandate, history: list[Fact]) -> None:
    """M6: what is kept of a mandate are its facts as they were, and the phases that follow from them."""
    mandate_id = kept(database, uuid4().hex, mandate, history)
    with database.reading() as connection:
        assert registry.facts_of(connection, mandate.ean, mandate_id) == history
        rows = connection.execute(
            select(mandate_phase)
            .where(mandate_phase.c.ean == int(mandate.ean), mandate_phase.c.mandate_id == mandate_id)
            .order_by(mandate_phase.c.start)
        ).all()
    phases = [
        Phase(
            row.start,
            row.end,
            Status(row.status),
            Period(row.data_from, row.data_to),
            RenewalStatus(row.renewal_status) if row.renewal_status else None,
            row.expiration,
        )
        for row in rows
    ]
    assert phases == list(timeline(history))


@given(mandate=_mandates, history=mandate_histories())
@_SETTINGS
def test_how_a_mandate_stands_at_each_border(
    database: Database, mandate: Mandate, history: list[Fact]
) -> None:
    """M6: a phase holds from its start up to, and not including, the next; before the first there is nothing."""
    holder = uuid4().hex
    kept(database, holder, mandate, history)
    phases = timeline(history)
    instant = timedelta(microseconds=1)
    assert standing(database, holder, phases[0].start - instant) == []
    for phase in phases:
        shown = [] if phase.status is Status.REMOVED else [phase]
        assert standing(database, holder, phase.start) == shown
        last = phase.end - instant if phase.end else phase.start + timedelta(days=3660)
        assert standing(database, holder, last) == shown


@given(mandate=_mandates)
@_SETTINGS
def test_a_mandate_is_found_as_it_was_written(database: Database, mandate: Mandate) -> None:
    """M10: what never changes about a mandate comes back as it was, zeros at the head of its EAN included."""
    holder = uuid4().hex
    kept(database, holder, mandate, [Asked(START, PERIOD, by_grid_user=True)])
    with database.reading() as connection:
        [one] = registry.standing(connection, holder, START, EVERYTHING)
    assert one.mandate == mandate


def test_mandates_are_found_by_their_holder_alone(database: Database) -> None:
    """M12: mandates of another holder are not found, for the same EAN and whatever the filter."""
    for holder in ("one", "other"):
        kept(database, holder, MANDATE, [Asked(START, PERIOD, by_grid_user=holder == "one")])
    for narrowed in (EVERYTHING, MandateFilter(ean=MANDATE.ean), MandateFilter(reference_number="REF-1")):
        assert [phase.status for phase in standing(database, "one", START, narrowed)] == [Status.APPROVED]
        assert [phase.status for phase in standing(database, "other", START, narrowed)] == [Status.REQUESTED]
    assert standing(database, "nobody", START) == []


def test_the_last_updated_comes_last(database: Database) -> None:
    """M9: mandates come in the order in which they were last updated."""
    for days in (3, 1, 2):
        kept(database, "one", MANDATE, [Asked(START + timedelta(days=days), PERIOD)])
    starts = [phase.start for phase in standing(database, "one", START + timedelta(days=9))]
    assert starts == [START + timedelta(days=days) for days in (1, 2, 3)]


def test_what_is_alike_is_removed_and_nothing_else(database: Database) -> None:
    """S2: removing what is alike takes the holder's mandates of that reference number, EAN and granularity alone."""
    without = Mandate(None, MANDATE.ean, MANDATE.energy_type, MANDATE.granularity)
    days = Mandate("REF-1", MANDATE.ean, MANDATE.energy_type, Granularity.DAILY)
    elsewhere = Mandate("REF-1", Ean("541440110000000008"), MANDATE.energy_type, MANDATE.granularity)
    for holder, mandate in (
        ("one", MANDATE),
        ("one", without),
        ("one", days),
        ("one", elsewhere),
        ("other", MANDATE),
    ):
        kept(database, holder, mandate, [Asked(START, PERIOD)])
    with database.writing() as connection:
        registry.remove_alike(connection, "one", MANDATE)
        left = [one.mandate for one in registry.standing(connection, "one", START, EVERYTHING)]
    assert len(left) == 3
    assert MANDATE not in left
    assert len(standing(database, "other", START)) == 1
    with database.writing() as connection:
        registry.remove_alike(connection, "one", without)
    assert len(standing(database, "one", START)) == 2


def test_a_write_is_seen_by_another_process(database: Database) -> None:
    """C2: what one connection committed, another sees at once; what was not committed, nobody does."""
    other = Database(database.url)
    try:
        assert standing(other, "one", START) == []
        with database.writing() as connection:
            registry.add(connection, "one", MANDATE, [Asked(START, PERIOD)])
            assert standing(other, "one", START) == []
        assert len(standing(other, "one", START)) == 1
    finally:
        other.close()


def test_hidden_eans_are_not_found_by_filters(database: Database) -> None:
    """M11: filters on EAN and energy pass over a mandate whose EAN the grid user chose, until he consented."""
    hidden = Mandate("R", MANDATE.ean, EnergyType.GAS, Granularity.DAILY, ean_named_by_grid_user=True)
    later = START + timedelta(days=1)
    kept(database, "one", hidden, [Asked(START, PERIOD), Consented(later), Ended(later + SECOND)])
    for narrowed in (MandateFilter(ean=MANDATE.ean), MandateFilter(energy_type=EnergyType.GAS)):
        found = [
            len(standing(database, "one", moment, narrowed)) for moment in (START, later, later + SECOND)
        ]
        assert found == [0, 1, 1]
    assert len(standing(database, "one", START)) == 1


def test_filters_with_none_narrow_nothing(database: Database) -> None:
    """M9: expiry filters pass over mandates that have no expiration yet."""
    kept(database, "one", MANDATE, [Asked(START, PERIOD)])
    assert len(standing(database, "one", START)) == 1
    assert (
        standing(database, "one", START, MandateFilter(expires_before=datetime.max.replace(tzinfo=UTC))) == []
    )


def test_pages_are_the_whole(database: Database) -> None:
    """M9: page by page, each behind the last one of the page before, come the mandates that come at once, also of one moment."""
    for days in (3, 1, 1, 1, 2):
        kept(database, "one", MANDATE, [Asked(START + timedelta(days=days), PERIOD)])
    kept(database, "other", MANDATE, [Asked(START, PERIOD)])
    later = START + timedelta(days=9)
    for narrowed in (EVERYTHING, MandateFilter(ean=MANDATE.ean, granularities=frozenset(Granularity))):
        whole = registry.standing(database.quick, "one", later, narrowed)
        pages = [registry.standing_page(database.quick, "one", later, narrowed, (None, 2))]
        while len(pages[-1]) == 2:
            pages.append(registry.standing_page(database.quick, "one", later, narrowed, (pages[-1][-1], 2)))
        assert [len(page) for page in pages] == [2, 2, 1]
        assert [one for page in pages for one in page] == whole
