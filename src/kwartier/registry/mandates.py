"""The book of mandates: facts are written, phases follow in the same transaction (DESIGN 8).

Mandates are kept by holder: the organisation, or in the sandbox the client, that alone ever finds them (M12, S1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
)

from kwartier.db.quick import Reader
from kwartier.db.schema import mandate as mandates
from kwartier.db.schema import mandate_fact as facts
from kwartier.db.schema import mandate_phase as phases
from kwartier.db.types import Instant
from kwartier.domain.ean import Ean
from kwartier.domain.mandate import (
    Fact,
    Mandate,
    Phase,
    RenewalStatus,
    StandingMandate,
    Status,
)
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.domain.period import Period
from kwartier.domain.timeline import timeline
from kwartier.registry.facts import read_fact, write_fact

__all__ = [
    "MandateFilter",
    "add",
    "facts_of",
    "has_more_phases",
    "made_after",
    "phase_row",
    "read_mandate",
    "remove_alike",
    "remove_all",
    "standing",
    "standing_page",
]

_ONE_MORE_PHASE: Final = (
    select(phases.c.ean).where(phases.c.holder == bindparam("holder")).limit(1).offset(bindparam("than"))
)
_FACTS: Final = (
    select(facts)
    .where(facts.c.ean == bindparam("ean"), facts.c.mandate_id == bindparam("mandate_id"))
    .order_by(facts.c.seq)
)
_SHOWN_EAN: Final = (Status.APPROVED.value, Status.FINISHED.value)


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
            grid_user=mandate.grid_user,
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
        insert(phases), [key | {"holder": holder} | phase_row(phase) for phase in timeline(history)]
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


def remove_all(connection: Connection, holder: str) -> None:
    """Remove all mandates of a holder."""
    ids = select(mandates.c.mandate_id).where(mandates.c.holder == holder).scalar_subquery()
    for table in (phases, facts, mandates):
        connection.execute(delete(table).where(table.c.mandate_id.in_(ids)))


def facts_of(connection: Connection, ean: Ean, mandate_id: str) -> list[Fact]:
    """What happened to a mandate, as it was written."""
    rows = connection.execute(_FACTS, {"ean": int(ean), "mandate_id": mandate_id})
    return [read_fact(row.kind, row.at, row.details) for row in rows]


def standing(
    connection: Reader, holder: str, moment: datetime, narrowed: MandateFilter
) -> list[StandingMandate]:
    """The holder's mandates as they stand at a moment, narrowed, the last updated last (M9, M11, M12)."""
    return _standing(connection, holder, moment, _asked(narrowed))


def standing_page(
    connection: Reader,
    holder: str,
    moment: datetime,
    narrowed: MandateFilter,
    page: tuple[StandingMandate | None, int],
) -> list[StandingMandate]:
    """As `standing`, but a page of them.

    Args:
        connection: that reads.
        holder: whose.
        moment: at which.
        narrowed: which.
        page: the last one of the page before, None for the first; and how many at most.
    """
    after, limit = page
    asked = _asked(narrowed) | {"limit": limit}
    if after is not None:
        asked |= {"after": True, "after_start": after.phase.start, "after_id": after.mandate_id}
    return _standing(connection, holder, moment, asked)


def _asked(narrowed: MandateFilter) -> dict[str, Any]:
    """What narrows a query, by name."""
    return {name: value for name, value in _bound(narrowed).items() if value is not None}


def _standing(
    connection: Reader, holder: str, moment: datetime, asked: dict[str, Any]
) -> list[StandingMandate]:
    query = _standing_query(frozenset(asked) & _KNOWN)
    if "granularities" in asked:
        granularities = asked.pop("granularities")
        asked |= {"granularity": granularities[0], "other_granularity": granularities[-1]}
    asked.pop("after", None)
    rows = connection.execute(query, asked | {"holder": holder, "moment": moment})
    return [_read(row) for row in rows]


def has_more_phases(connection: Reader, holder: str, than: int) -> bool:
    """Whether the mandates of a holder have more than so many phases altogether."""
    return connection.execute(_ONE_MORE_PHASE, {"holder": holder, "than": than}).scalar() is not None


def made_after(connection: Connection, holder: str, ean: Ean, moment: datetime) -> bool:
    """Whether the holder has a mandate for an EAN that began after a moment: a sandbox clock was set back (A3)."""
    begun = select(func.min(phases.c.start)).where(phases.c.holder == holder, phases.c.ean == int(ean))
    start: datetime | None = connection.execute(begun).scalar()
    return start is not None and start > moment


