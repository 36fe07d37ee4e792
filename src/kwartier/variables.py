"""Variables of the environment, by name; a place of its own, for settings take long to load."""

from typing import Final

__all__ = ["CLIENT_SECRET", "CLIENT_VARIABLES", "ENV_PREFIX", "PROFILE", "SUBSCRIPTION_KEY"]

ENV_PREFIX: Final = "KWARTIER_"
PROFILE: Final = f"{ENV_PREFIX}PROFILE"
CLIENT_SECRET: Final = f"{ENV_PREFIX}CLIENT_SECRET"
SUBSCRIPTION_KEY: Final = f"{ENV_PREFIX}SUBSCRIPTION_KEY"
CLIENT_VARIABLES: Final = (PROFILE, CLIENT_SECRET, SUBSCRIPTION_KEY)
"""What the user's commands read: no settings of the platform, and nothing that it should refuse."""
