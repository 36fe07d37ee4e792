"""Where an API is: this system's environments and the operator's own (C9, K1)."""

from dataclasses import dataclass
from typing import Final

from kwartier.domain.credentials import EnvironmentName
from kwartier.wire.paths import BASE_PATHS

__all__ = ["FLUVIUS", "OPERATOR_LIVE", "OPERATOR_SANDBOX", "Environment"]

FLUVIUS: Final = "https://api.fluvius.be"
"""The operator's own host."""


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment of an API.

    Attributes:
        base_url: of the guide's API: what stands before `/api/mandate`.
        is_sandbox: whether its meters are fictitious, and mandates are made with `mock_mandate`.
    """

    base_url: str
    is_sandbox: bool

    @classmethod
    def at(cls, address: str, name: str = "sandbox") -> "Environment":
        """An environment of this system at an address.

        Args:
            address: of the platform, as `https://kwartier.example`.
            name: `sandbox` or `live`.

        Raises:
            ValueError: no such environment.
        """
        environment = EnvironmentName(name)
        path, _ = BASE_PATHS[environment]
        return cls(address.rstrip("/") + path, environment is EnvironmentName.SANDBOX)


OPERATOR_LIVE: Final = Environment.at(FLUVIUS, "live")
OPERATOR_SANDBOX: Final = Environment.at(FLUVIUS, "sandbox")
