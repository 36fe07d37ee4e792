"""Intervals without a value, and why there is none, as a user can tell it (E5, E11)."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

__all__ = ["Gap", "Why"]


class Why(Enum):
    """Why intervals have no value."""

    NO_MANDATE = "no mandate gives this period"
    NOT_YET = "not yet published: values come at the latest 72 hours after measuring"
    MISSING = "missing: the 72 hours are over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Consecutive intervals without a value, for one reason.

    Attributes:
        start: when the first interval begins.
        end: when the last ends.
        why: the reason.
        granularity: `daily` or `hourly_quarterhourly`.
        intervals: how many.
        sub_headpoint: the submeter; None: the headpoint.
        direction: as in the table; None where no value tells what is measured.
        register: as direction.
        unit: as direction.
    """

    start: datetime
    end: datetime
    why: Why
    granularity: str
    intervals: int
    sub_headpoint: str | None = None
    direction: str | None = None
    register: str | None = None
    unit: str | None = None
