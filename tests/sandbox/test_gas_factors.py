from datetime import UTC, datetime
from typing import Final

import numpy as np
import pytest

from kwartier.domain.days import Grid, slot_starts
from kwartier.domain.gas import FACTOR_UNITS
from kwartier.domain.metering import GasFactor
from kwartier.sandbox.gas_factors import LAST_FACTOR_SECONDS, ZONES, factors_of

MONTHS: Final = range((2015 - 1970) * 12, (2035 - 1970) * 12)
DAY_US: Final = 86_400_000_000


def _first_days(months: range) -> list[int]:
    return [int(np.datetime64(month, "M").astype("M8[D]").astype(int)) for month in months]


def _borders_us(month: int) -> tuple[int, int]:
    first, last = (
        slot_starts(Grid.GAS_DAY, np.array(_first_days(range(month, month + 2)))) * 1_000_000
    ).tolist()
    return first, last


@pytest.mark.parametrize("zone", range(ZONES))
def test_a_month_has_a_provisional_and_then_a_definitive_factor(zone: int) -> None:
    """E12: P is known before the month begins, D some days after it has ended, and the two differ a little."""
    for month, versions in factors_of(zone, MONTHS).items():
        first, second = versions
        begins, ends = _borders_us(month)
        assert (first.kind, second.kind) == (GasFactor.PROVISIONAL, GasFactor.DEFINITIVE)
        assert begins - 7 * DAY_US < first.inserted_us < begins - 2 * DAY_US
        assert ends + 2 * DAY_US <= second.inserted_us <= ends + 7 * DAY_US
        assert 0.005 * FACTOR_UNITS < abs(first.factor - second.factor) < 0.06 * FACTOR_UNITS


def test_factors_are_those_of_rich_gas() -> None:
    """E12: in Flanders a m3 of rich gas has about 11.2 to 11.7 kWh, on average a little below 11.5."""
    factors = [
        one.factor / FACTOR_UNITS
        for zone in range(ZONES)
        for some in factors_of(zone, MONTHS).values()
        for one in some
    ]
    assert min(factors) > 11.2
    assert max(factors) < 11.75
    assert 11.44 < sum(factors) / len(factors) < 11.52
    assert len({round(one, 4) for one in factors}) > 1000


def test_zones_and_months_have_factors_of_their_own() -> None:
    """E12: neighbouring zones share the pipeline and not the mixture; moments of one zone are those of all its meters."""
    definitive = np.array(
        [[one[1].factor for one in factors_of(zone, MONTHS).values()] for zone in range(ZONES)]
    )
    assert len(np.unique(definitive[:, 0])) > ZONES / 2
    assert 0.6 < np.corrcoef(definitive[0], definitive[1])[0, 1] < 0.97
    assert factors_of(3, MONTHS) == factors_of(3, MONTHS)


def test_the_constant_factor_is_eleven() -> None:
    """E12: C is 11, known from the first, and never changes."""
    for versions in factors_of(None, range(640, 660)).values():
        ((version),) = versions
        assert (version.kind, version.factor, version.inserted_us) == (
            GasFactor.CONSTANT,
            11 * FACTOR_UNITS,
            0,
        )


def test_no_factor_comes_in_later_than_the_bound_by_which_days_are_left_out() -> None:
    """E4, E12: counted from the start of any gas day, its D is known before the bound, which is not far beyond."""
    longest = 0
    for zone in range(ZONES):
        for month, (_, definitive) in factors_of(zone, MONTHS).items():
            longest = max(longest, definitive.inserted_us - _first_days(range(month, month + 1))[0] * DAY_US)
    assert longest < LAST_FACTOR_SECONDS * 1_000_000 < longest + DAY_US
    assert LAST_FACTOR_SECONDS < 6 * 7 * 86_400


def test_factors_are_the_same_on_every_machine() -> None:
    """S4: the factors of January 2024 in one zone, to the last digit and second."""
    (january,) = factors_of(5, range(648, 649)).values()
    told = [(one.factor, datetime.fromtimestamp(one.inserted_us / 1e6, UTC).isoformat()) for one in january]
    assert told == [(115071, "2023-12-26T21:57:07+00:00"), (115534, "2024-02-05T12:51:42+00:00")]
