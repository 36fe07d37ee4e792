"""Market scenarios: what becomes of the use of an EAN, as the market tells it (M5)."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from kwartier.domain.ean import Ean

__all__ = ["Scenario", "ScenarioKind", "ends_use_of"]


class ScenarioKind(Enum):
    """What happened at the headpoint."""

    SUPPLIER_CHANGE = "supplier change"
    GRID_USER_CHANGE = "grid user change"
    COMBINED_CHANGE = "combined change"
    MOVE = "move"
    DISCONNECTION = "disconnection"

    @property
    def ends_use(self) -> bool:
        """Whether the grid user's use of the EAN ends; a change of supplier changes nothing (M5)."""
        return self is not ScenarioKind.SUPPLIER_CHANGE

    @property
    def may_begin_use(self) -> bool:
        """Whether another grid user may come in his place."""
        return self.ends_use and self is not ScenarioKind.DISCONNECTION


@dataclass(frozen=True, slots=True)
class Scenario:
    """A market scenario.

    Attributes:
        effective: when it happens or happened.
        registered_at: when the platform came to know.
        grid_user: who uses the EAN from then on, an enterprise number or a name; None: nobody, or nobody knows.
    """

    ean: Ean
    kind: ScenarioKind
    effective: datetime
    registered_at: datetime
    grid_user: str | None = None


def ends_use_of(scenario: Scenario, given: datetime, given_by: str | None) -> bool:
    """Whether a mandate is one of the grid user whose use a scenario ends, and not of the one who comes after (M5).

    Args:
        scenario: what happened.
        given: when the mandate was approved, or asked for while it is not.
        given_by: who was the grid user then; None: nobody knew, which protects whoever was.
    """
    if not scenario.kind.ends_use:
        return False
    if given < scenario.effective:
        return True
    # It was given after the use had ended, by someone who was not known to have left, or by the one who came.
    registered_since = given < scenario.registered_at
    return registered_since and (given_by is None or given_by != scenario.grid_user)
