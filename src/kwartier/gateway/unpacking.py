"""Bodies of requests that come packed, unpacked piece by piece in bounded memory (R4)."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
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
        RefusalError: 400, they can't be unpacked, or the end is missing.
    """
    if packing is None:
        yield from parts
        return
    make = _UNPACKERS[packing]
    one = make()
    for part in parts:
        data = part
        while True:
            if one.eof:
                one = make()  # what is packed in several pieces is whole when they are laid behind each other
            try:
                piece = one.decompress(data, max_length=_AT_ONCE)
            except _FAULTS as error:
                raise _broken(f"the body is no {packing}: {error}") from None
            data = one.unused_data if one.eof else b""
            if piece:
                yield piece
            if not data and (one.eof or one.needs_input):
                break
    if not one.eof:
        raise _broken(f"the body is cut off: its {packing} has not come to its end")


def _broken(fault: str) -> RefusalError:
    return RefusalError(HTTPStatus.BAD_REQUEST, "The body can't be read, and nothing of it counts.", [fault])
