"""How secrets are made and hashed."""

import re
from datetime import UTC, datetime
from typing import Final

from kwartier.domain.access import Coverage
from kwartier.domain.credentials import Credentials, EnvironmentName
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.registry.credentials import KeptCredentials
from kwartier.services.clients import Assertion, Secret
from kwartier.services.credentials import IssuedCredentials
from kwartier.services.secrets import Hasher, new_secret
from kwartier.services.tokens import GrantedToken

NOW: Final = datetime(2025, 1, 1, tzinfo=UTC)
CREDENTIALS: Final = Credentials(
    "client",
    EnvironmentName.LIVE,
    EnterpriseNumber.parse("0203.430.576"),
    Coverage.OWN,
    issued_at=NOW,
    valid_until=NOW,
    revoked_at=None,
    generation=1,
)


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


def test_what_is_secret_is_not_shown() -> None:
    """A2: wherever one of these is printed, as in the report of a failure, it says nothing that opens anything."""
    for shown in (
        Hasher("hush"),
        Secret("client", "hush"),
        Assertion("hush"),
        GrantedToken("hush", 3600),
        KeptCredentials(CREDENTIALS, b"hush", b"hush"),
        IssuedCredentials(CREDENTIALS, "hush", "hush"),
    ):
        assert type(shown).__name__ in repr(shown)
        assert "hush" not in repr(shown)
