"""Market scenarios: what they make of a mandate, of who uses an EAN, and of which mandates (M5)."""

from datetime import datetime, timedelta

import pytest

from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.known_headpoint import GridUse
from kwartier.domain.mandate import (
    Asked,
    Consented,
    Ended,
    Fact,
    Refused,
    Removed,
    RenewalAsked,
    Status,
    UseEnded,
)
from kwartier.domain.period import Period
from kwartier.domain.scenario import Scenario, ScenarioKind, check, ends_use_of, uses_after
from kwartier.domain.timeline import expiration_after, timeline
from support.domain import SECOND, brussels

EAN = Ean("541448800000000007")
FROM = brussels("2022-01-01T00:00")
OPEN = Period(FROM)
ASKED, APPROVED = brussels("2024-02-20T10:00"), brussels("2024-02-25T10:00")
GIVEN: list[Fact] = [Asked(ASKED, OPEN), Consented(APPROVED)]
REGISTERED = brussels("2024-06-10T09:00")
MOVE = ScenarioKind.MOVE


def seen_at(facts: list[Fact], moment: datetime) -> tuple[Status, datetime | None, datetime]:
    """Status, end of the data period, and last update."""
    phase = next(one for one in timeline(facts) if moment in Period(one.start, one.end))
    return phase.status, phase.data_period.end, phase.start


@pytest.mark.parametrize(
    "effective",
    [
        brussels("2024-03-31T00:00"),  # the day on which the clocks go forward, registered late
        brussels("2024-02-29T00:00"),
        brussels("2023-10-29T00:00"),  # before the mandate was given
        brussels("2024-05-31T17:30:01"),  # an instant
        REGISTERED,
        brussels("2024-10-27T00:00"),  # in the future, when the clocks go back
        brussels("2026-11-01T00:00"),
    ],
)
def test_a_move_cuts_from_its_registration_on(effective: datetime) -> None:
    """M5, M6: from its registration on, and no second earlier, the data period ends where a move takes effect."""
    facts = [*GIVEN, UseEnded(REGISTERED, effective, MOVE)]
    assert seen_at(facts, REGISTERED - SECOND) == (Status.APPROVED, None, APPROVED)
    for moment in (REGISTERED, REGISTERED + SECOND, max(effective, REGISTERED) + SECOND):
        assert seen_at(facts, moment) == (Status.APPROVED, effective, REGISTERED)


@pytest.mark.parametrize(
    ("effective", "ends"),
    [
        (FROM + SECOND, FROM + SECOND),
        (FROM, FROM),
        (FROM - SECOND, FROM),
        (brussels("1999-01-01T00:00"), FROM),
    ],
)
def test_never_before_the_data_period_begins(effective: datetime, ends: datetime) -> None:
    """M5: a move from before the data period leaves nothing of it, and no period that ends before it begins."""
    facts = [*GIVEN, UseEnded(REGISTERED, effective, MOVE)]
    assert seen_at(facts, REGISTERED)[1] == ends


@pytest.mark.parametrize("offset", [-SECOND, timedelta(0), SECOND])
def test_only_if_it_is_earlier(offset: timedelta) -> None:
    """M5: a data period that ends before the move stays as it was, and so does its last update."""
    end = brussels("2024-04-01T00:00")
    facts: list[Fact] = [
        Asked(ASKED, Period(FROM, end), by_grid_user=True),
        UseEnded(REGISTERED, end + offset, MOVE),
    ]
    updated = REGISTERED if offset < timedelta(0) else ASKED
    assert seen_at(facts, REGISTERED) == (Status.APPROVED, min(end, end + offset), updated)


def test_of_two_moves_the_earlier_counts_whichever_was_registered_first() -> None:
    """M5: moves that are registered out of order cut where the first of them took effect."""
    early, late = brussels("2024-03-01T00:00"), brussels("2024-05-01T00:00")
    for first, second in ((early, late), (late, early)):
        facts = [*GIVEN, UseEnded(REGISTERED, first, MOVE), UseEnded(REGISTERED + SECOND, second, MOVE)]
        assert seen_at(facts, REGISTERED + SECOND)[1] == early


