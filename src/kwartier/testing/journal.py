"""The journal of a sandbox: what a client asked, and what it was answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kwartier.wire.timestamps import read_timestamp

__all__ = ["JournalAnswer", "JournalBody", "JournalEntry", "JournalRequest", "read_entry"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalBody:
    """A body.

    Attributes:
        text: it, or how it begins; secrets are masked.
        size: of the whole, before compression [bytes].
        is_cut: whether the text is only how it begins.
    """

    text: str
    size: int
    is_cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRequest:
    """What was asked; names of headers are in lower case, secrets are masked."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: JournalBody


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalAnswer:
    """What was answered.

    Attributes:
        status: None if there was no answer.
    """

    status: int | None
    headers: Mapping[str, str]
    body: JournalBody


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """A request with its answer.

    Attributes:
        at: when, in real time.
        clock: when, by the client's clock.
        correlation_id: as the answer's header `X-Correlation-Id` said.
        fault: the number of the fault that struck it, if any.
    """

    number: int
    at: datetime
    clock: datetime
    correlation_id: str
    request: JournalRequest
    answer: JournalAnswer
    duration: timedelta
    fault: int | None


def read_entry(told: Mapping[str, Any]) -> JournalEntry:
    """An entry as the control surface tells it."""
    request, response = told["request"], told["response"]
    return JournalEntry(
        number=told["number"],
        at=read_timestamp(told["at"]),
        clock=read_timestamp(told["clock"]),
        correlation_id=told["correlationId"],
        request=JournalRequest(
            method=request["method"],
            path=request["path"],
            query=request["query"],
            headers=request["headers"],
            body=_body(request["body"]),
        ),
        answer=JournalAnswer(
            status=response["status"], headers=response["headers"], body=_body(response["body"])
        ),
        duration=timedelta(milliseconds=told["durationMs"]),
        fault=told.get("fault"),
    )


def _body(told: Mapping[str, Any]) -> JournalBody:
    return JournalBody(text=told["text"], size=told["size"], is_cut=told.get("cut", False))
