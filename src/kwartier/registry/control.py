"""What an integrator controls of his sandbox, as rows: clock, faults, journal; by client, and seen by it alone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic_core import to_json
from sqlalchemy import BindParameter, Connection, Row, Text, bindparam, delete, func, insert, select, update

from kwartier.db.engine import Database
from kwartier.db.quick import Reader
from kwartier.db.schema import sandbox_clock as clocks
from kwartier.db.schema import sandbox_fault as faults
from kwartier.db.schema import sandbox_journal as journal
from kwartier.db.types import Instant
from kwartier.domain.control import ClockSetting, Endpoint, Fault, FaultKind

__all__ = [
    "JOURNAL_LENGTH",
    "JournalNote",
    "KeptFault",
    "add_faults",
    "clock_and_faults_of",
    "clock_of",
    "drop_used_up_faults",
    "entries",
    "faults_of",
    "forget",
    "note_all",
    "note_at_once",
    "remove_fault",
    "set_clock",
    "strike",
    "sweep",
]

JOURNAL_LENGTH: Final = 1000
"""How many entries a client's journal holds, and a few more until it is swept."""


# Made once: making a statement takes longer than running it, and these run with every request.
_CLIENT_ID: Final[BindParameter[str]] = bindparam("client_id", type_=Text)
_CLOCK: Final = select(clocks).where(clocks.c.client_id == _CLIENT_ID)
_FAULTS: Final = select(faults).where(faults.c.client_id == _CLIENT_ID).order_by(faults.c.seq)
_ASKED: Final = select(_CLIENT_ID.label("asked")).subquery()
_CLOCK_AND_FAULTS: Final = (
    select(clocks.c.shown, clocks.c.since, faults)
    .select_from(_ASKED)
    .outerjoin(clocks, clocks.c.client_id == _ASKED.c.asked)
    .outerjoin(faults, faults.c.client_id == _ASKED.c.asked)
    .order_by(faults.c.seq)
)
_NEWEST: Final = (
    select(func.coalesce(func.max(journal.c.seq), 0))
    .where(journal.c.client_id == _CLIENT_ID)
    .scalar_subquery()
)
_NOTE: Final = insert(journal).from_select(
    ["client_id", "seq", "at", "entry"],
    select(_CLIENT_ID, _NEWEST + 1, bindparam("at", type_=Instant), bindparam("entry", type_=Text)),
)
_FORGET: Final = delete(journal).where(
    journal.c.client_id == _CLIENT_ID, journal.c.seq <= _NEWEST - bindparam("kept")
)


@dataclass(frozen=True, slots=True)
class KeptFault:
    """A fault with its number, how many requests it still strikes (None: no end), and how many it struck."""

    seq: int
    fault: Fault
    remaining: int | None
    struck: int


def clock_of(connection: Reader, client_id: str) -> ClockSetting | None:
    """The clock that a client set, if any."""
    row = connection.execute(_CLOCK, {"client_id": client_id}).one_or_none()
    return None if row is None else ClockSetting(row.shown, row.since)


def set_clock(connection: Connection, client_id: str, setting: ClockSetting | None) -> None:
    """Set a client's clock; None: it shows real time."""
    connection.execute(delete(clocks).where(clocks.c.client_id == client_id))
    if setting is not None:
        connection.execute(
            insert(clocks).values(client_id=client_id, shown=setting.shown, since=setting.since)
        )


def faults_of(connection: Reader, client_id: str) -> list[KeptFault]:
    """The faults of a client, in the order in which they were asked for, used up ones too."""
    rows = connection.execute(_FAULTS, {"client_id": client_id})
    return [_read_fault(row) for row in rows]


def clock_and_faults_of(connection: Reader, client_id: str) -> tuple[ClockSetting | None, list[KeptFault]]:
    """The clock and the faults of a client, by one statement: every request asks for both."""
    rows = connection.execute(_CLOCK_AND_FAULTS, {"client_id": client_id}).all()
    first = rows[0]
    clock = None if first.shown is None else ClockSetting(first.shown, first.since)
    return clock, [] if first.seq is None else [_read_fault(row) for row in rows]


