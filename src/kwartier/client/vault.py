"""Where a client keeps its secrets: the system's keyring where there is one, else a file that its owner alone may read."""

import json
import tomllib
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import tomli_w

from kwartier.client.errors import ConfigurationError
from kwartier.client.profiles import write_private

__all__ = ["FileVault", "KeyringVault", "Secrets", "Vault", "keyring_vault", "vault_of"]

_FILE: Final = "secrets.toml"
_SERVICE: Final = "kwartier"


class Secrets(NamedTuple):
    """What proves who asks (I3)."""

    client_secret: str
    subscription_key: str

    def __repr__(self) -> str:
        return "Secrets(…)"


class Vault(Protocol):
    """Keeps the secrets of profiles."""

    @property
    def name(self) -> str:
        """How a profile names it."""

    @property
    def place(self) -> str:
        """Where it is, in words for the user."""

    def keep(self, profile: str, secrets: Secrets) -> None:
        """Keep the secrets of a profile; raises `ConfigurationError` where that fails."""

    def find(self, profile: str) -> Secrets | None:
        """The secrets of a profile; None: there are none."""

    def forget(self, profile: str) -> None:
        """Remove the secrets of a profile, if there are any."""


class FileVault:
    """A file in the user's configuration folder, with mode 600.

    Args:
        folder: that folder.
    """

    name: Final = "file"

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE

    @property
    def place(self) -> str:
        """The file, and who may read it."""
        return f"the file {self._path}, which you alone may read (mode 600)"

    def keep(self, profile: str, secrets: Secrets) -> None:
        """Write the secrets of a profile."""
        self._write(self._read() | {profile: secrets._asdict()})

    def find(self, profile: str) -> Secrets | None:
        """Read the secrets of a profile."""
        kept = self._read().get(profile)
        return None if kept is None else Secrets(**kept)

    def forget(self, profile: str) -> None:
        """Remove the secrets of a profile; with the last the file goes."""
        left = {name: kept for name, kept in self._read().items() if name != profile}
        if left:
            self._write(left)
        else:
            self._path.unlink(missing_ok=True)

    def _read(self) -> dict[str, Any]:
        try:
            if self._path.stat().st_mode & 0o077:
                self._path.chmod(0o600)
            return tomllib.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            # Not its text: a line of this file is a secret.
            raise ConfigurationError(f"{self._path} can't be read: {type(error).__name__}") from None

    def _write(self, content: dict[str, Any]) -> None:
        try:
            write_private(self._path, tomli_w.dumps(content))
        except OSError as error:
            raise ConfigurationError(f"{self._path}: {error.strerror}") from error


class KeyringVault:
    """The system's keyring.

    Args:
        keyring: a backend of the package of that name.
    """

    name: Final = "keyring"

    def __init__(self, keyring: Any) -> None:
        self._keyring = keyring

    @property
    def place(self) -> str:
        """The keyring, by its name."""
        return f"the system's keyring ({self._keyring.name})"

    def keep(self, profile: str, secrets: Secrets) -> None:
        """Hand the secrets of a profile to the keyring."""
        self._done(self._keyring.set_password, profile, json.dumps(secrets._asdict()))

    def find(self, profile: str) -> Secrets | None:
        """Ask the keyring for the secrets of a profile."""
        kept = self._done(self._keyring.get_password, profile)
        return None if kept is None else Secrets(**json.loads(kept))

    def forget(self, profile: str) -> None:
        """Have the keyring remove the secrets of a profile."""
        if self.find(profile) is not None:
            self._done(self._keyring.delete_password, profile)

    @staticmethod
    def _done(act: Any, *arguments: str) -> Any:
        from keyring.errors import KeyringError  # noqa: PLC0415 - slow to load, and most profiles have no need of it

        try:
            return act(_SERVICE, *arguments)
        except KeyringError as error:
            raise ConfigurationError(
                f"the system's keyring: {str(error).strip() or type(error).__name__}"
            ) from error


def keyring_vault() -> KeyringVault | None:
    """The system's keyring; None: there is none that can be used."""
    import keyring  # noqa: PLC0415 - as above

    found = keyring.get_keyring()
    # The package puts stand-ins that keep nothing at 0 and below.
    return KeyringVault(found) if found.priority > 0 else None


def vault_of(name: str, folder: Path) -> Vault:
    """The vault that a profile names.

    Args:
        name: `keyring` or `file`.
        folder: the user's configuration folder.

    Raises:
        ConfigurationError: no such vault, or no keyring here.
    """
    if name == FileVault.name:
        return FileVault(folder)
    if name != KeyringVault.name:
        raise ConfigurationError(f"no place for secrets is called {name}: keyring or file")
    found = keyring_vault()
    if found is None:
        raise ConfigurationError(
            "there is no keyring that can be reached from here: unlock it, or `kwartier login --keep-in file`"
        )
    return found
