"""How secrets are made and hashed."""

import re

from kwartier.services.secrets import Hasher, new_secret


def test_a_secret_is_256_random_bits() -> None:
    """I4: a secret or key is 64 hexadecimal digits, each of which differs from one to the next."""
    made = [new_secret() for _ in range(2000)]  # of 200, one in 400 times a digit would be missing somewhere
    assert all(re.fullmatch(r"[0-9a-f]{64}", secret) for secret in made)
    assert len(set(made)) == len(made)
    assert all(len({secret[place] for secret in made}) == 16 for place in range(64))


def test_a_hash_is_keyed_with_the_pepper() -> None:
    """I4: what is kept is HMAC-SHA-256 with the pepper as its key, as the second vector of RFC 4231 has it."""
    kept = Hasher("Jefe").hash("what do ya want for nothing?")
    assert kept.hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert Hasher("Jefe").matches("what do ya want for nothing?", kept)
    assert not Hasher("jefe").matches("what do ya want for nothing?", kept)
