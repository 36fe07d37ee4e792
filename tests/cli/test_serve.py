"""What `kwartier serve` says before it serves."""

import pytest
from pydantic import SecretStr

from kwartier.app import borders
from kwartier.cli.serve import _warn_of_pepper
from kwartier.domain.errors import InvalidValueError
from kwartier.settings import Settings


@pytest.mark.parametrize(
    "reach",
    [
        {"host": "10.0.0.1"},
        {"public_url": "https://metering.example", "trusted_proxies": "127.0.0.1"},
        {"public_url": "https://metering.example", "trusted_proxies": "unix", "unix_socket": "/run/k.sock"},
    ],
    ids=["a host", "a public address", "a socket"],
)
def test_who_serves_others_without_a_pepper_is_warned(
    reach: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """I4: whoever others can reach, in whichever way, has to name a geography, and is warned of a pepper that is missing."""
    with pytest.raises(InvalidValueError, match="setting geography"):
        borders(Settings.model_validate(reach))
    served = Settings.model_validate(reach | {"geography": "off"})
    borders(served)
    caplog.clear()
    _warn_of_pepper(served)
    assert [record.getMessage() for record in caplog.records] == ["pepper_missing"]
    caplog.clear()
    _warn_of_pepper(served.model_copy(update={"pepper": SecretStr("x")}))
    _warn_of_pepper(Settings())
    assert not caplog.records
