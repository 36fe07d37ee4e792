import pytest

from kwartier.domain.ean import Ean
from kwartier.domain.metering import SubHeadpoint
from kwartier.sandbox.amr import amr_electricity
from kwartier.sandbox.eans import PREFIXES, sandbox_meter
from kwartier.sandbox.submeters import headpoints_of_submeter

PRODUCED: list[str] = ["541450001", "541450011", "541450201", "541450211"]
OTHER: list[str] = ["541450002", "541450012"]


def _below(prefix: str) -> dict[Ean, int]:
    """The submeters of all thousand sites of a prefix, and the number of each one's site."""
    return {
        point.meter.ean: number
        for number in range(1000)
        for point in amr_electricity(sandbox_meter(Ean(f"{prefix}000000{number:03d}")), range(0))
        if isinstance(point.meter, SubHeadpoint)
    }


def test_every_submeter_knows_its_headpoints() -> None:
    """E6, E9: from a submeter's EAN follow those of its headpoints, for days and quarter-hours; none is of two sites."""
    for prefixes, count in ((PRODUCED, 1000 + 300 + 125 + 39), (OTHER, 1750)):
        below = _below(prefixes[0])
        assert len(below) == count
        assert below == _below(prefixes[-1])
        for ean, number in below.items():
            assert ean.isdigit()
            assert len(ean) == 18
            assert sorted(headpoints_of_submeter(ean)) == [
                f"{prefix}000000{number:03d}" for prefix in prefixes
            ]
            assert ean[:9] not in PREFIXES


@pytest.mark.parametrize(
    "ean",
    [
        "541450211000000007",  # a headpoint
        "541490121000000150",  # auxiliary, of a site whose auxiliary is not metered
        "541490112000000004",  # a second installation, of a site with one
        "541490113000000003",
        "541490131000000003",  # offtake below production
        "541490211000000003",  # production below the other kind
        "541490232000000000",  # a second submeter, of a site with one
        "541490111000001007",
        "541498000000000011",  # of gas, if it is anything
        "123456789012345678",
    ],
)
def test_what_is_no_submeter_has_no_headpoints(ean: str) -> None:
    """E6: an EAN that no answer has ever shown hangs on nothing."""
    assert headpoints_of_submeter(Ean(ean)) == ()