def add_faults(connection: Connection, client_id: str, asked: Sequence[Fault]) -> list[int]:
    """Let some things go wrong for a client from now on; the numbers of the faults."""
    newest = connection.execute(
        select(func.max(faults.c.seq)).where(faults.c.client_id == client_id)
    ).scalar()
    first = (newest or 0) + 1
    for seq, fault in enumerate(asked, first):
        connection.execute(
            insert(faults).values(
                client_id=client_id,
                seq=seq,
                endpoint=fault.endpoint.value,
                kind=fault.kind.value,
                status=fault.status,
                retry_after_seconds=fault.retry_after_seconds,
                delay_ms=None if fault.delay is None else round(fault.delay / timedelta(milliseconds=1)),
                remaining=fault.times,
                probability=fault.probability,
                struck=0,
            )
        )
    return list(range(first, first + len(asked)))


def drop_used_up_faults(connection: Connection, client_id: str, keep: int) -> None:
    """Forget the oldest faults that are used up, where more than some are kept."""
    kept = faults_of(connection, client_id)
    surplus = max(0, len(kept) - max(0, keep))
    for one in [one for one in kept if one.remaining == 0][:surplus]:
        remove_fault(connection, client_id, one.seq)


def remove_fault(connection: Connection, client_id: str, seq: int) -> bool:
    """Take a fault back; whether it was there."""
    removed = connection.execute(delete(faults).where(faults.c.client_id == client_id, faults.c.seq == seq))
    return removed.rowcount > 0


def strike(connection: Connection, client_id: str, seq: int) -> bool:
    """Count that a fault strikes a request; False if it was used up meanwhile, by whichever process."""
    struck = connection.execute(
        update(faults)
        .where(faults.c.client_id == client_id, faults.c.seq == seq)
        .where(faults.c.remaining.is_(None) | (faults.c.remaining > 0))
        .values(remaining=faults.c.remaining - 1, struck=faults.c.struck + 1)
    )
    return struck.rowcount > 0


@dataclass(frozen=True, slots=True)
class JournalNote:
    """An entry for a client's journal: whose, when [real time], and what."""

    client_id: str
    at: datetime
    entry: dict[str, Any]


def note_all(database: Database, notes: Sequence[JournalNote]) -> None:
    """Write entries into journals, in order."""
    clients = {one.client_id for one in notes}
    database.note_all(_NOTE, _rows(notes), [f"journal {client_id}" for client_id in clients])


def note_at_once(database: Database, notes: Sequence[JournalNote]) -> bool:
    """As `note_all`, where nothing has to be waited for; False: nothing was done."""
    return database.note_at_once(_NOTE, _rows(notes))


def sweep(database: Database, client_id: str) -> None:
    """Let the oldest entries of a journal go, so that it does not grow without end."""
    with database.noting() as connection:
        connection.execute(_FORGET, {"client_id": client_id, "kept": JOURNAL_LENGTH})


def _rows(notes: Sequence[JournalNote]) -> list[dict[str, object]]:
    return [{"client_id": one.client_id, "at": one.at, "entry": to_json(one.entry).decode()} for one in notes]


def entries(
    connection: Connection, client_id: str, after: int, limit: int
) -> list[tuple[int, dict[str, Any]]]:
    """The newest entries of a client's journal with a number above `after`, in order."""
    rows = connection.execute(
        select(journal.c.seq, journal.c.entry)
        .where(journal.c.client_id == client_id, journal.c.seq > after)
        .order_by(journal.c.seq.desc())
        .limit(limit)
    )
    return [(row.seq, json.loads(row.entry)) for row in reversed(rows.all())]


def forget(connection: Connection, client_id: str, *, with_journal: bool = True) -> None:
    """Forget a client's clock and faults, and its journal."""
    for table in (clocks, faults, *((journal,) if with_journal else ())):
        connection.execute(delete(table).where(table.c.client_id == client_id))


def _read_fault(row: Row[tuple[object, ...]]) -> KeptFault:
    fault = Fault(
        endpoint=Endpoint(row.endpoint),
        kind=FaultKind(row.kind),
        status=row.status,
        retry_after_seconds=row.retry_after_seconds,
        delay=None if row.delay_ms is None else timedelta(milliseconds=row.delay_ms),
        probability=row.probability,
    )
    return KeptFault(row.seq, fault, row.remaining, row.struck)
