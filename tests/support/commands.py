"""The command in this process, with a home of its own: what it says, writes and exits with."""

import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kwartier.cli.main import main
from kwartier.testing import Credentials
from kwartier.wire.timestamps import write_timestamp

__all__ = ["Command", "Done", "no_keyring"]


@dataclass(frozen=True)
class Done:
    """What a command did."""

    code: int
    out: bytes
    error: str

    @property
    def text(self) -> str:
        """What it printed."""
        return self.out.decode()

    @property
    def json(self) -> Any:
        """The same, read."""
        return json.loads(self.out)


class Command:
    """`kwartier`, with folders of a test's own for profiles and caches.

    Args:
        folder: where these are.
        monkeypatch: puts things back when the test is over.
        capsys: catches what is printed.
    """

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[bytes]
    ) -> None:
        self.folder = folder / "config" / "kwartier"
        self._patch = monkeypatch
        self._capsys = capsys
        for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            monkeypatch.setenv(name, str(folder / name.split("_")[1].lower()))
        for name in ("BASE_URL", "CLIENT_ID", "CLIENT_SECRET", "SCOPE", "SUBSCRIPTION_KEY", "TOKEN_ENDPOINT"):
            monkeypatch.delenv(name, raising=False)

    def __call__(self, *words: object, told: str = "") -> Done:
        """Run it with these words, and this on its input."""
        self._patch.setattr(sys, "argv", ["kwartier", *map(str, words)])
        self._patch.setattr(sys, "stdin", io.StringIO(told))
        with pytest.raises(SystemExit) as ended:
            main()
        printed = self._capsys.readouterr()
        code = ended.value.code
        assert code is None or isinstance(code, int)
        return Done(code or 0, printed.out, printed.err.decode())

    def well(self, *words: object, told: str = "") -> Done:
        """The same of a command that must go well."""
        done = self(*words, told=told)
        assert done.code == 0, done.error
        return done

    def log_in(self, credentials: Credentials, *words: object) -> Done:
        """Log in with what the activation gave."""
        known = {
            name: getattr(credentials, name)
            for name in (
                "client_id",
                "client_secret",
                "subscription_key",
                "token_endpoint",
                "scope",
                "base_url",
            )
        }
        until = write_timestamp(credentials.valid_until)
        return self("login", "--from", "-", *words, told=json.dumps(known | {"valid_until": until}))


def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the system be without a keyring."""
    monkeypatch.setattr("kwartier.cli.login.keyring_vault", lambda: None)
