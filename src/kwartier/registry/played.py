"""What a sandbox plays, as rows: whose EANs are, market scenarios, a contract; by client, and seen by it alone."""

from collections.abc import Iterable
from typing import Final, TypeAlias

from sqlalchemy import BindParameter, Connection, Row, Text, bindparam, delete, func, insert, select

from kwartier.db.quick import Reader
from kwartier.db.schema import sandbox_contract as contracts
from kwartier.db.schema import sandbox_told as table
from kwartier.domain.ean import Ean
from kwartier.domain.played import GridUserTold, PlayedContract
from kwartier.domain.scenario import Scenario, ScenarioKind

__all__ = ["Told", "contract_of", "forget", "set_contract", "tell", "told"]

Told: TypeAlias = GridUserTold | Scenario
"""Something that was said of an EAN: whose it is, or what the market did."""

# Made once: it runs with every request for energy.
_CLIENT_ID: Final[BindParameter[str]] = bindparam("client_id", type_=Text)
_CONTRACT: Final = select(contracts.c.contract).where(contracts.c.client_id == _CLIENT_ID)


def contract_of(connection: Reader, client_id: str) -> PlayedContract:
    """How far the contract of a client is played to be."""
    found = connection.execute(_CONTRACT, {"client_id": client_id}).scalar()
    return PlayedContract.NOT_NEEDED if found is None else PlayedContract(found)


def set_contract(connection: Connection, client_id: str, contract: PlayedContract) -> None:
    """Play that a client's contract is so far."""
    connection.execute(delete(contracts).where(contracts.c.client_id == client_id))
    if contract is not PlayedContract.NOT_NEEDED:
        connection.execute(insert(contracts).values(client_id=client_id, contract=contract.value))


def told(connection: Connection, client_id: str, ean: Ean | None = None) -> list[Told]:
    """What a client said, of an EAN or of all, in the order in which it did."""
    query = select(table).where(table.c.client_id == client_id).order_by(table.c.seq)
    if ean is not None:
        query = query.where(table.c.ean == int(ean))
    return [_read(row) for row in connection.execute(query)]


def tell(connection: Connection, client_id: str, said: Iterable[Told]) -> None:
    """Write down what a client says.

    Args:
        connection: of a transaction that writes, one at a time about the client's sandbox.
        client_id: whose.
        said: what, in order.
    """
    newest = connection.execute(select(func.max(table.c.seq)).where(table.c.client_id == client_id)).scalar()
    for seq, one in enumerate(said, (newest or 0) + 1):
        connection.execute(insert(table).values(client_id=client_id, seq=seq, **_row(one)))


def forget(connection: Connection, client_id: str) -> None:
    """Forget what a client said, and its contract."""
    for one in (table, contracts):
        connection.execute(delete(one).where(one.c.client_id == client_id))


def _row(one: Told) -> dict[str, object]:
    if isinstance(one, GridUserTold):
        return {"ean": int(one.ean), "at": one.at, "grid_user": one.grid_user}
    return {
        "ean": int(one.ean),
        "at": one.registered_at,
        "grid_user": one.grid_user,
        "kind": one.kind.value,
        "effective": one.effective,
    }


def _read(row: Row[tuple[object, ...]]) -> Told:
    ean = Ean(f"{row.ean:018d}")
    if row.kind is None:
        return GridUserTold(ean, row.at, row.grid_user)
    return Scenario(ean, ScenarioKind(row.kind), row.effective, row.at, row.grid_user)
