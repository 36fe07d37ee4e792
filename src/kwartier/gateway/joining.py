"""A transport that sends the head of an answer together with the first of its body: one packet for a small answer."""

from asyncio import Transport
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

__all__ = ["Joining"]

_SMALL: Final = 16384  # bytes of a body; a larger one is not copied behind its head


class Joining:
    """Stands before a transport for one answer.

    Args:
        transport: that of the connection.
        cycle: the request and its answer; it tells whether its head was written.
    """

    __slots__ = ("_cycle", "_end", "_has_begun", "_head", "_transport")

    def __init__(self, transport: Transport, cycle: RequestResponseCycle) -> None:
        self._transport = transport
        self._cycle = cycle
        self._end = cycle.on_response
        self._head: bytes | None = None
        self._has_begun = False

    @classmethod
    def stand_before(cls, transport: Transport, cycle: RequestResponseCycle) -> None:
        """Have an answer that is still to be made go through one of these."""
        joining = cls(transport, cycle)
        cycle.transport = cast("Any", joining)
        cycle.on_response = joining.end

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send, but for a head, which is kept until the first of its body comes."""
        if not self._cycle.response_started:  # an interim answer
            self._transport.write(data)
        elif not self._has_begun:
            self._has_begun, self._head = True, data
        elif self._head is not None and len(data) <= _SMALL:
            head, self._head = self._head, None
            self._transport.write(head + data)
        else:
            self.flush()
            self._transport.write(data)

    def flush(self) -> None:
        """Send a head that has no body."""
        if self._head is not None:
            head, self._head = self._head, None
            self._transport.write(head)

    def end(self) -> None:
        """The answer is made."""
        self.flush()
        self._end()

    def close(self) -> None:
        """Send what there is, and close."""
        self.flush()
        self._transport.close()
