"""The life of a mandate in the sandbox, over HTTP: grid users, their answers, time, and the market, all played."""

import json
import re
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from openapi_schema_validator import OAS31Validator

from kwartier.api.played import PLAYED
from kwartier.domain.days import add_months
from kwartier.domain.played import Act, PlayedContract
from kwartier.domain.timeline import expiration_after, renewable_from
from kwartier.wire import paths
from kwartier.wire.timestamps import read_timestamp, write_timestamp
from kwartier.wire.vocabulary import SCENARIO_KIND
from support.domain import brussels
from support.platform import Client, Json, assert_refused

EAN: Final = "541440110000000007"
OTHER_EAN: Final = "541440110000000008"
GRID_USER: Final = "Bakkerij De Smet"
ASKED: Final = brussels("2026-01-31T10:00")  # a month later is the end of February
SECOND: Final = timedelta(seconds=1)


def at(client: Client, moment: datetime) -> None:
    """Let the clock stand still at a moment."""
    client.control("PUT", "/clock", json={"now": write_timestamp(moment), "running": False})


def ask(client: Client, ean: str = EAN, **fields: str) -> Json:
    """Ask for a mandate."""
    asked: Json = client.control("POST", "/mandates", json={"ean": ean, **fields})["mandate"]
    return asked


def act(client: Client, act: str, mandate: str = EAN) -> Json:
    """Do something with a mandate."""
    done: Json = client.control("POST", f"/mandates/{act}", json={"mandate": mandate})["mandate"]
    return done


def refused(client: Client, act: str, mandate: str = EAN) -> httpx.Response:
    """Try something with a mandate."""
    return client.ask("POST", f"/mandates/{act}", base=paths.CONTROL, json={"mandate": mandate})


def move(client: Client, effective: datetime, kind: str = "move", **fields: str) -> list[Json]:
    """Let the market do something; the mandates for the EAN."""
    asked = {"ean": EAN, "kind": kind, "effectiveDate": write_timestamp(effective), **fields}
    told: list[Json] = client.control("POST", "/scenarios", json=asked)["mandates"]
    return told


def seen(client: Client) -> tuple[str, str | None]:
    """Status and renewal status of the one mandate, as GET mandate shows them."""
    [found] = client.mandates()
    return found["status"], found.get("renewalStatus")


def changes(
    client: Client, moment: datetime, before: tuple[str, str | None], after: tuple[str, str | None]
) -> None:
    """What is seen changes at this very second, and the last-updated time says so (M6)."""
    at(client, moment - SECOND)
    assert seen(client) == before
    at(client, moment)
    assert seen(client) == after
    assert len(client.mandates({"lastUpdatedFrom": write_timestamp(moment)})) == 1
    assert client.mandates({"lastUpdatedFrom": write_timestamp(moment + SECOND)}) == []
    at(client, moment + SECOND)
    assert seen(client) == after


@pytest.fixture
def client(client: Client) -> Client:
    """Somebody on 31 January 2026, and an EAN of another's."""
    at(client, ASKED)
    client.control("POST", "/headpoints", json={"ean": EAN, "gridUser": GRID_USER})
    return client


# The whole life


def test_the_whole_life_of_a_mandate(client: Client) -> None:
    """M2, M3, M5, M6: asked, consented, renewed, cut by a move, ended, removed: years in a second."""
    asked = ask(client, referenceNumber="REF-1")
    assert (asked["status"], asked["own"], asked["gridUser"]) == ("Requested", False, GRID_USER)
    assert_refused(client.ask_energy(EAN, *DAY), HTTPStatus.NOT_FOUND, "none that is Approved")

    consented = ASKED + timedelta(days=3)
    at(client, consented)
    expires = expiration_after(consented)
    assert act(client, "consent")["mandateExpirationDate"] == write_timestamp(expires)
    assert client.mandates()[0]["referenceNumber"] == "REF-1"
    assert len(client.slots(EAN, *DAY)) == 96

    changes(client, renewable_from(expires), ("Approved", None), ("Approved", "ToBeRenewed"))
    act(client, "renew")
    assert seen(client) == ("Approved", "RenewalRequested")
    renewed = renewable_from(expires) + timedelta(days=10)
    at(client, renewed)
    assert act(client, "consent")["mandateExpirationDate"] == write_timestamp(expiration_after(renewed))
    assert seen(client) == ("Approved", None)

    moved = brussels("2028-06-01T00:00")
    [cut] = move(client, moved)
    assert cut["dataPeriodTo"] == write_timestamp(moved)
    assert client.mandates()[0]["dataPeriodTo"] == write_timestamp(moved)

    at(client, renewed + timedelta(days=1))
    act(client, "end")
    assert seen(client) == ("Finished", None)
    act(client, "remove")
    assert client.mandates() == []
    assert client.control("GET", "/mandates")["mandates"] == []


