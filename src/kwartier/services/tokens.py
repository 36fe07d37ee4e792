"""Access tokens: granted for credentials, signed, and verified (C1, C2)."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache
from threading import Lock
from typing import Any, Final
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from kwartier.db.engine import Database
from kwartier.domain.credentials import Credentials, EnvironmentName
from kwartier.registry import credentials as registry
from kwartier.registry import keys
from kwartier.services.secrets import Hasher

__all__ = ["GRANT_TYPE", "Claims", "GrantedToken", "TokenError", "TokenRefused", "Tokens", "scope_of"]

GRANT_TYPE: Final = "client_credentials"
_ALGORITHM: Final = "ES256"


class TokenError(Enum):
    """Why no token is granted, in the words of RFC 6749 §5.2."""

    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    INVALID_SCOPE = "invalid_scope"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"


@dataclass(frozen=True, slots=True)
class GrantedToken:
    """An access token and for how many seconds it is valid."""

    access_token: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class TokenRefused:
    """No token: why, and a sentence about it."""

    error: TokenError
    description: str


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says that is signed and has not expired."""

    client_id: str
    environment: EnvironmentName
    generation: int


def audience_of(environment: EnvironmentName) -> str:
    """For whom tokens of an environment are."""
    return f"api://kwartier-{environment.value}"


def scope_of(environment: EnvironmentName) -> str:
    """The scope that credentials of an environment ask for (I3)."""
    return f"{audience_of(environment)}/.default"


_ENVIRONMENT_OF_AUDIENCE: Final = {audience_of(environment): environment for environment in EnvironmentName}
_NO_SUCH_CLIENT: Final = TokenRefused(
    TokenError.INVALID_CLIENT, "the client id or the client secret is wrong"
)


class Tokens:
    """Grants and verifies access tokens of one issuer.

    Args:
        issuer: who issues, an address.
        lifetime_seconds: for how long a token is valid, at most 3600 (C1).
    """

    def __init__(self, database: Database, hasher: Hasher, issuer: str, lifetime_seconds: int) -> None:
        self._database = database
        self._hasher = hasher
        self._issuer = issuer
        self._lifetime_seconds = lifetime_seconds
        self._keys: list[ECKey] = []
        self._keys_lock = Lock()
        # The signature of a token is checked once; its expiry and its credentials at every request.
        self._signed = lru_cache(maxsize=4096)(self._check_signature)

    def grant(
        self, client_id: str, client_secret: str, grant_type: str, scope: str, moment: datetime
    ) -> GrantedToken | TokenRefused:
        """Grant a token for credentials (C1); the answer never tells whether id or secret was wrong."""
        if grant_type != GRANT_TYPE:
            return TokenRefused(TokenError.UNSUPPORTED_GRANT_TYPE, f"grant_type must be {GRANT_TYPE}")
        with self._database.reading() as connection:
            kept = registry.find(connection, client_id)
        # Hash in any case, so that the time taken does not tell whether the id is known.
        right = self._hasher.matches(client_secret, b"" if kept is None else kept.secret_hash)
        if kept is None or not right:
            return _NO_SUCH_CLIENT
        fault = kept.credentials.fault(moment)
        if fault is not None:
            return TokenRefused(TokenError.INVALID_CLIENT, f"the credentials are {fault}")
        expected = scope_of(kept.credentials.environment)
        if scope != expected:
            return TokenRefused(TokenError.INVALID_SCOPE, f"scope must be {expected}")
        return self._sign(kept.credentials, moment)

    def verify(self, token: str, moment: datetime) -> Claims | None:
        """What a token says, or None if it is not ours, not whole, or not valid at the moment."""
        payload = self._signed(token)
        if payload is None or not payload["nbf"] <= moment.timestamp() < payload["exp"]:
            return None
        return Claims(payload["sub"], _ENVIRONMENT_OF_AUDIENCE[payload["aud"]], payload["gen"])

    def public_keys(self) -> dict[str, Any]:
        """The public keys, as a JWK set (RFC 7517)."""
        with self._database.reading() as connection:
            kept = keys.list_all(connection)
        public = [ECKey.import_key(json.loads(key.private_jwk)).as_dict(private=False) for key in kept]
        return {"keys": public}

    def prepare(self, moment: datetime) -> None:
        """See to it that there is a key to sign with; processes that do it at once end with the same one."""
        with self._database.writing("signing keys") as connection:
            if keys.list_all(connection):
                return
            key = ECKey.generate_key("P-256", {"kid": uuid4().hex, "use": "sig", "alg": _ALGORITHM})
            private_jwk = json.dumps(key.as_dict(private=True))
            keys.add(connection, keys.KeptKey(key.kid or "", private_jwk, moment))

    def _sign(self, credentials: Credentials, moment: datetime) -> GrantedToken:
        key = self._signing_keys()[0]
        now = int(moment.timestamp())
        payload = {
            "iss": self._issuer,
            "aud": audience_of(credentials.environment),
            "sub": credentials.client_id,
            "gen": credentials.generation,
            "iat": now,
            "nbf": now,
            "exp": now + self._lifetime_seconds,
            "jti": uuid4().hex,
        }
        token = jwt.encode(
            {"alg": _ALGORITHM, "kid": key.kid, "typ": "JWT"}, payload, key, algorithms=[_ALGORITHM]
        )
        return GrantedToken(token, self._lifetime_seconds)

    def _check_signature(self, token: str) -> dict[str, Any] | None:
        """The payload of a token that one of our keys signed for one of our environments."""
        try:
            payload = jwt.decode(token, KeySet(list(self._signing_keys())), algorithms=[_ALGORITHM]).claims
        except (JoseError, ValueError):
            return None
        ours = payload.get("iss") == self._issuer and payload.get("aud") in _ENVIRONMENT_OF_AUDIENCE
        return payload if ours else None

    def _signing_keys(self) -> list[ECKey]:
        """The keys, the newest first; read once a process."""
        with self._keys_lock:
            if not self._keys:
                with self._database.reading() as connection:
                    kept = keys.list_all(connection)
                self._keys = [ECKey.import_key(json.loads(key.private_jwk)) for key in kept]
            return self._keys
