"""What the gateway decided about a request, for the endpoint behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, TypeAlias, TypeVar

from starlette.requests import Request
from starlette.types import Scope

from kwartier.domain.control import Endpoint
from kwartier.domain.credentials import Credentials
from kwartier.domain.operators import Operator, OperatorScope
from kwartier.gateway.incoming import Incoming
from kwartier.services.environment import Environment

__all__ = [
    "FORM",
    "JSON",
    "MAX_BODY",
    "Context",
    "Declared",
    "OperatorContext",
    "Permission",
    "body_of",
    "context_of",
    "declared_by",
    "hand_over",
    "hand_over_body",
    "hand_over_incoming",
    "incoming_of",
    "needs",
    "needs_scope",
    "operator_of",
]

_IN_SCOPE: Final = "kwartier.context"
_BODY_IN_SCOPE: Final = "kwartier.body"
_INCOMING_IN_SCOPE: Final = "kwartier.incoming"
_DECLARED: Final = "__kwartier_declared__"

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
MAX_BODY: Final = 65536  # bytes

F = TypeVar("F", bound=Callable[..., object])
IsSmall: TypeAlias = Callable[[Environment, Credentials], bool]


class Permission(Enum):
    """What a request must bring to reach an endpoint (C5)."""

    NOTHING = "nothing"
    SUBSCRIPTION = "subscription key and token"
    CONTROL = "subscription key and token, exempt from limits and faults"
    OPERATOR = "token of an operator, with a scope"


@dataclass(frozen=True, slots=True)
class Context:
    """Who asks, where, at which moment of the environment's clock (A3), and under which id this can be found again (C6)."""

    environment: Environment
    client: Credentials
    moment: datetime
    correlation_id: str


@dataclass(frozen=True, slots=True)
class OperatorContext:
    """Which operator asks, at which moment of real time, and under which id this can be found again (C6)."""

    operator: Operator
    moment: datetime
    correlation_id: str


@dataclass(frozen=True, slots=True)
class Declared:
    """What an endpoint declares.

    Attributes:
        permission: what a request must bring.
        takes: the media type of the body it takes, if any.
        struck_as: as what faults on demand strike it, if they do.
        max_body: how many bytes it takes.
        scope: what an operator's token must allow, if an operator is needed.
        everywhere: whether it is open to the whole world (C3: the portal is), and may ask the database.
        streams: the media types of bodies of any length that it reads itself, as they come.
        lengthy: whether it takes long, and gets one of the few threads for that.
        is_small: of an endpoint that only reads, whether what it reads for a client is a few rows; asks the database.
    """

    permission: Permission
    takes: str | None = None
    struck_as: Endpoint | None = None
    max_body: int = MAX_BODY
    scope: OperatorScope | None = None
    everywhere: bool = False
    streams: tuple[str, ...] = ()
    lengthy: bool = False
    is_small: IsSmall | None = None

    @property
    def asks_nothing(self) -> bool:
        """Whether it is a page of ours that asks neither who comes nor a database: it is answered without a thread."""
        return self.permission is Permission.NOTHING and self.struck_as is None and not self.everywhere


def needs(
    permission: Permission,
    *,
    takes: str | None = None,
    struck_as: Endpoint | None = None,
    max_body: int = MAX_BODY,
    everywhere: bool = False,
    is_small: IsSmall | None = None,
) -> Callable[[F], F]:
    """Declare what a request must bring to reach an endpoint; one without a declaration is not served."""
    return _declaring(
        Declared(permission, takes, struck_as, max_body, everywhere=everywhere, is_small=is_small)
    )


def needs_scope(
    scope: OperatorScope,
    *,
    takes: str | None = None,
    max_body: int = MAX_BODY,
    streams: tuple[str, ...] = (),
    lengthy: bool = False,
) -> Callable[[F], F]:
    """Declare that only an operator whose token has a scope reaches an endpoint; what reads a stream takes long."""
    return _declaring(
        Declared(
            Permission.OPERATOR,
            takes,
            max_body=max_body,
            scope=scope,
            streams=streams,
            lengthy=lengthy or bool(streams),
        )
    )


def _declaring(declared: Declared) -> Callable[[F], F]:
    def declare(endpoint: F) -> F:
        setattr(endpoint, _DECLARED, declared)
        return endpoint

    return declare


def declared_by(endpoint: Callable[..., object]) -> Declared:
    """What an endpoint declared.

    Raises:
        TypeError: it declared nothing.
    """
    declared = getattr(endpoint, _DECLARED, None)
    if not isinstance(declared, Declared):
        raise TypeError(f"{endpoint} declares no permission")
    return declared


def hand_over(scope: Scope, context: Context | OperatorContext) -> None:
    """Put the context where the endpoint finds it."""
    scope[_IN_SCOPE] = context


def context_of(request: Request) -> Context:
    """The context of a request that needed a subscription."""
    context: Context = request.scope[_IN_SCOPE]
    return context


def operator_of(request: Request) -> OperatorContext:
    """The context of a request that needed an operator."""
    context: OperatorContext = request.scope[_IN_SCOPE]
    return context


def hand_over_body(scope: Scope, body: bytes) -> None:
    """Put a body that was read whole where the endpoint finds it."""
    scope[_BODY_IN_SCOPE] = body


def body_of(request: Request) -> bytes:
    """The body of a request, as far as the gateway takes one."""
    body: bytes = request.scope.get(_BODY_IN_SCOPE, b"")
    return body


def hand_over_incoming(scope: Scope, incoming: Incoming) -> None:
    """Put a body that is still to come where the endpoint finds it."""
    scope[_INCOMING_IN_SCOPE] = incoming


def incoming_of(request: Request) -> Incoming:
    """The body of a request that takes long, as it comes; also tells when it was broken off."""
    incoming: Incoming = request.scope[_INCOMING_IN_SCOPE]
    return incoming
