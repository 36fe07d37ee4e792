"""Headpoints as rows: one by one, with meters, sub-headpoints and grid users."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, insert, select

from kwartier.db.readings_schema import grid_user, headpoint, physical_meter, sub_headpoint
from kwartier.domain.ean import Ean
from kwartier.domain.known_headpoint import GridUse, HungMeter, KnownHeadpoint
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    Headpoint,
    InstallationType,
    MeterType,
    PhysicalMeter,
    SubHeadpoint,
)
from kwartier.domain.period import Period

__all__ = ["add", "change_grid_users", "find", "grid_users", "list_all"]

_CHUNK = 10_000


def add(connection: Connection, known: Sequence[KnownHeadpoint], moment: datetime) -> None:
    """Write headpoints; what was known of one of the same EAN is replaced, its readings and since when it is known stay."""
    eans = [int(one.headpoint.ean) for one in known]
    since: dict[int, datetime] = {}
    for start in range(0, len(eans), _CHUNK):
        registered = select(headpoint.c.ean, headpoint.c.registered_at).where(
            headpoint.c.ean.in_(eans[start : start + _CHUNK])
        )
        since |= {ean: at for ean, at in connection.execute(registered)}  # noqa: C416 - as in `last_runs`
        for table in (headpoint, grid_user, physical_meter, sub_headpoint):
            connection.execute(delete(table).where(table.c.ean.in_(eans[start : start + _CHUNK])))
    rows: dict[Table, list[dict[str, Any]]] = {
        headpoint: [],
        grid_user: [],
        physical_meter: [],
        sub_headpoint: [],
    }
    for one in known:
        _write(one, since.get(int(one.headpoint.ean), moment), rows)
    for table, values in rows.items():
        if values:
            connection.execute(insert(table), values)


def find(connection: Connection, ean: Ean) -> KnownHeadpoint | None:
    """A headpoint with what hangs on it; None: it is not known."""
    row = connection.execute(select(headpoint).where(headpoint.c.ean == int(ean))).one_or_none()
    return None if row is None else _read(connection, row)


def grid_users(connection: Connection, eans: Sequence[Ean]) -> dict[Ean, tuple[GridUse, ...]]:
    """Who uses some headpoints, and when, in order of time; those that are not known are left out."""
    numbers = [int(ean) for ean in eans]
    known = select(headpoint.c.ean).where(headpoint.c.ean.in_(numbers))
    found: dict[Ean, list[GridUse]] = {_ean(number): [] for number in connection.execute(known).scalars()}
    uses = select(grid_user).where(grid_user.c.ean.in_(numbers)).order_by(grid_user.c.since)
    for row in connection.execute(uses):
        if _ean(row.ean) in found:
            found[_ean(row.ean)].append(GridUse(row.who, Period(row.since, row.until)))
    return {ean: tuple(one) for ean, one in found.items()}


def change_grid_users(connection: Connection, changed: Mapping[Ean, Sequence[GridUse]]) -> None:
    """Write anew who uses some headpoints, and when."""
    connection.execute(delete(grid_user).where(grid_user.c.ean.in_([int(ean) for ean in changed])))
    rows = [_use_row(int(ean), use) for ean, uses in changed.items() for use in uses]
    if rows:
        connection.execute(insert(grid_user), rows)


def list_all(connection: Connection, after: Ean | None, limit: int) -> list[KnownHeadpoint]:
    """Headpoints in order of their EAN, from the one after `after` on."""
    query = select(headpoint).order_by(headpoint.c.ean).limit(limit)
    if after is not None:
        query = query.where(headpoint.c.ean > int(after))
    return [_read(connection, row) for row in connection.execute(query).all()]


def _write(one: KnownHeadpoint, moment: datetime, rows: dict[Table, list[dict[str, Any]]]) -> None:
    ean = {"ean": int(one.headpoint.ean)}
    rows[headpoint].append(
        ean
        | {
            "energy_type": one.headpoint.energy_type.value,
            "meter_type": one.headpoint.meter_type.value,
            "direction": one.direction and one.direction.value,
            "gas_zone": one.gas_zone,
            "registered_at": moment,
        }
    )
    rows[grid_user] += [_use_row(int(one.headpoint.ean), use) for use in one.grid_users]
    rows[physical_meter] += [
        ean
        | {
            "seq_number": hung.meter.seq_number,
            "meter_id": hung.meter.meter_id,
            "since": hung.period and hung.period.start,
            "until": hung.period and hung.period.end,
        }
        for hung in one.meters
    ]
    rows[sub_headpoint] += [
        ean
        | {
            "sub_ean": int(sub.ean),
            "seq_number": sub.seq_number,
            "direction": sub.direction.value,
            "vreg_id": sub.vreg_id,
            "installation": sub.installation and sub.installation.value,
        }
        for sub in one.submeters
    ]


def _use_row(ean: int, use: GridUse) -> dict[str, Any]:
    return {"ean": ean, "since": use.period.start, "until": use.period.end, "who": use.who}


def _read(connection: Connection, row: Row[tuple[object, ...]]) -> KnownHeadpoint:
    def below(table: Table, order: str) -> Sequence[Row[tuple[object, ...]]]:
        return connection.execute(select(table).where(table.c.ean == row.ean).order_by(table.c[order])).all()

    return KnownHeadpoint(
        Headpoint(_ean(row.ean), EnergyType(row.energy_type), MeterType(row.meter_type)),
        None if row.direction is None else Direction(row.direction),
        row.gas_zone,
        tuple(
            HungMeter(
                PhysicalMeter(one.seq_number, one.meter_id),
                None if one.since is None else Period(one.since, one.until),
            )
            for one in below(physical_meter, "seq_number")
        ),
        tuple(
            SubHeadpoint(
                _ean(one.sub_ean),
                one.seq_number,
                Direction(one.direction),
                one.vreg_id,
                None if one.installation is None else InstallationType(one.installation),
            )
            for one in below(sub_headpoint, "sub_ean")
        ),
        tuple(GridUse(one.who, Period(one.since, one.until)) for one in below(grid_user, "since")),
    )


def _ean(number: int) -> Ean:
    return Ean(f"{number:018d}")
