"""Examples for the documentation: requests and the answers to them (C8)."""

from typing import Final

__all__ = ["ENERGY_ANSWERS", "MANDATES_ANSWER", "MOCK_ANSWER", "MOCK_REQUESTS"]

_META: Final = {"fetchTime": "2025-09-20T10:00:00Z"}

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


def _reading(value: float) -> dict[str, object]:
    return {"value": value, "unit": "kWh", "validationState": "READ"}


def _energy(key: str, slot: dict[str, object]) -> dict[str, object]:
    meter = {"seqNumber": "1", "meterID": "1SAG3105012345", key: [slot]}
    headpoint = {
        "$type": "metering-on-meter",
        "ean": "541440110000000007",
        "energyType": "E",
        "physicalMeters": [meter],
    }
    return {"data": {"headpoint": headpoint}, "_meta": _META}


ENERGY_ANSWERS: Final = {
    "a quarter-hour of a digital meter": _energy(
        "quarterHourlyEnergy",
        {
            "start": "2025-09-18T10:00:00Z",
            "end": "2025-09-18T10:15:00Z",
            "measurements": [
                {"offtake": {"total": _reading(0.002)}, "injection": {"total": _reading(0.243)}}
            ],
        },
    ),
    "a day of a digital meter": _energy(
        "dailyEnergy",
        {
            "start": "2025-09-17T22:00:00Z",
            "end": "2025-09-18T22:00:00Z",
            "measurements": [
                {
                    "offtake": {"day": _reading(3.712), "night": _reading(2.876)},
                    "injection": {"day": _reading(9.105), "night": _reading(0.959)},
                }
            ],
        },
    ),
    "nothing measured in the period": {
        "data": {"headpoint": {"$type": "metering-on-meter", "ean": "541440110000000007", "energyType": "E"}},
        "_meta": _META,
    },
}
