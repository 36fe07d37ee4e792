"""Whether the platform says that it is stopping."""

import signal
from functools import partial

import pytest

from kwartier.cli.watching import Runner, _serving_fault
from kwartier.serving import Grace, Server, Supervisor, server_config


@pytest.fixture(params=["server", "supervisor"])
def runner(request: pytest.FixtureRequest) -> Runner:
    """What serves: one process, or several."""
    config = server_config("none", log_config=None, log_level=None)
    return Supervisor(config, [], Grace()) if request.param == "supervisor" else Server(config, Grace())


def test_readiness_follows_the_server(runner: Runner) -> None:
    """C6: it is not ready before somebody serves, nor from when it is told to stop."""
    runners: list[Runner] = []
    serving = [0]
    fault = partial(_serving_fault, runners, lambda: serving[0])
    assert fault() == "it is starting"
    runners.append(runner)
    assert fault() == "it is starting"
    serving[0] = 1
    assert fault() is None
    if isinstance(runner, Supervisor):
        runner._note_end(signal.SIGTERM, None)
    else:
        runner.handle_exit(signal.SIGTERM, None)
    assert "it is stopping" in (fault() or "")
