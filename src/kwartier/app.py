"""The platform put together from settings."""

import logging
from dataclasses import dataclass

from starlette.types import ASGIApp

from kwartier.api.limits import MemoryLimiter
from kwartier.api.surface import surface
from kwartier.api.token import Identity
from kwartier.clock import Clock, system_clock
from kwartier.db.engine import Database
from kwartier.services.authentication import Authenticator
from kwartier.services.control import Control
from kwartier.services.environment import sandbox
from kwartier.services.secrets import Hasher
from kwartier.services.tokens import Tokens
from kwartier.settings import Settings, load_settings
from kwartier.wire.paths import issuer_path

__all__ = ["Platform", "assemble", "worker"]


@dataclass(frozen=True, slots=True)
class Platform:
    """The platform put together: the app, and what it stands on."""

    app: ASGIApp
    database: Database
    hasher: Hasher
    tokens: Tokens


def assemble(settings: Settings, clock: Clock = system_clock) -> Platform:
    """The platform of these settings, on a database whose schema is up to date."""
    database = Database(settings.database)
    hasher = Hasher(settings.pepper.get_secret_value())
    issuer = settings.public_address + issuer_path(settings.tenant_id)
    tokens = Tokens(database, hasher, issuer, settings.token_lifetime)
    tokens.prepare(clock())
    app = surface(
        sandbox(database),
        Control(database),
        Identity(tokens, clock, settings.tenant_id, settings.public_address),
        Authenticator(database, hasher, tokens),
        MemoryLimiter(settings.rate_limit),
    )
    return Platform(app, database, hasher, tokens)


def worker() -> ASGIApp:
    """The app of a serving process, which finds its settings in its environment."""
    settings = load_settings()
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    return assemble(settings).app
