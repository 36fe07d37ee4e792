"""The bound on large answers, and the end of a server."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest
from anyio.from_thread import BlockingPortal

from kwartier.gateway.draining import Drain
from kwartier.gateway.refusal import RefusalError
from kwartier.gateway.streams import Streams
from kwartier.services import mandates
from kwartier.wire.paths import MANDATE
from support.engines import Template
from support.platform import Platform, assert_refused, new_platform

_EAN = "541440110000000001"
_PERIOD = ("2025-09-01T22:00:00Z", "2025-09-02T22:00:00Z")


@pytest.fixture
def narrow(template: Template, portal: BlockingPortal) -> Iterator[Platform]:
    """A platform that gives one answer with energy at a time."""
    with new_platform(template, portal, max_streams=1) as platform:
        yield platform


def test_a_place_is_given_back_however_it_is_left() -> None:
    """C4: as many large answers as places, no more, and a place is free again after its end or a crash."""
    streams = Streams(2)
    with streams.place() as first, streams.place() as second:
        first.take()
        first.take()
        second.take()
        assert streams.taken == 2
        with streams.place() as third, pytest.raises(RefusalError) as refused:
            third.take()
        assert (refused.value.status, refused.value.headers) == (503, {"retry-after": "1"})
        assert streams.taken == 2
    assert streams.taken == 0

    def crash() -> None:
        with streams.place() as one:
            one.take()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crash()
    assert streams.taken == 0


def test_an_answer_beyond_the_bound_is_refused(narrow: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """C4, C6: with every place taken GET energy says when to ask again, without doing the work; others are served."""
    client = narrow.client()
    client.mock(_EAN)
    assert client.ask_energy(_EAN, *_PERIOD).status_code == HTTPStatus.OK
    assert client.ask_energy(_EAN, *_PERIOD).status_code == HTTPStatus.OK
    monkeypatch.setattr(Streams, "enter", lambda _: False)
    refused = client.ask_energy(_EAN, *_PERIOD)
    assert_refused(refused, HTTPStatus.SERVICE_UNAVAILABLE, "under way")
    assert refused.headers["retry-after"] == "1"
    assert client.mandates()


def test_a_long_list_takes_a_place_too(narrow: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """C4, C6: a list that is sent page by page is a large answer; one page alone is none."""
    monkeypatch.setattr(mandates, "_PAGE", 2)
    client = narrow.client()
    client.mock(_EAN)
    monkeypatch.setattr(Streams, "enter", lambda _: False)
    assert len(client.mandates()) == 1
    client.mock(_EAN, referenceNumber="another")
    refused = client.get(MANDATE)
    assert_refused(refused, HTTPStatus.SERVICE_UNAVAILABLE, "under way")
    monkeypatch.undo()
    monkeypatch.setattr(mandates, "_PAGE", 2)
    assert [len(client.mandates()) for _ in range(3)] == [2] * 3  # its place is free again


def test_a_drain_refuses_from_its_beginning() -> None:
    """C6: before it nothing is refused; after it everything is, and the connection is closed."""
    drain = Drain()
    drain.check()
    drain.begin()
    with pytest.raises(RefusalError) as refused:
        drain.check()
    assert refused.value.status is HTTPStatus.SERVICE_UNAVAILABLE
    assert refused.value.headers["connection"] == "close"
    assert int(refused.value.headers["retry-after"]) > 0
