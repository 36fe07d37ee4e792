"""Whole numbers in a query, however many zeros stand before them."""

from http import HTTPStatus

import pytest

from kwartier.wire import paths
from support.platform import Client, assert_refused

JOURNAL = f"{paths.CONTROL}/journal"
ZEROS = "0" * 5000


@pytest.mark.parametrize("limit", ["1", "01", "0" * 18 + "1", ZEROS + "1"])
def test_zeros_before_a_number_count_for_nothing(client: Client, limit: str) -> None:
    """C6: a number is read with any zeros before it, and keeps its meaning."""
    client.mandates()
    answer = client.platform.http.get(JOURNAL, params={"limit": limit}, headers=client.headers)
    assert answer.status_code == HTTPStatus.OK
    assert len(answer.json()["data"]["entries"]) == 1


@pytest.mark.parametrize(
    ("name", "value", "most"),
    [
        ("limit", "1001", 1000),
        ("limit", "0" * 18 + "1001", 1000),
        ("limit", ZEROS + "1001", 1000),
        ("limit", "9" * 5000, 1000),
        ("after", "0" * 18 + "9" * 30, 10**15),
        ("after", "9" * 19, 10**15),
    ],
    ids=["plain", "some zeros", "many zeros", "many nines", "zeros and nines", "nines"],
)
def test_no_zeros_lift_a_bound(client: Client, name: str, value: str, most: int) -> None:
    """C6: a number above its bound is 400 with what is allowed, also behind zeros."""
    answer = client.platform.http.get(JOURNAL, params={name: value}, headers=client.headers)
    assert_refused(answer, HTTPStatus.BAD_REQUEST, f"at most {most}")
