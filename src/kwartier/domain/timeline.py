"""From the facts about a mandate to its timeline of phases (M1-M6, DESIGN 8).

Everything a user sees of a mandate at some moment follows from what happened to it, the future included: the phases are
computed once, when a fact is written, and no nightly job has to make anything expire.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final

from kwartier.domain.days import add_months, next_midnight
from kwartier.domain.mandate import (
    Asked,
    Consented,
    Ended,
    Fact,
    Mocked,
    Phase,
    Refused,
    Removed,
    RenewalAsked,
    RenewalStatus,
    Status,
    UseEnded,
)
from kwartier.domain.period import Period

__all__ = ["answer_before", "expiration_after", "in_order", "renewable_from", "timeline"]

_TERM_MONTHS: Final = 36  # M3
_ANSWER_MONTHS: Final = 1  # M2
_RENEWABLE_MONTHS: Final = 3  # M3

# How facts at one moment follow each other.
_ORDER: Final = (Asked, Mocked, UseEnded, RenewalAsked, Refused, Consented, Ended, Removed)


# A timeline is told over and over from the same few moments.
@lru_cache(maxsize=1024)
def expiration_after(moment: datetime) -> datetime:
    """When a mandate approved or renewed at a moment expires: three years on, at the next local midnight (M3)."""
    return next_midnight(add_months(moment, _TERM_MONTHS))


@lru_cache(maxsize=1024)
def answer_before(asked: datetime) -> datetime:
    """From when on what was asked at a moment can no longer be answered: a month later (M2)."""
    return add_months(asked, _ANSWER_MONTHS)


@lru_cache(maxsize=1024)
def renewable_from(expiration: datetime) -> datetime:
    """From when on a mandate with this expiration is to be renewed, and can be: three months before (M3)."""
    return add_months(expiration, -_RENEWABLE_MONTHS)


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """Facts as they follow each other: by their moments, and at one moment by what they are."""
    return sorted(facts, key=lambda fact: (fact.at, _ORDER.index(type(fact))))


def timeline(facts: Iterable[Fact]) -> tuple[Phase, ...]:
    """All phases of a mandate, future ones included, in order (M2, M3, M6).

    Args:
        facts: what happened to it, in any order; the first in time asked for it or mocked it. Of facts at one moment
            a question comes before its answer, a move and a refusal before a consent, and the end last.

    Returns:
        Phases without gaps between them; two neighbours always differ in something that users see.

    Raises:
        ValueError: no facts, or the first neither asks nor mocks.
    """
    return _timeline(tuple(in_order(facts)))


# Who writes a fact has mostly just looked at what would come of it.
@lru_cache(maxsize=64)
def _timeline(ordered: tuple[Fact, ...]) -> tuple[Phase, ...]:
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
    use_ends: datetime | None = None

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
        return RenewalStatus.TO_BE_RENEWED if self.moment >= renewable_from(self.expiration) else None

    def phase(self, end: datetime | None) -> Phase:
        """The phase that begins with this state."""
        return Phase(self.moment, end, self.status, self.data_period, self.renewal_status(), self.expiration)


def _moments(ordered: Sequence[Fact]) -> list[datetime]:
    """Every moment at which something may change: the facts, and what time alone brings after them."""
    moments = {fact.at for fact in ordered}
    for fact in ordered:
        if isinstance(fact, Asked | RenewalAsked):
            moments.add(answer_before(fact.at))
        if isinstance(fact, UseEnded):
            moments.add(fact.effective)
        expiration = fact.expiration if isinstance(fact, Mocked) else expiration_after(fact.at)
        moments |= {expiration, renewable_from(expiration)}
    return sorted(moment for moment in moments if moment >= ordered[0].at)


def _state_at(ordered: Sequence[Fact], moment: datetime) -> _State:
    """The facts up to a moment, told one after the other, then the time up to it."""
    state: _State | None = None
    for fact in ordered:
        if fact.at > moment:
            break
        # The same mock mandate again replaces it (S2).
        if state is None or isinstance(fact, Mocked):
            state = _begin(fact)
        else:
            state = _told(_waited(state, fact.at), fact)
    if state is None:
        raise ValueError("no fact at or before the moment")
    return _waited(state, moment)


def _waited(state: _State, moment: datetime) -> _State:
    """What time alone makes of a state: a month without an answer, or a move, closes what was asked (M2, M3, M5)."""
    state = replace(state, moment=moment)
    if state.asked_at is not None and (
        moment >= answer_before(state.asked_at) or (state.use_ends is not None and moment >= state.use_ends)
    ):
        state = replace(state, status=Status.REJECTED, asked_at=None)
    if state.renewal_asked_at is not None and moment >= answer_before(state.renewal_asked_at):
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
        case Removed():
            return replace(state, status=Status.REMOVED, asked_at=None, renewal_asked_at=None)
        case Ended() if approved:
            return replace(state, status=Status.FINISHED, renewal_asked_at=None)
        case UseEnded(_, effective):
            return _use_ended(state, effective)
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
        expiration = expiration_after(answer.at)
        approved = replace(state, status=Status.APPROVED, expiration=expiration, asked_at=None)
        return _cut_short(approved)
    if state.status is Status.REQUESTED:
        return replace(state, status=Status.REJECTED, asked_at=None)
    if state.renewal_asked_at is None:
        return state
    return _renewed(state, answer.at) if consented else replace(state, renewal_asked_at=None)


def _use_ended(state: _State, effective: datetime) -> _State:
    """What it makes of a state that the grid user's use ends at a moment, the earliest of several counting (M5)."""
    ends = effective if state.use_ends is None else min(state.use_ends, effective)
    return _cut_short(_waited(replace(state, use_ends=ends), state.moment))


def _cut_short(state: _State) -> _State:
    """The data period of an Approved mandate ends with the use, and never before it begins (M5)."""
    if state.status is not Status.APPROVED or state.use_ends is None:
        return state
    period = state.data_period
    return replace(state, data_period=period.cut(max(state.use_ends, period.start)))


def _may_be_renewed(state: _State, at: datetime) -> bool:
    return state.expiration is not None and at >= renewable_from(state.expiration)


def _renewed(state: _State, at: datetime) -> _State:
    return replace(state, expiration=expiration_after(at), renewal_asked_at=None, shown_renewal=None)
