"""The journal is written before an answer ends, for several requests together."""

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import cast

import pytest

from kwartier.gateway.glances import Glances
from kwartier.gateway.journaling import Journaling
from kwartier.services.control import Control, JournalNote
from kwartier.services.errors import UnavailableError
from kwartier.telemetry.events import Event


class _Book:
    """Stands for the control of sandboxes."""

    def __init__(self, *, at_once: bool, failure: Exception | None = None) -> None:
        self.groups: list[list[str]] = []
        self.swept: list[set[str]] = []
        self._at_once = at_once
        self._failure = failure

    def note_at_once(self, notes: Sequence[JournalNote]) -> bool:
        if self._at_once:
            self.note_all(notes)
        return self._at_once

    def note_all(self, notes: Sequence[JournalNote]) -> None:
        if self._failure is not None:
            raise self._failure
        self.groups.append([one.client_id for one in notes])

    def sweep_journals(self, clients: set[str]) -> None:
        self.swept.append(clients)


async def _write(book: _Book, clients: Sequence[str], journaling: Journaling) -> list[BaseException | None]:
    notes = [JournalNote(one, datetime(2025, 1, 1, tzinfo=UTC), {}) for one in clients]
    control = cast("Control", book)
    return await asyncio.gather(*(journaling.write(control, note) for note in notes), return_exceptions=True)


def _written(book: _Book, clients: Sequence[str]) -> list[BaseException | None]:
    """What each of them got."""
    with ThreadPoolExecutor(1) as threads:
        return asyncio.run(_write(book, clients, Journaling(threads, Glances(are_possible=True))))


@pytest.mark.parametrize("at_once", [True, False])
def test_what_comes_together_is_written_together(at_once: bool) -> None:  # noqa: FBT001 - a case
    """S1: requests of one moment share a transaction, in their order, at once or in a thread."""
    book = _Book(at_once=at_once)
    assert _written(book, ["a", "b", "a"]) == [None, None, None]
    assert book.groups == [["a", "b", "a"]]


@pytest.mark.parametrize("at_once", [True, False])
def test_what_can_not_be_written_is_told_to_the_operator(
    at_once: bool,  # noqa: FBT001 - a case
    caplog: pytest.LogCaptureFixture,
) -> None:
    """C6: a journal is a convenience: whoever waits is answered without his entry, and the log says so."""
    failure = UnavailableError("the disk is full")
    assert _written(_Book(at_once=at_once, failure=failure), ["a", "b"]) == [None, None]
    [told] = [one.msg for one in caplog.records]
    assert isinstance(told, Event)
    assert (told.name, told.fields) == ("journal_not_written", {"entries": 2, "why": "the disk is full"})


@pytest.mark.parametrize("at_once", [True, False])
def test_a_mistake_of_ours_is_told_to_all_who_wait(at_once: bool) -> None:  # noqa: FBT001 - a case
    """S1: what does not pass is no reason to go on."""
    failure = ValueError("no such column")
    assert _written(_Book(at_once=at_once, failure=failure), ["a", "b"]) == [failure, failure]


def test_after_a_failure_nobody_waits_for_a_while() -> None:
    """C6: in the seconds after it only what can be written at once is."""

    async def both() -> None:
        with ThreadPoolExecutor(1) as threads:
            journaling = Journaling(threads, Glances(are_possible=True))
            assert await _write(failing, ["a"], journaling) == [None]
            assert await _write(waiting, ["a"], journaling) == [None]
            assert await _write(prompt, ["a"], journaling) == [None]

    failing = _Book(at_once=False, failure=UnavailableError("the file is locked"))
    waiting, prompt = _Book(at_once=False), _Book(at_once=True)
    asyncio.run(both())
    assert waiting.groups == []
    assert prompt.groups == [["a"]]


def test_nobody_waits_for_a_thread_that_does_not_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """C6: neither he whose entry it writes, nor who came after him; what comes when it is back is written."""
    monkeypatch.setattr("kwartier.gateway.journaling._LATE_SECONDS", 0.01)

    async def hung() -> None:
        with ThreadPoolExecutor(1) as threads:
            journaling = Journaling(threads, Glances(are_possible=False))
            threads.submit(release.wait)
            first = asyncio.ensure_future(_write(book, ["a"], journaling))
            for _ in range(5):  # by then it waits for the thread
                await asyncio.sleep(0)
            assert await _write(book, ["b"], journaling) == [None]
            assert await first == [None]
            release.set()
            await asyncio.wrap_future(threads.submit(lambda: None))  # behind what was held up
            assert await _write(book, ["c"], journaling) == [None]

    book, release = _Book(at_once=False), threading.Event()
    asyncio.run(hung())
    assert book.groups == [["a"], ["c"]]


def test_journals_are_swept_now_and_then() -> None:
    """S1: after 250 entries the oldest of the journals that got some go."""
    book = _Book(at_once=True)
    _written(book, ["a", "b"] * 124 + ["a"])
    assert book.swept == []
    _written(book, ["a", "b"] * 125)
    assert book.swept == [{"a", "b"}]


def test_a_request_that_is_given_up_holds_up_nobody() -> None:
    """S1: of a group one may have been cancelled meanwhile; the others go on."""

    async def given_up() -> None:
        with ThreadPoolExecutor(1) as threads:
            journaling = Journaling(threads, Glances(are_possible=False))
            first = asyncio.ensure_future(_write(book, ["a"], journaling))
            second = asyncio.ensure_future(_write(book, ["b"], journaling))
            for _ in range(2):  # both have come to where they wait
                await asyncio.sleep(0)
            first.cancel()
            assert await second == [None]

    book = _Book(at_once=False)
    asyncio.run(given_up())
    assert [sorted(one) for one in book.groups] == [["a", "b"]]
