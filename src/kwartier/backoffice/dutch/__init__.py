"""The documentation of the backoffice in Dutch: what each English text is (C8)."""

from typing import Final

from kwartier.gateway.dutch import DUTCH as GATEWAY

__all__ = ["DUTCH"]

DUTCH: Final = GATEWAY
"""By the English text."""
