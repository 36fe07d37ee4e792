"""GET mandate/energy: what is given, and when nothing is."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import pairwise
from typing import Final

import pytest

from kwartier.domain.ean import Ean
from kwartier.domain.mandate import Asked, Mandate
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.domain.period import Period
from kwartier.wire import paths
from kwartier.wire.timestamps import read_timestamp, write_timestamp
from support.domain import BRUSSELS
from support.platform import NOW, Client, Json, assert_refused

QUARTERS: Final = "541440110000000007"
DAYS: Final = "541440100000000007"
OFFTAKE: Final = "541440010000000007"
DAY: Final = ("2025-09-01T22:00:00Z", "2025-09-02T22:00:00Z")
WEEK: Final = ("2025-09-01T22:00:00Z", "2025-09-08T22:00:00Z")


@pytest.fixture
def client(client: Client) -> Client:
    """Somebody with a mandate for quarter-hours, and one for the days of the same meter."""
    client.mock(QUARTERS)
    client.mock(DAYS)
    return client


def starts(slots: Iterable[Json]) -> list[str]:
    """When slots start."""
    return [slot["start"] for slot in slots]


def instants(slots: Iterable[Json]) -> list[tuple[datetime, datetime]]:
    """When slots start and end."""
    return [(read_timestamp(slot["start"]), read_timestamp(slot["end"])) for slot in slots]


def thousandths(slot: Json, direction: str, kind: str) -> int:
    """A value of a slot, in thousandths of a kWh."""
    [measured] = slot["measurements"]
    value: float = measured[direction][kind]["value"]
    return round(value * 1000)


def test_the_headpoint_of_a_digital_meter(client: Client) -> None:
    """E8: a digital meter has its series under its physical meters."""
    headpoint = client.headpoint(QUARTERS, *DAY)
    assert list(headpoint) == ["$type", "ean", "energyType", "physicalMeters"]
    assert headpoint["$type"] == "metering-on-meter"
    assert (headpoint["ean"], headpoint["energyType"]) == (QUARTERS, "E")
    [meter] = headpoint["physicalMeters"]
    assert list(meter) == ["seqNumber", "meterID", "quarterHourlyEnergy"]
    assert isinstance(meter["seqNumber"], str)
    assert meter["meterID"]


@pytest.mark.parametrize(
    ("ean", "key", "registers"),
    [
        (QUARTERS, "quarterHourlyEnergy", {"offtake": {"total"}, "injection": {"total"}}),
        (DAYS, "dailyEnergy", {"offtake": {"day", "night"}, "injection": {"day", "night"}}),
        (OFFTAKE, "quarterHourlyEnergy", {"offtake": {"total"}}),
        ("541440000000000007", "dailyEnergy", {"offtake": {"day", "night"}}),
    ],
)
def test_registers_by_kind_of_meter(
    client: Client, ean: str, key: str, registers: dict[str, set[str]]
) -> None:
    """E8, M7: quarter-hours have totals, days are split by tariff; injection is there where the EAN says so."""
    client.mock(ean)
    [meter] = client.headpoint(ean, *WEEK)["physicalMeters"]
    assert list(meter) == ["seqNumber", "meterID", key]
    for slot in meter[key]:
        [measured] = slot["measurements"]
        assert {direction: set(kinds) for direction, kinds in measured.items()} == registers


def test_slots_are_in_order_whole_and_without_doubles(client: Client) -> None:
    """E10: the slots of a week follow each other, each a quarter-hour, without doubles."""
    slots = instants(client.slots(QUARTERS, *WEEK))
    assert len(slots) == 7 * 96
    assert slots[0][0] == read_timestamp(WEEK[0])
    assert slots[-1][1] == read_timestamp(WEEK[1])
    assert all(end - start == timedelta(minutes=15) for start, end in slots)
    assert all(earlier[1] == later[0] for earlier, later in pairwise(slots))


@pytest.mark.parametrize("ean", [QUARTERS, DAYS])
def test_each_value_has_unit_state_and_three_decimals(client: Client, ean: str) -> None:
    """E10, E8: every value is written with three decimals, in kWh, and READ or EST."""
    text = client.ask_energy(ean, "2025-03-20T23:00:00Z", "2025-09-20T22:00:00Z").text
    values = re.findall(r'\{"value":([^,}]+),"unit":"(\w+)","validationState":"(\w+)"\}', text)
    assert len(values) == text.count('"value"') > 300
    assert all(re.fullmatch(r"\d+\.\d{3}", value) for value, _, _ in values)
    assert {unit for _, unit, _ in values} == {"kWh"}
    assert {state for _, _, state in values} == {"READ", "EST"}


def test_a_day_is_the_sum_of_its_quarter_hours(client: Client) -> None:
    """S4, E8: the days of a meter are the sums of its quarter-hours, split by the tariff hours, in summer and winter."""
    compared = 0
    for period in (
        ("2025-06-30T22:00:00Z", "2025-08-31T22:00:00Z"),
        ("2024-10-01T22:00:00Z", "2024-12-01T23:00:00Z"),
    ):
        days = client.slots(DAYS, *period)
        quarters = client.slots(QUARTERS, *period)
        sums: dict[tuple[str, str, str], int] = {}
        for slot in quarters:
            local = read_timestamp(slot["start"]).astimezone(BRUSSELS)
            tariff = "day" if local.weekday() < 5 and 7 <= local.hour < 22 else "night"
            for direction in ("offtake", "injection"):
                key = (f"{local:%Y-%m-%d}", direction, tariff)
                sums[key] = sums.get(key, 0) + thousandths(slot, direction, "total")
        for slot in days:
            day = f"{read_timestamp(slot['start']).astimezone(BRUSSELS):%Y-%m-%d}"
            for direction in ("offtake", "injection"):
                for tariff in ("day", "night"):
                    assert thousandths(slot, direction, tariff) == sums.get((day, direction, tariff), 0)
                    compared += 1
    assert compared > 400


@pytest.mark.parametrize(
    ("period", "hours"),
    [
        (("2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z"), 25),
        (("2025-03-29T23:00:00Z", "2025-03-30T22:00:00Z"), 23),
        (DAY, 24),
    ],
)
def test_a_day_has_as_many_quarter_hours_as_it_has(
    client: Client, period: tuple[str, str], hours: int
) -> None:
    """E3: a Brussels day has 92, 96 or 100 quarter-hours, and is one slot of days."""
    assert len(client.slots(QUARTERS, *period)) == hours * 4
    [(start, end)] = instants(client.slots(DAYS, *period))
    assert end - start == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2025-09-02T10:00:00Z", "2025-09-02T10:45:00Z", ["10:00", "10:15", "10:30"]),
        ("2025-09-02T10:00:01Z", "2025-09-02T10:45:00Z", ["10:15", "10:30"]),
        ("2025-09-02T09:59:59Z", "2025-09-02T10:44:59Z", ["10:00", "10:15"]),
        ("2025-09-02T10:00:00.000001Z", "2025-09-02T10:30:00.5Z", ["10:15"]),
        ("2025-09-02T10:01:00Z", "2025-09-02T10:29:00Z", []),
    ],
)
def test_intervals_partly_inside_are_left_out(
    client: Client, start: str, end: str, expected: list[str]
) -> None:
    """E3: an interval belongs to the period when it starts at or after `from` and ends at or before `to`."""
    assert [moment[11:16] for moment in starts(client.slots(QUARTERS, start, end))] == expected


def test_a_day_partly_inside_is_left_out(client: Client) -> None:
    """E3: UTC midnights are not those of Brussels: a period between them holds no whole day."""
    assert client.slots(DAYS, "2025-09-02T00:00:00Z", "2025-09-03T00:00:00Z") == []
    assert starts(client.slots(DAYS, "2025-09-01T00:00:00Z", "2025-09-04T00:00:00Z")) == [
        "2025-09-01T22:00:00Z",
        "2025-09-02T22:00:00Z",
    ]


def test_pieces_make_the_whole(client: Client) -> None:
    """E3, S4: what is asked in pieces is the same as what is asked at once."""
    whole = client.slots(QUARTERS, *WEEK)
    borders = ["2025-09-01T22:00:00Z", "2025-09-03T11:15:00Z", "2025-09-03T11:30:00Z", "2025-09-08T22:00:00Z"]
    pieces = [slot for start, end in pairwise(borders) for slot in client.slots(QUARTERS, start, end)]
    assert pieces == whole


def test_whoever_asks_gets_the_same(client: Client) -> None:
    """S4: readings are the same for every client."""
    other = client.platform.client()
    other.mock(QUARTERS)
    assert other.headpoint(QUARTERS, *WEEK) == client.headpoint(QUARTERS, *WEEK)


def test_what_has_not_come_in_yet_is_not_there(client: Client) -> None:
    """E11: nothing of today is there, and everything that is older than three days."""
    slots = instants(client.slots(QUARTERS, "2025-09-01T22:00:00Z", "2025-09-30T22:00:00Z"))
    today = NOW.replace(hour=0) - timedelta(hours=2)
    assert slots[-1][1] <= today
    assert slots[-1][1] >= today - timedelta(days=3)


def test_nothing_there_is_a_success_without_series(client: Client) -> None:
    """E6: granted, but nothing there: 200 with the headpoint alone."""
    for start, end in (
        ("2025-09-20T10:00:00Z", "2025-09-21T10:00:00Z"),
        ("2025-09-02T10:01:00Z", "2025-09-02T10:14:00Z"),
    ):
        headpoint = client.headpoint(QUARTERS, start, end)
        assert headpoint == {"$type": "metering-on-meter", "ean": QUARTERS, "energyType": "E"}


@pytest.mark.parametrize(
    ("ean", "asked", "given"),
    [
        (QUARTERS, "hourly_quarterhourly", True),
        (QUARTERS, "daily", False),
        (QUARTERS, "daily,hourly_quarterhourly", True),
        (QUARTERS, "", True),
        (DAYS, "daily", True),
        (DAYS, "hourly_quarterhourly", False),
        (DAYS, "hourly_quarterhourly,daily", True),
    ],
)
def test_granularity_that_is_asked_and_granted(client: Client, ean: str, asked: str, given: bool) -> None:  # noqa: FBT001 - a case of the table
    """E5, E6: of two asked the one granted comes; what is not granted at all is 404."""
    answer = client.ask_energy(ean, *DAY, granularity=asked)
    if not given:
        assert_refused(answer, HTTPStatus.NOT_FOUND, "granularity")
        return
    [meter] = answer.json()["data"]["headpoint"]["physicalMeters"]
    assert ("dailyEnergy" in meter, "quarterHourlyEnergy" in meter) == (ean == DAYS, ean == QUARTERS)


def both(client: Client, ean: str) -> None:
    """Mandates of both granularities for one EAN, as they are in live."""
    for granularity in Granularity:
        mandate = Mandate(granularity.value, Ean(ean), EnergyType.ELECTRICITY, granularity, own=True)
        client.write(mandate, [Asked(NOW, Period(datetime(2022, 1, 1, tzinfo=UTC)), by_grid_user=True)])


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        ({}, ["dailyEnergy", "quarterHourlyEnergy"]),
        ({"granularity": "hourly_quarterhourly,daily"}, ["dailyEnergy", "quarterHourlyEnergy"]),
        ({"granularity": "daily"}, ["dailyEnergy"]),
        ({"granularity": "hourly_quarterhourly"}, ["quarterHourlyEnergy"]),
        ({"referenceNumber": "daily"}, ["dailyEnergy"]),
    ],
)
def test_no_granularity_asked_is_all_that_is_granted(
    client: Client, asked: dict[str, str], keys: list[str]
) -> None:
    """E5: with mandates of both granularities all come, days first, unless one is asked."""
    both(client, OFFTAKE)
    [meter] = client.headpoint(OFFTAKE, *DAY, **asked)["physicalMeters"]
    assert [key for key in meter if key.endswith("Energy")] == keys


@pytest.mark.parametrize("complex_energy_types", ["active", "reactive", "active,reactive", ""])
def test_complex_energy_types_change_nothing_of_a_digital_meter(
    client: Client, complex_energy_types: str
) -> None:
    """E7: on a digital meter active and reactive are not told apart."""
    asked = client.headpoint(QUARTERS, *DAY, complexEnergyTypes=complex_energy_types)
    assert asked == client.headpoint(QUARTERS, *DAY)
    assert asked["physicalMeters"]


@pytest.mark.parametrize(
    ("mock", "words"),
    [
        (None, "there is no mandate for this EAN"),
        ({"status": "Requested"}, "none that is Approved"),
        ({"status": "Rejected"}, "none that is Approved"),
        ({"status": "Finished"}, "none that is Approved"),
        ({"dataPeriodFrom": "2025-09-02T22:00:00Z"}, "no approved mandate gives this period"),
        (
            {"dataPeriodFrom": "2025-01-01T00:00:00Z", "dataPeriodTo": "2025-09-01T22:00:00Z"},
            "no approved mandate gives this period",
        ),
        ({"mandateExpirationDate": "2025-09-01T22:00:00Z"}, "no approved mandate gives this period"),
    ],
)
def test_nothing_granted_is_told_with_its_reason(
    client: Client, mock: dict[str, str] | None, words: str
) -> None:
    """E6, C6: nothing granted is 404, whose message says why and names what to check."""
    if mock is not None:
        client.mock(OFFTAKE, **mock)
    body = assert_refused(client.ask_energy(OFFTAKE, *DAY), HTTPStatus.NOT_FOUND, words)
    for word in ("period", "granularity", "mandate", OFFTAKE):
        assert word in body["Message"]


def test_a_period_that_touches_a_mandate_by_nothing_is_not_granted(client: Client) -> None:
    """E6: a period of reading that ends where the data period starts is 404; one second more is a success."""
    client.mock(OFFTAKE, dataPeriodFrom="2025-09-02T22:00:00Z")
    assert_refused(client.ask_energy(OFFTAKE, *DAY), HTTPStatus.NOT_FOUND)
    assert "physicalMeters" not in client.headpoint(OFFTAKE, DAY[0], "2025-09-02T22:00:01Z")


@pytest.mark.parametrize(
    ("mock", "first", "last"),
    [
        ({"dataPeriodFrom": "2025-09-03T10:00:00Z"}, "2025-09-03T10:00:00Z", "2025-09-08T21:45:00Z"),
        ({"dataPeriodFrom": "2025-09-03T10:07:00Z"}, "2025-09-03T10:15:00Z", "2025-09-08T21:45:00Z"),
        ({"dataPeriodTo": "2025-09-05T10:00:00Z"}, "2025-09-01T22:00:00Z", "2025-09-05T09:45:00Z"),
        ({"dataPeriodTo": "2025-09-05T10:14:59Z"}, "2025-09-01T22:00:00Z", "2025-09-05T09:45:00Z"),
        ({"mandateExpirationDate": "2025-09-05T10:00:00Z"}, "2025-09-01T22:00:00Z", "2025-09-05T09:45:00Z"),
        (
            {"mandateExpirationDate": "2025-09-06T10:00:00Z", "dataPeriodTo": "2025-09-05T10:00:00Z"},
            "2025-09-01T22:00:00Z",
            "2025-09-05T09:45:00Z",
        ),
        (
            {"dataPeriodFrom": "0001-01-01T00:00:00Z", "dataPeriodTo": "9999-12-31T23:59:59Z"},
            "2025-09-01T22:00:00Z",
            "2025-09-08T21:45:00Z",
        ),
        ({"mandateExpirationDate": "9999-12-31T23:59:59Z"}, "2025-09-01T22:00:00Z", "2025-09-08T21:45:00Z"),
    ],
)
@pytest.mark.parametrize("period_type", ["readTime", "insertTime"])
def test_the_mandate_cuts_the_answer(
    client: Client, mock: dict[str, str], first: str, last: str, period_type: str
) -> None:
    """E5, M4: what lies outside the data period, or after the expiration, is not given, however it is asked."""
    client.mock(OFFTAKE, **mock)
    period = WEEK if period_type == "readTime" else ("2025-08-20T00:00:00Z", "2025-09-20T00:00:00Z")
    found = starts(client.slots(OFFTAKE, *period, periodType=period_type))
    within = [start for start in found if WEEK[0] <= start < WEEK[1]]
    assert (within[0], within[-1]) == (first, last)
    if "dataPeriodFrom" in mock:
        assert found[0] >= mock["dataPeriodFrom"]
    ends = [mock[name] for name in ("dataPeriodTo", "mandateExpirationDate") if name in mock]
    assert all(found[-1] < end for end in ends)


def test_an_expired_mandate_still_gives_what_was_measured_before(client: Client) -> None:
    """M4: after its expiration a mandate gives what was measured before it, and nothing after."""
    client.mock(OFFTAKE, mandateExpirationDate="2025-09-05T22:00:00Z")
    assert client.mandates({"ean": OFFTAKE})[0]["renewalStatus"] == "Expired"
    assert len(client.slots(OFFTAKE, *WEEK)) == 4 * 96
    later = client.ask_energy(OFFTAKE, "2025-09-05T22:00:00Z", "2025-09-08T22:00:00Z")
    assert_refused(later, HTTPStatus.NOT_FOUND, "expiration")


def test_mandates_that_touch_are_one(client: Client) -> None:
    """E5: data periods lie together: an interval across the border of two is inside their union."""
    client.mock(OFFTAKE, referenceNumber="A", dataPeriodTo="2025-09-02T10:07:00Z")
    client.mock(OFFTAKE, referenceNumber="B", dataPeriodFrom="2025-09-02T10:07:00Z")
    hour = ("2025-09-02T09:30:00Z", "2025-09-02T10:45:00Z")

    def given(**asked: str) -> str:
        return " ".join(start[11:16] for start in starts(client.slots(OFFTAKE, *hour, **asked)))

    assert given() == "09:30 09:45 10:00 10:15 10:30"
    assert given(referenceNumber="A") == "09:30 09:45"
    assert given(referenceNumber="B") == "10:15 10:30"


def test_a_gap_between_mandates_stays_a_gap(client: Client) -> None:
    """E5: what lies between two data periods is not given."""
    client.mock(OFFTAKE, referenceNumber="A", dataPeriodTo="2025-09-03T22:00:00Z")
    client.mock(OFFTAKE, referenceNumber="B", dataPeriodFrom="2025-09-05T22:00:00Z")
    client.mock(OFFTAKE, referenceNumber="C", status="Finished")
    days = {start[:10] for start in starts(client.slots(OFFTAKE, *WEEK)) if start[11:] == "12:00:00Z"}
    assert sorted(days) == [f"2025-09-0{day}" for day in (2, 3, 6, 7, 8)]


def test_an_unknown_reference_number_finds_nothing(client: Client) -> None:
    """E5: with a reference number only mandates of that number count."""
    client.mock(OFFTAKE, referenceNumber="A")
    answer = client.ask_energy(OFFTAKE, *DAY, referenceNumber="B")
    assert_refused(answer, HTTPStatus.NOT_FOUND, "reference number")


def test_a_mandate_of_another_client_counts_for_nothing(client: Client) -> None:
    """S1: without a mock mandate of its own a client gets 404."""
    assert_refused(client.platform.client().ask_energy(QUARTERS, *DAY), HTTPStatus.NOT_FOUND, "no mandate")


def narrow(client: Client) -> None:
    """Let the meter be another's, and a contract be missing."""
    for ean in (QUARTERS, DAYS):
        client.control("POST", "/headpoints", json={"ean": ean, "gridUser": "Bakkerij De Smet"})
        client.mock(ean)
    client.control("PUT", "/contract", json={"contract": "none"})


