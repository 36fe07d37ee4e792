"""A live platform with a store of its own: headpoints, deliveries, factors and mandates made through services."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from kwartier.db.readings import readings_database
from kwartier.domain.access import Coverage
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.days import Grid, slots_within
from kwartier.domain.delivery import Counts
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.known_headpoint import KnownHeadpoint
from kwartier.domain.metering import Granularity, State
from kwartier.domain.period import Period
from kwartier.readings import catalogue
from kwartier.readings.catalogue import SeriesKey
from kwartier.readings.codec import encode
from kwartier.readings.runs import Run
from kwartier.services.deliveries import Deliveries
from kwartier.services.gas_factors import GasFactors
from kwartier.services.grants import Grant, Grants
from kwartier.services.headpoints import Headpoints
from support.domain import brussels
from support.platform import Client, Platform

__all__ = ["Live"]

_LEAD: Final = timedelta(seconds=2)


class Live:
    """What stands on the databases of a platform, by its clock.

    Args:
        platform: that serves live.
    """

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.readings = readings_database(platform.settings.database)
        self.deliveries = Deliveries(self.readings, platform.clock, _LEAD)
        self.headpoints = Headpoints(self.readings, platform.clock)
        self.factors = GasFactors(self.readings, self.deliveries, platform.clock)
        self.grants = Grants(platform.database, self.readings, platform.clock)

    def close(self) -> None:
        """Close the readings."""
        self.readings.close()

    def client(self, known: KnownHeadpoint, *granularities: Granularity) -> Client:
        """A client with mandates for a headpoint that is made known."""
        self.headpoints.add(known)
        client = self.platform.client(EnvironmentName.LIVE, coverage=Coverage.OWN)
        for granularity in granularities:
            self.grants.add(
                Grant(
                    EnterpriseNumber.parse(client.issued.credentials.organisation),
                    known.headpoint.ean,
                    granularity,
                    Period(brussels("2024-01-01T00:00")),
                    own=True,
                )
            )
        return client

    def deliver(
        self,
        delivery_id: str,
        ean: Ean,
        start: datetime,
        said: Mapping[SeriesKey, Sequence[int]],
        state: State,
    ) -> datetime:
        """Deliver thousandths for consecutive slots of series on one grid; when they are visible, the clock included."""
        [grid] = {key.grid for key in said}
        with self.readings.writing("series") as connection:
            numbers = catalogue.number_series(connection, {int(ean): list(said)})[int(ean)]
        values = np.array([list(said.values())], np.int64)
        [content] = encode(
            [numbers[catalogue.line_of(key)] for key in said], values, np.full(values.shape, state, np.uint8)
        )
        first = slots_within(grid, Period(start, start + timedelta(days=1))).start
        delivery = self.deliveries.begin(delivery_id, "a test")
        self.deliveries.load(delivery, [Run(int(ean), Grid(grid), first, content)])
        published_at = self.deliveries.publish(delivery, Counts(runs=1))
        self.platform.clock.now = published_at
        return published_at
