"""Secrets and keys: made at random, kept as hashes (DESIGN 12, I4)."""

import hmac
import secrets
from dataclasses import dataclass, field
from hashlib import sha256

__all__ = ["Hasher", "new_secret"]

_BYTES = 32  # 256 bits: nothing to guess, so a fast hash protects as well as a slow one


def new_secret() -> str:
    """A new secret or key: 256 random bits, 64 hexadecimal digits."""
    return secrets.token_hex(_BYTES)


@dataclass(frozen=True, slots=True)
class Hasher:
    """Hashes secrets with a pepper, which the database does not know."""

    pepper: str = field(repr=False)

    def hash(self, secret: str) -> bytes:
        """The SHA-256 under which a secret is kept and found."""
        return hmac.digest(self.pepper.encode(), secret.encode(), sha256)

    def matches(self, secret: str, kept: bytes) -> bool:
        """Whether a secret has the kept hash, in a time that does not tell how much of it is right."""
        return hmac.compare_digest(self.hash(secret), kept)
