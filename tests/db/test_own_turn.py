"""Whose turn it is to write, among the threads of one process."""

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event

import pytest

from kwartier.db.errors import UnavailableError
from kwartier.db.own_turn import OwnTurn
from kwartier.patience import within


@contextmanager
def taken(turn: OwnTurn, several: ThreadPoolExecutor) -> Iterator[None]:
    """Another thread has it, until the end of the context."""
    has_it, ended = Event(), Event()

    def take() -> None:
        with turn:
            has_it.set()
            ended.wait()

    several.submit(take)
    has_it.wait()
    try:
        yield
    finally:
        ended.set()


def taking(turn: OwnTurn, seconds: float | None) -> None:
    """Take it in so much time."""
    with within(seconds), turn:
        pass


def test_who_has_little_time_waits_no_longer() -> None:
    """C6: a turn that does not come in time is no turn; the next one comes."""
    turn = OwnTurn("the file")
    with (
        ThreadPoolExecutor(1) as several,
        taken(turn, several),
        pytest.raises(UnavailableError, match="the file"),
    ):
        taking(turn, 0.01)
    taking(turn, 0.01)


def test_who_has_all_the_time_waits() -> None:
    """C6: a command sets no bound."""
    turn = OwnTurn("the file")
    with ThreadPoolExecutor(2) as several:
        with taken(turn, several):
            waiting: Future[None] = several.submit(taking, turn, None)
            with pytest.raises(TimeoutError):
                waiting.result(0.1)
        waiting.result()


def test_one_alone_waits_at_length() -> None:
    """C6: of those who wait one keeps waiting; when he does, newcomers are told at once."""
    turn = OwnTurn("the file")
    with ThreadPoolExecutor(3) as several, taken(turn, several):
        both = [several.submit(taking, turn, 60) for _ in range(2)]
        [told] = wait(both, return_when=FIRST_COMPLETED).done
        assert isinstance(told.exception(), UnavailableError)
        with pytest.raises(UnavailableError):
            taking(turn, 60)
        assert sum(one.done() for one in both) == 1


def test_who_was_told_at_once_leaves_the_place_to_wait_free() -> None:
    """C6: however many were told, and whoever waited in vain, the next one may wait at length again."""
    turn = OwnTurn("the file")
    with ThreadPoolExecutor(4) as several:
        with taken(turn, several):
            both = [several.submit(taking, turn, 60) for _ in range(2)]
            wait(both, return_when=FIRST_COMPLETED)
            for _ in range(3):
                with pytest.raises(UnavailableError):
                    taking(turn, 60)
        wait(both)
        with taken(turn, several):
            waiting = several.submit(taking, turn, 60)
            with pytest.raises(TimeoutError):
                waiting.result(1.2)  # longer than all but one wait
        waiting.result()
