"""A sandbox for tests of your own client: `with Sandbox() as sandbox:`, or the pytest fixture `kwartier_sandbox`.

Exception
└── SandboxError              the sandbox can't do what is asked
    ├── StartError            it can't start, or runs already
    ├── NotRunningError       it was not started, or was stopped
    └── RefusedError          it refused; `status`, and a text that says what is wrong and what is allowed

`docs/testing-your-client.md` shows how it is used. Importing this loads no server room: a name does, once it is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from kwartier.testing.client import SandboxClient
    from kwartier.testing.control import Clock, ClockReading, Control
    from kwartier.testing.credentials import Credentials
    from kwartier.testing.errors import NotRunningError, RefusedError, SandboxError, StartError
    from kwartier.testing.faults import EndpointName, Fault, KindName
    from kwartier.testing.journal import JournalAnswer, JournalBody, JournalEntry, JournalRequest
    from kwartier.testing.portal import (
        ContractName,
        Mandate,
        MandateFact,
        MandatePhase,
        Portal,
        ScenarioName,
    )
    from kwartier.testing.sandbox import Sandbox

__all__ = [
    "Clock",
    "ClockReading",
    "ContractName",
    "Control",
    "Credentials",
    "EndpointName",
    "Fault",
    "JournalAnswer",
    "JournalBody",
    "JournalEntry",
    "JournalRequest",
    "KindName",
    "Mandate",
    "MandateFact",
    "MandatePhase",
    "NotRunningError",
    "Portal",
    "RefusedError",
    "Sandbox",
    "SandboxClient",
    "SandboxError",
    "ScenarioName",
    "StartError",
]

_MODULES: Final = {
    "client": ("SandboxClient",),
    "control": ("Clock", "ClockReading", "Control"),
    "credentials": ("Credentials",),
    "errors": ("NotRunningError", "RefusedError", "SandboxError", "StartError"),
    "faults": ("EndpointName", "Fault", "KindName"),
    "journal": ("JournalAnswer", "JournalBody", "JournalEntry", "JournalRequest"),
    "portal": ("ContractName", "Mandate", "MandateFact", "MandatePhase", "Portal", "ScenarioName"),
    "sandbox": ("Sandbox",),
}
_WHERE: Final = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """A name of `__all__`, imported when it is first used: pytest loads this package in every run of everybody."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{error.name} is missing: pip install 'kwartier[server]'", name=error.name
        ) from error
