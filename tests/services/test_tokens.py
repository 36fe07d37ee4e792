"""Tokens and who may use them, without HTTP."""

from datetime import timedelta

import pytest

from kwartier.domain.credentials import Credentials, EnvironmentName
from kwartier.services.authentication import Authenticator, Unauthenticated, Which
from kwartier.services.credentials import IssuedCredentials
from kwartier.services.tokens import GRANT_TYPE, Claims, GrantedToken, TokenRefused, Tokens, scope_of
from support.platform import NOW, Platform

SECOND = timedelta(seconds=1)


@pytest.fixture
def tokens(fresh_platform: Platform) -> Tokens:
    """Tokens of ten minutes, with a key."""
    tokens = Tokens(fresh_platform.database, fresh_platform.hasher, "https://issuer.test/v2.0", 600)
    tokens.prepare(NOW)
    return tokens


def granted(tokens: Tokens, issued: IssuedCredentials) -> str:
    """A token."""
    answer = tokens.grant(
        issued.credentials.client_id, issued.client_secret, GRANT_TYPE, scope_of(EnvironmentName.SANDBOX), NOW
    )
    assert isinstance(answer, GrantedToken)
    assert answer.expires_in == 600
    return answer.access_token


def test_a_token_says_for_whom_it_is(tokens: Tokens, fresh_platform: Platform) -> None:
    """C1: a token names the credentials, their environment, and how often they were renewed."""
    issued = fresh_platform.issue()
    expected = Claims(issued.credentials.client_id, EnvironmentName.SANDBOX, 1)
    assert tokens.verify(granted(tokens, issued), NOW) == expected
    renewed = fresh_platform.renew(issued)
    claims = tokens.verify(granted(tokens, renewed), NOW)
    assert claims is not None
    assert claims.generation == 2


def test_a_token_is_valid_within_its_time(tokens: Tokens, fresh_platform: Platform) -> None:
    """C2: a token is valid from its moment up to, and not including, its expiry, however often it was seen."""
    token = granted(tokens, fresh_platform.issue())
    moments = [NOW - SECOND, NOW, NOW + 599 * SECOND, NOW + 600 * SECOND, NOW]
    assert [tokens.verify(token, moment) is not None for moment in moments] == [
        False,
        True,
        True,
        False,
        True,
    ]


def test_a_token_of_another_issuer_is_none_of_ours(tokens: Tokens, fresh_platform: Platform) -> None:
    """C2: a token that the same key signed for another issuer is refused."""
    other = Tokens(fresh_platform.database, fresh_platform.hasher, "https://other.test/v2.0", 600)
    token = granted(other, fresh_platform.issue())
    assert other.verify(token, NOW) is not None
    assert tokens.verify(token, NOW) is None


def test_all_processes_have_the_same_key(tokens: Tokens, fresh_platform: Platform) -> None:
    """C1: a process that prepares on a database with a key takes that one, and knows its tokens."""
    other = Tokens(fresh_platform.database, fresh_platform.hasher, "https://issuer.test/v2.0", 600)
    other.prepare(NOW + timedelta(days=1))
    assert other.public_keys() == tokens.public_keys()
    assert len(tokens.public_keys()["keys"]) == 1
    assert other.verify(granted(tokens, fresh_platform.issue()), NOW) is not None


def test_what_is_wrong_first_is_told(tokens: Tokens, fresh_platform: Platform) -> None:
    """C1: the kind of grant is looked at first, then the client, then the scope."""
    issued = fresh_platform.issue()
    client_id, secret = issued.credentials.client_id, issued.client_secret
    asked = [
        (client_id, "wrong", "password", "wrong"),
        (client_id, "wrong", GRANT_TYPE, "wrong"),
        (client_id, secret, GRANT_TYPE, "wrong"),
    ]
    told = []
    for one in asked:
        answer = tokens.grant(*one, NOW)
        assert isinstance(answer, TokenRefused)
        told.append(answer.error.value)
    assert told == ["unsupported_grant_type", "invalid_client", "invalid_scope"]


def test_key_then_token(tokens: Tokens, fresh_platform: Platform) -> None:
    """C5, C2: the subscription key is looked at before the token, and each has its own words."""
    authenticator = Authenticator(fresh_platform.database, fresh_platform.hasher, tokens)
    issued, other = fresh_platform.issue(), fresh_platform.issue()
    token = granted(tokens, issued)

    def told(key: str | None, given: str | None) -> tuple[Which, str] | Credentials:
        found = authenticator.client(EnvironmentName.SANDBOX, key, given, NOW)
        return (found.which, found.message) if isinstance(found, Unauthenticated) else found

    assert told(issued.subscription_key, token) == issued.credentials
    cases = [
        told(None, None),
        told("x", token),
        told(issued.subscription_key, None),
        told(issued.subscription_key, "x"),
        told(other.subscription_key, token),
    ]
    fresh_platform.renew(issued)
    cases.append(told(issued.subscription_key, token))
    fresh_platform.revoke(issued)
    cases.append(told(issued.subscription_key, token))
    kinds = [case[0] for case in cases if isinstance(case, tuple)]
    assert kinds == [Which.SUBSCRIPTION_KEY] * 2 + [Which.TOKEN] * 5
    assert len({case[1] for case in cases if isinstance(case, tuple)}) == 7
