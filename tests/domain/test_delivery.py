"""Ids of deliveries."""

import pytest

from kwartier.domain.delivery import LONGEST_ID, derived_id, read_delivery_id
from kwartier.domain.errors import InvalidValueError


def test_an_id_is_read() -> None:
    """R3: an id has 1 to 200 characters that can be shown; space around it is none of it."""
    assert read_delivery_id(" 2026-11-28/é ") == "2026-11-28/é"
    assert read_delivery_id("x" * 200) == "x" * 200
    for wrong in ("", "  ", "x" * 201, "a\nb", "a\x00"):
        with pytest.raises(InvalidValueError, match="1 to 200"):
            read_delivery_id(wrong)


@pytest.mark.parametrize("name", ["a", "x" * 200, "a\nb", "a\udce9b", " a", "x" * 5000 + "\n"])
def test_an_id_around_any_name_is_one(name: str) -> None:
    """R3: whatever a file or another delivery is called, an id that is made of it is one that can be asked for."""
    made = derived_id("withdrawal of ", name, " 0123")
    assert read_delivery_id(made) == made
    assert len(made) <= LONGEST_ID
    assert made.startswith("withdrawal of ")
    assert made.endswith(" 0123")


def test_ids_around_different_names_differ() -> None:
    """R3: what is left out of a name stands in the id as a digest."""
    names = ["x" * 300, "x" * 301, "a\nb", "a\rb", "a?b", "a b", "a b "]
    assert len({derived_id("", name, " 0") for name in names}) == len(names)
    assert derived_id("withdrawal of ", "monday") == "withdrawal of monday"
