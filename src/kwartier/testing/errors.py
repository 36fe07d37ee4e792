"""What can go wrong with a sandbox; the tree is drawn in `kwartier.testing`."""

__all__ = ["NotRunningError", "RefusedError", "SandboxError", "StartError"]


class SandboxError(Exception):
    """The sandbox can't do what is asked."""


class StartError(SandboxError):
    """It can't start, or runs already."""


class NotRunningError(SandboxError):
    """It was not started, or was stopped."""


class RefusedError(SandboxError):
    """It refused what was asked.

    Attributes:
        status: with which status.
    """

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text}")
        self.status = status
