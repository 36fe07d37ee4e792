"""What comes off a connection and is no request that can be served: found, and answered in the form of all refusals (C6)."""

import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Final

import httptools

from kwartier.gateway.http_rules import MAX_TARGET
from kwartier.wire.errors import error_body

__all__ = ["LONG_TARGET", "UnfitError", "check_head", "odd_method", "unfit_answer", "unfit_by"]

_VERSIONS: Final = {"1.0", "1.1"}
_USUAL: Final = tuple(
    f"{method} ".encode()
    for method in ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT")
)
# A token (RFC 9110 §5.6.2), before the beginning of a target.
_METHOD: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}) (?=/|\*|https?://)")


class UnfitError(Exception):
    """A head that is well written, and yet no request that can be served.

    Args:
        fault: what is wrong with it.
        status: with which it is refused.
    """

    def __init__(self, fault: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(fault)
        self.fault = fault
        self.status = status


LONG_TARGET: Final = UnfitError(
    f"path and query together have at most {MAX_TARGET} bytes", HTTPStatus.REQUEST_URI_TOO_LONG
)


def odd_method(data: bytes) -> bytes | None:
    """The method with which a request begins, if it is well written and none of the usual: no path takes it, where there is one.

    Args:
        data: from the beginning of a request, at least as far as its target begins; else the parser refuses it.
    """
    if data.startswith(_USUAL):
        return None
    found = _METHOD.match(data)
    return None if found is None else found[1]


def check_head(version: str, headers: Sequence[tuple[bytes, bytes]]) -> None:
    """Refuse what proxies read differently (RFC 9112 §3.2, §6.1).

    Args:
        version: of HTTP.
        headers: names in lower case.

    Raises:
        UnfitError: what it is.
    """
    names = [name for name, _ in headers]
    hosts = names.count(b"host")
    if version not in _VERSIONS:
        raise UnfitError("the version must be HTTP/1.1 or HTTP/1.0")
    if hosts != 1 and (version == "1.1" or hosts > 1):
        raise UnfitError("exactly one Host header is required")
    if version == "1.0" and b"transfer-encoding" in names:
        raise UnfitError("HTTP/1.0 knows no Transfer-Encoding")
    if b"transfer-encoding" in names:
        codings = [value.strip().lower() for name, value in headers if name == b"transfer-encoding"]
        if codings != [b"chunked"]:
            # The standard has 501 for a coding that is not known; but it is the client who can do something about it.
            raise UnfitError("the only Transfer-Encoding that is taken is chunked, once")


_REFUSED: Final = {
    HTTPStatus.BAD_REQUEST: "This can't be read as a request of HTTP/1.1 (RFC 9112).",
    HTTPStatus.REQUEST_URI_TOO_LONG: "The target of the request is too long.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "The head of the request is too large.",
}


def unfit_by(error: httptools.HttpParserError) -> UnfitError:
    """What is wrong with a head, by the error that reading it raised."""
    if isinstance(error.__context__, UnfitError):
        return error.__context__
    if isinstance(error, httptools.HttpParserCallbackError):
        return UnfitError("the target must be a path, with a query if need be, in ASCII")
    return UnfitError(str(error))


def unfit_answer(unfit: UnfitError, correlation_id: str, usual: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The answer to it, as it goes out.

    Args:
        unfit: what is wrong.
        correlation_id: of the answer.
        usual: headers that the server gives every answer: its date (RFC 9110 §6.6.1).
    """
    faults = [unfit.fault] if unfit.status is HTTPStatus.BAD_REQUEST else []
    message = _REFUSED[unfit.status] if faults else f"{_REFUSED[unfit.status][:-1]}: {unfit.fault}."
    body = error_body(unfit.status, message, faults)
    head = [
        f"HTTP/1.1 {unfit.status.value} {unfit.status.phrase}",
        *(f"{name.decode('latin-1')}: {value.decode('latin-1')}" for name, value in usual),
        "content-type: application/json",
        f"content-length: {len(body)}",
        f"x-correlation-id: {correlation_id}",
        "cache-control: no-store",
        "connection: close",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body
