"""What a client likes best, as it says in `Accept` and `Accept-Encoding` (RFC 9110 §12.4.2)."""

from collections.abc import Iterable
from typing import Final

__all__ = ["likes_better", "weights_of"]

_PARAMETER_OF_WEIGHT: Final = "q"


def weights_of(values: Iterable[str]) -> dict[str, int]:
    """The weight of each thing that the lines of a header name, in thousandths; names are in lower case."""
    weights: dict[str, int] = {}
    for part in ",".join(values).lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if name:
            weights[name] = _weight(parameters)
    return weights


def likes_better(accept: Iterable[str], media_type: str, usual: str) -> bool:
    """Whether a client likes a media type better than the usual one. It must name it: a star alone means the usual.

    Args:
        accept: the lines of `Accept`.
        media_type: that which is asked about.
        usual: that which it gets otherwise.
    """
    weights = weights_of(accept)
    weight = weights.get(media_type, 0)
    if usual in weights:
        return weight > weights[usual]
    return weight > 0 and weight >= weights.get(f"{usual.partition('/')[0]}/*", weights.get("*/*", 0))


def _weight(parameters: list[str]) -> int:
    """The weight in thousandths; one that is written wrong counts as none, so that nothing unwanted is sent."""
    for parameter in parameters:
        name, _, value = (piece.strip() for piece in parameter.partition("="))
        if name == _PARAMETER_OF_WEIGHT:
            whole, _, decimals = value.partition(".")
            digits = whole + decimals
            if whole not in {"0", "1"} or len(decimals) > 3 or not (digits.isascii() and digits.isdecimal()):
                return 0
            weight = int(whole) * 1000 + int(decimals.ljust(3, "0"))
            return weight if weight <= 1000 else 0
    return 1000