DAY: Final = ("2026-01-10T23:00:00Z", "2026-01-11T23:00:00Z")


# Asking


def test_ones_own_ean_is_approved_at_once(client: Client) -> None:
    """M2: every EAN is the client's own until it says otherwise, and then consent is nobody else's."""
    asked = ask(client, OTHER_EAN)
    assert (asked["status"], asked["own"]) == ("Approved", True)
    assert asked["can"] == ["end", "remove"]
    assert asked["mandateExpirationDate"] == write_timestamp(expiration_after(ASKED))
    assert len(client.slots(OTHER_EAN, *DAY)) == 96


def test_an_ean_is_given_back(client: Client) -> None:
    """M2: an EAN that is the client's own again is approved at once; the list tells whose EANs are."""
    assert client.control("GET", "/headpoints")["headpoints"] == [
        {"ean": EAN, "gridUser": GRID_USER, "own": False}
    ]
    [told] = client.control("POST", "/headpoints", json={"ean": EAN})["headpoints"]
    assert told["own"] is True
    assert ask(client)["status"] == "Approved"


def test_the_data_period_is_as_asked(client: Client) -> None:
    """S2, M10: left out, three years ago and open; given, as given."""
    assert ask(client)["dataPeriodFrom"] == "2023-01-30T23:00:00Z"
    period = {"dataPeriodFrom": "2026-01-10T23:00:00Z", "dataPeriodTo": "2026-01-12T23:00:00Z"}
    given = ask(client, OTHER_EAN, **period)
    assert {name: given[name] for name in period} == period
    starts = [one["start"] for one in client.slots(OTHER_EAN, "2026-01-01T23:00:00Z", "2026-01-20T23:00:00Z")]
    assert (starts[0], len(starts)) == ("2026-01-10T23:00:00Z", 2 * 96)


def test_what_is_there_is_not_asked_anew(client: Client) -> None:
    """M1: while a mandate gives all that is asked, or would, it is named; after a refusal one may ask again."""
    first = ask(client)
    again = client.ask("POST", "/mandates", base=paths.CONTROL, json={"ean": EAN})
    assert_refused(again, HTTPStatus.CONFLICT, first["id"], "Requested", "remove it first")
    assert ask(client, referenceNumber="another")["id"] != first["id"]
    act(client, "refuse", first["id"])
    assert ask(client)["status"] == "Requested"


# Silence, consent, refusal


def test_a_month_of_silence(client: Client) -> None:
    """M2: a month without an answer rejects a mandate, to the second; its EAN is hidden all along (M11)."""
    asked = ask(client)
    deadline = brussels("2026-02-28T10:00")
    assert asked["next"] == [
        {"since": write_timestamp(deadline), "status": "Rejected", "dataPeriodFrom": asked["dataPeriodFrom"]}
    ]
    changes(client, deadline, ("Requested", None), ("Rejected", None))
    assert "ean" not in client.mandates({"ean": EAN})[0]
    assert_refused(refused(client, "consent"), HTTPStatus.CONFLICT, "Rejected", "allowed now: remove")


def test_the_last_second_of_the_month(client: Client) -> None:
    """M2: consent one second before the month is over approves."""
    ask(client)
    at(client, add_months(ASKED, 1) - SECOND)
    assert act(client, "consent")["status"] == "Approved"


def test_a_refusal(client: Client) -> None:
    """M2: the grid user refuses: Rejected, and nothing is given."""
    ask(client)
    assert act(client, "refuse")["status"] == "Rejected"
    assert_refused(client.ask_energy(EAN, *DAY), HTTPStatus.NOT_FOUND, "none that is Approved")


# Renewal


def test_a_renewal_comes_too_early(client: Client) -> None:
    """M3: until three months before expiry no renewal can be asked, and the answer says from when on."""
    ask(client)
    expires = read_timestamp(act(client, "consent")["mandateExpirationDate"])
    at(client, renewable_from(expires) - SECOND)
    assert_refused(refused(client, "renew"), HTTPStatus.CONFLICT, write_timestamp(renewable_from(expires)))


