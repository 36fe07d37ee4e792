"""Deliveries of readings: from arrival to publication, or to being taken back (R3; DESIGN 3)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

__all__ = ["Counts", "Delivery", "DeliveryState"]


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
