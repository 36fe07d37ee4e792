"""Mandates as GET mandate tells them (M10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from kwartier.client.decoding.plain import BrokenAnswerError, fetched_at, parsed
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.mandate import Status
from kwartier.domain.metering import Granularity
from kwartier.domain.period import Period
from kwartier.wire.timestamps import read_timestamp
from kwartier.wire.vocabulary import DATA_SERVICE_TYPE, STATUS

__all__ = ["Mandate", "MandatesTold", "read_mandates"]

_TEXTS: Final = {
    "reference_number": "referenceNumber",
    "status": "status",
    "ean": "ean",
    "energy_type": "energyType",
    "data_service_type": "dataServiceType",
    "renewal_status": "renewalStatus",
}
_MOMENTS: Final = {
    "data_period_from": "dataPeriodFrom",
    "data_period_to": "dataPeriodTo",
    "expires_at": "mandateExpirationDate",
}


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


class MandatesTold(NamedTuple):
    """An answer of GET mandate, and the moment that it tells, if any."""

    mandates: tuple[Mandate, ...]
    fetched_at: datetime | None


def read_mandates(content: bytes) -> MandatesTold:
    """Read an answer of GET mandate, with its envelope or without.

    Raises:
        BrokenAnswerError: it is cut off, or is not what the guide says.
    """
    told = parsed(content)
    data = told.get("data", told) if isinstance(told, Mapping) else None
    listed = data.get("mandates", []) if isinstance(data, Mapping) else None
    if not isinstance(listed, list) or not all(isinstance(one, Mapping) for one in listed):
        raise BrokenAnswerError("there is no list of mandates in it")
    return MandatesTold(tuple(_mandate(one) for one in listed), fetched_at(told))


def _mandate(told: Mapping[str, Any]) -> Mandate:
    fields: dict[str, Any] = {name: _text(told.get(written)) for name, written in _TEXTS.items()}
    fields |= {name: _moment(told.get(written)) for name, written in _MOMENTS.items()}
    return Mandate(**fields)


def _text(told: Any) -> str | None:
    return None if told is None else str(told)


def _moment(told: Any) -> datetime | None:
    if told is None:
        return None
    try:
        return read_timestamp(str(told))
    except InvalidValueError as error:
        raise BrokenAnswerError(f"a mandate has the moment {told!r}: {error}") from error
