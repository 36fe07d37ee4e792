"""What an integrator controls of his own sandbox, over HTTP."""

from http import HTTPStatus
from typing import Any, Final

import httpx
import openapi_spec_validator
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwartier.api.control import ENDPOINTS
from kwartier.api.played import PLAYED
from kwartier.wire import paths
from support.examples import examples
from support.platform import NOW, Client, Json, Platform, assert_refused

EAN = "541440110000000005"
DAY = ("2025-09-17T22:00:00Z", "2025-09-18T22:00:00Z")


def _control(client: Client, method: str, path: str, **how: Any) -> Any:
    return client.ask(method, path, base=paths.CONTROL, **how)


def _fault(client: Client, **fault: object) -> Json:
    listed: Json = client.control("POST", "/faults", json=fault)["faults"][-1]
    return listed


# The clock


def test_a_clock_that_is_set_goes_on_from_there(client: Client) -> None:
    """A3: the moment of a request is that of the client's own clock, which goes on with real time."""
    told = client.control("PUT", "/clock", json={"now": "2026-03-01T08:00:00Z"})
    assert told == {"now": "2026-03-01T08:00:00Z", "set": True, "running": True}
    client.platform.clock.move(minutes=5)
    assert client.get(paths.MANDATE).json()["_meta"]["fetchTime"] == "2026-03-01T08:05:00Z"


def test_a_clock_may_stand_still(client: Client) -> None:
    """A3: a clock that stands still shows the same moment to every request."""
    client.control("PUT", "/clock", json={"now": "2026-03-01T08:00:00Z", "running": False})
    client.platform.clock.move(hours=5)
    client.sign_in()
    assert client.get(paths.MANDATE).json()["_meta"]["fetchTime"] == "2026-03-01T08:00:00Z"


def test_a_clock_is_advanced_and_goes_back_to_now(client: Client) -> None:
    """A3: a clock is moved on, also from real time, and let go again."""
    assert (
        client.control("POST", "/clock/advance", json={"days": 1, "hours": 2})["now"]
        == "2025-09-21T12:00:00Z"
    )
    assert client.control("POST", "/clock/advance", json={"seconds": -3600})["now"] == "2025-09-21T11:00:00Z"
    assert client.control("DELETE", "/clock") == {
        "now": "2025-09-20T10:00:00Z",
        "set": False,
        "running": True,
    }
    assert client.control("GET", "/clock")["now"] == f"{NOW:%Y-%m-%dT%H:%M:%SZ}"


def test_readings_arrive_as_the_clock_goes_on(client: Client) -> None:
    """E11, S4: what has not come in yet by the client's clock is not there; days later it is."""
    client.control("PUT", "/clock", json={"now": "2025-09-18T22:00:00Z", "running": False})
    client.mock(EAN)
    assert client.slots(EAN, *DAY) == []
    client.control("POST", "/clock/advance", json={"days": 4})
    assert len(client.slots(EAN, *DAY)) == 96


def test_a_mandate_is_renewed_and_expires_by_the_clock(client: Client) -> None:
    """M3, M4: with the clock the last months of a mandate pass in a second."""
    client.mock(EAN, mandateExpirationDate="2026-01-31T23:00:00Z")
    shown = []
    for moment in ("2025-10-30T00:00:00Z", "2025-10-31T23:00:00Z", "2026-01-31T23:00:00Z"):
        client.control("PUT", "/clock", json={"now": moment})
        shown.append(client.mandates()[0].get("renewalStatus"))
    assert shown == [None, "ToBeRenewed", "Expired"]


def test_facts_of_later_are_hidden_from_a_clock_set_back(client: Client) -> None:
    """A3: a mandate that was made later than what the clock shows is not there yet."""
    client.mock(EAN)
    client.control("POST", "/clock/advance", json={"minutes": -1})
    assert client.mandates() == []
    client.control("DELETE", "/clock")
    assert len(client.mandates()) == 1


