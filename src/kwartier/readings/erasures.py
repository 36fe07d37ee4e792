"""What is taken out of the store for good: the one exception to keeping, itself on record (R1)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from kwartier.db.readings_schema import delivery as deliveries
from kwartier.db.readings_schema import erasure as table
from kwartier.db.readings_schema import run, series
from kwartier.domain.days import Grid, slots_within
from kwartier.domain.delivery import DeliveryState
from kwartier.domain.ean import Ean
from kwartier.domain.metering import State
from kwartier.domain.period import EPOCH, Period
from kwartier.readings import aside_erasures as aside
from kwartier.readings.codec import MAX_SLOTS, decode, encode

__all__ = [
    "Erased",
    "Erasure",
    "count",
    "eans_after",
    "erase_runs",
    "erase_series",
    "list_all",
    "note",
    "withdrawals_under_way",
]

_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Erased:
    """How much an erasure takes.

    Attributes:
        runs: removed whole.
        shortened: runs of which a part stays.
        quarantined: rows that were set aside.
        series: of the catalogue.
    """

    runs: int = 0
    shortened: int = 0
    quarantined: int = 0
    series: int = 0

    def __add__(self, other: "Erased") -> "Erased":
        return Erased(
            self.runs + other.runs,
            self.shortened + other.shortened,
            self.quarantined + other.quarantined,
            self.series + other.series,
        )


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure: of everything of an EAN, or of everything measured before a moment.

    Attributes:
        at: when it was begun.
        why: in words of who asked for it.
        finished: whether it came to its end; else what it counts was erased, and more is to be.
    """

    erasure_id: str
    at: datetime
    ean: Ean | None
    before: datetime | None
    why: str
    erased: Erased = Erased()
    finished: bool = False


def note(connection: Connection, erasure: Erasure) -> None:
    """Record an erasure as it stands; in the transaction that erases."""
    counts = json.dumps(asdict(erasure.erased) | {"finished": erasure.finished}, separators=(",", ":"))
    key = table.c.erasure_id == erasure.erasure_id
    if connection.execute(update(table).where(key).values(counts=counts)).rowcount:
        return
    connection.execute(
        insert(table).values(
            erasure_id=erasure.erasure_id,
            at=erasure.at,
            ean=None if erasure.ean is None else int(erasure.ean),
            before=erasure.before,
            why=erasure.why,
            counts=counts,
        )
    )


def list_all(connection: Connection) -> list[Erasure]:
    """All erasures, the newest first."""
    found = []
    for row in connection.execute(select(table).order_by(table.c.at.desc(), table.c.erasure_id)):
        counts: dict[str, Any] = json.loads(row.counts)
        finished = counts.pop("finished")
        ean = None if row.ean is None else Ean(f"{row.ean:018d}")
        found.append(
            Erasure(row.erasure_id, row.at, ean, row.before, row.why, Erased(**counts), finished=finished)
        )
    return found


def eans_after(connection: Connection, after: int) -> Sequence[int]:
    """The next EANs of which there are runs, in order."""
    found = select(run.c.ean).where(run.c.ean > after).distinct().order_by(run.c.ean).limit(_AT_ONCE)
    return connection.execute(found).scalars().all()


def count(connection: Connection, ean: Ean | None, before: datetime | None) -> Erased:
    """How much would be erased."""
    if ean is not None:
        return Erased(
            runs=_count(connection, run.c.ean == int(ean)),
            quarantined=aside.count_of(connection, ean),
            series=_count(connection, series.c.ean == int(ean)),
        )
    if before is None:
        return Erased()
    erased = Erased(quarantined=sum(map(len, aside.older(connection, before))))
    for grid, first in _first_kept(before).items():
        erased += Erased(runs=_count(connection, _older(grid, first)))
    after = -1
    while eans := eans_after(connection, after):
        for change in _changes(connection, eans, before):
            erased += Erased(runs=change.content is None, shortened=change.content is not None)
        after = eans[-1]
    return erased


