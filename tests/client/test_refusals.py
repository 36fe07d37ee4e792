"""Each refusal, in each form, is the error that it is (C5, C6; WIRE)."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import pytest

from kwartier import (
    OPERATOR_LIVE,
    OPERATOR_SANDBOX,
    ApiError,
    ConfigurationError,
    ContractError,
    Credentials,
    Environment,
    GeographyError,
    KwartierError,
    NothingGrantedError,
    QuotaError,
    SecretError,
    ServerError,
    Settings,
    TokenError,
    WrongRequestError,
)
from support.sdk import BASE_URL, CREDENTIALS, EAN, TOKENS, Api, Driver, Time

_START: Final = datetime(2026, 11, 1, tzinfo=UTC)
_END: Final = _START + timedelta(days=1)


def _api(status: int, message: str, **more: Any) -> httpx.Response:
    body = {"Type": "ClientError", "Code": "Some", "Message": message} | more
    return httpx.Response(status, json=body, headers={"x-correlation-id": "abc-1"})


def _gateway(status: int, message: str) -> httpx.Response:
    return httpx.Response(status, json={"statusCode": status, "message": message})


_ENERGY: Final = [
    (_api(400, "wrong", ValidationErrorMessages=["from: too early"]), WrongRequestError, "from: too early"),
    (_api(401, "The token is not valid"), TokenError, "not valid"),
    (_gateway(401, "Access denied due to invalid subscription key"), TokenError, "subscription key"),
    (_api(403, "That needs a data access contract"), ContractError, "contract"),
    (_api(403, "Een datatoegangscontract ontbreekt"), ContractError, "contract"),
    (_api(403, "Requests are let in only from the European Economic Area"), GeographyError, "European"),
    (httpx.Response(403, text="<html>blocked</html>"), GeographyError, "403"),
    (_api(404, "Nothing is granted for EAN"), NothingGrantedError, "Nothing is granted"),
    (_gateway(404, "Resource not found"), WrongRequestError, "base URL"),
    (httpx.Response(404, text="<html>"), WrongRequestError, "base URL"),
    (_gateway(429, "Rate limit is exceeded. Try again in 3000 seconds."), QuotaError, "no requests left"),
    (_api(500, "sorry"), ServerError, "sorry"),
    (_api(405, "no"), WrongRequestError, "no"),
]


@pytest.mark.parametrize(("answer", "kind", "words"), _ENERGY)
def test_a_refusal_is_told_as_what_it_is(
    driver: Driver, api: Api, answer: httpx.Response, kind: type[ApiError], words: str
) -> None:
    """C6: both error bodies, and answers without one."""
    if answer.status_code == 429:
        answer.headers["retry-after"] = "3000"
    api.will(answer)
    with driver.open(transport=api.transport) as client, pytest.raises(KwartierError, match=words) as caught:
        client.energy(EAN, _START, _END)
    assert type(caught.value) is kind
    error = caught.value
    assert isinstance(error, ApiError)
    assert error.status == answer.status_code
    assert error.correlation_id == answer.headers.get("x-correlation-id")
    assert error.asked.method == "GET"
    assert error.asked.url.startswith(f"{BASE_URL}/api/mandate/energy?ean={EAN}&periodType=readTime&from=")


def test_every_wrong_parameter_is_named(driver: Driver, api: Api) -> None:
    """C6: 400 names all at once."""
    api.will(_api(400, "2 parameters are wrong.", ValidationErrorMessages=["from: too early", "to: missing"]))
    with driver.open(transport=api.transport) as client, pytest.raises(WrongRequestError) as caught:
        client.energy(EAN, _START, _END)
    assert caught.value.messages == ("from: too early", "to: missing")
    assert str(caught.value) == "2 parameters are wrong: from: too early; to: missing"


def test_a_quota_says_when_to_go_on(driver: Driver, api: Api, time: Time) -> None:
    """C4: the moment at which requests are let in again."""
    api.will(httpx.Response(429, headers={"ratelimit-reset": "1000"}))
    with driver.open(time=time, transport=api.transport) as client, pytest.raises(QuotaError) as caught:
        client.mandates()
    assert caught.value.resume_at == time.now + timedelta(seconds=1000)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(401, json={"error": "invalid_client", "error_description": "no"}), SecretError),
        (httpx.Response(400, json={"error": "unauthorized_client"}), SecretError),
        (httpx.Response(400, json={"error": "invalid_scope"}), ConfigurationError),
        (httpx.Response(400, json={"error": "unsupported_grant_type"}), ConfigurationError),
        (httpx.Response(404, text="<html>"), ConfigurationError),
        (httpx.Response(403, text="<html>"), GeographyError),
    ],
)
def test_what_the_token_endpoint_refuses(
    driver: Driver, api: Api, answer: httpx.Response, kind: type[KwartierError]
) -> None:
    """C1: a secret that is no good is told apart from settings that are none; neither is asked again."""
    api.token_answers = [answer]
    with driver.open(transport=api.transport) as client, pytest.raises(KwartierError) as caught:
        client.mandates()
    assert type(caught.value) is kind
    assert (api.tokens, api.asked) == (1, [])
    assert "the secret" not in f"{caught.value}{caught.value.__cause__}"


def test_a_token_endpoint_that_fails(driver: Driver, api: Api) -> None:
    """K2: after enough attempts it is said that the server failed."""
    api.token_answers = [httpx.Response(503)] * 5
    with driver.open(transport=api.transport) as client, pytest.raises(ServerError, match="token endpoint"):
        client.mandates()
    assert api.tokens == 5


def test_a_secret_or_an_assertion(driver: Driver, api: Api) -> None:
    """C1: whoever has a certificate signs an assertion each time, and sends no secret."""
    forms: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if str(request.url) == TOKENS:
            forms.append(request.content)
            return httpx.Response(200, json={"access_token": "t", "expires_in": 3600})
        return httpx.Response(200, json={"data": {"mandates": []}})

    signed = Credentials(
        client_id="client",
        subscription_key="the key",
        token_endpoint=TOKENS,
        scope="api://metering/.default",
        assertion=lambda: "header.claims.signature",
    )
    for credentials in (CREDENTIALS, signed):
        with driver.open(credentials=credentials, transport=httpx.MockTransport(answer)) as client:
            assert client.mandates() == ()
    with_secret, with_assertion = (form.decode() for form in forms)
    assert with_secret.endswith("client_id=client&client_secret=the+secret")
    assert "client_assertion=header.claims.signature" in with_assertion
    assert "jwt-bearer" in with_assertion
    assert "client_secret" not in with_assertion
    assert api.tokens == 0


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("client_secret", "", "client_secret or assertion"),
        ("subscription_key", "", "subscription_key"),
        ("token_endpoint", "login.example", "no address"),
    ],
)
def test_credentials_that_lack_something(driver: Driver, name: str, value: str, words: str) -> None:
    """Nothing is sent with settings that can't be right."""
    fields = {field: getattr(CREDENTIALS, field) for field in CREDENTIALS.__slots__}
    with (
        pytest.raises(ConfigurationError, match=words),
        driver.open(credentials=Credentials(**fields | {name: value})),
    ):
        pass


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        (OPERATOR_LIVE, "https://api.fluvius.be/ext/mijnfluvius-profnetgebruiker/v1/api/mandate"),
        (OPERATOR_SANDBOX, "https://api.fluvius.be/ext/mijnfluvius-profnetgebruiker-sbx/v1/api/mandate"),
        (
            Environment.at("https://kwartier.example/", "live"),
            "https://kwartier.example/ext/mijnfluvius-profnetgebruiker/v1/api/mandate",
        ),
        ("https://kwartier.example/esco-sbx/v3/", "https://kwartier.example/esco-sbx/v3/api/mandate"),
    ],
)
def test_where_an_environment_is(
    driver: Driver, api: Api, environment: Environment | str, address: str
) -> None:
    """K1, C9: the operator's environments and this system's are told apart by an address alone."""
    api.will(httpx.Response(200, json={"mandates": []}))
    with driver.open(environment, transport=api.transport) as client:
        assert client.mandates() == ()
    assert str(api.asked[0].url) == address
    asks_for_arrow = "arrow" in api.asked[0].headers["accept"]
    assert asks_for_arrow is ("fluvius.be" not in address)