def test_tokens_keep_real_time(client: Client) -> None:
    """A3: a clock set years ahead does not make the token expire."""
    client.control("PUT", "/clock", json={"now": "2031-01-01T00:00:00Z"})
    assert client.get(paths.MANDATE).status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    ("method", "path", "body", "told"),
    [
        ("PUT", "/clock", {}, "now"),
        ("PUT", "/clock", {"now": "yesterday"}, "YYYY-MM-DDTHH:MM:SSZ"),
        ("PUT", "/clock", {"now": "2017-12-31T00:00:00Z"}, "2018"),
        ("PUT", "/clock", {"now": "2026-03-01T08:00:00Z", "runing": True}, "runing"),
        ("POST", "/clock/advance", {"days": 1e300}, "clock"),
        ("POST", "/clock/advance", {"days": 100000}, "2099"),
        ("POST", "/clock/advance", {"weeks": 1}, "weeks"),
        ("POST", "/clock/advance", [], "body"),
        ("POST", "/faults", {"kind": "status"}, "status"),
        ("POST", "/faults", {"kind": "flood"}, "expired-token"),
        ("POST", "/faults", {"status": 418}, "429"),
        ("POST", "/faults", {"kind": "delay"}, "delay"),
        ("POST", "/faults", {"kind": "delay", "delaySeconds": 3600}, "60"),
        ("POST", "/faults", {"kind": "cut", "status": 500}, "status"),
        ("POST", "/faults", {"status": 500, "times": 0}, "times"),
        ("POST", "/faults", {"status": 500, "probability": 1.5}, "probability"),
        ("POST", "/faults", {"kind": "expired-token", "endpoint": "token"}, "token"),
        ("PUT", "/state", {"version": 7}, "version"),
        (
            "PUT",
            "/state",
            {"version": 1, "clock": None, "faults": [], "mandates": [{"ean": 1}]},
            "mandates.0.ean",
        ),
        ("PUT", "/state", [1], "object"),
        ("POST", "/clock/advance", {}, "how far"),
        ("POST", "/faults", {"status": 500, "retryAfterSeconds": 10**30}, "86400"),
    ],
)
def test_what_the_control_surface_refuses(
    client: Client, method: str, path: str, body: object, told: str
) -> None:
    """C6: a wrong control is refused with 400, and the answer names what is wrong and what is allowed."""
    assert_refused(_control(client, method, path, json=body), HTTPStatus.BAD_REQUEST, told)


# Faults


def test_fail_twice_then_succeed(client: Client) -> None:
    """A fault of two times strikes twice, and the third request goes through."""
    _fault(client, endpoint="mandate", status=503, times=2)
    assert [client.get(paths.MANDATE).status_code for _ in range(4)] == [503, 503, 200, 200]
    assert client.control("GET", "/faults")["faults"][0]["struck"] == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_every_status_can_be_asked_for(client: Client, status: int) -> None:
    """C6: a refusal on demand has the one error body."""
    _fault(client, status=status, times=1)
    answer = client.get(paths.MANDATE)
    assert answer.status_code == status
    assert answer.json().keys() >= {"Type", "Code", "Message"}
    assert client.get(paths.MANDATE).status_code == HTTPStatus.OK


def test_a_rate_limit_on_demand_says_when_to_go_on(client: Client) -> None:
    """C4: 429 with Retry-After, without sending 300 requests first."""
    _fault(client, status=429, retryAfterSeconds=7, times=1)
    answer = client.get(paths.MANDATE)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


def test_a_token_expires_on_demand(client: Client) -> None:
    """C6: an expired token is 401 with WWW-Authenticate, as a real one."""
    _fault(client, kind="expired-token", times=1)
    answer = client.get(paths.MANDATE)
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert "invalid_token" in answer.headers["www-authenticate"]


def test_a_malformed_body_on_demand(client: Client) -> None:
    """An answer of 200 whose body is no JSON."""
    client.mock(EAN)
    _fault(client, kind="malformed", endpoint="energy", times=1)
    answer = client.ask_energy(EAN, *DAY)
    assert answer.status_code == HTTPStatus.OK
    with pytest.raises(ValueError, match=r"Unterminated|Expecting|delimiter"):
        answer.json()
    assert client.slots(EAN, *DAY)


def test_a_delay_on_demand(client: Client) -> None:
    """An answer that is held back comes in the end, and took at least as long."""
    _fault(client, kind="delay", delaySeconds=0.05, times=1)
    assert client.get(paths.MANDATE).status_code == HTTPStatus.OK
    entry = client.control("GET", "/journal")["entries"][-1]
    assert entry["durationMs"] >= 50
    assert entry["fault"] == 1


def test_the_token_endpoint_fails_on_demand(client: Client) -> None:
    """The token endpoint is struck by the client id that it is asked for."""
    _fault(client, endpoint="token", status=503, times=1)
    assert client.platform.ask_token(client.issued).status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert client.platform.ask_token(client.issued).status_code == HTTPStatus.OK


