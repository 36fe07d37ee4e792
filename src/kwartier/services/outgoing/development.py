"""The development outbox: nothing leaves the machine, and messages stay readable. Not fit for production."""

from kwartier.services.outgoing.channel import BeforeHandingOver, Parcel

__all__ = ["DevelopmentChannel"]


class DevelopmentChannel:
    """Takes every message and brings it nowhere: it is read where it is kept."""

    keeps_content: bool = True

    def deliver(self, _parcel: Parcel, before: BeforeHandingOver) -> None:
        """Take it."""
        before()
