"""Settings: from options of the command, `KWARTIER_…` variables and a TOML file, in this order of precedence.

InvalidValueError
└── SettingsError         a setting that is wrong or unknown; one line that names it and what is allowed
"""

import os
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from platformdirs import user_config_path, user_data_path
from pydantic import AfterValidator, AnyHttpUrl, Field, SecretStr, TypeAdapter, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.geography import is_loopback
from kwartier.domain.signing import MAX_TOKEN_LIFETIME
from kwartier.variables import CLIENT_VARIABLES, ENV_PREFIX

__all__ = ["CONFIG_VARIABLE", "ENV_PREFIX", "Settings", "SettingsError", "load_settings"]

CONFIG_VARIABLE: Final = f"{ENV_PREFIX}CONFIG"
_ONE_LINE: Final = r"^[^\x00-\x1f\x7f]*$"
_FILE_NAME: Final = "kwartier.toml"
_MAX_TOKEN_SECONDS: Final = int(MAX_TOKEN_LIFETIME.total_seconds())


class SettingsError(InvalidValueError):
    """A setting that is wrong or unknown."""


def _database_default() -> str:
    return f"sqlite:///{user_data_path('kwartier') / 'kwartier.db'}"


def _database_url(url: str) -> str:
    file = url.startswith("sqlite:///") and url not in {"sqlite:///", "sqlite:///:memory:"}
    if not file and not url.startswith("postgresql://"):
        raise ValueError("the forms are sqlite:///FILE and postgresql://USER:PASSWORD@HOST/NAME")
    return url


def _environments(text: str) -> str:
    names = [name.strip() for name in text.split(",")]
    allowed = [environment.value for environment in EnvironmentName]
    if any(name not in allowed for name in names):
        raise ValueError(f"some of {', '.join(allowed)}, with commas between them")
    return ",".join(name for name in allowed if name in names)


def _http_url(url: str) -> str:
    TypeAdapter(AnyHttpUrl).validate_python(url)
    # Paths are put behind it, and it stands in every token.
    if not url.isprintable() or {*url} & {*" ?#"} or "@" in urlsplit(url).netloc:
        raise ValueError(
            "an address has no user, query, fragment or blank; the form is https://metering.example"
        )
    return url.rstrip("/")


def _smtp_url(url: SecretStr) -> SecretStr:
    parsed = urlsplit(url.get_secret_value())
    if parsed.scheme not in {"smtp", "smtps"} or not parsed.hostname:
        raise ValueError("the forms are smtps://USER:PASSWORD@HOST:PORT and smtp://USER:PASSWORD@HOST:PORT")
    return url


def _sender(text: str) -> str:
    _, address = parseaddr(text)
    if not text.isprintable() or not all(address.partition("@")):
        raise ValueError("the forms are ADDRESS and NAME <ADDRESS>")
    return text


