"""What becomes of everybody when the pepper is another."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http import HTTPStatus

import pytest
from anyio.from_thread import BlockingPortal
from pydantic import SecretStr

from kwartier.wire import paths
from support.engines import Template
from support.platform import Client, Platform, assert_refused

Peppered = Callable[[str], Platform]


@pytest.fixture
def peppered(template: Template, portal: BlockingPortal) -> Iterator[Peppered]:
    """The platform with any pepper, always on the same database."""
    with ExitStack() as stack:
        url = stack.enter_context(template())

        def start(pepper: str) -> Platform:
            platform = Platform(url, portal, pepper=SecretStr(pepper))
            stack.callback(platform.close)
            stack.callback(platform.http.close)
            return platform

        yield start


def ask(client: Client, platform: Platform) -> int:
    """What a client gets who asks another platform with the token and key that it has."""
    return platform.http.get(client.base + paths.MANDATE, headers=client.headers).status_code


def test_another_pepper_shuts_everybody_out(peppered: Peppered) -> None:
    """I4, C2: with another pepper no secret gets a token and no key opens, tokens of before included."""
    client, other = peppered("one").client(), peppered("another")
    assert ask(client, client.platform) == HTTPStatus.OK
    refused = other.ask_token(client.issued)
    assert (refused.status_code, refused.json()["error"]) == (HTTPStatus.UNAUTHORIZED, "invalid_client")
    answer = other.http.get(client.base + paths.MANDATE, headers=client.headers)
    assert_refused(answer, HTTPStatus.UNAUTHORIZED, "subscription key")


def test_renewal_does_not_bring_a_key_back(peppered: Peppered) -> None:
    """I4: under another pepper a renewed secret gets tokens, but the key stays shut: new credentials are needed."""
    client, other = peppered("one").client(), peppered("another")
    client.headers["Authorization"] = f"Bearer {other.token(other.renew(client.issued))}"
    assert ask(client, other) == HTTPStatus.UNAUTHORIZED
    assert ask(other.client(), other) == HTTPStatus.OK


def test_the_pepper_of_before_lets_everybody_in_again(peppered: Peppered) -> None:
    """I4: a pepper that was changed by mistake changed nothing in the database."""
    client = peppered("one").client()
    assert ask(client, peppered("another")) == HTTPStatus.UNAUTHORIZED
    again = peppered("one")
    client.headers["Authorization"] = f"Bearer {again.token(client.issued)}"
    assert ask(client, again) == HTTPStatus.OK
