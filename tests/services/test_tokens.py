"""Tokens and who may use them, without HTTP."""

from datetime import timedelta

import pytest
from joserfc import jwt

from kwartier.db.engine import Database
from kwartier.domain.access import Coverage
from kwartier.domain.credentials import Credentials, EnvironmentName
from kwartier.services import credentials
from kwartier.services.authentication import Unauthenticated, Which
from kwartier.services.clients import Secret
from kwartier.services.credentials import IssuedCredentials
from kwartier.services.tokens import GRANT_TYPE, Claims, GrantedToken, TokenRefused, scope_of
from support.contracts import approved_contract
from support.platform import NOW
from support.tokens import HASHER, Process, issue, secret_of

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
SCOPE = scope_of(EnvironmentName.SANDBOX)


@pytest.fixture
def process(database: Database) -> Process:
    """A process that grants tokens of ten minutes, on one engine after the other."""
    return Process.on(database, NOW)


def renew(process: Process, issued: IssuedCredentials, **how: object) -> IssuedCredentials:
    """Renewed credentials."""
    client_id = issued.credentials.client_id
    return credentials.renew(process.database, HASHER, client_id, NOW, **how)  # type: ignore[arg-type]


def test_a_token_says_for_whom_it_is(process: Process) -> None:
    """C1: a token names the credentials, their environment, and how often they were renewed."""
    issued = issue(process.database, NOW)
    token = process.grant(secret_of(issued), NOW)
    expected = Claims(issued.credentials.client_id, EnvironmentName.SANDBOX, 1)
    assert process.tokens.verify_alone(token, NOW) == expected
    token = process.grant(secret_of(renew(process, issued)), NOW)
    assert process.tokens.verify_alone(token, NOW) == Claims(expected.client_id, expected.environment, 2)


def test_a_token_is_valid_within_its_time(process: Process) -> None:
    """C2: a token is valid up to, and not including, its expiry, however often it was seen."""
    token = process.grant(secret_of(issue(process.database, NOW)), NOW)
    moments = [NOW, NOW + 599 * SECOND, NOW + 600 * SECOND, NOW]
    valid = [process.tokens.verify_alone(token, moment) is not None for moment in moments]
    assert valid == [True, True, False, True]


def test_clocks_of_processes_may_differ_a_little(process: Process) -> None:
    """C2: a token may come from a process whose clock is a minute ahead, and not from further."""
    token = process.grant(secret_of(issue(process.database, NOW)), NOW)
    assert process.tokens.verify_alone(token, NOW - 60 * SECOND) is not None
    assert process.tokens.verify_alone(token, NOW - 61 * SECOND) is None


def test_a_token_does_not_outlive_what_it_stands_for(process: Process) -> None:
    """C1: what an answer says about a token's life is true, also when the credentials end before."""
    issued = issue(process.database, NOW)
    moment = issued.credentials.valid_until - 90 * SECOND
    answer = process.tokens.grant(secret_of(issued), GRANT_TYPE, SCOPE, moment)
    assert isinstance(answer, GrantedToken)
    assert answer.expires_in == 90
    assert process.tokens.verify_alone(answer.access_token, moment + 90 * SECOND) is None


def test_a_token_of_another_issuer_is_none_of_ours(process: Process) -> None:
    """C2: a token that the same key signed for another issuer is refused."""
    other = Process.on(process.database, NOW, issuer="https://other.test/v2.0")
    token = other.grant(secret_of(issue(process.database, NOW)), NOW)
    assert other.tokens.verify_alone(token, NOW) is not None
    assert process.tokens.verify_alone(token, NOW) is None


def test_a_token_names_its_key(process: Process) -> None:
    """C2: a token without the name of its key is refused, though there is but one."""
    token = process.grant(secret_of(issue(process.database, NOW)), NOW)
    key = process.keys.signing(NOW)
    claims = jwt.decode(token, key, algorithms=["ES256"]).claims
    assert process.tokens.verify_alone(jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key), NOW)
    assert process.tokens.verify_alone(jwt.encode({"alg": "ES256"}, claims, key), NOW) is None


def test_what_is_wrong_first_is_told(process: Process) -> None:
    """C1: the kind of grant is looked at first, then the client, then the scope."""
    right = secret_of(issue(process.database, NOW))
    wrong = Secret(right.client_id, "wrong")
    asked = [(wrong, "password", "wrong"), (wrong, GRANT_TYPE, "wrong"), (right, GRANT_TYPE, "wrong")]
    told = []
    for proof, grant_type, scope in asked:
        answer = process.tokens.grant(proof, grant_type, scope, NOW)
        assert isinstance(answer, TokenRefused)
        told.append(answer.error.value)
    assert told == ["unsupported_grant_type", "invalid_client", "invalid_scope"]


@pytest.mark.parametrize("client_id", ["", "\x00", "a\x00b", "\ud800", "x" * 60_000, "' or 1=1 --"])
def test_any_client_id_is_taken(process: Process, client_id: str) -> None:
    """C1: whatever stands in the place of a client id is refused in the one way."""
    answer = process.tokens.grant(Secret(client_id, "x"), GRANT_TYPE, SCOPE, NOW)
    unknown = process.tokens.grant(Secret("nobody", "x"), GRANT_TYPE, SCOPE, NOW)
    assert isinstance(answer, TokenRefused)
    assert answer == unknown


