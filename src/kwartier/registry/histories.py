"""Mandates with everything that happened to them."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from kwartier.db.schema import mandate as mandates
from kwartier.db.schema import mandate_fact as facts
from kwartier.domain.ean import Ean
from kwartier.domain.mandate import Fact, Mandate
from kwartier.registry.facts import read_fact
from kwartier.registry.mandate_history import Kept
from kwartier.registry.mandates import read_mandate

__all__ = ["History", "histories"]


@dataclass(frozen=True, slots=True)
class History:
    """A mandate, by what it is kept, and what happened to it as it was written."""

    kept: Kept
    mandate: Mandate
    facts: tuple[Fact, ...]


def histories(connection: Connection, holder: str, ean: Ean | None = None) -> list[History]:
    """The mandates of a holder, for an EAN or all, the first asked first."""
    whose = mandates.c.holder == holder
    if ean is not None:
        whose &= mandates.c.ean == int(ean)
    same = and_(facts.c.ean == mandates.c.ean, facts.c.mandate_id == mandates.c.mandate_id)
    told: dict[str, list[Fact]] = defaultdict(list)
    query = select(facts).join(mandates, same).where(whose).order_by(facts.c.mandate_id, facts.c.seq)
    for row in connection.execute(query):
        told[row.mandate_id].append(read_fact(row.kind, row.at, row.details))
    found = []
    for row in connection.execute(select(mandates).where(whose)):
        mandate = read_mandate(row)
        kept = Kept(row.mandate_id, mandate.ean, holder)
        found.append(History(kept, mandate, tuple(told[row.mandate_id])))
    return sorted(found, key=lambda one: (one.facts[0].at, one.kept.ean, one.kept.mandate_id))
