"""Who is asking: subscription key and token, checked against what is kept at every request (C2)."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from kwartier.db.engine import Database
from kwartier.domain.credentials import Credentials, EnvironmentName
from kwartier.domain.operators import Operator, OperatorScope
from kwartier.registry import credentials as registry
from kwartier.registry import operators
from kwartier.registry.credentials import Presented
from kwartier.services.secrets import Hasher
from kwartier.services.tokens import Claims, OperatorClaims, Tokens

__all__ = ["Authenticator", "NotAllowed", "Unauthenticated", "Which"]

_NO_TOKEN = "the bearer token is missing"  # noqa: S105 - what is said, not a secret
_NOT_VALID = "the token is not valid or has expired: get a new one"
_RENEWED = "the credentials were renewed: get a new token with the new secret"


class Which(Enum):
    """What was missing or wrong (C5: the subscription key is looked at first)."""

    SUBSCRIPTION_KEY = "subscription key"
    TOKEN = "token"  # noqa: S105 - the name of what is wrong, not a secret


@dataclass(frozen=True, slots=True)
class Unauthenticated:
    """Nobody that may ask: what was wrong, a sentence about it, and whose subscription key it was, if a good one."""

    which: Which
    message: str
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """An operator without the scope that is needed: who, and a sentence about it."""

    operator: Operator
    message: str


@dataclass(frozen=True, slots=True)
class Authenticator:
    """Finds the credentials, or the operator, behind a request."""

    database: Database
    hasher: Hasher
    tokens: Tokens

    def client(
        self, environment: EnvironmentName, subscription_key: str | None, token: str | None, moment: datetime
    ) -> Credentials | Unauthenticated:
        """The credentials with which an environment is asked at a moment of real time (A3), as the token has them.

        They are read anew each time, so that revoking or renewing them ends their tokens at once, in every process; with
        them the version of the signing keys, for the same reason.
        """
        if not subscription_key:
            return Unauthenticated(Which.SUBSCRIPTION_KEY, "the subscription key is missing")
        found = registry.find_by_subscription(self.database.quick, self.hasher.hash(subscription_key))
        if found is None or found.credentials.environment is not environment:
            return Unauthenticated(
                Which.SUBSCRIPTION_KEY, "the subscription key is not one of this environment"
            )
        shown = self._by_token(found, token, moment)
        if isinstance(shown, Credentials):
            return shown
        return Unauthenticated(Which.TOKEN, shown, found.credentials.client_id)

    def operator(
        self, token: str | None, scope: OperatorScope, moment: datetime
    ) -> Operator | Unauthenticated | NotAllowed:
        """The operator who asks the backoffice for something at a moment of real time (A3).

        Args:
            token: the bearer token, if there is one.
            scope: what is needed: the token has it, and so has the operator, now.
            moment: real time.
        """
        if not token:
            return Unauthenticated(Which.TOKEN, _NO_TOKEN)
        claims = self.tokens.verify_alone(token, moment)
        if not isinstance(claims, OperatorClaims):
            return Unauthenticated(Which.TOKEN, _NOT_VALID)
        with self.database.glancing() as connection:
            kept = operators.find(connection, claims.client_id)
        if kept is None:
            return Unauthenticated(Which.TOKEN, _NOT_VALID)
        shown = kept.operator
        fault = shown.fault(moment)
        if fault is not None or claims.generation != shown.generation:
            return Unauthenticated(Which.TOKEN, _RENEWED if fault is None else _ended(fault), shown.client_id)
        if scope not in claims.scopes & shown.scopes:
            return NotAllowed(shown, f"this needs a token with the scope {scope.value}")
        return shown

    def _by_token(self, found: Presented, token: str | None, moment: datetime) -> Credentials | str:
        """The credentials as a token has them, or why it does not stand for them."""
        if not token:
            return _NO_TOKEN
        current = found.credentials
        claims = self.tokens.verify(token, found.keys_version, moment)
        if claims is None:
            return _NOT_VALID
        whose = (current.environment, current.client_id)
        if not isinstance(claims, Claims) or (claims.environment, claims.client_id) != whose:
            return "the token does not belong to this subscription"
        fault = current.fault(moment)  # told to nobody who has no token of theirs
        if fault is not None:
            return _ended(fault)
        return current.of_generation(claims.generation, moment) or _RENEWED


def _ended(fault: str) -> str:
    return f"the credentials are {fault}; their tokens ended with them"
