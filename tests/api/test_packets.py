"""What goes out on a connection, packet by packet."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from kwartier.gateway.joining import Joining


class _Transport:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes) -> None:
        assert not self.is_closed
        self.written.append(data)

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def ended() -> list[str]:
    """What was told at the end."""
    return []


@pytest.fixture
def transport() -> _Transport:
    """That of a connection."""
    return _Transport()


@pytest.fixture
def cycle(transport: _Transport, ended: list[str]) -> Any:
    """An answer on it."""
    cycle = SimpleNamespace(
        transport=transport, response_started=False, on_response=lambda: ended.append("end")
    )
    Joining.stand_before(cast("Any", transport), cast("Any", cycle))
    return cycle


def test_a_small_answer_is_one_packet(cycle: Any, transport: _Transport, ended: list[str]) -> None:
    """The head waits for the first of the body; what follows goes out as it comes."""
    cycle.response_started = True
    cycle.transport.write(b"head")
    assert transport.written == []
    cycle.transport.write(b"body")
    cycle.transport.write(b"more")
    cycle.on_response()
    assert transport.written == [b"headbody", b"more"]
    assert ended == ["end"]


def test_a_large_body_is_not_copied(cycle: Any, transport: _Transport) -> None:
    """A chunk of a long answer goes out behind its head as it is."""
    cycle.response_started = True
    cycle.transport.write(b"head")
    large = bytes(100_000)
    cycle.transport.write(large)
    assert transport.written[0] == b"head"
    assert transport.written[1] is large


def test_a_head_without_body_goes_out_at_the_end(cycle: Any, transport: _Transport) -> None:
    """HEAD and 204 have no body that the head could wait for."""
    cycle.response_started = True
    cycle.transport.write(b"head")
    cycle.on_response()
    assert transport.written == [b"head"]


def test_a_connection_that_closes_sends_what_there_is(cycle: Any, transport: _Transport) -> None:
    """An answer that fails after its head has its head sent, and no end."""
    cycle.response_started = True
    cycle.transport.write(b"head")
    cycle.transport.close()
    assert (transport.written, transport.is_closed) == ([b"head"], True)


def test_an_interim_answer_goes_out_at_once(cycle: Any, transport: _Transport) -> None:
    """RFC 9110 §10.1.1: who waits for 100 before he sends his body must not wait for ours."""
    cycle.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert len(transport.written) == 1
    cycle.response_started = True
    cycle.transport.write(b"head")
    cycle.transport.write(b"body")
    assert transport.written[1:] == [b"headbody"]
