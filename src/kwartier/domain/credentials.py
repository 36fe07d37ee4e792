"""Credentials: what opens the API, for how long, and what it covers (I3, I4, I5)."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from kwartier.domain.access import Coverage
from kwartier.domain.days import add_months
from kwartier.domain.enterprise import EnterpriseNumber

__all__ = ["Credentials", "EnvironmentName", "valid_until"]

_TERM_MONTHS: Final = 12


class EnvironmentName(Enum):
    """The environments for which credentials are issued (I3)."""

    SANDBOX = "sandbox"
    LIVE = "live"


def valid_until(issued_at: datetime) -> datetime:
    """When credentials issued or renewed at a moment end: one year on, exclusive (I4)."""
    return add_months(issued_at, _TERM_MONTHS)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Credentials as they are known; their secret and key are not kept, only hashes.

    Attributes:
        generation: how often they were renewed; tokens carry it, so that those of an old secret die (C2).
    """

    client_id: str
    environment: EnvironmentName
    organisation: EnterpriseNumber
    coverage: Coverage
    issued_at: datetime
    valid_until: datetime
    revoked_at: datetime | None
    generation: int

    def fault(self, moment: datetime) -> str | None:
        """Why they do not open anything at a moment, if so (C2, I4)."""
        if self.revoked_at is not None and moment >= self.revoked_at:
            return "revoked"
        return "expired" if moment >= self.valid_until else None
