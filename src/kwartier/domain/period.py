"""Half-open periods of time, and unions of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

__all__ = ["EPOCH", "Period", "epoch_microseconds", "merge"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def epoch_microseconds(instant: datetime) -> int:
    """The instant as whole microseconds since 1970-01-01T00:00:00Z.

    Raises:
        TypeError: the datetime is naive.
    """
    return (instant - EPOCH) // _MICROSECOND


@dataclass(frozen=True, slots=True)
class Period:
    """The instants from `start` up to, and not including, `end`; without `end` it stays open.

    Raises:
        ValueError: a naive datetime.
    """

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        for bound in (self.start, self.end):
            if bound is not None and bound.tzinfo is None:
                raise ValueError("a period is bounded by aware datetimes")

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant and (self.end is None or instant < self.end)

    @property
    def is_empty(self) -> bool:
        """Whether no instant lies in it."""
        return self.end is not None and self.end <= self.start

    def cut(self, end: datetime | None) -> "Period":
        """The part before `end`; all of it if `end` is None."""
        if end is None or (self.end is not None and self.end <= end):
            return self
        return Period(self.start, end)

    def intersection(self, other: "Period") -> "Period":
        """What lies in both; empty if nothing does."""
        return Period(max(self.start, other.start), self.end).cut(other.end)


def merge(periods: Iterable[Period]) -> tuple[Period, ...]:
    """The union of the periods, as disjoint periods that do not touch, in order of time.

    Empty periods vanish, and periods that touch become one (E5: an interval across their border is inside).
    """
    merged: list[Period] = []
    for period in sorted((p for p in periods if not p.is_empty), key=lambda p: p.start):
        last = merged[-1] if merged else None
        if last is not None and (last.end is None or period.start <= last.end):
            if last.end is not None and (period.end is None or period.end > last.end):
                merged[-1] = Period(last.start, period.end)
        else:
            merged.append(period)
    return tuple(merged)
