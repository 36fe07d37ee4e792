"""Issue, renew, revoke and list credentials."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kwartier.domain.access import Coverage
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.errors import InvalidValueError
from kwartier.registry import contracts
from kwartier.registry import credentials as registry
from kwartier.services import credentials
from kwartier.services.errors import RevokedCredentialsError, UnknownCredentialsError
from kwartier.services.secrets import Hasher, new_secret
from support.platform import NOW, Platform


def test_issued_credentials_are_for_one_year(fresh_platform: Platform) -> None:
    """I3, I4: issued credentials are for one environment and one organisation, for a year."""
    issued = fresh_platform.issue()
    assert credentials.list_all(fresh_platform.database) == [issued.credentials]
    made = issued.credentials
    assert made.environment is EnvironmentName.SANDBOX
    assert made.organisation == EnterpriseNumber.parse("BE0999.999.922")
    assert (made.issued_at, made.valid_until) == (NOW, datetime(2026, 9, 20, 10, tzinfo=UTC))
    assert (made.revoked_at, made.generation) == (None, 1)


def test_sandbox_credentials_cover_everything(fresh_platform: Platform) -> None:
    """S1: in the sandbox no contract is ever needed."""
    assert fresh_platform.issue().credentials.coverage is Coverage.ALL


def test_live_credentials_cover_what_the_contract_allows(fresh_platform: Platform) -> None:
    """I5: what live credentials cover is fixed at issue: own EANs, or with an approved contract all; less may be asked."""
    number = EnterpriseNumber.parse("0999.999.922")

    def issued(environment: EnvironmentName, coverage: Coverage | None) -> Coverage:
        made = credentials.issue(
            fresh_platform.database, fresh_platform.hasher, environment, number, NOW, coverage=coverage
        )
        return made.credentials.coverage

    assert issued(EnvironmentName.LIVE, None) is Coverage.OWN
    with pytest.raises(InvalidValueError, match="data access contract"):
        issued(EnvironmentName.LIVE, Coverage.ALL)
    fresh_platform.contract(number)
    assert issued(EnvironmentName.LIVE, None) is Coverage.ALL
    assert issued(EnvironmentName.LIVE, Coverage.OWN) is Coverage.OWN
    assert issued(EnvironmentName.SANDBOX, None) is Coverage.ALL
    with pytest.raises(InvalidValueError, match="sandbox"):
        issued(EnvironmentName.SANDBOX, Coverage.OWN)
    assert len(credentials.list_all(fresh_platform.database)) == 4


def test_an_overlap_does_not_bring_back_what_a_contract_took_along(fresh_platform: Platform) -> None:
    """I5, C2: what ended with its contract goes on for nobody, whatever contract follows."""
    number = EnterpriseNumber.parse("0999.999.922")
    contract = fresh_platform.contract(number)
    live = fresh_platform.issue(EnvironmentName.LIVE)
    assert live.credentials.coverage is Coverage.ALL
    kept = fresh_platform.renew(live, overlap=timedelta(days=7)).credentials.overlap
    assert kept is not None
    assert kept.coverage is Coverage.ALL
    with fresh_platform.database.writing() as connection:
        contracts.change(connection, replace(contract, ended_at=NOW))
    kept = fresh_platform.renew(live, overlap=timedelta(days=7)).credentials.overlap
    assert kept is not None
    assert kept.coverage is Coverage.OWN


def test_coverage_changes_with_renewal_alone(fresh_platform: Platform) -> None:
    """I5: a renewal widens what is covered to what the contract allows; one that is refused changes nothing."""
    live = fresh_platform.issue(EnvironmentName.LIVE, coverage=Coverage.OWN)
    assert fresh_platform.renew(live).credentials.coverage is Coverage.OWN
    fresh_platform.contract(EnterpriseNumber.parse(live.credentials.organisation))
    assert fresh_platform.renew(live, coverage=Coverage.OWN).credentials.coverage is Coverage.OWN
    renewed = fresh_platform.renew(live).credentials
    assert renewed.coverage is Coverage.ALL
    with pytest.raises(InvalidValueError, match="30 days"):
        fresh_platform.renew(live, overlap=timedelta(days=31))
    assert credentials.list_all(fresh_platform.database) == [renewed]


def test_secrets_and_keys_are_all_different(fresh_platform: Platform) -> None:
    """I4: every issue and every renewal makes a secret that was never there before."""
    issued = [fresh_platform.issue() for _ in range(3)]
    renewed = [fresh_platform.renew(one) for one in issued]
    secrets = [one.client_secret for one in [*issued, *renewed]] + [one.subscription_key for one in issued]
    assert len(set(secrets)) == 9
    assert all(secret is not None and len(secret) == 64 for secret in secrets)
    assert len({one.credentials.client_id for one in issued}) == 3


def test_renewal_counts_the_year_anew(fresh_platform: Platform) -> None:
    """I4: renewal gives a new year from its moment, and nothing else of the credentials changes."""
    issued = fresh_platform.issue()
    fresh_platform.clock.move(days=30)
    renewed = fresh_platform.renew(issued).credentials
    assert renewed.issued_at == NOW + timedelta(days=30)
    assert renewed.valid_until == datetime(2026, 10, 20, 10, tzinfo=UTC)
    assert renewed.generation == 2
    assert renewed.coverage is issued.credentials.coverage
    assert credentials.list_all(fresh_platform.database) == [renewed]


def test_revoking_twice_changes_nothing(fresh_platform: Platform) -> None:
    """C2: credentials ended when they were revoked first."""
    issued = fresh_platform.issue()
    client_id = issued.credentials.client_id
    first = credentials.revoke(fresh_platform.database, client_id, NOW)
    second = credentials.revoke(fresh_platform.database, client_id, NOW + timedelta(days=1))
    assert first == second == credentials.list_all(fresh_platform.database)[0]
    assert first.revoked_at == NOW
    with pytest.raises(RevokedCredentialsError, match=client_id):
        fresh_platform.renew(issued)


def test_unknown_credentials_are_told(fresh_platform: Platform) -> None:
    """I4: what is not there can be neither renewed nor revoked."""
    with pytest.raises(UnknownCredentialsError, match="nobody"):
        credentials.revoke(fresh_platform.database, "nobody", NOW)
    with pytest.raises(UnknownCredentialsError, match="nobody"):
        credentials.renew(fresh_platform.database, fresh_platform.hasher, "nobody", NOW)
    assert credentials.list_all(fresh_platform.database) == []


def test_the_list_is_by_organisation_and_time(fresh_platform: Platform) -> None:
    """I3: credentials are listed by organisation, and by when they were issued."""
    numbers = [EnterpriseNumber.parse(text) for text in ("0999.999.922", "0403.199.702")]
    for hours, number in enumerate([numbers[0], numbers[1], numbers[0]]):
        moment = NOW - timedelta(hours=hours)
        credentials.issue(
            fresh_platform.database, fresh_platform.hasher, EnvironmentName.SANDBOX, number, moment
        )
    listed = [(one.organisation, one.issued_at) for one in credentials.list_all(fresh_platform.database)]
    assert listed == sorted(listed)
    assert len(listed) == 3


def test_another_pepper_makes_another_hash(fresh_platform: Platform) -> None:
    """I4: a hash in the database is worth nothing without the pepper."""
    issued = fresh_platform.issue()
    with fresh_platform.database.reading() as connection:
        kept = registry.find(connection, issued.credentials.client_id)
    assert kept is not None
    assert fresh_platform.hasher.matches(issued.client_secret, kept.secret_hash)
    assert not Hasher("another").matches(issued.client_secret, kept.secret_hash)
    assert not fresh_platform.hasher.matches(new_secret(), kept.secret_hash)
    assert not fresh_platform.hasher.matches("", b"")
