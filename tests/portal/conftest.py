"""The platform that these tests use."""

from support.platform import client, fresh_platform, platform, portal, shared_platform

__all__ = ["client", "fresh_platform", "platform", "portal", "shared_platform"]
