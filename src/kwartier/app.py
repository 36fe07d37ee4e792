"""The platform put together from settings."""

import atexit
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from time import monotonic

from starlette.types import ASGIApp

from kwartier.api.surface import add_api
from kwartier.backoffice.call import Desk
from kwartier.backoffice.surface import add_backoffice
from kwartier.clock import Clock, system_clock
from kwartier.db.engine import Database
from kwartier.db.readings import readings_database
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.errors import InvalidValueError
from kwartier.gateway.entrance import Entrance
from kwartier.gateway.gateway import Gateway
from kwartier.gateway.geography import (
    Geography,
    OpenGeography,
    check_geography,
    check_proxies,
    choose_geography,
)
from kwartier.gateway.glances import Glances
from kwartier.gateway.lengthy import Lengthy
from kwartier.gateway.limits import RateLimiter
from kwartier.gateway.peer import Proxies
from kwartier.gateway.streams import Streams
from kwartier.gateway.targets import Targets
from kwartier.gateway.token import Identity
from kwartier.portal.surface import add_portal
from kwartier.services.audit import Audit
from kwartier.services.authentication import Authenticator
from kwartier.services.clients import Clients
from kwartier.services.consents import Consents
from kwartier.services.contracts import Contracts
from kwartier.services.control import Control
from kwartier.services.deliveries import Deliveries
from kwartier.services.environment import Environment, VersionSource, live, sandbox
from kwartier.services.grants import Grants
from kwartier.services.headpoints import Headpoints
from kwartier.services.intake import Intake
from kwartier.services.key_cipher import KeyCipher
from kwartier.services.keys import SigningKeys
from kwartier.services.lag import lagging
from kwartier.services.limit_store import FOLDER_VARIABLE, Counted, LimitStore, limiter_of
from kwartier.services.organisations import Organisations
from kwartier.services.outbox_desk import OutboxDesk
from kwartier.services.outgoing.wording import Wording
from kwartier.services.people import People
from kwartier.services.scenarios import Scenarios
from kwartier.services.secrets import Hasher
from kwartier.services.store import Store
from kwartier.services.tokens import Tokens
from kwartier.settings import Settings, load_settings
from kwartier.telemetry.database import time_work
from kwartier.telemetry.logs import configure_logs
from kwartier.telemetry.metrics import Metrics
from kwartier.telemetry.requests import Watching
from kwartier.wire.paths import issuer_path, token_path

__all__ = ["Platform", "assemble", "borders", "worker"]


@dataclass(frozen=True, slots=True)
class Platform:
    """The platform put together: the app, and what it stands on.

    Attributes:
        database: the registry.
        databases: all that it opened.
    """

    app: ASGIApp
    database: Database
    hasher: Hasher
    tokens: Tokens
    databases: Sequence[Database]

    def close(self) -> None:
        """Close the databases."""
        for one in self.databases:
            one.close()


def assemble(
    settings: Settings,
    clock: Clock = system_clock,
    metrics: Metrics | None = None,
    readings: VersionSource | None = None,
    counting_folder: Path | None = None,
) -> Platform:
    """The platform of these settings, on a database whose schema is up to date.

    Args:
        settings: what was chosen.
        clock: real time.
        metrics: where requests are counted, if they are.
        readings: what the live environment gives, if not what the store has.
        counting_folder: where the processes of this machine count requests together, if they do.
    """
    ground = _Ground.of(settings, clock)
    tokens = _tokens(ground)
    app = Gateway(
        _targets(ground, tokens, _environments(ground, readings, metrics)),
        Entrance(
            Authenticator(ground.database, ground.hasher, tokens),
            _rate_limiter(ground, counting_folder),
            *borders(settings),
        ),
        clock,
        Streams(settings.max_streams),
        Lengthy(settings.max_long_requests),
        _glances(ground),
    )
    if metrics is not None:
        _observe(ground.databases, metrics)
    watching = Watching(app, metrics, settings.slow_request_ms)
    return Platform(watching, ground.database, ground.hasher, tokens, ground.databases)


def worker() -> ASGIApp:
    """The app of a serving process, which finds its settings in its environment."""
    settings = load_settings()
    configure_logs(settings.log_level, settings.log_format)
    folder = os.environ.get(FOLDER_VARIABLE)
    platform = assemble(
        settings, metrics=_metrics(settings), counting_folder=None if folder is None else Path(folder)
    )
    # The last to close an SQLite file puts into it what stands beside it: then a copy of the file is a copy of all.
    atexit.register(platform.close)
    return platform.app


@dataclass(frozen=True, slots=True)
class _Ground:
    """On what the rooms of a platform stand.

    Attributes:
        clock: real time.
        database: the registry.
        store: the readings, if the live environment is served.
    """

    settings: Settings
    clock: Clock
    database: Database
    store: Database | None
    hasher: Hasher

    @classmethod
    def of(cls, settings: Settings, clock: Clock) -> "_Ground":
        """What these settings name."""
        store = readings_database(settings.database) if EnvironmentName.LIVE in settings.served else None
        hasher = Hasher(settings.pepper.get_secret_value())
        return cls(settings, clock, Database(settings.database), store, hasher)

    @property
    def databases(self) -> list[Database]:
        """All that are open."""
        return [one for one in (self.database, self.store) if one is not None]


