"""Market scenarios: what becomes of the use of an EAN, as the market tells it (M5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.known_headpoint import GridUse
from kwartier.domain.period import Period

__all__ = ["Scenario", "ScenarioKind", "Told", "check", "ends_use_of", "user_before", "uses_after"]


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
class Told:
    """A scenario as the market tells it.

    Attributes:
        grid_user: who uses the EAN from then on, an enterprise number or a name; None: nobody, or nobody knows.
    """

    ean: Ean
    kind: ScenarioKind
    effective: datetime
    grid_user: str | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A market scenario.

    Attributes:
        effective: when it happens or happened.
        registered_at: when the platform came to know.
        grid_user: who uses the EAN from then on, an enterprise number or a name; None: nobody, or nobody knows.
        grid_user_before: who used it before, if that was known.
    """

    ean: Ean
    kind: ScenarioKind
    effective: datetime
    registered_at: datetime
    grid_user: str | None = None
    grid_user_before: str | None = None


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
    if given > scenario.registered_at:
        return False
    # It was given after the use had ended, when nobody knew that yet.
    before = scenario.grid_user_before
    if given_by is None or before is None:
        return given_by is None or given_by != scenario.grid_user
    return given_by == before


def check(scenario: Scenario, uses: Sequence[GridUse]) -> None:
    """Refuse a scenario that can't be.

    Args:
        scenario: what is said to have happened.
        uses: who uses the EAN and when, as the catalogue knows.

    Raises:
        InvalidValueError: somebody is said to come where nobody can, or who comes is the one who was there.
    """
    if scenario.grid_user is None:
        return
    if not scenario.kind.may_begin_use:
        raise InvalidValueError(f"with a {scenario.kind.value} nobody comes: leave out who the grid user is")
    if user_before(scenario.effective, uses) == scenario.grid_user:
        raise InvalidValueError(f"{scenario.grid_user} is the grid user before it already")


def uses_after(scenario: Scenario, uses: Sequence[GridUse]) -> tuple[GridUse, ...]:
    """Who uses the EAN and when, after a scenario; the same scenario again changes nothing."""
    if not scenario.kind.ends_use:
        return tuple(uses)
    effective = scenario.effective
    kept = [
        GridUse(use.who, use.period.cut(effective)) if use.period.start < effective else use
        for use in uses
        if scenario.grid_user is None or use.period.start != effective
    ]
    if scenario.grid_user is not None:
        later = [use.period.start for use in kept if use.period.start > effective]
        kept.append(GridUse(scenario.grid_user, Period(effective, min(later, default=None))))
    return tuple(sorted(kept, key=lambda use: use.period.start))


def user_before(moment: datetime, uses: Sequence[GridUse]) -> str | None:
    """Who was the last to begin using an EAN before a moment; None: nobody known."""
    begun = [use for use in uses if use.period.start < moment]
    last = max(begun, key=lambda use: use.period.start, default=None)
    return None if last is None else last.who
