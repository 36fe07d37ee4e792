"""What is remembered of an access to readings: who, which EAN, period, under which mandates, when (A1)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kwartier.domain.access import Reason
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.question import EnergyQuestion

__all__ = ["GRANTED", "AuditEntry"]

GRANTED: Final = "granted"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An access to readings, or the attempt at one.

    Attributes:
        at: real time (A3).
        question: what was asked, by which the EAN too.
        refused: why nothing was given; None: it was given.
        mandates: the ids of those under which it was given.
        correlation_id: that of the answer and of the log (C6).
    """

    at: datetime
    organisation: EnterpriseNumber
    client_id: str
    question: EnergyQuestion
    refused: Reason | None
    mandates: tuple[str, ...]
    correlation_id: str

    @property
    def ean(self) -> Ean:
        """Whose readings."""
        return self.question.ean
