"""The end of a server: answers under way end, and new requests are refused (C6)."""

from http import HTTPStatus
from typing import Final

from kwartier.gateway.refusal import RefusalError

__all__ = ["STATE_KEY", "Drain"]

STATE_KEY: Final = "kwartier.drain"
"""Under which the gateway hands its drain to the server, in the state of the lifespan."""

_RETRY_SECONDS: Final = 5  # by then another server is up, or this one again


class Drain:
    """Whether new requests are still taken.

    Attributes:
        is_begun: whether it has begun to end; it never goes back.
    """

    __slots__ = ("is_begun",)

    def __init__(self) -> None:
        self.is_begun = False

    def begin(self) -> None:
        """From here on, refuse what is new. Safe in the handler of a signal."""
        self.is_begun = True

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
