"""Parameters that several operations of the backoffice have."""

from typing import Final

from kwartier.domain.delivery import read_delivery_id
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.names import read_shown
from kwartier.gateway.asked import Parameter, whole_number

__all__ = [
    "AFTER_EAN",
    "DELIVERY_ID",
    "EAN",
    "LIMIT",
    "NUMBER",
    "ORGANISATION",
    "SKIP",
    "SKIP_WRONG",
    "WANTED_DELIVERY_ID",
    "WANTED_EAN",
    "limit_of",
    "read_name",
]

_MOST: Final = 1000
_USUAL: Final = 100
_LONGEST_ID: Final = 200
_FARTHEST: Final = 10_000_000


_YES_OR_NO: Final = {"true": True, "false": False}


def _read_yes_or_no(text: str) -> bool:
    if text.strip().casefold() not in _YES_OR_NO:
        raise InvalidValueError(f"allowed: {', '.join(_YES_OR_NO)}")
    return _YES_OR_NO[text.strip().casefold()]


def read_name(text: str) -> str:
    """An id or a name.

    Raises:
        InvalidValueError: it is empty, too long, or can't be shown.
    """
    return read_shown(text, _LONGEST_ID)


WANTED_DELIVERY_ID: Final = Parameter(
    "deliveryId",
    read_delivery_id,
    "By which you know the delivery; sent twice under the same id, it counts once.",
    "2026-11-28/1",
    required=True,
)
DELIVERY_ID: Final = Parameter(
    "deliveryId", read_delivery_id, "What this delivery brought; left out: any.", "2026-11-28/1"
)
EAN: Final = Parameter("ean", Ean.parse, "About this EAN, 18 digits; left out: any.", "541448860000000017")
LIMIT: Final = Parameter(
    "limit", whole_number(_MOST), f"How many at most; left out: {_USUAL}.", str(_USUAL), whole=True
)
SKIP: Final = Parameter(
    "skip",
    whole_number(_FARTHEST),
    "How many to leave out at the beginning: `next` of the answer before.",
    "0",
    whole=True,
)
NUMBER: Final = Parameter(
    "organisation",
    EnterpriseNumber.parse,
    "The enterprise number of an organisation, with or without dots and BE.",
    "0999.999.922",
    required=True,
)
ORGANISATION: Final = Parameter(
    "organisation", EnterpriseNumber.parse, "Of this enterprise number; left out: any.", "0999.999.922"
)
WANTED_EAN: Final = Parameter("ean", Ean.parse, "The EAN, 18 digits.", "541448860000000017", required=True)

AFTER_EAN: Final = Parameter(
    "after", Ean.parse, "Those after this EAN: `next` of the answer before.", "541448860000000017"
)
SKIP_WRONG: Final[Parameter[bool]] = Parameter(
    "skipWrong",
    _read_yes_or_no,
    "Whether the right ones are taken in also if others are wrong; left out: no.",
    "true",
    allowed=tuple(_YES_OR_NO),
)


def limit_of(given: int | None) -> int:
    """How many are answered."""
    return _USUAL if given is None else given
