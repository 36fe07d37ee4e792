"""Organisations, people, contracts, mandates and market scenarios over HTTP."""

from http import HTTPStatus
from io import BytesIO
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.metering import Granularity
from kwartier.domain.period import Period
from kwartier.services.grants import Grant
from kwartier.wire import paths
from support.domain import brussels
from support.live import Live
from support.office import Office
from support.platform import assert_refused
from support.store import AMR, DIGITAL

_NUMBER: Final = "0999.999.922"
_OTHER: Final = "0123.456.749"
_CSV: Final = {"Content-Type": "text/csv"}


def organisation(office: Office, number: str = _NUMBER, name: str = "Windmill") -> Any:
    """Register an organisation."""
    answer = office.ask("PUT", "/organisation", json={"number": number, "name": name})
    assert answer.status_code == HTTPStatus.OK, answer.text
    return answer.json()["data"]["organisation"]


def test_an_organisation_is_registered_shown_and_written_anew(office: Office) -> None:
    """I1: an organisation is known by its enterprise number, however that is written."""
    made = organisation(office, "BE0999999922")
    assert (made["number"], made["kind"], made["language"]) == (_NUMBER, "company", "nl")
    organisation(office, name="Watermill")
    shown = office.get("/organisation", organisation=_NUMBER)
    assert (shown["organisation"]["name"], shown["choice"]) == ("Watermill", "without")
    answer = office.ask("GET", "/organisation", params={"organisation": _OTHER})
    assert_refused(answer, HTTPStatus.NOT_FOUND, _OTHER)


def test_lists_come_page_by_page(office: Office) -> None:
    """I1: each page says how to ask for the next, and the last says nothing."""
    for number, name in ((_NUMBER, "C"), (_OTHER, "A"), ("0200.065.765", "B")):
        organisation(office, number, name)
    first = office.get("/organisations", limit=2)
    rest = office.get("/organisations", limit=2, skip=first["next"])
    names = [one["name"] for page in (first, rest) for one in page["organisations"]]
    assert (names, rest.get("next")) == (["A", "B", "C"], None)
    assert office.get("/organisations", limit=0)["organisations"] == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"number": "1", "name": "x"}, "number"),
        ({"number": _NUMBER}, "name"),
        ({"number": _NUMBER, "name": ""}, "name"),
        ({"number": _NUMBER, "name": "x", "kind": "club"}, "kind"),
        ({"number": _NUMBER, "name": "x", "colour": "red"}, "colour"),
        ({"number": _NUMBER, "name": "x", "email": "nobody"}, "e-mail"),
        ([], "object"),
    ],
)
def test_what_is_wrong_with_a_body_is_named(office: Office, body: Any, words: str) -> None:
    """C6: 400 names each field that is wrong, with what is allowed."""
    answer = office.ask("PUT", "/organisation", json=body)
    assert_refused(answer, HTTPStatus.BAD_REQUEST, words)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/person", {"person": "\x00", "name": "x", "email": "x@example.test"}),
        ("POST", "/roles", {"person": "a\x00b", "organisation": "0999.999.922", "kind": "role"}),
        ("POST", "/roles/end", {"role": "\x00", "organisation": "0999.999.922"}),
        ("POST", "/contracts/sign", {"contract": "\x00", "organisation": "0999.999.922"}),
        ("POST", "/contracts/approve", {"contract": "\x00"}),
        ("POST", "/contracts/end", {"contract": "\x00", "at": "2026-03-01"}),
        ("POST", "/mandates/end", {"mandate": "\x00"}),
    ],
    ids=str,
)
def test_an_id_that_no_database_takes_is_named(office: Office, method: str, path: str, body: Any) -> None:
    """C6: it is a mistake of who asks, on either engine."""
    answer = office.ask(method, path, json=body)
    assert_refused(answer, HTTPStatus.BAD_REQUEST, "cannot be shown")


def test_where_a_grid_user_is_asked(office: Office) -> None:
    """M2: a grid user is asked by e-mail, or by letter; one of the two must be told."""
    told = {"ean": DIGITAL.ean, "who": "Eva Peeters", "email": "eva@example.com"}
    answer = office.ask("PUT", "/contact", json=told)
    assert answer.status_code == HTTPStatus.OK, answer.text
    [contact] = office.get("/contacts", ean=DIGITAL.ean)["contacts"]
    assert (contact["who"], contact["email"]) == ("Eva Peeters", "eva@example.com")
    del told["email"]
    assert_refused(office.ask("PUT", "/contact", json=told), HTTPStatus.BAD_REQUEST, "address")


