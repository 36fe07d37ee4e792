"""How many examples a property is tried on: few in `make test`, all in `make test-all`."""

from hypothesis import settings

__all__ = ["examples"]


def examples(thorough: int) -> int:
    """How many examples a test takes that tries so many when there is time."""
    return max(1, thorough * settings().max_examples // 100)
