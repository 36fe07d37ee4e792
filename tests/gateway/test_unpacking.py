"""Bodies that come packed."""

import gzip
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from kwartier.gateway.compression import CODINGS
from kwartier.gateway.refusal import RefusalError
from kwartier.gateway.unpacking import check_packing, unpacked


def _zstd(data: bytes) -> bytes:
    compressor = CODINGS["zstd"]()
    return compressor.compress(data) + compressor.flush()


_PACKERS: Final[dict[str, Callable[[bytes], bytes]]] = {"gzip": gzip.compress, "zstd": _zstd}


def _cut(data: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


@pytest.mark.parametrize("packing", _PACKERS)
@given(contents=st.lists(st.binary(max_size=300), min_size=1, max_size=4), size=st.integers(1, 400))
def test_what_was_packed_comes_back(packing: str, contents: list[bytes], size: int) -> None:
    """R4: however it is cut on the way, and in however many pieces it was packed, the same bytes come back."""
    packed = b"".join(map(_PACKERS[packing], contents))
    assert b"".join(unpacked(_cut(packed, size), packing)) == b"".join(contents)


@pytest.mark.parametrize("packing", _PACKERS)
def test_little_that_unpacks_to_much_takes_no_memory(packing: str) -> None:
    """A2, R4: a body that grows a thousandfold is given a megabyte at a time."""
    packed = _PACKERS[packing](bytes(50_000_000))
    assert len(packed) < 100_000
    sizes = [len(piece) for piece in unpacked([packed], packing)]
    assert sum(sizes) == 50_000_000
    assert max(sizes) <= 1 << 20


@pytest.mark.parametrize("packing", _PACKERS)
def test_what_is_cut_off_is_refused(packing: str) -> None:
    """R3: without its end, packed content is 400: nobody can tell what is missing."""
    packed = _PACKERS[packing](b"some content" * 100)
    for part in (b"", packed[:1], packed[:-1]):
        with pytest.raises(RefusalError) as refused:
            list(unpacked([part], packing))
        assert refused.value.status is HTTPStatus.BAD_REQUEST
        assert "cut off" in refused.value.validation_messages[0]


@pytest.mark.parametrize("size", [1, 3, 10_000])
@pytest.mark.parametrize("packing", _PACKERS)
@pytest.mark.parametrize("surplus", [b"x", b"garbage", bytes(600), b"\n"])
def test_what_follows_the_end_is_told(packing: str, surplus: bytes, size: int) -> None:
    """R3: whole content with something else behind it is 400, and is not told to be cut off."""
    packed = _PACKERS[packing](b"some content" * 100) + surplus
    with pytest.raises(RefusalError) as refused:
        list(unpacked(_cut(packed, size), packing))
    [said] = refused.value.validation_messages
    assert said == f"the body goes on after the end of its {packing}; allowed: the same again, or nothing"


@pytest.mark.parametrize("size", [1, 10_000])
@pytest.mark.parametrize("packing", _PACKERS)
def test_a_second_piece_that_is_cut_off_is_refused(packing: str, size: int) -> None:
    """R3: of several pieces the last must be whole too, however little came of it."""
    packed = _PACKERS[packing](b"some content" * 100)
    for part in (packed[:1], packed[:6], packed[:-1]):
        with pytest.raises(RefusalError) as refused:
            list(unpacked(_cut(packed + part, size), packing))
        assert "cut off" in refused.value.validation_messages[0]


@pytest.mark.parametrize("packing", _PACKERS)
@pytest.mark.parametrize("content", [b"x", b'{"ean": 1}', bytes(20)])
def test_what_is_not_packed_is_told(packing: str, content: bytes) -> None:
    """R4: a body that is not packed as its head says is 400 for that."""
    with pytest.raises(RefusalError) as refused:
        list(unpacked([content], packing))
    [said] = refused.value.validation_messages
    assert said == f"the body is no {packing}: it begins in another way"


@pytest.mark.parametrize(
    ("given_as", "packing"),
    [("", None), ("identity", None), ("gzip", "gzip"), ("X-GZIP", "gzip"), (" zstd ", "zstd")],
)
def test_how_a_body_is_packed_is_told_by_its_head(given_as: str, packing: str | None) -> None:
    """R4: in any case, under an older name too, and not at all."""
    assert check_packing(Headers({"content-encoding": given_as})) == packing


@pytest.mark.parametrize("given_as", ["br", "gzip, gzip", "deflate"])
def test_another_packing_is_refused(given_as: str) -> None:
    """R4: what is not read here is 415, with what is."""
    with pytest.raises(RefusalError) as refused:
        check_packing(Headers({"content-encoding": given_as}))
    assert refused.value.status is HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    assert refused.value.headers["accept-encoding"] == "zstd, gzip"
