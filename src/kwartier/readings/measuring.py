"""Since when headpoints are known and when their meters hung there, many at once, as columns (E8, E11)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from kwartier.db.many import among
from kwartier.db.readings_schema import headpoint as headpoints
from kwartier.db.readings_schema import physical_meter as meters
from kwartier.domain.period import Period

__all__ = ["Measuring", "find_measuring"]


@dataclass(frozen=True, slots=True)
class Measuring:
    """What is known of when something of a headpoint is measured.

    Attributes:
        known_since: when it was made known first.
        periods: when its meters hung there, of those of which it was told.
    """

    known_since: datetime
    periods: Sequence[Period]


def find_measuring(connection: Connection, eans: Sequence[int]) -> dict[int, Measuring]:
    """Those of some headpoints that are known."""
    periods: defaultdict[int, list[Period]] = defaultdict(list)
    told = select(meters.c.ean, meters.c.since, meters.c.until).where(
        among(connection, meters.c.ean, eans), meters.c.since.is_not(None)
    )
    for ean, since, until in connection.execute(told):
        periods[ean].append(Period(since, until))
    known = select(headpoints.c.ean, headpoints.c.registered_at).where(
        among(connection, headpoints.c.ean, eans)
    )
    return {ean: Measuring(since, periods.get(ean, ())) for ean, since in connection.execute(known)}
