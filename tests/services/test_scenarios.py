"""Market scenarios as an operator registers them, one by one and many."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kwartier.domain.ean import Ean
from kwartier.domain.mandate import Fact, Mandate, Status, UseEnded
from kwartier.domain.metering import EnergyType
from kwartier.domain.people import Acting
from kwartier.domain.period import Period
from kwartier.domain.scenario import ScenarioKind, Told
from kwartier.domain.timeline import timeline
from kwartier.readings import headpoints
from kwartier.registry import mandate_history
from kwartier.registry import mandates as registry
from kwartier.services.grants import Grant
from kwartier.services.requests import Approved, Wanted
from kwartier.services.scenarios import Registered, WrongScenario, WrongScenarioError
from support.domain import brussels, mandate_histories
from support.engines import Template
from support.living import ACME, BAKER, GRANULARITY, OF_ACME, OF_BAKER, OF_NOBODY, OPEN, Living, living

EFFECTIVE = brussels("2025-05-01T00:00")
MOVE = ScenarioKind.MOVE


@pytest.fixture
def live(any_template: Template) -> Iterator[Living]:
    """One on each engine."""
    with any_template() as url, living(url) as live:
        yield live


def uses(live: Living, ean: Ean) -> list[tuple[str, Period]]:
    """Who uses an EAN, and when."""
    with live.readings.reading() as connection:
        return [(use.who, use.period) for use in headpoints.grid_users(connection, [ean])[ean]]


def test_a_late_move_cuts_and_rejects(live: Living) -> None:
    """M5: registered late, a move cuts Approved mandates of the EAN where it took effect, whoever has them, and rejects what waits."""
    approved, _ = live.given()
    [own] = live.requests.ask(Acting(BAKER), [Wanted(OF_BAKER, GRANULARITY, OPEN)]).answers
    assert isinstance(own, Approved)
    waiting = live.ask(period=Period(brussels("2023-01-01T00:00")))
    [other] = live.requests.ask(Acting(ACME), [Wanted(OF_ACME, GRANULARITY, OPEN)]).answers
    assert isinstance(other, Approved)
    live.clock.move(hours=1)
    done = live.scenarios.register(Told(OF_BAKER, MOVE, EFFECTIVE, "Cornelis"))
    assert (done.is_new, done.cut, done.closed) == (True, 2, 1)
    for mandate in (approved, own.mandate_id):
        assert live.phase(mandate).data_period == Period(OPEN.start, EFFECTIVE)
        assert (live.status(mandate), live.phase(mandate).start) == (Status.APPROVED, live.clock.now)
    assert live.status(waiting.mandate_id) is Status.REJECTED
    assert live.phase(other.mandate_id).data_period == OPEN
    begun = brussels("2022-01-01T00:00")
    assert uses(live, OF_BAKER) == [(BAKER, Period(begun, EFFECTIVE)), ("Cornelis", Period(EFFECTIVE))]


def test_registered_again_it_does_nothing(live: Living) -> None:
    """M5: the same scenario told twice counts once."""
    mandate, _ = live.given()
    live.scenarios.register(Told(OF_BAKER, MOVE, EFFECTIVE))
    facts = live.history(mandate)
    live.clock.move(hours=1)
    again = live.scenarios.register(Told(OF_BAKER, MOVE, EFFECTIVE))
    assert (again.is_new, again.cut, again.closed) == (False, 0, 0)
    assert live.history(mandate) == facts
    assert len(live.scenarios.list_all(OF_BAKER)) == 1


def test_those_of_the_new_grid_user_are_not_cut(live: Living) -> None:
    """M5: a mandate that the new grid user was known to give is not his predecessor's."""
    live.scenarios.register(Told(OF_BAKER, MOVE, EFFECTIVE, ACME))
    [own] = live.requests.ask(Acting(ACME), [Wanted(OF_BAKER, GRANULARITY, OPEN)]).answers
    assert isinstance(own, Approved)
    live.clock.move(hours=1)
    earlier = Told(OF_BAKER, ScenarioKind.COMBINED_CHANGE, EFFECTIVE - timedelta(days=9), "Cornelis")
    assert live.scenarios.register(earlier).cut == 0
    assert live.phase(own.mandate_id).data_period == OPEN
    live.clock.move(hours=1)
    assert live.scenarios.register(Told(OF_BAKER, MOVE, live.clock.now)).cut == 1


