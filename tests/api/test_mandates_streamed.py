"""A long list of mandates is sent page by page."""

import json
from datetime import timedelta

import pytest

from kwartier.domain.ean import Ean
from kwartier.domain.mandate import Asked, Mandate
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.domain.period import Period
from kwartier.services import mandates
from kwartier.wire import paths
from support.domain import brussels
from support.platform import NOW, Client

FROM = brussels("2024-01-01T00:00")


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
def test_a_list_of_any_length_is_whole(client: Client, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """M10, C10: one page or several, full or not, the answer is the same document, of mandates in order of last update."""
    monkeypatch.setattr(mandates, "_PAGE", 2)
    for place in range(count):
        mandate = Mandate(
            None, Ean(f"54144011000000000{place}"), EnergyType.ELECTRICITY, Granularity.QUARTER_HOURLY
        )
        client.write(mandate, [Asked(NOW - timedelta(days=9 - place), Period(FROM), by_grid_user=True)])
    answer = client.get(paths.MANDATE)
    assert answer.headers["content-type"] == "application/json"
    body = json.loads(answer.content)
    assert body.keys() == {"data", "_meta"}
    assert [one["ean"][-1] for one in body["data"]["mandates"]] == [str(place) for place in range(count)]
