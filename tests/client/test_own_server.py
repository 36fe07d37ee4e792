"""The client against this project's own server: in this process, and over HTTP."""

import functools
import operator
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import numpy as np
import pytest
from anyio.from_thread import BlockingPortal

from kwartier import (
    Credentials,
    Environment,
    NothingGrantedError,
    Retrying,
    SecretError,
    Settings,
    Why,
    WrongRequestError,
    mean_peak_kw,
)
from kwartier.domain.days import Grid, slot_starts, slots_within
from kwartier.domain.period import Period
from kwartier.services.tokens import scope_of
from kwartier.testing import Sandbox, SandboxClient
from support.domain import brussels
from support.engines import Template
from support.platform import ADDRESS, NOW, Client, Platform, _AppTransport, new_platform
from support.sdk import Asking, Driver, Roads, Time
from support.told_energy import rows_of, rows_told

DIGITAL: Final = "541440110000000007"
DAYS: Final = "541440100000000007"
GAS_DAYS: Final = "541441000000000007"
AMR_PRODUCTION: Final = "541450211000000007"
WITH_A_GAP: Final = "541440010000000080"
START, END = datetime(2025, 5, 1, 7, 10, tzinfo=UTC), datetime(2025, 5, 9, 16, 20, tzinfo=UTC)

Open = Callable[..., AbstractContextManager[Asking]]


@contextmanager
def _connected(driver: Driver, client: Client) -> Iterator[Asking]:
    """The client of the package as the one of the test platform, in the same process."""
    platform, issued = client.platform, client.issued
    credentials = Credentials(
        client_id=issued.credentials.client_id,
        client_secret=issued.client_secret,
        subscription_key=issued.subscription_key or "",
        token_endpoint=ADDRESS + platform.token_path,
        scope=scope_of(issued.credentials.environment),
    )
    app = httpx.ASGITransport(platform.app, raise_app_exceptions=False, client=("127.0.0.1", 50000))
    settings = Settings(
        share_quota=False, clock=platform.clock, retrying=Retrying(jitter=lambda: 1.0, patience_seconds=600)
    )
    roads = Roads(_AppTransport(platform.app, driver.portal), app)
    environment = Environment(ADDRESS + client.base, is_sandbox=True)
    with driver.open(environment, credentials, settings, time=_Moving(platform), transport=roads) as asking:
        yield asking


class _Moving(Time):
    """A time that is the platform's."""

    def __init__(self, platform: Platform) -> None:
        super().__init__()
        self._platform = platform

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self._platform.clock.move(seconds=seconds)


@pytest.fixture
def mine(platform: Platform) -> Client:
    """Somebody with credentials of the sandbox."""
    return platform.client()


@pytest.fixture
def asking(driver: Driver, mine: Client) -> Iterator[Asking]:
    """The client, as the same somebody."""
    with _connected(driver, mine) as asking:
        yield asking


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_mandate_is_made_and_found(asking: Asking) -> None:
    """M9, M10, S2: what is made is found with all that is told of it, by any of its properties."""
    expires = datetime(2027, 1, 31, 23, tzinfo=UTC)
    status = asking.mock_mandate(
        DIGITAL,
        reference_number="REF-1",
        data_period_from=START,
        expires_at=expires,
        renewal_status="ToBeRenewed",
    )
    asking.mock_mandate(GAS_DAYS, "Rejected")
    assert status == "Approved"
    [mandate] = asking.mandates(ean=DIGITAL, status="Approved", data_service_types=["VH_kwartier_uur"])
    assert mandate == asking.mandates(reference_number="REF-1", updated_from=NOW - timedelta(days=1))[0]
    assert (mandate.ean, mandate.energy_type, mandate.data_service_type) == (DIGITAL, "E", "VH_kwartier_uur")
    assert (mandate.data_period_from, mandate.data_period_to, mandate.expires_at) == (START, None, expires)
    assert mandate.renewal_status == "ToBeRenewed"
    assert mandate.given_period == Period(START, expires)
    assert {one.status for one in asking.mandates()} == {"Approved", "Rejected"}
    assert asking.mandates(energy_type="G", updated_to=NOW) == ()


