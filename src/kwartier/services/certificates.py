"""Certificates of clients: registered, listed, removed; and the key in one (C1).

A client proves who it is by the key of a certificate that was registered for it. By whom the certificate was signed means
nothing here, so that one that is signed by itself is as good as any: registering it is the trust.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, TypeAlias

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import ECKey, RSAKey
from sqlalchemy.exc import IntegrityError

from kwartier.db.engine import Database
from kwartier.domain.errors import InvalidValueError
from kwartier.registry import certificates as registry
from kwartier.registry import credentials, operators
from kwartier.registry.certificates import Certificate
from kwartier.services.errors import CertificateError, UnknownCertificateError, UnknownCredentialsError
from kwartier.services.jose import VerifyingKey

__all__ = ["add", "decoy", "key_of", "list_all", "read_certificate", "remove"]

_PublicKey: TypeAlias = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

_RSA_BITS: Final = range(2048, 4097)
_MAX_PEM: Final = 65536  # characters
_DECOY_BITS: Final = 2048
_DECOY_EXPONENT: Final = 65537


def add(database: Database, client_id: str, pem: str, moment: datetime) -> Certificate:
    """Register a certificate of a client of the API, or of an operator.

    Raises:
        InvalidValueError: no certificate alone, or one with a key that is not allowed.
        UnknownCredentialsError: no such client.
        CertificateError: the certificate or the client has ended, or it is registered already.
    """
    certificate = read_certificate(client_id, pem, moment)
    if moment >= certificate.valid_until:
        raise CertificateError("the certificate has expired")
    try:
        with database.writing() as connection:
            kept = credentials.find(connection, client_id)
            operator = operators.find(connection, client_id)
            if kept is None and operator is None:
                raise UnknownCredentialsError(f"there are no credentials with client id {client_id}")
            known = [one for one in (kept and kept.credentials, operator and operator.operator) if one]
            if any(one.revoked_at is not None for one in known):
                raise CertificateError(f"credentials {client_id} were revoked")
            registry.add(connection, certificate)
    except IntegrityError:
        raise CertificateError("the certificate is registered for this client already") from None
    return certificate


def list_all(database: Database, client_id: str) -> list[Certificate]:
    """The certificates of a client, by when they end."""
    with database.reading() as connection:
        return registry.of_client(connection, client_id)


def remove(database: Database, client_id: str, thumbprint: str) -> None:
    """Forget a certificate: no new token for its key; those that were granted go on for their hour at most.

    Args:
        database: where it is kept.
        client_id: whose it is.
        thumbprint: its SHA-256 in hexadecimal, with or without colons, in any case.

    Raises:
        InvalidValueError: no thumbprint.
        UnknownCertificateError: the client has no such certificate.
    """
    try:
        wanted = bytes.fromhex(thumbprint.replace(":", ""))
    except ValueError:
        raise InvalidValueError(
            "a thumbprint is written as hexadecimal digits, with or without colons"
        ) from None
    with database.writing() as connection:
        if not registry.remove(connection, client_id, wanted):
            raise UnknownCertificateError(f"client {client_id} has no certificate {thumbprint}")


def read_certificate(client_id: str, pem: str, moment: datetime) -> Certificate:
    """Read a certificate as it is kept.

    Args:
        client_id: whose it is.
        pem: the certificate and nothing else that matters: no private key, no chain.
        moment: of registering it.

    Raises:
        InvalidValueError: another form, or a key that is not allowed.
    """
    if "PRIVATE KEY" in pem:
        raise InvalidValueError(
            "the file holds a private key: keep that to yourself, and give the certificate alone"
        )
    if len(pem) > _MAX_PEM or pem.count("BEGIN CERTIFICATE") != 1:
        raise InvalidValueError("the file holds one certificate, as PEM: not its chain, nor another form")
    try:
        found = x509.load_pem_x509_certificate(pem.encode())
        key = found.public_key()
        ends = found.not_valid_after_utc + timedelta(seconds=1)
    except (ValueError, TypeError, OverflowError, x509.InvalidVersion):
        raise InvalidValueError("the certificate can't be read") from None
    except UnsupportedAlgorithm:
        raise InvalidValueError(_ALLOWED) from None
    _check_key(key)
    return Certificate(
        client_id,
        found.fingerprint(hashes.SHA256()),
        found.fingerprint(hashes.SHA1()),  # noqa: S303 - the name that RFC 7515 §4.1.7 gives it
        found.public_bytes(Encoding.PEM).decode(),
        found.not_valid_before_utc,
        # Its last second counts as well (RFC 5280 §4.1.2.5).
        ends,
        moment,
    )


_ALLOWED: Final = f"the key of a certificate is RSA of {_RSA_BITS.start} to {_RSA_BITS.stop - 1} bits, or on the elliptic curve P-256"


def _check_key(key: object) -> None:
    if isinstance(key, rsa.RSAPublicKey) and key.key_size in _RSA_BITS:
        return
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return
    raise InvalidValueError(_ALLOWED)


@lru_cache(maxsize=1024)
def key_of(pem: str) -> VerifyingKey:
    """The key of a registered certificate."""
    found = x509.load_pem_x509_certificate(pem.encode()).public_key()
    if not isinstance(found, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise TypeError(_ALLOWED)
    return _key(found)


@lru_cache(maxsize=2)
def decoy(*, is_rsa: bool) -> VerifyingKey:
    """A key that is nobody's: what is signed by nobody known is verified too, or the time taken would tell (C1).

    Whoever finds out what it signs gains nothing: its verdict is not asked for.
    """
    if not is_rsa:
        return _key(ec.derive_private_key(1, ec.SECP256R1()).public_key())
    modulus = (1 << _DECOY_BITS) - 1
    return _key(rsa.RSAPublicNumbers(_DECOY_EXPONENT, modulus).public_key())


def _key(found: _PublicKey) -> VerifyingKey:
    pem = found.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return RSAKey.import_key(pem) if isinstance(found, rsa.RSAPublicKey) else ECKey.import_key(pem)