def test_a_person_gets_a_role_and_loses_it(office: Office) -> None:
    """I2: a person acts for an organisation by a role, which ends when it is told to; it stays on record."""
    organisation(office)
    person = office.post("/people", name="Eva", email="eva@example.com")["person"]
    answer = office.ask(
        "PUT",
        "/person",
        json={"person": person, "name": "Eva P.", "email": "eva@example.org", "language": "en"},
    )
    assert answer.json()["data"]["language"] == "en"
    role = office.post("/roles", person=person, organisation=_NUMBER, kind="administrator")
    assert "to" not in role["period"]
    office.platform.clock.move(minutes=30)
    ended = office.post("/roles/end", role=role["role"], organisation=_NUMBER)
    assert ended["period"]["to"] == "2025-09-20T10:30:00Z"
    shown = office.get("/person", person=person)
    assert (shown["person"]["name"], shown["roles"]) == ("Eva P.", [ended])
    assert office.get("/roles", organisation=_NUMBER)["roles"] == [ended]
    assert [one["person"] for one in office.get("/people", email="eva@example.org")["people"]] == [person]
    assert_refused(office.ask("GET", "/person", params={"person": "x"}), HTTPStatus.NOT_FOUND)
    answer = office.ask("POST", "/roles/end", json={"role": "x", "organisation": _NUMBER})
    assert_refused(answer, HTTPStatus.NOT_FOUND)


def test_a_contract_goes_through_its_states(office: Office) -> None:
    """I6: a contract is requested, signed, approved and ended, each once, in this order."""
    body = {"organisation": _NUMBER}
    assert_refused(office.ask("POST", "/contracts", json=body), HTTPStatus.CONFLICT, "not registered")
    organisation(office)
    number = office.post("/contracts", **body, feeCents=12_500)["contract"]
    approve = {"contract": number}
    assert_refused(office.ask("POST", "/contracts/approve", json=approve), HTTPStatus.CONFLICT, "signed")
    assert office.post("/contracts/sign", contract=number, **body)["state"] == "signed"
    assert office.post("/contracts/approve", **approve)["state"] == "approved"
    assert office.get("/organisation", **body)["choice"] == "sign"
    ended = office.post("/contracts/end", contract=number, at="2025-10-01")
    assert (ended["state"], ended["endedAt"]) == ("approved", "2025-09-30T22:00:00Z")
    [listed] = office.get("/contracts", **body)["contracts"]
    assert (listed, listed["feeCents"]) == (ended, 12_500)
    assert office.get("/contracts", organisation=_OTHER)["contracts"] == []


def _granted(office: Office) -> str:
    live = Live(office.platform)
    period = Period(brussels("2024-01-01T00:00"))
    number = EnterpriseNumber.parse(_NUMBER)
    made = live.grants.add(Grant(number, DIGITAL.ean, Granularity.DAILY, period, own=False))
    live.close()
    office.platform.clock.move(minutes=1)
    return made.standing.mandate_id


def test_a_mandate_is_listed_and_ended(office: Office) -> None:
    """M2: because the grid user asked for it, a mandate is Finished from now on; a second time there is nothing to end."""
    mandate = _granted(office)
    [listed] = office.get("/mandates", organisation=_NUMBER)["mandates"]
    assert (listed["mandate"], listed["status"], listed["service"]) == (mandate, "Approved", "VH_dag")
    assert office.get("/mandates", ean=DIGITAL.ean)["mandates"] == [listed]
    assert office.get("/mandates", ean=AMR.ean)["mandates"] == []
    assert_refused(office.ask("GET", "/mandates"), HTTPStatus.BAD_REQUEST, "organisation, ean")
    assert office.post("/mandates/end", mandate=mandate)["status"] == "Finished"
    assert_refused(office.ask("POST", "/mandates/end", json={"mandate": mandate}), HTTPStatus.NOT_FOUND)


def test_a_move_is_registered_long_after(office: Office) -> None:
    """M5: what was given under the grid user who moved ends at the move, which may be registered late; twice changes nothing."""
    _granted(office)
    move = {"ean": DIGITAL.ean, "scenario": "move", "effective": "2025-09-01", "gridUser": _OTHER}
    told = office.post("/scenario", **move)
    assert (told["isNew"], told["cut"], told["rejected"]) == (True, 1, 0)
    [mandate] = office.get("/mandates", organisation=_NUMBER)["mandates"]
    assert mandate["dataPeriod"]["to"] == "2025-08-31T22:00:00Z"
    assert not office.post("/scenario", **move)["isNew"]
    assert office.get("/scenarios", ean=DIGITAL.ean)["scenarios"] == [told["scenario"]]
    unknown = move | {"ean": "541448899999999999"}
    assert_refused(office.ask("POST", "/scenario", json=unknown), HTTPStatus.CONFLICT, "no headpoint")


