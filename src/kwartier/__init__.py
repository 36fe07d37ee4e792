"""Kwartier: the metering-data platform of Flanders' guide for professional users, whole.

The client's names are here: `from kwartier import Client`. Importing this loads no server room, and the client itself
only when a name of it is used; `docs/client.md` shows it. `docs/architecture.md` shows the rooms and which way the arrows
point.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from kwartier.client.asynchronous import AsyncClient
    from kwartier.client.connecting import Settings
    from kwartier.client.credentials import Assertion, ConnectionDetails, Credentials
    from kwartier.client.environments import OPERATOR_LIVE, OPERATOR_SANDBOX, Environment
    from kwartier.client.errors import (
        AnswerError,
        ApiError,
        Asked,
        ConfigurationError,
        ContractError,
        GeographyError,
        KwartierError,
        NetworkError,
        NothingGrantedError,
        QuotaError,
        SecretError,
        ServerError,
        TokenError,
        UnreadableError,
        WrongRequestError,
    )
    from kwartier.client.gaps import Gap, Why
    from kwartier.client.mandates import Mandate
    from kwartier.client.parsing import UnknownNameWarning, read_energy
    from kwartier.client.peaks import MonthPeak, mean_peak_kw
    from kwartier.client.quota import Quota
    from kwartier.client.retrying import Retrying
    from kwartier.client.sync import Client
    from kwartier.client.table import EnergyTable, TextColumn
    from kwartier.client.values import EnergyValue

__all__ = [
    "OPERATOR_LIVE",
    "OPERATOR_SANDBOX",
    "AnswerError",
    "ApiError",
    "Asked",
    "Assertion",
    "AsyncClient",
    "Client",
    "ConfigurationError",
    "ConnectionDetails",
    "ContractError",
    "Credentials",
    "EnergyTable",
    "EnergyValue",
    "Environment",
    "Gap",
    "GeographyError",
    "KwartierError",
    "Mandate",
    "MonthPeak",
    "NetworkError",
    "NothingGrantedError",
    "Quota",
    "QuotaError",
    "Retrying",
    "SecretError",
    "ServerError",
    "Settings",
    "TextColumn",
    "TokenError",
    "UnknownNameWarning",
    "UnreadableError",
    "Why",
    "WrongRequestError",
    "__version__",
    "mean_peak_kw",
    "read_energy",
]

__version__ = "0.1.0"

_MODULES: Final = {
    "asynchronous": ("AsyncClient",),
    "connecting": ("Settings",),
    "credentials": ("Assertion", "ConnectionDetails", "Credentials"),
    "environments": ("OPERATOR_LIVE", "OPERATOR_SANDBOX", "Environment"),
    "errors": (
        "AnswerError",
        "ApiError",
        "Asked",
        "ConfigurationError",
        "ContractError",
        "GeographyError",
        "KwartierError",
        "NetworkError",
        "NothingGrantedError",
        "QuotaError",
        "SecretError",
        "ServerError",
        "TokenError",
        "UnreadableError",
        "WrongRequestError",
    ),
    "gaps": ("Gap", "Why"),
    "mandates": ("Mandate",),
    "parsing": ("UnknownNameWarning", "read_energy"),
    "peaks": ("MonthPeak", "mean_peak_kw"),
    "quota": ("Quota",),
    "retrying": ("Retrying",),
    "sync": ("Client",),
    "table": ("EnergyTable", "TextColumn"),
    "values": ("EnergyValue",),
}
_WHERE: Final = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """A name of the client, imported when it is first used."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"kwartier.client.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    """What is here, loaded or not."""
    return sorted({*globals(), *__all__})
