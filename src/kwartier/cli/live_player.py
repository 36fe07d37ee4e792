"""The life of a mandate in the live environment, played over HTTP: registered, asked, consented to, read, cut short."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import sleep
from typing import Any, Final

import httpx

from kwartier.cli.teller import Teller, done
from kwartier.clock import system_clock
from kwartier.domain.days import day_of, midnight
from kwartier.wire import paths
from kwartier.wire.timestamps import read_timestamp, write_timestamp

__all__ = ["LivePlayer"]

Json = dict[str, Any]

BAKERY, MILL = "0999.999.922", "0999.999.823"
OF_BAKERY, OF_MILL = "541448800000100014", "541448800000100021"
_DAYS: Final = 40
_MOVED_DAYS_AGO: Final = 10
_HEADPOINTS: Final = "\n".join(
    [
        "row,ean,energy,meter_type,seq_number,meter_id,who,from",
        *(
            f"headpoint,{ean},electricity,digital,,,,\nmeter,{ean},,,1,1SAG{ean[-10:]},,\n"
            f"grid user,{ean},,,,,{who},2020-01-01"
            for ean, who in ((OF_BAKERY, BAKERY), (OF_MILL, MILL))
        ),
    ]
)


@dataclass
class LivePlayer:
    """An operator, a company and a grid user.

    Attributes:
        run: a `kwartier` command on the same database, for what a portal user does; what it printed as JSON.
        operator: the operator's credentials.
        address: of the platform.
        quarter_hours: of a fictitious meter, which the head-end delivers as if they were measured.
    """

    teller: Teller
    run: Callable[..., Any]
    operator: Json
    address: str
    quarter_hours: Sequence[Json]

    def play(self) -> None:
        """From the first registration to the values that are gone after a move."""
        with httpx.Client(timeout=60) as http:
            self._register(http)
            self._read_own(http)
            client = self._read_anothers(http)
            self._move(http, client)

    def _register(self, http: httpx.Client) -> None:
        """The operator registers enterprises and headpoints, and the head-end delivers."""
        for number, name in ((BAKERY, "Bakery"), (MILL, "Mill")):
            body = {"number": number, "name": name, "language": "en", "email": f"{name.lower()}@example.be"}
            self._office(http, "PUT", "/organisation", json=body)
        table = {"content-type": "text/csv"}
        self._office(http, "POST", "/headpoints", content=_HEADPOINTS.encode(), headers=table)
        self.teller.say("PUT organisation", f"a bakery and a mill, each with a meter: {OF_BAKERY}, {OF_MILL}")
        visible = max(self._deliver(http, ean) for ean in (OF_BAKERY, OF_MILL))
        sleep(max(0.0, (visible - system_clock()).total_seconds()))

    def _deliver(self, http: httpx.Client, ean: str) -> datetime:
        """The head-end delivers readings of an EAN; when they are visible, some seconds ahead."""
        delivery = self._office(
            http,
            "POST",
            "/deliveries",
            params={"deliveryId": f"demo/{ean}"},
            content="\n".join(self._values(ean)).encode(),
            headers={"content-type": "application/x-ndjson"},
        )["delivery"]
        counts = delivery["counts"]
        self.teller.say("POST deliveries", f"{counts['stored']} readings of {ean} in {counts['runs']} runs")
        return read_timestamp(delivery["publishedAt"]) + timedelta(seconds=1)  # it is told to the second

    def _values(self, ean: str) -> Iterator[str]:
        """The last weeks of the fictitious meter, as values of another in the long form."""
        for slot in self.quarter_hours[-_DAYS * 96 :]:
            for measurement in slot["measurements"]:
                for direction, registers in measurement.items():
                    for register, one in registers.items():
                        yield json.dumps(
                            {
                                "ean": ean,
                                "meter_id": f"1SAG{ean[-10:]}",
                                "direction": direction,
                                "register": register,
                                "unit": one["unit"],
                                "start": slot["start"],
                                "resolution": "PT15M",
                                "value": one["value"],
                                "state": one["validationState"],
                            }
                        )

    def _read_own(self, http: httpx.Client) -> None:
        """The bakery asks for its own meter: no consent, no contract."""
        client = self.run("credentials", "issue", "--organisation", BAKERY, "--environment", "live")
        self._ask(OF_BAKERY)
        self.teller.say("Own meter", f"{self._count(http, client, OF_BAKERY)} quarter-hours, at once")

    def _read_anothers(self, http: httpx.Client) -> Json:
        """It asks for the mill's: consent, a contract, and renewed credentials."""
        client: Json = self.run("credentials", "issue", "--organisation", BAKERY, "--environment", "live")
        self._ask(OF_MILL)
        link = self._link(http)
        form = {"content-type": "application/x-www-form-urlencoded"}
        done(http.post(link, content="answer-1=yes", headers=form))
        self.teller.say("POST consent", "the mill follows its link, and says yes")
        self._say_refusal(http, client)
        contract = self._office(http, "POST", "/contracts", json={"organisation": BAKERY})["contract"]
        signed = {"contract": contract, "organisation": BAKERY}
        self._office(http, "POST", "/contracts/sign", json=signed)
        self._office(http, "POST", "/contracts/approve", json={"contract": contract})
        self.teller.say("POST contracts", f"contract {contract} is signed and approved")
        self._say_refusal(http, client)
        client |= self.run("credentials", "renew", client["client_id"])
        told = f"{self._count(http, client, OF_MILL)} quarter-hours, with renewed credentials"
        self.teller.say("Another's meter", told)
        return client

    def _move(self, http: httpx.Client, client: Json) -> None:
        """The mill moved out some days ago, as the market tells only now."""
        before = system_clock() - timedelta(seconds=1)
        moved = midnight(day_of(before) - _MOVED_DAYS_AGO)
        told = {"ean": OF_MILL, "scenario": "move", "effective": write_timestamp(moved)}
        self._office(http, "POST", "/scenario", json=told)
        left = self._count(http, client, OF_MILL)
        self.teller.say("POST scenario", f"the mill had moved out: {left} quarter-hours are left")
        params = {"lastUpdatedFrom": write_timestamp(before)}
        answer = done(
            http.get(client["base_url"] + paths.MANDATE, params=params, headers=self._headers(http, client))
        )
        [found] = [one for one in answer.json()["data"]["mandates"] if one.get("ean") == OF_MILL]
        ends = read_timestamp(found["dataPeriodTo"])
        self.teller.say(
            "GET mandate", f"lastUpdatedFrom finds it: {found['status']}, data period to {ends:%Y-%m-%d}"
        )

    def _ask(self, ean: str) -> None:
        start = (system_clock() - timedelta(days=365)).date().isoformat()
        asked = ("--organisation", BAKERY, "--service", "VH_kwartier_uur", "--from", start)
        [answer] = self.run("requests", "ask", ean, *asked)["answers"]
        self.teller.say("Asked for", f"quarter-hours of {ean}: {answer['answer']}")

    def _link(self, http: httpx.Client) -> str:
        """The link that was sent, as the development outbox shows it."""
        listed = done(http.get(f"{self.address}{paths.DEVELOPMENT_OUTBOX}")).text
        [first, *_] = re.findall(rf'href="({paths.DEVELOPMENT_OUTBOX}/[^"]+)"', listed)
        message = done(http.get(f"{self.address}{first}")).text
        [link, *_] = re.findall(rf"{re.escape(self.address)}{paths.CONSENT}/[\w-]+", message)
        return str(link)

    def _say_refusal(self, http: httpx.Client, client: Json) -> None:
        answer = self._energy(http, client, OF_MILL)
        self.teller.say("GET energy", f"{answer.status_code}: {answer.json()['Message']}")

    def _count(self, http: httpx.Client, client: Json, ean: str) -> int:
        headpoint = done(self._energy(http, client, ean)).json()["data"]["headpoint"]
        return sum(len(meter["quarterHourlyEnergy"]) for meter in headpoint["physicalMeters"])

    def _energy(self, http: httpx.Client, client: Json, ean: str) -> httpx.Response:
        today = day_of(system_clock())
        start, end = (write_timestamp(midnight(day)) for day in (today - _DAYS, today))
        params = {"ean": ean, "periodType": "readTime", "from": start, "to": end}
        return http.get(client["base_url"] + paths.ENERGY, params=params, headers=self._headers(http, client))

    def _headers(self, http: httpx.Client, client: Json) -> dict[str, str]:
        names = ("grant_type", "scope", "client_id", "client_secret")
        granted = done(http.post(client["token_endpoint"], data={name: client[name] for name in names}))
        bearer = {"Authorization": f"Bearer {granted.json()['access_token']}"}
        return bearer | {"Subscription-Key": client.get("subscription_key", "")}

    def _office(self, http: httpx.Client, method: str, path: str, **how: Any) -> Json:
        """Ask the backoffice; the data of the answer."""
        headers = self._headers(http, self.operator) | how.pop("headers", {})
        address = f"{self.address}{paths.BACKOFFICE}{path}"
        data: Json = done(http.request(method, address, headers=headers, **how)).json()["data"]
        return data