def test_what_the_credentials_do_not_cover_is_403(client: Client) -> None:
    """E6, C6: granted but not covered is 403, which names contract and renewal."""
    narrow(client)
    body = assert_refused(client.ask_energy(QUARTERS, *DAY), HTTPStatus.FORBIDDEN)
    assert "contract" in body["Message"]
    assert "renewed" in body["Message"]


def test_own_eans_need_no_contract(client: Client) -> None:
    """I5: credentials of own EANs open these, and mandates on others are still listed."""
    both(client, OFFTAKE)
    narrow(client)
    assert len(client.slots(OFFTAKE, *DAY, granularity="hourly_quarterhourly")) == 96
    assert {one["ean"] for one in client.mandates()} == {QUARTERS, DAYS, OFFTAKE}


def test_404_comes_before_403(client: Client) -> None:
    """C5: nothing granted is told before that it would not be covered; wrong parameters before both."""
    narrow(client)
    assert_refused(client.ask_energy(QUARTERS, *DAY, granularity="daily"), HTTPStatus.NOT_FOUND)
    assert_refused(client.ask_energy(QUARTERS, *DAY, granularity="x"), HTTPStatus.BAD_REQUEST)


def by_insertion(client: Client, start: datetime, end: datetime, ean: str = QUARTERS) -> list[Json]:
    """What came in within a period."""
    period = write_timestamp(start), write_timestamp(end)
    return client.slots(ean, *period, periodType="insertTime")


