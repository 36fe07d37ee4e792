"""Market scenarios as rows (M5)."""

from datetime import datetime

from sqlalchemy import Connection, Row, insert, select

from kwartier.db.schema import market_scenario as table
from kwartier.domain.ean import Ean
from kwartier.domain.scenario import Scenario, ScenarioKind

__all__ = ["add", "find", "listed", "of_ean"]


def add(connection: Connection, scenario: Scenario, by: str | None = None) -> None:
    """Write a scenario; by which operator is kept."""
    connection.execute(
        insert(table).values(
            ean=int(scenario.ean),
            effective=scenario.effective,
            kind=scenario.kind.value,
            registered_at=scenario.registered_at,
            grid_user=scenario.grid_user,
            grid_user_before=scenario.grid_user_before,
            registered_by=by,
        )
    )


def find(connection: Connection, ean: Ean, effective: datetime, kind: ScenarioKind) -> Scenario | None:
    """The scenario of this EAN, moment and kind: two alike are the same one."""
    row = connection.execute(
        select(table).where(
            table.c.ean == int(ean), table.c.effective == effective, table.c.kind == kind.value
        )
    ).one_or_none()
    return None if row is None else _read(row)


def of_ean(connection: Connection, ean: Ean) -> list[Scenario]:
    """All scenarios of an EAN, in order of effect."""
    query = select(table).where(table.c.ean == int(ean)).order_by(table.c.effective, table.c.kind)
    return [_read(row) for row in connection.execute(query)]


def listed(connection: Connection, limit: int) -> list[Scenario]:
    """The scenarios that were registered last, the last first."""
    query = select(table).order_by(table.c.registered_at.desc(), table.c.ean).limit(limit)
    return [_read(row) for row in connection.execute(query)]


def _read(row: Row[tuple[object, ...]]) -> Scenario:
    return Scenario(
        Ean(f"{row.ean:018d}"),
        ScenarioKind(row.kind),
        row.effective,
        row.registered_at,
        row.grid_user,
        row.grid_user_before,
    )