_MOVES: Final = (
    "ean,scenario,effective,grid_user",
    f"{DIGITAL.ean},move,2025-09-01,{_OTHER}",
    f"{AMR.ean},supplier change,2025-09-01,",
    "541448899999999999,move,2025-09-01,",
    f"{AMR.ean},party,2025-09-01,",
)


def test_many_scenarios_come_in_a_table(office: Office) -> None:
    """M5: rows that can't be are named by their line, and do not stop the others; the same table again changes nothing."""
    _granted(office)
    sent = {"content": "\n".join(_MOVES), "headers": _CSV}
    told = office.data_of(office.ask("POST", "/scenarios", **sent))
    assert (told["new"], told["known"], told["cut"]) == (2, 0, 1)
    assert [one["line"] for one in told["wrong"]] == [4, 5]
    again = office.data_of(office.ask("POST", "/scenarios", **sent))
    assert (again["new"], again["known"]) == (0, 2)
    answer = office.ask("POST", "/scenarios", content="a,b\n", headers=_CSV)
    assert_refused(answer, HTTPStatus.BAD_REQUEST, "unknown column")


def test_who_looked_is_told_to_auditors(office: Office) -> None:
    """A1: each access to readings is found by EAN and by organisation, also one that was refused."""
    client = office.platform.client(EnvironmentName.LIVE, _NUMBER)
    params = {
        "ean": DIGITAL.ean,
        "periodType": "readTime",
        "from": "2025-09-01T22:00:00Z",
        "to": "2025-09-02T22:00:00Z",
    }
    assert client.get(paths.ENERGY, params).status_code == HTTPStatus.NOT_FOUND
    [access] = office.get("/audit", ean=DIGITAL.ean)["accesses"]
    assert (access["organisation"], access["periodType"]) == (_NUMBER, "readTime")
    assert access["refused"]
    assert access["period"] == {"from": params["from"], "to": params["to"]}
    assert office.get("/audit", organisation=_OTHER)["accesses"] == []
    assert office.get("/audit", to="2025-09-01T00:00:00Z")["accesses"] == []


def test_headpoints_come_in_a_table(office: Office) -> None:
    """E8: many headpoints come as CSV or Parquet; nothing is written if a row is wrong, unless that is to be skipped."""
    rows = [
        {"row": "headpoint", "ean": ean, "energy": energy, "meter_type": "AMR", "direction": "offtake"}
        for ean, energy in (("541448800000000045", "gas"), ("541448800000000052", "steam"))
    ]
    sink = BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    sent = {"content": sink.getvalue(), "headers": {"Content-Type": "application/vnd.apache.parquet"}}
    answer = office.ask("POST", "/headpoints", **sent)
    assert_refused(answer, HTTPStatus.BAD_REQUEST, "line 2", "energy")
    assert_refused(
        office.ask("GET", "/headpoint", params={"ean": rows[0]["ean"]}), HTTPStatus.NOT_FOUND, rows[0]["ean"]
    )
    told = office.data_of(office.ask("POST", "/headpoints", params={"skipWrong": "true"}, **sent))
    assert (told["new"], told["replaced"], [one["line"] for one in told["wrong"]]) == (1, 0, [2])
    assert office.get("/headpoint", ean=rows[0]["ean"])["energy"] == "gas"
    csv = f"{','.join(rows[0])}\n{','.join(rows[0].values())}\n"
    again = office.data_of(office.ask("POST", "/headpoints", content=csv, headers=_CSV))
    assert (again["new"], again["replaced"]) == (0, 1)


def test_headpoints_are_listed_in_order(office: Office) -> None:
    """E8: headpoints come in order of their EANs, with what hangs on them."""
    first = office.get("/headpoints", limit=1)
    assert [one["ean"] for one in first["headpoints"]] == [DIGITAL.ean]
    assert first["headpoints"][0]["meters"] == [{"seqNumber": "1", "meterId": "1SAG0000000001"}]
    rest = office.get("/headpoints", after=first["next"])
    assert [one["ean"] for one in rest["headpoints"]] == [AMR.ean]
    assert "next" not in rest


def test_what_is_late_is_listed(office: Office) -> None:
    """E11: headpoints of which nothing came in for 72 hours are named, also those of which nothing ever came in all that time."""
    assert office.get("/lag")["headpoints"] == []
    office.platform.clock.move(days=4)
    later = Office(office.platform)  # whose token is of that day
    late = later.get("/lag")["headpoints"]
    assert late == [{"ean": DIGITAL.ean, "slots": "quarter_hour"}, {"ean": AMR.ean, "slots": "quarter_hour"}]
    assert later.get("/lag", after=DIGITAL.ean)["headpoints"] == late[1:]
    assert later.get("/lag", limit=1)["next"] == DIGITAL.ean
