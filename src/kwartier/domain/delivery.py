"""Deliveries of readings: from arrival to publication, or to being taken back (R3; DESIGN 3)."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final

from kwartier.domain.names import read_shown

__all__ = ["LONGEST_ID", "Counts", "Delivery", "DeliveryState", "derived_id", "read_delivery_id"]

LONGEST_ID: Final = 200
"""How many characters the id of a delivery has at most."""

_DIGITS: Final = 16


def read_delivery_id(text: str) -> str:
    """The id by which a sender knows a delivery, whichever way it comes in (R3).

    Raises:
        InvalidValueError: it is empty, too long, or can't be shown.
    """
    return read_shown(text, LONGEST_ID)


def derived_id(before: str, name: str, after: str = "") -> str:
    """An id around a name: what can't be shown or is too long is left out of it, and stands for itself by a digest."""
    room = LONGEST_ID - len(before) - len(after)
    shown = "".join(character if character.isprintable() else "?" for character in name.strip())
    if shown != name or len(shown) > room:
        digest = hashlib.sha256(name.encode(errors="surrogateescape")).hexdigest()[:_DIGITS]
        shown = f"{shown[: room - _DIGITS - 1]} {digest}"
    return f"{before}{shown}{after}"


class DeliveryState(Enum):
    """What has become of a delivery."""

    LOADING = "loading"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Counts:
    """What came of the rows of a delivery; `rows` is the sum of the four that follow.

    Attributes:
        rows: of the delivery.
        stored: rows with a value.
        withdrawn: rows that say that there is no value.
        repeated: rows that say again what another row of the delivery says.
        quarantined: rows that were set aside.
        runs: runs made of them.
        headpoints: of which something came in.
    """

    rows: int = 0
    stored: int = 0
    withdrawn: int = 0
    repeated: int = 0
    quarantined: int = 0
    runs: int = 0
    headpoints: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery.

    Attributes:
        number: under which its runs are kept; grows with time.
        delivery_id: by which its sender knows it, so that one that is sent twice is known.
        source: where it came from, for people.
        published_at: when it became visible; None: it did not.
        withdraws: the number of the delivery that it takes back, if it is there for that.
        digest: of its content as it came, once it is published and if that is known.
        retries: the number of the delivery whose rows it brings in again, if it is there for that.
    """

    number: int
    delivery_id: str
    source: str
    state: DeliveryState
    received_at: datetime
    published_at: datetime | None = None
    withdraws: int | None = None
    counts: Counts = field(default_factory=Counts)
    digest: str | None = None
    retries: int | None = None
