"""What is sent again, when, and what is not (K2)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Final

import anyio
import httpx
import pytest
from anyio.from_thread import BlockingPortal

from kwartier import (
    AnswerError,
    ApiError,
    AsyncClient,
    Client,
    NetworkError,
    QuotaError,
    ServerError,
    Settings,
    TokenError,
)
from kwartier.client.retrying import failure_told
from support.sdk import BASE_URL, CREDENTIALS, EAN, Api, Driver, Time, energy, quarter_hours

_START: Final = datetime(2026, 11, 1, tzinfo=UTC)
_END: Final = _START + timedelta(days=1)
_GOOD: Final = energy(*quarter_hours(_START, 96))
_HALF: Final = httpx.Response(200, content=_GOOD.content[: len(_GOOD.content) // 2])

TRANSIENT: Final[dict[str, httpx.Response | Exception]] = {
    "429 with a wait": httpx.Response(
        429, headers={"retry-after": "7"}, json={"statusCode": 429, "message": "slow"}
    ),
    "429 until a moment": httpx.Response(429, headers={"retry-after": "Sat, 28 Nov 2026 12:00:09 GMT"}),
    "500": httpx.Response(500, json={"Type": "ServerError", "Code": "InternalError", "Message": "sorry"}),
    "502 of a proxy": httpx.Response(502, text="<html>"),
    "503": httpx.Response(503, headers={"retry-after": "3"}),
    "504": httpx.Response(504),
    "cut in mid-body": _HALF,
    "connection broken": httpx.RemoteProtocolError("peer closed connection"),
    "connection refused": httpx.ConnectError("refused"),
    "timeout": httpx.ReadTimeout("timed out"),
    "an expired token": httpx.Response(
        401, json={"Type": "ClientError", "Code": "Unauthorized", "Message": "expired"}
    ),
}


@pytest.mark.parametrize("fault", TRANSIENT)
def test_what_passes_is_overcome(driver: Driver, api: Api, time: Time, fault: str) -> None:
    """K2: after a fault that passes the result is the undisturbed one."""
    api.will(TRANSIENT[fault], _GOOD)
    with driver.open(time=time, transport=api.transport) as client:
        table = client.energy(EAN, _START, _END)
    assert len(table) == 96
    assert len(api.asked) == 2


def test_the_server_says_how_long_to_wait(driver: Driver, api: Api, time: Time) -> None:
    """C4: `Retry-After` is obeyed, as seconds and as a moment."""
    api.will(TRANSIENT["429 with a wait"], TRANSIENT["503"], _GOOD)
    with driver.open(time=time, transport=api.transport) as client:
        client.energy(EAN, _START, _END)
    assert time.waits == [7.0, 3.0]


def test_waits_grow(driver: Driver, api: Api, time: Time) -> None:
    """K2: without a word of the server each wait is twice as long, and then it is enough."""
    api.will(httpx.Response(503))
    with (
        driver.open(time=time, transport=api.transport) as client,
        pytest.raises(ServerError, match="503") as caught,
    ):
        client.energy(EAN, _START, _END)
    assert time.waits == [0.5, 1.0, 2.0, 4.0]
    assert caught.value.attempts == len(api.asked) == 5


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("500", ServerError),
        ("cut in mid-body", AnswerError),
        ("connection broken", NetworkError),
        ("timeout", NetworkError),
        ("an expired token", TokenError),
    ],
)
def test_what_does_not_pass_is_said(driver: Driver, api: Api, fault: str, kind: type[ApiError]) -> None:
    """A fault that stays is told as what it is, with what was asked and no secret."""
    api.will(TRANSIENT[fault])
    with driver.open(transport=api.transport) as client, pytest.raises(kind) as caught:
        client.energy(EAN, _START, _END)
    assert EAN in caught.value.asked.url
    assert "secret" not in f"{caught.value} {caught.value.asked}"
    assert "the key" not in f"{caught.value} {caught.value.asked}"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (httpx.ConnectError("[Errno 111] Connection refused"), "can't reach http://a:1: connection refused"),
        (
            httpx.ConnectError("[Errno -2] Name or service not known"),
            "can't reach http://a:1: name or service",
        ),
        (httpx.ConnectError(""), "can't reach http://a:1: no connection"),
        (httpx.ReadTimeout(""), "http://a:1 did not answer in time"),
        (httpx.RemoteProtocolError("peer closed"), "no answer from http://a:1: peer closed"),
    ],
)
def test_what_the_network_did_is_told_in_words(error: httpx.RequestError, told: str) -> None:
    """C6: where, and why, without the numbers of the system and without the query."""
    assert failure_told(error, httpx.URL("http://a:1/api/mandate?ean=1")).startswith(told)


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 501])
def test_what_will_not_pass_is_not_asked_again(driver: Driver, api: Api, status: int) -> None:
    """K2: never again what is refused for a reason that stays."""
    api.will(httpx.Response(status, json={"Message": "no"}))
    with driver.open(transport=api.transport) as client, pytest.raises(ApiError):
        client.energy(EAN, _START, _END)
    assert len(api.asked) == 1


def test_a_quota_that_takes_too_long_is_said(driver: Driver, api: Api, time: Time) -> None:
    """C4: who must wait longer than he will is told when to go on."""
    api.will(httpx.Response(429, headers={"retry-after": "3600"}))
    with driver.open(time=time, transport=api.transport) as client, pytest.raises(QuotaError) as caught:
        client.mandates()
    assert caught.value.resume_at == time.now + timedelta(hours=1)
    assert time.waits == []


def test_a_quota_is_waited_for_as_often_as_it_takes(driver: Driver, api: Api, time: Time) -> None:
    """C4: a limit does not use up the attempts of a request."""
    api.will(*[httpx.Response(429, headers={"retry-after": "30"})] * 8, _GOOD)
    with driver.open(time=time, transport=api.transport) as client:
        assert len(client.energy(EAN, _START, _END)) == 96
    assert time.waits == [30.0] * 8


class TestOfMandates:
    """Making a mandate is safe to repeat only with a reference number (S2)."""

    made: Final = httpx.Response(200, json={"data": {"status": "Approved"}})

    @pytest.mark.parametrize("fault", ["500", "503", "connection broken", "timeout", "cut in mid-body"])
    def test_it_is_not_made_twice(self, driver: Driver, api: Api, fault: str) -> None:
        """Nothing unsafe is repeated: perhaps it was made already."""
        api.will(TRANSIENT[fault], self.made)
        with driver.open(transport=api.transport) as client, pytest.raises(ApiError):
            client.mock_mandate(EAN)
        assert len(api.asked) == 1

    @pytest.mark.parametrize("fault", ["500", "503", "connection broken", "timeout"])
    def test_with_a_reference_number_it_is_made_again(self, driver: Driver, api: Api, fault: str) -> None:
        """S2: the same reference number, EAN and service type replaces it."""
        api.will(TRANSIENT[fault], self.made)
        with driver.open(transport=api.transport) as client:
            assert client.mock_mandate(EAN, reference_number="REF-1") == "Approved"
        assert len(api.asked) == 2

    @pytest.mark.parametrize("fault", ["429 with a wait", "connection refused"])
    def test_what_was_not_let_in_is_asked_again(self, driver: Driver, api: Api, fault: str) -> None:
        """C4: a request that was refused before anything was done is safe."""
        api.will(TRANSIENT[fault], self.made)
        with driver.open(transport=api.transport) as client:
            assert client.mock_mandate(EAN) == "Approved"


class TestOfTokens:
    """Tokens are asked for when they are needed (C1, C2)."""

    def test_one_token_serves_many_requests(self, driver: Driver, api: Api, time: Time) -> None:
        """C1: a token is asked for once, and again shortly before it ends."""
        api.will(_GOOD)
        with driver.open(time=time, transport=api.transport) as client:
            client.energy(EAN, _START, _END)
            client.energy(EAN, _START, _END)
            assert api.tokens == 1
            time.now += timedelta(seconds=3590)
            client.energy(EAN, _START, _END)
        assert api.tokens == 2
        assert {one.headers["authorization"] for one in api.asked} == {"Bearer token 1", "Bearer token 2"}
        assert {one.headers["ocp-apim-subscription-key"] for one in api.asked} == {"the key"}

    def test_a_refused_token_is_replaced_once(self, driver: Driver, api: Api) -> None:
        """C2: a 401 brings one new token; the second says that something else is wrong, and not with a mandate."""
        api.will(TRANSIENT["an expired token"])
        with driver.open(transport=api.transport) as client, pytest.raises(TokenError):
            client.energy(EAN, _START, _END)
        assert (api.tokens, len(api.asked)) == (2, 2)

    @pytest.mark.parametrize(
        "fault",
        [
            httpx.Response(503),
            httpx.Response(429, headers={"retry-after": "1"}),
            httpx.ConnectError("refused"),
            httpx.ReadTimeout("timed out"),
            httpx.Response(200, text="<html>"),
            httpx.Response(200, json={}),
        ],
    )
    def test_a_token_endpoint_that_fails_is_asked_again(
        self, driver: Driver, api: Api, fault: httpx.Response | Exception
    ) -> None:
        """K2: that no token was had is no harm, whatever was to be asked with it."""
        api.token_answers = [fault]
        api.will(TestOfMandates.made)
        with driver.open(transport=api.transport) as client:
            assert client.mock_mandate(EAN) == "Approved"

    def test_requests_at_once_share_a_token(self, api: Api, portal: BlockingPortal) -> None:
        """C1: tasks that need a token at the same time wait for one."""
        api.will(httpx.Response(200, json={"data": {"mandates": []}}))

        async def ask_at_once() -> None:
            settings = Settings(share_quota=False)
            async with (
                AsyncClient(BASE_URL, CREDENTIALS, settings, transport=api.transport) as client,
                anyio.create_task_group() as tasks,
            ):
                for _ in range(10):
                    tasks.start_soon(client.mandates)

        portal.call(ask_at_once)
        assert (api.tokens, len(api.asked)) == (1, 10)

    def test_threads_at_once_share_a_token(self, api: Api) -> None:
        """C1: the same for threads."""
        api.will(httpx.Response(200, json={"data": {"mandates": []}}))
        settings = Settings(share_quota=False)
        with (
            Client(BASE_URL, CREDENTIALS, settings, transport=api.transport) as client,
            ThreadPoolExecutor(5) as pool,
        ):
            list(pool.map(lambda _: client.mandates(), range(10)))
        assert (api.tokens, len(api.asked)) == (1, 10)