def test_a_fault_strikes_its_endpoint_alone(client: Client) -> None:
    """A fault of GET energy leaves GET mandate alone, and the control surface is exempt from all."""
    client.mock(EAN)
    _fault(client, endpoint="energy", status=500)
    assert client.get(paths.MANDATE).status_code == HTTPStatus.OK
    assert client.ask_energy(EAN, *DAY).status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    _fault(client, endpoint="any", status=500)
    assert client.get(paths.MANDATE).status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert _control(client, "GET", "/clock").status_code == HTTPStatus.OK


def test_a_fault_strikes_a_part_of_the_requests(client: Client) -> None:
    """A fault of probability a half strikes some of many requests, and not all."""
    _fault(client, status=500, probability=0.5)
    statuses = {client.get(paths.MANDATE).status_code for _ in range(64)}
    assert statuses == {200, 500}


def test_faults_are_taken_back(client: Client) -> None:
    """Faults are taken back one by one, or all."""
    first, second = _fault(client, status=500), _fault(client, status=503)
    left = client.control("DELETE", "/faults", params={"number": first["number"]})["faults"]
    assert [one["number"] for one in left] == [second["number"]]
    assert_refused(_control(client, "DELETE", "/faults", params={"number": 99}), HTTPStatus.NOT_FOUND, "99")
    assert client.control("DELETE", "/faults")["faults"] == []
    assert client.get(paths.MANDATE).status_code == HTTPStatus.OK


def test_several_faults_are_asked_for_at_once(client: Client) -> None:
    """A list of faults strikes in its order: 500, then 429, then all is well."""
    asked = [{"status": 500, "times": 1}, {"status": 429, "times": 1}]
    assert len(client.control("POST", "/faults", json=asked)["faults"]) == 2
    assert [client.get(paths.MANDATE).status_code for _ in range(3)] == [500, 429, 200]


# Reset, state, journal


def test_a_reset_makes_the_sandbox_as_it_was(client: Client) -> None:
    """S1: after a reset there are no mandates, faults or journal, and the clock shows real time."""
    client.mock(EAN)
    client.control("PUT", "/clock", json={"now": "2026-03-01T08:00:00Z"})
    _fault(client, endpoint="energy", status=500)
    assert client.control("POST", "/reset")["set"] is False
    assert client.mandates() == []
    assert client.control("GET", "/faults")["faults"] == []
    assert len(client.control("GET", "/journal")["entries"]) == 1  # the question for mandates after it


def test_a_state_is_exported_and_imported_again(client: Client) -> None:
    """S1: an export brings mandates, clock and faults back as they were, also to another client."""
    client.mock(EAN, referenceNumber="REF-1", renewalStatus="Expired", dataPeriodTo="2026-01-01T00:00:00Z")
    client.control("PUT", "/clock", json={"now": "2026-03-01T08:00:00Z", "running": False})
    _fault(client, endpoint="energy", status=429, retryAfterSeconds=3, times=2)
    exported = _control(client, "GET", "/state").json()
    mandates = client.mandates()
    other = client.platform.client()
    other.mock("541440110000000006")
    assert other.control("PUT", "/state", json=exported)["now"] == "2026-03-01T08:00:00Z"
    assert other.mandates() == mandates
    assert _control(other, "GET", "/state").json() == exported


def test_a_state_of_the_first_form_is_still_read(client: Client) -> None:
    """S1: what an earlier version exported is imported: mock mandates, on EANs of the client's own."""
    mandate = {
        "ean": EAN,
        "status": "Approved",
        "madeAt": "2025-09-20T10:00:00+00:00",
        "referenceNumber": "REF-1",
        "dataPeriodFrom": "2022-09-19T22:00:00+00:00",
        "mandateExpirationDate": "2028-09-19T22:00:00+00:00",
        "renewalStatus": "Expired",
    }
    clock = {"now": "2026-03-01T08:00:00+00:00", "running": False}
    first = {
        "version": 1,
        "clock": clock,
        "faults": [{"endpoint": "any", "status": 503}],
        "mandates": [mandate],
    }
    client.control("POST", "/headpoints", json={"ean": EAN, "gridUser": "Bakkerij De Smet"})
    assert client.control("PUT", "/state", json=first)["now"] == "2026-03-01T08:00:00Z"
    assert client.get(paths.MANDATE).status_code == HTTPStatus.SERVICE_UNAVAILABLE
    client.control("DELETE", "/faults")
    [found] = client.mandates()
    assert (found["referenceNumber"], found["renewalStatus"]) == ("REF-1", "Expired")
    exported = _control(client, "GET", "/state").json()
    assert exported["version"] == 2
    assert (exported["told"], exported["mandates"][0]["own"]) == ([], True)
    twice = first | {"mandates": [mandate, mandate]}
    assert_refused(_control(client, "PUT", "/state", json=twice), HTTPStatus.BAD_REQUEST, "two of the same")


