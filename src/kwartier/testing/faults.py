"""Faults on demand, as the control client names and tells them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

__all__ = ["EndpointName", "Fault", "KindName", "read_fault"]

EndpointName: TypeAlias = Literal["any", "token", "mandate", "energy", "mock"]
"""What a fault can strike."""

KindName: TypeAlias = Literal["status", "delay", "cut", "malformed", "expired-token"]
"""How a request can go wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that is to go wrong.

    Attributes:
        number: by which it is taken back.
        remaining: how many requests it will still strike; None: all.
        struck: how many it struck.
    """

    number: int
    endpoint: EndpointName
    kind: KindName
    status: int | None
    retry_after_seconds: int | None
    delay_seconds: float | None
    probability: float
    remaining: int | None
    struck: int


def read_fault(told: Mapping[str, Any]) -> Fault:
    """A fault as the control surface tells it."""
    return Fault(
        number=told["number"],
        endpoint=told["endpoint"],
        kind=told["kind"],
        status=told.get("status"),
        retry_after_seconds=told.get("retryAfterSeconds"),
        delay_seconds=told.get("delaySeconds"),
        probability=told["probability"],
        remaining=told.get("left"),
        struck=told["struck"],
    )
