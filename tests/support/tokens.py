"""Those who grant and verify tokens, as several processes on one database have them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kwartier.db.engine import Database
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.services import credentials
from kwartier.services.authentication import Authenticator
from kwartier.services.clients import Clients, Proof, Secret
from kwartier.services.credentials import IssuedCredentials
from kwartier.services.key_cipher import KeyCipher
from kwartier.services.keys import SigningKeys
from kwartier.services.secrets import Hasher
from kwartier.services.tokens import GRANT_TYPE, GrantedToken, Tokens, scope_of

__all__ = ["CIPHER", "ISSUER", "Process", "issue", "secret_of"]

ISSUER = "https://issuer.test/v2.0"
HASHER = Hasher("pepper of tests")
CIPHER = KeyCipher(HASHER.pepper)


@dataclass(frozen=True)
class Process:
    """What one process has of its own."""

    database: Database
    keys: SigningKeys
    tokens: Tokens
    authenticator: Authenticator

    @classmethod
    def on(
        cls,
        database: Database,
        moment: datetime,
        *,
        issuer: str = ISSUER,
        days: float = 90,
        cipher: KeyCipher = CIPHER,
    ) -> "Process":
        """A process that starts at a moment; its tokens live ten minutes."""
        keys = SigningKeys(database, timedelta(days=days), cipher)
        keys.prepare(moment)
        tokens = Tokens(Clients(database, HASHER, (ISSUER,)), keys, issuer, 600)
        return cls(database, keys, tokens, Authenticator(database, HASHER, tokens))

    def grant(self, proof: Proof, moment: datetime, scope: str | None = None) -> str:
        """A token, for the sandbox unless said otherwise."""
        answer = self.tokens.grant(proof, GRANT_TYPE, scope or scope_of(EnvironmentName.SANDBOX), moment)
        assert isinstance(answer, GrantedToken), answer
        return answer.access_token


def issue(
    database: Database, moment: datetime, environment: EnvironmentName = EnvironmentName.SANDBOX
) -> IssuedCredentials:
    """New credentials."""
    number = EnterpriseNumber.parse("0999.999.922")
    return credentials.issue(database, HASHER, environment, number, moment)


def secret_of(issued: IssuedCredentials) -> Secret:
    """What a client shows."""
    return Secret(issued.credentials.client_id, issued.client_secret)