@pytest.mark.parametrize("how", ["refuse", "silence"])
def test_a_renewal_that_does_not_come(client: Client, how: str) -> None:
    """M3: refused or unanswered, a renewal leaves status and term as they were, and may be asked again."""
    ask(client)
    expires = read_timestamp(act(client, "consent")["mandateExpirationDate"])
    at(client, renewable_from(expires))
    act(client, "renew")
    assert_refused(refused(client, "renew"), HTTPStatus.CONFLICT, "asked already", "consent, refuse")
    if how == "refuse":
        at(client, renewable_from(expires) + SECOND)
        act(client, "refuse")
    else:
        answerless = add_months(renewable_from(expires), 1)
        changes(client, answerless, ("Approved", "RenewalRequested"), ("Approved", "ToBeRenewed"))
    assert seen(client) == ("Approved", "ToBeRenewed")
    assert client.mandates()[0]["mandateExpirationDate"] == write_timestamp(expires)
    act(client, "renew")
    assert seen(client) == ("Approved", "RenewalRequested")


def test_a_renewal_asked_after_expiry(client: Client) -> None:
    """M3: Expired also while a request is open; only what can be done tells that it is."""
    ask(client)
    expires = read_timestamp(act(client, "consent")["mandateExpirationDate"])
    changes(client, expires, ("Approved", "ToBeRenewed"), ("Approved", "Expired"))
    assert act(client, "renew")["can"] == ["consent", "refuse", "end", "remove"]
    assert seen(client) == ("Approved", "Expired")
    assert act(client, "consent").get("renewalStatus") is None


def test_ones_own_renewal_needs_no_consent(client: Client) -> None:
    """M3: a requester who is the grid user is renewed at once."""
    expires = read_timestamp(ask(client, OTHER_EAN)["mandateExpirationDate"])
    at(client, renewable_from(expires))
    renewed = act(client, "renew", OTHER_EAN)
    assert renewed["mandateExpirationDate"] == write_timestamp(expiration_after(renewable_from(expires)))


def test_a_renewal_at_the_very_moment_of_an_answer(client: Client) -> None:
    """M3: by a clock that stands still a renewal is refused and asked again, in this order."""
    ask(client)
    at(client, renewable_from(read_timestamp(act(client, "consent")["mandateExpirationDate"])))
    for _ in range(2):
        act(client, "renew")
        assert seen(client) == ("Approved", "RenewalRequested")
        act(client, "refuse")
        assert seen(client) == ("Approved", "ToBeRenewed")


# The market


def test_a_move_in_the_past_cuts_the_data_period(client: Client) -> None:
    """M5, E5: what was measured after a move is gone from the answer, and lastUpdatedFrom finds the mandate."""
    ask(client)
    act(client, "consent")
    assert len(client.slots(EAN, *DAY)) == 96
    later = ASKED + timedelta(days=20)
    at(client, later)
    move(client, brussels("2026-01-11T12:00"))
    assert len(client.slots(EAN, *DAY)) == 48
    [found] = client.mandates({"lastUpdatedFrom": write_timestamp(later)})
    assert (found["status"], found["dataPeriodTo"]) == ("Approved", "2026-01-11T11:00:00Z")
    after = ("2026-01-12T23:00:00Z", "2026-01-13T23:00:00Z")
    assert_refused(client.ask_energy(EAN, *after), HTTPStatus.NOT_FOUND, "period")


def test_a_move_at_the_moment_of_consent(client: Client) -> None:
    """M5: by a clock that stands still a consent and then a move approve a mandate and cut it, in this order."""
    ask(client)
    act(client, "consent")
    [cut] = move(client, ASKED - timedelta(days=3))
    assert (cut["status"], cut["dataPeriodTo"]) == ("Approved", write_timestamp(ASKED - timedelta(days=3)))


@pytest.mark.parametrize("kind", ["grid-user-change", "combined-change", "move", "disconnection"])
def test_a_move_rejects_what_is_requested(client: Client, kind: str) -> None:
    """M2, M5: the grid user moves while a mandate is Requested: Rejected, at the later of effect and registration."""
    ask(client)
    at(client, ASKED + timedelta(days=2))
    [told] = move(client, ASKED + timedelta(days=9), kind)
    assert told["status"] == "Requested"
    changes(client, ASKED + timedelta(days=9), ("Requested", None), ("Rejected", None))


