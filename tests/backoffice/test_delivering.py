"""Deliveries over HTTP."""

import gzip
import json
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from typing import Final

import pytest

from kwartier.backoffice.delivering import ARROW, NDJSON
from kwartier.db.readings import readings_database
from kwartier.domain.operators import OperatorScope
from kwartier.gateway.compression import CODINGS
from support.ingest import row, rows_of_days, stands
from support.office import FORMS, Office, ndjson_of
from support.platform import assert_refused
from support.store import AMR, DIGITAL

_TWO_DAYS: Final = rows_of_days(2)
_UNKNOWN: Final = 541448899999999999


def stored(office: Office) -> int:
    """How many values are visible."""
    database = readings_database(office.platform.settings.database)
    try:
        return len(stands(database))
    finally:
        database.close()


@pytest.mark.parametrize("media_type", FORMS)
def test_a_delivery_is_taken_in(office: Office, media_type: str) -> None:
    """R3, R4: a stream of runs is answered with the delivery's id, and what came of each of its values; then it is visible."""
    told = office.delivered("monday", FORMS[media_type](_TWO_DAYS), media_type)
    delivery = told["delivery"]
    assert (delivery["deliveryId"], delivery["state"]) == ("monday", "published")
    assert delivery["source"] == "Head-end, over HTTP"
    assert delivery["counts"] == {
        "rows": 192,
        "stored": 192,
        "withdrawn": 0,
        "repeated": 0,
        "quarantined": 0,
        "runs": 2,
        "headpoints": 1,
    }
    assert (told["reasons"], told["isRepeated"]) == ([], False)
    assert stored(office) == 192


@pytest.mark.parametrize("media_type", FORMS)
def test_wrong_rows_wait_and_the_others_count(office: Office, media_type: str) -> None:
    """R3: values that cannot be right are set aside with a reason, which the answer tells with how many."""
    wrong = [
        row(ean=_UNKNOWN),
        row(ean=_UNKNOWN, slot=row()["slot"] + 1),
        row(ean=int(AMR.ean), value=-1, state=4),
    ]
    told = office.delivered("monday", FORMS[media_type]([*_TWO_DAYS, *wrong]), media_type)
    assert told["delivery"]["counts"] | {"runs": 0} == {
        "rows": 195,
        "stored": 192,
        "withdrawn": 0,
        "repeated": 0,
        "quarantined": 3,
        "runs": 0,
        "headpoints": 1,
    }
    assert sorted(one["rows"] for one in told["reasons"]) == [1, 2]
    assert office.get("/delivery", deliveryId="monday")["waiting"] == 3


def test_what_is_sent_twice_counts_once(office: Office) -> None:
    """R3: what was taken in before is answered with its first counts, however it is packed, and counts once."""
    first = office.delivered("monday", FORMS[NDJSON](_TWO_DAYS))
    packed = gzip.compress(FORMS[NDJSON](_TWO_DAYS))
    again = office.delivered("monday", packed, **{"Content-Encoding": "gzip"})
    assert again["delivery"] == first["delivery"]
    assert (again["reasons"], again["isRepeated"]) == ([], True)
    assert stored(office) == 192


def test_an_id_has_one_content(office: Office) -> None:
    """R3: something else under an id that was taken in is refused, and nothing of it counts: it would be lost in silence."""
    office.delivered("monday", FORMS[NDJSON](_TWO_DAYS))
    answer = office.deliver("monday", FORMS[NDJSON](rows_of_days(3)))
    assert_refused(answer, HTTPStatus.CONFLICT, "content was delivered", "id of its own")
    assert stored(office) == 192


def test_the_id_of_a_withdrawn_delivery_is_not_taken_again(office: Office) -> None:
    """R3: what was withdrawn does not come back under its old id."""
    office.delivered("monday", FORMS[NDJSON](_TWO_DAYS))
    office.platform.clock.move(minutes=1)
    office.post("/delivery/withdraw", deliveryId="monday")
    answer = office.deliver("monday", FORMS[NDJSON](_TWO_DAYS))
    assert_refused(answer, HTTPStatus.CONFLICT, "monday", "withdrawn")


@pytest.mark.parametrize("cut", [1, 100, 1000, -1])
def test_nothing_of_a_stream_counts_that_is_cut_off(office: Office, cut: int) -> None:
    """R3: an Arrow stream without its end is refused whole; sent again whole, it is taken in."""
    whole = FORMS[ARROW](_TWO_DAYS)
    answer = office.deliver("monday", whole[:cut], ARROW)
    body = assert_refused(answer, HTTPStatus.BAD_REQUEST)
    assert "cut off" in body["ValidationErrorMessages"][0]
    assert office.get("/deliveries")["deliveries"] == []
    assert office.delivered("monday", whole, ARROW)["delivery"]["counts"]["stored"] == 192


