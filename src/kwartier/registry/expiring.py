"""Mandates that have become renewable, by when that was (M3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, select

from kwartier.db.schema import mandate as mandates
from kwartier.db.schema import mandate_phase as phases
from kwartier.domain.mandate import RenewalStatus
from kwartier.domain.messages import ExpiringAccess
from kwartier.domain.metering import EnergyType, Granularity

__all__ = ["Window", "became_renewable"]


@dataclass(frozen=True, slots=True)
class Window:
    """The moments after `after`, up to and including `until`."""

    after: datetime
    until: datetime


def became_renewable(connection: Connection, holder: str, window: Window) -> Iterator[ExpiringAccess]:
    """The mandates of a holder that became renewable in a window and still are, the first to expire first."""
    rows = connection.execute(
        select(
            phases.c.ean,
            phases.c.expiration,
            mandates.c.energy_type,
            mandates.c.granularity,
        )
        .join(mandates, and_(mandates.c.ean == phases.c.ean, mandates.c.mandate_id == phases.c.mandate_id))
        .where(
            phases.c.holder == holder,
            phases.c.start > window.after,
            phases.c.start <= window.until,
            phases.c.end > window.until,
            phases.c.renewal_status == RenewalStatus.TO_BE_RENEWED.value,
            phases.c.expiration.is_not(None),
        )
        .order_by(phases.c.expiration, phases.c.ean, phases.c.mandate_id)
    )
    for row in rows:
        yield ExpiringAccess(
            f"{row.ean:018d}", EnergyType(row.energy_type), Granularity(row.granularity), row.expiration
        )
