"""The page of the journal in a real browser."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from kwartier.domain.credentials import EnvironmentName
from kwartier.wire import paths
from support.chromium import Page, page_in_chromium
from support.running import Running, running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

BASE: Final = paths.BASE_PATHS[EnvironmentName.SANDBOX][0]
SCRIPT: Final = "<script>alert(1)</script>"
FIELDS: Final = ("client_id", "client_secret", "subscription_key")


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Running]:
    """A platform that runs."""
    with running(tmp_path) as platform:
        yield platform


@pytest.fixture
def page(platform: Running, tmp_path: Path) -> Iterator[Page]:
    """The page of the journal."""
    with page_in_chromium(tmp_path / "browser") as page:
        page.open(f"{platform.address}{paths.CONTROL}/journal.html")
        yield page


def _sign_in(page: Page, fields: Mapping[str, str]) -> str:
    """Fill in the form, press the button; what is said then."""
    for name in FIELDS:
        page.type(f"[name={name}]", fields[name])
    page.click("#sign-in button")
    page.wait_for("!['', 'One moment …'].includes(document.getElementById('said').textContent)")
    said: str = page.ask("document.getElementById('said').textContent")
    return said


def _ask_with_a_script(platform: Running, issued: Mapping[str, str]) -> None:
    """Make a request whose query is a script, and whose headers are secret."""
    headers = {
        "Authorization": f"Bearer {platform.token(issued).json()['access_token']}",
        "Ocp-Apim-Subscription-Key": issued["subscription_key"],
    }
    # A plainer client than httpx, which would escape the brackets.
    connection = HTTPConnection(urlsplit(platform.address).netloc)
    connection.request("GET", f"{BASE}{paths.MANDATE}?ean={SCRIPT}", headers=headers)
    answer = connection.getresponse()
    assert answer.status == HTTPStatus.BAD_REQUEST
    assert answer.read()
    connection.close()


def test_who_signs_in_sees_his_requests(platform: Running, page: Page) -> None:
    """S2: with his credentials an integrator sees what he asked, as text and without secrets."""
    issued = platform.credentials()
    _ask_with_a_script(platform, issued)
    said = _sign_in(page, issued)
    assert said.endswith("requests, the newest first.")
    summaries: list[str] = page.ask("[...document.querySelectorAll('summary')].map(one => one.textContent)")
    assert any(one.startswith("POST ") and one.endswith("/token") for one in summaries)
    [asked] = [one for one in summaries if one.startswith(f"GET {BASE}{paths.MANDATE}")]
    assert asked.endswith(f"?ean={SCRIPT}")
    assert page.ask("document.querySelectorAll('tbody script').length") == 0
    assert page.ask("getComputedStyle(document.querySelector('table')).display") == "table"

    page.click("summary")
    assert page.ask("document.querySelector('details').open") is True
    told: str = page.ask("[...document.querySelectorAll('pre')].map(one => one.textContent).join('')")
    assert '"authorization": "***"' in told
    assert "client_secret=***" in told
    shown: str = page.ask("document.documentElement.outerHTML")
    for name in ("client_secret", "subscription_key"):
        assert issued[name] not in told
        assert issued[name] not in shown
    assert page.dialogs == []
    assert page.errors == []


def test_a_wrong_secret_is_said(platform: Running, page: Page) -> None:
    """I5: with a wrong secret the page says that it did not work, and shows nothing; the right one then helps."""
    issued = platform.credentials()
    said = _sign_in(page, issued | {"client_secret": "wrong"})
    assert said.startswith("That did not work: ")
    assert "undefined" not in said
    assert page.ask("document.querySelector('table').hidden") is True
    assert page.ask("document.querySelectorAll('tbody tr').length") == 0
    _ask_with_a_script(platform, issued)
    page.ask("document.getElementById('said').textContent = ''")
    assert "the newest first" in _sign_in(page, issued)