@pytest.mark.parametrize(
    ("effective", "rejected"),
    [
        (ASKED - timedelta(days=300), ASKED + timedelta(days=2)),  # registered late: at registration
        (ASKED + timedelta(days=2) - SECOND, ASKED + timedelta(days=2)),
        (ASKED + timedelta(days=2), ASKED + timedelta(days=2)),
        (ASKED + timedelta(days=2) + SECOND, ASKED + timedelta(days=2) + SECOND),
        (brussels("2024-02-29T00:00"), brussels("2024-02-29T00:00")),  # known before: when it takes effect
        (brussels("2024-03-20T10:00"), brussels("2024-03-20T10:00")),  # a month after it was asked
        (brussels("2024-03-31T00:00"), brussels("2024-03-20T10:00")),  # nobody answered before
    ],
)
def test_a_requested_mandate_is_rejected_at_the_later_of_the_two(
    effective: datetime, rejected: datetime
) -> None:
    """M2, M5: who moves while he is asked can no longer consent: from the registration or the effect on, the later."""
    registered = ASKED + timedelta(days=2)
    facts: list[Fact] = [Asked(ASKED, OPEN), UseEnded(registered, effective, MOVE)]
    assert seen_at(facts, rejected - SECOND) == (Status.REQUESTED, None, ASKED)
    for late in (timedelta(0), SECOND):
        assert seen_at(facts, rejected + late) == (Status.REJECTED, None, rejected)
        assert timeline([*facts, Consented(rejected + late)]) == timeline(facts)


@pytest.mark.parametrize("before", [SECOND, timedelta(days=3)])
def test_consent_before_a_future_move_is_cut_by_it(before: timedelta) -> None:
    """M5: who consents before he moves gives what was measured until then, as is seen at once."""
    effective = ASKED + timedelta(days=20)
    consented = effective - before
    facts: list[Fact] = [Asked(ASKED, OPEN), UseEnded(ASKED + SECOND, effective, MOVE), Consented(consented)]
    assert seen_at(facts, consented) == (Status.APPROVED, effective, consented)
    assert seen_at(facts, effective + SECOND) == (Status.APPROVED, effective, consented)


def test_a_move_known_before_the_mandate_was_asked_for() -> None:
    """M5: one's own EAN, of which it is known that one leaves: Approved, and cut from the first moment on."""
    effective = ASKED + timedelta(days=20)
    facts: list[Fact] = [Asked(ASKED, OPEN, by_grid_user=True), UseEnded(ASKED, effective, MOVE)]
    assert next((one.start, one.data_period.end) for one in timeline(facts)) == (ASKED, effective)


@pytest.mark.parametrize(
    ("last", "status"),
    [(Ended(APPROVED + SECOND), Status.FINISHED), (Removed(APPROVED + SECOND), Status.REMOVED)],
)
def test_what_is_over_is_not_touched(last: Fact, status: Status) -> None:
    """M5: a move changes nothing of mandates that are Finished or removed."""
    facts = [*GIVEN, last]
    moved = timeline([*facts, UseEnded(REGISTERED, brussels("2024-03-01T00:00"), MOVE)])
    assert moved == timeline(facts)
    assert moved[-1].status is status


def test_a_rejected_mandate_is_not_touched() -> None:
    """M5: a move changes nothing of a mandate that was refused."""
    facts: list[Fact] = [Asked(ASKED, OPEN), Refused(APPROVED)]
    assert timeline([*facts, UseEnded(REGISTERED, ASKED, MOVE)]) == timeline(facts)


