"""`kwartier keys` beside a platform of two processes."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from kwartier.db.engine import Database
from kwartier.db.migrate import migrate
from kwartier.services.key_cipher import KeyCipher
from kwartier.services.keys import SigningKeys
from support.running import Running, command, running

pytestmark = pytest.mark.slow  # many commands, each a process of its own

_REQUESTS = 16


def _states(platform: Running) -> dict[str, str]:
    """How each key stands."""
    return {row["kid"]: row["state"] for row in json.loads(platform.command("keys", "list", "--json"))}


def _statuses(issued: Mapping[str, str], token: str) -> set[int]:
    """What a token gets on many connections, so that every process is asked."""
    headers = {
        "Authorization": f"Bearer {token}",
        "Subscription-Key": issued["subscription_key"],
        "Connection": "close",
    }

    def ask(_: int) -> int:
        return httpx.get(f"{issued['base_url']}/api/mandate", headers=headers, timeout=60).status_code

    with ThreadPoolExecutor(_REQUESTS) as threads:
        return set(threads.map(ask, range(_REQUESTS)))


def test_keys_are_rotated_and_revoked_under_running_processes(tmp_path: Path) -> None:
    """C1, C2: a key rotated by command signs in every process; a revoked one opens nothing in any, from the next request."""
    with running(tmp_path, "--workers", "2") as platform:
        issued = platform.credentials()
        old = platform.token(issued).json()["access_token"]
        [first] = _states(platform)
        assert _statuses(issued, old) == {200}
        platform.command("keys", "rotate", "--now")
        new = platform.token(issued).json()["access_token"]
        assert {_statuses(issued, token).pop() for token in (old, new)} == {200}
        states = _states(platform)
        assert sorted(states.values()) == ["signs", "verifies"]
        assert states[first] == "verifies"
        assert first in platform.command("keys", "revoke", first)
        assert _statuses(issued, old) == {401}
        assert _statuses(issued, new) == {200}
        platform.command("keys", "rotate")
        assert sorted(_states(platform).values()) == ["signs", "waits"]
        assert "signs from" in platform.command("keys", "list")


def test_keys_before_the_first_start_are_none(tmp_path: Path) -> None:
    """C1: before the first start there is no key, and the list says what makes one; an unknown one is told."""
    on = ("--database", f"sqlite:///{tmp_path / 'kwartier.db'}")
    command("credentials", "issue", "--organisation", "0999.999.922", *on)
    assert "kwartier serve" in command("keys", "list", *on).stdout
    done = command("keys", "revoke", "nobody", *on)
    assert done.returncode == 1
    assert "nobody" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("keys", "rotate"),
        ("bootstrap", "--organisation", "0999.999.922", "--operator", "Eva"),
        ("credentials", "issue", "--organisation", "0999.999.922"),
        ("operators", "issue", "Eva", "--scope", "backoffice.read"),
    ],
)
def test_a_command_with_another_pepper_than_the_platform_is_refused(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    """I4: where KWARTIER_PEPPER was forgotten, nothing is issued that those who serve would not know."""
    url = f"sqlite:///{tmp_path / 'kwartier.db'}"
    database = Database(url)
    migrate(database)
    SigningKeys(database, timedelta(days=90), KeyCipher("pepper")).prepare(datetime.now(UTC))
    database.close()
    refused = command(*words, "--database", url)
    assert refused.returncode == 1
    assert "set KWARTIER_PEPPER" in refused.stderr
    assert command(*words, "--database", url, settings={"PEPPER": "pepper"}).returncode == 0