def test_what_comes_in_day_by_day_adds_up(client: Client) -> None:
    """E4: windows of insertion, one after another, bring every quarter-hour that is known, each after it was measured."""
    first, days = datetime(2025, 8, 1, tzinfo=UTC), 40
    newest: dict[str, Json] = {}
    bundles = again = 0
    for day in range(days):
        start = first + timedelta(days=day)
        slots = by_insertion(client, start, start + timedelta(days=1))
        assert all(end <= start + timedelta(days=1) for _, end in instants(slots))
        bundles += len({one.date() for one, _ in instants(slots)}) > 2
        again += sum(slot["start"] in newest for slot in slots)
        newest |= {slot["start"]: slot for slot in slots}
    known = client.slots(QUARTERS, "2025-08-02T22:00:00Z", "2025-08-28T22:00:00Z")
    assert len(known) == 26 * 96
    assert [newest[slot["start"]]["start"] for slot in known] == starts(known)
    assert bundles
    assert again


def test_of_two_versions_the_newest_within_the_window_counts(client: Client) -> None:
    """E4, E3: an estimate is given by the window in which it came, and the reading by those in which that came."""
    first = datetime(2025, 7, 1, tzinfo=UTC)
    seen: dict[str, list[Json]] = {}
    for day in range(70):
        start = first + timedelta(days=day)
        for slot in by_insertion(client, start, start + timedelta(days=1)):
            seen.setdefault(slot["start"], []).append(slot)
    twice = {start: versions for start, versions in seen.items() if len(versions) > 1}
    assert twice
    whole = {slot["start"]: slot for slot in by_insertion(client, first, first + timedelta(days=70))}
    read = {
        slot["start"]: slot for slot in client.slots(QUARTERS, "2025-06-20T22:00:00Z", "2025-09-15T22:00:00Z")
    }
    for moment, (estimated, reading) in twice.items():
        assert (state_of(estimated), state_of(reading)) == ("EST", "READ")
        assert whole[moment] == read[moment] == reading