def test_a_change_of_supplier_changes_nothing(client: Client) -> None:
    """M5: a change of supplier is listed, and no mandate is touched."""
    before = ask(client)
    assert move(client, ASKED, "supplier-change") == [before]
    told = client.control("GET", "/scenarios")["scenarios"]
    assert [(one["kind"], one["effectiveDate"]) for one in told] == [
        ("supplier-change", write_timestamp(ASKED))
    ]


def test_the_new_grid_user_is_another(client: Client) -> None:
    """M5: a move ends what was given before it; who came with it is asked anew, and keeps what he gave until he moves."""
    ask(client)
    act(client, "consent")
    at(client, ASKED + timedelta(days=1))
    move(client, ASKED - timedelta(days=5), gridUser="Slagerij Claes")
    asked = ask(client)
    assert (asked["gridUser"], asked["status"]) == ("Slagerij Claes", "Requested")
    act(client, "consent", asked["id"])
    ends = [one.get("dataPeriodTo") for one in client.control("GET", "/mandates")["mandates"]]
    assert ends == [write_timestamp(ASKED - timedelta(days=5)), None]
    at(client, ASKED + timedelta(days=2))
    move(client, ASKED + timedelta(days=2))
    ends = [one["dataPeriodTo"] for one in client.control("GET", "/mandates")["mandates"]]
    assert ends == [write_timestamp(ASKED + timedelta(days=days)) for days in (-5, 2)]


def test_a_move_that_is_known_before_one_asks(client: Client) -> None:
    """M5: a mandate that is given before a move that is known already ends with it."""
    moves = ASKED + timedelta(days=9)
    move(client, moves)
    ask(client)
    assert act(client, "consent")["dataPeriodTo"] == write_timestamp(moves)


def test_moving_out_of_ones_own(client: Client) -> None:
    """M5: after the client's own organisation moved out, an EAN is another's."""
    ask(client, OTHER_EAN)
    asked = {"ean": OTHER_EAN, "kind": "move", "gridUser": "Slagerij Claes"}
    [cut] = client.control("POST", "/scenarios", json=asked)["mandates"]
    assert cut["dataPeriodTo"] == write_timestamp(ASKED)
    assert ask(client, OTHER_EAN, dataPeriodFrom="2026-01-31T23:00:00Z")["status"] == "Requested"


# The contract


@pytest.mark.parametrize(
    ("contract", "said"),
    [("none", "no contract"), ("requested", "not approved yet"), ("approved", "renew"), ("ended", "ended")],
)
def test_a_contract_that_is_missing(client: Client, contract: str, said: str) -> None:
    """E6, I5, I6: played to be missing, a contract keeps EANs of others closed, and the 403 says what is missing."""
    ask(client)
    act(client, "consent")
    ask(client, OTHER_EAN)
    client.control("PUT", "/contract", json={"contract": contract})
    assert client.control("GET", "/contract") == {"contract": contract}
    assert_refused(client.ask_energy(EAN, *DAY), HTTPStatus.FORBIDDEN, said)
    assert len(client.slots(OTHER_EAN, *DAY)) == 96
    assert len(client.mandates()) == 2
    client.control("PUT", "/contract", json={"contract": "not-needed"})
    assert len(client.slots(EAN, *DAY)) == 96


def test_no_contract_is_needed_unless_one_says_so(client: Client) -> None:
    """S1: as at first no contract is ever needed, and after a reset none is again."""
    assert client.control("GET", "/contract") == {"contract": "not-needed"}
    client.control("PUT", "/contract", json={"contract": "none"})
    client.control("POST", "/reset")
    assert client.control("GET", "/contract") == {"contract": "not-needed"}
    assert client.control("GET", "/headpoints") == {"headpoints": []}


def test_a_mock_mandate_is_on_whose_ean_it_is(client: Client) -> None:
    """S2, I6: a mock mandate for an EAN of another's needs the contract that is played to be missing, one's own does not."""
    client.mock(EAN)
    client.mock(OTHER_EAN)
    client.control("PUT", "/contract", json={"contract": "none"})
    assert client.ask_energy(EAN, *DAY).status_code == HTTPStatus.FORBIDDEN
    assert client.ask_energy(OTHER_EAN, *DAY).status_code == HTTPStatus.OK


def test_a_mock_mandate_lives_too(client: Client) -> None:
    """S2, M2: a mock mandate is listed, consented to, cut and ended like others."""
    client.mock(EAN, status="Requested")
    assert act(client, "consent")["facts"][0]["fact"] == "mocked"
    assert move(client, ASKED)[0]["dataPeriodTo"] == write_timestamp(ASKED)
    assert act(client, "end")["status"] == "Finished"


