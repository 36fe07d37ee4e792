"""Operators: issued, authenticated, renewed, revoked; and the first one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import update

from kwartier.db.engine import Database
from kwartier.db.schema import operator
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.operators import Operator, OperatorScope
from kwartier.services import certificates, credentials, operators
from kwartier.services.authentication import NotAllowed, Unauthenticated
from kwartier.services.clients import Assertion, Secret
from kwartier.services.errors import BootstrappedError, RevokedCredentialsError, UnknownCredentialsError
from kwartier.services.operators import IssuedOperator
from kwartier.services.tokens import (
    GRANT_TYPE,
    GrantedToken,
    OperatorClaims,
    TokenError,
    TokenRefused,
    scope_of,
)
from support.certificates import Holder
from support.platform import NOW
from support.tokens import HASHER, ISSUER, Process, issue, secret_of

SECOND = timedelta(seconds=1)
READ, WRITE, AUDIT = OperatorScope.READ, OperatorScope.WRITE, OperatorScope.AUDIT
NUMBER = EnterpriseNumber.parse("0999.999.922")


@pytest.fixture
def process(database: Database) -> Process:
    """A process that grants tokens, on one engine after the other."""
    return Process.on(database, NOW)


@pytest.fixture
def issued(process: Process) -> IssuedOperator:
    """An operator who may read and write."""
    return operators.issue(process.database, HASHER, "Eva", [READ, WRITE], NOW)


def shown(issued: IssuedOperator) -> Secret:
    """What an operator shows."""
    return Secret(issued.operator.client_id, issued.client_secret)


def outcome(process: Process, token: str | None, scope: OperatorScope, moment: timedelta) -> str:
    """What comes of asking the backoffice some time from now."""
    found = process.authenticator.operator(token, scope, NOW + moment)
    return found.name if isinstance(found, Operator) else type(found).__name__


def test_a_token_has_the_scopes_that_were_asked_for(process: Process, issued: IssuedOperator) -> None:
    """C1: an operator gets a token for one or more scopes, and it is good for those alone."""
    token = process.grant(shown(issued), NOW, "backoffice.read")
    assert process.tokens.verify_alone(token, NOW) == OperatorClaims(
        issued.operator.client_id, frozenset({READ}), 1
    )
    both = process.grant(shown(issued), NOW, "backoffice.write backoffice.read")
    found = [outcome(process, one, scope, SECOND) for one in (token, both) for scope in (READ, WRITE, AUDIT)]
    assert found == ["Eva", "NotAllowed", "NotAllowed", "Eva", "Eva", "NotAllowed"]
    refused = process.authenticator.operator(token, WRITE, NOW)
    assert isinstance(refused, NotAllowed)
    assert "backoffice.write" in refused.message


@pytest.mark.parametrize(
    "scope",
    [
        "",
        " ",
        "backoffice.audit",
        "backoffice.read backoffice.audit",
        "backoffice.all",
        "backoffice.read openid",
        scope_of(EnvironmentName.SANDBOX),
        f"backoffice.read {scope_of(EnvironmentName.LIVE)}",
    ],
)
def test_a_scope_that_is_not_held_is_invalid(process: Process, issued: IssuedOperator, scope: str) -> None:
    """C1: asked for nothing, for more than is held, or for an environment, there is no token."""
    answer = process.tokens.grant(shown(issued), GRANT_TYPE, scope, NOW)
    assert isinstance(answer, TokenRefused)
    assert answer.error is TokenError.INVALID_SCOPE
    assert answer.description.endswith("backoffice.read backoffice.write")


def test_operators_and_clients_stay_apart(process: Process, issued: IssuedOperator) -> None:
    """C2: a token of an operator opens no environment, and one of a client no backoffice."""
    client = issue(process.database, NOW)
    token = process.grant(shown(issued), NOW, "backoffice.read")
    found = process.authenticator.client(EnvironmentName.SANDBOX, client.subscription_key, token, NOW)
    assert isinstance(found, Unauthenticated)
    assert outcome(process, process.grant(secret_of(client), NOW), READ, SECOND) == "Unauthenticated"
    answer = process.tokens.grant(secret_of(client), GRANT_TYPE, "backoffice.read", NOW)
    assert isinstance(answer, TokenRefused)
    assert answer.error is TokenError.INVALID_SCOPE


def test_a_scope_that_was_taken_away_is_gone_at_once(process: Process, issued: IssuedOperator) -> None:
    """C2: a token is good for no more than its operator still holds."""
    token = process.grant(shown(issued), NOW, "backoffice.read backoffice.write")
    with process.database.writing() as connection:
        connection.execute(update(operator).values(scopes="backoffice.read"))
    assert [outcome(process, token, scope, SECOND) for scope in (READ, WRITE)] == ["Eva", "NotAllowed"]


@pytest.mark.parametrize("token", [None, "", "x", "a.b.c"])
def test_without_a_token_there_is_no_operator(process: Process, token: str | None) -> None:
    """C2: a missing or broken token is nobody's."""
    assert outcome(process, token, READ, SECOND) == "Unauthenticated"