def test_what_was_answered_once_is_answered_again(client: Client) -> None:
    """R1: the part of a window of insertion that lay before the answer never gains values."""
    window = datetime(2025, 9, 10, tzinfo=UTC), datetime(2025, 9, 20, 10, tzinfo=UTC)
    before = by_insertion(client, *window)
    client.at("2025-10-20T10:00:00Z")
    assert by_insertion(client, *window) == before
    assert before


def test_by_reading_the_newest_known_now(client: Client) -> None:
    """E3: by reading an interval has the newest value known now: first the estimate, and the reading once it came."""
    client.at("2025-12-10T10:00:00Z")
    came_in: dict[str, list[datetime]] = {}
    for day in range(60):
        end = datetime(2025, 10, 2, tzinfo=UTC) + timedelta(days=day)
        for start in starts(by_insertion(client, end - timedelta(days=1), end)):
            came_in.setdefault(start, []).append(end)
    start, moments = next((start, moments) for start, moments in came_in.items() if len(moments) > 1)
    states = []
    for moment in moments:
        client.at(write_timestamp(moment))
        [slot] = client.slots(QUARTERS, start, write_timestamp(read_timestamp(start) + timedelta(minutes=15)))
        states.append(state_of(slot))
    assert states == ["EST", "READ"]


