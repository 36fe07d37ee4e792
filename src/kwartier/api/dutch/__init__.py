"""The documentation in Dutch, in the terms of the guide: what each English text is (C8)."""

from typing import Final

from kwartier.api.dutch.answers import ANSWERS
from kwartier.api.dutch.control import CONTROL
from kwartier.api.dutch.played import PLAYED
from kwartier.api.dutch.requests import REQUESTS
from kwartier.gateway.dutch import DUTCH as GATEWAY

__all__ = ["DUTCH"]

DUTCH: Final = GATEWAY | REQUESTS | ANSWERS | CONTROL | PLAYED
"""By the English text."""
