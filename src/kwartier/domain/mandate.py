"""Mandates: from the facts about one to its timeline of phases (M1-M6, DESIGN 8).

A mandate is what happened to it (asked, consented, refused, …), in order. Everything a user sees of it at some moment
follows from that, the future included: the phases are computed once, when a fact is written, and no nightly job
has to make anything expire.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Final, TypeAlias

from kwartier.domain.days import add_months, next_midnight
from kwartier.domain.ean import Ean
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.domain.period import Period

__all__ = [
    "Asked",
    "Consented",
    "Ended",
    "Fact",
    "Mandate",
    "Mocked",
    "Phase",
    "Refused",
    "Removed",
    "RenewalAsked",
    "RenewalStatus",
    "StandingMandate",
    "Status",
    "expiration_after",
    "timeline",
]

TERM_MONTHS: Final = 36  # M3
ANSWER_MONTHS: Final = 1  # M2
RENEWABLE_MONTHS: Final = 3  # M3


class Status(Enum):
    """The status of a mandate (M2). A removed one is seen nowhere."""

    REQUESTED = "Requested"
    APPROVED = "Approved"
    REJECTED = "Rejected"
    FINISHED = "Finished"
    REMOVED = "Removed"


class RenewalStatus(Enum):
    """Where an Approved mandate stands with its renewal (M3)."""

    TO_BE_RENEWED = "ToBeRenewed"
    RENEWAL_REQUESTED = "RenewalRequested"
    EXPIRED = "Expired"


@dataclass(frozen=True, slots=True)
class Asked:
    """A portal user asked for the mandate; for his own EAN that approves it at once (M2)."""

    at: datetime
    data_period: Period
    by_grid_user: bool = False


@dataclass(frozen=True, slots=True)
class Consented:
    """The grid user consents to what is open: the mandate or its renewal."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """The grid user refuses what is open: the mandate or its renewal."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """The grid user has the operator end the mandate."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Removed:
    """A portal user of the organisation removes the mandate."""

    at: datetime


@dataclass(frozen=True, slots=True)
class RenewalAsked:
    """A portal user asks for renewal; for his own EAN that renews it at once (M3)."""

    at: datetime
    by_grid_user: bool = False


@dataclass(frozen=True, slots=True)
class Mocked:
    """A sandbox mandate, made as the integrator asked for it (S2).

    A given renewal status is shown as given; without one the clock decides.
    """

    at: datetime
    status: Status
    data_period: Period
    expiration: datetime
    renewal_status: RenewalStatus | None = None


Fact: TypeAlias = Asked | Consented | Refused | Ended | Removed | RenewalAsked | Mocked

# How facts at one moment follow each other.
_ORDER: Final = (Asked, Mocked, RenewalAsked, Refused, Consented, Ended, Removed)


@dataclass(frozen=True, slots=True)
class Mandate:
    """What never changes about a mandate (M1).

    Attributes:
        reference_number: the key between customer, energy service provider and operator, if any.
        ean: the one EAN it is for.
        energy_type: what that EAN meters.
        granularity: its data service type: `VH_dag` or `VH_kwartier_uur`.
        own: whether the requester was the grid user of the EAN at approval (I5, M5).
        ean_named_by_grid_user: whether the grid user chose the EAN, so that filters must not tell it (M11).
    """

    reference_number: str | None
    ean: Ean
    energy_type: EnergyType
    granularity: Granularity
    own: bool = False
    ean_named_by_grid_user: bool = False


@dataclass(frozen=True, slots=True)
class Phase:
    """How a mandate stands from `start` up to, and not including, `end` (None: for good).

    `start` is what users know as its last-updated time (M6).
    """

    start: datetime
    end: datetime | None
    status: Status
    data_period: Period
    renewal_status: RenewalStatus | None = None
    expiration: datetime | None = None


@dataclass(frozen=True, slots=True)
class StandingMandate:
    """A mandate, under the id by which it is kept, and the phase in which it stands at some moment."""

    mandate_id: str
    mandate: Mandate
    phase: Phase


def expiration_after(moment: datetime) -> datetime:
    """When a mandate approved or renewed at a moment expires: three years on, at the next local midnight (M3)."""
    return next_midnight(add_months(moment, TERM_MONTHS))


def timeline(facts: Iterable[Fact]) -> tuple[Phase, ...]:
    """All phases of a mandate, future ones included, in order (M2, M3, M6).

    Args:
        facts: what happened to it, in any order; the first in time asked for it or mocked it. Of facts at one moment
            a question comes before its answer, a refusal before a consent, and the end last.

    Returns:
        Phases without gaps between them; two neighbours always differ in something that users see.

    Raises:
        ValueError: no facts, or the first neither asks nor mocks.
    """
    ordered = sorted(facts, key=lambda fact: (fact.at, _ORDER.index(type(fact))))
    if not ordered or not isinstance(ordered[0], Asked | Mocked):
        raise ValueError("a mandate begins with being asked for")
    states: list[_State] = []
    for moment in _moments(ordered):
        state = _state_at(ordered, moment)
        if not states or states[-1].seen() != state.seen():
            states.append(state)
    ends = [state.moment for state in states[1:]]
    return tuple(state.phase(end) for state, end in zip(states, [*ends, None], strict=True))