# The clock set back


def test_what_happens_later_is_hidden(client: Client) -> None:
    """A3: a clock set back hides what came later, whose EAN it is too; and nothing is written before it."""
    asked = ask(client)
    at(client, ASKED + timedelta(days=2))
    act(client, "consent")
    at(client, ASKED + timedelta(days=1))
    [told] = client.control("GET", "/mandates")["mandates"]
    assert ([one["fact"] for one in told["facts"]], told["status"]) == (["asked"], "Requested")
    later = write_timestamp(ASKED + timedelta(days=2))
    assert_refused(refused(client, "refuse"), HTTPStatus.CONFLICT, "later than your clock shows", later)
    at(client, ASKED - SECOND)
    assert client.control("GET", "/mandates")["mandates"] == []
    assert_refused(refused(client, "consent", asked["id"]), HTTPStatus.NOT_FOUND, "made later")
    assert client.control("GET", "/headpoints")["headpoints"][0]["own"] is True
    at(client, ASKED + timedelta(days=2))
    assert seen(client) == ("Approved", None)


# Names and mistakes


def test_an_ean_names_the_mandate_that_can_be_meant(client: Client) -> None:
    """M1: of several for one EAN the one that can be consented to is meant; where two could be, they are named."""
    first, second = ask(client, referenceNumber="1"), ask(client, referenceNumber="2")
    assert_refused(refused(client, "consent"), HTTPStatus.CONFLICT, first["id"], second["id"], "by its id")
    act(client, "consent", first["id"])
    assert act(client, "consent")["id"] == second["id"]


@pytest.mark.parametrize("name", [EAN, "d2b0a8a5e1dc4d3b8f1c9e37c1f8a642", "nonsense"])
def test_a_mandate_that_is_not_there(client: Client, name: str) -> None:
    """C6: whatever is done with a mandate that one does not have is 404."""
    for act_ in Act:
        assert_refused(refused(client, act_.value, name), HTTPStatus.NOT_FOUND, name)


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("/mandates", {}, "ean"),
        ("/mandates", {"ean": "541449999999999999"}, "5414"),
        ("/mandates", {"ean": EAN, "dataServiceType": "VH_dag"}, "the EAN says VH_kwartier_uur"),
        ("/mandates", {"ean": EAN, "dataServiceType": "VH_week"}, "VH_dag, VH_kwartier_uur"),
        ("/mandates", {"ean": EAN, "dataPeriodTo": "2020-01-01T00:00:00Z"}, "dataPeriodFrom"),
        ("/mandates", {"ean": EAN, "dataPeriodFrom": "yesterday"}, "YYYY-MM-DDTHH:MM:SSZ"),
        ("/mandates", {"ean": EAN, "status": "Approved"}, "status"),
        ("/mandates/consent", {}, "mandate"),
        ("/headpoints", {"ean": EAN, "gridUser": ""}, "gridUser"),
        ("/headpoints", {"ean": "1"}, "18 digits"),
        ("/scenarios", {"ean": EAN, "kind": "flood"}, "disconnection"),
        ("/scenarios", {"ean": EAN, "kind": "supplier-change", "gridUser": "x"}, "nobody comes"),
        ("/scenarios", {"ean": EAN, "kind": "move", "gridUser": GRID_USER}, "already"),
        ("/scenarios", {"ean": "541449999999999999", "kind": "move"}, "5414"),
    ],
)
def test_what_is_wrong_is_named(client: Client, path: str, body: Any, told: str) -> None:
    """C6: a mistake is 400, and the answer names what is wrong and what is allowed."""
    answer = client.ask("POST", path, base=paths.CONTROL, json=body)
    assert_refused(answer, HTTPStatus.BAD_REQUEST, told)


def test_the_list_is_narrowed(client: Client) -> None:
    """C6: the list is narrowed by EAN and by number, and refuses what is neither."""
    ask(client)
    ask(client, OTHER_EAN)
    [told] = client.control("GET", "/mandates", params={"ean": OTHER_EAN})["mandates"]
    assert told["ean"] == OTHER_EAN
    assert len(client.control("GET", "/mandates", params={"limit": 1})["mandates"]) == 1
    wrong = client.ask("GET", "/mandates", base=paths.CONTROL, params={"ean": "1", "limit": "all"})
    assert_refused(wrong, HTTPStatus.BAD_REQUEST, "18 digits", "1000")


