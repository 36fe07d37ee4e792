"""The documentation in Dutch, in the terms of the guide: what each English text is (C8)."""

from typing import Final

from kwartier.api.dutch.answers import ANSWERS
from kwartier.api.dutch.control import CONTROL
from kwartier.api.dutch.http import HTTP
from kwartier.api.dutch.requests import REQUESTS
from kwartier.api.dutch.tokens import TOKENS

__all__ = ["DUTCH"]

DUTCH: Final = REQUESTS | ANSWERS | HTTP | TOKENS | CONTROL
"""By the English text."""
