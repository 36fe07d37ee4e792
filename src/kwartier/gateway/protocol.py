"""How requests come off a connection: what is no request is refused in the form of all refusals (C6)."""

from asyncio import BaseTransport, TimerHandle
from http import HTTPStatus
from typing import Any, Final, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from kwartier.gateway.http_rules import MAX_HEADERS, MAX_TARGET
from kwartier.gateway.joining import Joining
from kwartier.gateway.lingering import Lingering
from kwartier.gateway.unfit import LONG_TARGET, UnfitError, check_head, odd_method, unfit_answer, unfit_by
from kwartier.telemetry.events import Log, new_correlation_id

__all__ = ["MAX_AROUND", "RefusingProtocol"]

_LOG: Final = Log("kwartier.access")

_HEAD_SECONDS: Final = 10.0  # for the whole of a head
_BODY_SECONDS: Final = 30.0  # without a byte of a body
_WRITE_SECONDS: Final = 60.0  # without the client reading anything
# The gateway counts the target and the headers exactly, once they are whole. This is about those that never are.
MAX_AROUND: Final = MAX_TARGET + MAX_HEADERS + 65536  # bytes
_STAND_IN: Final = b"PUT"
_FRAMING: Final = 8  # bytes around a byte of a body, in the smallest chunks there are


