"""Work in a thread beside the platform that serves, as long as it does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic

__all__ = ["working_beside"]


@contextmanager
def working_beside(
    name: str, work: Callable[[Event], None], last_seconds: float
) -> Iterator[Callable[[], None]]:
    """Work in a thread as long as the context lasts, or until what it gives is called.

    Args:
        name: of the thread.
        work: goes on until the event is set.
        last_seconds: how long it is waited for from then on.
    """
    stop = Event()
    stopped: list[float] = []

    def end() -> None:
        stopped.append(monotonic())
        stop.set()

    thread = Thread(target=work, args=(stop,), name=name, daemon=True)
    thread.start()
    try:
        yield end
    finally:
        end()
        thread.join(max(0.0, stopped[0] + last_seconds - monotonic()))