class Settings(BaseSettings):
    """All settings, with what they mean; docs/settings.md is made from this."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, extra="forbid", frozen=True)

    database: Annotated[str, AfterValidator(_database_url)] = Field(
        default_factory=_database_default,
        repr=False,  # it may hold a password
        description="Where credentials, keys, mandates and the audit are kept: `sqlite:///FILE`, by default in the user's "
        "data folder, with the readings in a second file beside it, or `postgresql://USER:PASSWORD@HOST/NAME`.",
    )
    environments: Annotated[str, AfterValidator(_environments)] = Field(
        default="sandbox,live",
        description="Which environments are served: `sandbox`, `live`, or both with a comma between them.",
    )
    host: str = Field(default="127.0.0.1", description="The address on which `serve` listens.")
    port: int = Field(
        default=8484, ge=0, le=65535, description="The port on which `serve` listens; 0 takes a free one."
    )
    unix_socket: Path | None = Field(
        default=None, description="The unix socket on which `serve` listens, instead of host and port."
    )
    unix_socket_mode: str = Field(
        default="660",
        pattern="^[0-7]{3}$",
        description="Who may connect to the unix socket, as for `chmod`: `660` is its owner and its group.",
    )
    workers: int = Field(default=1, ge=1, le=64, description="How many processes serve.")
    shutdown_grace_seconds: int = Field(
        default=30,
        ge=0,
        le=3600,
        description="How long answers under way may take to end after `serve` is told to stop; then they are cut.",
    )
    shutdown_drain_seconds: float = Field(
        default=0.5,
        ge=0,
        le=300,
        description="For how long, at least, new requests are refused with 503 before `serve` stops listening: for "
        "proxies that must see it first. Within the grace.",
    )
    max_streams: int = Field(
        default=100,
        ge=1,
        description="How many answers with energy, and long lists, a worker gives at the same time; beyond it 503 with "
        "`Retry-After`.",
    )
    max_long_requests: int = Field(
        default=2,
        ge=1,
        le=16,
        description="How many deliveries over HTTP, and other requests that take long, a worker has under way at the same "
        "time; beyond it 503 with `Retry-After`.",
    )
    spool: Path | None = Field(
        default=None,
        description="The folder in which the rows of large deliveries wait on their way in, up to about 40 bytes each; by "
        "default the system's for temporary files, which must not lie in memory.",
    )
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
        description="A secret that goes into the hash of every client secret and subscription key, and encrypts the keys "
        "that sign tokens. Changing it makes all credentials useless.",
    )
    geography: str | None = Field(
        default=None,
        description="The file with the countries of addresses (C3), or `off` to let in from everywhere. Needed where others "
        "than this machine can ask.",
    )
    trusted_proxies: str = Field(
        default="",
        description="The networks whose word is taken for where a request came from, with commas between them; `unix` for "
        "the socket.",
    )
    forwarded_header: str = Field(
        default="x-forwarded-for",
        pattern="^(x-forwarded-for|forwarded)$",
        description="In which header trusted proxies say so: `x-forwarded-for` or `forwarded`; the other is not read.",
    )
    rate_limit: int = Field(default=300, ge=1, description="Requests a minute of one subscription (C4).")
    rate_limit_store: str = Field(
        default="auto",
        pattern="^(auto|memory|shared|database)$",
        description="Where requests are counted: `memory`, each worker for itself; `shared`, the workers of one machine "
        "together; `database`, all machines that share one; or `auto`, which is `memory` for one worker and `shared` "
        "for several.",
    )
    failed_limit: int = Field(
        default=30,
        ge=1,
        description="Failed authentications a minute from one address: beyond it there is 429 instead of 401 (C4).",
    )
    token_lifetime: int = Field(
        default=_MAX_TOKEN_SECONDS,
        ge=1,
        le=_MAX_TOKEN_SECONDS,
        description="Seconds for which an access token is valid (C1).",
    )
    key_days: int = Field(
        default=90,
        ge=1,
        le=3650,
        description="Days after which the next key signs tokens (C1); the one before is published until its last token "
        "has ended.",
    )
    publication_lead_seconds: float = Field(
        default=2.0,
        ge=0.1,
        le=60,
        description="How far ahead of now a delivery of readings becomes visible: longer than a commit takes, and than the "
        "clocks of several machines differ.",
    )
    operator_name: str = Field(
        default="Kwartier",
        min_length=1,
        max_length=80,
        pattern=_ONE_LINE,
        description="The operator's name, under messages and on the pages of grid users.",
    )
    operator_address: str = Field(
        default="",
        pattern=_ONE_LINE,
        description="The operator's postal address on letters, with commas between its lines.",
    )
    smtp_url: Annotated[SecretStr, AfterValidator(_smtp_url)] | None = Field(
        default=None,
        description="The server that takes mail: `smtps://USER:PASSWORD@HOST:PORT`, or `smtp://…`, which asks for TLS with "
        "STARTTLS and insists on it but on this machine. Without it messages wait; on loopback they can be read at "
        "`/outbox` instead, for development.",
    )
    smtp_from: Annotated[str, AfterValidator(_sender)] | None = Field(
        default=None, description="From whom mail comes: `NAME <ADDRESS>`. Needed with `smtp_url`."
    )
    letters_folder: Path | None = Field(
        default=None,
        description="The folder into which letters are put as PDF, for who has no e-mail address. Without it they wait.",
    )
    log_level: str = Field(
        default="info",
        pattern="^(critical|error|warning|info|debug)$",
        description="What is logged: `critical`, `error`, `warning`, `info` or `debug`.",
    )
    log_format: str = Field(
        default="auto",
        pattern="^(console|json|auto)$",
        description="How a line of the log looks: `json`, `console` for people, or `auto`, which is `console` on a "
        "terminal and `json` elsewhere.",
    )
    slow_request_ms: int = Field(
        default=2000,
        ge=0,
        description="Requests that take longer than so many milliseconds are warned of in the log; 0 warns of none.",
    )
    metrics_host: str = Field(
        default="127.0.0.1",
        description="The address on which metrics, liveness and readiness are told: not for the open internet.",
    )
    metrics_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="The port on which they are told; 0 takes a free one, without one they are not told.",
    )

    @property
    def served(self) -> tuple[EnvironmentName, ...]:
        """Which environments are served."""
        return tuple(EnvironmentName(name) for name in self.environments.split(","))

    @property
    def messages_stay_here(self) -> bool:
        """Whether messages go nowhere and are read on this machine: nothing takes mail, and nobody else can reach it."""
        return (
            self.smtp_url is None
            and self.geography is None
            and self.unix_socket is None
            and not self.trusted_proxies
            and is_loopback(self.host)
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
        [name for name in os.environ if name.startswith(ENV_PREFIX)],
        [*variables, CONFIG_VARIABLE, *CLIENT_VARIABLES],
        "{}",
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
