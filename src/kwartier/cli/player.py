"""An integrator who plays the main job over HTTP, and tells of it."""

from dataclasses import dataclass
from time import perf_counter
from typing import Any

import httpx

from kwartier.cli.picture import week_picture
from kwartier.cli.teller import Teller, done
from kwartier.clock import system_clock
from kwartier.domain.days import day_of, midnight
from kwartier.domain.question import MAX_DAYS
from kwartier.wire import paths
from kwartier.wire.timestamps import write_timestamp

__all__ = ["Player"]

Json = dict[str, Any]


@dataclass
class Player:
    """An integrator: does the main job, and has it told."""

    teller: Teller
    credentials: Json
    quarter_hours_ean: str = "541440110000000007"
    days_ean: str = "541440100000000007"

    def play(self) -> list[Json]:
        """From credentials to a picture of a week; the quarter-hours of the last half-year."""
        known = self.credentials
        self.teller.say(
            "Credentials", f"client id {known['client_id']}, valid until {known['valid_until'][:10]}"
        )
        with httpx.Client(timeout=30) as http:
            form = {name: known[name] for name in ("grant_type", "scope", "client_id", "client_secret")}
            token = done(http.post(known["token_endpoint"], data=form)).json()
            self.teller.say("POST token", f"a {token['token_type']} token for {token['expires_in']} seconds")
            http.headers["Authorization"] = f"Bearer {token['access_token']}"
            http.headers["Ocp-Apim-Subscription-Key"] = known["subscription_key"]
            for ean in (self.quarter_hours_ean, self.days_ean):
                body = {"status": "Approved", "ean": ean}
                made = done(http.post(known["base_url"] + paths.MOCK_MANDATE, json=body)).json()["data"]
                self.teller.say("POST mandate/mock", f"{ean} is {made['status']}")
            found = done(http.get(known["base_url"] + paths.MANDATE)).json()["data"]["mandates"]
            self.teller.say(
                "GET mandate", ", ".join(f"{one['ean']} {one['dataServiceType']}" for one in found)
            )
            quarter_hours = self._energy(http, self.quarter_hours_ean, "quarterHourlyEnergy", "quarter-hours")
            self._energy(http, self.days_ean, "dailyEnergy", "days")
        self.teller.console.print()
        self.teller.console.print(week_picture(quarter_hours))
        return quarter_hours

    def question(self, ean: str) -> dict[str, str]:
        """The last 185 days of an EAN, by reading."""
        today = day_of(system_clock())
        return {
            "ean": ean,
            "periodType": "readTime",
            "from": write_timestamp(midnight(today - MAX_DAYS)),
            "to": write_timestamp(midnight(today)),
        }

    def _energy(self, http: httpx.Client, ean: str, key: str, what: str) -> list[Json]:
        begun = perf_counter()
        answer = done(http.get(self.credentials["base_url"] + paths.ENERGY, params=self.question(ean)))
        took = (perf_counter() - begun) * 1e3
        slots: list[Json] = answer.json()["data"]["headpoint"]["physicalMeters"][0][key]
        size = len(answer.content) / 1e6
        self.teller.say("GET energy", f"{len(slots)} {what} of {ean}, {size:.1f} MB in {took:.0f} ms")
        return slots
