"""The platform that these tests use, counted, and its log as a serving process writes it."""

from support.platform import client, fresh_platform, platform, portal, shared_platform
from telemetry.counting import counted
from telemetry.logged import logging_as_served

__all__ = [
    "client",
    "counted",
    "fresh_platform",
    "logging_as_served",
    "platform",
    "portal",
    "shared_platform",
]
