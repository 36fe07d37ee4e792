"""Under whom mandates are given: who the grid user is, and which scenarios await what is asked now (M2, M5)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from kwartier.domain.ean import Ean
from kwartier.domain.known_headpoint import KnownHeadpoint
from kwartier.domain.mandate import Fact, UseEnded
from kwartier.domain.scenario import ends_use_of
from kwartier.registry import scenarios

__all__ = ["awaiting", "grid_user_at"]


def grid_user_at(known: KnownHeadpoint | None, moment: datetime) -> str | None:
    """Who uses an EAN at a moment, an enterprise number or a name, as the catalogue knows; None: nobody known."""
    uses = () if known is None else known.grid_users
    return next((use.who for use in uses if moment in use.period), None)


def awaiting(connection: Connection, ean: Ean, moment: datetime, grid_user: str | None) -> Sequence[Fact]:
    """The scenarios that were registered before a mandate is given under a grid user, and will end his use (M5)."""
    return [
        UseEnded(moment, one.effective, one.kind)
        for one in scenarios.of_ean(connection, ean)
        if ends_use_of(one, moment, grid_user)
    ]
