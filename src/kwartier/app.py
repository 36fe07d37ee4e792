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
from kwartier.gateway.geography import Geography, OpenGeography, check_geography, choose_geography
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
from kwartier.services.environment import VersionSource, live, sandbox
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
    database = Database(settings.database)
    pepper = settings.pepper.get_secret_value()
    hasher = Hasher(pepper)
    issuer = settings.public_address + issuer_path(settings.tenant_id)
    keys = SigningKeys(database, timedelta(days=settings.key_days), KeyCipher(pepper))
    keys.prepare(clock())
    # An assertion may be addressed to the issuer, or to the endpoint at which it is shown.
    endpoint = settings.public_address + token_path(settings.tenant_id)
    clients = Clients(database, hasher, (issuer, endpoint))
    tokens = Tokens(clients, keys, issuer, settings.token_lifetime)
    store = readings_database(settings.database) if EnvironmentName.LIVE in settings.served else None
    environments = {EnvironmentName.SANDBOX: sandbox(database)}
    if store is not None:
        environments[EnvironmentName.LIVE] = live(
            database, readings or Store(store), None if metrics is None else metrics.audited
        )
    targets = Targets()
    identity = Identity(tokens, clock, settings.tenant_id, settings.public_address)
    add_api(targets, [environments[name] for name in settings.served], Control(database), identity)
    if store is not None:
        add_backoffice(targets, _desk(settings, database, store, clock), identity)
    wording = Wording(settings.public_address, settings.operator_name)
    add_portal(
        targets,
        Consents(database, hasher, clock),
        settings.operator_name,
        OutboxDesk(database, wording) if settings.messages_stay_here else None,
    )
    app = Gateway(
        targets,
        Entrance(
            Authenticator(database, hasher, tokens),
            _rate_limiter(settings, database, hasher, counting_folder),
            *borders(settings),
        ),
        clock,
        Streams(settings.max_streams),
        Lengthy(settings.max_long_requests),
        # A limit that is kept in the database is written at every request.
        Glances(are_possible=database.is_near and settings.rate_limit_store != LimitStore.DATABASE.value),
    )
    databases = [one for one in (database, store) if one is not None]
    if metrics is not None:
        for engine in chain.from_iterable(one.engines for one in databases):
            time_work(engine, metrics.database_held)
        for one in databases:
            one.observed(partial(metrics.database_held, "quick"))
    watching = Watching(app, metrics, settings.slow_request_ms)
    return Platform(watching, database, hasher, tokens, databases)


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


def _desk(settings: Settings, database: Database, store: Database, clock: Clock) -> Desk:
    """The services behind the backoffice."""
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


def _rate_limiter(settings: Settings, database: Database, hasher: Hasher, folder: Path | None) -> RateLimiter:
    """What counts requests and failed authentications (C4)."""
    store = LimitStore(settings.rate_limit_store)
    return RateLimiter(
        requests=limiter_of(store, Counted.REQUESTS, settings.rate_limit, database, folder, monotonic),
        failures=limiter_of(store, Counted.FAILURES, settings.failed_limit, database, folder, monotonic),
        hasher=hasher,
    )


def borders(settings: Settings) -> tuple[Proxies, Geography]:
    """Of whom the platform learns where a request comes from, and from where it may (C3).

    Raises:
        InvalidValueError: settings that do not fit together, or a file that is no database of countries.
    """
    proxies = Proxies.parse(settings.trusted_proxies, settings.forwarded_header)
    check_geography(settings.geography, settings.host, behind_proxies=bool(proxies))
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