def test_a_state_keeps_all_that_is_played(client: Client) -> None:
    """S1: whose EANs are, what the market did, the contract and what happened to mandates come back as they were."""
    client.control("PUT", "/clock", json={"now": "2026-03-01T08:00:00Z", "running": False})
    client.control("POST", "/headpoints", json={"ean": EAN, "gridUser": "Bakkerij De Smet"})
    client.control("POST", "/mandates", json={"ean": EAN})
    client.control("POST", "/mandates/consent", json={"mandate": EAN})
    client.control("POST", "/scenarios", json={"ean": EAN, "kind": "move", "gridUser": "Slagerij Claes"})
    client.control("PUT", "/contract", json={"contract": "approved"})
    exported = _control(client, "GET", "/state").json()
    assert [one["fact"] for one in exported["mandates"][0]["facts"]] == ["asked", "consented", "use-ended"]
    other = client.platform.client()
    other.control("PUT", "/state", json=exported)
    assert _control(other, "GET", "/state").json() == exported
    for path in ("/scenarios", "/contract", "/headpoints"):
        assert other.control("GET", path) == client.control("GET", path)
    assert other.mandates() == client.mandates()


_OF_A_MANDATE: Final = {"ean": EAN, "own": True}
_ASKED: Final = {"fact": "asked", "at": "2026-01-01T00:00:00Z", "dataPeriodFrom": "2023-01-01T00:00:00Z"}
_CONSENTED: Final = {"fact": "consented", "at": "2026-01-02T00:00:00Z"}


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"mandates": [_OF_A_MANDATE | {"facts": []}]}, "facts"),
        ({"mandates": [_OF_A_MANDATE | {"facts": [_CONSENTED]}]}, "`asked` or `mocked`"),
        ({"mandates": [_OF_A_MANDATE | {"facts": [_ASKED, _ASKED]}]}, "once"),
        ({"mandates": [_OF_A_MANDATE | {"facts": [_ASKED, _CONSENTED, _CONSENTED | {"at": _ASKED["at"]}]}]}, "order"),
        ({"mandates": [_OF_A_MANDATE | {"facts": [_ASKED | {"status": "Approved"}]}]}, "does not go with"),
        ({"mandates": [_OF_A_MANDATE | {"facts": [_ASKED | {"fact": "mocked"}]}]}, "is required"),
        ({"mandates": [_OF_A_MANDATE | {"facts": [_ASKED | {"fact": "eaten"}]}]}, "renewal-asked"),
        ({"mandates": [_OF_A_MANDATE | {"facts": [_ASKED | {"dataPeriodTo": "2022-01-01T00:00:00Z"}]}]}, "after"),
        ({"mandates": [_OF_A_MANDATE | {"facts": [_ASKED] + [_CONSENTED] * 50}]}, "50"),
        ({"told": [{"ean": EAN, "at": "2026-01-01T00:00:00Z"}]}, "gridUser"),
        ({"told": [{"ean": EAN, "at": "2026-01-01T00:00:00Z", "kind": "move"}]}, "effectiveDate"),
        ({"told": [{"ean": "541449999999999999", "at": "2026-01-01T00:00:00Z", "gridUser": "x"}]}, "5414"),
        ({"contract": "lost"}, "not-needed"),
    ],
)  # fmt: skip
def test_a_state_that_can_not_be(client: Client, part: Json, told: str) -> None:
    """C6: a state is looked at as closely as what is asked one by one."""
    state: Json = {
        "version": 2,
        "clock": None,
        "faults": [],
        "contract": "not-needed",
        "told": [],
        "mandates": [],
    }
    assert _control(client, "PUT", "/state", json=state).status_code == HTTPStatus.OK
    assert_refused(_control(client, "PUT", "/state", json=state | part), HTTPStatus.BAD_REQUEST, told)


