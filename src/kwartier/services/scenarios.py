"""Market scenarios: registered one by one or many, also late; what they end, ends (M5)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy import Connection

from kwartier.clock import Clock
from kwartier.db.engine import Database
from kwartier.domain.ean import Ean
from kwartier.domain.ending_use import use_ended_by
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.known_headpoint import GridUse
from kwartier.domain.mandate import Mandate, Status
from kwartier.domain.scenario import Scenario, Told, check, uses_after
from kwartier.readings import headpoints
from kwartier.registry import mandate_history
from kwartier.registry import mandates as mandates_registry
from kwartier.registry import scenarios as registry
from kwartier.services.environment import LIVE_HOLDERS
from kwartier.services.errors import ServiceError
from kwartier.services.headpoints import CATALOGUE

__all__ = ["Registered", "Scenarios", "WrongScenario", "WrongScenarioError"]

_TOGETHER: Final = 50
"""How many scenarios share a transaction: few, so that nobody waits for long."""


@dataclass(frozen=True, slots=True)
class Registered:
    """What a scenario did.

    Attributes:
        scenario: as it is kept.
        is_new: False: it was registered before, and nothing was done anew.
        cut: how many Approved mandates have their data period end earlier.
        closed: how many Requested mandates it rejects, now or when it takes effect.
    """

    scenario: Scenario
    is_new: bool
    cut: int = 0
    closed: int = 0


@dataclass(frozen=True, slots=True)
class WrongScenario:
    """A scenario that can't be, and why; others are not stopped by it."""

    told: Told
    reason: str


class WrongScenarioError(ServiceError):
    """A scenario that can't be; the text says why."""


_Done: TypeAlias = Registered | WrongScenario


class Scenarios:
    """The market scenarios of a platform.

    Args:
        database: the registry.
        readings: that of the readings, whose catalogue knows grid users.
        clock: real time.
    """

    def __init__(self, database: Database, readings: Database, clock: Clock) -> None:
        self._database = database
        self._readings = readings
        self._clock = clock

    def register(self, told: Told, by: str | None = None) -> Registered:
        """Register a scenario, effective at any moment in the past or in the future.

        Args:
            told: what happened.
            by: the client id of the operator; None: a command.

        Raises:
            WrongScenarioError: it can't be, or no such headpoint is known.
        """
        [done] = self.register_many([told], by)
        if isinstance(done, WrongScenario):
            raise WrongScenarioError(f"{told.kind.value} of {told.ean}: {done.reason}")
        return done

    def register_many(self, many: Sequence[Told], by: str | None = None) -> Iterator[_Done]:
        """Register scenarios in small transactions, in their order; one that can't be does not stop the others.

        What was done when it breaks off stays done: all of them can be registered again.
        """
        for start in range(0, len(many), _TOGETHER):
            yield from self._register(many[start : start + _TOGETHER], by)

    def list_all(self, ean: Ean | None = None, limit: int = 100) -> list[Scenario]:
        """The scenarios of an EAN in order of effect, or those that were registered last."""
        with self._database.reading() as connection:
            if ean is not None:
                return registry.of_ean(connection, ean)[:limit]
            return registry.listed(connection, limit)

    def _register(self, some: Sequence[Told], by: str | None) -> list[_Done]:
        """Change who the grid users are, then what follows for mandates.

        In this order: a mandate that is given between the two is seen by the second.
        """
        reasons = self._change_grid_users(some)
        right = [told for told in some if told not in reasons]
        with self._database.writing(*(mandate_history.about(told.ean) for told in right)) as connection:
            done = {told: self._end_uses(connection, told, by) for told in dict.fromkeys(right)}
        return [WrongScenario(told, reasons[told]) if told in reasons else done[told] for told in some]

    def _change_grid_users(self, some: Sequence[Told]) -> Mapping[Told, str]:
        """Write anew who uses the headpoints, and tell why a scenario can't be."""
        with self._readings.writing(CATALOGUE) as connection:
            known = headpoints.grid_users(connection, [told.ean for told in some])
            after, reasons = _uses_after(known, some, self._clock())
            changed = {ean: uses for ean, uses in after.items() if uses != known[ean]}
            if changed:
                headpoints.change_grid_users(connection, changed)
        return reasons

    def _end_uses(self, connection: Connection, told: Told, by: str | None) -> Registered:
        before = registry.find(connection, told.ean, told.effective, told.kind)
        if before is not None:
            return Registered(before, is_new=False)
        scenario = _scenario(told, self._clock())
        registry.add(connection, scenario, by)
        cut = closed = 0
        for kept, mandate in mandate_history.of_ean(connection, told.ean, LIVE_HOLDERS):
            match _end_use(connection, scenario, kept, mandate):
                case Status.APPROVED:
                    cut += 1
                case Status.REQUESTED:
                    closed += 1
        return Registered(scenario, is_new=True, cut=cut, closed=closed)


def _scenario(told: Told, now: datetime) -> Scenario:
    return Scenario(told.ean, told.kind, told.effective, now, told.grid_user)


def _uses_after(
    known: Mapping[Ean, tuple[GridUse, ...]], some: Sequence[Told], now: datetime
) -> tuple[dict[Ean, tuple[GridUse, ...]], dict[Told, str]]:
    """Who uses headpoints after some scenarios, one after the other; and why those can't be that can't."""
    after, reasons = dict(known), dict[Told, str]()
    for told in some:
        if told.ean not in after:
            reasons[told] = f"no headpoint {told.ean} is known"
            continue
        scenario = _scenario(told, now)
        try:
            check(scenario, after[told.ean])
        except InvalidValueError as error:
            reasons[told] = str(error)
        else:
            after[told.ean] = uses_after(scenario, after[told.ean])
    return after, reasons


def _end_use(
    connection: Connection, scenario: Scenario, kept: mandate_history.Kept, mandate: Mandate
) -> Status | None:
    """Tell a mandate of a scenario; how it stood if that changes anything of it."""
    now = scenario.registered_at
    history = mandates_registry.facts_of(connection, kept.ean, kept.mandate_id)
    phase = mandate_history.phase_at(history, now)
    if phase is None:
        return None
    told = use_ended_by(scenario, history, phase.status, mandate.grid_user)
    if told is None:
        return None
    mandate_history.tell(connection, kept, told, history)
    return phase.status
