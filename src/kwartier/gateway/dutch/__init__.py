"""What the gateway says for every surface, in Dutch: what each English text is (C8)."""

from typing import Final

from kwartier.gateway.dutch.http import HTTP
from kwartier.gateway.dutch.tokens import TOKENS

__all__ = ["DUTCH"]

DUTCH: Final = HTTP | TOKENS
"""By the English text."""
