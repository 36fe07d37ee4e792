"""Which coding is chosen, and that each gives the body back."""

import gzip
import sys
from http import HTTPStatus
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from kwartier.gateway.compression import CODINGS, chosen_coding
from kwartier.wire import paths
from support.platform import BASE, Client

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

EAN: Final = "541440110000000007"
MONTH: Final = {
    "ean": EAN,
    "periodType": "readTime",
    "from": "2025-08-01T22:00:00Z",
    "to": "2025-09-02T22:00:00Z",
}


def chosen(*accepted: str) -> str | None:
    """The coding for these headers."""
    return chosen_coding(Headers(raw=[(b"accept-encoding", one.encode("latin-1")) for one in accepted]))


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd", "zstd"),
        ("ZSTD ; Q=1.0", "zstd"),
        ("gzip;q=1.0, zstd;q=0.9", "gzip"),
        ("gzip;q=0.8, zstd;q=0.9", "zstd"),
        ("zstd;q=0.001, gzip;q=0", "zstd"),
        ("zstd;q=0.000, gzip;q=0.5", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip\t;\tq=0.5", "gzip"),
        ("*", "gzip"),
        ("*;q=0.3, zstd;q=0.2", "gzip"),
        ("zstd, *;q=0", "zstd"),
        ("identity, gzip", "gzip"),
        ("identity;q=0.5, gzip;q=0.4", None),
        ("identity;q=0.5, *;q=0.1", None),
        ("identity;q=1, zstd;q=0.9, gzip;q=0.9", None),
        ("gzip;q=0, zstd;q=0", None),
        ("identity;q=0, *;q=0", None),
        ("*;q=0", None),
        ("br, deflate", None),
        ("", None),
        (", ,", None),
        ("gzip;q=", None),
        ("gzip;q=x", None),
        ("gzip;q=2", None),
        ("gzip;q=1.5", None),
        ("gzip;q=0.1234", None),
        ("gzip;q=-1", None),
        ("gzip;q=²", None),
        ("gzip;q=.5", None),
        ("gzip;level=9;q=0.5", "gzip"),
    ],
)
def test_the_coding_that_is_liked_best(accepted: str, coding: str | None) -> None:
    """C11: the higher weight wins, of equal ones the smaller answer; a weight that is no weight counts as none."""
    assert chosen(accepted) == coding


def test_a_repeated_header_is_one_list() -> None:
    """C11: codings may come in several headers."""
    assert chosen("gzip;q=0.5", "zstd;q=0.9") == "zstd"
    assert chosen() is None


@given(accepted=st.text("gzipstd*;q=01., \t", max_size=40))
def test_any_header_chooses_something_that_there_is(accepted: str) -> None:
    """C11: whatever the header says, it chooses one of our codings, or none."""
    assert chosen(accepted) in {None, *CODINGS}


@given(parts=st.lists(st.binary(max_size=3000), max_size=20), coding=st.sampled_from(sorted(CODINGS)))
def test_what_is_compressed_in_parts_comes_back_whole(parts: list[bytes], coding: str) -> None:
    """C11: whatever the parts in which an answer is sent, empty ones too, it comes back as it was."""
    compressor = CODINGS[coding]()
    packed = b"".join(map(compressor.compress, parts)) + compressor.flush()
    read = gzip.decompress if coding == "gzip" else zstd.decompress
    assert read(packed) == b"".join(parts)


def _raw(client: Client, coding: str) -> bytes:
    asking = client.headers | {"Accept-Encoding": coding}
    with client.platform.http.stream("GET", BASE + paths.ENERGY, params=MONTH, headers=asking) as answer:
        assert answer.status_code == HTTPStatus.OK
        assert answer.headers.get("content-encoding", "identity") == coding
        return b"".join(answer.iter_raw())


def test_zstd_is_smaller_than_gzip(client: Client) -> None:
    """C11: each coding is smaller than the next, and what it says is the same."""
    client.mock(EAN)
    packed = {coding: _raw(client, coding) for coding in (*CODINGS, "identity")}
    assert list(packed) == ["zstd", "gzip", "identity"]
    assert all(len(less) * 1.2 < len(more) for less, more in pairwise(packed.values()))
    assert zstd.decompress(packed["zstd"]) == packed["identity"]
    assert len(packed["identity"]) > 100_000
