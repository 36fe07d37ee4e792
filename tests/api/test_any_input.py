"""Whatever is sent, the answer is a success or the one error body."""

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urlencode

import httpx
import pytest
from anyio.from_thread import BlockingPortal
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kwartier.api.parameters import ENERGY_PARAMETERS, MANDATE_PARAMETERS, MOCK_FIELDS
from kwartier.wire import paths
from support.engines import Template
from support.examples import examples
from support.platform import BASE, Client, assert_refused, new_platform

EANS: Final = ["541440110000000007", "541440100000000007", "541450010000000001", "541441234567891234"]
_VALUES: Final = [
    *EANS,
    *("Approved", "Expired", "readTime", "insertTime", "E", "G", "daily", "VH_dag", "active", "REF-1", ""),
    *("2025-09-01T22:00:00Z", "2025-09-02T22:00:00+02:00", "2022-09-19T22:00:00Z", "2025-03-19T23:00:00Z"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-30T00:00:00Z", "2025-09-01T22:00:00.5Z"),
]
_SETTINGS: Final = settings(max_examples=examples(120), deadline=None, derandomize=True)

_texts = st.one_of(st.sampled_from(_VALUES), st.sampled_from(_VALUES).map(str.lower), st.text(max_size=30))
_names = st.one_of(
    st.sampled_from([one.name for one in (*ENERGY_PARAMETERS, *MANDATE_PARAMETERS)]),
    st.sampled_from(["dataServiceType", "EAN", "Granularity", "x", "", "ean "]),
)
_pairs = st.lists(st.tuples(_names, _texts), max_size=8)
_queries = st.one_of(
    _pairs.map(
        lambda pairs: "&".join(
            f"{quote(name)}={quote(text, errors='replace')}" for name, text in pairs
        ).encode("ascii")
    ),
    st.text("&=;%+,0aFf#/?:. \x7f", max_size=40).map(lambda text: text.replace("#", "").encode("ascii")),
    st.binary(max_size=60).map(lambda raw: raw.replace(b"#", b"")),
)
_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), _texts),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
_fields = st.dictionaries(
    st.one_of(st.sampled_from([field.name for field in MOCK_FIELDS]), st.text(max_size=10)), _json, max_size=6
)
_usual = st.fixed_dictionaries({"status": st.just("Approved"), "ean": st.sampled_from(EANS)})
_bodies = st.one_of(
    st.builds(lambda usual, others: json.dumps(others | usual).encode(), _usual, _fields),
    _fields.map(lambda fields: json.dumps(fields).encode()),
    _json.map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=60),
)
_header_values = st.one_of(
    st.sampled_from(
        [b"gzip", b"gzip;q=", b"*;q=x", b"Bearer ", b"Bearer a.b.c", b"Basic", b";,=", b"-1", b"1e9"]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30).map(
        lambda text: text.encode("latin-1")
    ),
)

_headers = st.lists(
    st.tuples(
        st.sampled_from(
            [
                b"accept-encoding",
                b"authorization",
                b"subscription-key",
                b"ocp-apim-subscription-key",
                b"x-correlation-id",
                b"content-type",
                b"accept",
                b"x-forwarded-for",
            ]
        ),
        _header_values,
    ),
    max_size=4,
)


@pytest.fixture(scope="module")
def client(template: Template, portal: BlockingPortal) -> Iterator[Client]:
    """Somebody with a few mandates, for all examples."""
    with new_platform(template, portal) as platform:
        client = platform.client()
        for ean in EANS[:2]:
            client.mock(ean)
        yield client


def assert_answered(answer: httpx.Response) -> None:
    """A success, or a refusal that is no fault of the server."""
    assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, answer.text
    if answer.status_code != HTTPStatus.OK:
        assert_refused(answer, HTTPStatus(answer.status_code))
    else:
        assert answer.json()["data"]


class RawUrl(httpx.URL):
    """An address whose path and query are sent as they are, bytes that no client would send included."""

    def __init__(self, raw_path: bytes) -> None:
        super().__init__("http://kwartier.test/")
        self._raw_path = raw_path

    @property
    def raw_path(self) -> bytes:
        """Path and query."""
        return self._raw_path

    @property
    def query(self) -> bytes:
        """The query."""
        return self._raw_path.partition(b"?")[2]

    @property
    def path(self) -> str:
        """The path."""
        return self._raw_path.partition(b"?")[0].decode("latin-1")


