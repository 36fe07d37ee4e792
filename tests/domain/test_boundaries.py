"""Every status and every transition of a mandate, a second before, at, and a second after its moment (M2, M3, M5, M6)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

import pytest

from kwartier.domain.mandate import (
    Asked,
    Consented,
    Ended,
    Fact,
    Phase,
    Refused,
    Removed,
    RenewalAsked,
    RenewalStatus,
    Status,
    UseEnded,
)
from kwartier.domain.period import Period
from kwartier.domain.scenario import ScenarioKind
from kwartier.domain.timeline import timeline
from support.calendar import naive_expiration, naive_later
from support.domain import SECOND, brussels

Seen: TypeAlias = tuple[Status, RenewalStatus | None]
Facts: TypeAlias = Callable[[datetime], list[Fact]]
When: TypeAlias = Callable[[datetime], datetime]

DAY: Final = timedelta(days=1)
OPEN: Final = Period(brussels("2021-01-01T00:00"))
REQUESTED, APPROVED, REJECTED, FINISHED, REMOVED = ((status, None) for status in Status)
TO_BE_RENEWED, RENEWAL_REQUESTED, EXPIRED = ((Status.APPROVED, renewal) for renewal in RenewalStatus)


def asked(at: datetime) -> list[Fact]:
    """Another's EAN."""
    return [Asked(at, OPEN)]


def own(at: datetime) -> list[Fact]:
    """One's own EAN."""
    return [Asked(at, OPEN, by_grid_user=True)]


def given(at: datetime) -> list[Fact]:
    """Another's EAN, consented to at the moment."""
    return [Asked(at - DAY, OPEN), Consented(at)]


def deadline(at: datetime) -> datetime:
    """A month without an answer."""
    return naive_later(at, 1)


def renewable(at: datetime) -> datetime:
    """Three months before expiry."""
    return naive_later(naive_expiration(at), -3)


def renewing(at: datetime, before_expiry: timedelta = 40 * DAY) -> list[Fact]:
    """Given, and its renewal asked some time before expiry."""
    return [*given(at), RenewalAsked(naive_expiration(at) - before_expiry)]


def moved(at: datetime, registered: datetime, effective: datetime) -> list[Fact]:
    """Asked, and a move."""
    return [Asked(at, OPEN), UseEnded(registered, effective, ScenarioKind.MOVE)]


@dataclass(frozen=True)
class Row:
    """What happened, when it changes, and what is seen before and from then on."""

    name: str
    facts: Facts
    moment: When
    before: Seen | None
    after: Seen