def test_a_state_that_is_wrong_changes_nothing(client: Client) -> None:
    """An import is taken whole or not at all."""
    client.mock(EAN)
    exported = _control(client, "GET", "/state").json()
    exported["mandates"][0]["facts"][0]["status"] = "Nonsense"
    assert_refused(_control(client, "PUT", "/state", json=exported), HTTPStatus.BAD_REQUEST, "Approved")
    assert len(client.mandates()) == 1


def test_a_running_clock_goes_on_from_its_export(client: Client) -> None:
    """A3: a state that was kept for a year shows, when it is imported, the moment at which it was exported."""
    client.control("PUT", "/clock", json={"now": "2026-03-01T08:00:00Z"})
    exported = _control(client, "GET", "/state").json()
    other = client.platform.client()
    client.platform.clock.move(days=300)
    other.sign_in()
    assert other.control("PUT", "/state", json=exported)["now"] == "2026-03-01T08:00:00Z"


_DAMAGES = st.sampled_from(
    [None, 0, -1, 10**30, 1.5, True, "", "x", "9999-01-01T00:00:00Z", [], [1], {}, {"a": 1}]
)


@settings(max_examples=examples(60))
@given(st.data())
def test_no_state_breaks_a_sandbox(shared_platform: Platform, data: st.DataObject) -> None:
    """C6: whatever is imported is taken whole or refused with 400, and a reset always works after it."""
    client = shared_platform.client()
    client.mock(EAN, referenceNumber="REF-1")
    client.control("POST", "/scenarios", json={"ean": EAN, "kind": "move", "gridUser": "Slagerij Claes"})
    client.control("PUT", "/clock", json={"now": "2026-03-01T08:00:00Z"})
    _fault(client, status=429, retryAfterSeconds=3, times=2, endpoint="energy")
    state = _control(client, "GET", "/state").json()
    mandate = state["mandates"][0]
    parts = [state, state["clock"], state["faults"][0], state["told"][0], mandate, mandate["facts"][0]]
    part = data.draw(st.sampled_from(parts))
    part[data.draw(st.sampled_from([*part, "more"]))] = data.draw(_DAMAGES)
    before = client.mandates()
    answer = _control(client, "PUT", "/state", json=state)
    if answer.status_code != HTTPStatus.OK:
        assert_refused(answer, HTTPStatus.BAD_REQUEST)
        assert client.mandates() == before
    assert client.control("POST", "/reset")["set"] is False


def test_a_state_of_many_mandates_is_imported_again(client: Client) -> None:
    """An export of a thousand mandates is no larger than what an import takes."""
    state = _control(client, "GET", "/state").json()
    client.mock(EAN)
    [one] = _control(client, "GET", "/state").json()["mandates"]
    state["mandates"] = [one | {"ean": f"541440110000000{number:03}"} for number in range(1000)]
    assert _control(client, "PUT", "/state", json=state).status_code == HTTPStatus.OK
    assert len(client.mandates()) == 1000
    assert _control(client, "GET", "/state").json() == state


