"""Access tokens: granted to clients and operators, signed, and verified (C1, C2)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from math import ceil
from typing import Any, Final
from uuid import uuid4

from joserfc import jwt

from kwartier.domain.credentials import Credentials, EnvironmentName
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.operators import OperatorScope, read_scopes, write_scopes
from kwartier.domain.signing import CLOCK_SKEW
from kwartier.services.clients import Assertion, Clients, Principal, Proof
from kwartier.services.keys import ALGORITHM, SigningKeys

__all__ = [
    "GRANT_TYPE",
    "Claims",
    "GrantedToken",
    "OperatorClaims",
    "TokenError",
    "TokenRefused",
    "Tokens",
    "scope_of",
    "wrong_grant_type",
]

GRANT_TYPE: Final = "client_credentials"


class TokenError(Enum):
    """Why no token is granted, in the words of RFC 6749 §5.2."""

    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    INVALID_SCOPE = "invalid_scope"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"


@dataclass(frozen=True, slots=True)
class GrantedToken:
    """An access token and for how many seconds it is valid."""

    access_token: str = field(repr=False)
    expires_in: int


@dataclass(frozen=True, slots=True)
class TokenRefused:
    """No token: why, and a sentence about it."""

    error: TokenError
    description: str


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token of a client says that is signed and has not expired."""

    client_id: str
    environment: EnvironmentName
    generation: int


@dataclass(frozen=True, slots=True)
class OperatorClaims:
    """What a token of an operator says that is signed and has not expired."""

    client_id: str
    scopes: frozenset[OperatorScope]
    generation: int


def audience_of(environment: EnvironmentName) -> str:
    """For whom tokens of an environment are."""
    return f"api://kwartier-{environment.value}"


def scope_of(environment: EnvironmentName) -> str:
    """The scope that credentials of an environment ask for (I3)."""
    return f"{audience_of(environment)}/.default"


_BACKOFFICE: Final = "api://kwartier-backoffice"
"""For whom tokens of operators are: they open no environment."""
_ENVIRONMENT_OF_AUDIENCE: Final = {audience_of(environment): environment for environment in EnvironmentName}
_NO_SUCH_CLIENT: Final = TokenRefused(
    TokenError.INVALID_CLIENT, "the client id or the client secret is wrong"
)
_NOT_PROVEN: Final = TokenRefused(
    TokenError.INVALID_CLIENT,
    "the client assertion is not accepted: its client, certificate, signature or claims are wrong, or it was used before",
)


class Tokens:
    """Grants and verifies access tokens of one issuer.

    Args:
        clients: who knows what a client proves.
        keys: to sign with.
        issuer: who issues, an address.
        lifetime_seconds: for how long a token is valid, at most 3600 (C1).
    """

    def __init__(self, clients: Clients, keys: SigningKeys, issuer: str, lifetime_seconds: int) -> None:
        self._clients = clients
        self._keys = keys
        self._issuer = issuer
        self._lifetime_seconds = lifetime_seconds

    def grant(
        self, proof: Proof, grant_type: str, scope: str, moment: datetime
    ) -> GrantedToken | TokenRefused:
        """Grant a token (C1); the answer never tells which part of a proof was wrong."""
        refused = wrong_grant_type(grant_type)
        if refused is not None:
            return refused
        principal = self._clients.prove(proof, moment)
        if principal is None:
            return _NOT_PROVEN if isinstance(proof, Assertion) else _NO_SUCH_CLIENT
        fault = principal.fault(moment)
        if fault is not None:
            return TokenRefused(TokenError.INVALID_CLIENT, f"the credentials are {fault}")
        claims = _claims_for(principal, scope)
        return claims if isinstance(claims, TokenRefused) else self._sign(principal, claims, moment)

    def verify(self, token: str, version: str | None, moment: datetime) -> Claims | OperatorClaims | None:
        """What a token says, or None if it is not ours, not whole, or not valid at the moment.

        Args:
            token: as it came.
            version: of the signing keys, as the database has it now.
            moment: real time (A3). Clocks of processes differ: a token may be a little younger than new, never older.
        """
        payload = self._keys.ring(version).payload(token, moment)
        if payload is None or payload["iss"] != self._issuer:
            return None
        if not payload["nbf"] - CLOCK_SKEW.total_seconds() <= moment.timestamp() < payload["exp"]:
            return None
        if payload["aud"] == _BACKOFFICE:
            return OperatorClaims(payload["sub"], read_scopes(payload["scope"]), payload["gen"])
        return Claims(payload["sub"], _ENVIRONMENT_OF_AUDIENCE[payload["aud"]], payload["gen"])

    def verify_alone(self, token: str, moment: datetime) -> Claims | OperatorClaims | None:
        """As `verify`, for who has nothing read from the database yet."""
        return self.verify(token, self._keys.current().version, moment)

    def public_keys(self, moment: datetime) -> dict[str, Any]:
        """The public keys, as a JWK set (RFC 7517): the next one too, and old ones until their tokens have ended."""
        return self._keys.current().published(moment)

    def _sign(self, principal: Principal, claims: dict[str, str], moment: datetime) -> GrantedToken:
        key = self._keys.signing(moment)
        now = int(moment.timestamp())
        # Not beyond what it stands for, so that the answer tells the truth.
        ends = min(now + self._lifetime_seconds, ceil(principal.valid_until.timestamp()))
        payload = {
            "iss": self._issuer,
            "sub": principal.client_id,
            "gen": principal.generation,
            "iat": now,
            "nbf": now,
            "exp": ends,
            "jti": uuid4().hex,
        } | claims
        token = jwt.encode(
            {"alg": ALGORITHM, "kid": key.kid, "typ": "JWT"}, payload, key, algorithms=[ALGORITHM]
        )
        return GrantedToken(token, ends - now)


def wrong_grant_type(grant_type: str | None) -> TokenRefused | None:
    """Why a grant type gives no token: it is told before anything about the client is (RFC 6749 §5.2)."""
    if grant_type == GRANT_TYPE:
        return None
    error = TokenError.INVALID_REQUEST if grant_type is None else TokenError.UNSUPPORTED_GRANT_TYPE
    return TokenRefused(error, f"grant_type must be {GRANT_TYPE}")


def _claims_for(principal: Principal, scope: str) -> dict[str, str] | TokenRefused:
    """What a token for a scope says about what it is good for, if the principal has that scope."""
    if isinstance(principal, Credentials):
        expected = scope_of(principal.environment)
        if scope == expected:
            return {"aud": audience_of(principal.environment)}
        return TokenRefused(TokenError.INVALID_SCOPE, f"scope must be {expected}")
    wanted = _asked(scope)
    if wanted <= principal.scopes and wanted:
        return {"aud": _BACKOFFICE, "scope": write_scopes(wanted)}
    held = write_scopes(principal.scopes)
    return TokenRefused(TokenError.INVALID_SCOPE, f"scope must be one or more of: {held}")


def _asked(scope: str) -> frozenset[OperatorScope]:
    try:
        return read_scopes(scope)
    except InvalidValueError:
        return frozenset()
