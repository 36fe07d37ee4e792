"""The heart of R1: nobody who asks for what came in, window after window, ever misses anything."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Final, TypeAlias

import psutil
import pytest

from kwartier.clock import system_clock
from kwartier.db.readings import readings_database
from kwartier.domain.days import Grid
from kwartier.domain.metering import State
from kwartier.domain.period import EPOCH, epoch_microseconds
from kwartier.domain.resolve import Inserted, resolve
from kwartier.services import deliveries
from kwartier.services.store import Store
from support.engines import Template
from support.publishing import FIRST, LEAD, LEASE, SHARED, Stop
from support.store import AMR, StoreOfTest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PUBLISHERS: Final = 4
EACH: Final = 55
SLOTS: Final = range(FIRST, FIRST + SHARED + 1000 * PUBLISHERS)
_TICK: Final = timedelta(microseconds=1)
_TESTS: Final = Path(__file__).parent.parent

Said: TypeAlias = dict[int, int]
"""The values by slot."""


@dataclass
class Walker:
    """Asks for what came in since it asked last, and lays each answer over those before."""

    store: Store
    since: datetime = EPOCH
    known: Said = field(default_factory=dict)
    answers: list[tuple[datetime, datetime, Said]] = field(default_factory=list)

    def step(self) -> None:
        """One window: from where the last one ended to the moment about which everything is known."""
        moment = self.store.settled(system_clock())
        if moment < self.since:
            return  # held back before what was answered: nothing new can be there
        found = asked(self.store, self.since, moment)
        self.answers.append((self.since, moment, found))
        self.known |= found
        self.since = moment + _TICK


def asked(store: Store, since: datetime | None, until: datetime) -> Said:
    """What became visible in a period, both ends included."""
    inserted = Inserted(epoch_microseconds(until) + 1, None if since is None else epoch_microseconds(since))
    found: Said = {}
    for part in store.versions(AMR.ean, Grid.QUARTER_HOUR, SLOTS, inserted):
        series = resolve(part.versions, [SLOTS], inserted)
        for column in range(len(series)):
            if int(series.states[0, column]) != State.SILENT:
                found[series.first_slot + column] = int(series.values[0, column])
    return found


@contextmanager
def publishers(url: str, stop: Stop) -> Iterator[Sequence["subprocess.Popen[bytes]"]]:
    """Processes that publish, of which the first is stopped once, and goes on after longer than its lease."""
    with ExitStack() as stack:
        started = [
            stack.enter_context(
                subprocess.Popen(
                    [
                        sys.executable,
                        "-m",
                        "support.publishing",
                        url,
                        str(number),
                        str(EACH),
                        *([] if number else [stop.name]),
                    ],
                    env=os.environ | {"PYTHONPATH": str(_TESTS)},
                )
            )
            for number in range(PUBLISHERS)
        ]
        try:
            yield started
        finally:
            for one in started:
                one.kill()


def hold(process: "subprocess.Popen[bytes]", over: Event, held: Event) -> None:
    """Wait until a process stopped itself, and let it go on after longer than its lease and lead."""
    while not over.wait(0.005):
        if psutil.Process(process.pid).status() == psutil.STATUS_STOPPED:
            over.wait((LEASE + LEAD).total_seconds() * 2)
            process.send_signal(signal.SIGCONT)
            held.set()
            return


@pytest.mark.parametrize("stop", Stop)
def test_a_walk_through_windows_misses_nothing(
    any_template: Template, monkeypatch: pytest.MonkeyPatch, stop: Stop
) -> None:
    """R1: whoever asks for window after window while four processes publish, one of them held up, has all in the end."""
    monkeypatch.setattr(deliveries, "_LEASE", LEASE)
    over, held = Event(), Event()
    with any_template() as registry, ExitStack() as stack:
        store = StoreOfTest(stack.enter_context(closing(readings_database(registry))))
        walker = Walker(store.store)
        with publishers(store.database.url, stop) as processes:
            holder = Thread(target=hold, args=(processes[0], over, held))
            holder.start()
            stack.callback(holder.join)
            stack.callback(over.set)
            while any(process.poll() is None for process in processes):
                walker.step()
            assert [process.returncode for process in processes] == [0] * PUBLISHERS
        over.set()
        holder.join()
        assert held.is_set()
        published = [one.published_at for one in store.deliveries.newest(10 * PUBLISHERS * EACH)]
        moments = [one for one in published if one is not None]
        assert len(set(moments)) == len(published) == PUBLISHERS * EACH >= 200
        while walker.since <= max(moments):
            walker.step()
        content = asked(store.store, None, walker.since)
        assert len(content) == SHARED + PUBLISHERS * EACH
        assert walker.known == content
        telling = [answer for answer in walker.answers if answer[2]]
        assert len(telling) > PUBLISHERS
        assert [asked(store.store, since, until) for since, until, _ in walker.answers] == [
            found for _, _, found in walker.answers
        ]
