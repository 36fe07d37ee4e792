"""Mandates that came to be renewed by time alone, as rows (M3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from kwartier.db.schema import mandate as mandates
from kwartier.db.schema import mandate_phase as phases
from kwartier.domain.ean import Ean
from kwartier.domain.mandate import RenewalStatus
from kwartier.domain.metering import Granularity

__all__ = ["ToBeRenewed", "to_be_renewed"]


@dataclass(frozen=True, slots=True)
class ToBeRenewed:
    """A mandate that is to be renewed before it expires."""

    mandate_id: str
    holder: str
    ean: Ean
    granularity: Granularity
    expiration: datetime


def to_be_renewed(
    connection: Connection, prefix: str, after: datetime, moment: datetime
) -> Iterator[ToBeRenewed]:
    """Mandates that came to be renewed after a moment and still are, of holders whose names begin so."""
    query = (
        select(
            phases.c.mandate_id, phases.c.holder, phases.c.ean, phases.c.expiration, mandates.c.granularity
        )
        .join(mandates, and_(mandates.c.ean == phases.c.ean, mandates.c.mandate_id == phases.c.mandate_id))
        .where(
            phases.c.renewal_status == RenewalStatus.TO_BE_RENEWED.value,
            phases.c.start > after,
            phases.c.start <= moment,
            or_(phases.c.end.is_(None), phases.c.end > moment),
            phases.c.holder.startswith(prefix, autoescape=True),
        )
        .order_by(phases.c.start)
    )
    for row in connection.execute(query).all():
        yield ToBeRenewed(
            row.mandate_id, row.holder, Ean(f"{row.ean:018d}"), Granularity(row.granularity), row.expiration
        )
