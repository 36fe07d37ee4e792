"""Mandates as GET mandate tells them (M10)."""

from dataclasses import dataclass
from datetime import datetime

from kwartier.domain.errors import InvalidValueError
from kwartier.domain.mandate import Status
from kwartier.domain.metering import Granularity
from kwartier.domain.period import Period
from kwartier.wire.vocabulary import DATA_SERVICE_TYPE, STATUS

__all__ = ["Mandate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """A mandate as it stands.

    Enumerated values are texts, as they stand on the wire: one that the guide does not know is kept. What is absent
    is None.

    Attributes:
        data_period_to: exclusive; None while it is open.
        expires_at: from when on nothing that is measured is given (M4).
    """

    reference_number: str | None = None
    status: str | None = None
    ean: str | None = None
    energy_type: str | None = None
    data_period_from: datetime | None = None
    data_period_to: datetime | None = None
    data_service_type: str | None = None
    expires_at: datetime | None = None
    renewal_status: str | None = None

    @property
    def is_approved(self) -> bool:
        """Whether it gives readings at all."""
        return self.status == STATUS.write(Status.APPROVED)

    @property
    def granularity(self) -> Granularity | None:
        """What it gives (E5); None: a service type that the guide does not know."""
        try:
            return DATA_SERVICE_TYPE.read(self.data_service_type or "")
        except InvalidValueError:
            return None

    @property
    def given_period(self) -> Period | None:
        """The period of reading that it gives: its data period, cut at its expiration (M4, E5); None: nothing."""
        if not self.is_approved or self.data_period_from is None:
            return None
        period = Period(self.data_period_from, self.data_period_to).cut(self.expires_at)
        return None if period.is_empty else period