def state_of(slot: Json) -> str:
    """The validation state of what was taken from the grid."""
    state: str = slot["measurements"][0]["offtake"]["total"]["validationState"]
    return state


def test_a_window_of_insertion_may_reach_into_the_future(client: Client) -> None:
    """E4, E2: of a window that is not over yet, what has come in is given."""
    start = datetime(2025, 9, 15, tzinfo=UTC)
    whole = by_insertion(client, start, start + timedelta(days=100))
    assert whole == by_insertion(client, start, NOW + timedelta(seconds=1))
    assert whole


def test_an_empty_window_of_insertion_is_a_success(client: Client) -> None:
    """E6: a window of insertion does not narrow what is granted: nothing came in is 200 without series."""
    client.mock(OFFTAKE, dataPeriodFrom="2025-01-01T00:00:00Z", dataPeriodTo="2025-02-01T00:00:00Z")
    headpoint = client.headpoint(
        OFFTAKE, "2025-09-01T00:00:00Z", "2025-09-10T00:00:00Z", periodType="insertTime"
    )
    assert headpoint == {"$type": "metering-on-meter", "ean": OFFTAKE, "energyType": "E"}


def test_days_by_insertion(client: Client) -> None:
    """E4, R2: a day comes in when its quarter-hours have, whole."""
    start = datetime(2025, 8, 1, tzinfo=UTC)
    days = by_insertion(client, start, start + timedelta(days=30), DAYS)
    quarters = starts(by_insertion(client, start, start + timedelta(days=30)))
    assert len(days) > 25
    for day_start, day_end in instants(days):
        within = [one for one in quarters if day_start <= read_timestamp(one) < day_end]
        assert within


def test_the_answer_tells_when_it_was_fetched(client: Client) -> None:
    """C10: the envelope of energy tells the moment by which readings were known."""
    body = client.ask_energy(QUARTERS, *DAY).json()
    assert body["_meta"] == {"fetchTime": "2025-09-20T10:00:00Z"}
    assert body["data"].keys() == {"headpoint"}


def test_the_path_alone_is_energy(client: Client) -> None:
    """C9: energy lies below mandate."""
    assert paths.ENERGY == "/api/mandate/energy"
    assert client.get(paths.ENERGY).status_code == HTTPStatus.BAD_REQUEST


def test_nobody_keeps_an_answer(client: Client) -> None:
    """A2: answers with mandates or readings say that nobody on the way may keep them."""
    for answer in (client.ask_energy(QUARTERS, *DAY), client.get(paths.MANDATE)):
        assert answer.status_code == HTTPStatus.OK
        assert answer.headers["cache-control"] == "no-store"
