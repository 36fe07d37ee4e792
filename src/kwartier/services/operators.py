"""Issue, renew, revoke and list operators; and the first one of all (C1, I4)."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection

from kwartier.db.engine import Database
from kwartier.domain.credentials import EnvironmentName, valid_until
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.operators import Operator, OperatorScope, write_scopes
from kwartier.registry import operators as registry
from kwartier.services import credentials
from kwartier.services.credentials import IssuedCredentials
from kwartier.services.errors import BootstrappedError, RevokedCredentialsError, UnknownCredentialsError
from kwartier.services.secrets import Hasher, new_secret
from kwartier.services.tokens import GRANT_TYPE
from kwartier.wire.paths import token_path
from kwartier.wire.timestamps import write_timestamp

__all__ = [
    "Bootstrapped",
    "IssuedOperator",
    "bootstrap",
    "connection_details",
    "issue",
    "list_all",
    "renew",
    "revoke",
]

_ABOUT = "operators"
_MAX_NAME = 200  # characters


@dataclass(frozen=True, slots=True)
class IssuedOperator:
    """An operator with the secret, which is shown once (I4)."""

    operator: Operator
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bootstrapped:
    """What an empty platform begins with."""

    operator: IssuedOperator
    credentials: IssuedCredentials


def issue(
    database: Database, hasher: Hasher, name: str, scopes: Iterable[OperatorScope], moment: datetime
) -> IssuedOperator:
    """Issue an operator, for one year.

    Args:
        database: where operators are kept.
        hasher: of the secret.
        name: for people; several may have the same.
        scopes: what the operator may do, at least one.
        moment: of issue.

    Raises:
        InvalidValueError: no name or one that can't be shown, or no scope.
    """
    with database.writing(_ABOUT) as connection:
        return _issue(connection, hasher, name, scopes, moment)


def bootstrap(
    database: Database,
    hasher: Hasher,
    organisation: EnterpriseNumber,
    environment: EnvironmentName,
    operator: str,
    moment: datetime,
) -> Bootstrapped:
    """Give an empty platform its first operator, who may do everything, and its first credentials; both or neither.

    Raises:
        BootstrappedError: there is an operator already, or there was one; nothing was changed.
        InvalidValueError: no name, or one that can't be shown.
    """
    with database.writing(_ABOUT) as connection:
        if registry.any_there(connection):
            raise BootstrappedError(
                "the platform has an operator already, and nothing was changed: `kwartier operators list` shows them, "
                "`kwartier operators issue` makes another"
            )
        return Bootstrapped(
            _issue(connection, hasher, operator, OperatorScope, moment),
            credentials.issue_within(connection, hasher, environment, organisation, moment),
        )


def connection_details(issued: IssuedOperator, tenant_id: str, address: str) -> dict[str, str]:
    """What is shown of an operator at issue or renewal, and where it is used.

    Args:
        issued: the operator.
        tenant_id: the operator's own identification, in the path of the token endpoint.
        address: under which the platform is reached.
    """
    made = issued.operator
    return {
        "name": made.name,
        "tenant_id": tenant_id,
        "scope": write_scopes(made.scopes),
        "grant_type": GRANT_TYPE,
        "token_endpoint": address + token_path(tenant_id),
        "client_id": made.client_id,
        "client_secret": issued.client_secret,
        "valid_until": write_timestamp(made.valid_until),
    }


def renew(database: Database, hasher: Hasher, client_id: str, moment: datetime) -> IssuedOperator:
    """Give an operator a new secret and a new year; the old secret and its tokens end at once (I4, C2).

    Raises:
        UnknownCredentialsError: no such client id.
        RevokedCredentialsError: the operator was revoked.
    """
    secret = new_secret()
    with database.writing(_about(client_id)) as connection:
        current = _known(registry.find(connection, client_id), client_id)
        if current.revoked_at is not None:
            raise RevokedCredentialsError(f"operator {client_id} was revoked; issue a new one")
        renewed = replace(
            current,
            issued_at=moment,
            valid_until=valid_until(moment),
            generation=current.generation + 1,
        )
        registry.renew(connection, registry.KeptOperator(renewed, hasher.hash(secret)))
    return IssuedOperator(renewed, secret)


def revoke(database: Database, client_id: str, moment: datetime) -> Operator:
    """End an operator at once; revoking twice changes nothing.

    Raises:
        UnknownCredentialsError: no such client id.
    """
    with database.writing(_about(client_id)) as connection:
        current = _known(registry.find(connection, client_id), client_id)
        if current.revoked_at is not None:
            return current
        registry.revoke(connection, client_id, moment)
    return replace(current, revoked_at=moment)


def list_all(database: Database) -> list[Operator]:
    """All operators, by name and time of issue."""
    with database.reading() as connection:
        return registry.list_all(connection)


def _issue(
    connection: Connection,
    hasher: Hasher,
    name: str,
    scopes: Iterable[OperatorScope],
    moment: datetime,
) -> IssuedOperator:
    chosen = frozenset(scopes)
    if not chosen:
        raise InvalidValueError(f"an operator has at least one of {write_scopes(OperatorScope)}")
    shown = name.strip()
    if not shown or not shown.isprintable() or len(shown) > _MAX_NAME:
        raise InvalidValueError(f"an operator has a name of at most {_MAX_NAME} characters")
    made = Operator(
        client_id=str(uuid4()),
        name=shown,
        scopes=chosen,
        issued_at=moment,
        valid_until=valid_until(moment),
        revoked_at=None,
        generation=1,
    )
    secret = new_secret()
    registry.add(connection, registry.KeptOperator(made, hasher.hash(secret)))
    return IssuedOperator(made, secret)


def _about(client_id: str) -> str:
    return f"operator {client_id}"


def _known(found: registry.KeptOperator | None, client_id: str) -> Operator:
    if found is None:
        raise UnknownCredentialsError(
            f"there is no operator with client id {client_id}; `kwartier operators list` shows those there are"
        )
    return found.operator