@pytest.mark.parametrize(
    "ean", [DIGITAL, GAS_DAYS, "541441010000000007", AMR_PRODUCTION, "541450010000000007"]
)
def test_the_table_is_what_the_api_says(asking: Asking, mine: Client, ean: str) -> None:
    """K1, E8, E9: every value of every kind of meter, with all that is said of it."""
    asking.mock_mandate(ean)
    table = asking.energy(ean, START, END)
    told = mine.ask_energy(ean, _written(START), _written(END)).json()
    assert rows_of(table) == rows_told(told)
    assert len(table) > 0
    assert table.notices == ()
    assert table.fetched_at == NOW


@pytest.mark.parametrize(("ean", "grid"), [(DIGITAL, Grid.QUARTER_HOUR), (GAS_DAYS, Grid.GAS_DAY)])
def test_a_long_period_loses_nothing(asking: Asking, ean: str, grid: Grid) -> None:
    """K2: of years every interval is there, once, over changes of clock and cuts."""
    asking.mock_mandate(ean)
    start, end = NOW - timedelta(days=800), NOW - timedelta(days=10)
    progress: list[tuple[int, int]] = []
    table = asking.energy(ean, start, end, progress=lambda *told: progress.append(told))
    slots = slots_within(grid, Period(start, end))
    expected = slot_starts(grid, np.arange(slots.start, slots.stop, dtype=np.int64)) * 1_000_000
    kwh = table["unit"].where("kWh") & table["direction"].where("offtake")
    assert np.array_equal(table.starts[kwh], expected)
    assert progress == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]


def test_windows_are_the_whole(asking: Asking) -> None:
    """K2: streamed by window, the same rows come."""
    asking.mock_mandate(GAS_DAYS)
    start, end = NOW - timedelta(days=400), NOW
    tables = list(asking.energy_windows(GAS_DAYS, start, end))
    assert len(tables) == 3
    assert sorted(
        functools.reduce(operator.iadd, (rows_of(table) for table in tables), []), key=repr
    ) == rows_of(asking.energy(GAS_DAYS, start, end))


def test_by_time_of_insertion(asking: Asking, mine: Client) -> None:
    """E4: what came in within a period, whenever it was measured."""
    asking.mock_mandate(DIGITAL)
    start, end = NOW - timedelta(days=3), NOW
    table = asking.energy(DIGITAL, start, end, period_type="insertTime")
    told = mine.ask_energy(DIGITAL, _written(start), _written(end), periodType="insertTime").json()
    assert rows_of(table) == rows_told(told)
    assert len(table) > 0


def test_a_mandate_that_begins_later_gives_what_it_gives(asking: Asking) -> None:
    """E5: windows before the mandate are left out, and no error."""
    begins = brussels("2025-06-01T00:00")
    asking.mock_mandate(DIGITAL, data_period_from=begins)
    table = asking.energy(DIGITAL, NOW - timedelta(days=700), NOW)
    assert min(one.start for one in table) == begins
    assert sum(len(one) for one in asking.energy_windows(DIGITAL, NOW - timedelta(days=700), NOW)) == len(
        table
    )


def test_granularity_and_kind_of_energy_are_chosen(asking: Asking) -> None:
    """E1, E7: levels of detail and reactive energy are asked for by their names."""
    asking.mock_mandate("541450010000000007")
    told = asking.energy("541450010000000007", START, END, complex_energy_types="reactive")
    assert {one.register for one in told} == {"inductive", "capacitive"}
    with pytest.raises(NothingGrantedError, match="granularity"):
        asking.energy("541450010000000007", START, END, granularity="daily")


def test_what_is_refused(asking: Asking) -> None:
    """E6, S3: no mandate, and an EAN that is none of the sandbox's."""
    with pytest.raises(NothingGrantedError, match="no mandate for this EAN") as caught:
        asking.energy(DIGITAL, NOW - timedelta(days=400), NOW)
    assert caught.value.correlation_id is not None
    with pytest.raises(NothingGrantedError):
        list(asking.energy_windows(DIGITAL, NOW - timedelta(days=400), NOW))
    with pytest.raises(WrongRequestError, match="ean") as wrong:
        asking.mock_mandate("541449990000000007")
    assert wrong.value.messages


