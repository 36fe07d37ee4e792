"""What somebody can do, and can't, who has a part of what is needed (docs/security.md)."""

import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jwt
from sqlalchemy import select

from kwartier.db.schema import credentials, signing_key
from kwartier.domain.operators import Operator, OperatorScope
from kwartier.services import keys, operators
from kwartier.services.authentication import Authenticator, Unauthenticated
from kwartier.services.key_cipher import KeyCipher
from kwartier.services.keys import SigningKeys
from kwartier.services.tokens import Tokens
from kwartier.wire import paths
from support.platform import ADDRESS, BASE, Client, Platform, assert_refused

JOURNAL = f"{paths.CONTROL}/journal"


def forged(platform: Platform, like: str, **claims: Any) -> str:
    """A token that somebody signs who has read the database, and has the pepper too."""
    with platform.database.reading() as connection:
        [row] = connection.execute(select(signing_key))
    key = KeyCipher(platform.hasher.pepper).decrypt(row.encrypted_jwk)
    assert key is not None
    said = said_by(like) | {"jti": uuid4().hex} | claims
    return jwt.encode({"alg": "ES256", "kid": row.kid, "typ": "JWT"}, said, key)


def said_by(token: str) -> dict[str, Any]:
    """What a token says."""
    part = token.split(".")[1]
    said: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return said


def bearer(client: Client) -> str:
    """A client's token."""
    return client.headers["Authorization"].removeprefix("Bearer ")


def authenticator(platform: Platform) -> Authenticator:
    """Who looks at operators of a platform."""
    issuer = ADDRESS + paths.issuer_path(platform.settings.tenant_id)
    signing = SigningKeys(platform.database, timedelta(days=90), KeyCipher(platform.hasher.pepper))
    return Authenticator(
        platform.database,
        platform.hasher,
        Tokens(None, signing, issuer, 600),  # type: ignore[arg-type]  # nothing is granted here
    )


def test_who_reads_the_database_signs_nothing(fresh_platform: Platform) -> None:
    """C1: the signing key stands in the database, and is of no use without the pepper."""
    with fresh_platform.database.reading() as connection:
        [row] = connection.execute(select(signing_key))
    assert '"d"' not in str(row)
    for part in row.encrypted_jwk.split("."):
        assert b'"d"' not in urlsafe_b64decode(part + "=" * (-len(part) % 4))
    assert KeyCipher(fresh_platform.hasher.pepper).decrypt(row.encrypted_jwk) is not None
    for guess in ("", "another pepper", row.kid, row.encrypted_jwk):
        assert KeyCipher(guess).decrypt(row.encrypted_jwk) is None


def test_who_has_database_and_pepper_lacks_the_subscription_key(fresh_platform: Platform) -> None:
    """C2, I4: a token signed with the key of the database is good, and yet its hash is no subscription key."""
    client = fresh_platform.client()
    token = forged(fresh_platform, bearer(client))
    with fresh_platform.database.reading() as connection:
        [kept] = connection.execute(select(credentials.c.subscription_hash, credentials.c.secret_hash)).all()
    for key in (kept.subscription_hash.hex(), kept.secret_hash.hex(), client.issued.credentials.client_id):
        headers = {"Authorization": f"Bearer {token}", "Subscription-Key": key}
        answer = fresh_platform.http.get(BASE + paths.MANDATE, headers=headers)
        assert_refused(answer, HTTPStatus.UNAUTHORIZED, "subscription key")
        assert (
            fresh_platform.ask_token(client.issued, client_secret=key).status_code == HTTPStatus.UNAUTHORIZED
        )
    client.headers["Authorization"] = f"Bearer {token}"
    assert client.get(paths.MANDATE).status_code == HTTPStatus.OK


def test_who_has_database_and_pepper_signs_for_operators_until_keys_are_revoked(
    fresh_platform: Platform,
) -> None:
    """C1: a leak of both makes operators of strangers, and revoking the keys ends that."""
    moment = fresh_platform.clock.now
    eva = operators.issue(
        fresh_platform.database, fresh_platform.hasher, "Eva", OperatorScope, moment
    ).operator
    like = bearer(fresh_platform.client())
    claims = {"sub": eva.client_id, "aud": "api://kwartier-backoffice", "scope": "backoffice.audit"}
    token = forged(fresh_platform, like, **claims)
    looking = authenticator(fresh_platform)
    assert isinstance(looking.operator(token, OperatorScope.AUDIT, moment), Operator)
    leaked = keys.list_all(fresh_platform.database)
    cipher = KeyCipher(fresh_platform.hasher.pepper)
    keys.rotate(fresh_platform.database, cipher, moment, at_once=True)
    for key in leaked:
        keys.revoke(fresh_platform.database, cipher, key.term.kid, moment)
    assert isinstance(looking.operator(token, OperatorScope.AUDIT, moment), Unauthenticated)


@pytest.mark.parametrize("path", [BASE + paths.MANDATE, BASE + paths.ENERGY, JOURNAL])
def test_a_stolen_secret_opens_nothing_alone(client: Client, path: str) -> None:
    """C2: who has client id and secret gets tokens, and without the subscription key nothing for them."""
    platform = client.platform
    headers = {"Authorization": f"Bearer {platform.token(client.issued)}"}
    assert_refused(platform.http.get(path, headers=headers), HTTPStatus.UNAUTHORIZED, "subscription key")


def test_a_token_says_nothing_of_people_or_meters(client: Client) -> None:
    """A2, C1: a token has ids, times and what it is for, and no more; of two no id is the same."""
    said, other = said_by(bearer(client)), said_by(client.platform.token(client.issued))
    assert said.keys() == {"iss", "sub", "gen", "iat", "nbf", "exp", "jti", "aud"}
    assert said["jti"] != other["jti"]
    assert said["exp"] - said["iat"] == 3600


def test_who_knows_a_client_id_can_write_into_its_journal_alone(client: Client) -> None:
    """A2: a failed try for a token is in the sandbox's journal of the client that it names, without what was tried."""
    platform = client.platform
    assert platform.ask_token(client.issued, client_secret="tried-by-a-stranger").status_code == 401
    told = platform.http.get(JOURNAL, headers=client.headers)
    assert "tried-by-a-stranger" not in told.text
    last = told.json()["data"]["entries"][-1]
    assert (last["request"]["path"], last["response"]["status"]) == (platform.token_path, 401)


def test_addresses_are_not_taken_from_who_asks(platform: Platform) -> None:
    """C1: the addresses of token endpoint and keys are those of the settings, whatever host a request names."""
    path = paths.discovery_path(platform.settings.tenant_id)
    headers = {"Host": "evil.test", "X-Forwarded-Host": "evil.test", "Forwarded": "host=evil.test"}
    answer = platform.http.get(path, headers=headers)
    assert answer.json()["token_endpoint"] == ADDRESS + platform.token_path
    assert "evil.test" not in answer.text
