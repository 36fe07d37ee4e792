"""What goes on happening to a mandate: further facts, and the phases that follow anew (M2, M3, M6; DESIGN 8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from kwartier.db.schema import mandate as mandates
from kwartier.db.schema import mandate_fact as facts
from kwartier.db.schema import mandate_phase as phases
from kwartier.domain.ean import Ean
from kwartier.domain.mandate import Fact, Mandate, Phase
from kwartier.domain.timeline import timeline
from kwartier.registry import mandates as registry
from kwartier.registry.facts import write_fact

__all__ = ["Kept", "about", "find_kept", "holders", "of_ean", "phase_at", "phase_of", "tell"]

# Made once: a file of scenarios runs them thousands of times.
_ADD_FACT: Final = insert(facts)
_ADD_PHASES: Final = insert(phases)
_REMOVE_PHASES: Final = delete(phases).where(
    phases.c.ean == bindparam("of_ean"), phases.c.mandate_id == bindparam("of_mandate_id")
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A mandate by its id: of which EAN it is, and by whom it is kept."""

    mandate_id: str
    ean: Ean
    holder: str


def about(ean: Ean) -> str:
    """The name of what is done one at a time: whatever reads live mandates for an EAN and writes of them."""
    return f"mandates for {ean}"


def find_kept(connection: Connection, mandate_id: str) -> Kept | None:
    """The mandate that is kept under an id."""
    row = connection.execute(select(mandates).where(mandates.c.mandate_id == mandate_id)).one_or_none()
    return None if row is None else _kept(row)


def of_ean(connection: Connection, ean: Ean, prefix: str) -> list[tuple[Kept, Mandate]]:
    """All mandates for an EAN of holders whose names begin so, whoever they are."""
    rows = connection.execute(
        select(mandates).where(
            mandates.c.ean == int(ean), mandates.c.holder.startswith(prefix, autoescape=True)
        )
    )
    return [(_kept(row), registry.read_mandate(row)) for row in rows]


def holders(connection: Connection, prefix: str) -> list[str]:
    """Those by whom mandates are kept, of whom the names begin so, in order."""
    query = select(mandates.c.holder).where(mandates.c.holder.startswith(prefix, autoescape=True))
    return list(connection.execute(query.distinct().order_by(mandates.c.holder)).scalars())


def phase_at(history: Sequence[Fact], moment: datetime) -> Phase | None:
    """How a mandate with this history stands at a moment; None: it begins later."""
    return phase_of(timeline(history), moment)


def phase_of(phases: Sequence[Phase], moment: datetime) -> Phase | None:
    """That of some phases in which a moment lies; None: they begin later."""
    phase = next(one for one in phases if one.end is None or moment < one.end)
    return phase if phase.start <= moment else None


def tell(connection: Connection, kept: Kept, fact: Fact, history: Sequence[Fact] | None = None) -> list[Fact]:
    """Write one more fact about a mandate; its phases are made anew.

    Args:
        connection: of a transaction that writes, one at a time about the mandate.
        kept: the mandate.
        fact: what happened.
        history: all facts before it, if they were read in this transaction.

    Returns:
        The history with the fact.
    """
    key = {"ean": int(kept.ean), "mandate_id": kept.mandate_id}
    told = registry.facts_of(connection, kept.ean, kept.mandate_id) if history is None else [*history]
    kind, details = write_fact(fact)
    connection.execute(_ADD_FACT, key | {"seq": len(told), "at": fact.at, "kind": kind, "details": details})
    connection.execute(_REMOVE_PHASES, {f"of_{name}": value for name, value in key.items()})
    told.append(fact)
    connection.execute(
        _ADD_PHASES,
        [key | {"holder": kept.holder} | registry.phase_row(phase) for phase in timeline(told)],
    )
    return told


def _kept(row: Row[tuple[object, ...]]) -> Kept:
    return Kept(row.mandate_id, Ean(f"{row.ean:018d}"), row.holder)
