"""The parameters of the endpoints, each said once: read by the endpoint, shown in its documentation (M9, E1, S2)."""

from datetime import datetime
from enum import Enum
from typing import Final, TypeVar

from kwartier.api import explained
from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.gateway.asked import Parameter
from kwartier.wire import vocabulary
from kwartier.wire.timestamps import read_timestamp
from kwartier.wire.vocabulary import Names

__all__ = ["ENERGY_PARAMETERS", "MANDATE_PARAMETERS", "MOCK_FIELDS"]

E = TypeVar("E", bound=Enum)

_MAX_REFERENCE: Final = 255


def _reference(text: str) -> str:
    stripped = text.strip()
    if not 0 < len(stripped) <= _MAX_REFERENCE or not stripped.isprintable():
        raise InvalidValueError(f"a reference number has 1 to {_MAX_REFERENCE} printable characters")
    return stripped


def _query_moment(text: str) -> datetime:
    # A plus sign that was not escaped comes out of a query string as a blank.
    return read_timestamp(text.strip().replace(" ", "+"))


def _one_of(name: str, names: Names[E], description: str, *, required: bool = False) -> Parameter[E]:
    return Parameter(name, names.read, description, names.names[0], names.names, required)


def _several_of(
    name: str, names: Names[E], description: str, also_named: tuple[str, ...] = ()
) -> Parameter[E]:
    return Parameter(
        name, names.read, description, names.names[-1], names.names, many=True, also_named=also_named
    )


def _query_timestamp(
    name: str, description: str, example: str, *, required: bool = False
) -> Parameter[datetime]:
    return Parameter(name, _query_moment, description, example, required=required, timestamp=True)


def _body_timestamp(name: str, description: str, example: str) -> Parameter[datetime]:
    return Parameter(name, read_timestamp, description, example, timestamp=True)


REFERENCE_NUMBER: Final = Parameter(
    "referenceNumber",
    _reference,
    explained.REFERENCE_NUMBER,
    "REF-123456",
)

# GET mandate
STATUS: Final = _one_of("status", vocabulary.STATUS, explained.STATUS)
EAN_FILTER: Final = Parameter(
    "ean", Ean.parse, "The EAN that the mandate is for, 18 digits.", "541440110000000007"
)
ENERGY_TYPE: Final = _one_of("energyType", vocabulary.ENERGY_TYPE, "Electricity (E) or gas (G).")
DATA_SERVICE_TYPES: Final = _several_of(
    "dataServiceTypes",
    vocabulary.DATA_SERVICE_TYPE,
    explained.DATA_SERVICE_TYPE,
    also_named=("dataServiceType",),
)
EXPIRES_BEFORE: Final = _query_timestamp(
    "mandateExpirationDate", "The mandate expires before this moment.", "2028-12-07T23:00:00Z"
)
RENEWAL_STATUS: Final = _one_of("renewalStatus", vocabulary.RENEWAL_STATUS, explained.RENEWAL_STATUS)
LAST_UPDATED_FROM: Final = _query_timestamp(
    "lastUpdatedFrom",
    "The status, renewal status or data period last changed at or after this moment.",
    "2025-01-01T00:00:00Z",
)
LAST_UPDATED_TO: Final = _query_timestamp(
    "lastUpdatedTo",
    "The status, renewal status or data period last changed before this moment.",
    "2025-02-01T00:00:00Z",
)

MANDATE_PARAMETERS: Final = (
    REFERENCE_NUMBER,
    STATUS,
    EAN_FILTER,
    ENERGY_TYPE,
    DATA_SERVICE_TYPES,
    EXPIRES_BEFORE,
    RENEWAL_STATUS,
    LAST_UPDATED_FROM,
    LAST_UPDATED_TO,
)

# GET mandate/energy
EAN: Final = Parameter(
    "ean", Ean.parse, "The EAN whose energy is asked, 18 digits.", "541440110000000007", required=True
)
PERIOD_TYPE: Final = _one_of(
    "periodType",
    vocabulary.PERIOD_TYPE,
    "What the period is about: `readTime`, when energy was measured; `insertTime`, when it came into the system.",
    required=True,
)
FROM: Final = _query_timestamp(
    "from",
    "Where the period starts: at most three years back for `readTime`, six months for `insertTime`.",
    "2025-09-01T22:00:00Z",
    required=True,
)
TO: Final = _query_timestamp(
    "to",
    "Where the period ends, exclusive: at most 185 days after `from`. The moment of the last register reading used.",
    "2025-09-02T22:00:00Z",
    required=True,
)
GRANULARITY: Final = _several_of(
    "granularity",
    vocabulary.GRANULARITY,
    "The level of detail: `daily`, or `hourly_quarterhourly`; left out: all that is granted.",
    also_named=("dataServiceType", "dataServiceTypes"),
)
COMPLEX_ENERGY_TYPES: Final = _several_of(
    "complexEnergyTypes",
    vocabulary.COMPLEX_ENERGY_TYPE,
    "Active or reactive energy; of effect on AMR meters of electricity alone.",
)

ENERGY_PARAMETERS: Final = (
    REFERENCE_NUMBER,
    EAN,
    GRANULARITY,
    PERIOD_TYPE,
    FROM,
    TO,
    COMPLEX_ENERGY_TYPES,
)

# POST mandate/mock
MOCK_STATUS: Final = _one_of("status", vocabulary.STATUS, "The status that the mandate gets.", required=True)
MOCK_EAN: Final = Parameter(
    "ean",
    Ean.parse,
    "A sandbox EAN: its digits say what is simulated.",
    "541440110000000007",
    required=True,
)
MOCK_ENERGY_TYPE: Final = _one_of(
    "energyType", vocabulary.ENERGY_TYPE, "Electricity (E) or gas (G); left out: as the EAN says."
)
MOCK_DATA_SERVICE_TYPE: Final = _one_of(
    "dataServiceType", vocabulary.DATA_SERVICE_TYPE, "The level of detail; left out: as the EAN says."
)
MOCK_DATA_FROM: Final = _body_timestamp(
    "dataPeriodFrom", "Where the data period starts; left out: three years ago.", "2024-02-01T23:00:00Z"
)
MOCK_DATA_TO: Final = _body_timestamp(
    "dataPeriodTo", "Where the data period ends, exclusive; left out: it stays open.", "2027-02-01T23:00:00Z"
)
MOCK_EXPIRATION: Final = _body_timestamp(
    "mandateExpirationDate",
    "When the mandate expires, exclusive; left out: in three years.",
    "2028-02-01T23:00:00Z",
)
MOCK_RENEWAL_STATUS: Final = _one_of(
    "renewalStatus",
    vocabulary.RENEWAL_STATUS,
    "Shown as given, without effect on data; left out: by the clock.",
)

MOCK_FIELDS: Final = (
    REFERENCE_NUMBER,
    MOCK_STATUS,
    MOCK_EAN,
    MOCK_ENERGY_TYPE,
    MOCK_DATA_SERVICE_TYPE,
    MOCK_DATA_FROM,
    MOCK_DATA_TO,
    MOCK_EXPIRATION,
    MOCK_RENEWAL_STATUS,
)
