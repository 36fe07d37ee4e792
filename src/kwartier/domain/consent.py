"""Consent: what a grid user is asked, and what becomes of each answer (M2, M3)."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from kwartier.domain.ean import Ean
from kwartier.domain.mandate import Phase, Status
from kwartier.domain.messages import AskedAccess, Recipient
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.domain.period import Period
from kwartier.domain.timeline import answer_before

__all__ = ["ConsentItem", "ConsentRequest", "Outcome", "is_open"]


@dataclass(frozen=True, slots=True)
class ConsentItem:
    """One EAN about which a grid user is asked.

    Attributes:
        item: its number in the request, from 1.
        mandate_id: of the mandate that waits for the answer.
        data_period: as it was asked.
        answer: yes or no; None: not answered.
    """

    item: int
    ean: Ean
    mandate_id: str
    energy_type: EnergyType
    granularity: Granularity
    data_period: Period
    answer: bool | None = None
    answered_at: datetime | None = None

    @property
    def asked(self) -> AskedAccess:
        """What is asked, as messages tell it."""
        return AskedAccess(self.ean, self.energy_type, self.granularity, self.data_period)


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """A question to a grid user, behind one link.

    Attributes:
        request_id: by which the operator knows it.
        holder: by whom the mandates are kept.
        asked_by: the id of the person who asked on the holder's behalf; None: the operator.
        is_renewal: whether access that was given before is to go on.
        recipient: who is asked.
        revoked_at: from when on its link opens nothing.
    """

    request_id: str
    holder: str
    asked_by: str | None
    asked_at: datetime
    is_renewal: bool
    recipient: Recipient
    revoked_at: datetime | None
    items: tuple[ConsentItem, ...]

    @property
    def answer_before(self) -> datetime:
        """From when on it can no longer be answered (M2)."""
        return answer_before(self.asked_at)

    def find(self, item: int) -> ConsentItem | None:
        """The item of a number."""
        return next((one for one in self.items if one.item == item), None)


class Outcome(Enum):
    """What became of an answer."""

    TAKEN = "taken"
    ANSWERED_BEFORE = "answered before"
    """An answer is given once: the first one counts, also if it was another."""
    TOO_LATE = "too late"
    """The question was closed: a month went by, the grid user moved, or the mandate is there no more."""
    UNKNOWN = "unknown"
    """The request has no such item."""


def is_open(request: ConsentRequest, item: ConsentItem, phase: Phase | None, moment: datetime) -> bool:
    """Whether an item can be answered at a moment.

    Args:
        request: of which it is one.
        item: which.
        phase: how its mandate stands then.
        moment: of the answer.
    """
    if item.answer is not None or phase is None or moment >= request.answer_before:
        return False
    return phase.status is (Status.APPROVED if request.is_renewal else Status.REQUESTED)
