"""Parameters that several operations of the backoffice have."""

from typing import Final

from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.gateway.asked import Parameter, whole_number

__all__ = ["DELIVERY_ID", "EAN", "LIMIT", "WANTED_DELIVERY_ID", "limit_of", "read_delivery_id"]

_MOST: Final = 1000
_USUAL: Final = 100
_LONGEST_ID: Final = 200


def read_delivery_id(text: str) -> str:
    """The id of a delivery.

    Raises:
        InvalidValueError: it is empty, too long, or can't be shown.
    """
    plain = text.strip()
    if not plain or not plain.isprintable() or len(plain) > _LONGEST_ID:
        raise InvalidValueError(f"1 to {_LONGEST_ID} characters that can be shown")
    return plain


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


def limit_of(given: int | None) -> int:
    """How many are answered."""
    return _USUAL if given is None else given
