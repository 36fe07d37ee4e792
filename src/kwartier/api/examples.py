"""Examples for the documentation: requests and the answers to them (C8)."""

import json
from importlib.resources import files
from typing import Final

__all__ = ["ASKED_AT", "MANDATES_ANSWER", "MOCK_ANSWER", "MOCK_REQUESTS", "energy_answers"]

ASKED_AT: Final = "2025-09-20T10:00:00Z"
"""When the examples were asked for."""
_META: Final = {"fetchTime": ASKED_AT}

MOCK_REQUESTS: Final = {
    "quarter-hours, the rest left out": {"status": "Approved", "ean": "541440110000000007"},
    "days, everything said": {
        "referenceNumber": "REF-123456",
        "status": "Approved",
        "ean": "541440100000000007",
        "energyType": "E",
        "dataServiceType": "VH_dag",
        "dataPeriodFrom": "2024-02-01T23:00:00Z",
        "dataPeriodTo": "2027-02-01T23:00:00Z",
        "mandateExpirationDate": "2028-02-01T23:00:00Z",
        "renewalStatus": "ToBeRenewed",
    },
}

MOCK_ANSWER: Final = {"made": {"data": {"status": "Approved"}, "_meta": _META}}

MANDATES_ANSWER: Final = {
    "one mandate": {
        "data": {
            "mandates": [
                {
                    "referenceNumber": "REF-123456",
                    "status": "Approved",
                    "ean": "541440110000000007",
                    "energyType": "E",
                    "dataPeriodFrom": "2023-01-28T23:00:00Z",
                    "dataServiceType": "VH_kwartier_uur",
                    "mandateExpirationDate": "2025-12-01T23:00:00Z",
                    "renewalStatus": "ToBeRenewed",
                }
            ]
        },
        "_meta": _META,
    },
    "none": {"data": {"mandates": []}, "_meta": _META},
}


def energy_answers() -> dict[str, object]:
    """Answers of GET energy for each kind of meter, as a sandbox gave them, by what they show.

    `python -m tools.api_examples` asks for them anew.
    """
    told = json.loads((files("kwartier.api") / "pages" / "energy-examples.json").read_text(encoding="utf-8"))
    return {one["shows"]: one["answer"] for one in told}
