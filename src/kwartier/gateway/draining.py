"""The end of a server: answers under way end, and new requests are refused (C6)."""

from http import HTTPStatus
from time import monotonic
from typing import Final

from kwartier.gateway.refusal import RefusalError

__all__ = ["STATE_KEY", "Drain"]

STATE_KEY: Final = "kwartier.drain"
"""Under which the gateway hands its drain to the server, in the state of the lifespan."""

_RETRY_SECONDS: Final = 5  # by then another server is up, or this one again
_MOMENT_SECONDS: Final = 1.0


class Drain:
    """Whether new requests are still taken.

    Attributes:
        is_begun: whether it has begun to end; it never goes back.
        cut: how many threads went on when their time was over.
    """

    __slots__ = ("_over_at", "cut", "is_begun")

    def __init__(self) -> None:
        self.is_begun = False
        self.cut = 0
        self._over_at = 0.0

    def begin(self, over_at: float = 0.0) -> None:
        """From here on, refuse what is new. Safe in the handler of a signal.

        Args:
            over_at: when what is under way is to have ended, by the monotonic clock.
        """
        self._over_at = over_at
        self.is_begun = True

    @property
    def seconds_left(self) -> float:
        """How long threads may still take to end; a moment always, for they have just been told."""
        return max(_MOMENT_SECONDS, self._over_at - monotonic())

    def check(self) -> None:
        """Refuse a new request, if it has begun.

        Raises:
            RefusalError: 503, and the connection is closed.
        """
        if self.is_begun:
            raise self.refusal()

    @staticmethod
    def refusal() -> RefusalError:
        """What is said to who comes, or is not done, when it ends."""
        return RefusalError(
            HTTPStatus.SERVICE_UNAVAILABLE,
            f"This server is being stopped: ask again in {_RETRY_SECONDS} seconds, on a new connection.",
            headers={"retry-after": str(_RETRY_SECONDS), "connection": "close"},
            reason="draining",
        )