def _tokens(ground: _Ground) -> Tokens:
    """What grants tokens and checks them; there is a key to sign with (C1)."""
    settings, database = ground.settings, ground.database
    cipher = KeyCipher(settings.pepper.get_secret_value())
    keys = SigningKeys(database, timedelta(days=settings.key_days), cipher)
    keys.prepare(ground.clock())
    issuer = settings.public_address + issuer_path(settings.tenant_id)
    # An assertion may be addressed to the issuer, or to the endpoint at which it is shown.
    endpoint = settings.public_address + token_path(settings.tenant_id)
    clients = Clients(database, ground.hasher, (issuer, endpoint))
    return Tokens(clients, keys, issuer, settings.token_lifetime)


def _environments(
    ground: _Ground, readings: VersionSource | None, metrics: Metrics | None
) -> list[Environment]:
    """The environments that are served, with these readings in live if not those of the store."""
    made = {EnvironmentName.SANDBOX: sandbox(ground.database)}
    if ground.store is not None:
        audited = None if metrics is None else metrics.audited
        made[EnvironmentName.LIVE] = live(ground.database, readings or Store(ground.store), audited)
    return [made[name] for name in ground.settings.served]


def _targets(ground: _Ground, tokens: Tokens, environments: Sequence[Environment]) -> Targets:
    """Every endpoint of every surface."""
    settings, database, clock = ground.settings, ground.database, ground.clock
    targets, stay_here = Targets(), settings.messages_stay_here
    identity = Identity(tokens, clock, settings.tenant_id, settings.public_address)
    add_api(targets, environments, Control(database), identity, shows_messages=stay_here)
    if ground.store is not None:
        add_backoffice(targets, _desk(ground, ground.store), identity)
    wording = Wording(settings.public_address, settings.operator_name)
    messages = OutboxDesk(database, wording) if stay_here else None
    add_portal(targets, Consents(database, ground.hasher, clock), settings.operator_name, messages)
    return targets


def _desk(ground: _Ground, store: Database) -> Desk:
    """The services behind the backoffice."""
    settings, database, clock = ground.settings, ground.database, ground.clock
    deliveries = Deliveries(store, clock, timedelta(seconds=settings.publication_lead_seconds))
    return Desk(
        intake=Intake(store, deliveries, clock, settings.spool),
        headpoints=Headpoints(store, clock),
        organisations=Organisations(database, clock),
        people=People(database, clock),
        contracts=Contracts(database, clock),
        scenarios=Scenarios(database, store, clock),
        grants=Grants(database, store, clock),
        audit=Audit(database),
        lagging=partial(lagging, store),
        spool=settings.spool,
    )


def _rate_limiter(ground: _Ground, folder: Path | None) -> RateLimiter:
    """What counts requests and failed authentications (C4)."""
    settings, database = ground.settings, ground.database
    store = LimitStore(settings.rate_limit_store)
    return RateLimiter(
        requests=limiter_of(store, Counted.REQUESTS, settings.rate_limit, database, folder, monotonic),
        failures=limiter_of(store, Counted.FAILURES, settings.failed_limit, database, folder, monotonic),
        hasher=ground.hasher,
    )


def _glances(ground: _Ground) -> Glances:
    """What reads a few rows where the request is, if the database is near and no limit is written there at each."""
    counts_there = ground.settings.rate_limit_store == LimitStore.DATABASE.value
    return Glances(are_possible=ground.database.is_near and not counts_there)


def _observe(databases: Sequence[Database], metrics: Metrics) -> None:
    """Let the work of databases be timed."""
    for engine in chain.from_iterable(one.engines for one in databases):
        time_work(engine, metrics.database_held)
    for one in databases:
        one.observed(partial(metrics.database_held, "quick"))


def borders(settings: Settings) -> tuple[Proxies, Geography]:
    """Of whom the platform learns where a request comes from, and from where it may (C3).

    Raises:
        InvalidValueError: settings that do not fit together, or a file that is no database of countries.
    """
    proxies = Proxies.parse(settings.trusted_proxies, settings.forwarded_header)
    host = settings.host if settings.unix_socket is None else None
    check_proxies(host, settings.public_address, are_named=bool(proxies))
    check_geography(settings.geography, settings.host, settings.public_address, behind_proxies=bool(proxies))
    geography = choose_geography(settings.geography, monotonic)
    if settings.unix_socket is not None and not proxies.unix and not isinstance(geography, OpenGeography):
        raise InvalidValueError(
            "setting trusted_proxies: by a unix socket no address is told but by the proxy that uses it: name unix among "
            "them, or say geography off"
        )
    return proxies, geography


def _metrics(settings: Settings) -> Metrics | None:
    """Where a serving process counts, if somebody listens."""
    if settings.metrics_port is None:
        return None
    # Nobody needs it who does not serve.
    from prometheus_client import CollectorRegistry  # noqa: PLC0415

    return Metrics(CollectorRegistry())
