"""The base paths, the envelope, and compression."""

import gzip
import json
from http import HTTPStatus
from typing import Final

import pytest

from kwartier.wire import paths
from support.platform import BASE, ESCO_BASE, Client, Json, Platform

EAN: Final = "541440110000000007"
DAY: Final = {
    "ean": EAN,
    "periodType": "readTime",
    "from": "2025-09-01T22:00:00Z",
    "to": "2025-09-02T22:00:00Z",
}
MONTH: Final = DAY | {"from": "2025-08-01T22:00:00Z"}


@pytest.fixture
def client(client: Client) -> Client:
    """Somebody with mandates, as many as make an answer that is worth compressing."""
    for number in range(6):
        client.mock(EAN, referenceNumber=f"REF-{number}")
    return client


@pytest.mark.parametrize("base", [BASE, ESCO_BASE])
def test_both_base_paths_serve_all_endpoints(client: Client, base: str) -> None:
    """C9: every endpoint answers below the guide's base path, and below that of the sister API."""
    mocked = client.ask("POST", paths.MOCK_MANDATE, base=base, json={"status": "Approved", "ean": EAN})
    assert mocked.json()["data"] == {"status": "Approved"}
    assert len(client.ask("GET", paths.MANDATE, base=base).json()["data"]["mandates"]) == 7
    energy = client.ask("GET", paths.ENERGY, base=base, params=DAY).json()["data"]["headpoint"]
    assert len(energy["physicalMeters"][0]["quarterHourlyEnergy"]) == 96
    for path in (paths.HEALTH, paths.SWAGGER, paths.OPENAPI):
        assert client.ask("GET", path, base=base).status_code == HTTPStatus.OK


def test_the_base_paths_are_the_guides() -> None:
    """C9: the sandbox lies where the guide and the sister API's clients look for it."""
    assert (BASE, ESCO_BASE) == ("/ext/mijnfluvius-profnetgebruiker-sbx/v1", "/esco-sbx/v3")


@pytest.mark.parametrize("base", [BASE, ESCO_BASE])
def test_health_needs_no_credentials(platform: Platform, base: str) -> None:
    """C9: health answers whoever asks."""
    answer = platform.http.get(base + paths.HEALTH)
    assert (answer.status_code, answer.json()) == (HTTPStatus.OK, {"status": "ok"})


def answers(client: Client) -> list[Json]:
    """A successful answer of each endpoint."""
    return [
        client.get(paths.MANDATE).json(),
        client.get(paths.MANDATE, {"status": "Rejected"}).json(),
        client.get(paths.ENERGY, DAY).json(),
        client.get(paths.ENERGY, DAY | {"from": "2025-09-02T21:50:00Z"}).json(),
        client.post_mock(ean=EAN).json(),
    ]


def test_a_success_is_an_envelope(client: Client) -> None:
    """C10: a success has `data`, and in `_meta` the moment at which it was fetched."""
    client.platform.clock.move(seconds=12.7)
    for body in answers(client):
        assert body.keys() == {"data", "_meta"}
        assert body["_meta"] == {"fetchTime": "2025-09-20T10:00:12Z"}


def nulls(value: object) -> bool:
    """Whether null stands anywhere in it."""
    if isinstance(value, dict):
        return any(nulls(one) for one in value.values())
    return value is None or (isinstance(value, list) and any(nulls(one) for one in value))


def test_nothing_is_null(client: Client) -> None:
    """C10: absent values are left out, never null."""
    client.mock(EAN, status="Requested")
    bodies = answers(client)
    assert bodies[0]["data"]["mandates"]
    assert not any(nulls(body) for body in bodies)


@pytest.mark.parametrize("path", [paths.MANDATE, paths.ENERGY])
@pytest.mark.parametrize(
    "accepted",
    [
        "gzip",
        "GZIP",
        "gzip, deflate, br",
        "br;q=1.0, gzip;q=0.5",
        "gzip;q=0.001",
        "*",
        "identity;q=0.1, *;q=0.5",
    ],
)
def test_gzip_when_it_is_accepted(client: Client, path: str, accepted: str) -> None:
    """C11: a client that accepts gzip gets the same body, compressed."""
    plain = client.ask("GET", path, params=MONTH, headers={"Accept-Encoding": "identity"})
    packed = client.ask("GET", path, params=MONTH, headers={"Accept-Encoding": accepted})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert len(plain.content) > 500
    for answer in (plain, packed):
        assert "accept-encoding" in answer.headers["vary"].lower().split(", ")
        assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "accepted",
    ["", "identity", "br", "gzip;q=0", "gzip; q=0.000, identity", "*;q=0", "deflate", "xgzip", "gzip;q=0, *"],
)
def test_no_gzip_when_it_is_not_accepted(client: Client, accepted: str) -> None:
    """C11: a client that does not accept gzip, or refuses it, gets the body as it is."""
    answer = client.ask("GET", paths.ENERGY, params=MONTH, headers={"Accept-Encoding": accepted})
    assert answer.status_code == HTTPStatus.OK
    assert "content-encoding" not in answer.headers
    assert answer.headers["vary"].lower() == "accept, accept-encoding"  # energy comes as Arrow too


@pytest.mark.parametrize("accepted", ["*;q=0, gzip", "identity, *;q=0, gzip;q=1"])
def test_a_coding_named_counts_before_the_star(client: Client, accepted: str) -> None:
    """C11: `*` speaks of the codings that are not named beside it (RFC 9110 §12.5.3)."""
    answer = client.ask("GET", paths.ENERGY, params=MONTH, headers={"Accept-Encoding": accepted})
    assert answer.headers.get("content-encoding") == "gzip"


def test_gzip_is_smaller(client: Client) -> None:
    """C11: what goes over the wire is a fraction of the answer, and any gzip reads it."""
    with client.platform.http.stream(
        "GET", BASE + paths.ENERGY, params=MONTH, headers=client.headers | {"Accept-Encoding": "gzip"}
    ) as answer:
        raw = b"".join(answer.iter_raw())
    unpacked = gzip.decompress(raw)
    slots = json.loads(unpacked)["data"]["headpoint"]["physicalMeters"][0]["quarterHourlyEnergy"]
    assert len(slots) == 32 * 96
    assert len(raw) * 5 < len(unpacked)


def test_small_answers_stay_as_they_are(client: Client) -> None:
    """C11: an answer that is hardly larger than its head is not compressed."""
    for path in (paths.HEALTH, "/nowhere"):
        answer = client.ask("GET", path, headers={"Accept-Encoding": "gzip"})
        assert "content-encoding" not in answer.headers
        assert int(answer.headers["content-length"]) == len(answer.content) < 500


def test_refusals_are_compressed_like_answers(client: Client) -> None:
    """C11: a long refusal is compressed too, and says the same."""
    wrong = {"ean": "541449999999999999", "periodType": "x", "from": "x", "to": "x"}
    plain = client.ask("GET", paths.ENERGY, params=wrong, headers={"Accept-Encoding": "identity"})
    packed = client.ask("GET", paths.ENERGY, params=wrong, headers={"Accept-Encoding": "gzip"})
    assert packed.status_code == HTTPStatus.BAD_REQUEST
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.json() == plain.json()
