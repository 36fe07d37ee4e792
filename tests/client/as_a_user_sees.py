"""The types of the package as a user's own code sees them: `make check` reads this, and nothing runs it.

mypy --strict takes the right uses, and would tell if one of the wrong ones were not refused.
"""

from datetime import UTC, datetime
from typing import Final, assert_type

import kwartier
from kwartier import AsyncClient, Client, Credentials, EnergyTable, Gap, Mandate, MonthPeak, Quota, QuotaError

EAN: Final = "541440110000000007"
CREDENTIALS: Final = Credentials(
    client_id="a", client_secret="b", subscription_key="c", token_endpoint="d", scope="e"
)
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


def waiting() -> None:
    """Who waits for answers."""
    with Client(kwartier.OPERATOR_LIVE, CREDENTIALS) as client:
        assert_type(client.mandates(status="Approved"), tuple[Mandate, ...])
        table = client.energy(EAN, START, END, granularity="daily")
        assert_type(table, EnergyTable)
        assert_type([one.value for one in table], list[float | None])
        assert_type(client.gaps(EAN, START, END), tuple[Gap, ...])
        assert_type(client.peaks(EAN, START, END), tuple[MonthPeak, ...])
        assert_type(client.quota, Quota | None)
        client.mandates(stauts="Approved")  # type: ignore[call-arg] # there is no such filter
        client.energy(EAN, START)  # type: ignore[call-arg] # it has no end


async def meanwhile() -> None:
    """Who does something else meanwhile."""
    async with AsyncClient("https://example.org", CREDENTIALS) as client:
        assert_type(await client.energy(EAN, START, END), EnergyTable)
        async for table in client.energy_windows(EAN, START, END):
            assert_type(table, EnergyTable)
        try:
            assert_type(await client.mock_mandate(EAN), str)
        except QuotaError as error:
            assert_type(error.resume_at, datetime)
