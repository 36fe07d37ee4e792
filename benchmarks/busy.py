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
_HEAD_END: Final = b"\r\n\r\n"


def requests_a_second(peer: Peer, request: bytes, count: int) -> float:
    """How many requests a second are answered.

    Args:
        peer: who answers, each time with a body of as many bytes; heads may differ, in what they say of a limit.
        request: what is asked.
        count: how many times.
    """
    sockets = [socket.create_connection(peer, _TIMEOUT_SECONDS) for _ in range(CONNECTIONS)]
    try:
        size = _body_size(sockets[0], request)
        with selectors.DefaultSelector() as selector:
            for one in sockets:
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(one, selectors.EVENT_READ, bytearray())
            begun, asked, answered = perf_counter(), CONNECTIONS, 0
            for one in sockets:
                one.sendall(request)
            while answered < count:
                ready = selector.select(_TIMEOUT_SECONDS)
                if not ready:
                    raise TimeoutError(f"{count - answered} of {count} requests got no answer")
                for key, _ in ready:
                    connection, come = key.fileobj, key.data
                    if not isinstance(connection, socket.socket):
                        raise TypeError(connection)
                    come += _received(connection)
                    head = come.find(_HEAD_END)
                    if head < 0 or len(come) < head + len(_HEAD_END) + size:
                        continue
                    come.clear()
                    answered += 1
                    if asked < count:
                        asked += 1
                        connection.sendall(request)
            return count / (perf_counter() - begun)
    finally:
        for one in sockets:
            one.close()


def _body_size(connection: socket.socket, request: bytes) -> int:
    """The size of the body of one answer, which is read whole."""
    connection.sendall(request)
    answer = b""
    while _HEAD_END not in answer:
        answer += _received(connection)
    head, _, body = answer.partition(_HEAD_END)
    if not head.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(answer.decode())
    [told] = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    size = int(told.partition(b":")[2])
    while len(body) < size:
        body += _received(connection)
    return size


def _received(connection: socket.socket) -> bytes:
    received = connection.recv(_READ_BYTES)
    if not received:
        raise ConnectionError("the server closed a connection before its answer was whole")
    return received
