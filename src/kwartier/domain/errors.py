"""What can be wrong with a value of the field.

ValueError
└── InvalidValueError     a value that its rule does not allow; the text says what is allowed
"""

__all__ = ["InvalidValueError"]


class InvalidValueError(ValueError):
    """A value that its rule does not allow. Its text names what is allowed, in words fit for the user."""
