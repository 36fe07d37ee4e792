import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.errors import InvalidValueError


@pytest.mark.parametrize(
    "text",
    ["0477.445.084", "0477445084", "BE0477445084", "BE 0477.445.084", "be0477445084", " 0477.445.084 "],
)
def test_every_way_of_writing_is_one_number(text: str) -> None:
    """I1: with or without dots and BE, it is the same enterprise number, kept in one form."""
    assert EnterpriseNumber.parse(text) == "0477.445.084"


@given(st.integers(0, 19_999_999))
def test_both_ranges_are_taken(number: int) -> None:
    """I1: a number beginning with 0 or 1 is taken when its last two digits are 97 less the rest by 97."""
    body = f"{number:08}"
    check = f"{97 - number % 97:02}"
    assert EnterpriseNumber.parse(body + check).replace(".", "") == body + check


@given(st.integers(0, 19_999_999), st.integers(0, 99))
def test_a_slip_of_the_pen_is_seen(number: int, check: int) -> None:
    """I1: any other last two digits than those that fit are refused."""
    assume(check != 97 - number % 97)
    with pytest.raises(InvalidValueError, match="mod 97"):
        EnterpriseNumber.parse(f"{number:08}{check:02}")


@example(0)
@example(97)
@given(st.integers(0, 19_999_999))
def test_no_number_ends_in_two_zeros(number: int) -> None:
    """I1: where the rest by 97 is nothing the last two digits are 97, not 00."""
    with pytest.raises(InvalidValueError, match="mod 97"):
        EnterpriseNumber.parse(f"{number:08}00")


@pytest.mark.parametrize(
    "text",
    ["", "2477.445.084", "477.445.084", "0477.445.0844", "NL0477445084", "0477-445-084", "\u0660477445084"],
)
def test_another_form_is_refused(text: str) -> None:
    """I1: what is not written as an enterprise number is refused, and the text says how to write it."""
    with pytest.raises(InvalidValueError, match=r"0xxx\.xxx\.xxx"):
        EnterpriseNumber.parse(text)