ROWS: Final = [
    Row("asked", asked, lambda at: at, None, REQUESTED),
    Row("own", own, lambda at: at, None, APPROVED),
    Row(
        "consent",
        lambda at: [*asked(at), Consented(at + 3 * DAY)],
        lambda at: at + 3 * DAY,
        REQUESTED,
        APPROVED,
    ),
    Row(
        "consent in the last second",
        lambda at: [*asked(at), Consented(deadline(at) - SECOND)],
        lambda at: deadline(at) - SECOND,
        REQUESTED,
        APPROVED,
    ),
    Row("consent too late", lambda at: [*asked(at), Consented(deadline(at))], deadline, REQUESTED, REJECTED),
    Row("no answer", asked, deadline, REQUESTED, REJECTED),
    Row(
        "refusal",
        lambda at: [*asked(at), Refused(at + 3 * DAY)],
        lambda at: at + 3 * DAY,
        REQUESTED,
        REJECTED,
    ),
    Row(
        "moved, registered late",
        lambda at: moved(at, at + 3 * DAY, at - 9 * DAY),
        lambda at: at + 3 * DAY,
        REQUESTED,
        REJECTED,
    ),
    Row(
        "moves later",
        lambda at: moved(at, at + DAY, at + 3 * DAY),
        lambda at: at + 3 * DAY,
        REQUESTED,
        REJECTED,
    ),
    Row("moves too late", lambda at: moved(at, at + DAY, at + 60 * DAY), deadline, REQUESTED, REJECTED),
    Row("ended", lambda at: [*given(at), Ended(at + 9 * DAY)], lambda at: at + 9 * DAY, APPROVED, FINISHED),
    Row(
        "ended while to be renewed",
        lambda at: [*given(at), Ended(renewable(at) + DAY)],
        lambda at: renewable(at) + DAY,
        TO_BE_RENEWED,
        FINISHED,
    ),
    Row(
        "ended after expiry",
        lambda at: [*given(at), Ended(naive_expiration(at) + DAY)],
        lambda at: naive_expiration(at) + DAY,
        EXPIRED,
        FINISHED,
    ),
    Row(
        "removed unanswered",
        lambda at: [*asked(at), Removed(at + DAY)],
        lambda at: at + DAY,
        REQUESTED,
        REMOVED,
    ),
    Row("removed", lambda at: [*given(at), Removed(at + DAY)], lambda at: at + DAY, APPROVED, REMOVED),
    Row(
        "removed when rejected",
        lambda at: [*asked(at), Removed(deadline(at) + DAY)],
        lambda at: deadline(at) + DAY,
        REJECTED,
        REMOVED,
    ),
    Row(
        "removed when finished",
        lambda at: [*given(at), Ended(at + DAY), Removed(at + 2 * DAY)],
        lambda at: at + 2 * DAY,
        FINISHED,
        REMOVED,
    ),
    Row("to be renewed", given, renewable, APPROVED, TO_BE_RENEWED),
    Row(
        "asked to renew in the first second",
        lambda at: [*given(at), RenewalAsked(renewable(at))],
        renewable,
        APPROVED,
        RENEWAL_REQUESTED,
    ),
    Row(
        "asked to renew too early",
        lambda at: [*given(at), RenewalAsked(renewable(at) - SECOND)],
        renewable,
        APPROVED,
        TO_BE_RENEWED,
    ),
    Row(
        "asked to renew",
        renewing,
        lambda at: naive_expiration(at) - 40 * DAY,
        TO_BE_RENEWED,
        RENEWAL_REQUESTED,
    ),
    Row(
        "renewal refused",
        lambda at: [*renewing(at), Refused(naive_expiration(at) - 30 * DAY)],
        lambda at: naive_expiration(at) - 30 * DAY,
        RENEWAL_REQUESTED,
        TO_BE_RENEWED,
    ),
    Row(
        "renewal unanswered",
        renewing,
        lambda at: deadline(naive_expiration(at) - 40 * DAY),
        RENEWAL_REQUESTED,
        TO_BE_RENEWED,
    ),
    Row(
        "renewal consented to",
        lambda at: [*renewing(at), Consented(naive_expiration(at) - 30 * DAY)],
        lambda at: naive_expiration(at) - 30 * DAY,
        RENEWAL_REQUESTED,
        APPROVED,
    ),
    Row(
        "own renewed",
        lambda at: [*own(at), RenewalAsked(renewable(at) + DAY, by_grid_user=True)],
        lambda at: renewable(at) + DAY,
        TO_BE_RENEWED,
        APPROVED,
    ),
    Row("expired", given, naive_expiration, TO_BE_RENEWED, EXPIRED),
    Row(
        "expired while asked", lambda at: renewing(at, 9 * DAY), naive_expiration, RENEWAL_REQUESTED, EXPIRED
    ),
    Row(
        "renewed after expiry",
        lambda at: [*renewing(at, 9 * DAY), Consented(naive_expiration(at) + 9 * DAY)],
        lambda at: naive_expiration(at) + 9 * DAY,
        EXPIRED,
        APPROVED,
    ),
    Row(
        "own renewed after expiry",
        lambda at: [*own(at), RenewalAsked(naive_expiration(at) + 400 * DAY, by_grid_user=True)],
        lambda at: naive_expiration(at) + 400 * DAY,
        EXPIRED,
        APPROVED,
    ),
]

MOMENTS: Final = [
    brussels("2024-05-06T10:00"),
    brussels("2024-02-29T10:00"),  # a leap day
    brussels("2024-02-29T00:00"),
    brussels("2024-01-31T23:59:59"),  # the next month is shorter
    brussels("2023-01-31T10:00"),
    brussels("2024-12-31T23:30"),
    brussels("2024-02-29T02:30"),
    brussels("2024-02-28T00:00"),
    brussels("2024-03-31T01:59:59"),  # the second before the clocks go forward
    brussels("2024-03-31T03:00"),
    brussels("2024-10-27T02:30"),  # twice on the wall
    brussels("2024-10-27T02:30", fold=1),
    brussels("2024-09-27T02:30"),  # a month before that
    brussels("2021-10-27T02:30"),  # three years before
    brussels("2024-07-31T00:00"),
]


def seen_at(facts: list[Fact], moment: datetime) -> Phase | None:
    """The phase at a moment, if it has begun."""
    return next((one for one in timeline(facts) if moment in Period(one.start, one.end)), None)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
@pytest.mark.parametrize("at", MOMENTS, ids=str)
def test_a_transition_comes_at_its_moment(row: Row, at: datetime) -> None:
    """M2, M3, M5, M6: what is seen changes at its very moment, also where time alone makes it, which is the last update then."""
    facts, moment = row.facts(at), row.moment(at)
    before = seen_at(facts, moment - SECOND)
    assert (None if before is None else (before.status, before.renewal_status)) == row.before
    for after in (moment, moment + SECOND):
        phase = seen_at(facts, after)
        assert phase is not None
        assert (phase.status, phase.renewal_status) == row.after
        assert phase.start == moment


def test_the_table_is_total() -> None:
    """M2, M3: every status and every renewal status is reached, and every one but the last is left."""
    everything = {REQUESTED, APPROVED, REJECTED, FINISHED, REMOVED, TO_BE_RENEWED, RENEWAL_REQUESTED, EXPIRED}
    assert {row.after for row in ROWS} == everything
    assert {row.before for row in ROWS} == everything - {REMOVED} | {None}
