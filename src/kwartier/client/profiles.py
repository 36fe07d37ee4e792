"""Named profiles: where an API is and who asks, in a file in the user's configuration folder. Secrets lie elsewhere.

KwartierError
└── ConfigurationError
    └── ProfileError      no such profile, or a file of profiles that can't be read
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import tomli_w
from platformdirs import user_config_path

from kwartier.client.errors import ConfigurationError
from kwartier.domain.credentials import EnvironmentName
from kwartier.wire.paths import BASE_PATHS

__all__ = ["Profile", "ProfileError", "Profiles", "write_private"]

_FILE: Final = "profiles.toml"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TEXTS: Final = ("base_url", "token_endpoint", "scope", "client_id")
_OPTIONAL: Final = ("tenant_id", "valid_until", "secrets")


class ProfileError(ConfigurationError):
    """No such profile, or a file of profiles that can't be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Where an API is and who asks (I3), without the secrets.

    Attributes:
        name: of the profile.
        base_url: of the guide's API: what stands before `/api/mandate`.
        token_endpoint: where tokens are asked for.
        scope: as it was issued.
        client_id: as it was issued.
        tenant_id: of the operator.
        valid_until: when the secret ends, as far as it is known (I4).
        secrets: where they are kept: `keyring` or `file`.
    """

    name: str
    base_url: str
    token_endpoint: str
    scope: str
    client_id: str
    tenant_id: str = ""
    valid_until: datetime | None = None
    secrets: str = "file"

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ProfileError(
                f"profile {self.name}: a name has letters, digits, dots, dashes and underscores"
            )

    @property
    def is_sandbox(self) -> bool:
        """Whether its meters are fictitious."""
        return self.base_url.rstrip("/").endswith(BASE_PATHS[EnvironmentName.SANDBOX])


class Profiles:
    """The profiles of a user.

    Args:
        folder: where their file lies; None: the user's configuration folder.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = user_config_path("kwartier") if folder is None else folder
        self.path = self.folder / _FILE

    def names(self) -> tuple[str, ...]:
        """The names of all, in the order of the file.

        Raises:
            ProfileError: the file can't be read.
        """
        return tuple(self._read().get("profiles", {}))

    def default(self) -> str | None:
        """The name of the one that is used where none is named; None: there is none.

        Raises:
            ProfileError: the file can't be read.
        """
        content = self._read()
        names = list(content.get("profiles", {}))
        chosen = content.get("default")
        return chosen if chosen in names else names[0] if len(names) == 1 else None

    def find(self, name: str | None = None) -> Profile:
        """A profile; without a name the default.

        Raises:
            ProfileError: there is none of this name, none at all, or its file can't be read.
        """
        known = self._read().get("profiles", {})
        wanted = self.default() if name is None else name
        if wanted is None:
            told = (
                f"say which profile: {', '.join(known)}"
                if known
                else "no profile yet: `kwartier login` makes one"
            )
            raise ProfileError(told)
        if wanted not in known:
            close = get_close_matches(wanted, known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(known) or 'none'}"
            raise ProfileError(f"no profile {wanted}; {hint}")
        return self._profile(wanted, known[wanted])

    def put(self, profile: Profile, *, default: bool = False) -> None:
        """Keep a profile, in the place of one of the same name; the first becomes the default.

        Raises:
            ProfileError: the file can't be read or written.
        """
        content = self._read()
        kept = {name: getattr(profile, name) for name in (*_TEXTS, *_OPTIONAL)}
        known = content.setdefault("profiles", {})
        known[profile.name] = {name: value for name, value in kept.items() if value not in {None, ""}}
        if default or content.get("default") not in known:
            content["default"] = profile.name
        self._write(content)

    def remove(self, name: str) -> None:
        """Forget a profile.

        Raises:
            ProfileError: the file can't be read or written.
        """
        content = self._read()
        content.get("profiles", {}).pop(name, None)
        if content.get("default") == name:
            del content["default"]
        self._write(content)

    def _profile(self, name: str, kept: Mapping[str, Any]) -> Profile:
        missing = [key for key in _TEXTS if not isinstance(kept.get(key), str)]
        if missing:
            raise ProfileError(f"profile {name} in {self.path} has no {', '.join(missing)}")
        known = {key: kept[key] for key in (*_TEXTS, *_OPTIONAL) if key in kept}
        until = known.get("valid_until")
        if isinstance(until, datetime) and until.tzinfo is None:
            known["valid_until"] = until.replace(tzinfo=UTC)
        return Profile(name=name, **known)

    def _read(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ProfileError(f"{self.path}: {error}") from error

    def _write(self, content: Mapping[str, Any]) -> None:
        try:
            write_private(self.path, tomli_w.dumps(content))
        except OSError as error:
            raise ProfileError(f"{self.path}: {error.strerror}") from error


def write_private(path: Path, text: str) -> None:
    """Write a file that its owner alone may read, whole or not at all.

    Raises:
        OSError: it can't be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(
        os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    beside.replace(path)
