"""Market scenarios: registered one by one or many, also late; what they end, ends (M5)."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Final, TypeAlias

from sqlalchemy import Connection

from kwartier.clock import Clock
from kwartier.db.engine import Database
from kwartier.domain.ean import Ean
from kwartier.domain.ending_use import use_ended_by
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.known_headpoint import GridUse
from kwartier.domain.mandate import Mandate, Status
from kwartier.domain.scenario import Scenario, Told, check, user_before, uses_after
from kwartier.domain.timeline import timeline
from kwartier.readings import headpoints
from kwartier.registry import mandate_history
from kwartier.registry import mandates as mandates_registry
from kwartier.registry import scenarios as registry
from kwartier.services.environment import LIVE_HOLDERS
from kwartier.services.errors import ServiceError
from kwartier.services.headpoints import CATALOGUE

__all__ = ["Registered", "Scenarios", "WrongScenario", "WrongScenarioError"]

_TOGETHER: Final = 20
"""How many scenarios are looked up together."""

_LONGEST_SECONDS: Final = 0.02
"""After so long a transaction is ended at the next scenario: others wait for it, and an EAN may have many mandates."""


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
        found = self._change_grid_users(some)
        done: dict[Told, Registered] = {}
        left = deque({one.told: one for one in found if isinstance(one, _Right)}.values())
        while left:
            with self._database.writing(*(mandate_history.about(one.told.ean) for one in left)) as connection:
                give_way = monotonic() + _LONGEST_SECONDS
                while left:
                    right = left.popleft()
                    done[right.told] = self._end_uses(connection, right, by)
                    if monotonic() > give_way:
                        break
        return [one if isinstance(one, WrongScenario) else done[one.told] for one in found]

    def _change_grid_users(self, some: Sequence[Told]) -> list["_Right | WrongScenario"]:
        """Write anew who uses the headpoints, and tell which scenarios can't be."""
        with self._readings.writing(CATALOGUE) as connection:
            known = headpoints.grid_users(connection, [told.ean for told in some])
            after = dict(known)
            found = [_checked(told, after, self._clock()) for told in some]
            changed = {ean: uses for ean, uses in after.items() if uses != known[ean]}
            if changed:
                headpoints.change_grid_users(connection, changed)
        return found

    def _end_uses(self, connection: Connection, right: "_Right", by: str | None) -> Registered:
        told = right.told
        before = registry.find(connection, told.ean, told.effective, told.kind)
        if before is not None:
            return Registered(before, is_new=False)
        scenario = _scenario(told, self._clock(), right.user_before)
        registry.add(connection, scenario, by)
        cut = closed = 0
        for kept, mandate in mandate_history.of_ean(connection, told.ean, LIVE_HOLDERS):
            match _end_use(connection, scenario, kept, mandate):
                case Status.APPROVED:
                    cut += 1
                case Status.REQUESTED:
                    closed += 1
        return Registered(scenario, is_new=True, cut=cut, closed=closed)


@dataclass(frozen=True, slots=True)
class _Right:
    """A scenario that can be, and who used the EAN before it, if that is known."""

    told: Told
    user_before: str | None


def _scenario(told: Told, now: datetime, before: str | None) -> Scenario:
    return Scenario(told.ean, told.kind, told.effective, now, told.grid_user, before)


def _checked(told: Told, uses: dict[Ean, tuple[GridUse, ...]], now: datetime) -> _Right | WrongScenario:
    """Check a scenario, and bring who uses the headpoints to what it makes of that."""
    if told.ean not in uses:
        return WrongScenario(told, f"no headpoint {told.ean} is known")
    before = user_before(told.effective, uses[told.ean])
    scenario = _scenario(told, now, before)
    try:
        check(scenario, uses[told.ean])
    except InvalidValueError as error:
        return WrongScenario(told, str(error))
    uses[told.ean] = uses_after(scenario, uses[told.ean])
    return _Right(told, before)


def _end_use(
    connection: Connection, scenario: Scenario, kept: mandate_history.Kept, mandate: Mandate
) -> Status | None:
    """Tell a mandate of a scenario; how it stood if that changes anything of it."""
    now = scenario.registered_at
    history = mandates_registry.facts_of(connection, kept.ean, kept.mandate_id)
    phases = timeline(history)
    phase = mandate_history.phase_of(phases, now)
    if phase is None:
        return None
    told = use_ended_by(scenario, history, phases, phase.status, mandate.grid_user)
    if told is None:
        return None
    mandate_history.tell(connection, kept, told, history)
    return phase.status
