"""What an integrator controls of his own sandbox: clock, faults, reset, state, journal. All of it by client."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from kwartier.db.engine import Database
from kwartier.domain.control import MAX_FAULTS, ClockSetting, Endpoint, Fault
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.errors import InvalidValueError
from kwartier.registry import control as registry
from kwartier.registry import credentials as credentials_registry
from kwartier.registry import mandates as mandates_registry
from kwartier.registry import played
from kwartier.registry.control import JournalNote, KeptFault
from kwartier.registry.histories import histories
from kwartier.services.played import holder_in_sandbox
from kwartier.services.played_mandates import PlayedMandates
from kwartier.services.played_world import PlayedWorld
from kwartier.services.state import KeptState, SandboxState, read_state, write_state
from kwartier.services.state_v1 import FirstState
from kwartier.wire.faults import FaultDocument

__all__ = ["ClockReading", "Control", "JournalNote", "KeptFault", "Situation", "listed"]


def listed(kept: KeptFault) -> dict[str, Any]:
    """A fault with its number, how many requests it still strikes (left out: all), and how many it struck."""
    left = {} if kept.remaining is None else {"left": kept.remaining}
    return {"number": kept.seq, **FaultDocument.of(kept.fault, None).written(), **left, "struck": kept.struck}


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What a client's clock shows.

    Attributes:
        is_set: whether it was set; otherwise it shows real time.
        is_running: whether it goes on.
    """

    now: datetime
    is_set: bool
    is_running: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """In which a request finds itself: the moment by the client's clock, and the fault that strikes it, if any."""

    moment: datetime
    fault: KeptFault | None = None


