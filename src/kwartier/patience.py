"""How long something outside may be waited for: until a moment that is known wherever the waiting is done (C6).

Who serves has none to lose: somebody waits for the answer. A command has all the time in the world, and sets no moment.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar
from time import monotonic
from typing import Final

__all__ = ["give", "seconds_left", "within"]

_UNTIL: Final[ContextVar[float | None]] = ContextVar("kwartier_until", default=None)


@contextmanager
def within(seconds: float | None) -> Iterator[None]:
    """Wait for no longer than this, all that is done here together, nor than was said around it; None: as around it."""
    outer = _UNTIL.get()
    until = None if seconds is None else monotonic() + seconds
    given = [one for one in (outer, until) if one is not None]
    token = _UNTIL.set(min(given, default=None))
    try:
        yield
    finally:
        _UNTIL.reset(token)


def give(context: Context, seconds: float) -> None:
    """Let what will run in a context wait for so long, from now on."""
    context.run(_UNTIL.set, monotonic() + seconds)


def seconds_left() -> float | None:
    """How much longer may be waited, at least nothing; None: as long as it takes."""
    until = _UNTIL.get()
    return None if until is None else max(0.0, until - monotonic())
