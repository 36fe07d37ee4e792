"""Threads that nobody has to wait for."""

from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from threading import Barrier, Event
from typing import Final

import pytest

from kwartier.gateway.threads import Threads

PATIENCE_SECONDS: Final = 30


@pytest.fixture
def hanging() -> Iterator[Event]:
    """What is waited for in vain, until the end of the test."""
    event = Event()
    yield event
    event.set()


def hung(threads: Threads, event: Event) -> "Future[bool]":
    """Something that is under way, and hangs."""
    begun = Event()

    def hang() -> bool:
        begun.set()
        return event.wait(PATIENCE_SECONDS)

    future = threads.submit(hang)
    assert begun.wait(PATIENCE_SECONDS)
    return future


def test_so_many_work_at_a_time() -> None:
    """DESIGN 11: all of them work together, and each does one thing after the other."""
    threads, together = Threads(3, "test"), Barrier(3)
    for _ in range(3):
        assert sorted(
            future.result() for future in [threads.submit(together.wait, PATIENCE_SECONDS) for _ in range(3)]
        ) == [0, 1, 2]
    assert threads.end(PATIENCE_SECONDS) == 0


def test_what_fails_is_told_to_who_waits() -> None:
    """C6: an exception is that of whoever asked, and the thread goes on."""
    threads = Threads(1, "test")
    with pytest.raises(ZeroDivisionError):
        threads.submit(lambda: 1 // 0).result()
    assert threads.submit(int, "7").result() == 7


def test_who_hangs_is_stood_in_for(hanging: Event) -> None:
    """C6: where something is given up another thread takes its place, for so long and no longer, and for no more than so many."""
    threads = Threads(1, "test", substitutes=1)
    first = hung(threads, hanging)
    threads.give_up(first)
    assert threads.submit(str, 1).result(PATIENCE_SECONDS) == "1"
    second = hung(threads, hanging)
    threads.give_up(second)
    waits = threads.submit(str, 2)
    threads.give_up(waits)
    assert waits.cancelled()
    hanging.set()
    assert first.result(PATIENCE_SECONDS)
    assert threads.submit(str, 3).result(PATIENCE_SECONDS) == "3"
    assert threads.end(PATIENCE_SECONDS) == 0
    assert threads._state.running == 1


def test_the_end_waits_for_nobody_for_ever(hanging: Event) -> None:
    """C6: what hangs is left at the end, and told; what had not begun is not done, and nothing is begun any more."""
    threads = Threads(1, "test")
    hung(threads, hanging)
    waits = threads.submit(str, 1)
    assert threads.end(0.01) == 1
    with pytest.raises(CancelledError):
        waits.result()
    with pytest.raises(RuntimeError):
        threads.submit(str, 2)
