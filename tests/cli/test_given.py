"""What options and arguments give."""

from pathlib import Path

import pytest

from kwartier.cli.errors import FailureError, MistakeError
from kwartier.cli.given import read_granularity
from kwartier.cli.login_asked import read_activation
from kwartier.domain.metering import Granularity


def test_a_granularity_is_named_as_it_is_shown() -> None:
    """E1, C7: in the API's words, in any case, and as people say it; what is allowed is told."""
    for text in ("hourly_quarterhourly", "Hourly_QuarterHourly", "quarter-hourly"):
        assert read_granularity(text) is Granularity.QUARTER_HOURLY
    assert read_granularity("daily") is Granularity.DAILY
    with pytest.raises(MistakeError, match="--granularity hourly: allowed: daily, hourly_quarterhourly"):
        read_granularity("hourly")


def test_an_activation_that_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    """C6: the name of the file, and why, without numbers of the system."""
    nowhere, odd = tmp_path / "nowhere.json", tmp_path / "odd.json"
    odd.write_bytes(b"\xff")
    for file, why in ((nowhere, ": No such file or directory"), (odd, " is no text in UTF-8")):
        with pytest.raises(FailureError) as refused:
            read_activation(str(file))
        assert refused.value.format_message() == f"{file}{why}"