class Control:
    """The control of sandboxes in a database.

    Attributes:
        mandates: as portal and grid users play them.
        world: whose EANs are, what the market does, how far the contract is.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.mandates: Final = PlayedMandates(database)
        self.world: Final = PlayedWorld(database)
        # Chance, not secrecy: which of many requests a fault strikes.
        self._random: Final = random.Random()  # noqa: S311

    def situation(self, client_id: str, endpoint: Endpoint, now: datetime) -> Situation:
        """The moment of a request, and the fault that strikes it: counted, whichever process serves it.

        Args:
            client_id: whose request it is.
            endpoint: what is asked.
            now: real time.
        """
        moment, faults = self._look(client_id, now)
        for kept in faults:
            if kept.remaining == 0 or not kept.fault.strikes(endpoint, self._random.random()):
                continue
            with self._database.writing() as connection:
                struck = registry.strike(connection, client_id, kept.seq)
            if struck:
                return Situation(moment, kept)
        return Situation(moment)

    def calm_situation(self, client_id: str, now: datetime) -> Situation | None:
        """The situation of a request that no fault can strike, which takes no more than a glance; None: one might."""
        moment, faults = self._look(client_id, now)
        return None if any(kept.remaining != 0 for kept in faults) else Situation(moment)

    def moment(self, client_id: str, now: datetime) -> datetime:
        """What a client's clock shows at a moment of real time."""
        return self.clock(client_id, now).now

    def clock(self, client_id: str, now: datetime) -> ClockReading:
        """A client's clock."""
        return self._reading(registry.clock_of(self._database.quick, client_id), now)

    def set_clock(self, client_id: str, shown: datetime, now: datetime, *, running: bool) -> ClockReading:
        """Set a client's clock; it goes on from there, or stands still.

        Raises:
            InvalidValueError: the moment is out of range.
        """
        setting = ClockSetting(shown, now if running else None)
        with self._database.writing(holder_in_sandbox(client_id)) as connection:
            registry.set_clock(connection, client_id, setting)
        return self._reading(setting, now)

    def advance_clock(self, client_id: str, by: timedelta, now: datetime) -> ClockReading:
        """Move a client's clock on (or back); one that showed real time goes on from there.

        Raises:
            InvalidValueError: the moment would be out of range.
        """
        with self._database.writing(holder_in_sandbox(client_id)) as connection:
            setting = registry.clock_of(connection, client_id) or ClockSetting(now, now)
            setting = setting.advanced(by)
            registry.set_clock(connection, client_id, setting)
        return self._reading(setting, now)

    def release_clock(self, client_id: str, now: datetime) -> ClockReading:
        """Let a client's clock show real time."""
        with self._database.writing(holder_in_sandbox(client_id)) as connection:
            registry.set_clock(connection, client_id, None)
        return self._reading(None, now)

    def faults(self, client_id: str) -> list[KeptFault]:
        """The faults that a client asked for, used up ones too."""
        with self._database.reading() as connection:
            return registry.faults_of(connection, client_id)

    def add_faults(self, client_id: str, asked: Sequence[Fault]) -> list[KeptFault]:
        """Let some things go wrong from now on; of several that could strike a request, the earliest does.

        Raises:
            InvalidValueError: there would be too many.
        """
        with self._database.writing(holder_in_sandbox(client_id)) as connection:
            registry.drop_used_up_faults(connection, client_id, keep=MAX_FAULTS - len(asked))
            if len(registry.faults_of(connection, client_id)) + len(asked) > MAX_FAULTS:
                raise InvalidValueError(f"at most {MAX_FAULTS} faults: take some back first")
            numbers = registry.add_faults(connection, client_id, asked)
            return [kept for kept in registry.faults_of(connection, client_id) if kept.seq in numbers]

    def remove_fault(self, client_id: str, seq: int) -> bool:
        """Take a fault back; whether there was one of that number."""
        with self._database.writing() as connection:
            return registry.remove_fault(connection, client_id, seq)

    def remove_faults(self, client_id: str) -> None:
        """Take all faults back."""
        with self._database.writing(holder_in_sandbox(client_id)) as connection:
            for kept in registry.faults_of(connection, client_id):
                registry.remove_fault(connection, client_id, kept.seq)

    def reset(self, client_id: str) -> None:
        """Make a client's sandbox as it was at first: nothing in it, all EANs its own, and a clock with real time."""
        with self._database.writing(holder_in_sandbox(client_id)) as connection:
            self._forget(connection, client_id)

    def export_state(self, client_id: str, now: datetime) -> dict[str, Any]:
        """All that is kept of a client's sandbox but its journal, to be imported again."""
        with self._database.reading() as connection:
            kept = registry.faults_of(connection, client_id)
            state = KeptState(
                clock=registry.clock_of(connection, client_id),
                faults=[replace(one.fault, times=one.remaining) for one in kept if one.remaining != 0],
                contract=played.contract_of(connection, client_id),
                told=played.told(connection, client_id),
                mandates=[
                    (one.mandate, one.facts) for one in histories(connection, holder_in_sandbox(client_id))
                ],
            )
        return write_state(state, now)

    def import_state(self, client_id: str, state: SandboxState | FirstState, now: datetime) -> None:
        """Replace all that is kept of a client's sandbox but its journal by a state, whole or not at all.

        Raises:
            InvalidValueError: it says what can't be.
        """
        kept = read_state(state, now)
        holder = holder_in_sandbox(client_id)
        with self._database.writing(holder) as connection:
            self._forget(connection, client_id, with_journal=False)
            registry.set_clock(connection, client_id, kept.clock)
            registry.add_faults(connection, client_id, kept.faults)
            played.set_contract(connection, client_id, kept.contract)
            played.tell(connection, client_id, kept.told)
            for mandate, facts in kept.mandates:
                mandates_registry.add(connection, holder, mandate, facts)

    def note_all(self, notes: Sequence[JournalNote]) -> None:
        """Write requests and their answers into the journals of their clients, whole or not at all."""
        registry.note_all(self._database, notes)

    def note_at_once(self, notes: Sequence[JournalNote]) -> bool:
        """As `note_all`, where nothing has to be waited for; False: nothing was done."""
        return registry.note_at_once(self._database, notes)

    def sweep_journals(self, clients: Iterable[str]) -> None:
        """Let the oldest entries of journals go."""
        for client_id in clients:
            registry.sweep(self._database, client_id)

    def journal(self, client_id: str, after: int = 0, limit: int = 100) -> list[dict[str, Any]]:
        """The newest entries of a client's journal with a number above `after`, in order."""
        with self._database.reading() as connection:
            found = registry.entries(connection, client_id, after, limit)
        return [{"number": seq} | entry for seq, entry in found]

    def knows(self, client_id: str) -> bool:
        """Whether there are sandbox credentials with this client id; what no database takes is nobody's."""
        if not client_id.isprintable():
            return False
        with self._database.reading() as connection:
            kept = credentials_registry.find(connection, client_id)
        return kept is not None and kept.credentials.environment is EnvironmentName.SANDBOX

    def is_ready(self) -> bool:
        """Whether the database answers."""
        with self._database.reading() as connection:
            registry.clock_of(connection, "")
        return True

    @staticmethod
    def _forget(connection: Connection, client_id: str, *, with_journal: bool = True) -> None:
        mandates_registry.remove_all(connection, holder_in_sandbox(client_id))
        registry.forget(connection, client_id, with_journal=with_journal)
        played.forget(connection, client_id)

    def _look(self, client_id: str, now: datetime) -> tuple[datetime, list[KeptFault]]:
        """What a client's clock shows, and its faults."""
        clock, faults = registry.clock_and_faults_of(self._database.quick, client_id)
        return self._moment(clock, now), faults

    def _reading(self, setting: ClockSetting | None, now: datetime) -> ClockReading:
        running = setting is None or setting.since is not None
        return ClockReading(self._moment(setting, now), setting is not None, running)

    @staticmethod
    def _moment(setting: ClockSetting | None, now: datetime) -> datetime:
        return now if setting is None else setting.at(now)