def test_an_address_that_is_none(driver: Driver) -> None:
    """A base URL begins with a scheme and a host."""
    with pytest.raises(ConfigurationError, match="no address"), driver.open("api.example/ext"):
        pass


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (_START.replace(tzinfo=None), _END, "aware"),
        (_END, _START, "ends after it begins"),
        (_START, _START, "ends after it begins"),
        (datetime(2020, 1, 1, tzinfo=UTC), _END, "three years back"),
    ],
)
def test_periods_that_are_none(driver: Driver, api: Api, start: datetime, end: datetime, words: str) -> None:
    """E2: what can't be asked for is not asked."""
    with driver.open(transport=api.transport) as client, pytest.raises(ConfigurationError, match=words):
        client.energy(EAN, start, end)
    assert api.tokens == 0


def test_other_things_that_can_not_be_asked(driver: Driver, api: Api) -> None:
    """A name that is none is refused with those that are."""
    with driver.open(transport=api.transport) as client:
        with pytest.raises(ConfigurationError, match="insertTime"):
            client.energy(EAN, _START, _END, period_type="yesterday")
        with pytest.raises(ConfigurationError, match="hourly_quarterhourly"):
            client.gaps(EAN, _START, _END, granularity="weekly")
        with pytest.raises(ConfigurationError, match="no month begins"):
            client.peaks(EAN, _START + timedelta(days=1), _END)
        with pytest.raises(ConfigurationError, match="begun yet"):
            client.peaks(EAN, _START + timedelta(days=365), _END + timedelta(days=730))
    assert api.tokens == 0


def test_secrets_are_not_shown() -> None:
    """A2: what is printed of credentials and settings has no secret in it."""
    assert "the secret" not in repr(CREDENTIALS)
    assert "the key" not in repr(CREDENTIALS)
    assert "the key" not in repr(Settings())
