"""The platform as processes on PostgreSQL, as on several machines."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import make_url

from support.running import _environment, running

LIMIT = 20


def test_workers_share_credentials_keys_and_limits(tmp_path: Path, postgresql: Any) -> None:
    """C1, C4: what one process issues opens the others, and together they admit what the limit says."""
    settings = {"RATE_LIMIT_STORE": "database", "RATE_LIMIT": str(LIMIT)}
    with (
        postgresql.database() as url,
        running(tmp_path, "--workers", "2", settings=settings, database=url) as platform,
    ):
        issued = platform.credentials()
        headers = {
            "Authorization": f"Bearer {platform.token(issued).json()['access_token']}",
            "Subscription-Key": issued["subscription_key"],
        }
        # A connection for each, so that both processes get some.
        statuses = [
            httpx.get(f"{issued['base_url']}/api/mandate", headers=headers, timeout=60).status_code
            for _ in range(LIMIT * 2)
        ]
        assert sorted(statuses) == [200] * LIMIT + [429] * LIMIT
        audit = platform.command("audit")
        assert "No accesses" in audit


def test_the_password_of_the_database_is_not_printed(tmp_path: Path, postgresql: Any) -> None:
    """A2: neither where the platform says on what it stands, nor in the command that it proposes."""
    with postgresql.database() as url:
        secret = make_url(url).set(password="hush-hush").render_as_string(hide_password=False)
        with subprocess.Popen(
            [sys.executable, "-m", "kwartier", "serve", "--port", "0", "--database", secret],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=_environment({"LOG_LEVEL": "error"}),
            cwd=tmp_path,
        ) as process:
            assert process.stdout is not None
            said = ""
            while "Credentials:" not in said:
                line = process.stdout.readline()
                assert line, said
                said += line
            process.terminate()
            said += process.stdout.read()
    assert re.search(r"database +postgresql://postgres:\*\*\*@", said)
    assert "hush-hush" not in said