def test_a_large_state_of_somebody_unknown_is_not_read(client: Client) -> None:
    """C2, C5: without credentials not even the body of an import is taken; what the head says of it comes before them."""

    def asked(body: Any, media_type: str = "application/json") -> httpx.Response:
        answer: httpx.Response = _control(
            client, "PUT", "/state", content=body, headers={"Content-Type": media_type}
        )
        return answer

    client.headers["Authorization"] = "Bearer nonsense"
    large = b" " * (33 * 1024 * 1024)
    assert_refused(asked(b" " * 2_000_000), HTTPStatus.UNAUTHORIZED)
    assert_refused(asked(large), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    assert_refused(asked(b"{}", "text/plain"), HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    client.sign_in()
    assert_refused(asked(large), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def test_a_client_has_at_most_a_hundred_faults(client: Client) -> None:
    """Faults that are used up make room; too many at once are refused."""
    for _ in range(3):
        client.control("POST", "/faults", json=[{"status": 500, "times": 1}] * 40)
        for _ in range(40):
            assert client.get(paths.MANDATE).status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    client.control("POST", "/faults", json=[{"status": 500}] * 60)
    asked = [{"status": 500}] * 60
    assert_refused(_control(client, "POST", "/faults", json=asked), HTTPStatus.BAD_REQUEST, "100")


def test_faults_look_like_the_real_thing(client: Client) -> None:
    """C1, C4, C6: what a fault refuses has the form of what the platform refuses itself."""
    _fault(client, status=429, times=1)
    limited = client.get(paths.MANDATE)
    assert limited.headers["retry-after"] == "1"
    assert limited.headers["ratelimit-remaining"] == "0"
    _fault(client, status=400, times=1)
    assert client.get(paths.MANDATE).json()["ValidationErrorMessages"]
    _fault(client, status=401, times=1)
    assert "www-authenticate" in client.get(paths.MANDATE).headers
    for status, error in ((401, "invalid_client"), (503, "temporarily_unavailable")):
        _fault(client, status=status, times=1, endpoint="token")
        assert client.platform.ask_token(client.issued).json()["error"] == error


def test_a_spoiled_refusal(client: Client) -> None:
    """A malformed body is what comes next, be it an answer or a refusal."""
    _fault(client, kind="malformed", endpoint="energy", times=1)
    answer = client.ask_energy(EAN, *DAY)
    assert answer.status_code == HTTPStatus.NOT_FOUND
    with pytest.raises(ValueError, match=r"Unterminated|Expecting|delimiter"):
        answer.json()


def test_a_mandate_hidden_by_the_clock_is_told_of(client: Client) -> None:
    """A3: who set his clock back before his mandate was made reads why there is nothing."""
    client.mock(EAN)
    client.control("POST", "/clock/advance", json={"days": -1})
    assert_refused(client.ask_energy(EAN, *DAY), HTTPStatus.NOT_FOUND, "sandbox clock")


def test_the_journal_tells_what_was_asked_and_answered(client: Client) -> None:
    """The journal has request and answer, with the size and checksum of bodies that are cut."""
    client.mock(EAN)
    answer = client.ask_energy(EAN, *DAY)
    mock, energy = client.control("GET", "/journal")["entries"][-2:]
    assert mock["request"]["method"] == "POST"
    assert EAN in mock["request"]["body"]["text"]
    assert mock["response"]["status"] == 200
    assert energy["request"]["query"].startswith(f"ean={EAN}")
    assert energy["correlationId"] == answer.headers["x-correlation-id"]
    assert energy["response"]["body"]["size"] == len(answer.content)
    assert energy["response"]["body"]["cut"]
    assert answer.text.startswith(energy["response"]["body"]["text"])


def test_the_journal_has_the_heads_that_went_out(client: Client) -> None:
    """C4, C6: with gzip or without, the journal shows rate limit and correlation id as the client saw them."""
    for coding in ("gzip", "identity"):
        answer = client.ask("GET", paths.MANDATE, headers={"Accept-Encoding": coding})
        told = client.control("GET", "/journal")["entries"][-1]["response"]["headers"]
        for name in ("x-correlation-id", "ratelimit-remaining", "vary"):
            assert told[name] == answer.headers[name]


def test_an_expired_token_never_strikes_where_tokens_are_asked_for(client: Client) -> None:
    """An expired-token fault of any endpoint lets the client get a new token, as an expired token does."""
    _fault(client, kind="expired-token", times=1)
    assert client.platform.ask_token(client.issued).status_code == HTTPStatus.OK
    assert client.get(paths.MANDATE).status_code == HTTPStatus.UNAUTHORIZED


def test_the_journal_has_refusals_of_a_token(client: Client) -> None:
    """A request with a good key and a wrong token is in the journal: why did I get 401?"""
    client.headers["Authorization"] = "Bearer nonsense"
    assert client.get(paths.MANDATE).status_code == HTTPStatus.UNAUTHORIZED
    client.sign_in()
    refused = client.control("GET", "/journal")["entries"][-2]
    assert refused["response"]["status"] == 401
    assert "token" in refused["response"]["body"]["text"]


def test_the_journal_has_no_secret(client: Client) -> None:
    """A2: secrets, keys and tokens are masked in the journal."""
    client.get(paths.MANDATE)
    told = _control(client, "GET", "/journal").text
    entries = client.control("GET", "/journal")["entries"]
    assert {entry["request"]["path"] for entry in entries} == {
        client.platform.token_path,
        paths.BASE_PATHS[client.issued.credentials.environment][0] + paths.MANDATE,
    }
    token = client.headers["Authorization"].removeprefix("Bearer ")
    for secret in (client.issued.client_secret, client.issued.subscription_key or "-", token):
        assert secret not in told


def test_secrets_in_odd_places_are_masked_too(client: Client) -> None:
    """A2: a key in the query, a secret under an encoded name, a key in a header of another name: masked."""
    key = client.issued.subscription_key or "-"
    secret = client.issued.client_secret
    client.get(paths.MANDATE, {"subscription-key": key, "access_token": "abc123", "status": "Approved"})
    client.ask("GET", paths.MANDATE, headers={"X-Api-Key": key})
    form = f"grant_type=client_credentials&client%5Fid={client.issued.credentials.client_id}&client%5Fsecret={secret}"
    client.platform.http.post(
        client.platform.token_path,
        content=form,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    told = _control(client, "GET", "/journal").text
    assert "status=Approved" in told
    for hidden in (key, secret, "abc123"):
        assert hidden not in told


def test_the_journal_is_read_on_from_a_number(client: Client) -> None:
    """The journal is read in pieces: what came after a number, at most so many."""
    for _ in range(5):
        client.get(paths.MANDATE)
    entries = client.control("GET", "/journal")["entries"]
    newest = entries[-1]["number"]
    later = client.control("GET", "/journal", params={"after": newest - 3})["entries"]
    assert [entry["number"] for entry in later] == [newest - 2, newest - 1, newest]
    assert len(client.control("GET", "/journal", params={"limit": 2})["entries"]) == 2
    assert_refused(
        _control(client, "GET", "/journal", params={"limit": "all"}), HTTPStatus.BAD_REQUEST, "limit"
    )


def test_sandboxes_of_two_clients_never_meet(platform: Platform) -> None:
    """S1: clock, faults, mandates and journal of one client are nothing to another, of the same organisation too."""
    one, other = platform.client(), platform.client()
    one.control("PUT", "/clock", json={"now": "2026-03-01T08:00:00Z"})
    _fault(one, status=500)
    before = _control(other, "GET", "/journal").json()
    assert other.get(paths.MANDATE).json()["_meta"]["fetchTime"] == "2025-09-20T10:00:00Z"
    one.get(paths.MANDATE)
    assert (
        len(_control(other, "GET", "/journal").json()["data"]["entries"])
        == len(before["data"]["entries"]) + 1
    )
    other.control("POST", "/reset")
    assert len(one.control("GET", "/faults")["faults"]) == 1


def test_the_control_surface_needs_the_credentials(client: Client) -> None:
    """C2: the control surface opens to the credentials of the sandbox alone; readiness to everybody."""
    http = client.platform.http
    assert_refused(http.get(f"{paths.CONTROL}/clock"), HTTPStatus.UNAUTHORIZED)
    assert http.get(f"{paths.CONTROL}/ready").json() == {"status": "ready"}


def test_the_control_surface_is_exempt_from_the_limit(template: Any, portal: Any) -> None:
    """C4: with the limit used up, the controls still answer."""
    from support.platform import new_platform  # noqa: PLC0415 - this platform has a limit of its own

    with new_platform(template, portal, rate_limit=1) as platform:
        client = platform.client()
        assert [client.get(paths.MANDATE).status_code for _ in range(2)] == [200, 429]
        assert {_control(client, "GET", "/clock").status_code for _ in range(3)} == {200}


def test_the_control_surface_is_documented(platform: Platform) -> None:
    """C8: the control surface has an OpenAPI document of its own, valid, and a page that shows it."""
    document = platform.http.get(paths.CONTROL + paths.OPENAPI).json()
    openapi_spec_validator.validate(document)
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(method, path) for method, path, _, _ in (*ENDPOINTS, *PLAYED)}
    assert "swagger-ui" in platform.http.get(paths.CONTROL + paths.SWAGGER).text


def test_the_page_of_the_journal_loads_nothing_from_elsewhere(platform: Platform) -> None:
    """A2: the page asks for the credentials itself, keeps them, and runs no script but its own."""
    page = platform.http.get(f"{paths.CONTROL}/journal.html")
    assert platform.token_path in page.text
    assert "unsafe" not in page.headers["content-security-policy"]
    for name, kind in (("journal.js", "text/javascript"), ("journal.css", "text/css")):
        assert name in page.text
        assert platform.http.get(f"{paths.CONTROL}/{name}").headers["content-type"].startswith(kind)