def test_a_change_of_supplier_is_kept_and_changes_nothing(live: Living) -> None:
    """M5: another supplier, as it is registered, leaves mandates and grid user as they were."""
    mandate, _ = live.given()
    before, used = live.history(mandate), uses(live, OF_BAKER)
    done = live.scenarios.register(Told(OF_BAKER, ScenarioKind.SUPPLIER_CHANGE, EFFECTIVE))
    assert (done.cut, done.closed) == (0, 0)
    assert (live.history(mandate), uses(live, OF_BAKER)) == (before, used)
    assert [one.kind for one in live.scenarios.list_all()] == [ScenarioKind.SUPPLIER_CHANGE]


def test_a_grant_of_the_operator_is_cut_too(live: Living) -> None:
    """M5: mandates that the operator wrote are kept with their grid user, and end with him."""
    granted = live.grants.add(Grant(ACME, OF_BAKER, GRANULARITY, OPEN))
    unknown = live.grants.add(Grant(ACME, OF_NOBODY, GRANULARITY, OPEN, own=False))
    assert granted.standing.mandate.grid_user == BAKER
    assert unknown.standing.mandate.grid_user is None
    for ean in (OF_BAKER, OF_NOBODY):
        assert live.scenarios.register(Told(ean, ScenarioKind.DISCONNECTION, EFFECTIVE)).cut == 1


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (Told(Ean("541448800000000999"), MOVE, EFFECTIVE), "no headpoint"),
        (Told(OF_BAKER, ScenarioKind.DISCONNECTION, EFFECTIVE, ACME), "nobody comes"),
        (Told(OF_BAKER, MOVE, EFFECTIVE, BAKER), "already"),
    ],
)
def test_what_can_not_be_is_told(live: Living, told: Told, reason: str) -> None:
    """M5: a scenario that can't be is refused with its reason, and nothing is kept of it."""
    with pytest.raises(WrongScenarioError, match=reason):
        live.scenarios.register(told)
    assert live.scenarios.list_all() == []


def test_one_that_is_wrong_does_not_stop_the_others(live: Living) -> None:
    """M5: of many, each right one counts, over several transactions, in order; the wrong ones are told with their reason."""
    eans = [Ean(f"5414488000000020{place:02d}") for place in range(99)]
    live.add_headpoints(dict.fromkeys(eans, "somebody"))
    mandates = [live.grants.add(Grant(ACME, ean, GRANULARITY, OPEN)).standing.mandate_id for ean in eans[::9]]
    live.clock.move(hours=1)
    many = [Told(ean, MOVE, EFFECTIVE, "Cornelis") for ean in eans]
    many.insert(60, Told(Ean("541448800000000999"), MOVE, EFFECTIVE))
    many.append(many[0])
    done = list(live.scenarios.register_many(many))
    assert [place for place, one in enumerate(done) if isinstance(one, WrongScenario)] == [60]
    assert [place for place, one in enumerate(done) if isinstance(one, Registered) and not one.is_new] == [
        100
    ]
    assert all(live.phase(one).data_period.end == EFFECTIVE for one in mandates)


def test_two_of_one_headpoint_in_one_file(live: Living) -> None:
    """M5: scenarios of one EAN that stand together are told one after the other."""
    mandate, _ = live.given()
    live.clock.move(hours=1)
    later = EFFECTIVE + timedelta(days=9)
    list(
        live.scenarios.register_many(
            [Told(OF_BAKER, MOVE, later, ACME), Told(OF_BAKER, MOVE, EFFECTIVE, "Cornelis")]
        )
    )
    assert live.phase(mandate).data_period.end == EFFECTIVE
    assert [who for who, _ in uses(live, OF_BAKER)] == [BAKER, "Cornelis", ACME]


@given(history=mandate_histories())
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_phases_rebuilt_from_facts_are_those_that_are_kept(live: Living, history: list[Fact]) -> None:
    """M6: whatever happens to a mandate, one fact after the other, what is kept is what the facts tell again from the start."""
    mandate = Mandate(None, OF_BAKER, EnergyType.ELECTRICITY, GRANULARITY)
    with live.database.writing() as connection:
        mandate_id = registry.add(connection, "live:any", mandate, history[:1])
    kept = mandate_history.Kept(mandate_id, OF_BAKER, "live:any")
    for fact in history[1:]:
        with live.database.writing() as connection:
            mandate_history.tell(connection, kept, fact)
    assert live.history(mandate_id) == history
    assert live.phases(mandate_id) == list(timeline(history))


def test_random_lives_are_drawn_with_moves() -> None:
    """M5: the histories that are drawn have market scenarios in them."""
    found: list[bool] = []

    @given(st.lists(mandate_histories(), min_size=5, max_size=5))
    @settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
    def draw(histories: list[list[Fact]]) -> None:
        found.extend(isinstance(fact, UseEnded) for history in histories for fact in history)

    draw()
    assert any(found)
