"""The control of a sandbox, through the client that others' tests use."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import pairwise
from typing import get_args

import httpx
import pytest

from kwartier.domain.control import Endpoint, FaultKind
from kwartier.testing import ClockReading, EndpointName, KindName, RefusedError, SandboxClient
from testing.asking import Ask

EAN = "541440110000000007"
MOMENT = datetime(2026, 3, 1, 8, tzinfo=UTC)


# The clock


def test_a_clock_is_set_and_stands_still(kwartier_sandbox: SandboxClient, ask: Ask) -> None:
    """A3: the client's requests happen when its clock says."""
    told = kwartier_sandbox.control.clock.set(MOMENT, running=False)
    assert told == ClockReading(MOMENT, is_set=True, is_running=False)
    assert ask(kwartier_sandbox).json()["_meta"]["fetchTime"] == "2026-03-01T08:00:00Z"
    assert kwartier_sandbox.control.clock.read() == told


@pytest.mark.parametrize(
    ("by", "how", "expected"),
    [
        (timedelta(days=1, hours=2), {}, datetime(2026, 3, 2, 10, tzinfo=UTC)),
        (timedelta(), {"days": 2, "minutes": 30}, datetime(2026, 3, 3, 8, 30, tzinfo=UTC)),
        (timedelta(hours=1), {"hours": 1}, datetime(2026, 3, 1, 10, tzinfo=UTC)),
        (timedelta(seconds=-1), {}, datetime(2026, 3, 1, 7, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_clock_is_advanced(
    kwartier_sandbox: SandboxClient, by: timedelta, how: dict[str, float], expected: datetime
) -> None:
    """A3: by a timedelta, by days and hours, or both; back too."""
    clock = kwartier_sandbox.control.clock
    clock.set(MOMENT, running=False)
    assert clock.advance(by, **how).now == expected


def test_a_clock_is_released(kwartier_sandbox: SandboxClient) -> None:
    """A3: a clock that is let go shows real time."""
    clock = kwartier_sandbox.control.clock
    clock.set(MOMENT)
    told = clock.release()
    assert (told.is_set, told.is_running) == (False, True)
    assert abs(told.now - datetime.now(UTC)) < timedelta(hours=1)


def test_a_naive_moment_is_an_error(kwartier_sandbox: SandboxClient) -> None:
    """A moment without a time zone is refused before it is sent."""
    naive = MOMENT.replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        kwartier_sandbox.control.clock.set(naive)
    with pytest.raises(ValueError, match="time zone"):
        kwartier_sandbox.control.mandate(EAN, dataPeriodTo=naive)


# Faults


def test_names_are_those_of_the_domain() -> None:
    """Each endpoint and kind of fault that the surface knows has its name here, and no other."""
    assert get_args(EndpointName) == tuple(one.value for one in Endpoint)
    assert get_args(KindName) == tuple(one.value for one in FaultKind)


def test_fail_twice_then_succeed(kwartier_sandbox: SandboxClient, ask: Ask) -> None:
    """C6: a fault of two times strikes twice, and tells how often it struck."""
    fault = kwartier_sandbox.control.fail(500, times=2, endpoint="mandate")
    assert (fault.status, fault.remaining, fault.struck) == (500, 2, 0)
    assert [ask(kwartier_sandbox).status_code for _ in range(3)] == [500, 500, 200]
    [kept] = kwartier_sandbox.control.faults()
    assert (kept.number, kept.remaining, kept.struck) == (fault.number, 0, 2)


def test_a_fault_strikes_once_unless_said_otherwise(kwartier_sandbox: SandboxClient, ask: Ask) -> None:
    """Of a fault without further words there is one; with `times=None` it stays until it is cleared."""
    kwartier_sandbox.control.fail(endpoint="mandate")
    assert [ask(kwartier_sandbox).status_code for _ in range(2)] == [503, 200]
    fault = kwartier_sandbox.control.fail(endpoint="mandate", times=None)
    assert fault.remaining is None
    assert {ask(kwartier_sandbox).status_code for _ in range(4)} == {503}
    kwartier_sandbox.control.clear_faults(fault)
    assert ask(kwartier_sandbox).status_code == HTTPStatus.OK


def test_a_rate_limit_says_when_to_come_back(kwartier_sandbox: SandboxClient, ask: Ask) -> None:
    """C4: 429 with Retry-After."""
    fault = kwartier_sandbox.control.fail(429, retry_after=17, endpoint="mandate")
    assert fault.retry_after_seconds == 17
    answer = ask(kwartier_sandbox)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "17")


def test_a_token_is_refused_where_it_is_asked_for(kwartier_sandbox: SandboxClient, ask: Ask) -> None:
    """C1: the token endpoint fails too, and the control's own tokens never do."""
    kwartier_sandbox.control.fail(503, endpoint="token", times=None)
    with pytest.raises(httpx.HTTPStatusError, match="503"):
        ask(kwartier_sandbox)
    kwartier_sandbox.control.mandate(EAN)
    kwartier_sandbox.control.clear_faults()
    assert ask(kwartier_sandbox).status_code == HTTPStatus.OK


def test_a_token_expires(kwartier_sandbox: SandboxClient, ask: Ask) -> None:
    """C6: an expired token is 401 with WWW-Authenticate."""
    kwartier_sandbox.control.expire_token(endpoint="mandate")
    answer = ask(kwartier_sandbox)
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert "invalid_token" in answer.headers["www-authenticate"]


def test_an_answer_is_cut(
    kwartier_sandbox: SandboxClient, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    """The connection breaks in the middle of a body, and nobody's log is filled with it."""
    kwartier_sandbox.control.cut(endpoint="mandate")
    with pytest.raises(httpx.RemoteProtocolError):
        ask(kwartier_sandbox)
    assert ask(kwartier_sandbox).status_code == HTTPStatus.OK
    assert not [record for record in caplog.records if record.name.startswith("uvicorn")]


def test_an_answer_is_malformed(kwartier_sandbox: SandboxClient, ask: Ask) -> None:
    """An answer of 200 that is no JSON."""
    kwartier_sandbox.control.malform(endpoint="mandate")
    answer = ask(kwartier_sandbox)
    assert answer.status_code == HTTPStatus.OK
    with pytest.raises(ValueError, match=r"Unterminated|Expecting|delimiter"):
        answer.json()


@pytest.mark.parametrize("by", [timedelta(milliseconds=50), 0.05])
def test_an_answer_is_delayed(kwartier_sandbox: SandboxClient, ask: Ask, by: timedelta | float) -> None:
    """An answer that is held back took at least as long, and the journal says which fault it was."""
    fault = kwartier_sandbox.control.delay(by, endpoint="mandate")
    assert fault.delay_seconds == 0.05
    assert ask(kwartier_sandbox).status_code == HTTPStatus.OK
    entry = kwartier_sandbox.control.journal()[-1]
    assert entry.duration >= timedelta(milliseconds=50)
    assert entry.fault == fault.number


def test_a_fault_strikes_a_part_of_the_requests(kwartier_sandbox: SandboxClient, ask: Ask) -> None:
    """A fault of probability a half strikes some of many requests, and not all."""
    kwartier_sandbox.control.fail(500, times=None, endpoint="mandate", probability=0.5)
    assert {ask(kwartier_sandbox).status_code for _ in range(48)} == {200, 500}


def test_what_is_not_allowed_is_said(kwartier_sandbox: SandboxClient) -> None:
    """C6: a refusal becomes one exception, with the status and the words of the surface."""
    with pytest.raises(RefusedError, match="429") as refused:
        kwartier_sandbox.control.fail(418)
    assert refused.value.status == HTTPStatus.BAD_REQUEST
    with pytest.raises(RefusedError, match="2099"):
        kwartier_sandbox.control.clock.advance(days=100_000)
    with pytest.raises(RefusedError, match="5414"):
        kwartier_sandbox.control.mandate("541449999999999999")


# Mandates, state, journal, reset


def test_a_mandate_is_made(kwartier_sandbox: SandboxClient, ask: Ask) -> None:
    """S2: a mock mandate, Approved unless said otherwise; moments may be datetimes."""
    kwartier_sandbox.control.mandate(EAN, mandateExpirationDate=datetime(2031, 1, 1, tzinfo=UTC))
    kwartier_sandbox.control.mandate("541440010000000007", "Requested", referenceNumber="REF-1")
    made, asked = ask(kwartier_sandbox).json()["data"]["mandates"]
    assert (made["status"], made["mandateExpirationDate"]) == ("Approved", "2031-01-01T00:00:00Z")
    assert (asked["status"], asked["referenceNumber"]) == ("Requested", "REF-1")


def test_a_state_comes_back(kwartier_sandbox: SandboxClient, ask: Ask) -> None:
    """S1: mandates, clock and faults of an export are there again after an import, for another client too."""
    kwartier_sandbox.control.clock.set(MOMENT, running=False)
    kwartier_sandbox.control.mandate(EAN)
    kwartier_sandbox.control.fail(429, endpoint="energy")
    state = kwartier_sandbox.control.export_state()
    other = kwartier_sandbox.new_client()
    other.control.import_state(state)
    assert other.control.clock.read().now == MOMENT
    assert [fault.status for fault in other.control.faults()] == [429]
    assert ask(other).json() == ask(kwartier_sandbox).json()
    assert ask(other).json()["data"]["mandates"]


def test_the_journal_tells_what_was_asked(kwartier_sandbox: SandboxClient, ask: Ask) -> None:
    """A2: requests and answers in order, typed, without secrets; none of the control's own."""
    kwartier_sandbox.control.clock.set(MOMENT, running=False)
    answer = ask(kwartier_sandbox, params={"status": "Approved"})
    token, mandate = kwartier_sandbox.control.journal()
    assert (token.request.method, token.answer.status) == ("POST", 200)
    assert kwartier_sandbox.credentials.client_secret not in token.request.body.text
    assert mandate.request.path.endswith("/api/mandate")
    assert mandate.request.query == "status=Approved"
    assert mandate.request.headers["authorization"] == "***"
    assert mandate.answer.body.text == answer.text
    assert (mandate.answer.body.size, mandate.answer.body.is_cut) == (len(answer.content), False)
    assert mandate.correlation_id == answer.headers["x-correlation-id"]
    assert (mandate.clock, mandate.fault) == (MOMENT, None)
    assert abs(mandate.at - datetime.now(UTC)) < timedelta(hours=1)


def test_the_journal_is_read_on(kwartier_sandbox: SandboxClient, ask: Ask) -> None:
    """What came after an entry, and the newest of many."""
    for _ in range(3):
        ask(kwartier_sandbox)
    control = kwartier_sandbox.control
    entries = control.journal()
    assert len(entries) == 6
    assert all(one.number < other.number for one, other in pairwise(entries))
    assert control.journal(after=entries[3].number) == entries[4:]
    assert control.journal(limit=2) == entries[-2:]


def test_a_reset_makes_the_sandbox_as_it_was(kwartier_sandbox: SandboxClient, ask: Ask) -> None:
    """S1: after a reset there are no mandates, faults or journal, and the clock shows real time."""
    control = kwartier_sandbox.control
    control.clock.set(MOMENT)
    control.mandate(EAN)
    control.fail(500, times=None)
    control.reset()
    assert control.journal() == []
    assert control.faults() == []
    assert not control.clock.read().is_set
    assert ask(kwartier_sandbox).json()["data"]["mandates"] == []
