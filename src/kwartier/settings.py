"""Settings: from options of the command, `KWARTIER_…` variables and a TOML file, in this order of precedence.

ValueError
└── SettingsError         a setting that is wrong or unknown; one line that names it and what is allowed
"""

import os
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final

from platformdirs import user_config_path, user_data_path
from pydantic import AfterValidator, AnyHttpUrl, Field, SecretStr, TypeAdapter, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

__all__ = ["CONFIG_VARIABLE", "ENV_PREFIX", "Settings", "SettingsError", "load_settings"]

ENV_PREFIX: Final = "KWARTIER_"
CONFIG_VARIABLE: Final = f"{ENV_PREFIX}CONFIG"
_FILE_NAME: Final = "kwartier.toml"


class SettingsError(ValueError):
    """A setting that is wrong or unknown."""


def _database_default() -> str:
    return f"sqlite:///{user_data_path('kwartier') / 'kwartier.db'}"


def _sqlite_url(url: str) -> str:
    if not url.startswith("sqlite:///") or url in {"sqlite:///", "sqlite:///:memory:"}:
        raise ValueError("the form is sqlite:///FILE")
    return url


def _http_url(url: str) -> str:
    TypeAdapter(AnyHttpUrl).validate_python(url)
    return url.rstrip("/")


class Settings(BaseSettings):
    """All settings, with what they mean; docs/settings.md is made from this."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, extra="forbid", frozen=True)

    database: Annotated[str, AfterValidator(_sqlite_url)] = Field(
        default_factory=_database_default,
        description="Where credentials, keys and mandates are kept: `sqlite:///FILE`, by default in the user's data folder.",
    )
    host: str = Field(default="127.0.0.1", description="The address on which `serve` listens.")
    port: int = Field(
        default=8484, ge=0, le=65535, description="The port on which `serve` listens; 0 takes a free one."
    )
    workers: int = Field(default=1, ge=1, le=64, description="How many processes serve.")
    public_url: Annotated[str, AfterValidator(_http_url)] | None = Field(
        default=None,
        description="The address under which users reach the platform, for the addresses it prints and signs; "
        "by default that on which it listens.",
    )
    tenant_id: str = Field(
        default="6b4f1c52-8a37-4e0d-9d21-57a1f0c3e984",
        pattern=r"^[0-9A-Za-z-]{1,64}$",
        description="The operator's identification, in the path of the token endpoint (C1).",
    )
    pepper: SecretStr = Field(
        default=SecretStr(""),
        description="A secret that goes into the hash of every client secret and subscription key. Changing it "
        "makes all credentials useless.",
    )
    rate_limit: int = Field(
        default=300, ge=1, description="Requests a minute of one subscription, per worker (C4)."
    )
    token_lifetime: int = Field(
        default=3600, ge=1, le=3600, description="Seconds for which an access token is valid (C1)."
    )
    log_level: str = Field(
        default="info",
        pattern="^(critical|error|warning|info|debug)$",
        description="What is logged: `critical`, `error`, `warning`, `info` or `debug`.",
    )

    @property
    def public_address(self) -> str:
        """The address under which users reach the platform, without a slash at the end."""
        if self.public_url is not None:
            return self.public_url
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Options of the command, then variables; the file is laid below them by `load_settings`."""
        del settings_cls, dotenv_settings, file_secret_settings
        return init_settings, env_settings


def load_settings(options: Mapping[str, Any] | None = None) -> Settings:
    """The settings in force.

    Args:
        options: what was given to the command; None means "not given".

    Raises:
        SettingsError: a value that is not allowed, an unknown name, or a file that can't be read.
    """
    given = {name: value for name, value in (options or {}).items() if value is not None}
    variables = [_variable(name) for name in Settings.model_fields]
    _refuse_unknown(
        [name for name in os.environ if name.startswith(ENV_PREFIX)], [*variables, CONFIG_VARIABLE], "{}"
    )
    file = _read_file()
    below = {name: value for name, value in file.items() if _variable(name) not in os.environ}
    try:
        return Settings(**(below | given))
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "a setting"
        raise SettingsError(f"setting {name}: {first['msg'].removeprefix('Value error, ')}") from None


def _variable(name: str) -> str:
    return ENV_PREFIX + name.upper()


def _read_file() -> dict[str, Any]:
    """The settings of the TOML file: the one named by `KWARTIER_CONFIG`, else ./kwartier.toml, else the user's."""
    named = os.environ.get(CONFIG_VARIABLE)
    candidates = [Path(named)] if named else [Path(_FILE_NAME), user_config_path("kwartier") / _FILE_NAME]
    for path in candidates:
        if not path.is_file():
            continue
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingsError(f"settings file {path}: {error}") from None
        _refuse_unknown(content, Settings.model_fields, f"{{}} (in {path})")
        return content
    if named:
        raise SettingsError(f"settings file {named} ({CONFIG_VARIABLE}) is not there")
    return {}


def _refuse_unknown(names: Iterable[str], allowed: Iterable[str], form: str) -> None:
    """Refuse a name that is no setting; `form` shows it as the user wrote it."""
    for name in names:
        if name not in allowed:
            close = get_close_matches(name, allowed, n=1)
            hint = f"; did you mean {form.format(close[0])}?" if close else ""
            raise SettingsError(f"unknown setting {form.format(name)}{hint}")
