"""Threads that nobody has to wait for: what hangs in one keeps neither requests nor the end of the process (C6)."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any, Final, ParamSpec, TypeAlias, TypeVar
from weakref import finalize

__all__ = ["Threads"]

P = ParamSpec("P")
T = TypeVar("T")
_Task: TypeAlias = tuple["Future[Any]", Callable[[], Any]]
_Queue: TypeAlias = SimpleQueue[_Task | None]


class Threads(Executor):
    """A number of threads, begun as they are needed.

    Those of the standard library are waited for when Python ends, however long they take. These are not.

    Args:
        count: how many work at a time.
        name: what they are called, with a number.
        substitutes: how many more there may be for those that hang.
    """

    def __init__(self, count: int, name: str, substitutes: int = 0) -> None:
        self._state: Final = _State(count)
        self._name: Final = name
        self._most: Final = count + substitutes
        self._threads: list[Thread] = []
        self._begun = 0
        finalize(self, self._state.leave)

    def submit(self, work: Callable[P, T], /, *arguments: P.args, **named: P.kwargs) -> "Future[T]":
        """Have something done by the next thread that is free.

        Raises:
            RuntimeError: they were ended.
        """
        future: Future[T] = Future()
        state = self._state
        with state.lock:
            if state.is_ended:
                raise RuntimeError("these threads have ended")
            state.queue.put((future, lambda: work(*arguments, **named)))
            if state.idle:
                state.idle -= 1
            elif state.running < state.wanted:
                self._begin()
        return future

    def give_up(self, future: "Future[Any]") -> None:
        """Wait no longer for something: if it is under way another thread takes the place of its own, as far as may be."""
        state = self._state
        if future.cancel():
            return
        with state.lock:
            if future in state.under_way and not state.is_ended and state.running < self._most:
                state.given_up.add(future)
                self._begin()

    def end(self, seconds: float) -> int:
        """Do nothing more, and wait for what is under way; how many threads go on all the same.

        Args:
            seconds: how long they are waited for.
        """
        until = monotonic() + seconds
        self._state.leave()
        for thread in self._threads:
            thread.join(max(0.0, until - monotonic()))
        return sum(thread.is_alive() for thread in self._threads)

    def _begin(self) -> None:
        self._state.running += 1
        self._begun += 1
        name = f"{self._name}_{self._begun}"
        thread = Thread(target=_work, args=(self._state,), name=name, daemon=True)
        self._threads = [one for one in self._threads if one.is_alive()] + [thread]
        thread.start()


class _State:
    """What threads share among them: none of them keeps alive what began it.

    Attributes:
        wanted: so many should there be.
        running: so many there are.
        idle: so many wait for work that is not meant for them yet.
        under_way: what is being done.
        given_up: what of that nobody waits for; its threads end with it, for others have taken their places.
    """

    def __init__(self, wanted: int) -> None:
        self.queue: _Queue = SimpleQueue()
        self.lock: Final = Lock()
        self.wanted: Final = wanted
        self.running = 0
        self.idle = 0
        self.is_ended = False
        self.under_way: Final[set[Future[Any]]] = set()
        self.given_up: Final[set[Future[Any]]] = set()

    def leave(self) -> None:
        """Have all threads end, each when it has done what it does, and do nothing of what waits."""
        with self.lock:
            self.is_ended = True
            while not self.queue.empty():
                task = self.queue.get()
                if task is not None:
                    task[0].cancel()
            for _ in range(self.running):
                self.queue.put(None)

    def rest(self, done: "Future[Any]") -> bool:
        """Something was done, and the thread has nothing to do; whether it is to stay."""
        with self.lock:
            self.under_way.discard(done)
            if done in self.given_up:
                self.given_up.remove(done)
                self.running -= 1
                return False
            if self.queue.empty():
                self.idle += 1
            return True


def _work(state: _State) -> None:
    while (task := state.queue.get()) is not None:
        future, work = task
        del task
        state.under_way.add(future)
        _do(future, work)
        stays = state.rest(future)
        del future, work  # what they hold is not to wait for the next
        if not stays:
            return


def _do(future: "Future[Any]", work: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001 - raised by whoever waits for it
        future.set_exception(error)
