"""The platform that these tests use."""

from support.platform import platform, portal, shared_platform

__all__ = ["platform", "portal", "shared_platform"]