def _bound(asked: MandateFilter) -> dict[str, Any]:
    """What a query is bound to, by name of the filter; None or empty where it does not narrow."""
    return {
        "reference_number": asked.reference_number,
        "status": asked.status and asked.status.value,
        "ean": asked.ean and int(asked.ean),
        "energy_type": asked.energy_type and asked.energy_type.value,
        "granularities": tuple(one.value for one in asked.granularities) or None,
        "expires_before": asked.expires_before,
        "renewal_status": asked.renewal_status and asked.renewal_status.value,
        "last_updated_from": asked.last_updated_from,
        "last_updated_to": asked.last_updated_to,
    }


# Where the grid user chose the EAN, a filter must not tell what the answer hides (M11).
_EAN_MAY_MATCH: Final = or_(
    ~mandates.c.ean_named_by_grid_user, *(phases.c.status == status for status in _SHOWN_EAN)
)

_NARROWING: Final[dict[str, ColumnElement[bool]]] = {
    "reference_number": mandates.c.reference_number == bindparam("reference_number"),
    "status": phases.c.status == bindparam("status"),
    "ean": and_(phases.c.ean == bindparam("ean"), _EAN_MAY_MATCH),
    "energy_type": and_(mandates.c.energy_type == bindparam("energy_type"), _EAN_MAY_MATCH),
    # There are two, so that a statement with two places holds any of them.
    "granularities": mandates.c.granularity.in_([bindparam("granularity"), bindparam("other_granularity")]),
    # Of Approved mandates alone an expiration is shown (M10), and a filter tells no more.
    "expires_before": and_(
        phases.c.status == Status.APPROVED.value, phases.c.expiration < bindparam("expires_before")
    ),
    "renewal_status": phases.c.renewal_status == bindparam("renewal_status"),
    "last_updated_from": phases.c.start >= bindparam("last_updated_from"),
    "last_updated_to": phases.c.start < bindparam("last_updated_to"),
    # Behind the last one of a page, in the order of the answer; the first condition is the one that an index can follow.
    "after": and_(
        phases.c.start >= bindparam("after_start", type_=Instant),
        or_(
            phases.c.start > bindparam("after_start", type_=Instant),
            phases.c.mandate_id > bindparam("after_id"),
        ),
    ),
}
_LIMIT: Final = "limit"
_KNOWN: Final = _NARROWING.keys() | {_LIMIT}


@cache
def _standing_query(narrowing: frozenset[str]) -> Select[tuple[object, ...]]:
    """The query of some filters; made once, for making one takes longer than running it."""
    moment = bindparam("moment", type_=Instant)
    query = (
        select(phases, mandates)
        .join(mandates, and_(mandates.c.ean == phases.c.ean, mandates.c.mandate_id == phases.c.mandate_id))
        .where(
            phases.c.holder == bindparam("holder"),
            phases.c.start <= moment,
            or_(phases.c.end.is_(None), phases.c.end > moment),
            # Removed mandates are seen nowhere (M2).
            phases.c.status != Status.REMOVED.value,
            *(_NARROWING[name] for name in sorted(narrowing - {_LIMIT})),
        )
        .order_by(phases.c.start, phases.c.mandate_id)
    )
    return query.limit(bindparam(_LIMIT)) if _LIMIT in narrowing else query


def phase_row(phase: Phase) -> dict[str, object]:
    """A phase as it is written."""
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
        row.mandate_id,
        read_mandate(row),
        Phase(
            start=row.start,
            end=row.end,
            status=Status(row.status),
            data_period=Period(row.data_from, row.data_to),
            renewal_status=row.renewal_status and RenewalStatus(row.renewal_status),
            expiration=row.expiration,
        ),
    )


def read_mandate(row: Row[tuple[object, ...]]) -> Mandate:
    """The mandate of which a row tells."""
    return Mandate(
        reference_number=row.reference_number,
        ean=_ean(row.ean),
        energy_type=EnergyType(row.energy_type),
        granularity=Granularity(row.granularity),
        own=row.own,
        ean_named_by_grid_user=row.ean_named_by_grid_user,
        grid_user=row.grid_user,
    )


def _ean(number: int) -> Ean:
    return Ean(f"{number:018d}")
