"""The event loop in which these tests' platforms run."""

from support.platform import portal

__all__ = ["portal"]
