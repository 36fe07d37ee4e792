"""Throughput: some connections that are kept busy, each with one request at a time, by a client that costs little."""

import selectors
import socket
from time import perf_counter
from typing import Final

from benchmarks.client import Peer

__all__ = ["CONNECTIONS", "requests_a_second"]

CONNECTIONS: Final = 8
_TIMEOUT_SECONDS: Final = 60
_READ_BYTES: Final = 65536


def requests_a_second(peer: Peer, request: bytes, count: int) -> float:
    """How many requests a second are answered.

    Args:
        peer: who answers, each time with as many bytes.
        request: what is asked.
        count: how many times.
    """
    sockets = [socket.create_connection(peer, _TIMEOUT_SECONDS) for _ in range(CONNECTIONS)]
    try:
        length = len(_first_answer(sockets[0], request))
        with selectors.DefaultSelector() as selector:
            for one in sockets:
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(one, selectors.EVENT_READ, [0])
            begun, asked, answered = perf_counter(), CONNECTIONS, 0
            for one in sockets:
                one.sendall(request)
            while answered < count:
                for key, _ in selector.select(_TIMEOUT_SECONDS):
                    connection, filled = key.fileobj, key.data
                    if not isinstance(connection, socket.socket):
                        raise TypeError(connection)
                    filled[0] += len(connection.recv(_READ_BYTES))
                    if filled[0] < length:
                        continue
                    filled[0] = 0
                    answered += 1
                    if asked < count:
                        asked += 1
                        connection.sendall(request)
            return count / (perf_counter() - begun)
    finally:
        for one in sockets:
            one.close()


def _first_answer(connection: socket.socket, request: bytes) -> bytes:
    """One answer, by which the length of the others is known."""
    connection.sendall(request)
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(_READ_BYTES)
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(answer.decode())
    [told] = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while len(body) < int(told.partition(b":")[2]):
        body += connection.recv(_READ_BYTES)
    return head + b"\r\n\r\n" + body