def test_the_same_scenario_twice(client: Client) -> None:
    """M5: the same scenario of the same EAN and moment is registered once."""
    move(client, ASKED)
    asked = {"ean": EAN, "kind": "move", "effectiveDate": write_timestamp(ASKED)}
    again = client.ask("POST", "/scenarios", base=paths.CONTROL, json=asked)
    assert_refused(again, HTTPStatus.CONFLICT, "registered already")


# The page


_PAGE: Final = (Path(__file__).parent.parent.parent / "docs" / "sandbox-control.md").read_text(
    encoding="utf-8"
)
_LINE: Final = re.compile(r"^sandbox (\w+) +(\S+) *(?:'(.*?)')? *(?:# (.*))?$", re.MULTILINE)


def test_the_requests_of_the_page_do_what_it_says(client: Client) -> None:
    """M2: the month of silence, as docs/sandbox-control.md plays it."""
    client.control("POST", "/reset")
    lines = _LINE.findall(_PAGE)
    assert len(lines) == 7
    for method, path, body, said in lines:
        told = client.control(method, path, **({"json": json.loads(body)} if body else {}))
        for word in re.findall(r"[A-Z]\w+ed|[\d-]+T[\d:]+Z", said):
            assert word in json.dumps(told)


def test_the_page_has_all_that_can_be_played() -> None:
    """C8: every path, scenario and state of a contract stands on the page."""
    for _, path, _, _ in PLAYED:
        assert f"{paths.CONTROL}{path}" in _PAGE
    for name in (*SCENARIO_KIND.names, *(one.value for one in PlayedContract)):
        assert f"`{name}`" in _PAGE


def test_each_answer_fits_the_document(client: Client) -> None:
    """C8: what is answered is valid by the document, at each turn of a mandate's life."""
    document = client.platform.http.get(paths.CONTROL + paths.OPENAPI).json()
    client.mock(OTHER_EAN, renewalStatus="Expired", dataPeriodTo="2027-01-01T00:00:00Z")
    asked: list[tuple[str, str, Json]] = [
        ("post", "/mandates", {"ean": EAN, "referenceNumber": "REF-1"}),
        ("post", "/mandates/consent", {"mandate": EAN}),
        ("post", "/scenarios", {"ean": EAN, "kind": "move", "gridUser": "Slagerij Claes"}),
        ("post", "/headpoints", {"ean": OTHER_EAN, "gridUser": GRID_USER}),
        ("put", "/contract", {"contract": "ended"}),
        ("post", "/mandates/end", {"mandate": EAN}),
        *(("get", path, {}) for path in ("/mandates", "/scenarios", "/headpoints", "/contract", "/state")),
        ("post", "/mandates/remove", {"mandate": EAN}),
    ]
    for method, path, body in asked:
        answer = client.ask(method.upper(), path, base=paths.CONTROL, **({"json": body} if body else {}))
        assert answer.status_code == HTTPStatus.OK, answer.text
        told = document["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]
        validator = OAS31Validator(told | {"components": document["components"]})
        assert not list(validator.iter_errors(answer.json())), answer.text
        if path == "/state":
            taken = document["paths"][path]["put"]["requestBody"]["content"]["application/json"]["schema"]
            validator = OAS31Validator(taken | {"components": document["components"]})
            assert not list(validator.iter_errors(answer.json())), answer.text


# Isolation


def test_two_clients_never_meet(client: Client) -> None:
    """S1, M12: nothing that one client plays is seen or touched by another, of the same organisation too."""
    other = client.platform.client()
    at(other, ASKED)
    mine = ask(client)
    client.control("PUT", "/contract", json={"contract": "none"})
    for path in ("/mandates", "/headpoints", "/scenarios"):
        assert list(other.control("GET", path).values()) == [[]]
    assert other.control("GET", "/contract") == {"contract": "not-needed"}
    for act_ in Act:
        assert_refused(refused(other, act_.value, mine["id"]), HTTPStatus.NOT_FOUND, mine["id"])
    theirs = ask(other)
    assert theirs["status"] == "Approved"
    assert theirs["gridUser"] != GRID_USER
    other.control("POST", "/scenarios", json={"ean": EAN, "kind": "move"})
    act(other, "remove")
    other.control("POST", "/reset")
    assert client.control("GET", "/mandates")["mandates"] == [mine]
    assert client.control("GET", "/scenarios")["scenarios"] == []
