"""The book of mandates: facts are written, phases follow in the same transaction (DESIGN 8).

Mandates are kept by holder: the organisation, or in the sandbox the client, that alone ever finds them (M12, S1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, Row, Select, and_, delete, insert, or_, select

from kwartier.db.schema import mandate as mandates
from kwartier.db.schema import mandate_fact as facts
from kwartier.db.schema import mandate_phase as phases
from kwartier.domain.ean import Ean
from kwartier.domain.mandate import (
    Fact,
    Mandate,
    Phase,
    RenewalStatus,
    StandingMandate,
    Status,
    timeline,
)
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.domain.period import Period
from kwartier.registry.facts import read_fact, write_fact

__all__ = ["MandateFilter", "add", "facts_of", "remove_alike", "standing"]

_SHOWN_EAN = (Status.APPROVED.value, Status.FINISHED.value)


@dataclass(frozen=True, slots=True)
class MandateFilter:
    """What mandates are asked for, combined with "and"; what is None or empty does not narrow (M9)."""

    reference_number: str | None = None
    status: Status | None = None
    ean: Ean | None = None
    energy_type: EnergyType | None = None
    granularities: frozenset[Granularity] = frozenset()
    expires_before: datetime | None = None
    renewal_status: RenewalStatus | None = None
    last_updated_from: datetime | None = None
    last_updated_to: datetime | None = None


def add(connection: Connection, holder: str, mandate: Mandate, history: Sequence[Fact]) -> str:
    """Write a new mandate, its facts, and the phases that follow from them.

    Returns:
        The id under which it is kept.
    """
    mandate_id = uuid4().hex
    key = {"ean": int(mandate.ean), "mandate_id": mandate_id}
    connection.execute(
        insert(mandates).values(
            **key,
            holder=holder,
            reference_number=mandate.reference_number,
            energy_type=mandate.energy_type.value,
            granularity=mandate.granularity.value,
            own=mandate.own,
            ean_named_by_grid_user=mandate.ean_named_by_grid_user,
        )
    )
    written = [(fact.at, *write_fact(fact)) for fact in history]
    connection.execute(
        insert(facts),
        [
            key | {"seq": seq, "at": at, "kind": kind, "details": details}
            for seq, (at, kind, details) in enumerate(written)
        ],
    )
    connection.execute(
        insert(phases), [key | {"holder": holder} | _phase_row(phase) for phase in timeline(history)]
    )
    return mandate_id


def remove_alike(connection: Connection, holder: str, mandate: Mandate) -> None:
    """Remove the holder's mandates of the same reference number, EAN and granularity (S2)."""
    alike = (
        select(mandates.c.mandate_id)
        .where(
            mandates.c.holder == holder,
            mandates.c.ean == int(mandate.ean),
            mandates.c.granularity == mandate.granularity.value,
            mandates.c.reference_number.is_not_distinct_from(mandate.reference_number),
        )
        .scalar_subquery()
    )
    for table in (phases, facts, mandates):
        connection.execute(
            delete(table).where(table.c.ean == int(mandate.ean), table.c.mandate_id.in_(alike))
        )


def facts_of(connection: Connection, ean: Ean, mandate_id: str) -> list[Fact]:
    """What happened to a mandate, as it was written."""
    rows = connection.execute(
        select(facts).where(facts.c.ean == int(ean), facts.c.mandate_id == mandate_id).order_by(facts.c.seq)
    )
    return [read_fact(row.kind, row.at, row.details) for row in rows]


def standing(
    connection: Connection, holder: str, moment: datetime, narrowed: MandateFilter
) -> list[StandingMandate]:
    """The holder's mandates as they stand at a moment, narrowed, the last updated last (M9, M11, M12)."""
    rows = connection.execute(_narrowed(_standing_at(holder, moment), narrowed))
    return [_read(row) for row in rows]


def _standing_at(holder: str, moment: datetime) -> Select[tuple[object, ...]]:
    # Removed mandates are seen nowhere (M2).
    return (
        select(phases, mandates)
        .join(mandates, and_(mandates.c.ean == phases.c.ean, mandates.c.mandate_id == phases.c.mandate_id))
        .where(
            phases.c.holder == holder,
            phases.c.start <= moment,
            or_(phases.c.end.is_(None), phases.c.end > moment),
            phases.c.status != Status.REMOVED.value,
        )
        .order_by(phases.c.start, phases.c.mandate_id)
    )


def _narrowed(query: Select[tuple[object, ...]], asked: MandateFilter) -> Select[tuple[object, ...]]:
    # Where the grid user chose the EAN, a filter must not tell what the answer hides (M11).
    ean_may_match = or_(~mandates.c.ean_named_by_grid_user, phases.c.status.in_(_SHOWN_EAN))
    if asked.reference_number is not None:
        query = query.where(mandates.c.reference_number == asked.reference_number)
    if asked.status is not None:
        query = query.where(phases.c.status == asked.status.value)
    if asked.ean is not None:
        query = query.where(phases.c.ean == int(asked.ean), ean_may_match)
    if asked.energy_type is not None:
        query = query.where(mandates.c.energy_type == asked.energy_type.value, ean_may_match)
    if asked.granularities:
        query = query.where(mandates.c.granularity.in_([one.value for one in asked.granularities]))
    if asked.expires_before is not None:
        query = query.where(phases.c.expiration < asked.expires_before)
    if asked.renewal_status is not None:
        query = query.where(phases.c.renewal_status == asked.renewal_status.value)
    if asked.last_updated_from is not None:
        query = query.where(phases.c.start >= asked.last_updated_from)
    if asked.last_updated_to is not None:
        query = query.where(phases.c.start < asked.last_updated_to)
    return query


def _phase_row(phase: Phase) -> dict[str, object]:
    return {
        "start": phase.start,
        "end": phase.end,
        "status": phase.status.value,
        "renewal_status": phase.renewal_status and phase.renewal_status.value,
        "data_from": phase.data_period.start,
        "data_to": phase.data_period.end,
        "expiration": phase.expiration,
    }


def _read(row: Row[tuple[object, ...]]) -> StandingMandate:
    return StandingMandate(
        Mandate(
            reference_number=row.reference_number,
            ean=Ean(f"{row.ean:018d}"),
            energy_type=EnergyType(row.energy_type),
            granularity=Granularity(row.granularity),
            own=row.own,
            ean_named_by_grid_user=row.ean_named_by_grid_user,
        ),
        Phase(
            start=row.start,
            end=row.end,
            status=Status(row.status),
            data_period=Period(row.data_from, row.data_to),
            renewal_status=row.renewal_status and RenewalStatus(row.renewal_status),
            expiration=row.expiration,
        ),
    )
