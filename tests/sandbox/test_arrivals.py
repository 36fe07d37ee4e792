from typing import Final

import numpy as np
import pytest

from kwartier.domain.days import Grid, quarter_hours_of
from kwartier.domain.ean import Ean
from kwartier.domain.metering import State
from kwartier.domain.resolve import Inserted
from kwartier.domain.series import Versions
from kwartier.sandbox.arrivals import FIRST_ARRIVAL_SECONDS, LAST_ARRIVAL_SECONDS, arrivals_s, estimates
from kwartier.sandbox.eans import sandbox_meter
from kwartier.sandbox.generator import versions
from kwartier.sandbox.mix import mix

DAYS: Final = range(19358, 19358 + 731)  # 2023 and 2024
SEEDS: Final = [mix(seed) for seed in range(40)]
HOUR: Final = 3600


def _all_versions(number: int) -> Versions:
    borders = quarter_hours_of(DAYS)
    slots = range(int(borders[0]), int(borders[-1]))
    ean = Ean(f"541440110000000{number:03d}")
    return versions(sandbox_meter(ean), Grid.QUARTER_HOUR, slots, Inserted(2**60))[0].versions


@pytest.mark.parametrize("seed", SEEDS[:10])
def test_first_arrivals_come_one_to_three_days_after(seed: int) -> None:
    """E11: a day comes in after the night that follows it, and at the latest 72 hours after its end."""
    after_hours = (arrivals_s(seed, DAYS) - quarter_hours_of(DAYS)[1:] * 900) / HOUR
    assert after_hours.min() >= 2
    assert after_hours.max() <= 72
    next_morning = (after_hours <= 12).mean()
    assert 0.85 < next_morning < 0.97
    assert (after_hours > 36).any()


def test_some_days_come_in_together() -> None:
    """E4: as in the guide's example, two or three consecutive days come in at one moment, and no more than three."""
    together = {1: 0, 2: 0, 3: 0}
    for seed in SEEDS:
        _, counts = np.unique(arrivals_s(seed, DAYS), return_counts=True)
        for count in counts.tolist():
            together[count] += 1
    days = len(SEEDS) * len(DAYS)
    assert 0.01 < together[2] * 2 / days < 0.06
    assert 0.01 < together[3] * 3 / days < 0.06


def test_an_arrival_is_the_same_in_any_window() -> None:
    """S4: when a day comes in does not depend on which days are asked with it."""
    for seed in SEEDS[:8]:
        whole = arrivals_s(seed, DAYS)
        each = [int(arrivals_s(seed, range(day, day + 1))[0]) for day in DAYS[:200]]
        assert whole[:200].tolist() == each


def test_arrivals_keep_within_the_bounds_by_which_days_are_left_out() -> None:
    """E4, S4: nothing comes in before the first moment that is reckoned with, or after the last."""
    midnights = np.arange(DAYS.start, DAYS.stop) * 86400
    for seed in SEEDS:
        first = arrivals_s(seed, DAYS)
        guessed = estimates(seed, DAYS, first)
        assert (first - midnights).min() >= FIRST_ARRIVAL_SECONDS
        assert (
            max((first - midnights).max(), (guessed.replaced_s - midnights[guessed.day]).max())
            < LAST_ARRIVAL_SECONDS
        )


def test_most_estimates_are_replaced_by_readings() -> None:
    """S4, E8: some quarter-hours are EST first; most come in again, READ, one to six days later; a few never."""
    stay = replaced = whole_days = 0
    for number in range(8):
        found = _all_versions(number)
        state: dict[int, set[int]] = {}
        moment: dict[int, int] = {}
        value: dict[int, list[int]] = {}
        differ = 0
        for column, slot in enumerate(found.slots.tolist()):
            codes = set(found.states[:, column].tolist())
            assert len(codes) == 1
            if slot in state:
                assert state[slot] == {State.EST}
                assert codes == {State.READ}
                assert 86400 <= (int(found.inserted_us[column]) - moment[slot]) / 1_000_000 <= 6 * 86400
                differ += value[slot] != found.values[:, column].tolist()
                replaced += 1
            state[slot], moment[slot], value[slot] = (
                codes,
                found.inserted_us[column],
                found.values[:, column].tolist(),
            )
        assert differ > 0
        stay += sum(codes == {State.EST} for codes in state.values())
        first = found.states[0, : int(quarter_hours_of(DAYS)[-1] - quarter_hours_of(DAYS)[0])] == State.EST
        whole_days += int(
            np.logical_and.reduceat(first, quarter_hours_of(DAYS)[:-1] - quarter_hours_of(DAYS)[0]).sum()
        )
    assert 0 < stay < replaced / 3
    assert whole_days > 20
    assert 0.005 < (stay + replaced) / (8 * 731 * 96) < 0.05


def test_an_estimate_lies_near_the_reading() -> None:
    """S4: an estimate is the mean of its hour, give or take a tenth."""
    found = _all_versions(0)
    count = found.slots.size
    again = np.flatnonzero(found.slots[1:] <= found.slots[:-1])[0] + 1
    base = int(found.slots[0])
    first, newest = found.values[:, :again], found.values[:, :again].copy()
    newest[:, found.slots[again:] - base] = found.values[:, again:]
    hours = np.unique((found.slots[again:count] - base) // 4)
    whole = [hour for hour in hours.tolist() if (found.states[0, hour * 4 : hour * 4 + 4] == State.EST).all()]
    assert len(whole) > 20
    for hour in whole:
        truth = int(newest[:, hour * 4 : hour * 4 + 4].sum())
        guess = int(first[:, hour * 4 : hour * 4 + 4].sum())
        assert truth * 0.89 - 8 <= guess <= truth * 1.11 + 8
