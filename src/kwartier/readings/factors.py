"""Gas conversion factors by zone and month, each with the delivery in which it came (R2, E12)."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby

from sqlalchemy import BigInteger, Connection, and_, insert, select, type_coerce

from kwartier.db.readings_schema import delivery as deliveries
from kwartier.db.readings_schema import gas_factor as table
from kwartier.domain.delivery import DeliveryState
from kwartier.domain.gas import Factors, FactorVersion
from kwartier.domain.metering import GasFactor

__all__ = ["add", "read", "without"]


def add(connection: Connection, delivery: int, factors: Iterable[tuple[str, int, int, GasFactor]]) -> None:
    """Load factors of a delivery.

    Args:
        connection: that writes.
        delivery: its number.
        factors: zone, gas month (`gas_month_of`), ten-thousandths of a kWh/m3, and how sure it is.
    """
    rows = [
        {"zone": zone, "month": month, "delivery": delivery, "factor": factor, "kind": int(kind)}
        for zone, month, factor, kind in factors
    ]
    if rows:
        connection.execute(insert(table), rows)


def read(connection: Connection, zone: str, before_us: int, but: int | None = None) -> Factors:
    """The factors of a zone that became visible before a moment; a month of which none did has none.

    Args:
        connection: that reads.
        zone: whose.
        before_us: microseconds since the epoch.
        but: the number of a delivery: that one, those that were withdrawn, and what took them back are left out.
    """
    published_us = type_coerce(deliveries.c.published_at, BigInteger)
    query = (
        select(table.c.month, published_us, table.c.factor, table.c.kind)
        .join(deliveries, deliveries.c.number == table.c.delivery)
        .where(table.c.zone == zone, published_us < before_us)
        .order_by(deliveries.c.published_at)
    )
    if but is not None:
        query = query.where(
            deliveries.c.withdraws.is_(None),
            deliveries.c.state == DeliveryState.PUBLISHED.value,
            deliveries.c.number != but,
        )
    rows = connection.execute(query)
    factors: defaultdict[int, list[FactorVersion]] = defaultdict(list)
    for month, inserted_us, factor, kind in rows:
        factors[month].append(FactorVersion(inserted_us, factor, GasFactor(kind)))
    return factors


def without(
    connection: Connection, number: int
) -> tuple[list[tuple[str, int, int, GasFactor]], list[tuple[str, int]]]:
    """What takes the factors of a delivery back.

    Args:
        connection: that reads.
        number: of the delivery, which is published and not withdrawn.

    Returns:
        What the others say in the end, as `add` takes it, where that is not what stands there already; and the zones and
        months of which no other says anything.
    """
    own = select(table.c.zone, table.c.month).where(table.c.delivery == number).subquery()
    rows = connection.execute(
        select(table, deliveries.c.state, deliveries.c.withdraws)
        .join(own, and_(own.c.zone == table.c.zone, own.c.month == table.c.month))
        .join(deliveries, deliveries.c.number == table.c.delivery)
        .where(deliveries.c.published_at.is_not(None))
        .order_by(table.c.zone, table.c.month, deliveries.c.published_at)
    )
    again: list[tuple[str, int, int, GasFactor]] = []
    lacking: list[tuple[str, int]] = []
    for (zone, month), versions in groupby(rows, key=lambda row: (row.zone, row.month)):
        stands, wanted = None, None
        for one in versions:
            stands = one.factor, one.kind
            stays = one.withdraws is None and one.state == DeliveryState.PUBLISHED.value
            if stays and one.delivery != number:
                wanted = stands
        if wanted is None:
            lacking.append((zone, month))
        elif wanted != stands:
            again.append((zone, month, wanted[0], GasFactor(wanted[1])))
    return again, lacking
