"""Bodies that are read while they come, and what takes long."""

import asyncio
import threading
from concurrent.futures import Future
from http import HTTPStatus
from typing import Any, Final

import pytest
from anyio.from_thread import BlockingPortal
from starlette.types import Message, Scope

from kwartier.domain.operators import OperatorScope
from kwartier.gateway.http_rules import ClientGoneError
from kwartier.gateway.incoming import Incoming
from kwartier.gateway.lengthy import Lengthy
from kwartier.gateway.refusal import RefusalError
from kwartier.wire import paths
from support.office import Office
from support.platform import Platform

_PATIENCE_SECONDS: Final = 30


class Sender:
    """A client whose messages are taken one by one; how many were."""

    def __init__(self, *messages: Message) -> None:
        self._messages = list(messages)
        self.taken = 0

    async def __call__(self) -> Message:
        """The next message; when there are no more, it never comes."""
        if not self._messages:
            await asyncio.Event().wait()
        self.taken += 1
        return self._messages.pop(0)


def part(body: bytes, *, more: bool = True) -> Message:
    """A part of a body."""
    return {"type": "http.request", "body": body, "more_body": more}


def incoming(portal: BlockingPortal, sender: Sender) -> Incoming:
    """A body from a client."""

    async def make() -> Incoming:
        return Incoming(sender, asyncio.get_running_loop())

    return portal.call(make)


def test_a_body_is_received_as_it_is_read(portal: BlockingPortal) -> None:
    """R4: no more is received than was asked for; what is not read waits at the client."""
    sender = Sender(part(b"a"), part(b""), part(b"b"), part(b"c", more=False))
    parts = incoming(portal, sender).parts()
    assert sender.taken == 0
    assert next(parts) == b"a"
    assert sender.taken == 1
    assert list(parts) == [b"b", b"c"]


def test_who_hangs_up_is_noticed(portal: BlockingPortal) -> None:
    """R3: a body that never came whole is no shorter body."""
    parts = incoming(portal, Sender(part(b"a"), {"type": "http.disconnect"})).parts()
    assert next(parts) == b"a"
    with pytest.raises(ClientGoneError):
        next(parts)


def test_who_waits_for_more_can_be_broken_off(portal: BlockingPortal) -> None:
    """C6: a thread that waits for a silent client gives up when it is told to, and does not begin again."""
    body = incoming(portal, Sender(part(b"a")))
    outcome: Future[BaseException] = Future()
    began = threading.Event()

    def read() -> None:
        parts = body.parts()
        next(parts)
        began.set()
        try:
            next(parts)
        except ClientGoneError as error:
            outcome.set_result(error)

    thread = threading.Thread(target=read)
    thread.start()
    assert began.wait(_PATIENCE_SECONDS)
    body.check()
    body.break_off()
    assert isinstance(outcome.result(_PATIENCE_SECONDS), ClientGoneError)
    thread.join()
    for again in (body.check, lambda: next(body.parts())):
        with pytest.raises(ClientGoneError):
            again()


def test_a_loop_that_has_ended_is_as_a_client_that_has(portal: BlockingPortal) -> None:
    """C6: a thread that reads on after the server's loop was closed gives up."""
    del portal
    loop = asyncio.new_event_loop()
    body = Incoming(Sender(part(b"a")), loop)
    loop.close()
    with pytest.raises(ClientGoneError):
        next(body.parts())


def test_there_is_only_so_much_that_takes_long(portal: BlockingPortal) -> None:
    """C4: beyond the bound there is 503 with when to ask again; when something ended there is room again."""
    lengthy, release = Lengthy(1), threading.Event()
    first = portal.start_task_soon(
        lengthy.run, incoming(portal, Sender()), lambda: release.wait(_PATIENCE_SECONDS)
    )
    with pytest.raises(RefusalError) as refused:
        portal.call(lengthy.run, incoming(portal, Sender()), str)
    assert refused.value.status is HTTPStatus.SERVICE_UNAVAILABLE
    assert int(refused.value.headers["retry-after"]) > 0
    release.set()
    assert first.result(_PATIENCE_SECONDS)
    assert portal.call(lengthy.run, incoming(portal, Sender()), lambda: "done") == "done"
    assert lengthy.end(_PATIENCE_SECONDS) == 0


def test_the_end_breaks_off_what_takes_long(portal: BlockingPortal) -> None:
    """C6: whoever ends waits for no client that sends nothing."""
    lengthy, body = Lengthy(1), incoming(portal, Sender())
    reading = portal.start_task_soon(lengthy.run, body, lambda: list(body.parts()))
    while not lengthy._under_way:
        portal.call(asyncio.sleep, 0)
    assert lengthy.end(_PATIENCE_SECONDS) == 0
    with pytest.raises(ClientGoneError):
        reading.result(_PATIENCE_SECONDS)


@pytest.mark.parametrize("token", ["", "Bearer nonsense"])
def test_nothing_is_read_of_somebody_unknown(platform: Platform, portal: BlockingPortal, token: str) -> None:
    """C2, C5: who may not deliver is refused before a byte of his stream is asked for."""
    sender = Sender(part(b"{}"))
    sent: list[Any] = []

    async def send(message: Message) -> None:
        await asyncio.sleep(0)
        sent.append(message)

    def ask(authorization: str) -> int:
        scope: Scope = {
            "type": "http",
            "method": "POST",
            "path": f"{paths.BACKOFFICE}/deliveries",
            "raw_path": f"{paths.BACKOFFICE}/deliveries".encode(),
            "query_string": b"deliveryId=monday",
            "headers": [
                (b"content-type", b"application/x-ndjson"),
                (b"authorization", authorization.encode()),
            ],
            "client": ("127.0.0.1", 50000),
        }
        sent.clear()
        portal.call(platform.app, scope, sender, send)
        status: int = sent[0]["status"]
        return status

    assert ask(token) == HTTPStatus.UNAUTHORIZED
    reader = Office(platform, [OperatorScope.READ])
    assert ask(reader.headers["Authorization"]) == HTTPStatus.FORBIDDEN
    assert sender.taken == 0
