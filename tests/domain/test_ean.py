import pytest

from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError


@pytest.mark.parametrize("text", ["541441234567891234", "541440000000000000", "000000000000000000"])
def test_any_eighteen_digits_are_an_ean(text: str) -> None:
    """M9: an EAN is any eighteen digits; the guide's own example fails its check digit and is taken."""
    assert Ean.parse(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "54144123456789123",
        "5414412345678912345",
        "54144123456789123x",
        "5414 41234567891234",
        "+54144123456789123",
        "\u0665\u0664144123456789123",
    ],
)
def test_anything_but_eighteen_digits_is_no_ean(text: str) -> None:
    """M9: what has not exactly eighteen digits is refused, and the text says what is allowed."""
    with pytest.raises(InvalidValueError, match="18 digits"):
        Ean.parse(text)


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("106141412345678908", True),  # GS1's own example of eighteen digits
        ("106141412345678980", False),
        ("541441234567891234", False),
        ("000000000000000000", True),
        ("100000000000000007", True),
        ("010000000000000009", True),
    ],
)
def test_the_check_digit_is_told(text: str, *, valid: bool) -> None:
    """M9: whether the check digit fits is told of an EAN, by GS1's weights of 3 and 1."""
    assert Ean.parse(text).has_valid_check_digit is valid


def test_exactly_one_last_digit_fits() -> None:
    """M9: of the ten EANs that differ in the last digit alone, one has a fitting check digit."""
    fitting = [
        digit for digit in "0123456789" if Ean.parse("54144123456789123" + digit).has_valid_check_digit
    ]
    assert len(fitting) == 1
