"""What the gateway decided about a request, for the endpoint behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, TypeVar

from starlette.requests import Request
from starlette.types import Scope

from kwartier.domain.credentials import Credentials
from kwartier.services.environment import Environment

__all__ = [
    "Context",
    "Permission",
    "body_of",
    "context_of",
    "hand_over",
    "hand_over_body",
    "needs",
    "permission_of",
]

_IN_SCOPE: Final = "kwartier.context"
_BODY_IN_SCOPE: Final = "kwartier.body"
_DECLARED: Final = "__kwartier_permission__"

F = TypeVar("F", bound=Callable[..., object])


class Permission(Enum):
    """What a request must bring to reach an endpoint (C5)."""

    NOTHING = "nothing"
    SUBSCRIPTION = "subscription key and token"


@dataclass(frozen=True, slots=True)
class Context:
    """Who asks, where, and at which moment of the environment's clock (A3)."""

    environment: Environment
    client: Credentials
    moment: datetime


def needs(permission: Permission) -> Callable[[F], F]:
    """Declare what a request must bring to reach an endpoint; one without a declaration is not served."""

    def declare(endpoint: F) -> F:
        setattr(endpoint, _DECLARED, permission)
        return endpoint

    return declare


def permission_of(endpoint: Callable[..., object]) -> Permission:
    """What an endpoint declared.

    Raises:
        TypeError: it declared nothing.
    """
    declared = getattr(endpoint, _DECLARED, None)
    if not isinstance(declared, Permission):
        raise TypeError(f"{endpoint} declares no permission")
    return declared


def hand_over(scope: Scope, context: Context) -> None:
    """Put the context where the endpoint finds it."""
    scope[_IN_SCOPE] = context


def context_of(request: Request) -> Context:
    """The context of a request that needed a subscription."""
    context: Context = request.scope[_IN_SCOPE]
    return context


def hand_over_body(scope: Scope, body: bytes) -> None:
    """Put a body that was read whole where the endpoint finds it."""
    scope[_BODY_IN_SCOPE] = body


def body_of(request: Request) -> bytes:
    """The body of a request, as far as the gateway takes one."""
    body: bytes = request.scope.get(_BODY_IN_SCOPE, b"")
    return body
