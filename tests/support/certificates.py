"""Certificates and signed assertions, made as a client makes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID
from joserfc import jws, jwt
from joserfc.jwk import ECKey, RSAKey
from joserfc.util import urlsafe_b64encode

from kwartier.services.assertions import ASSERTION_TYPE

__all__ = ["Holder", "PrivateKey", "new_key", "self_signed"]

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@cache
def new_key(kind: str = "rsa") -> PrivateKey:
    """A private key of a kind, made once: that of RSA takes its time."""
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind.removeprefix("rsa") or 2048))
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key({"ec": ec.SECP256R1(), "ec384": ec.SECP384R1()}[kind])


def self_signed(key: PrivateKey, begins: datetime, ends: datetime, name: str = "client") -> x509.Certificate:
    """A certificate that its own key signed."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    )


@dataclass(frozen=True)
class Holder:
    """A client with a certificate, who signs assertions.

    Attributes:
        client_id: as which it asks.
        audience: to which its assertions are addressed.
    """

    client_id: str
    audience: str
    key: PrivateKey
    certificate: x509.Certificate
    algorithm: str = "RS256"

    @classmethod
    def new(
        cls, client_id: str, audience: str, moment: datetime, *, kind: str = "rsa", algorithm: str = "RS256"
    ) -> "Holder":
        """Somebody with a certificate of two years around a moment."""
        key = new_key(kind)
        year = timedelta(days=365)
        return cls(client_id, audience, key, self_signed(key, moment - year, moment + year), algorithm)

    @property
    def pem(self) -> str:
        """The certificate."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def signing(self) -> RSAKey | ECKey:
        """The key."""
        return _signing(self.key)

    def header(self, *, sha256: bool = False) -> dict[str, Any]:
        """The head that names the certificate."""
        name, method = ("x5t#S256", hashes.SHA256()) if sha256 else ("x5t", hashes.SHA1())  # noqa: S303 - its name
        print_ = urlsafe_b64encode(self.certificate.fingerprint(method)).decode()
        return {"alg": self.algorithm, "typ": "JWT", name: print_}

    def claims(self, moment: datetime) -> dict[str, Any]:
        """The claims of an assertion of five minutes."""
        now = int(moment.timestamp())
        return {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.audience,
            "jti": str(uuid4()),
            "nbf": now,
            "iat": now,
            "exp": now + 300,
        }

    def assertion(
        self,
        moment: datetime,
        *,
        header: Mapping[str, Any] | None = None,
        without: tuple[str, ...] = (),
        **claims: Any,
    ) -> str:
        """An assertion; what is given replaces what would be there."""
        said = {name: value for name, value in (self.claims(moment) | claims).items() if name not in without}
        head = self.header() | dict(header or {})
        registry = jws.JWSRegistry(algorithms=[head["alg"]], strict_check_header=False)
        registry.max_header_length = 1_000_000
        return jwt.encode(head, said, self.signing, registry=registry)

    def form(self, assertion: str, scope: str) -> dict[str, str]:
        """What is sent for a token."""
        return {
            "grant_type": "client_credentials",
            "scope": scope,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
        }


@cache
def _signing(key: PrivateKey) -> RSAKey | ECKey:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return RSAKey.import_key(pem) if isinstance(key, rsa.RSAPrivateKey) else ECKey.import_key(pem)
