"""The audit as rows (A1): written in groups, found by EAN and by organisation."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, Row, insert, select

from kwartier.db.schema import audit as table
from kwartier.domain.access import Reason
from kwartier.domain.audit import GRANTED, AuditEntry
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.metering import ComplexEnergyType, Granularity
from kwartier.domain.period import EPOCH, Period, epoch_microseconds
from kwartier.domain.question import EnergyQuestion, PeriodType

__all__ = ["AuditFilter", "add", "find"]

_ADD: Final = insert(table)
_UNUSED_ID_BITS: Final = 128 - 62


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which accesses are looked for, combined with "and"; what is None does not narrow."""

    ean: Ean | None = None
    organisation: EnterpriseNumber | None = None
    period: Period | None = None


def add(connection: Connection, entries: Sequence[AuditEntry]) -> None:
    """Write accesses."""
    connection.execute(
        _ADD,
        [
            {
                "ean": int(entry.ean),
                "at": entry.at,
                "entry_id": uuid4().int >> _UNUSED_ID_BITS,
                "organisation": entry.organisation,
                "client_id": entry.client_id,
                "outcome": GRANTED if entry.refused is None else entry.refused.name,
                "details": json.dumps(_details(entry), separators=(",", ":")),
            }
            for entry in entries
        ],
    )


def find(connection: Connection, narrowed: AuditFilter, limit: int, skipped: int = 0) -> list[AuditEntry]:
    """The newest accesses, the newest first, without some of them."""
    query = select(table).order_by(table.c.at.desc(), table.c.entry_id.desc()).limit(limit).offset(skipped)
    if narrowed.ean is not None:
        query = query.where(table.c.ean == int(narrowed.ean))
    if narrowed.organisation is not None:
        query = query.where(table.c.organisation == narrowed.organisation)
    if narrowed.period is not None:
        query = query.where(table.c.at >= narrowed.period.start)
        if narrowed.period.end is not None:
            query = query.where(table.c.at < narrowed.period.end)
    return [_read(row) for row in connection.execute(query)]


def _details(entry: AuditEntry) -> dict[str, Any]:
    question = entry.question
    end = question.period.end
    return {
        "period": [
            question.period_type.value,
            epoch_microseconds(question.period.start),
            end and epoch_microseconds(end),
        ],
        "granularities": sorted(one.value for one in question.granularities),
        "kinds": sorted(one.value for one in question.complex_energy_types),
        "reference": question.reference_number,
        "mandates": entry.mandates,
        "correlation": entry.correlation_id,
    }


def _read(row: Row[tuple[object, ...]]) -> AuditEntry:
    details = json.loads(row.details)
    period_type, start, end = details["period"]
    question = EnergyQuestion(
        Ean(f"{row.ean:018d}"),
        PeriodType(period_type),
        Period(_moment(start), None if end is None else _moment(end)),
        frozenset(Granularity(one) for one in details["granularities"]),
        frozenset(ComplexEnergyType(one) for one in details["kinds"]),
        details["reference"],
    )
    return AuditEntry(
        at=row.at,
        organisation=EnterpriseNumber(row.organisation),
        client_id=row.client_id,
        question=question,
        refused=None if row.outcome == GRANTED else Reason[row.outcome],
        mandates=tuple(details["mandates"]),
        correlation_id=details["correlation"],
    )


def _moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)
