"""The fixture that these tests share."""

from testing.asking import ask

__all__ = ["ask"]
