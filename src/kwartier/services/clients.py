"""Who a client proves to be, by a secret or by a signed assertion (C1)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy import Connection

from kwartier.db.engine import Database
from kwartier.domain.credentials import Credentials
from kwartier.domain.operators import Operator
from kwartier.registry import certificates, credentials, operators
from kwartier.registry.credentials import KeptCredentials
from kwartier.registry.operators import KeptOperator
from kwartier.services.assertions import UsedAssertions, client_of, open_assertion, proven
from kwartier.services.secrets import Hasher

__all__ = ["Assertion", "Clients", "Principal", "Proof", "Secret"]

Principal: TypeAlias = Credentials | Operator

_NO_HASH: Final = bytes(32)


@dataclass(frozen=True, slots=True)
class Secret:
    """A client that shows its secret."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Assertion:
    """A client that shows a signed assertion.

    Attributes:
        client_id: who it says it is beside it, if it does.
    """

    text: str = field(repr=False)
    client_id: str | None = None


Proof: TypeAlias = Secret | Assertion


@dataclass(frozen=True, slots=True)
class _Known:
    """What is kept under a client id."""

    credentials: KeptCredentials | None
    operator: KeptOperator | None
    certificates: tuple[certificates.Certificate, ...]

    @property
    def principal(self) -> Principal | None:
        """Who it is, as the newest secret or a certificate has it."""
        if self.credentials is not None:
            return self.credentials.credentials
        return None if self.operator is None else self.operator.operator


class Clients:
    """Knows the clients of the API and the operators, and what they prove.

    Whatever is wrong, the same work is done: the time taken tells nothing about what is kept.

    Args:
        audiences: by which names assertions may address us.
    """

    def __init__(self, database: Database, hasher: Hasher, audiences: Collection[str]) -> None:
        self._database = database
        self._hasher = hasher
        self._audiences = audiences
        self._used = UsedAssertions(database)

    def prove(self, proof: Proof, moment: datetime) -> Principal | None:
        """Who shows this, in whatever state they are; None if it proves nothing."""
        if isinstance(proof, Secret):
            return self._by_secret(proof, moment)
        return self._by_assertion(proof, moment)

    def _by_secret(self, secret: Secret, moment: datetime) -> Principal | None:
        known = self._known(secret.client_id)
        kept = known.credentials or known.operator
        newest = _NO_HASH if kept is None else kept.secret_hash
        previous = known.credentials and known.credentials.previous_secret_hash
        # Both in any case.
        is_newest = self._hasher.matches(secret.client_secret, newest)
        is_previous = self._hasher.matches(secret.client_secret, previous or _NO_HASH)
        if is_newest:
            return known.principal
        if is_previous and known.credentials is not None:
            current = known.credentials.credentials
            return current.of_generation(current.generation - 1, moment)
        return None

    def _by_assertion(self, shown: Assertion, moment: datetime) -> Principal | None:
        assertion = open_assertion(shown.text)
        if assertion is None:
            return None
        client_id = client_of(assertion)
        known = self._known(client_id)
        asserted = proven(assertion, known.certificates, self._audiences, moment)
        if asserted is None or known.principal is None or shown.client_id not in {None, client_id}:
            return None
        return known.principal if self._used.use(asserted, moment) else None

    def _known(self, client_id: str) -> _Known:
        if not client_id.isprintable():  # what no database takes is nobody's, and told in the same way
            client_id = ""
        with self._database.reading() as connection:
            return _read(connection, client_id)


def _read(connection: Connection, client_id: str) -> _Known:
    return _Known(
        credentials.find(connection, client_id),
        operators.find(connection, client_id),
        tuple(certificates.of_client(connection, client_id)),
    )
