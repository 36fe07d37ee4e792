"""What is left of the requests of a subscription (C4)."""

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Quota"]


@dataclass(frozen=True, slots=True)
class Quota:
    """Where a subscription stood at its last answer.

    Attributes:
        limit: requests a minute.
        remaining: how many are left in this minute.
        resets_at: when the next minute begins, and all are there again.
    """

    limit: int
    remaining: int
    resets_at: datetime