@pytest.mark.parametrize("cut", [-2, -10, -100])
def test_nothing_of_lines_counts_that_are_cut_off(office: Office, cut: int) -> None:
    """R3: NDJSON that ends inside a line is refused whole, however many lines came before; its id stays free."""
    whole = ndjson_of(_TWO_DAYS[:96], _TWO_DAYS[96:])
    body = assert_refused(office.deliver("monday", whole[:cut]), HTTPStatus.BAD_REQUEST)
    assert "cut off inside line 2" in body["ValidationErrorMessages"][0]
    assert office.get("/deliveries")["deliveries"] == []
    office.delivered("monday", whole[:-1])
    assert stored(office) == 192


def test_odd_lines_wait_and_the_others_count(office: Office) -> None:
    """R3: a NUL, or brackets without end, spoil their own lines alone, alike on both engines; a retry passes them over."""
    one = {"ean": DIGITAL.ean, "meter_id": "1SAG\0", "value": 1, "state": "READ"}
    run = json.loads(ndjson_of(_TWO_DAYS[:1]))
    series = {name: run[name] for name in ("direction", "register", "unit", "start", "resolution")}
    lines = [json.dumps(series | one).encode(), b"a\0b", b"[" * 100_000, b""]
    told = office.delivered("monday", ndjson_of(_TWO_DAYS) + b"\n".join(lines))
    assert (told["delivery"]["counts"]["stored"], told["delivery"]["counts"]["quarantined"]) == (192, 3)
    waiting = office.get("/quarantine", deliveryId="monday")["rows"]
    assert [one["content"][:3] for one in waiting if not one["content"].startswith("{")] == [
        "a\u2400b",
        "[[[",
    ]
    [retried] = office.post("/quarantine/retry", deliveryId="monday")["retried"]
    assert retried["counts"]["quarantined"] == 1


def test_what_can_not_be_read_is_refused(office: Office) -> None:
    """R4: a body that is no Arrow stream, or a line that is too long, is 400 and says why."""
    answer = office.deliver("monday", b"ean;value\n", ARROW)
    assert_refused(answer, HTTPStatus.BAD_REQUEST, "Arrow")
    answer = office.deliver("monday", b'{"ean":"' + b"1" * (5 * 1024 * 1024), NDJSON)
    assert_refused(answer, HTTPStatus.BAD_REQUEST, "longer than allowed")
    assert office.get("/deliveries")["deliveries"] == []


def test_lines_that_are_no_runs_wait_as_they_came(office: Office) -> None:
    """R3: a line of NDJSON that can't be read is set aside in its own words."""
    told = office.delivered("monday", FORMS[NDJSON](_TWO_DAYS) + b"{nonsense\n")
    assert told["delivery"]["counts"]["quarantined"] == 1
    [waiting] = office.get("/quarantine")["rows"]
    assert waiting["content"] == "{nonsense"
    assert waiting["deliveryId"] == "monday"


def _parts(whole: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(whole), size):
        yield whole[start : start + size]


@pytest.mark.parametrize("size", [1, 7, 4096])
@pytest.mark.parametrize("media_type", FORMS)
def test_it_comes_in_pieces_of_any_size(office: Office, media_type: str, size: int) -> None:
    """R4: however the network cuts a stream, what comes of it is the same."""
    told = office.delivered("monday", _parts(FORMS[media_type](rows_of_days(1)), size), media_type)
    assert told["delivery"]["counts"]["stored"] == 96


