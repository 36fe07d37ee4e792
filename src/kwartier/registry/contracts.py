"""Data access contracts as rows (I6)."""

from typing import Final

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from kwartier.db.quick import Reader
from kwartier.db.schema import contract as table
from kwartier.domain.contract import Contract
from kwartier.domain.enterprise import EnterpriseNumber

__all__ = ["about", "add", "change", "count", "find", "list_all", "of_organisation"]

_OF_ORGANISATION: Final = (
    select(table).where(table.c.organisation == bindparam("organisation")).order_by(table.c.requested_at)
)


def about(organisation: str) -> str:
    """The name of what is done one at a time: changing the contracts of an organisation."""
    return f"contracts of {organisation}"


def add(connection: Connection, contract: Contract, by: str | None) -> None:
    """Write a new contract; by whom it was requested (the id of a person, None: the operator) is kept."""
    connection.execute(
        insert(table).values(
            number=contract.number,
            organisation=contract.organisation,
            requested_at=contract.requested_at,
            requested_by=by,
            **_changeable(contract),
        )
    )


def change(connection: Connection, contract: Contract, **by: str | None) -> None:
    """Write the state that a contract reached; by whom, under `signed_by` or `ended_by`, is kept."""
    connection.execute(
        update(table).where(table.c.number == contract.number).values(**_changeable(contract), **by)
    )


def find(connection: Connection, number: str) -> Contract | None:
    """The contract of a number."""
    row = connection.execute(select(table).where(table.c.number == number)).one_or_none()
    return None if row is None else _read(row)


def of_organisation(connection: Reader, organisation: str) -> list[Contract]:
    """All contracts of an organisation, the first requested first; one statement."""
    return [_read(row) for row in connection.execute(_OF_ORGANISATION, {"organisation": organisation})]


def list_all(connection: Connection) -> list[Contract]:
    """All contracts, the first requested first."""
    return [
        _read(row) for row in connection.execute(select(table).order_by(table.c.requested_at, table.c.number))
    ]


def count(connection: Connection) -> int:
    """How many contracts there are."""
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _changeable(contract: Contract) -> dict[str, object]:
    return {
        "fee_cents": contract.fee_cents,
        "signed_at": contract.signed_at,
        "approved_at": contract.approved_at,
        "ended_at": contract.ended_at,
    }


def _read(row: Row[tuple[object, ...]]) -> Contract:
    return Contract(
        number=row.number,
        organisation=EnterpriseNumber(row.organisation),
        fee_cents=row.fee_cents,
        requested_at=row.requested_at,
        signed_at=row.signed_at,
        approved_at=row.approved_at,
        ended_at=row.ended_at,
    )