def test_a_secret_that_was_replaced(driver: Driver, mine: Client) -> None:
    """I4, C2: a renewal takes secret and tokens away; the client says so, and nothing of mandates."""
    with _connected(driver, mine) as asking:
        asking.mock_mandate(DIGITAL)
        mine.platform.renew(mine.issued)
        with pytest.raises(SecretError, match="renewal"):
            asking.energy(DIGITAL, START, END)


def test_a_token_that_ended(driver: Driver, mine: Client) -> None:
    """C1: a token is replaced before it ends, also after a long pause."""
    with _connected(driver, mine) as asking:
        asking.mock_mandate(DIGITAL)
        mine.platform.clock.move(hours=5)
        assert len(asking.energy(DIGITAL, START, END)) > 0


def test_gaps_are_told_apart(asking: Asking) -> None:
    """E11: no mandate then, missing for good, and not yet published."""
    begins = brussels("2025-08-05T00:00")
    asking.mock_mandate(WITH_A_GAP, data_period_from=begins)
    start = brussels("2025-08-01T00:00")
    gaps = asking.gaps(WITH_A_GAP, start, NOW + timedelta(days=5))
    first, missing, again, fresh = gaps
    assert (first.why, first.start, first.end) == (Why.NO_MANDATE, start, begins)
    for gap, month in ((missing, "08"), (again, "09")):
        assert gap.why is Why.MISSING
        assert (gap.start, gap.end) == (
            brussels(f"2025-{month}-10T09:00"),
            brussels(f"2025-{month}-10T15:00"),
        )
        assert gap.intervals == 24
    assert fresh.why is Why.NOT_YET
    assert NOW - timedelta(hours=72) <= fresh.start < fresh.end == NOW
    assert {(gap.direction, gap.register, gap.unit) for gap in gaps} == {("offtake", "total", "kWh")}


def test_without_a_mandate_all_is_a_gap(asking: Asking) -> None:
    """E11: what nobody granted is told as that, and not as missing."""
    [gap] = asking.gaps(DIGITAL, START, END)
    assert (gap.why, gap.direction, gap.granularity) == (Why.NO_MANDATE, None, "hourly_quarterhourly")


def test_peaks_of_months(asking: Asking) -> None:
    """P1: the highest quarter-hour of offtake times four, or what is missing for it."""
    asking.mock_mandate(WITH_A_GAP.replace("080", "007"))
    peaks = asking.peaks(
        WITH_A_GAP.replace("080", "007"), brussels("2025-05-01T00:00"), NOW + timedelta(days=30)
    )
    assert [(one.year, one.month) for one in peaks] == [(2025, month) for month in range(5, 11)]
    told = next(one for one in peaks if one.power_kw is not None)
    assert told.at is not None
    assert told.power_kw is not None
    table = asking.energy(WITH_A_GAP.replace("080", "007"), told.at, told.at + timedelta(minutes=15))
    assert [one.value for one in table] == [told.power_kw / 4]
    *_, september, october = peaks
    assert (september.power_kw, september.missing != (), september.to_come > 0) == (None, True, True)
    assert (october.power_kw, october.missing, october.to_come, october.highest_kw) == (
        None,
        (),
        31 * 96 + 4,
        None,
    )
    assert mean_peak_kw(peaks) is None
    assert mean_peak_kw([told, told]) == max(2.5, told.power_kw)


def test_a_gap_is_missing_for_a_peak(asking: Asking) -> None:
    """P1: a month with a hole has no peak; the hole is told, and the highest of the rest."""
    asking.mock_mandate(WITH_A_GAP)
    [peak] = asking.peaks(WITH_A_GAP, brussels("2025-08-01T00:00"), brussels("2025-08-02T00:00"))
    assert peak.power_kw is None
    assert Period(brussels("2025-08-10T09:00"), brussels("2025-08-10T15:00")) in peak.missing
    assert peak.highest_kw is not None


def test_the_quota_is_kept(driver: Driver, template: Template, portal: BlockingPortal) -> None:
    """C4: a client never sends what would be refused; it waits for the next minute."""
    with (
        new_platform(template, portal, rate_limit=4) as platform,
        _connected(driver, platform.client()) as asking,
    ):
        begun = platform.clock.now
        for _ in range(10):
            asking.mandates()
        assert asking.quota is not None
        assert asking.quota.limit == 4
        assert timedelta(seconds=120) <= platform.clock.now - begun <= timedelta(seconds=130)


