"""Credentials: what opens the API, for how long, and what it covers (I3, I4, I5)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from kwartier.domain.access import Coverage
from kwartier.domain.days import add_months
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.errors import InvalidValueError

__all__ = [
    "EXPIRES_SOON",
    "EXPIRES_VERY_SOON",
    "MAX_OVERLAP",
    "Credentials",
    "EnvironmentName",
    "Overlap",
    "State",
    "state_of",
    "valid_until",
]

_TERM_MONTHS: Final = 12

EXPIRES_SOON: Final = timedelta(days=60)
"""How long before their end credentials are told to expire soon (I4)."""
EXPIRES_VERY_SOON: Final = timedelta(days=30)
"""How long before their end there is a warning (I4)."""
MAX_OVERLAP: Final = timedelta(days=30)
"""For how long an old secret goes on beside the new one at most (C2)."""


class EnvironmentName(Enum):
    """The environments for which credentials are issued (I3)."""

    SANDBOX = "sandbox"
    LIVE = "live"


class State(Enum):
    """How credentials, or an operator, stand at a moment (I4)."""

    VALID = "valid"
    EXPIRES_SOON = "expires soon"
    EXPIRED = "expired"
    REVOKED = "revoked"

    @property
    def fault(self) -> str | None:
        """Why they open nothing in this state, if so."""
        return self.value if self in {State.EXPIRED, State.REVOKED} else None


def valid_until(issued_at: datetime) -> datetime:
    """When credentials issued or renewed at a moment end: one year on, exclusive (I4)."""
    return add_months(issued_at, _TERM_MONTHS)


def state_of(ends: datetime, revoked_at: datetime | None, moment: datetime) -> State:
    """How something that ends, and can be revoked before, stands at a moment (C2, I4)."""
    if revoked_at is not None and moment >= revoked_at:
        return State.REVOKED
    if moment >= ends:
        return State.EXPIRED
    return State.EXPIRES_SOON if moment >= ends - EXPIRES_SOON else State.VALID


@dataclass(frozen=True, slots=True)
class Overlap:
    """What goes on of renewed credentials beside their new secret (C2).

    Attributes:
        coverage: of the old secret and its tokens.
        until: when both end, exclusive.
    """

    coverage: Coverage
    until: datetime


@dataclass(frozen=True, slots=True)
class Credentials:
    """Credentials as they are known; their secret and key are not kept, only hashes.

    Attributes:
        generation: how often they were renewed; tokens carry it, so that those of an old secret die (C2).
        overlap: with the generation before, if the organisation chose one at the last renewal.
    """

    client_id: str
    environment: EnvironmentName
    organisation: EnterpriseNumber
    coverage: Coverage
    issued_at: datetime
    valid_until: datetime
    revoked_at: datetime | None
    generation: int
    overlap: Overlap | None = None

    def fault(self, moment: datetime) -> str | None:
        """Why they do not open anything at a moment, if so (C2, I4)."""
        return self.state(moment).fault

    def state(self, moment: datetime) -> State:
        """How they stand at a moment (I4)."""
        return state_of(self.valid_until, self.revoked_at, moment)

    def of_generation(self, generation: int, moment: datetime) -> "Credentials | None":
        """The credentials as a secret or token of a generation has them at a moment; None if it ended (C2)."""
        if generation == self.generation:
            return self
        overlap = self.overlap
        if overlap is None or generation != self.generation - 1 or moment >= overlap.until:
            return None
        return replace(
            self,
            coverage=overlap.coverage,
            valid_until=overlap.until,
            generation=generation,
            overlap=None,
        )

    def renewed(
        self, moment: datetime, *, coverage: Coverage | None = None, overlap: timedelta = timedelta(0)
    ) -> "Credentials":
        """The credentials with a new year (I4); the secret before goes on for the overlap, never beyond its own end (C2).

        Args:
            moment: of renewal.
            coverage: from now on, as `contract.py` decides it; None: as before.
            overlap: for how long the last secret goes on; one before that ends now.

        Raises:
            InvalidValueError: a negative overlap or one that is too long.
        """
        if not timedelta(0) <= overlap <= MAX_OVERLAP:
            raise InvalidValueError(f"an overlap lasts from 0 to {MAX_OVERLAP.days} days")
        until = min(moment + overlap, self.valid_until)
        return replace(
            self,
            coverage=coverage or self.coverage,
            issued_at=moment,
            valid_until=valid_until(moment),
            generation=self.generation + 1,
            overlap=Overlap(self.coverage, until) if until > moment else None,
        )
