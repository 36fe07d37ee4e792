"""The languages in which the API is documented (C8)."""

from typing import Final

from kwartier.api.dutch import DUTCH
from kwartier.gateway.languages import ENGLISH, Language

__all__ = ["LANGUAGES"]

LANGUAGES: Final = (ENGLISH, Language("nl", "Nederlands", ".nl", DUTCH))
