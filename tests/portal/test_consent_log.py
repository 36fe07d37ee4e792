"""What the log says of a grid user's page."""

import logging

import pytest

from support.consents import EANS, GRID_USER, asking
from support.platform import NOW, Platform


def test_the_log_has_no_token(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    """A2: the address of the page is its key: the log has the declared path, at any level, also for what opens nothing."""
    asked = asking(platform.database, platform.hasher, NOW)
    answers = {f"answer-{number}": "yes" for number in (1, 2)}
    with caplog.at_level(logging.DEBUG):
        platform.http.get(f"/consent/{asked.token}")
        platform.http.post(f"/consent/{asked.token}", data=answers)
        platform.http.post(f"/consent/{asked.token}", data={"end": "1"})
        platform.http.get("/consent/of-nobody-at-all")
    said = " ".join(
        f"{record.getMessage()} {record.__dict__}"
        for record in caplog.records
        if record.name.startswith("kwartier")
    )
    assert "/consent/{token}" in said
    for secret in (asked.token, "of-nobody-at-all", *EANS, GRID_USER.name, GRID_USER.email or ""):
        assert secret not in said
