"""Bodies of requests that come packed, unpacked piece by piece in bounded memory (R4)."""

import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final, Protocol, cast

from isal import igzip_lib
from starlette.datastructures import Headers

from kwartier.gateway.refusal import RefusalError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["check_packing", "unpacked"]

_AT_ONCE: Final = 1 << 20  # bytes that are unpacked at once, whatever comes of a few
_ZSTD_WINDOW: Final = 23  # 8 MB, the largest that RFC 9659 lets anybody send
_IDENTITY: Final = "identity"
_GZIP: Final = frozenset({"gzip", "x-gzip"})


class _Unpacker(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /, max_length: int = -1) -> bytes: ...


def _gzip() -> _Unpacker:
    return igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)


def _zstd() -> _Unpacker:
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW})


_UNPACKERS: Final[Mapping[str, Callable[[], _Unpacker]]] = {"zstd": _zstd, "gzip": _gzip}
_BEGINNINGS: Final[Mapping[str, tuple[bytes, ...]]] = {
    # A frame of zstd may be one to be skipped.
    "zstd": (b"\x28\xb5\x2f\xfd", *(bytes([kind]) + b"\x2a\x4d\x18" for kind in range(0x50, 0x60))),
    "gzip": (b"\x1f\x8b",),
}
_LONGEST_BEGINNING: Final = 4
# The stubs of isal have the class as an object of it.
_FAULTS: Final[tuple[type[Exception], ...]] = (cast("Any", igzip_lib).IsalError, zstd.ZstdError)


def check_packing(headers: Headers) -> str | None:
    """How a body is packed; None: not at all.

    Raises:
        RefusalError: 415, in a way that is not read here.
    """
    given = headers.get("content-encoding", "").strip().lower() or _IDENTITY
    if given == _IDENTITY:
        return None
    packing = "gzip" if given in _GZIP else given
    if packing not in _UNPACKERS:
        raise RefusalError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"The body may be packed as {' or '.join(_UNPACKERS)}, or not at all.",
            headers={"accept-encoding": ", ".join(_UNPACKERS)},
        )
    return packing


def unpacked(parts: Iterable[bytes], packing: str | None) -> Iterator[bytes]:
    """The parts of a body as they were before they were packed.

    Args:
        parts: as they come.
        packing: as `check_packing` tells.

    Raises:
        RefusalError: 400, they can't be unpacked, the end is missing, or something else follows it.
    """
    if packing is None:
        yield from parts
        return
    pieces = _Pieces(packing)
    for part in parts:
        yield from pieces.feed(part)
    pieces.close()


class _Pieces:
    """What is packed in one piece or in several, which is whole when they are laid behind each other."""

    def __init__(self, packing: str) -> None:
        self._packing = packing
        self._piece: _Unpacker | None = None  # the one that has begun and not ended
        self._held = b""
        self._ended = 0

    def feed(self, part: bytes) -> Iterator[bytes]:
        """Take in what came, and unpack it."""
        data, self._held = self._held + part, b""
        while data:
            if self._piece is None:
                if len(data) < _LONGEST_BEGINNING:
                    self._held = data
                    return
                self._check_beginning(data)
                self._piece = _UNPACKERS[self._packing]()
            data = yield from self._unpack(self._piece, data)

    def _unpack(self, piece: _Unpacker, data: bytes) -> Generator[bytes, None, bytes]:
        """Unpack what is of a piece; what is left is of the next one."""
        more = data
        while True:
            try:
                content = piece.decompress(more, max_length=_AT_ONCE)
            except _FAULTS as error:
                raise _broken(f"the body is no {self._packing}: {error}") from None
            if content:
                yield content
            if piece.eof:
                self._piece, self._ended = None, self._ended + 1
                return piece.unused_data
            if piece.needs_input:
                return b""
            more = b""

    def close(self) -> None:
        """Say that all has come."""
        if self._held:
            self._check_beginning(self._held)
        if self._held or self._piece is not None or not self._ended:
            raise _broken(f"the body is cut off: its {self._packing} has not come to its end")

    def _check_beginning(self, data: bytes) -> None:
        """See that a piece begins here; of few bytes, that it may."""
        if any(data.startswith(one[: len(data)]) for one in _BEGINNINGS[self._packing]):
            return
        raise _broken(
            f"the body goes on after the end of its {self._packing}; allowed: the same again, or nothing"
            if self._ended
            else f"the body is no {self._packing}: it begins in another way"
        )


def _broken(fault: str) -> RefusalError:
    return RefusalError(HTTPStatus.BAD_REQUEST, "The body can't be read, and nothing of it counts.", [fault])
