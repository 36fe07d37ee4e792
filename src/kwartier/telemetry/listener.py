"""A listener of its own for those who watch: metrics, liveness, readiness. It is not for the open internet."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET, AF_INET6
from threading import Thread
from types import TracebackType
from typing import Final, Self, TypeAlias

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from kwartier.telemetry.events import Log

__all__ = ["LIVE", "METRICS", "READY", "Check", "Listener"]

METRICS: Final = "/metrics"
LIVE: Final = "/live"
READY: Final = "/ready"

Check: TypeAlias = Callable[[], str | None]
"""Says why the platform can't serve, in words fit for an operator, or None."""

_TEXT: Final = "text/plain; charset=utf-8"
_LOG: Final = Log("kwartier.watching")


class Listener:
    """Answers those who watch, in threads of its own, from when it is made until it is closed.

    Args:
        host: the address to listen on.
        port: 0 takes a free one.
        registry: what is measured.
        checks: what has to be in order for the platform to be ready.

    Raises:
        OSError: it can't listen there.
    """

    def __init__(self, host: str, port: int, registry: CollectorRegistry, checks: Sequence[Check]) -> None:
        class Server(ThreadingHTTPServer):
            address_family = AF_INET6 if ":" in host else AF_INET
            daemon_threads = True

        class Handler(_Handler):
            answer = staticmethod(lambda path, accept: _answer(path, accept, registry, checks))

        self._server = Server((host, port), Handler)
        self.port: int = self._server.server_address[1]
        self._thread = Thread(target=self._server.serve_forever, name="kwartier-watching", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


_Answer: TypeAlias = tuple[HTTPStatus, str, bytes]


class _Handler(BaseHTTPRequestHandler):
    """One connection of who watches."""

    timeout = 5  # seconds; who says nothing does not keep a thread
    server_version = "kwartier"
    sys_version = ""
    answer: Callable[[str, str], _Answer]

    def do_GET(self) -> None:
        """Answer."""
        self._send(with_body=True)

    def do_HEAD(self) -> None:
        """Answer without a body."""
        self._send(with_body=False)

    def _send(self, *, with_body: bool) -> None:
        status, media_type, body = self.answer(self.path.partition("?")[0], self.headers.get("accept", ""))
        self.send_response(status)
        self.send_header("content-type", media_type)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Tell nothing: who watches asks every few seconds."""


def _answer(path: str, accept: str, registry: CollectorRegistry, checks: Sequence[Check]) -> _Answer:
    if path == METRICS:
        encode, media_type = choose_encoder(accept)
        return HTTPStatus.OK, media_type, encode(registry)
    if path == LIVE:
        return HTTPStatus.OK, _TEXT, b"live\n"
    if path == READY:
        faults = [fault for fault in map(_asked, checks) if fault is not None]
        for fault in faults:
            _LOG.warning("not_ready", fault=fault)
        if faults:
            return HTTPStatus.SERVICE_UNAVAILABLE, _TEXT, "".join(f"{fault}\n" for fault in faults).encode()
        return HTTPStatus.OK, _TEXT, b"ready\n"
    return HTTPStatus.NOT_FOUND, _TEXT, f"there are {METRICS}, {LIVE} and {READY}\n".encode()


def _asked(check: Check) -> str | None:
    """What a check says; one that fails is a fault."""
    try:
        return check()
    except Exception:  # noqa: BLE001 - whatever it is, the platform is not ready
        _LOG.exception("check_failed")
        return "a check failed: see the log"
