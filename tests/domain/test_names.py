"""Names, and what is none."""

import pytest

from kwartier.domain.errors import InvalidValueError
from kwartier.domain.names import check_name


@pytest.mark.parametrize(
    "name", ["1SAG1100000017", "Zoë & Co.", "a\N{NO-BREAK SPACE}b", "\N{SYMBOL FOR NULL}", ""]
)
def test_a_name_is_taken_as_it_is(name: str) -> None:
    """E8, R3: whatever can be shown may stand in a name."""
    assert check_name("meter", name) == name


@pytest.mark.parametrize("odd", ["\0", "\n", "\r", "\x1b", "\x7f", "\x85", "\u2028", "\udcff"])
def test_what_can_not_be_shown_is_no_name(odd: str) -> None:
    """E8, R3: a control character is refused, and told in a way that can be shown."""
    with pytest.raises(InvalidValueError) as refused:
        check_name("meter", f"a{odd}b")
    said = str(refused.value)
    assert said.startswith("meter 'a\\")
    assert said.isascii()
    assert said.isprintable()
