"""What is asked of the API, by the names of the wire (M9, S2, E1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final, TypeAlias, TypedDict, Unpack

from kwartier.client.errors import ConfigurationError
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.period import Period
from kwartier.domain.question import PeriodType
from kwartier.wire import paths
from kwartier.wire.timestamps import write_timestamp
from kwartier.wire.vocabulary import PERIOD_TYPE

__all__ = [
    "EnergyAsked",
    "EnergyOptions",
    "MandateFilter",
    "MockFields",
    "Request",
    "Texts",
    "energy_asked",
    "energy_request",
    "mandates_request",
    "mock_request",
    "texts",
]

Texts: TypeAlias = str | Iterable[str]
"""One text, or several."""

_GET: Final = "GET"
_POST: Final = "POST"


@dataclass(frozen=True, slots=True)
class Request:
    """A request of the API.

    Attributes:
        method: of HTTP.
        path: below the base URL.
        params: of the query, those that are left out not among them.
        body: what is sent as JSON.
        repeatable: whether asking twice does no more than asking once.
    """

    method: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    body: Mapping[str, Any] | None = None
    repeatable: bool = True


@dataclass(frozen=True, slots=True)
class EnergyAsked:
    """What readings are asked for, apart from the period.

    Attributes:
        ean: whose.
        period_type: what the period is about.
        granularities: levels of detail; none: all that is granted.
        complex_energy_types: kinds of energy of an AMR meter; none: all.
        reference_number: under which mandates.
    """

    ean: str
    period_type: PeriodType = PeriodType.READ_TIME
    granularities: tuple[str, ...] = ()
    complex_energy_types: tuple[str, ...] = ()
    reference_number: str | None = None


def texts(told: Texts) -> tuple[str, ...]:
    """One text or several as several; members of an enumeration are asked for by their names."""
    return (told,) if isinstance(told, str) else tuple(told)


def energy_request(asked: EnergyAsked, period: Period) -> Request:
    """GET energy of a period that the API allows (E1)."""
    if period.end is None:
        raise ConfigurationError("a period of readings has an end")
    return _get(
        paths.ENERGY,
        {
            "ean": asked.ean,
            "periodType": PERIOD_TYPE.write(asked.period_type),
            "from": period.start,
            "to": period.end,
            "granularity": asked.granularities,
            "complexEnergyTypes": asked.complex_energy_types,
            "referenceNumber": asked.reference_number,
        },
    )


class MandateFilter(TypedDict, total=False):
    """Which mandates are asked for; all that is given must fit (M9).

    Attributes:
        expires_before: exclusive.
        updated_from: inclusive.
        updated_to: exclusive.
    """

    reference_number: str
    status: str
    ean: str
    energy_type: str
    data_service_types: Texts
    expires_before: datetime
    renewal_status: str
    updated_from: datetime
    updated_to: datetime


class MockFields(TypedDict, total=False):
    """What a mock mandate is like; what is left out follows from the EAN (S2)."""

    reference_number: str
    energy_type: str
    data_service_type: str
    data_period_from: datetime
    data_period_to: datetime
    expires_at: datetime
    renewal_status: str


class EnergyOptions(TypedDict, total=False):
    """What readings are asked for; left out: all that is granted, by the time at which it was measured (E1).

    Attributes:
        period_type: `readTime` or `insertTime`.
        granularity: `daily`, `hourly_quarterhourly`, or both.
        complex_energy_types: `active`, `reactive`, or both.
    """

    period_type: str
    granularity: Texts
    complex_energy_types: Texts
    reference_number: str


_WRITTEN: Final = {
    "reference_number": "referenceNumber",
    "energy_type": "energyType",
    "data_service_type": "dataServiceType",
    "data_service_types": "dataServiceTypes",
    "expires_before": "mandateExpirationDate",
    "expires_at": "mandateExpirationDate",
    "renewal_status": "renewalStatus",
    "updated_from": "lastUpdatedFrom",
    "updated_to": "lastUpdatedTo",
    "data_period_from": "dataPeriodFrom",
    "data_period_to": "dataPeriodTo",
}


def energy_asked(ean: str, **options: Unpack[EnergyOptions]) -> EnergyAsked:
    """What is asked, from the options of a client.

    Raises:
        ConfigurationError: no such type of period.
    """
    try:
        period_type = PERIOD_TYPE.read(options.get("period_type", PeriodType.READ_TIME.value))
    except InvalidValueError as error:
        raise ConfigurationError(f"no such period_type: {error}") from error
    return EnergyAsked(
        ean,
        period_type,
        texts(options.get("granularity", ())),
        texts(options.get("complex_energy_types", ())),
        options.get("reference_number"),
    )


def mandates_request(**asked: Unpack[MandateFilter]) -> Request:
    """GET mandate, filtered by what is given (M9)."""
    written: dict[str, object] = {_WRITTEN.get(name, name): value for name, value in asked.items()}
    if "dataServiceTypes" in written:
        written["dataServiceTypes"] = texts(asked["data_service_types"])
    return _get(paths.MANDATE, written)


def mock_request(ean: str, status: str, **fields: Unpack[MockFields]) -> Request:
    """POST mandate/mock (S2).

    A mandate with a reference number is replaced when it is made again, so that it can be asked for twice; another
    one would be there twice.
    """
    told: dict[str, object] = {"status": status, "ean": ean}
    told |= {_WRITTEN.get(name, name): value for name, value in fields.items()}
    body = {name: _text(value) for name, value in told.items() if value is not None}
    return Request(_POST, paths.MOCK_MANDATE, body=body, repeatable="referenceNumber" in body)


def _get(path: str, asked: Mapping[str, object]) -> Request:
    params: list[tuple[str, str]] = []
    for name, value in asked.items():
        several = value if isinstance(value, tuple) else (value,)
        params += [(name, _text(one)) for one in several if one is not None]
    return Request(_GET, path, tuple(params))


def _text(value: object) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ConfigurationError(f"{value} says no time zone: moments are aware datetimes")
        return write_timestamp(value)
    return str(value.value) if isinstance(value, Enum) else str(value)
