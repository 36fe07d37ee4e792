"""What a sandbox plays, as its services share it: whose it is, its moment, and how a mandate of it stands."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.mandate import Fact, Mandate, Phase, Status
from kwartier.domain.played import Act, possible
from kwartier.domain.timeline import in_order, timeline
from kwartier.registry import control as control_registry
from kwartier.registry import credentials as credentials_registry
from kwartier.registry import mandate_history
from kwartier.registry.histories import History
from kwartier.services.environment import holder_of
from kwartier.services.errors import UnknownCredentialsError, WrongMandateError
from kwartier.wire.timestamps import write_timestamp

__all__ = [
    "MAX_FACTS",
    "PlayedMandate",
    "holder_in_sandbox",
    "moment_of",
    "organisation_in_sandbox",
    "stand",
    "standing_now",
    "write",
]

MAX_FACTS: Final = 50
"""How much can happen to one mandate: its timeline is told anew each time."""

_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class PlayedMandate:
    """A mandate of a sandbox as it stands by its clock.

    Attributes:
        history: what was written of it, also what happened later than a clock that was set back shows.
        phase: how it stands.
        told: what happened to it so far.
        ahead: how it will stand, if nobody does anything.
        can: what can be done with it now.
    """

    history: History
    phase: Phase
    told: tuple[Fact, ...]
    ahead: tuple[Phase, ...]
    can: tuple[Act, ...]

    @property
    def mandate_id(self) -> str:
        """By which it is kept."""
        return self.history.kept.mandate_id

    @property
    def mandate(self) -> Mandate:
        """What never changes about it."""
        return self.history.mandate


def holder_in_sandbox(client_id: str) -> str:
    """By whom a client's mandates are kept; transactions about its sandbox come one after another by this name."""
    return holder_of(EnvironmentName.SANDBOX, client_id)


def organisation_in_sandbox(connection: Connection, client_id: str) -> str:
    """Whose a client is: EANs are that organisation's own until it says otherwise.

    Raises:
        UnknownCredentialsError: no such client.
    """
    kept = credentials_registry.find(connection, client_id)
    if kept is None:
        raise UnknownCredentialsError(f"there are no credentials with client id {client_id}")
    return kept.credentials.organisation


def moment_of(connection: Connection, client_id: str, now: datetime) -> datetime:
    """What a client's clock shows at a moment of real time (A3)."""
    setting = control_registry.clock_of(connection, client_id)
    return now if setting is None else setting.at(now)


def stand(history: History, moment: datetime) -> PlayedMandate | None:
    """How a mandate stands at a moment; None: it was made later (A3)."""
    told = tuple(fact for fact in history.facts if fact.at <= moment)
    if not told:
        return None
    phases = timeline(told)
    ahead = tuple(phase for phase in phases if phase.start > moment)
    phase = phases[-len(ahead) - 1]
    return PlayedMandate(history, phase, told, ahead, possible(told, phase, moment))


def standing_now(histories: Iterable[History], moment: datetime) -> list[PlayedMandate]:
    """Mandates as they stand at a moment, without those that were removed or made later."""
    found = (stand(history, moment) for history in histories)
    return [one for one in found if one is not None and one.phase.status is not Status.REMOVED]


def write(connection: Connection, client_id: str, one: PlayedMandate, fact: Fact) -> PlayedMandate:
    """Write what happens to a mandate now; how it stands then.

    What a client has happen at one moment happens in the order in which it asks. Where the domain would tell a fact before
    another of the same moment, it comes a microsecond later; a clock that stands still moves on by as much.

    Raises:
        WrongMandateError: something happened to it later than the clock shows, or too much already.
    """
    kept, before = one.history.kept, one.history.facts
    later = max(before, key=lambda other: other.at)
    if later.at > fact.at:
        raise WrongMandateError(
            f"something happens to mandate {kept.mandate_id} later than your clock shows, at {write_timestamp(later.at)}: "
            "move the clock on to then"
        )
    if len(before) >= MAX_FACTS:
        raise WrongMandateError(f"to one mandate at most {MAX_FACTS} things happen: remove {kept.mandate_id}")
    if in_order([*before, fact])[-1] is not fact:
        fact = replace(fact, at=later.at + _INSTANT)
        clock = control_registry.clock_of(connection, client_id)
        if clock is not None and clock.since is None:
            control_registry.set_clock(connection, client_id, replace(clock, shown=fact.at))
    facts = tuple(mandate_history.tell(connection, kept, fact, before))
    written = stand(History(kept, one.mandate, facts), fact.at)
    if written is None:
        raise AssertionError(kept.mandate_id)  # the fact itself is not later
    return written