def test_an_operators_token_dies_with_its_credentials(process: Process, issued: IssuedOperator) -> None:
    """C2: renewed, revoked or expired, an operator's tokens end at once, and the old secret with them."""
    token = process.grant(shown(issued), NOW, "backoffice.read")
    assert [outcome(process, token, READ, age * SECOND) for age in (599, 600)] == ["Eva", "Unauthenticated"]
    renewed = operators.renew(process.database, HASHER, issued.operator.client_id, NOW)
    assert outcome(process, token, READ, SECOND) == "Unauthenticated"
    answer = process.tokens.grant(shown(issued), GRANT_TYPE, "backoffice.read", NOW)
    assert isinstance(answer, TokenRefused)
    again = process.grant(shown(renewed), NOW, "backoffice.read")
    assert outcome(process, again, READ, SECOND) == "Eva"
    operators.revoke(process.database, issued.operator.client_id, NOW)
    assert outcome(process, again, READ, SECOND) == "Unauthenticated"
    told = process.authenticator.operator(again, READ, NOW)
    assert isinstance(told, Unauthenticated)
    assert "revoked" in told.message
    with pytest.raises(RevokedCredentialsError, match=issued.operator.client_id):
        operators.renew(process.database, HASHER, issued.operator.client_id, NOW)


def test_an_operator_is_valid_for_a_year(process: Process, issued: IssuedOperator) -> None:
    """I4: an operator's secret is good for a year, and is renewed like any."""
    ends = issued.operator.valid_until
    assert (ends.year, ends.month, ends.day) == (NOW.year + 1, NOW.month, NOW.day)
    late = process.tokens.grant(shown(issued), GRANT_TYPE, "backoffice.read", ends)
    assert isinstance(late, TokenRefused)
    last = process.tokens.grant(shown(issued), GRANT_TYPE, "backoffice.read", ends - SECOND)
    assert isinstance(last, GrantedToken)
    assert last.expires_in == 1


def test_an_operator_may_come_with_a_certificate(process: Process, issued: IssuedOperator) -> None:
    """C1: an operator's registered certificate takes the place of the secret."""
    holder = Holder.new(issued.operator.client_id, ISSUER, NOW)
    certificates.add(process.database, holder.client_id, holder.pem, NOW)
    token = process.grant(Assertion(holder.assertion(NOW)), NOW, "backoffice.write")
    assert outcome(process, token, WRITE, SECOND) == "Eva"


def test_operators_are_listed(process: Process, issued: IssuedOperator) -> None:
    """I4: operators are listed by name; revoking twice changes nothing, and who is not there is told."""
    other = operators.issue(process.database, HASHER, " Anna ", OperatorScope, NOW)
    assert other.operator.name == "Anna"
    assert operators.list_all(process.database) == [other.operator, issued.operator]
    first = operators.revoke(process.database, other.operator.client_id, NOW)
    assert operators.revoke(process.database, other.operator.client_id, NOW + SECOND) == first
    for change in (
        lambda: operators.revoke(process.database, "nobody", NOW),
        lambda: operators.renew(process.database, HASHER, "nobody", NOW),
    ):
        with pytest.raises(UnknownCredentialsError, match="nobody"):
            change()


@pytest.mark.parametrize(("name", "scopes"), [("", [READ]), (" ", [READ]), ("a\nb", [READ]), ("Eva", [])])
def test_an_operator_has_a_name_and_a_scope(process: Process, name: str, scopes: list[OperatorScope]) -> None:
    """I4: without a name that can be shown, or a scope, there is no operator."""
    with pytest.raises(InvalidValueError, match="operator has"):
        operators.issue(process.database, HASHER, name, scopes, NOW)
    assert operators.list_all(process.database) == []


def test_an_empty_platform_gets_its_first_operator(process: Process) -> None:
    """I3: a bootstrap gives an operator who may do everything, and credentials that work."""
    made = operators.bootstrap(process.database, HASHER, NUMBER, EnvironmentName.SANDBOX, "Eva", NOW)
    token = process.grant(shown(made.operator), NOW, " ".join(scope.value for scope in OperatorScope))
    assert [outcome(process, token, scope, SECOND) for scope in OperatorScope] == ["Eva"] * len(OperatorScope)
    assert process.grant(secret_of(made.credentials), NOW)
    assert made.operator.client_secret not in repr(made)
    assert made.credentials.client_secret not in repr(made)


def test_a_second_bootstrap_changes_nothing(process: Process) -> None:
    """I4: where there is an operator, revoked too, a bootstrap is refused, and neither operator nor credentials are made."""
    made = operators.bootstrap(process.database, HASHER, NUMBER, EnvironmentName.LIVE, "Eva", NOW)
    for _ in range(2):
        with pytest.raises(BootstrappedError, match="nothing was changed"):
            operators.bootstrap(process.database, HASHER, NUMBER, EnvironmentName.LIVE, "Anna", NOW)
        operators.revoke(process.database, made.operator.operator.client_id, NOW)
    assert [one.name for one in operators.list_all(process.database)] == ["Eva"]
    assert credentials.list_all(process.database) == [made.credentials.credentials]


def test_of_bootstraps_at_once_one_succeeds(database: Database) -> None:
    """I4: however many people bootstrap at once, there is one first operator."""
    count = 4
    barrier = Barrier(count)

    def start(number: int) -> bool:
        barrier.wait()
        try:
            operators.bootstrap(database, HASHER, NUMBER, EnvironmentName.SANDBOX, f"Eva {number}", NOW)
        except BootstrappedError:
            return False
        return True

    with ThreadPoolExecutor(count) as pool:
        assert sum(pool.map(start, range(count))) == 1
    assert len(operators.list_all(database)) == len(credentials.list_all(database)) == 1


def test_a_bootstrap_without_a_name_leaves_nothing(process: Process) -> None:
    """I4: what fails halfway makes neither operator nor credentials."""
    with pytest.raises(InvalidValueError, match="name"):
        operators.bootstrap(process.database, HASHER, NUMBER, EnvironmentName.SANDBOX, "", NOW)
    assert operators.list_all(process.database) == []
    assert credentials.list_all(process.database) == []