def test_renewal_after_a_move_prolongs_the_term_and_not_the_period() -> None:
    """M3, M5: a mandate that was cut can be renewed: it expires later, and gives no more than before."""
    renewed, effective = expiration_after(APPROVED) - timedelta(days=5), brussels("2024-05-01T00:00")
    facts = [
        *GIVEN,
        UseEnded(REGISTERED, effective, MOVE),
        RenewalAsked(renewed),
        Consented(renewed + SECOND),
    ]
    last = next(one for one in timeline(facts) if one.start == renewed + SECOND)
    assert (last.data_period.end, last.expiration) == (effective, expiration_after(renewed + SECOND))


EFFECTIVE = brussels("2024-05-01T00:00")
OLD, NEW = "0203.430.576", "0999.999.922"


def scenario(kind: ScenarioKind = MOVE, grid_user: str | None = NEW) -> Scenario:
    """One that was registered late."""
    return Scenario(EAN, kind, EFFECTIVE, REGISTERED, grid_user, OLD)


@pytest.mark.parametrize(
    ("given", "by", "ends"),
    [
        (EFFECTIVE - SECOND, OLD, True),
        (EFFECTIVE - SECOND, NEW, True),  # he used it before as well, and left
        (EFFECTIVE - SECOND, None, True),
        (EFFECTIVE, OLD, True),  # nobody knew yet that he had left
        (EFFECTIVE, None, True),
        (EFFECTIVE, NEW, False),
        (REGISTERED - SECOND, OLD, True),
        (REGISTERED - SECOND, NEW, False),
        (REGISTERED - SECOND, "a third", False),  # who came after the new one
        (REGISTERED, OLD, True),
        (REGISTERED, NEW, False),
        (REGISTERED, None, True),
        (REGISTERED + SECOND, OLD, False),  # he came back, and was known to have left before
        (REGISTERED + SECOND, NEW, False),
        (REGISTERED + SECOND, None, False),
    ],
)
def test_whose_mandates_a_scenario_ends(given: datetime, by: str | None, *, ends: bool) -> None:
    """M5: those given under the grid user before it, also in ignorance of it; not those of the new one."""
    assert ends_use_of(scenario(), given, by) is ends


@pytest.mark.parametrize("kind", ScenarioKind)
def test_only_a_change_of_supplier_ends_nothing(kind: ScenarioKind) -> None:
    """M5: another supplier changes nothing; another grid user, both at once, a move and a disconnection do."""
    ends = kind is not ScenarioKind.SUPPLIER_CHANGE
    assert ends_use_of(scenario(kind, None), EFFECTIVE - SECOND, OLD) is ends
    uses = (GridUse(OLD, Period(FROM)),)
    assert (uses_after(scenario(kind, None), uses) == uses) is not ends


def test_who_uses_an_ean_after_a_move() -> None:
    """M5: the use before ends, the new one begins, and what was known of later stays; again changes nothing more."""
    later = GridUse("a later one", Period(brussels("2025-01-01T00:00")))
    uses = (GridUse(OLD, Period(FROM, later.period.start)), later)
    after = uses_after(scenario(), uses)
    assert after == (
        GridUse(OLD, Period(FROM, EFFECTIVE)),
        GridUse(NEW, Period(EFFECTIVE, later.period.start)),
        later,
    )
    assert uses_after(scenario(), after) == after


@pytest.mark.parametrize("kind", [ScenarioKind.SUPPLIER_CHANGE, ScenarioKind.DISCONNECTION])
def test_nobody_comes_with_these(kind: ScenarioKind) -> None:
    """M5: with another supplier, or when a headpoint is disconnected, there is no new grid user."""
    with pytest.raises(InvalidValueError, match="nobody comes"):
        check(scenario(kind), ())
    check(scenario(kind, None), ())


def test_who_comes_is_another() -> None:
    """M5: who is the grid user already does not come."""
    with pytest.raises(InvalidValueError, match="already"):
        check(scenario(grid_user=OLD), (GridUse(OLD, Period(FROM)),))
    check(scenario(), (GridUse(OLD, Period(FROM)), GridUse(NEW, Period(EFFECTIVE))))
