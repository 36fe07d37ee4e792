"""Signed assertions in place of a secret: `private_key_jwt` (C1, RFC 7523)."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import Any, Final

from joserfc.jwk import RSAKey
from joserfc.util import urlsafe_b64encode
from sqlalchemy.exc import IntegrityError

from kwartier.db.engine import Database
from kwartier.domain.assertion import Asserted, read_claims
from kwartier.domain.signing import CLOCK_SKEW
from kwartier.registry import assertions as registry
from kwartier.registry.certificates import Certificate
from kwartier.services.certificates import decoy, key_of
from kwartier.services.jose import Sealed, is_signed_by, open_sealed

__all__ = ["ALGORITHMS", "ASSERTION_TYPE", "UsedAssertions", "client_of", "open_assertion", "proven"]

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS: Final = ("RS256", "PS256", "ES256")
"""With which a certificate's key may sign; never one whose key could be public, or none at all."""

_MAX_ASSERTION: Final = 32768  # characters
_SWEPT_EVERY: Final = timedelta(minutes=1)


def open_assertion(text: str) -> Sealed | None:
    """Open an assertion without believing it; None if it is none."""
    return open_sealed(text, ALGORITHMS) if len(text) <= _MAX_ASSERTION else None


def client_of(assertion: Sealed) -> str:
    """Whose it claims to be; nobody's if it does not say."""
    client_id = assertion.claims.get("sub")
    return client_id if isinstance(client_id, str) else ""


def proven(
    assertion: Sealed, certificates: Sequence[Certificate], audiences: Collection[str], moment: datetime
) -> Asserted | None:
    """What an assertion proves, if one of these certificates counts at the moment and its key signed it.

    One signature is verified in any case, so that the time taken does not tell which clients and certificates there are.
    """
    is_rsa = assertion.algorithm != "ES256"
    named = _named(assertion.header, certificates)
    fitting = None
    if named is not None and named.valid_from <= moment < named.valid_until:
        fitting = key_of(named.pem)
    if fitting is not None and isinstance(fitting, RSAKey) is not is_rsa:
        fitting = None
    signed = is_signed_by(assertion, decoy(is_rsa=is_rsa) if fitting is None else fitting)
    if fitting is None or not signed:
        return None
    return read_claims(assertion.claims, audiences, moment)


def _named(header: dict[str, Any], certificates: Sequence[Certificate]) -> Certificate | None:
    """The certificate that a head names by its thumbprint, by both if it has both.

    Widely used clients write it with the padding of base64, which RFC 7515 §2 leaves off: it is taken either way.
    """
    sha1, sha256_ = header.get("x5t"), header.get("x5t#S256")
    if sha1 is None and sha256_ is None:
        return None
    for one in certificates:
        fits = [
            said is None or said in _written(print_)
            for said, print_ in ((sha1, one.x5t), (sha256_, one.thumbprint))
        ]
        if all(fits):
            return one
    return None


def _written(thumbprint: bytes) -> tuple[str, str]:
    """A thumbprint as heads have it: as its standard wants it, and padded."""
    text = urlsafe_b64encode(thumbprint).decode()
    return text, text + "=" * (-len(text) % 4)


class UsedAssertions:
    """Remembers which assertions were used, for all processes of the platform."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._swept: datetime | None = None
        self._lock = Lock()

    def use(self, asserted: Asserted, moment: datetime) -> bool:
        """Use an assertion; False if it was used before. Of several at once exactly one is let through."""
        jti_hash = sha256(asserted.jti.encode(errors="surrogatepass")).digest()
        try:
            with self._database.writing() as connection:
                registry.use(connection, asserted.client_id, jti_hash, asserted.until, moment)
        except IntegrityError:
            return False
        self._sweep_now_and_then(moment)
        return True

    def _sweep_now_and_then(self, moment: datetime) -> None:
        with self._lock:
            if self._swept is not None and abs(moment - self._swept) < _SWEPT_EVERY:
                return
            self._swept = moment
        with self._database.writing("used assertions") as connection:
            # A machine whose clock is behind may still take what has ended by ours.
            registry.sweep(connection, moment - CLOCK_SKEW)
