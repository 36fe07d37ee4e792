"""Who plays something over HTTP tells of it, step by step."""

from dataclasses import dataclass

import httpx

from kwartier.cli.console import Console
from kwartier.cli.errors import FailureError

__all__ = ["Teller", "done"]


@dataclass
class Teller:
    """Numbers the steps that are told."""

    console: Console
    steps: int = 0

    def say(self, step: str, told: str) -> None:
        """One more step."""
        self.steps += 1
        self.console.print(f"{self.steps:>2}  [bold]{step:<18}[/] {told}")


def done(answer: httpx.Response) -> httpx.Response:
    """An answer that is as it should be.

    Raises:
        FailureError: it is not.
    """
    if answer.status_code != httpx.codes.OK:
        raise FailureError(f"{answer.request.method} {answer.url.path}: {answer.status_code} {answer.text}")
    return answer
