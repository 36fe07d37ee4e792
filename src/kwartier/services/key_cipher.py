"""Signing keys as the database keeps them: encrypted with a key that it does not know (C1, RFC 7516)."""

import json

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey

__all__ = ["KeyCipher"]

_BYTES = 32
_PURPOSE = b"kwartier signing keys"  # what else is made of the pepper is another key


class KeyCipher:
    """Encrypts the private parts of signing keys, and decrypts them.

    Args:
        pepper: of the settings. Without one, whoever reads the database can decrypt them too.
    """

    def __init__(self, pepper: str) -> None:
        made = HKDF(SHA256(), _BYTES, salt=None, info=_PURPOSE).derive(pepper.encode())
        self._key = OctKey.import_key(made)

    def encrypt(self, key: ECKey) -> str:
        """The key with its private part, as an encrypted JWK (RFC 7517, 7)."""
        head = {"alg": "dir", "enc": "A256GCM", "cty": "jwk+json"}
        return jwe.encrypt_compact(head, json.dumps(key.as_dict(private=True)), self._key)

    def decrypt(self, encrypted: str) -> ECKey | None:
        """The key; None if it was encrypted with another pepper, or is none that we encrypted."""
        try:
            opened = jwe.decrypt_compact(encrypted, self._key, algorithms=["dir", "A256GCM"])
        except (JoseError, ValueError):
            return None
        return ECKey.import_key(json.loads(opened.plaintext or b""))
