"""An answer as it goes out."""

from collections.abc import Sequence
from typing import Final

from starlette.types import Message, Send

from kwartier.gateway.streams import Place

__all__ = ["CORRELATION", "Outgoing"]

CORRELATION: Final = b"x-correlation-id"


class Outgoing:
    """The answer to one request: adds what every head says, remembers the status and the place among the large ones.

    Attributes:
        extra_headers: what this head says besides.
        status: once the head was sent.
    """

    def __init__(self, send: Send, correlation_id: str, place: Place) -> None:
        self._send = send
        self.correlation_id = correlation_id
        self.place = place
        self.extra_headers: Sequence[tuple[bytes, bytes]] = ()
        self.status: int | None = None

    def completed(self, headers: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """The headers of an answer with those that every answer has."""
        return [
            *headers,
            (CORRELATION, self.correlation_id.encode()),
            (b"vary", b"accept-encoding"),
            *self.extra_headers,
        ]

    async def send(self, message: Message) -> None:
        """Send on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = self.completed(message["headers"])
        await self._send(message)
