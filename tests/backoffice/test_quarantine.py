"""What waits in quarantine, over HTTP."""

import json
from collections.abc import Iterable
from http import HTTPStatus

import httpx

from kwartier.backoffice.delivering import NDJSON
from kwartier.backoffice.files import CSV
from kwartier.domain.ean import Ean
from kwartier.domain.known_headpoint import KnownHeadpoint
from kwartier.domain.metering import Direction, EnergyType, Headpoint, MeterType
from kwartier.domain.operators import OperatorScope
from support.ingest import rows_of_days
from support.live import Live
from support.office import FORMS, Office
from support.platform import assert_refused
from support.store import DIGITAL

_LATE = "541448800000000038"


def deliver_too_early(office: Office) -> None:
    """Deliver half a day of a headpoint that is not known yet, and a row of one that is."""
    rows = rows_of_days(1, ean=int(_LATE), state=4)[:48]
    [wrong] = rows_of_days(1, ean=int(DIGITAL.ean))[:1]
    office.delivered("monday", FORMS[NDJSON]([*rows, wrong | {"value": -1}]))


def test_rows_are_listed_page_by_page(office: Office) -> None:
    """R3: rows that wait are listed with their reasons; each page says how to ask for the next."""
    deliver_too_early(office)
    seen: list[int] = []
    after: dict[str, str] = {}
    while True:
        page = office.get("/quarantine", limit=20, **after)
        seen += [one["line"] for one in page["rows"]]
        if "next" not in page:
            break
        after = {"after": page["next"]}
    assert len(seen) == 49
    [mine] = office.get("/quarantine", ean=DIGITAL.ean)["rows"]
    assert "negative" in mine["reason"]
    assert mine["ean"] == DIGITAL.ean


def test_reasons_are_counted(office: Office) -> None:
    """R3: it is told how many rows wait for each reason, the most frequent first."""
    deliver_too_early(office)
    reasons = office.get("/quarantine/reasons")["reasons"]
    assert [one["rows"] for one in reasons] == [48, 1]
    assert office.get("/quarantine/reasons", reason="negative")["reasons"] == reasons[1:]


def test_rows_are_brought_in_again(office: Office) -> None:
    """R3: once their headpoint is known, rows that waited are taken in as a delivery for each that brought them."""
    deliver_too_early(office)
    live = Live(office.platform)
    headpoint = Headpoint(Ean(_LATE), EnergyType.ELECTRICITY, MeterType.AMR)
    live.headpoints.add(KnownHeadpoint(headpoint, Direction.OFFTAKE))
    live.close()
    [told] = office.post("/quarantine/retry", deliveryId="monday")["retried"]
    assert (told["deliveryId"], told["counts"]["stored"], told["counts"]["quarantined"]) == ("monday", 48, 1)
    assert told["delivery"]["counts"] == told["counts"]
    assert [one["rows"] for one in told["reasons"]] == [1]
    office.platform.clock.move(minutes=1)
    [again] = office.post("/quarantine/retry")["retried"]
    assert ("delivery" in again, again["counts"]["quarantined"]) == (False, 1)
    office.platform.clock.move(minutes=1)
    assert office.get("/delivery", deliveryId="monday")["waiting"] == 1
    answer = office.ask("POST", "/quarantine/retry", json={"ean": _LATE})
    assert_refused(answer, HTTPStatus.NOT_FOUND, "waits")


def test_single_rows_are_settled(office: Office) -> None:
    """R3: each row has a number, by which it is retried or discarded alone."""
    deliver_too_early(office)
    first, second, *_ = [one["row"] for one in office.get("/quarantine")["rows"]]
    [told] = office.post("/quarantine/retry", rows=[first, second])["retried"]
    assert told["counts"]["rows"] == 2
    assert office.post("/quarantine/discard", rows=[first])["rows"] == 1
    assert next(one["row"] for one in office.get("/quarantine")["rows"]) == second
    for path in ("/quarantine/retry", "/quarantine/discard"):
        assert_refused(office.ask("POST", path, json={"rows": ["1"]}), HTTPStatus.BAD_REQUEST, "12-1")
        assert_refused(office.ask("POST", path, json={"rows": []}), HTTPStatus.BAD_REQUEST, "rows")


def test_rows_are_corrected(office: Office) -> None:
    """R3: corrected rows come in by a table with their numbers; what is wrong with the table is 400."""
    deliver_too_early(office)
    [wrong] = office.get("/quarantine", ean=DIGITAL.ean)["rows"]
    said = json.loads(wrong["content"]) | {"value": "4", "row": wrong["row"]}

    def corrected(*lines: Iterable[object]) -> httpx.Response:
        text = "\n".join(",".join("" if cell is None else str(cell) for cell in line) for line in lines)
        return office.ask("POST", "/quarantine/correct", content=text.encode(), headers={"Content-Type": CSV})

    told = office.data_of(corrected(said, said.values()))
    assert told["gone"] == 0
    [retried] = told["retried"]
    assert (retried["deliveryId"], retried["counts"]["stored"]) == ("monday", 1)
    assert retried["delivery"]["deliveryId"].startswith("retry of monday")
    assert_refused(corrected(said, said.values()), HTTPStatus.NOT_FOUND, "one of these rows waits")
    assert_refused(corrected(["ean"], [1]), HTTPStatus.BAD_REQUEST, "'row'")


def test_rows_are_discarded(office: Office) -> None:
    """R3: who discards says which rows; those wait no more."""
    deliver_too_early(office)
    assert_refused(office.ask("POST", "/quarantine/discard", json={}), HTTPStatus.BAD_REQUEST, "which rows")
    assert office.post("/quarantine/discard", reason="negative")["rows"] == 1
    assert office.post("/quarantine/discard", all=True)["rows"] == 48
    assert office.get("/quarantine")["rows"] == []


def test_who_may_only_look_sees_no_readings(office: Office) -> None:
    """A1, C2: rows that wait hold readings: to see them takes the scope to settle them."""
    deliver_too_early(office)
    reader = Office(office.platform, [OperatorScope.READ])
    assert_refused(reader.ask("GET", "/quarantine"), HTTPStatus.FORBIDDEN, "backoffice.deliver")
    assert reader.get("/delivery", deliveryId="monday")["waiting"] == 49


def test_what_no_row_says_is_refused(office: Office) -> None:
    """R3: a control character in what rows are looked up by is 400, alike on both engines."""
    for path in ("/quarantine", "/quarantine/reasons"):
        for name in ("reason", "deliveryId"):
            answer = office.ask("GET", path, params={name: "a\0"})
            assert_refused(answer, HTTPStatus.BAD_REQUEST, "can be shown")
    for path in ("/quarantine/retry", "/quarantine/discard"):
        for name in ("reason", "deliveryId"):
            answer = office.ask("POST", path, json={name: "a\0"})
            assert_refused(answer, HTTPStatus.BAD_REQUEST, "can be shown")
