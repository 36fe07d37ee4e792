"""The control surface of the sandbox: clock, faults, reset, state, journal, readiness. Each client has its own."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Final, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kwartier.api.context import JSON, Permission, body_of, context_of, needs
from kwartier.api.refusal import RefusalError
from kwartier.domain.control import Endpoint, Fault, FaultKind
from kwartier.domain.errors import InvalidValueError
from kwartier.services.control import ClockReading, Control, KeptFault
from kwartier.services.state import fault_document
from kwartier.wire.timestamps import read_timestamp, write_timestamp

__all__ = ["ENDPOINTS", "Advance", "AskedFault", "SetClock"]

_MAX_ENTRIES: Final = 1000

T = TypeVar("T")


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


def _moment(text: str) -> str:
    read_timestamp(text)
    return text


class SetClock(_Body):
    """What the clock is to show, and whether it goes on from there."""

    now: Annotated[str, AfterValidator(_moment)] = Field(
        description="What the clock is to show.", examples=["2026-03-01T08:00:00Z"]
    )
    running: bool = Field(default=True, description="Whether it goes on; false: it stands still.")


class Advance(_Body):
    """How far to move the clock on; negative: back."""

    days: float = Field(default=0, allow_inf_nan=False, strict=False)
    hours: float = Field(default=0, allow_inf_nan=False, strict=False)
    minutes: float = Field(default=0, allow_inf_nan=False, strict=False)
    seconds: float = Field(default=0, allow_inf_nan=False, strict=False)


class AskedFault(_Body):
    """Something that is to go wrong."""

    endpoint: Endpoint = Field(default=Endpoint.ANY, strict=False, description="What it strikes.")
    kind: FaultKind = Field(default=FaultKind.STATUS, strict=False, description="How the request goes wrong.")
    status: int | None = Field(default=None, description="With which status it is refused (kind status).")
    retry_after_seconds: int | None = Field(
        default=None,
        alias="retryAfterSeconds",
        le=86400,
        description="What `Retry-After` says (kind status).",
    )
    delay_seconds: float | None = Field(
        default=None,
        alias="delaySeconds",
        le=86400,
        description="How long the answer is held back (kind delay).",
    )
    times: int | None = Field(
        default=None, le=1_000_000, description="How many requests it strikes; left out: all of them."
    )
    probability: float = Field(default=1.0, description="The part of the requests that it strikes.")

    def fault(self) -> Fault:
        """The fault.

        Raises:
            InvalidValueError: what does not go together.
        """
        delay = None if self.delay_seconds is None else timedelta(seconds=self.delay_seconds)
        return Fault(
            self.endpoint,
            self.kind,
            self.status,
            self.retry_after_seconds,
            delay,
            self.times,
            self.probability,
        )


_FAULTS: Final[TypeAdapter[list[AskedFault]]] = TypeAdapter(list[AskedFault])


@needs(Permission.CONTROL)
def get_clock(request: Request) -> Response:
    """Read your clock."""
    control, client_id, now = _where(request)
    return _clock(control.clock(client_id, now))


@needs(Permission.CONTROL, takes=JSON)
def put_clock(request: Request) -> Response:
    """Set your clock; availability, insertion times, renewal and expiry of mandates follow it."""
    control, client_id, now = _where(request)
    asked = _read(SetClock.model_validate_json, request)
    return _clock(
        _allowed(lambda: control.set_clock(client_id, read_timestamp(asked.now), now, running=asked.running))
    )


@needs(Permission.CONTROL, takes=JSON)
def post_clock_advance(request: Request) -> Response:
    """Move your clock on."""
    control, client_id, now = _where(request)
    asked = _read(Advance.model_validate_json, request)
    try:
        by = timedelta(days=asked.days, hours=asked.hours, minutes=asked.minutes, seconds=asked.seconds)
    except OverflowError:
        raise _wrong(["the clock can't be moved that far"]) from None
    return _clock(_allowed(lambda: control.advance_clock(client_id, by, now)))


@needs(Permission.CONTROL)
def delete_clock(request: Request) -> Response:
    """Let your clock show real time again."""
    control, client_id, now = _where(request)
    return _clock(control.release_clock(client_id, now))


@needs(Permission.CONTROL)
def get_faults(request: Request) -> Response:
    """List the faults that you asked for, with how often they struck."""
    control, client_id, _ = _where(request)
    return _faults(control.faults(client_id))


@needs(Permission.CONTROL, takes=JSON)
def post_faults(request: Request) -> Response:
    """Ask for faults: one, or a list. Of several that could strike a request, the earliest does."""
    control, client_id, _ = _where(request)
    body = body_of(request).strip()
    listed = body if body.startswith(b"[") else b"[" + body + b"]"
    asked = _read(lambda _: _FAULTS.validate_json(listed), request)
    return _faults(_allowed(lambda: control.add_faults(client_id, [one.fault() for one in asked])))


@needs(Permission.CONTROL)
def delete_faults(request: Request) -> Response:
    """Take your faults back: all, or the one of `number`."""
    control, client_id, _ = _where(request)
    number = request.query_params.get("number")
    if number is None:
        control.remove_faults(client_id)
    elif not number.isdecimal() or not control.remove_fault(client_id, int(number[:18])):
        raise RefusalError(HTTPStatus.NOT_FOUND, f"There is no fault of number {number!r}.")
    return _faults(control.faults(client_id))


@needs(Permission.CONTROL)
def post_reset(request: Request) -> Response:
    """Make your sandbox as it was at first: no mandates, faults or journal, and a clock with real time."""
    control, client_id, now = _where(request)
    control.reset(client_id)
    return _clock(control.clock(client_id, now))


@needs(Permission.CONTROL)
def get_state(request: Request) -> Response:
    """Export your mandates, clock and faults."""
    control, client_id, _ = _where(request)
    return JSONResponse(control.export_state(client_id))


@needs(Permission.CONTROL, takes=JSON)
def put_state(request: Request) -> Response:
    """Replace your mandates, clock and faults by those of an export."""
    control, client_id, now = _where(request)
    state = _read(json.loads, request)
    if not isinstance(state, dict):
        raise _wrong(["the body must be an exported state"])
    _allowed(lambda: control.import_state(client_id, state))
    return _clock(control.clock(client_id, now))


@needs(Permission.CONTROL)
def get_journal(request: Request) -> Response:
    """Read your last requests and their answers: `after` a number, at most `limit` of them."""
    control, client_id, _ = _where(request)
    after, limit = (
        _whole_number(request, name, default, most)
        for name, default, most in (("after", 0, 10**15), ("limit", 100, _MAX_ENTRIES))
    )
    return JSONResponse({"data": {"entries": control.journal(client_id, after, limit)}})


@needs(Permission.NOTHING)
def get_ready(request: Request) -> Response:
    """Tell that the sandbox is ready. Needs no credentials."""
    control: Control = request.app.state.control
    return JSONResponse({"status": "ready" if control.is_ready() else "starting"})


ENDPOINTS: Final[tuple[tuple[str, str, Callable[..., Response]], ...]] = (
    ("GET", "/clock", get_clock),
    ("PUT", "/clock", put_clock),
    ("DELETE", "/clock", delete_clock),
    ("POST", "/clock/advance", post_clock_advance),
    ("GET", "/faults", get_faults),
    ("POST", "/faults", post_faults),
    ("DELETE", "/faults", delete_faults),
    ("POST", "/reset", post_reset),
    ("GET", "/state", get_state),
    ("PUT", "/state", put_state),
    ("GET", "/journal", get_journal),
    ("GET", "/ready", get_ready),
)
"""Method, path below the prefix, and endpoint."""


def _where(request: Request) -> tuple[Control, str, datetime]:
    """The control, whose sandbox it is about, and real time."""
    return request.app.state.control, context_of(request).client.client_id, request.app.state.clock()


def _read(read: Callable[[bytes], T], request: Request) -> T:
    try:
        return read(body_of(request))
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, fault['loc'])) or 'body'}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        ]
        raise _wrong(faults) from None
    except (ValueError, RecursionError):
        raise _wrong(["the body must be JSON"]) from None


def _allowed(act: Callable[[], T]) -> T:
    try:
        return act()
    except InvalidValueError as error:
        raise _wrong([str(error)]) from None


def _wrong(faults: list[str]) -> RefusalError:
    return RefusalError(HTTPStatus.BAD_REQUEST, "The request is not correct.", faults)


def _whole_number(request: Request, name: str, default: int, most: int) -> int:
    text = request.query_params.get(name, str(default))
    if not text.isdecimal() or int(text[:18]) > most:
        raise _wrong([f"{name}: a whole number, at most {most}"])
    return int(text)


def _clock(reading: ClockReading) -> Response:
    return JSONResponse(
        {"data": {"now": write_timestamp(reading.now), "set": reading.is_set, "running": reading.is_running}}
    )


def _faults(faults: list[KeptFault]) -> Response:
    told = [
        {"number": kept.seq, **fault_document(kept.fault, kept.remaining), "struck": kept.struck}
        for kept in faults
    ]
    return JSONResponse({"data": {"faults": told}})
