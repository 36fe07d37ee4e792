"""What these tests use: a platform, or a database on each engine."""

from support.platform import client, fresh_platform, platform, portal, shared_platform

__all__ = ["client", "fresh_platform", "platform", "portal", "shared_platform"]
