"""What a client proves itself with (I3, C1, C2)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

__all__ = ["Assertion", "ConnectionDetails", "Credentials"]

Assertion: TypeAlias = Callable[[], str]
"""Signs a new assertion (RFC 7523) each time that it is called; for who has a certificate instead of a secret."""


class ConnectionDetails(Protocol):
    """What the activation of the API gives; `Credentials` has it, and so have those of `kwartier.testing`."""

    @property
    def client_id(self) -> str:
        """The client id."""

    @property
    def client_secret(self) -> str:
        """The client secret."""

    @property
    def subscription_key(self) -> str:
        """The subscription key."""

    @property
    def token_endpoint(self) -> str:
        """Where tokens are asked for."""

    @property
    def scope(self) -> str:
        """The scope, as it was issued."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What the activation of the API gives (I3).

    Attributes:
        client_id: the client id.
        client_secret: the client secret; empty with an assertion.
        subscription_key: the subscription key.
        token_endpoint: where tokens are asked for.
        scope: the scope, as it was issued.
        assertion: signs an assertion, instead of a secret.
    """

    client_id: str
    client_secret: str = field(default="", repr=False)
    subscription_key: str = field(repr=False)
    token_endpoint: str
    scope: str
    assertion: Assertion | None = field(default=None, repr=False)
