"""The subscription key and the token of each request."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from anyio.from_thread import BlockingPortal

from kwartier.services.errors import RevokedCredentialsError
from kwartier.wire import paths
from support.engines import Template
from support.platform import BASE, Client, Platform, assert_refused, new_platform


def assert_open(client: Client) -> None:
    """The client gets in."""
    assert client.get(paths.MANDATE).status_code == HTTPStatus.OK


def assert_shut(client: Client, *words: str) -> None:
    """The client is refused for its token."""
    answer = client.get(paths.MANDATE)
    assert_refused(answer, HTTPStatus.UNAUTHORIZED, *words)
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    "name", ["Ocp-Apim-Subscription-Key", "Subscription-Key", "OCP-APIM-SUBSCRIPTION-KEY", "subscription-key"]
)
def test_both_names_of_the_key_are_read(client: Client, name: str) -> None:
    """C2: the subscription key comes under either name, in any case."""
    headers = {"Authorization": client.headers["Authorization"], name: client.issued.subscription_key or ""}
    answer = client.platform.http.get(BASE + paths.MANDATE, headers=headers)
    assert answer.status_code == HTTPStatus.OK


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer  "])
def test_the_scheme_is_read_in_any_case(client: Client, scheme: str) -> None:
    """C2: the scheme of the Authorization header is matched without regard to case."""
    token = client.headers["Authorization"].removeprefix("Bearer ")
    answer = client.ask("GET", paths.MANDATE, headers={"Authorization": f"{scheme} {token}"})
    assert answer.status_code == HTTPStatus.OK


@pytest.mark.parametrize("key", ["", "0" * 64, "x", "é"])
def test_a_wrong_key_is_refused(client: Client, key: str) -> None:
    """C2: a missing or unknown subscription key is 401 with a challenge."""
    answer = client.ask("GET", paths.MANDATE, headers={"Subscription-Key": key.encode()})
    assert_refused(answer, HTTPStatus.UNAUTHORIZED, "subscription key")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic eDp5", "Token x"])
def test_a_missing_token_is_refused(client: Client, header: str) -> None:
    """C2: without a bearer token there is 401 with a challenge that blames no token."""
    answer = client.ask("GET", paths.MANDATE, headers={"Authorization": header})
    assert_refused(answer, HTTPStatus.UNAUTHORIZED, "token is missing")
    assert answer.headers["www-authenticate"] == 'Bearer realm="kwartier"'


def test_a_token_of_other_credentials_is_refused(client: Client) -> None:
    """C2: token and subscription key must be of the same credentials."""
    other = client.platform.client()
    client.headers["Authorization"] = other.headers["Authorization"]
    assert_shut(client, "subscription")


def test_a_token_dies_after_its_time(client: Client) -> None:
    """C2: a token opens the API up to its last second, and not after it."""
    client.platform.clock.move(seconds=3599)
    assert_open(client)
    client.platform.clock.move(seconds=1)
    assert_shut(client, "expired")


def test_a_shorter_lifetime_is_kept(template: Template, portal: BlockingPortal) -> None:
    """C1: the operator may give tokens a shorter life; `expires_in` tells the one they have."""
    with new_platform(template, portal, token_lifetime=60) as platform:
        client = platform.client()
        assert platform.ask_token(client.issued).json()["expires_in"] == 60
        platform.clock.move(seconds=59)
        assert_open(client)
        platform.clock.move(seconds=1)
        assert_shut(client, "expired")


def test_revoked_credentials_end_at_once(client: Client) -> None:
    """C2: revoking credentials ends their tokens at once, and they get no new one."""
    client.platform.revoke(client.issued)
    assert_shut(client, "revoked")
    answer = client.platform.ask_token(client.issued)
    assert (answer.status_code, answer.json()["error"]) == (HTTPStatus.UNAUTHORIZED, "invalid_client")


def test_revoked_credentials_are_not_renewed(client: Client) -> None:
    """I4: revoked credentials stay revoked; new ones must be issued."""
    client.platform.revoke(client.issued)
    with pytest.raises(RevokedCredentialsError):
        client.platform.renew(client.issued)


def test_renewed_credentials_end_the_old_token_and_secret(client: Client) -> None:
    """C2: at renewal the old token and the old secret end at once, within the same second too."""
    renewed = client.platform.renew(client.issued)
    assert_shut(client, "renewed")
    assert client.platform.ask_token(client.issued).json()["error"] == "invalid_client"
    client.sign_in(renewed)
    assert_open(client)


def test_renewed_credentials_keep_id_and_key(client: Client) -> None:
    """I4: renewal gives a new secret and a new year; client id and subscription key stay."""
    client.platform.clock.move(days=100)
    renewed = client.platform.renew(client.issued)
    assert renewed.credentials.client_id == client.issued.credentials.client_id
    assert renewed.client_secret != client.issued.client_secret
    assert renewed.subscription_key is None
    assert renewed.credentials.valid_until == datetime(2026, 12, 29, 10, 0, tzinfo=UTC)
    client.sign_in(renewed)
    assert_open(client)


def test_a_mandate_outlives_renewal(client: Client) -> None:
    """I4: what a client made is still its own after renewal."""
    client.mock("541440110000000007")
    client.sign_in(client.platform.renew(client.issued))
    assert [one["ean"] for one in client.mandates()] == ["541440110000000007"]


def test_credentials_end_after_a_year(platform: Platform) -> None:
    """I4: credentials are valid for one year, and their tokens end with them."""
    issued = platform.issue()
    last = issued.credentials.valid_until
    assert last == datetime(2026, 9, 20, 10, 0, tzinfo=UTC)
    platform.clock.now = last - timedelta(seconds=1)
    client = Client(platform, issued)
    assert_open(client)
    platform.clock.now = last
    assert_shut(client, "expired")
    answer = platform.ask_token(issued)
    assert (answer.status_code, answer.json()["error"]) == (HTTPStatus.UNAUTHORIZED, "invalid_client")
    assert "expired" in answer.json()["error_description"]


def test_an_expired_secret_can_be_told_from_a_wrong_one(platform: Platform) -> None:
    """C1: who has the right secret is told that it expired; who has not is told nothing."""
    issued = platform.issue()
    platform.clock.now = issued.credentials.valid_until
    right = platform.ask_token(issued).json()["error_description"]
    wrong = platform.ask_token(issued, client_secret="0" * 64).json()["error_description"]
    assert "expired" in right
    assert "expired" not in wrong


def test_expired_credentials_can_be_renewed(platform: Platform) -> None:
    """I4: credentials can be renewed at any time, after expiry too."""
    issued = platform.issue()
    platform.clock.now = issued.credentials.valid_until + timedelta(days=400)
    renewed = platform.renew(issued)
    assert platform.ask_token(renewed).status_code == HTTPStatus.OK


def test_an_overlap_lets_the_old_secret_go_on(client: Client) -> None:
    """C2: until the end of the overlap that the organisation chose, the old secret and its tokens open the API."""
    platform = client.platform
    renewed = platform.renew(client.issued, overlap=timedelta(days=7))
    assert_open(client)
    platform.clock.move(days=7, seconds=-1)
    client.sign_in()
    assert_open(client)
    platform.clock.move(seconds=1)
    assert_shut(client)
    assert platform.ask_token(client.issued).json()["error"] == "invalid_client"
    client.sign_in(renewed)
    assert_open(client)


def test_keys_rotate_while_clients_go_on(fresh_platform: Platform) -> None:
    """C1: over half a year of rotations no token is refused before its hour is over."""
    client = fresh_platform.client()
    kids = set()
    for _ in range(26):
        fresh_platform.clock.move(days=7)
        client.sign_in()
        assert_open(client)
        fresh_platform.clock.move(minutes=59)
        assert_open(client)
        published = fresh_platform.http.get(paths.jwks_path(fresh_platform.settings.tenant_id)).json()["keys"]
        assert 1 <= len(published) <= 2
        kids |= {key["kid"] for key in published}
    assert len(kids) == 3
