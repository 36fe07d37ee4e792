"""Moments in texts of whatever form."""

from datetime import datetime

import pytest

from kwartier.domain.written_moments import earliest_moment
from support.domain import brussels


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ('{"ean":"541448800000000007","start":"2012-06-30T22:15:00Z","value":"0.2"}', "2012-07-01T00:15"),
        ("541448800000000007,,1SAG2013,offtake,2012-07-01T00:15:00+02:00,PT15M", "2012-07-01T00:15"),
        ("541448800000000007;2012-07-01 00:15:00.000+0200;3", "2012-07-01T00:15"),
        ("31-12-2011;23:45:00;01-01-2012;00:00:00;'541448800000000007", "2011-12-31T00:00"),
        ("05/02/2012;x;2012-02-04", "2012-02-04T00:00"),
        ("2012-02-04 12:30 and nothing of a zone", "2012-02-04T12:30"),
    ],
)
def test_the_earliest_moment_of_a_text(text: str, moment: str) -> None:
    """R3: the long form and the portal's dates are found wherever they stand, the earliest of several; digits of an EAN are none."""
    assert earliest_moment(text) == brussels(moment)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c",
        "541448820100101007",
        "2012-13-01",
        "31-02-2012",
        "2012-01-01T25:00:00Z",
        "0210-01-01",
        "12-2012",
    ],
)
def test_what_only_looks_like_a_moment_is_none(text: str) -> None:
    """R3: a date that no calendar has, or of a year without meters, does not tell when something was measured."""
    assert earliest_moment(text) is None


def test_a_moment_knows_its_zone() -> None:
    """R3: moments compare with others."""
    found = earliest_moment("2012-01-01")
    assert isinstance(found, datetime)
    assert found.isoformat() == "2011-12-31T23:00:00+00:00"
