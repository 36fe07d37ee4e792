"""The keys that tokens are signed with: made, rotated by age or by command, revoked, published (C1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from threading import Lock
from typing import Any, Final
from uuid import uuid4

from joserfc.jwk import ECKey
from sqlalchemy import Connection

from kwartier.db.engine import Database
from kwartier.domain.signing import PUBLICATION_LEAD, KeyTerm, is_due, signer, succeeded, verifying
from kwartier.registry import keys as registry
from kwartier.registry.keys import KeptKey
from kwartier.services.errors import OtherPepperError, UnknownKeyError
from kwartier.services.jose import is_signed_by, open_sealed
from kwartier.services.key_cipher import KeyCipher
from kwartier.telemetry.events import Log

__all__ = ["ALGORITHM", "Ring", "SigningKeys", "check_pepper", "list_all", "revoke", "rotate"]

ALGORITHM: Final = "ES256"
_ABOUT: Final = "signing keys"
_REMEMBERED: Final = 4096  # tokens
_LOG: Final = Log("kwartier.keys")


@dataclass(frozen=True, slots=True)
class _Signed:
    """What a token says that a key signed."""

    payload: dict[str, Any]
    term: KeyTerm


class _Unsigned(Exception):  # noqa: N818 - no error: how a cache is kept from remembering nonsense
    """No key of ours signed it."""


class Ring:
    """All keys of one version that a process can decrypt, as it holds them.

    Attributes:
        version: of the keys; while the database has the same, nothing changed.
    """

    def __init__(self, version: str | None, kept: Sequence[KeptKey], cipher: KeyCipher) -> None:
        self.version = version
        self._keys = {
            key.term.kid: found for key in kept if (found := cipher.decrypt(key.encrypted_jwk)) is not None
        }
        self.terms = tuple(key.term for key in kept if key.term.kid in self._keys)
        if len(self.terms) < len(kept):
            _LOG.warning("keys_of_another_pepper", keys=len(kept) - len(self.terms))
        # The signature of a token is checked once; its expiry and its credentials at every request.
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._check)

    def key(self, term: KeyTerm) -> ECKey:
        """A key of the ring."""
        return self._keys[term.kid]

    def payload(self, token: str, moment: datetime) -> dict[str, Any] | None:
        """What a token says, if a key that verifies at the moment signed it."""
        try:
            signed = self._remembered(token)
        except _Unsigned:
            return None
        return signed.payload if signed.term.verifies(moment) else None

    def published(self, moment: datetime) -> dict[str, Any]:
        """The public parts of the keys that verify at a moment, as a JWK set (RFC 7517)."""
        return {"keys": [self.key(term).as_dict(private=False) for term in verifying(self.terms, moment)]}

    def _check(self, token: str) -> _Signed:
        sealed = open_sealed(token, [ALGORITHM])
        kid = None if sealed is None else sealed.header.get("kid")
        term = next((term for term in self.terms if term.kid == kid), None)
        if sealed is None or term is None or not is_signed_by(sealed, self.key(term)):
            raise _Unsigned
        return _Signed(sealed.claims, term)


class SigningKeys:
    """The keys of a platform, in step with its database.

    Whoever asks says which version of the keys the database has, read together with the credentials: so a key that was
    revoked opens nothing from that moment on, in any process, and no token costs a question of its own.

    Args:
        age: for how long a key signs before the next one is made.
        cipher: with which the database keeps them. Keys that it does not decrypt are none of this platform's.
    """

    def __init__(self, database: Database, age: timedelta, cipher: KeyCipher) -> None:
        self._database = database
        self._age = age
        self._cipher = cipher
        self._ring: Ring | None = None
        self._lock = Lock()

    def prepare(self, moment: datetime) -> None:
        """See to it that there is a key to sign with; processes that do it at once end with the same one."""
        with self._database.writing(_ABOUT) as connection:
            if not _ours(connection, self._cipher):
                _make(connection, self._cipher, moment, moment)

    def ring(self, version: str | None) -> Ring:
        """The keys of a version, or a later one; the database is asked when that is not the one held."""
        ring = self._ring
        if ring is not None and ring.version == version:
            return ring
        with self._lock:
            if self._ring is None or self._ring.version != version:
                with self._database.reading() as connection:
                    self._ring = Ring(
                        registry.version(connection), registry.list_all(connection), self._cipher
                    )
            return self._ring

    def current(self) -> Ring:
        """The keys as the database has them now."""
        with self._database.glancing() as connection:
            version = registry.version(connection)
        return self.ring(version)

    def signing(self, moment: datetime) -> ECKey:
        """The key to sign with; the next one is made here when it is due, by whichever process comes first."""
        ring = self.current()
        if is_due(ring.terms, self._age, moment):
            with self._database.writing(_ABOUT) as connection:
                terms = _ours(connection, self._cipher)
                if is_due(terms, self._age, moment):
                    _succeed(connection, self._cipher, terms, moment, PUBLICATION_LEAD)
            ring = self.current()
        # By a clock that is behind, the first key of all has not begun.
        term = signer(ring.terms, moment) or verifying(ring.terms, moment)[-1]
        return ring.key(term)


def check_pepper(database: Database, cipher: KeyCipher) -> None:
    """See to it that what is hashed or encrypted here is known to those who serve.

    Raises:
        OtherPepperError: they have another pepper. As long as nobody has served, any is right.
    """
    with database.reading() as connection:
        _served(connection, cipher)


def list_all(database: Database) -> list[KeptKey]:
    """All keys, the newest first."""
    with database.reading() as connection:
        return registry.list_all(connection)


def rotate(database: Database, cipher: KeyCipher, moment: datetime, *, at_once: bool = False) -> KeyTerm:
    """Make the next key, published at once.

    Args:
        database: where keys are kept.
        cipher: with which they are kept.
        moment: real time.
        at_once: it signs at once too, instead of after `PUBLICATION_LEAD`.

    Raises:
        OtherPepperError: those who serve would not know the key.
    """
    with database.writing(_ABOUT) as connection:
        lead = timedelta(0) if at_once else PUBLICATION_LEAD
        return _succeed(connection, cipher, _served(connection, cipher), moment, lead)


def revoke(database: Database, cipher: KeyCipher, kid: str, moment: datetime) -> KeyTerm:
    """Forget a key: the tokens it signed end at once. If no other signs, the next one does, or a new one.

    Returns:
        The key that signs now.

    Raises:
        UnknownKeyError: there is no such key.
        OtherPepperError: those who serve would not know a new key.
    """
    with database.writing(_ABOUT) as connection:
        if kid not in (key.term.kid for key in registry.list_all(connection)):
            raise UnknownKeyError(f"there is no signing key {kid}; `kwartier keys list` shows them")
        rest = [term for term in _served(connection, cipher) if term.kid != kid]
        registry.remove(connection, kid)
        registry.new_version(connection)
        signs, standing = signer(rest, moment), verifying(rest, moment)
        if signs is not None and signs.verifies_until is None:
            return signs
        if standing and standing[0].verifies_until is None:
            # The next one was published already: it only begins earlier.
            early = KeyTerm(standing[0].kid, moment)
            registry.change(connection, early)
            return early
        return _make(connection, cipher, moment, moment)


def _ours(connection: Connection, cipher: KeyCipher) -> list[KeyTerm]:
    """The keys that the cipher decrypts, the newest first."""
    kept = registry.list_all(connection)
    return [key.term for key in kept if cipher.decrypt(key.encrypted_jwk) is not None]


def _served(connection: Connection, cipher: KeyCipher) -> list[KeyTerm]:
    """The same, if there are any, or no keys at all: else those who serve have another pepper."""
    terms = _ours(connection, cipher)
    if not terms and registry.list_all(connection):
        raise OtherPepperError(
            "the platform serves with another pepper than that of these settings, and would not know what is made with it: "
            "set KWARTIER_PEPPER as it is set there; where it is lost, let the platform serve with a new one first"
        )
    return terms


def _succeed(
    connection: Connection, cipher: KeyCipher, terms: Sequence[KeyTerm], moment: datetime, lead: timedelta
) -> KeyTerm:
    """Make the next key; those before it get their end, and what has ended is forgotten."""
    signs = signer(terms, moment)
    # The first key of all has nobody to wait for.
    signs_from = moment if signs is None else moment + lead
    for term in terms:
        if not term.verifies(moment) or term.signs_from > moment:
            registry.remove(connection, term.kid)  # it ended, or waited in vain and signed nothing
        elif term == signs or term.verifies_until is None:
            registry.change(connection, succeeded(term, signs_from))
    return _make(connection, cipher, moment, signs_from)


def _make(connection: Connection, cipher: KeyCipher, moment: datetime, signs_from: datetime) -> KeyTerm:
    key = ECKey.generate_key("P-256", {"kid": uuid4().hex, "use": "sig", "alg": ALGORITHM})
    term = KeyTerm(key.kid or "", signs_from)
    registry.add(connection, KeptKey(term, cipher.encrypt(key), moment))
    registry.new_version(connection)
    return term
