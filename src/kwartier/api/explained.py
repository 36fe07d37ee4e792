"""What the listed values mean, said once for parameters, fields of a body and fields of an answer (C8)."""

from typing import Final

from kwartier.gateway.openapi import Explained

__all__ = [
    "BODIES",
    "DATA_SERVICE_TYPE",
    "INSTALLATION",
    "METERING",
    "REFERENCE_NUMBER",
    "RENEWAL_STATUS",
    "STATUS",
    "SUBMETERING",
]

REFERENCE_NUMBER: Final = "The key between customer, energy service provider and operator; only mandates of energy service providers have one."
STATUS: Final = (
    "How the mandate stands. `Requested`: asked for in the portal, consent is awaited. `Approved`: the grid user "
    "consented, or is the one who asked. `Rejected`: the grid user refused, did not answer within a month, or moved. "
    "`Finished`: the grid user had it ended."
)
RENEWAL_STATUS: Final = (
    "Where the renewal stands. `ToBeRenewed`: the mandate expires within three months. `RenewalRequested`: renewal was "
    "asked for, and waits for the grid user where he is another. `Expired`: it reached its expiration; nothing new comes "
    "under it, what was there before stays."
)
DATA_SERVICE_TYPE: Final = (
    "The level of detail. `VH_dag`: days. `VH_kwartier_uur`: quarter-hours of electricity, hours of gas."
)
METERING: Final = (
    "Where the series lie. `metering-on-meter`: on the digital meters. `metering-on-headpoint`: on the headpoint itself "
    "(AMR). `metering-on-headpoint-and-meter`: on both."
)
SUBMETERING: Final = (
    "What the submeter measures: `submetering-production`, what an installation produces; `submetering-auxiliary`, what "
    "it uses itself; `submetering-offtake`, a part of the offtake."
)
INSTALLATION: Final = "The kind of local production: sun (`PV`), wind (`WND`), water (`WTR`), or cogeneration (`WKK` and a letter)."
# Of shapes that lie in rooms that know nothing of documentation.
BODIES: Final[Explained] = {
    "Advance": {
        "days": "So many days.",
        "hours": "So many hours.",
        "minutes": "So many minutes.",
        "seconds": "So many seconds.",
    },
    "JournalData": {"entries": "Each with what was asked, what was answered, and when."},
    "MandateState": {
        "ean": "The sandbox EAN that the mandate is for.",
        "status": "The status that was asked for.",
        "madeAt": "When it was made, by the clock of the sandbox.",
        "referenceNumber": "The reference number that was given.",
        "dataPeriodFrom": "Where the data period starts.",
        "dataPeriodTo": "Where the data period ends, exclusive.",
        "mandateExpirationDate": "When the mandate expires, exclusive.",
        "renewalStatus": "The renewal status that was given.",
    },
    "ReadyAnswer": {"status": "`ready`, or `starting` while the sandbox is not ready yet."},
}
