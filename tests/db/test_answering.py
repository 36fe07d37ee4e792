"""Whether a server answers, as those find out together who wait for it."""

import pytest
from psycopg import OperationalError

from kwartier.db.answering import Answering

_LONG = 5.0
_NOW = 1000.0


@pytest.fixture(autouse=True)
def standing(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time goes by."""
    monkeypatch.setattr("kwartier.db.answering.monotonic", lambda: _NOW)


def test_a_silent_server_is_tried_by_one_at_a_time() -> None:
    """C6: after somebody waited in vain one tries, for a second; the others are told at once, until it is heard."""
    server = Answering()
    assert server.seconds(_LONG) == _LONG
    server.note_unheard(_NOW - _LONG)
    assert server.seconds(_LONG) == 1
    with pytest.raises(OperationalError, match="does not answer"):
        server.seconds(_LONG)
    server.note_heard()
    assert server.seconds(_LONG) == server.seconds(_LONG) == _LONG


def test_a_try_that_fails_is_the_last_for_a_second() -> None:
    """C6: who comes right after it does not try again."""
    server = Answering()
    for _ in range(2):
        server.note_unheard(_NOW - _LONG)
    with pytest.raises(OperationalError, match="does not answer"):
        server.seconds(_LONG)


def test_a_server_that_others_hear_is_not_silent() -> None:
    """C6: then it is slow in one thing alone, as where another keeps something locked; who had no time has not waited."""
    server = Answering()
    server.note_heard()
    server.note_unheard(_NOW - _LONG)
    assert server.seconds(_LONG) == _LONG
    other = Answering()
    other.note_unheard(_NOW)
    assert other.seconds(_LONG) == _LONG
