"""What can go wrong when a message is sent; drawn in the package's docstring. The texts are for the operator."""

__all__ = ["DoubtError", "LaterError", "NeverError", "SendingError", "WithdrawnError"]


class SendingError(Exception):
    """A message was not sent, or it is not known. The text may name an address: it is kept, and never logged (A2)."""


class LaterError(SendingError):
    """Certainly not taken, and may go well later."""


class NeverError(SendingError):
    """Certainly not taken, and never will be."""


class DoubtError(SendingError):
    """Handed over, and not heard whether it was taken."""


class WithdrawnError(SendingError):
    """No longer to be sent, as was found just before handing it over."""