@pytest.mark.parametrize("packing", ["gzip", "x-gzip", "zstd"])
def test_it_may_come_packed(office: Office, packing: str) -> None:
    """R4: a stream packed with gzip or zstd is unpacked as it comes, also if it was packed in several pieces."""
    whole = FORMS[NDJSON](_TWO_DAYS)
    halves = (whole[: len(whole) // 2], whole[len(whole) // 2 :])
    packed = b"".join(map(gzip.compress if "gzip" in packing else _zstd, halves))
    told = office.delivered("monday", _parts(packed, 50), **{"Content-Encoding": packing})
    assert told["delivery"]["counts"]["stored"] == 192


def _zstd(data: bytes) -> bytes:
    compressor = CODINGS["zstd"]()
    return compressor.compress(data) + compressor.flush()


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_what_can_not_be_unpacked_is_refused(office: Office, packing: str) -> None:
    """R3, R4: a packed stream that is damaged or cut off is 400, and nothing of it counts."""
    whole = FORMS[NDJSON](_TWO_DAYS)
    packed = gzip.compress(whole) if packing == "gzip" else _zstd(whole)
    encoding = {"Content-Encoding": packing}
    assert_refused(office.deliver("a", packed[:-5], **encoding), HTTPStatus.BAD_REQUEST, "cut off")
    assert_refused(office.deliver("a", b"plain text", **encoding), HTTPStatus.BAD_REQUEST, f"no {packing}")
    assert office.get("/deliveries")["deliveries"] == []


def test_another_packing_is_refused(office: Office) -> None:
    """R4: a packing that is not read here is 415, with those that are."""
    answer = office.deliver("monday", b"x", **{"Content-Encoding": "br"})
    assert_refused(answer, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "gzip")
    assert answer.headers["accept-encoding"] == "zstd, gzip"


@pytest.mark.parametrize("media_type", ["application/json", "text/csv", ""])
def test_another_media_type_is_refused(office: Office, media_type: str) -> None:
    """R4: what is neither NDJSON nor Arrow is 415, with what is taken."""
    answer = office.deliver("monday", b"x", media_type)
    assert_refused(answer, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, NDJSON, ARROW)


@pytest.mark.parametrize("delivery_id", ["", "  ", "x" * 201, "a\nb"])
def test_a_delivery_needs_an_id(office: Office, delivery_id: str) -> None:
    """R3: without an id, nobody could tell whether something is sent twice."""
    answer = office.deliver(delivery_id, b"")
    assert_refused(answer, HTTPStatus.BAD_REQUEST, "deliveryId")
    answer = office.ask("POST", "/deliveries", content=b"", headers={"Content-Type": NDJSON})
    assert_refused(answer, HTTPStatus.BAD_REQUEST, "deliveryId: is required")


def test_who_may_deliver(office: Office) -> None:
    """C2, C5: without a token 401, with one that lacks the scope 403, and before anything of the body is read."""
    body = FORMS[NDJSON](_TWO_DAYS)
    stranger = {"Authorization": ""}
    assert_refused(office.deliver("monday", body, **stranger), HTTPStatus.UNAUTHORIZED, "token")
    others = Office(office.platform, set(OperatorScope) - {OperatorScope.DELIVER})
    assert_refused(others.deliver("monday", body), HTTPStatus.FORBIDDEN, "backoffice.deliver")
    assert others.get("/deliveries")["deliveries"] == []


def test_deliveries_are_listed_page_by_page(office: Office) -> None:
    """R3: the newest come first, and each page says how to ask for the next."""
    for number in range(5):
        office.delivered(f"delivery {number}", b"")
    seen: list[list[str]] = []
    before: dict[str, int] = {}
    while True:
        page = office.get("/deliveries", limit=2, **before)
        seen.append([one["deliveryId"] for one in page["deliveries"]])
        if "next" not in page:
            break
        before = {"before": page["next"]}
    assert seen == [["delivery 4", "delivery 3"], ["delivery 2", "delivery 1"], ["delivery 0"]]


def test_a_delivery_is_shown_and_withdrawn(office: Office) -> None:
    """R3: a delivery is taken back by another, and both tell so; a second time there is nothing to take back."""
    office.delivered("monday", FORMS[NDJSON](_TWO_DAYS))
    office.platform.clock.move(minutes=1)
    taking = office.post("/delivery/withdraw", deliveryId="monday")["delivery"]
    shown = office.get("/delivery", deliveryId="monday")["delivery"]
    assert (shown["state"], taking["withdraws"]) == ("withdrawn", shown["number"])
    office.platform.clock.now += timedelta(minutes=1)
    answer = office.ask("POST", "/delivery/withdraw", json={"deliveryId": "monday"})
    assert_refused(answer, HTTPStatus.CONFLICT, "withdrawn")
    answer = office.ask("GET", "/delivery", params={"deliveryId": "tuesday"})
    assert_refused(answer, HTTPStatus.NOT_FOUND, "tuesday")
    answer = office.ask("POST", "/delivery/withdraw", json={"deliveryId": "tuesday"})
    assert_refused(answer, HTTPStatus.NOT_FOUND, "tuesday")


def test_what_was_set_aside_goes_with_its_delivery(office: Office) -> None:
    """R3: a withdrawal tells how many rows waited and wait no more, and what had been retried and is withdrawn with it."""
    late = "541448800000000038"
    rows = [row(ean=int(late)), row(ean=int(late), slot=row()["slot"] + 1, value=-1)]
    office.delivered("monday", FORMS[NDJSON](rows))
    office.know_also(late)
    [retried] = office.post("/quarantine/retry")["retried"]
    office.platform.clock.move(minutes=1)
    before = office.get("/delivery", deliveryId="monday")
    assert (before["waiting"], before["dropped"]) == (1, 0)
    assert before["retriedBy"] == [retried["delivery"]]
    assert retried["delivery"]["retries"] == before["delivery"]["number"]
    done = office.post("/delivery/withdraw", deliveryId="monday")
    assert (done["dropped"], [one["deliveryId"] for one in done["retries"]]) == (
        1,
        [retried["delivery"]["deliveryId"]],
    )
    office.platform.clock.move(minutes=1)
    after = office.get("/delivery", deliveryId="monday")
    assert (after["waiting"], after["dropped"]) == (0, 2)
    assert [one["state"] for one in after["retriedBy"]] == ["withdrawn"]
    assert office.get("/quarantine")["rows"] == []


def test_the_smallest_run_of_the_documentation(office: Office) -> None:
    """R4: one run, written by hand."""
    run = {
        "ean": DIGITAL.ean,
        "direction": "offtake",
        "register": "total",
        "unit": "kWh",
        "start": "2025-04-01T22:00:00Z",
        "resolution": "PT15M",
        "values": [0.25, None, 0.5],
        "states": "READ",
    }
    told = office.delivered("by hand", json.dumps(run).encode())
    assert told["delivery"]["counts"]["stored"] == 2
