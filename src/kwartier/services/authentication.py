"""Who is asking: subscription key and token, checked against the credentials at every request (C2)."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from kwartier.db.engine import Database
from kwartier.domain.credentials import Credentials, EnvironmentName
from kwartier.registry import credentials as registry
from kwartier.services.secrets import Hasher
from kwartier.services.tokens import Tokens

__all__ = ["Authenticator", "Unauthenticated", "Which"]


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
class Authenticator:
    """Finds the credentials behind a request."""

    database: Database
    hasher: Hasher
    tokens: Tokens

    def client(
        self, environment: EnvironmentName, subscription_key: str | None, token: str | None, moment: datetime
    ) -> Credentials | Unauthenticated:
        """The credentials with which an environment is asked at a moment of real time (A3).

        They are read anew each time, so that revoking or renewing them ends their tokens at once, in every process.
        """
        if not subscription_key:
            return Unauthenticated(Which.SUBSCRIPTION_KEY, "the subscription key is missing")
        with self.database.glancing() as connection:
            found = registry.find_by_subscription(connection, self.hasher.hash(subscription_key))
        if found is None or found.environment is not environment:
            return Unauthenticated(
                Which.SUBSCRIPTION_KEY, "the subscription key is not one of this environment"
            )
        fault = self._token_fault(found, token, moment)
        return found if fault is None else Unauthenticated(Which.TOKEN, fault, found.client_id)

    def _token_fault(self, found: Credentials, token: str | None, moment: datetime) -> str | None:
        """Why a token does not stand for these credentials, if so."""
        if not token:
            return "the bearer token is missing"
        fault = found.fault(moment)
        if fault is not None:
            return f"the credentials are {fault}; their tokens ended with them"
        claims = self.tokens.verify(token, moment)
        if claims is None:
            return "the token is not valid or has expired: get a new one"
        if (claims.environment, claims.client_id) != (found.environment, found.client_id):
            return "the token does not belong to this subscription"
        if claims.generation != found.generation:
            return "the credentials were renewed: get a new token with the new secret"
        return None
