"""Messages that go nowhere, read in the browser, on this machine alone."""

from http import HTTPStatus

import pytest
from anyio.from_thread import BlockingPortal
from pydantic import SecretStr

from kwartier.gateway.gateway import Gateway
from kwartier.telemetry.requests import Watching
from support.consents import GRID_USER, Asking, asking
from support.engines import Template
from support.platform import NOW, Platform, new_platform
from support.web import WebPage, read_page

HERE = {"Host": "127.0.0.1:8484"}


@pytest.fixture
def asked(platform: Platform) -> Asking:
    """A question that waits."""
    return asking(platform.database, platform.hasher, NOW)


def read(platform: Platform, path: str, **headers: str) -> WebPage:
    """A page, as this machine sees it."""
    answer = platform.http.get(path, headers=HERE | headers)
    assert answer.status_code == HTTPStatus.OK
    return read_page(answer.text)


def test_a_message_is_read_and_its_link_followed(fresh_platform: Platform) -> None:
    """A developer reads what the grid user would get, and goes on to the page by its link."""
    asked = asking(fresh_platform.database, fresh_platform.hasher, NOW)
    listed = read(fresh_platform, "/outbox")
    assert GRID_USER.name in listed.text
    (question,) = (path for text, path in listed.links.items() if "Herinnering" not in text)
    message = read(fresh_platform, question)
    link = message.links["Bekijk de vraag en antwoord per EAN"]
    assert link == f"{fresh_platform.settings.public_address}/consent/{asked.token}"
    assert fresh_platform.http.get(link).status_code == HTTPStatus.OK


def test_the_start_page_leads_there(platform: Platform) -> None:
    """C8: who opens the address of a platform on his own machine finds the messages."""
    assert "/outbox" in read(platform, "/").links.values()


@pytest.mark.usefixtures("asked")
def test_it_says_that_it_is_not_for_production(platform: Platform) -> None:
    """The embedded stand-in warns on every page."""
    listed = read(platform, "/outbox")
    assert "For development alone" in listed.text
    path = next(path for path in listed.links.values() if path.startswith("/outbox/"))
    assert "For development alone" in read(platform, path).text


def test_nothing_was_sent_yet(fresh_platform: Platform) -> None:
    """Without messages the page says so."""
    assert "Nothing was sent yet" in read(fresh_platform, "/outbox").text


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "meters.example"},
        {"Host": "127.0.0.1.meters.example"},
        {"Host": ""},
        {"Host": "10.0.0.1"},
        HERE | {"X-Forwarded-For": "127.0.0.1"},
        HERE | {"Forwarded": "for=127.0.0.1"},
        HERE | {"Via": "1.1 proxy"},
    ],
)
@pytest.mark.usefixtures("asked")
def test_nobody_else_sees_it(platform: Platform, headers: dict[str, str]) -> None:
    """Whoever comes by another name, or through a proxy that nobody told of, finds nothing there."""
    listed = read(platform, "/outbox")
    path = next(path for path in listed.links.values() if path.startswith("/outbox/"))
    for one in ("/outbox", path):
        assert platform.http.get(one, headers=headers).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    "settings",
    [
        {"smtp_url": SecretStr("smtp://mail.example"), "smtp_from": "a@mail.example"},
        {"geography": "off"},
        {"trusted_proxies": "127.0.0.1", "geography": "off"},
        {"host": "0.0.0.0", "geography": "off"},  # noqa: S104 - it listens nowhere
    ],
)
def test_it_is_not_there_in_production(
    template: Template, portal: BlockingPortal, settings: dict[str, object]
) -> None:
    """Where mail goes out, or others can reach the platform, the page does not exist."""
    with new_platform(template, portal, **settings) as platform:
        asked = asking(platform.database, platform.hasher, NOW)
        assert isinstance(platform.app, Watching)
        assert isinstance(platform.app._app, Gateway)
        assert not [path for path in platform.app._app._targets.by_path if path.startswith("/outbox")]
        assert platform.http.get("/outbox", headers=HERE).status_code == HTTPStatus.NOT_FOUND
        assert "/outbox" not in platform.http.get("/", headers=HERE).text
        assert platform.http.get(f"/consent/{asked.token}").status_code == HTTPStatus.OK


@pytest.mark.parametrize("message_id", ["x", "0" * 32, "%2e%2e"])
def test_a_message_that_is_not_there(platform: Platform, message_id: str) -> None:
    """An id of no message finds nothing."""
    assert platform.http.get(f"/outbox/{message_id}", headers=HERE).status_code == HTTPStatus.NOT_FOUND
