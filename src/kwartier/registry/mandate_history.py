"""What goes on happening to a mandate: further facts, and the phases that follow anew (M2, M3, M6; DESIGN 8)."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from kwartier.db.schema import mandate as mandates
from kwartier.db.schema import mandate_fact as facts
from kwartier.db.schema import mandate_phase as phases
from kwartier.domain.ean import Ean
from kwartier.domain.mandate import Fact
from kwartier.domain.timeline import timeline
from kwartier.registry import mandates as registry
from kwartier.registry.facts import write_fact

__all__ = ["Kept", "find_kept", "holders", "tell"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A mandate by its id: of which EAN it is, and by whom it is kept."""

    mandate_id: str
    ean: Ean
    holder: str


def find_kept(connection: Connection, mandate_id: str) -> Kept | None:
    """The mandate that is kept under an id."""
    row = connection.execute(select(mandates).where(mandates.c.mandate_id == mandate_id)).one_or_none()
    return None if row is None else Kept(row.mandate_id, Ean(f"{row.ean:018d}"), row.holder)


def holders(connection: Connection, prefix: str) -> list[str]:
    """Those by whom mandates are kept, of whom the names begin so, in order."""
    query = select(mandates.c.holder).where(mandates.c.holder.startswith(prefix, autoescape=True))
    return list(connection.execute(query.distinct().order_by(mandates.c.holder)).scalars())


def tell(connection: Connection, kept: Kept, fact: Fact) -> None:
    """Write one more fact about a mandate; its phases are made anew.

    Args:
        connection: of a transaction that writes, one at a time about the holder's mandates.
        kept: the mandate.
        fact: what happened.
    """
    key = {"ean": int(kept.ean), "mandate_id": kept.mandate_id}
    history = registry.facts_of(connection, kept.ean, kept.mandate_id)
    kind, details = write_fact(fact)
    connection.execute(insert(facts).values(**key, seq=len(history), at=fact.at, kind=kind, details=details))
    connection.execute(
        delete(phases).where(phases.c.ean == key["ean"], phases.c.mandate_id == kept.mandate_id)
    )
    connection.execute(
        insert(phases),
        [key | {"holder": kept.holder} | registry.phase_row(phase) for phase in timeline([*history, fact])],
    )
