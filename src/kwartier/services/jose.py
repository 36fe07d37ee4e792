"""Signed JSON objects (RFC 7515): opened with suspicion, and verified with a key that we chose (C1, C2)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.util import urlsafe_b64decode

from kwartier.wire.json_text import read_json

__all__ = ["Sealed", "VerifyingKey", "is_signed_by", "open_sealed"]

VerifyingKey = ECKey | RSAKey

_MAX_HEADER: Final = 12288  # bytes: some clients send their whole chain of certificates along
_PARTS: Final = 3


@dataclass(frozen=True, slots=True)
class Sealed:
    """A signed object that was opened, and not verified.

    Attributes:
        algorithm: one of those that were allowed.
        header: what its head says.
        claims: what it says.
    """

    algorithm: str
    header: dict[str, Any] = field(repr=False)
    claims: dict[str, Any] = field(repr=False)
    text: str = field(repr=False)


def open_sealed(text: str, algorithms: Sequence[str]) -> Sealed | None:
    """Open a signed object without believing it; None if it is none, or of another algorithm.

    An extension that must be understood (`crit`) is one that we do not understand; so an unencoded payload is none of ours.
    """
    parts = text.split(".")
    if len(parts) != _PARTS or len(parts[0]) > _MAX_HEADER:
        return None
    header, claims = (_object(part) for part in parts[:2])
    if header is None or claims is None or {"crit", "b64"} & header.keys():
        return None
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        return None
    return Sealed(algorithm, header, claims, text)


def is_signed_by(sealed: Sealed, key: VerifyingKey) -> bool:
    """Whether a key made the signature, by the algorithm that the object names."""
    registry = jws.JWSRegistry(algorithms=[sealed.algorithm], strict_check_header=False)
    registry.max_header_length = _MAX_HEADER
    try:
        jws.deserialize_compact(sealed.text, key, registry=registry)
    except (JoseError, ValueError, RecursionError):
        return False
    return True


def _object(part: str) -> dict[str, Any] | None:
    try:
        found = read_json(urlsafe_b64decode(part.encode("ascii")))
    except ValueError:  # no base64, no text, or no JSON
        return None
    return found if isinstance(found, dict) else None
