"""Certificates: registered, listed, removed."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes, serialization

from kwartier.db.engine import Database
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.operators import OperatorScope
from kwartier.services import certificates, credentials, operators
from kwartier.services.errors import CertificateError, UnknownCertificateError, UnknownCredentialsError
from support.certificates import Holder, new_key, self_signed
from support.platform import NOW
from support.tokens import HASHER, ISSUER, issue

DAY = timedelta(days=1)


@pytest.fixture
def holder(database: Database) -> Holder:
    """A client with a certificate that is not registered yet."""
    return Holder.new(issue(database, NOW).credentials.client_id, ISSUER, NOW)


def test_a_certificate_is_registered(database: Database, holder: Holder) -> None:
    """C1: a registered certificate is known by its thumbprint and counts for its own term, the last second included."""
    added = certificates.add(database, holder.client_id, holder.pem, NOW)
    assert certificates.list_all(database, holder.client_id) == [added]
    assert added.thumbprint == holder.certificate.fingerprint(hashes.SHA256())
    assert added.valid_from == holder.certificate.not_valid_before_utc
    assert added.valid_until == holder.certificate.not_valid_after_utc + timedelta(seconds=1)
    assert added.registered_at == NOW
    with pytest.raises(CertificateError, match="already"):
        certificates.add(database, holder.client_id, holder.pem, NOW)


def test_an_operator_may_have_one_too(database: Database) -> None:
    """C1: certificates work for operators as for clients."""
    made = operators.issue(database, HASHER, "Eva", [OperatorScope.READ], NOW)
    holder = Holder.new(made.operator.client_id, ISSUER, NOW)
    certificates.add(database, holder.client_id, holder.pem, NOW)
    assert len(certificates.list_all(database, holder.client_id)) == 1


@pytest.mark.parametrize("colons", [True, False])
def test_a_certificate_is_removed_by_its_thumbprint(
    database: Database, holder: Holder, *, colons: bool
) -> None:
    """C1: a thumbprint is read with or without colons, in any case; what is not there is told."""
    added = certificates.add(database, holder.client_id, holder.pem, NOW)
    thumbprint = added.thumbprint.hex(":").upper() if colons else added.thumbprint.hex()
    certificates.remove(database, holder.client_id, thumbprint)
    assert certificates.list_all(database, holder.client_id) == []
    with pytest.raises(UnknownCertificateError, match=holder.client_id):
        certificates.remove(database, holder.client_id, thumbprint)
    with pytest.raises(InvalidValueError, match="hexadecimal"):
        certificates.remove(database, holder.client_id, "what?")


def test_a_certificate_that_two_have_is_removed_for_one(database: Database, holder: Holder) -> None:
    """C1: one certificate may be that of several clients; to forget it for one changes nothing for another."""
    other = issue(database, NOW).credentials.client_id
    added = certificates.add(database, holder.client_id, holder.pem, NOW)
    certificates.add(database, other, holder.pem, NOW)
    certificates.remove(database, other, added.thumbprint.hex())
    assert certificates.list_all(database, other) == []
    assert certificates.list_all(database, holder.client_id) == [added]


@pytest.mark.parametrize("kind", ["rsa1024", "ec384", "ed25519"])
def test_a_weak_or_other_key_is_refused(database: Database, holder: Holder, kind: str) -> None:
    """C1: the key of a certificate is RSA of 2048 bits or more, or on P-256."""
    weak = Holder(holder.client_id, ISSUER, holder.key, self_signed(new_key(kind), NOW - DAY, NOW + DAY))
    with pytest.raises(InvalidValueError, match=r"2048 to 4096.*P-256"):
        certificates.add(database, holder.client_id, weak.pem, NOW)
    assert certificates.list_all(database, holder.client_id) == []


def test_what_is_no_certificate_alone_is_refused(database: Database, holder: Holder) -> None:
    """C1, A2: a chain, a private key or something else is refused, and a private key is not repeated."""
    private = holder.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    broken = holder.pem.replace("MII", "AAA", 1)
    for text in ("", "x", holder.pem + holder.pem, broken, private, holder.pem + private, holder.pem * 100):
        with pytest.raises(InvalidValueError) as told:
            certificates.add(database, holder.client_id, text, NOW)
        assert private.splitlines()[1] not in str(told.value)
    assert certificates.list_all(database, holder.client_id) == []


def test_what_has_ended_is_refused(database: Database, holder: Holder) -> None:
    """C1: an expired certificate, revoked credentials and unknown ones are told."""
    with pytest.raises(CertificateError, match="expired"):
        certificates.add(database, holder.client_id, holder.pem, NOW + 366 * DAY)
    with pytest.raises(UnknownCredentialsError, match="nobody"):
        certificates.add(database, "nobody", holder.pem, NOW)
    credentials.revoke(database, holder.client_id, NOW)
    with pytest.raises(CertificateError, match="revoked"):
        certificates.add(database, holder.client_id, holder.pem, NOW)
