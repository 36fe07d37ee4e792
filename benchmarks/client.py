"""A lean HTTP client: one socket kept alive, one buffer, so that what is measured is the server."""

import socket
from time import perf_counter
from types import TracebackType
from typing import Final, NamedTuple

__all__ = ["Answer", "Client", "Peer", "request_text"]

_BUFFER_BYTES: Final = 24_000_000
_HEAD_END: Final = b"\r\n\r\n"
_TIMEOUT_SECONDS: Final = 60


class Peer(NamedTuple):
    """Where a server listens."""

    host: str
    port: int


class Answer(NamedTuple):
    """An answer, read whole.

    Attributes:
        status: of HTTP.
        head: status line and headers, in lower case.
        body: without the framing of chunks.
        seconds: from before the request was sent until the last byte of the answer was here.
    """

    status: int
    head: bytes
    body: bytes
    seconds: float


def request_text(target: str, headers: dict[str, str], method: str = "GET", body: bytes = b"") -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {target} HTTP/1.1", "Host: loopback"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class Client:
    """A connection that is kept; use as a context manager."""

    def __init__(self, peer: Peer) -> None:
        self._socket = socket.create_connection(peer, _TIMEOUT_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Written once now, so that no answer pays for pages that the system hands out.
        self._buffer = bytearray(b"\1") * _BUFFER_BYTES
        self._view = memoryview(self._buffer)

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def ask(self, request: bytes) -> Answer:
        """Send a request and read its answer whole."""
        return self.ask_together(request, 1)

    def ask_together(self, request: bytes, times: int) -> Answer:
        """Send a request several times without waiting, and read all the answers; the last one, with the time of all."""
        begun = perf_counter()
        self._socket.sendall(request * times)
        start = filled = 0
        pieces: list[slice] = []
        for _ in range(times):
            pieces, start, head, filled = self._read_one(start, filled)
        seconds = perf_counter() - begun
        if filled != start:
            raise ValueError("the server sent more than its answer")
        body = b"".join(self._view[piece] for piece in pieces)
        return Answer(int(head[9:12]), head, body, seconds)

    def _read_one(self, start: int, filled: int) -> tuple[list[slice], int, bytes, int]:
        """Read on until the answer that begins at `start` is whole: its pieces, its end, its head, and how far is filled."""
        while (end := self._buffer.find(_HEAD_END, start, filled)) < 0:
            filled = self._fill(filled)
        head = bytes(self._view[start:end]).lower()
        place = end + len(_HEAD_END)
        length = _content_length(head)
        if length is not None:
            while filled < place + length:
                filled = self._fill(filled)
            return [slice(place, place + length)], place + length, head, filled
        pieces: list[slice] = []
        while True:  # a chunk: its size in hexadecimal digits, a line end, the bytes, a line end
            while (line_end := self._buffer.find(b"\r\n", place, filled)) < 0:
                filled = self._fill(filled)
            size = int(self._view[place:line_end].tobytes(), 16)
            piece = slice(line_end + 2, line_end + 2 + size)
            while filled < piece.stop + 2:
                filled = self._fill(filled)
            place = piece.stop + 2
            if size == 0:
                return pieces, place, head, filled
            pieces.append(piece)

    def _fill(self, filled: int) -> int:
        received = self._socket.recv_into(self._view[filled:])
        if received == 0:
            raise ConnectionError("the server closed the connection, or the answer is larger than the buffer")
        return filled + received


def _content_length(head: bytes) -> int | None:
    """The length that a head tells; None for an answer in chunks."""
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return int(value)
    if b"transfer-encoding: chunked" not in head:
        raise ValueError("an answer without length or chunks")
    return None
