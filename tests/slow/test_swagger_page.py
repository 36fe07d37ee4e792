"""The Swagger page in a real browser."""

import subprocess
from pathlib import Path

import pytest

from support.chromium import QUIET, chromium
from support.running import running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


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
            timeout=120,
        )
    for path in ("/api/mandate", "/api/mandate/energy", "/api/mandate/mock", "/api/health"):
        assert f'data-path="{path}"' in shown.stdout
    assert "Authorize" in shown.stdout
    assert "Content Security Policy" not in shown.stderr
