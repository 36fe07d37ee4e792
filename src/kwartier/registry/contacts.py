"""Where grid users are asked, as rows: what the operator knows, never what who asks for access says."""

from sqlalchemy import Connection, Row, delete, insert, select

from kwartier.db.schema import grid_user_contact as table
from kwartier.domain.ean import Ean
from kwartier.domain.messages import Language, Recipient
from kwartier.registry import organisations

__all__ = ["find", "list_all", "put"]


def put(connection: Connection, ean: Ean, who: str, contact: Recipient) -> None:
    """Write where the grid user of an EAN is asked; what was known is replaced."""
    connection.execute(delete(table).where(table.c.ean == int(ean), table.c.who == who))
    connection.execute(
        insert(table).values(
            ean=int(ean),
            who=who,
            name=contact.name,
            language=contact.language.value,
            email=contact.email,
            address=organisations.write_address(contact.address),
        )
    )


def find(connection: Connection, ean: Ean, who: str) -> Recipient | None:
    """Where the grid user of an EAN is asked: as was said for it, or as the organisation that he is has it."""
    row = connection.execute(select(table).where(table.c.ean == int(ean), table.c.who == who)).one_or_none()
    if row is not None:
        return _read(row)
    known = organisations.find(connection, who)
    if known is None or not (known.email or known.address):
        return None
    return Recipient(known.name, known.language, known.email, known.address)


def list_all(connection: Connection, ean: Ean) -> list[tuple[str, Recipient]]:
    """Where grid users of an EAN are asked, by who they are."""
    rows = connection.execute(select(table).where(table.c.ean == int(ean)).order_by(table.c.who))
    return [(row.who, _read(row)) for row in rows]


def _read(row: Row[tuple[object, ...]]) -> Recipient:
    return Recipient(row.name, Language(row.language), row.email, organisations.read_address(row.address))