@dataclass(frozen=True, slots=True)
class _State:
    """How a mandate stands at a moment, with what is still open then."""

    moment: datetime
    status: Status
    data_period: Period
    expiration: datetime | None = None
    asked_at: datetime | None = None
    renewal_asked_at: datetime | None = None
    shown_renewal: RenewalStatus | None = None

    def seen(self) -> tuple[object, ...]:
        """What users see of it."""
        return (self.status, self.data_period, self.expiration, self.renewal_status())

    def renewal_status(self) -> RenewalStatus | None:
        """M3: of Approved mandates, by the clock unless a mock mandate says otherwise."""
        if self.status is not Status.APPROVED or self.expiration is None:
            return None
        if self.shown_renewal is not None:
            return self.shown_renewal
        if self.moment >= self.expiration:
            return RenewalStatus.EXPIRED
        if self.renewal_asked_at is not None:
            return RenewalStatus.RENEWAL_REQUESTED
        return RenewalStatus.TO_BE_RENEWED if self.moment >= _renewable_from(self.expiration) else None

    def phase(self, end: datetime | None) -> Phase:
        """The phase that begins with this state."""
        return Phase(self.moment, end, self.status, self.data_period, self.renewal_status(), self.expiration)


def _renewable_from(expiration: datetime) -> datetime:
    return add_months(expiration, -RENEWABLE_MONTHS)


def _moments(ordered: Sequence[Fact]) -> list[datetime]:
    """Every moment at which something may change: the facts, and what time alone brings after them."""
    moments = {fact.at for fact in ordered}
    for fact in ordered:
        if isinstance(fact, Asked | RenewalAsked):
            moments.add(add_months(fact.at, ANSWER_MONTHS))
        expiration = fact.expiration if isinstance(fact, Mocked) else expiration_after(fact.at)
        moments |= {expiration, _renewable_from(expiration)}
    return sorted(moment for moment in moments if moment >= ordered[0].at)


def _state_at(ordered: Sequence[Fact], moment: datetime) -> _State:
    """The facts up to a moment, told one after the other, then the time up to it."""
    state: _State | None = None
    for fact in ordered:
        if fact.at > moment:
            break
        state = _begin(fact) if state is None else _told(_waited(state, fact.at), fact)
    if state is None:
        raise ValueError("no fact at or before the moment")
    return _waited(state, moment)


def _waited(state: _State, moment: datetime) -> _State:
    """What time alone makes of a state: a month without an answer closes what was asked (M2, M3)."""
    state = replace(state, moment=moment)
    if state.asked_at is not None and moment >= add_months(state.asked_at, ANSWER_MONTHS):
        state = replace(state, status=Status.REJECTED, asked_at=None)
    if state.renewal_asked_at is not None and moment >= add_months(state.renewal_asked_at, ANSWER_MONTHS):
        state = replace(state, renewal_asked_at=None)
    return state


def _begin(fact: Fact) -> _State:
    match fact:
        case Asked(at, data_period, by_grid_user=True):
            return _State(at, Status.APPROVED, data_period, expiration_after(at))
        case Asked(at, data_period):
            return _State(at, Status.REQUESTED, data_period, asked_at=at)
        case Mocked(at, status, data_period, expiration, renewal_status):
            return _State(at, status, data_period, expiration, shown_renewal=renewal_status)
        case _:
            raise ValueError("a mandate begins with being asked for")


def _told(state: _State, fact: Fact) -> _State:
    """What a fact makes of a state; a fact that comes too late or too early changes nothing."""
    approved = state.status is Status.APPROVED
    match fact:
        case Mocked():  # the same mock mandate again replaces it (S2)
            return _begin(fact)
        case Removed():
            return replace(state, status=Status.REMOVED, asked_at=None, renewal_asked_at=None)
        case Ended() if approved:
            return replace(state, status=Status.FINISHED, renewal_asked_at=None)
        case RenewalAsked(at, by_grid_user) if approved and _may_be_renewed(state, at):
            return _renewed(state, at) if by_grid_user else replace(state, renewal_asked_at=at)
        case Consented() | Refused():
            return _answered(state, fact)
        case _:
            return state


def _answered(state: _State, answer: Consented | Refused) -> _State:
    """What the grid user's answer makes of a state: it is about what is open, if anything is."""
    consented = isinstance(answer, Consented)
    if state.status is Status.REQUESTED and consented:
        return replace(state, status=Status.APPROVED, expiration=expiration_after(answer.at), asked_at=None)
    if state.status is Status.REQUESTED:
        return replace(state, status=Status.REJECTED, asked_at=None)
    if state.renewal_asked_at is None:
        return state
    return _renewed(state, answer.at) if consented else replace(state, renewal_asked_at=None)


def _may_be_renewed(state: _State, at: datetime) -> bool:
    return state.expiration is not None and at >= _renewable_from(state.expiration)


def _renewed(state: _State, at: datetime) -> _State:
    return replace(state, expiration=expiration_after(at), renewal_asked_at=None, shown_renewal=None)
