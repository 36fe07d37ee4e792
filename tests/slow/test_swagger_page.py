"""The Swagger page in a real browser."""

import subprocess
from pathlib import Path

import pytest

from support.chromium import QUIET, Page, chromium, page_in_chromium
from support.running import running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_the_swagger_page_shows_every_operation(tmp_path: Path) -> None:
    """C8: a browser that opens the Swagger page sees the operations and where to put the credentials."""
    with running(tmp_path) as platform:
        page = f"{platform.address}/ext/mijnfluvius-profnetgebruiker-sbx/v1/swagger/index.html"
        profile = f"--user-data-dir={tmp_path / 'browser'}"
        shown = subprocess.run(
            [
                chromium(),
                *QUIET,
                profile,
                "--virtual-time-budget=15000",
                "--enable-logging=stderr",
                "--dump-dom",
                page,
            ],
            capture_output=True,
            text=True,
            check=True,
            timeout=240,
        )
    for path in ("/api/mandate", "/api/mandate/energy", "/api/mandate/mock", "/api/health"):
        assert f'data-path="{path}"' in shown.stdout
    assert "Authorize" in shown.stdout
    assert "Content Security Policy" not in shown.stderr


def _authorize(page: Page, credentials: dict[str, str]) -> None:
    """Give the page client id, secret and subscription key, as a user does."""
    page.click(".btn.authorize")
    page.wait_for("document.querySelector('#client_id_clientCredentials') !== null")
    page.type("#client_id_clientCredentials", credentials["client_id"])
    page.type("#client_secret_clientCredentials", credentials["client_secret"])
    page.click(".auth-container:has(#client_id_clientCredentials) .authorize")
    page.wait_for("document.querySelector('.modal-ux').textContent.includes('Logout')")
    page.type("#api_key_value", credentials["subscription_key"])
    page.click(".auth-container:has(#api_key_value) .authorize")
    page.wait_for("document.querySelector('#api_key_value') === null")
    page.click(".close-modal")
    page.wait_for("document.querySelector('.modal-ux') === null")


def test_try_it_works(tmp_path: Path) -> None:
    """C8: who gives the page his credentials gets a token with it, tries an operation, and reads the real answer; nothing is blocked."""
    with running(tmp_path) as platform, page_in_chromium(tmp_path / "browser") as page:
        page.resize(1400, 6000)
        page.open(f"{platform.address}/ext/mijnfluvius-profnetgebruiker-sbx/v1/swagger/index.html")
        page.wait_for("document.querySelectorAll('.opblock').length > 3")
        _authorize(page, platform.credentials())
        block = page.ask(
            "[...document.querySelectorAll('.opblock')].find(one => one.querySelector('[data-path=\"/api/mandate\"]')"
            " && one.classList.contains('opblock-get')).id"
        )
        for step in (".opblock-summary-control", ".execute"):
            page.wait_for(f"document.querySelector('#{block} {step}') !== null")
            page.click(f"#{block} {step}")
        page.wait_for(f"document.querySelector('#{block} .live-responses-table') !== null")
        told = page.ask(f"document.querySelector('#{block} .live-responses-table').textContent")
        assert "200" in told
        assert '"mandates": []' in told
        assert page.errors == []
