"""The fixtures that these tests share."""

from support.platform import fresh_platform, platform, portal, shared_platform
from support.sdk import api, driver, time

__all__ = ["api", "driver", "fresh_platform", "platform", "portal", "shared_platform", "time"]