class RefusingProtocol(HttpToolsProtocol):
    """A connection of uvicorn that keeps to RFC 9112, where uvicorn leaves it to a proxy or to nobody.

    What can't be read is refused with the one error body. Trailers are no headers. Bytes that are neither head nor body,
    and the time that a client may take, are bounded. A client that still sends when it is refused gets to read why.
    """

    def connection_made(self, transport: BaseTransport) -> None:
        """Begin: the first head is awaited."""
        self.access_log = self.access_log and self.config.access_log  # whatever became of its logger since
        self._watch: TimerHandle | None = None
        self._write_watch: TimerHandle | None = None
        self._around = 0
        self._first_of = 0  # bytes of a read, for the first request that begins in it
        self._is_begun = False
        self._awaits_head = True
        self._is_deaf = False
        self._is_ending = False
        self._is_refused = False
        self._odd_method: bytes | None = None  # of the request whose head is awaited
        self._transport = Lingering(cast("Any", transport), self.loop, self._before_linger)
        super().connection_made(cast("Any", self._transport))
        self._expect(_HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._is_deaf = True
        self._expect(None)
        self._stop_write_watch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on."""
        if self._is_deaf:
            return
        self._unset_keepalive_if_required()
        self._around += len(data)
        self._first_of = 0 if self._is_begun else len(data)
        # Of one that began before, the parser has the method already.
        odd = None if self._is_begun else odd_method(data)
        if odd is not None:
            # The parser knows no other methods than its own: it gets one that may have a body, and the gateway the real one.
            self._odd_method, data = odd, _STAND_IN + data[len(odd) :]
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._end_after_answer()  # no other protocol is spoken: the request is answered as it stands
        except httptools.HttpParserError as error:
            self._refuse(unfit_by(error))
        else:
            self._bound()

    def _bound(self) -> None:
        """Bound what a client may send around its body, and how long it may keep us waiting."""
        if self._around > MAX_AROUND:
            self._refuse(self._too_large())
        elif self._awaits_head:
            if self._watch is None:
                self._expect(_HEAD_SECONDS)
        else:
            self._expect(_BODY_SECONDS if self._owes_body else None)

    def _too_large(self) -> UnfitError:
        if self._owes_body:
            return UnfitError("the body: more bytes around its chunks than in them")
        if len(self.url) > MAX_TARGET:
            return LONG_TARGET
        return UnfitError(
            f"the headers have at most {MAX_HEADERS} bytes", HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        )

    # What the parser says

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._around, self._first_of = self._first_of, 0
        self._is_begun = self._awaits_head = True

    def on_url(self, url: bytes) -> None:
        """A part of the target."""
        super().on_url(url)
        if len(self.url) > 4 * MAX_TARGET:
            raise LONG_TARGET

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; or a trailer, which could say after the fact who is asking (RFC 9110 §6.5.1)."""
        if self._awaits_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole: served from here on."""
        check_head(self.parser.get_http_version(), self.headers)
        self.url = self._target()
        super().on_headers_complete()
        if self._odd_method is not None:
            self.scope["method"], self._odd_method = self._odd_method.decode(), None
        Joining.stand_before(cast("Any", self._transport), self.cycle)
        self._awaits_head = False
        self._expect(None)

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._around -= len(body) * _FRAMING
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._is_begun = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is out. What the client still owes is not waited for, and what comes after it is not served."""
        if self._is_ending or self._owes_body:
            self.server_state.total_requests += 1
            self.pipeline.clear()
            self.transport.close()
        else:
            super().on_response_complete()

    def _target(self) -> bytes:
        """The target as a path, whatever its form (RFC 9112 §3.2)."""
        if self.url.startswith(b"/") or self.url == b"*":
            return self.url
        if self.parser.get_method() == b"CONNECT":
            return b"/"  # no tunnel is made here: refused there as a method that is not taken
        found = httptools.parse_url(self.url)
        return (found.path or b"/") + (b"?" + found.query if found.query else b"")

    # Refusing and ending

    @property
    def _cycle(self) -> RequestResponseCycle | None:
        """The last request whose head was whole, and its answer."""
        return self.cycle

    @property
    def _owes_body(self) -> bool:
        """Whether more of the body of the last request is to come."""
        return self._cycle is not None and self._cycle.more_body

    def _refuse(self, unfit: UnfitError) -> None:
        """Answer instead of the gateway, if it is this request's turn; and hear no more."""
        cycle = self._cycle
        if cycle is not None and not cycle.response_complete:
            if self._awaits_head or self.pipeline or cycle.response_started:
                self._end_after_answer()
                return
            cycle.disconnected = True  # for the endpoint that reads the body, its client is gone
            cycle.message_event.set()
        correlation_id = new_correlation_id()
        _LOG.info("not_a_request", status=int(unfit.status), correlation_id=correlation_id)
        self.transport.write(unfit_answer(unfit, correlation_id, self.server_state.default_headers))
        self._is_deaf = self._is_refused = True
        self._expect(None)
        self.transport.close()

    def _end_after_answer(self) -> None:
        self._is_ending = self._is_deaf = True
        self._expect(None)
        self.cycle.keep_alive = False

    def _before_linger(self) -> bool:
        """Whether a connection that is to be closed must be heard out: else a client that sends can't read why."""
        self._is_deaf = True
        self._expect(None)
        self.flow.resume_reading()
        return self._is_refused or self._owes_body

    def shutdown(self) -> None:
        """The server stops: nothing but an answer under way is waited for."""
        if self._transport.is_lingering:
            self._transport.abort()
        else:
            super().shutdown()

    # Time

    def _expect(self, seconds: float | None) -> None:
        """Expect something of the client within so many seconds; None: nothing."""
        if self._watch is not None:
            self._watch.cancel()
        self._watch = None if seconds is None else self.loop.call_later(seconds, self._overdue)

    def _overdue(self) -> None:
        if not self._awaits_head and self.flow.read_paused:
            self._expect(_BODY_SECONDS)  # it is for us to read on
            return
        _LOG.info("client_took_too_long")
        self.transport.abort()

    def pause_writing(self) -> None:
        """The client does not read as fast as we write."""
        super().pause_writing()
        if self._write_watch is None:
            self._write_watch = self.loop.call_later(_WRITE_SECONDS, self._unread)

    def _unread(self) -> None:
        _LOG.info("client_stopped_reading")
        self._transport.forget()

    def resume_writing(self) -> None:
        """The client read on."""
        self._stop_write_watch()
        super().resume_writing()

    def _stop_write_watch(self) -> None:
        if self._write_watch is not None:
            self._write_watch.cancel()
            self._write_watch = None
