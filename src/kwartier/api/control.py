"""The control surface of the sandbox: clock, faults, reset, state, journal, readiness. Each client has its own."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from pydantic import BaseModel, TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from kwartier.api.control_models import (
    Advance,
    ClockAnswer,
    FaultsAnswer,
    JournalAnswer,
    ReadyAnswer,
    SetClock,
)
from kwartier.api.controlled import allowed, where
from kwartier.gateway.answers import json_answer
from kwartier.gateway.asked import Asked, Parameter, whole_number
from kwartier.gateway.bodies import read_body_of, wrong
from kwartier.gateway.context import JSON, Permission, body_of, needs
from kwartier.gateway.refusal import RefusalError
from kwartier.services.control import ClockReading, Control, KeptFault, listed
from kwartier.services.state import STATES, SandboxState
from kwartier.wire.faults import FaultDocument
from kwartier.wire.timestamps import read_timestamp, write_timestamp

__all__ = ["AFTER", "ENDPOINTS", "LIMIT", "NUMBER"]

_MAX_ENTRIES: Final = 1000
_MAX_STATE: Final = 32 * 1024 * 1024  # bytes


NUMBER: Final = Parameter("number", whole_number(10**9), "Which fault; left out: all.", "1", whole=True)
AFTER: Final = Parameter(
    "after", whole_number(10**15), "Only entries with a number above this.", "0", whole=True
)
LIMIT: Final = Parameter(
    "limit", whole_number(_MAX_ENTRIES), "How many entries at most; left out: 100.", "100", whole=True
)

_FAULTS: Final[TypeAdapter[list[FaultDocument]]] = TypeAdapter(list[FaultDocument])


@needs(Permission.CONTROL)
def get_clock(request: Request) -> Response:
    """Read your clock."""
    control, client_id, now = where(request)
    return _clock(control.clock(client_id, now))


@needs(Permission.CONTROL, takes=JSON)
def put_clock(request: Request) -> Response:
    """Set your clock; availability, insertion times, renewal and expiry of mandates follow it."""
    control, client_id, now = where(request)
    asked = read_body_of(request, SetClock.model_validate_json)
    return _clock(
        allowed(lambda: control.set_clock(client_id, read_timestamp(asked.now), now, running=asked.running))
    )


@needs(Permission.CONTROL, takes=JSON)
def post_clock_advance(request: Request) -> Response:
    """Move your clock on."""
    control, client_id, now = where(request)
    asked = read_body_of(request, Advance.model_validate_json)
    try:
        by = timedelta(days=asked.days, hours=asked.hours, minutes=asked.minutes, seconds=asked.seconds)
    except OverflowError:
        raise wrong(["the clock can't be moved that far"]) from None
    if not by:
        raise wrong(["say how far: days, hours, minutes or seconds"])
    return _clock(allowed(lambda: control.advance_clock(client_id, by, now)))


@needs(Permission.CONTROL)
def delete_clock(request: Request) -> Response:
    """Let your clock show real time again."""
    control, client_id, now = where(request)
    return _clock(control.release_clock(client_id, now))


@needs(Permission.CONTROL)
def get_faults(request: Request) -> Response:
    """List the faults that you asked for, with how often they struck."""
    control, client_id, _ = where(request)
    return _faults(control.faults(client_id))


@needs(Permission.CONTROL, takes=JSON)
def post_faults(request: Request) -> Response:
    """Ask for faults: one, or a list. Of several that could strike a request, the earliest does."""
    control, client_id, _ = where(request)
    body = body_of(request).strip()
    listed = body if body.startswith(b"[") else b"[" + body + b"]"
    asked = read_body_of(request, lambda _: _FAULTS.validate_json(listed))
    return _faults(allowed(lambda: control.add_faults(client_id, [one.fault() for one in asked])))


@needs(Permission.CONTROL)
def delete_faults(request: Request) -> Response:
    """Take your faults back: all, or the one of `number`."""
    control, client_id, _ = where(request)
    asked = Asked.in_query(request.scope["query_string"])
    number = asked.one(NUMBER)
    if not asked.is_faultless:
        raise asked.refusal()
    if number is None:
        control.remove_faults(client_id)
    elif not control.remove_fault(client_id, number):
        raise RefusalError(HTTPStatus.NOT_FOUND, f"There is no fault of number {number}.")
    return _faults(control.faults(client_id))


@needs(Permission.CONTROL)
def post_reset(request: Request) -> Response:
    """Make your sandbox as it was at first: no mandates, faults or journal, and a clock with real time."""
    control, client_id, now = where(request)
    control.reset(client_id)
    return _clock(control.clock(client_id, now))


@needs(Permission.CONTROL)
def get_state(request: Request) -> Response:
    """Export your mandates, clock and faults."""
    control, client_id, now = where(request)
    return json_answer(control.export_state(client_id, now))


@needs(Permission.CONTROL, takes=JSON, max_body=_MAX_STATE)
def put_state(request: Request) -> Response:
    """Replace your mandates, clock and faults by those of an export."""
    control, client_id, now = where(request)
    state = read_body_of(request, STATES.validate_json)
    allowed(lambda: control.import_state(client_id, state, now))
    return _clock(control.clock(client_id, now))


@needs(Permission.CONTROL)
def get_journal(request: Request) -> Response:
    """Read your last requests and their answers: `after` a number, at most `limit` of them."""
    control, client_id, _ = where(request)
    asked = Asked.in_query(request.scope["query_string"])
    after, limit = asked.one(AFTER), asked.one(LIMIT)
    if not asked.is_faultless:
        raise asked.refusal()
    entries = control.journal(client_id, after or 0, 100 if limit is None else limit)
    return json_answer({"data": {"entries": entries}})


@needs(Permission.NOTHING, everywhere=True)
def get_ready(request: Request) -> Response:
    """Tell that the sandbox is ready. Needs no credentials."""
    control: Control = request.app.state.control
    return json_answer({"status": "ready" if control.is_ready() else "starting"})


ENDPOINTS: Final[tuple[tuple[str, str, Callable[..., Response], type[BaseModel]], ...]] = (
    ("GET", "/clock", get_clock, ClockAnswer),
    ("PUT", "/clock", put_clock, ClockAnswer),
    ("DELETE", "/clock", delete_clock, ClockAnswer),
    ("POST", "/clock/advance", post_clock_advance, ClockAnswer),
    ("GET", "/faults", get_faults, FaultsAnswer),
    ("POST", "/faults", post_faults, FaultsAnswer),
    ("DELETE", "/faults", delete_faults, FaultsAnswer),
    ("POST", "/reset", post_reset, ClockAnswer),
    ("GET", "/state", get_state, SandboxState),
    ("PUT", "/state", put_state, ClockAnswer),
    ("GET", "/journal", get_journal, JournalAnswer),
    ("GET", "/ready", get_ready, ReadyAnswer),
)
"""Method, path below the prefix, endpoint, and the shape of its answer."""


def _clock(reading: ClockReading) -> Response:
    return json_answer(
        {"data": {"now": write_timestamp(reading.now), "set": reading.is_set, "running": reading.is_running}}
    )


def _faults(faults: list[KeptFault]) -> Response:
    told = [listed(kept) for kept in faults]
    return json_answer({"data": {"faults": told}})