def erase_runs(connection: Connection, eans: Sequence[int], before: datetime | None) -> Erased:
    """Remove runs of some EANs, of any delivery: all, or what was measured before a moment.

    A run of which a part is older is written again: it is silent about that part.

    Args:
        connection: that writes.
        eans: in order; those between the first and the last too.
        before: the slots that end at it or earlier go; None: all.
    """
    among = run.c.ean.between(eans[0], eans[-1])
    if before is None:
        return Erased(runs=connection.execute(delete(run).where(among)).rowcount)
    erased = Erased()
    for grid, first in _first_kept(before).items():
        erased += Erased(runs=connection.execute(delete(run).where(among, _older(grid, first))).rowcount)
    changes = list(_changes(connection, eans, before))
    gone = [one.key for one in changes if one.content is None]
    kept = [{**one.key, "shortened": one.content} for one in changes if one.content is not None]
    if gone:
        connection.execute(delete(run).where(_IS), gone)
    if kept:
        connection.execute(update(run).where(_IS).values(content=bindparam("shortened")), kept)
    return erased + Erased(runs=len(gone), shortened=len(kept))


def erase_series(connection: Connection, ean: Ean) -> Erased:
    """Remove the series of an EAN from the catalogue, unless something is being loaded, which may know their numbers.

    Args:
        connection: of a transaction that writes, while no delivery is begun.
        ean: whose.
    """
    loading = select(deliveries.c.number).where(deliveries.c.state == DeliveryState.LOADING.value).limit(1)
    if connection.execute(loading).first() is not None:
        return Erased()
    return Erased(series=connection.execute(delete(series).where(series.c.ean == int(ean))).rowcount)


def withdrawals_under_way(connection: Connection) -> Sequence[int]:
    """The numbers of deliveries that take another back and are not published: they may bring back what is erased."""
    return (
        connection.execute(
            select(deliveries.c.number).where(
                deliveries.c.state == DeliveryState.LOADING.value, deliveries.c.withdraws.is_not(None)
            )
        )
        .scalars()
        .all()
    )


_KEY: Final = (run.c.ean, run.c.grid, run.c.start, run.c.delivery)
_IS: Final = and_(*(column == bindparam(f"of_{column.name}") for column in _KEY))


@dataclass(frozen=True, slots=True)
class _Change:
    """What is to become of a run.

    Attributes:
        content: the new one; None: it goes.
    """

    key: Mapping[str, int]
    content: bytes | None


def _first_kept(before: datetime) -> dict[Grid, int]:
    """Per grid the first slot that does not end at a moment or earlier."""
    return {grid: slots_within(grid, Period(EPOCH, before)).stop for grid in Grid}


def _older(grid: Grid, first: int) -> ColumnElement[bool]:
    """Runs that end before a slot, however long they are."""
    return and_(run.c.grid == int(grid), run.c.start <= first - MAX_SLOTS)


def _changes(connection: Connection, eans: Sequence[int], before: datetime) -> Iterator[_Change]:
    """What is to become of runs that begin before the first slot that is kept, and may reach beyond it."""
    for grid, first in _first_kept(before).items():
        rows = connection.execute(
            select(*_KEY, run.c.content).where(
                run.c.ean.between(eans[0], eans[-1]),
                run.c.grid == int(grid),
                run.c.start > first - MAX_SLOTS,
                run.c.start < first,
            )
        ).all()
        for row in rows:
            [said] = decode([row.content])
            older = first - row.start
            if not (said.states[..., :older] != State.SILENT).any() and older < said.states.shape[2]:
                continue
            states = said.states.copy()
            states[..., :older] = State.SILENT
            content = None
            if (states != State.SILENT).any():
                [content] = encode(said.numbers, np.where(states == State.SILENT, 0, said.values), states)
            yield _Change({f"of_{column.name}": getattr(row, column.name) for column in _KEY}, content)


def _count(connection: Connection, condition: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).where(condition)).scalar_one()
