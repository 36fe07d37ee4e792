"""Entries of journals on their way into the database: those that come together are written together."""

from asyncio import Future, TimerHandle, get_running_loop
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Final

from kwartier.gateway.glances import Glances
from kwartier.patience import within
from kwartier.services.control import Control, JournalNote
from kwartier.services.errors import UnavailableError
from kwartier.telemetry.events import Log

__all__ = ["Journaling"]

_LOG: Final = Log("kwartier.access")
_SWEEP_EVERY: Final = 250  # entries; a sweep makes who serves wait for Python, and read anew
_PATIENCE_SECONDS: Final = 1.0
_LATE_SECONDS: Final = 2.0
"""After so long nobody waits any more, wherever the entry is."""

_AWAY_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An entry that is not written yet, and who waits for it."""

    control: Control
    note: JournalNote
    done: "Future[None]"


class Journaling:
    """Writes entries: at once where the database takes them so, else in a thread. To be used by one loop.

    While some are written, what comes meanwhile gathers: a transaction costs more than a row.

    A journal is a convenience: where the database takes no entry within a second the answer is given without, the log says
    so, and for five seconds only what can be written at once is (C6).

    Args:
        threads: for what has to wait.
        glances: whether what need not wait is done at once.
    """

    def __init__(self, threads: Executor, glances: Glances) -> None:
        self._threads: Final = threads
        self._glances: Final = glances
        self._waiting: list[_Waiting] = []
        self._is_writing = False
        self._late: TimerHandle | None = None
        self._away_until = 0.0
        self._unswept: dict[Control, set[str]] = {}
        self._written = 0

    async def write(self, control: Control, note: JournalNote) -> None:
        """Write an entry; afterwards it is in the database, and outlives a kill of the process, or the log says why not."""
        loop = get_running_loop()
        waiting = _Waiting(control, note, loop.create_future())
        self._waiting.append(waiting)
        if not self._is_writing:
            self._is_writing = True
            # Not at once: requests that were read together come here one after the other.
            loop.call_soon(self._begin)
        await waiting.done

    def _begin(self) -> None:
        """Write what has gathered."""
        group, self._waiting = self._waiting, []
        try:
            is_written = self._glances.are_quick and self._glances.take(_write_at_once, group)
        except Exception as error:  # noqa: BLE001 - raised for everyone in the group
            self._end(group, error)
            return
        loop = get_running_loop()
        if is_written:
            self._end(group, None)
        elif loop.time() < self._away_until:
            _lost(group, UnavailableError("the database took no entry a moment ago"))
            self._end(group, None)
        else:
            self._late = loop.call_later(_LATE_SECONDS, self._leave, group)
            written = loop.run_in_executor(self._threads, _write, group)
            written.add_done_callback(lambda done: self._end(group, done.exception()))

    def _leave(self, group: Sequence[_Waiting]) -> None:
        """Have nobody wait any longer, neither for what is written nor for what has gathered behind it."""
        gathered, self._waiting = self._waiting, []
        _lost(gathered, UnavailableError("the entries before them are not written yet"))
        for one in (*group, *gathered):
            if not one.done.done():
                one.done.set_result(None)
        self._late = get_running_loop().call_later(_LATE_SECONDS, self._leave, group)

    def _end(self, group: Sequence[_Waiting], failure: BaseException | None) -> None:
        """Tell who waits, and go on until nothing has gathered."""
        if self._late is not None:
            self._late.cancel()
            self._late = None
        if isinstance(failure, UnavailableError):
            _lost(group, failure)
            self._away_until = get_running_loop().time() + _AWAY_SECONDS
            failure = None
        for one in group:
            if one.done.done():
                pass  # its request was cancelled
            elif failure is None:
                one.done.set_result(None)
            else:
                one.done.set_exception(failure)
            self._unswept.setdefault(one.control, set()).add(one.note.client_id)
        self._written += len(group)
        if self._written >= _SWEEP_EVERY:
            unswept, self._unswept, self._written = self._unswept, {}, 0
            self._threads.submit(_sweep, unswept)
        self._is_writing = bool(self._waiting)
        if self._waiting:
            self._begin()


def _controls(group: Sequence[_Waiting]) -> Collection[Control]:
    return dict.fromkeys(one.control for one in group)


def _write_at_once(group: Sequence[_Waiting]) -> bool:
    [first, *others] = _controls(group)
    return not others and first.note_at_once([one.note for one in group])


def _write(group: Sequence[_Waiting]) -> None:
    with within(_PATIENCE_SECONDS):
        for control in _controls(group):
            control.note_all([one.note for one in group if one.control is control])


def _lost(group: Sequence[_Waiting], why: UnavailableError) -> None:
    if group:
        _LOG.error("journal_not_written", entries=len(group), why=str(why))


def _sweep(unswept: Mapping[Control, Collection[str]]) -> None:
    """Let the oldest entries of some clients go; if it can't be done now, then later."""
    try:
        with within(_PATIENCE_SECONDS):
            for control, clients in unswept.items():
                control.sweep_journals(clients)
    except UnavailableError:
        _LOG.exception("journal_not_swept")
