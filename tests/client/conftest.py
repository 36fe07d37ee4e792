"""The fixtures that these tests share."""

from support.platform import fresh_platform, platform, portal, shared_platform

__all__ = ["fresh_platform", "platform", "portal", "shared_platform"]
