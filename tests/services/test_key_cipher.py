"""Signing keys as the database has them."""

import hmac
import json
from base64 import urlsafe_b64decode

import pytest
from joserfc import jwe
from joserfc.jwk import ECKey, OctKey

from kwartier.services.key_cipher import KeyCipher

KEY = ECKey.generate_key("P-256", {"kid": "k", "use": "sig"})


@pytest.mark.parametrize("pepper", ["", "p", "é" * 1000])
def test_a_key_comes_back_whole(pepper: str) -> None:
    """C1: what a pepper encrypts, the same pepper decrypts, in another process too."""
    found = KeyCipher(pepper).decrypt(KeyCipher(pepper).encrypt(KEY))
    assert found is not None
    assert found.as_dict(private=True) == KEY.as_dict(private=True)


def test_a_key_is_encrypted_as_the_standard_says() -> None:
    """C1: it is a JWE of a JWK (RFC 7517, 7), and no two are the same."""
    encrypted = KeyCipher("p").encrypt(KEY)
    head = encrypted.split(".")[0]
    assert json.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4))) == {
        "alg": "dir",
        "enc": "A256GCM",
        "cty": "jwk+json",
    }
    assert KeyCipher("p").encrypt(KEY) != encrypted


def test_what_an_earlier_version_encrypted_is_decrypted() -> None:
    """C1: the key of the keys follows from the pepper alone, as RFC 5869 has it: were it another, no token would count."""
    extracted = hmac.digest(bytes(32), b"p", "sha256")
    made = hmac.digest(extracted, b"kwartier signing keys\x01", "sha256")
    head = {"alg": "dir", "enc": "A256GCM", "cty": "jwk+json"}
    encrypted = jwe.encrypt_compact(head, json.dumps(KEY.as_dict(private=True)), OctKey.import_key(made))
    found = KeyCipher("p").decrypt(encrypted)
    assert found is not None
    assert found.as_dict(private=True) == KEY.as_dict(private=True)


def test_another_pepper_decrypts_nothing() -> None:
    """C1, I4: nor does it fail: such a key is none of this platform's."""
    assert KeyCipher("p").decrypt(KeyCipher("q").encrypt(KEY)) is None


def test_what_was_changed_is_no_key() -> None:
    """C1: whoever writes into the database without the pepper makes no key, be it another, a part of one, or an open one."""
    cipher, encrypted = KeyCipher("p"), KeyCipher("p").encrypt(KEY)
    head, _, vector, content, tag = encrypted.split(".")
    open_key = json.dumps(KEY.as_dict(private=True))
    none = json.dumps({"alg": "none"})
    for changed in (
        "",
        "{}",
        open_key,
        none,
        "....",
        f"{head}..{vector}.{content[:-4]}.{tag}",
        f"{head}..{vector}.{content}.",
        f"{head}..{vector}.{content}.{tag[::-1]}",
        f"{head}..{content}.{vector}.{tag}",
        encrypted + "é",
    ):
        assert cipher.decrypt(changed) is None, changed
