"""Work in a thread beside the platform that serves, as long as it does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

__all__ = ["working_beside"]


@contextmanager
def working_beside(name: str, work: Callable[[Event], None], last_seconds: float) -> Iterator[None]:
    """Work in a thread as long as the context lasts.

    Args:
        name: of the thread.
        work: goes on until the event is set.
        last_seconds: how long it is waited for at the end.
    """
    stop = Event()
    thread = Thread(target=work, args=(stop,), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(last_seconds)