def test_key_then_token(process: Process) -> None:
    """C5, C2: the subscription key is looked at before the token, and each has its own words."""
    issued, other = issue(process.database, NOW), issue(process.database, NOW)
    token = process.grant(secret_of(issued), NOW)

    def told(key: str | None, given: str | None) -> tuple[Which, str] | Credentials:
        found = process.authenticator.client(EnvironmentName.SANDBOX, key, given, NOW)
        return (found.which, found.message) if isinstance(found, Unauthenticated) else found

    assert told(issued.subscription_key, token) == issued.credentials
    cases = [
        told(None, None),
        told("x", token),
        told(issued.subscription_key, None),
        told(issued.subscription_key, "x"),
        told(other.subscription_key, token),
    ]
    renew(process, issued)
    cases.append(told(issued.subscription_key, token))
    credentials.revoke(process.database, issued.credentials.client_id, NOW)
    cases.append(told(issued.subscription_key, token))
    kinds = [case[0] for case in cases if isinstance(case, tuple)]
    assert kinds == [Which.SUBSCRIPTION_KEY] * 2 + [Which.TOKEN] * 5
    assert len({case[1] for case in cases if isinstance(case, tuple)}) == 7


def covered(process: Process, issued: IssuedCredentials, token: str, moment: timedelta) -> str:
    """What a token covers some time from now, or that it opens nothing."""
    found = process.authenticator.client(EnvironmentName.LIVE, issued.subscription_key, token, NOW + moment)
    return found.coverage.value if isinstance(found, Credentials) else "nothing"


def test_in_an_overlap_each_token_has_its_own_coverage(process: Process) -> None:
    """C2, I5: until the end of an overlap the old secret and its tokens have the old coverage; then they end."""
    issued = issue(process.database, NOW, EnvironmentName.LIVE)
    scope = scope_of(EnvironmentName.LIVE)
    before = process.grant(secret_of(issued), NOW, scope)
    approved_contract(process.database, issued.credentials.organisation, NOW)
    overlap = 120 * SECOND
    renewed = renew(process, issued, coverage=Coverage.ALL, overlap=overlap)
    within = process.tokens.grant(secret_of(issued), GRANT_TYPE, scope, NOW + SECOND)
    assert isinstance(within, GrantedToken)
    assert within.expires_in == 119
    after = process.grant(secret_of(renewed), NOW, scope)
    tokens = (before, within.access_token, after)
    assert [covered(process, issued, token, overlap - SECOND) for token in tokens] == ["own", "own", "all"]
    assert [covered(process, issued, token, overlap) for token in tokens] == ["nothing", "nothing", "all"]
    ended = process.tokens.grant(secret_of(issued), GRANT_TYPE, scope, NOW + overlap)
    wrong = process.tokens.grant(
        Secret(issued.credentials.client_id, "wrong"), GRANT_TYPE, scope, NOW + overlap
    )
    assert isinstance(ended, TokenRefused)
    assert ended == wrong


def test_renewing_twice_in_an_overlap_ends_the_oldest(process: Process) -> None:
    """C2: with the second renewal the first secret and its tokens end at once, whatever overlap was left to them."""
    first = issue(process.database, NOW, EnvironmentName.LIVE)
    scope = scope_of(EnvironmentName.LIVE)
    second = renew(process, first, overlap=30 * DAY)
    third = renew(process, second, overlap=30 * DAY)
    answers = [process.tokens.grant(secret_of(one), GRANT_TYPE, scope, NOW) for one in (first, second, third)]
    assert [isinstance(answer, GrantedToken) for answer in answers] == [False, True, True]


def test_revoking_ends_an_overlap_too(process: Process) -> None:
    """C2: revoked credentials are ended whole: both secrets and all tokens."""
    issued = issue(process.database, NOW, EnvironmentName.LIVE)
    scope = scope_of(EnvironmentName.LIVE)
    token = process.grant(secret_of(issued), NOW, scope)
    renewed = renew(process, issued, overlap=30 * DAY)
    assert covered(process, issued, token, SECOND) == "own"
    credentials.revoke(process.database, issued.credentials.client_id, NOW)
    assert covered(process, issued, token, SECOND) == "nothing"
    answers = [process.tokens.grant(secret_of(one), GRANT_TYPE, scope, NOW) for one in (issued, renewed)]
    assert all(isinstance(answer, TokenRefused) for answer in answers)


def test_what_is_secret_is_never_shown(process: Process) -> None:
    """A2: no secret, token or hash stands in what an object says of itself."""
    issued = issue(process.database, NOW)
    answer = process.tokens.grant(secret_of(issued), GRANT_TYPE, SCOPE, NOW)
    assert isinstance(answer, GrantedToken)
    shown = f"{issued!r} {secret_of(issued)!r} {answer!r} {HASHER!r}"
    assert issued.credentials.client_id in shown
    assert issued.client_secret not in shown
    assert (issued.subscription_key or "?") not in shown
    assert answer.access_token not in shown
    assert HASHER.pepper not in shown