def ask_raw(client: Client, path: str, query: bytes) -> httpx.Response:
    """Ask with a query of any bytes."""
    request = client.platform.http.build_request("GET", "/", headers=client.headers)
    request.url = RawUrl((BASE + path).encode() + b"?" + query)
    return client.platform.http.send(request)


@pytest.mark.parametrize("path", [paths.MANDATE, paths.ENERGY])
@given(query=_queries)
@example(query=b"ean=%ff%fe&status=%00&from=%ED%A0%80")
@example(query=b"from=\xff\xfe&to=\x00")
@example(query=b"&" * 4000)
@example(query=b"ean=1&" * 1300)
@_SETTINGS
def test_any_query_is_answered(client: Client, path: str, query: bytes) -> None:
    """C6: no query string makes the server fail."""
    assert_answered(ask_raw(client, path, query))


_asked = st.fixed_dictionaries(
    {
        "ean": st.sampled_from(EANS),
        "periodType": st.sampled_from(["readTime", "insertTime"]),
        "from": st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds") + "Z"),
        "to": st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds") + "Z"),
    },
    optional={"granularity": st.sampled_from(["daily", "hourly_quarterhourly"]), "referenceNumber": _texts},
)


@given(asked=_asked)
@_SETTINGS
def test_any_period_is_answered(client: Client, asked: dict[str, str]) -> None:
    """E2, C6: no period, in any year, makes the server fail."""
    query = "&".join(f"{name}={quote(text, errors='replace')}" for name, text in asked.items())
    assert_answered(ask_raw(client, paths.ENERGY, query.encode()))


@given(body=_bodies)
@example(body=b'{"\\ud800": "x"}')
@_SETTINGS
def test_any_body_of_a_mock_is_answered(client: Client, body: bytes) -> None:
    """C6: no body of POST mandate/mock makes the server fail."""
    answer = client.ask(
        "POST", paths.MOCK_MANDATE, content=body, headers={"content-type": "application/json"}
    )
    assert_answered(answer)


@given(body=st.one_of(st.binary(max_size=80), _pairs.map(lambda pairs: urlencode(pairs).encode())))
@_SETTINGS
def test_any_form_gets_an_answer_of_the_token_endpoint(client: Client, body: bytes) -> None:
    """C1: no form makes the token endpoint fail."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = client.platform.http.post(client.platform.token_path, content=body, headers=headers)
    assert answer.status_code in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}
    assert answer.json().keys() == {"error", "error_description"}


@pytest.mark.parametrize("path", [paths.MANDATE, paths.HEALTH, paths.MOCK_MANDATE])
@pytest.mark.parametrize("with_credentials", [True, False])
@given(headers=_headers)
@_SETTINGS
def test_any_headers_are_answered(
    client: Client,
    path: str,
    with_credentials: bool,  # noqa: FBT001 - a case of the table
    headers: list[tuple[bytes, bytes]],
) -> None:
    """C6: no header makes the server fail."""
    own = (
        [(name.encode(), text.encode()) for name, text in client.headers.items()] if with_credentials else []
    )
    method = "POST" if path == paths.MOCK_MANDATE else "GET"
    answer = client.platform.http.request(method, BASE + path, headers=[*own, *headers])
    assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
    if answer.status_code != HTTPStatus.OK:
        assert_refused(answer, HTTPStatus(answer.status_code))


@given(
    path=st.one_of(
        st.text(max_size=30), st.sampled_from(["/%00", "/%0a", "//", "/..", "/%2e%2e/api", "/%ff"])
    )
)
@_SETTINGS
def test_any_path_is_answered(client: Client, path: str) -> None:
    """C6: a path that leads nowhere is 404, whatever its characters."""
    raw = (BASE + "/" + quote(path, safe="/%", errors="replace")).encode()
    request = client.platform.http.build_request("GET", "/")
    request.url = RawUrl(raw)
    assert_refused(client.platform.http.send(request), HTTPStatus.NOT_FOUND)
