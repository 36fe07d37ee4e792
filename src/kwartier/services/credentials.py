"""Issue, renew, revoke and list credentials (I3-I5)."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection

from kwartier.db.engine import Database
from kwartier.domain.access import Coverage
from kwartier.domain.contract import coverage_at_issue, stands_behind
from kwartier.domain.credentials import Credentials, EnvironmentName, valid_until
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.registry import contracts
from kwartier.registry import credentials as registry
from kwartier.services.errors import RevokedCredentialsError, UnknownCredentialsError
from kwartier.services.secrets import Hasher, new_secret
from kwartier.services.tokens import GRANT_TYPE, scope_of
from kwartier.wire.paths import BASE_PATHS, token_path
from kwartier.wire.timestamps import write_timestamp

__all__ = [
    "IssuedCredentials",
    "connection_details",
    "issue",
    "issue_within",
    "list_all",
    "renew",
    "revoke",
]


@dataclass(frozen=True, slots=True)
class IssuedCredentials:
    """Credentials with what is shown once, at issue or renewal (I4).

    Attributes:
        subscription_key: None at renewal: the key stays, and only its hash is known.
    """

    credentials: Credentials
    client_secret: str = field(repr=False)
    subscription_key: str | None = field(repr=False)


def issue(
    database: Database,
    hasher: Hasher,
    environment: EnvironmentName,
    organisation: EnterpriseNumber,
    moment: datetime,
    *,
    coverage: Coverage | None = None,
) -> IssuedCredentials:
    """Issue credentials for one environment, valid for one year (I3, I4).

    Args:
        database: where they are kept.
        hasher: of the secret and the key.
        environment: which.
        organisation: whose they are.
        moment: of issue.
        coverage: what they cover (I5); None: all that can be had, which is everything in the sandbox, where no contract is
            ever needed (S1), and in live where an approved contract stands.

    Raises:
        InvalidValueError: a coverage that the environment has not, or all EANs without an approved contract.
    """
    with database.writing(contracts.about(organisation)) as connection:
        return issue_within(connection, hasher, environment, organisation, moment, coverage=coverage)


def issue_within(
    connection: Connection,
    hasher: Hasher,
    environment: EnvironmentName,
    organisation: EnterpriseNumber,
    moment: datetime,
    *,
    coverage: Coverage | None = None,
) -> IssuedCredentials:
    """As `issue`, in a transaction that does more."""
    made = Credentials(
        client_id=str(uuid4()),
        environment=environment,
        organisation=organisation,
        coverage=coverage_at_issue(
            environment, coverage, contracts.of_organisation(connection, organisation), moment
        ),
        issued_at=moment,
        valid_until=valid_until(moment),
        revoked_at=None,
        generation=1,
    )
    secret, key = new_secret(), new_secret()
    registry.add(connection, registry.KeptCredentials(made, hasher.hash(secret)), hasher.hash(key))
    return IssuedCredentials(made, secret, key)


def connection_details(issued: IssuedCredentials, tenant_id: str, address: str) -> dict[str, str]:
    """What is shown of credentials at issue or renewal (I3), and where they are used.

    Args:
        issued: the credentials; of renewed ones there is no subscription key to show.
        tenant_id: the operator's.
        address: under which users reach the platform.
    """
    environment = issued.credentials.environment
    shown = {
        "tenant_id": tenant_id,
        "scope": scope_of(environment),
        "grant_type": GRANT_TYPE,
        "token_endpoint": address + token_path(tenant_id),
        "client_id": issued.credentials.client_id,
        "client_secret": issued.client_secret,
        "subscription_key": issued.subscription_key,
        "base_url": address + BASE_PATHS[environment][0],
        "valid_until": write_timestamp(issued.credentials.valid_until),
    }
    return {name: value for name, value in shown.items() if value is not None}


def renew(
    database: Database,
    hasher: Hasher,
    client_id: str,
    moment: datetime,
    *,
    coverage: Coverage | None = None,
    overlap: timedelta = timedelta(0),
) -> IssuedCredentials:
    """Give credentials a new secret and a new year (I4).

    The old secret and its tokens end at once, or go on for an overlap, with what they covered (C2, I5).

    Args:
        database: where they are kept.
        hasher: of the secret.
        client_id: whose.
        moment: of renewal.
        coverage: what they cover from now on; None: all that can be had (I5).
        overlap: for how long the old secret goes on, never beyond its own end.

    Raises:
        UnknownCredentialsError: no such client id.
        RevokedCredentialsError: they were revoked.
        InvalidValueError: an overlap that is too long, a coverage that the environment has not, or all EANs without an
            approved contract.
    """
    secret = new_secret()
    with database.writing(f"credentials {client_id}") as connection:
        kept = registry.find(connection, client_id)
        current = _known(kept, client_id)
        if current.revoked_at is not None:
            raise RevokedCredentialsError(f"credentials {client_id} were revoked; issue new ones")
        known = contracts.of_organisation(connection, current.organisation)
        from_now = coverage_at_issue(current.environment, coverage, known, moment)
        if current.environment is EnvironmentName.LIVE and not stands_behind(current, known, moment):
            # What the old secret no longer covers, an overlap does not bring back.
            current = replace(current, coverage=Coverage.OWN)
        renewed = current.renewed(moment, coverage=from_now, overlap=overlap)
        previous = None if kept is None else kept.secret_hash
        registry.renew(connection, registry.KeptCredentials(renewed, hasher.hash(secret), previous))
    return IssuedCredentials(renewed, secret, None)


def revoke(database: Database, client_id: str, moment: datetime) -> Credentials:
    """End credentials at once; revoking twice changes nothing.

    Raises:
        UnknownCredentialsError: no such client id.
    """
    with database.writing(f"credentials {client_id}") as connection:
        current = _known(registry.find(connection, client_id), client_id)
        if current.revoked_at is not None:
            return current
        registry.revoke(connection, client_id, moment)
    return replace(current, revoked_at=moment, overlap=None)


def list_all(database: Database) -> list[Credentials]:
    """All credentials, by organisation and time of issue."""
    with database.reading() as connection:
        return registry.list_all(connection)


def _known(found: registry.KeptCredentials | None, client_id: str) -> Credentials:
    if found is None:
        raise UnknownCredentialsError(f"there are no credentials with client id {client_id}")
    return found.credentials
