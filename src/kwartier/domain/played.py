"""What a sandbox plays of the world around it: grid users, the answers they give, the market, a contract (M2, M3, M5, I6).

In the sandbox every EAN is the client's own until it says whose it is. What happens to a mandate there are the same facts
as in live; the rules here tell who the grid user is, and what can happen to a mandate next.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from kwartier.domain.access import Reason
from kwartier.domain.ean import Ean
from kwartier.domain.mandate import (
    Consented,
    Ended,
    Fact,
    Phase,
    Refused,
    Removed,
    RenewalAsked,
    Status,
)
from kwartier.domain.scenario import Scenario
from kwartier.domain.timeline import renewable_from, timeline

__all__ = [
    "Act",
    "GridUserTold",
    "PlayedContract",
    "fact_of",
    "grid_user_at",
    "lacking",
    "possible",
]


class Act(Enum):
    """What can be done with a mandate: by the grid user (the first three), or by the organisation that asked for it."""

    CONSENT = "consent"
    REFUSE = "refuse"
    END = "end"
    RENEW = "renew"
    REMOVE = "remove"


class PlayedContract(Enum):
    """How far a client's data access contract is, as its sandbox plays it."""

    NOT_NEEDED = "not-needed"
    """As at first: no contract is ever needed (S1)."""
    NONE = "none"
    REQUESTED = "requested"
    APPROVED = "approved"
    """Approved, but the credentials were not renewed since."""
    ENDED = "ended"


_LACKING: Final = {
    PlayedContract.NOT_NEEDED: None,
    PlayedContract.NONE: Reason.NO_CONTRACT,
    PlayedContract.REQUESTED: Reason.CONTRACT_NOT_APPROVED,
    PlayedContract.APPROVED: Reason.TO_RENEW,
    PlayedContract.ENDED: Reason.CONTRACT_ENDED,
}


def lacking(contract: PlayedContract) -> Reason | None:
    """Why EANs of others are not covered; None: they are (E6)."""
    return _LACKING[contract]


@dataclass(frozen=True, slots=True)
class GridUserTold:
    """Somebody is the grid user of an EAN from a moment on, as a client said.

    Attributes:
        grid_user: an enterprise number or a name; that of the client's own organisation makes the EAN its own.
    """

    ean: Ean
    at: datetime
    grid_user: str


def grid_user_at(moment: datetime, told: Iterable[GridUserTold | Scenario], otherwise: str) -> str | None:
    """Who uses an EAN, as far as is known at a moment; None: nobody, or nobody knows who (M5).

    Args:
        moment: when.
        told: what was said of this EAN, in the order in which it was: whose it is, and what the market did.
        otherwise: whose it is where nothing was said.
    """
    user: str | None = otherwise
    changes: list[Scenario] = []
    for one in told:
        if isinstance(one, GridUserTold):
            if one.at <= moment:
                user, changes = one.grid_user, [later for later in changes if later.effective > one.at]
        elif one.kind.ends_use and one.registered_at <= moment:
            changes.append(one)
    begun = [one for one in changes if one.effective <= moment]
    # Of several at one moment the one told last counts.
    return max(reversed(begun), key=lambda one: one.effective).grid_user if begun else user


def possible(history: Sequence[Fact], phase: Phase, moment: datetime) -> tuple[Act, ...]:
    """What can happen to a mandate at a moment, in the order of `Act` (M2, M3).

    Args:
        history: what happened to it up to then.
        phase: how it stands then.
        moment: when.
    """
    open_renewal = _renewal_is_open(history, phase, moment)
    approved = phase.status is Status.APPROVED
    can = {
        Act.CONSENT: phase.status is Status.REQUESTED or open_renewal,
        Act.REFUSE: phase.status is Status.REQUESTED or open_renewal,
        Act.END: approved,
        Act.RENEW: approved
        and not open_renewal
        and phase.expiration is not None
        and moment >= renewable_from(phase.expiration),
        Act.REMOVE: phase.status is not Status.REMOVED,
    }
    return tuple(act for act in Act if can[act])


def fact_of(act: Act, moment: datetime, *, own: bool) -> Fact:
    """What is written of a mandate when something is done with it.

    Args:
        act: what.
        moment: when.
        own: whether the organisation is the grid user: its renewal needs no consent (M3).
    """
    match act:
        case Act.CONSENT:
            return Consented(moment)
        case Act.REFUSE:
            return Refused(moment)
        case Act.END:
            return Ended(moment)
        case Act.RENEW:
            return RenewalAsked(moment, by_grid_user=own)
        case Act.REMOVE:
            return Removed(moment)


def _renewal_is_open(history: Sequence[Fact], phase: Phase, moment: datetime) -> bool:
    """Whether a renewal waits for an answer: a consent would change something. After expiry no status tells (M3)."""
    if phase.status is not Status.APPROVED or not any(isinstance(fact, RenewalAsked) for fact in history):
        return False
    return timeline([*history, Consented(moment)]) != timeline(history)