# Over HTTP


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox on a port of loopback."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def somebody(sandbox: Sandbox) -> SandboxClient:
    """Somebody who has it for himself."""
    return sandbox.new_client()


_FAULTS: Final[dict[str, Callable[[Any], object]]] = {
    "429": lambda control: control.fail(429, retry_after=3, endpoint="energy", times=2),
    "500": lambda control: control.fail(500, endpoint="energy", times=2),
    "503": lambda control: control.fail(503, endpoint="energy"),
    "cut in mid-body": lambda control: control.cut(endpoint="energy", times=2),
    "no JSON": lambda control: control.malform(endpoint="energy"),
    "delay": lambda control: control.delay(0.05, endpoint="energy"),
    "expired token": lambda control: control.expire_token(endpoint="energy"),
    "no token": lambda control: control.fail(503, endpoint="token", times=2),
    "all at once": lambda control: (
        control.fail(503),
        control.cut(),
        control.expire_token(),
        control.fail(429),
    ),
}


@pytest.mark.parametrize("fault", _FAULTS)
def test_a_fault_changes_nothing(driver: Driver, somebody: SandboxClient, fault: str) -> None:
    """K2: the result is the undisturbed one, whatever goes wrong on the way."""
    end = datetime.now(UTC) - timedelta(days=5)
    start = end - timedelta(days=200)
    somebody.control.mandate(DAYS)
    with driver.open(somebody.base_url, somebody.credentials) as asking:
        undisturbed = asking.energy(DAYS, start, end)
    _FAULTS[fault](somebody.control)
    with driver.open(somebody.base_url, somebody.credentials) as asking:
        table = asking.energy(DAYS, start, end)
        assert asking.quota is not None
    assert rows_of(table) == rows_of(undisturbed)
    assert len(table) > 0
    assert all(one.struck for one in somebody.control.faults())


def test_a_short_time_out_is_a_network_error_that_passes(driver: Driver, somebody: SandboxClient) -> None:
    """K2: an answer that takes too long is asked for again."""
    somebody.control.mandate(DIGITAL)
    somebody.control.delay(30, endpoint="mandate")
    settings = Settings(share_quota=False, timeout_seconds=2)
    with driver.open(somebody.base_url, somebody.credentials, settings) as asking:
        assert len(asking.mandates()) == 1


def test_a_clock_that_is_ahead(driver: Driver, somebody: SandboxClient) -> None:
    """A sandbox may be years ahead: what is over there is told, and nothing is asked for beyond."""
    now = datetime(2030, 6, 15, 12, tzinfo=UTC)
    somebody.control.clock.set(now, running=False)
    somebody.control.mandate(DIGITAL)
    with driver.open(somebody.base_url, somebody.credentials) as asking:
        [peak] = asking.peaks(DIGITAL, brussels("2030-05-01T00:00"), brussels("2030-05-02T00:00"))
        asked = len(somebody.control.journal())
        assert len(asking.energy(DIGITAL, now - timedelta(days=30), now + timedelta(days=9000))) > 0
    assert peak.highest_kw is not None
    assert len(somebody.control.journal()) == asked + 1


def test_a_clock_that_was_moved(driver: Driver, somebody: SandboxClient) -> None:
    """A sandbox may show another moment: gaps and peaks go by that one."""
    somebody.control.clock.set(datetime(2024, 6, 15, 12, tzinfo=UTC), running=False)
    somebody.control.mandate(DIGITAL)
    with driver.open(somebody.base_url, somebody.credentials) as asking:
        gaps = asking.gaps(DIGITAL, datetime(2024, 6, 1, tzinfo=UTC), datetime(2024, 7, 1, tzinfo=UTC))
        [peak] = asking.peaks(DIGITAL, brussels("2024-06-01T00:00"), brussels("2024-06-02T00:00"))
    assert {gap.end for gap in gaps} == {datetime(2024, 6, 15, 12, tzinfo=UTC)}
    assert peak.to_come == (brussels("2024-07-01T00:00") - datetime(2024, 6, 15, 12, tzinfo=UTC)) / timedelta(
        minutes=15
    )
