"""Kwartier: the metering-data platform of Flanders' guide for professional users, whole.

The client's names are here: `from kwartier import Client`. Importing this loads no server room, and the client itself
only when a name of it is used; `docs/client.md` shows it. `docs/architecture.md` shows the rooms and which way the arrows
point.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from kwartier.client.credentials import Credentials
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
        WrongRequestError,
    )
    from kwartier.client.gaps import Gap, Why
    from kwartier.client.mandates import Mandate
    from kwartier.client.peaks import MonthPeak, mean_peak_kw
    from kwartier.client.quota import Quota
    from kwartier.client.sync import Client
    from kwartier.client.table import EnergyTable, EnergyValue

__all__ = [
    "OPERATOR_LIVE",
    "OPERATOR_SANDBOX",
    "AnswerError",
    "ApiError",
    "Asked",
    "Client",
    "ConfigurationError",
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
    "SecretError",
    "ServerError",
    "TokenError",
    "Why",
    "WrongRequestError",
    "__version__",
    "mean_peak_kw",
]

__version__ = "0.1.0"

_MODULES: Final = {
    "credentials": ("Credentials",),
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
        "WrongRequestError",
    ),
    "gaps": ("Gap", "Why"),
    "mandates": ("Mandate",),
    "peaks": ("MonthPeak", "mean_peak_kw"),
    "quota": ("Quota",),
    "sync": ("Client",),
    "table": ("EnergyTable", "EnergyValue"),
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
