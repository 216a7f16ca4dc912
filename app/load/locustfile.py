"""The same crowd for Locust, for load from many machines: ``locust -f app/load/locustfile.py --host URL``.

    locust -f app/load/locustfile.py --headless --host https://opening.example --scenario kdca-august-2021 \
        --scale 0.01 --speed 1 --master            # and on each generator: … --worker --master-host HOST

Each user is one person who comes once, waits, books and goes; the shape starts as many as the scenario's curve says.
Latencies in Locust's tables count from the sending (it cannot do otherwise), so they flatter a service that stalls;
`python -m app load` counts from the intended time, and judges order and numbers, too.

Locust patches the standard library with gevent when it is imported: import this file in a process of its own.
"""

from __future__ import annotations

import itertools
import time
from base64 import urlsafe_b64encode
from bisect import bisect_right
from random import Random
from typing import Any

import gevent
import msgspec
from locust import FastHttpUser, LoadTestShape, events, task

from app.line import draw
from app.line.document import NowServing
from app.load.schedule import Crowd, arrivals, crowd_of
from floodgate.rehearsal.scenarios.loading import load_scenario

UNKNOWN_PHONE = "010-0000-0001"
# days after the doors that have slots in the made-up country
FIRST_DAY, MOST_DAYS = 7, 7
MOST_TRIES = 8

_numbers = itertools.count()
_document = msgspec.json.Decoder(NowServing)


@events.init_command_line_parser.add_listener
def _options(parser: Any) -> None:
    parser.add_argument("--scenario", default="kdca-august-2021", help="Name or file of a scenario")
    parser.add_argument("--scale", type=float, default=0.001, help="Share of the scenario's people")
    parser.add_argument("--speed", type=float, default=1.0, help="Seconds of the scenario in one second")
    parser.add_argument("--seed", type=int, default=1, help="Of every draw; another one for every run")
    parser.add_argument("--tail", type=float, default=300.0, help="Seconds after the last arrival, at most")


class Over(Exception):
    """Somebody's evening ends before a booking."""


def crowd_from(options: Any) -> Crowd:
    """The crowd that Locust's options name."""
    return crowd_of(load_scenario(options.scenario), options.scale, options.speed, options.seed)


class Evening(LoadTestShape):
    """Starts people along the curve, from the first arrival on.

    Locust keeps as many users alive as a shape says, and replaces those who have gone; people who are done therefore
    stay, idle, and the number alive is the number who have come.
    """

    def __init__(self) -> None:
        super().__init__()
        self._times: list[float] = []

    def tick(self) -> tuple[int, float] | None:
        """How many people have come by now, and how fast the next do; None when all is over."""
        assert self.runner is not None, "Locust sets it"
        options = self.runner.environment.parsed_options
        assert options is not None, "Locust parses them"
        if not self._times:
            self._times = arrivals(crowd_from(options))
        first_s, last_s = self._times[0], self._times[-1]
        offset_s = self.get_run_time() + first_s
        come = bisect_right(self._times, offset_s)
        everybody = come == len(self._times)
        if everybody and (Visitor.done >= come or offset_s > last_s + options.tail):
            return None
        soon = bisect_right(self._times, offset_s + 1.0) - come
        return max(1, come), max(1.0, float(soon))


class Visitor(FastHttpUser):
    """One person: join, wait, enter, prove who they are, look, hold, confirm; then idle."""

    done = 0

    def on_start(self) -> None:
        """Become somebody."""
        self.options = self.environment.parsed_options
        self.crowd = crowd_from(self.options)
        # workers of one run must not send the same person twice
        self.who = f"{self.options.seed}/{id(self.environment.runner)}/{time.time_ns()}/{next(_numbers)}"
        self.generator = Random(self.who)
        self.heads: dict[str, str] = {}
        self.checks = 0

    @task
    def evening(self) -> None:
        """The whole evening; it is done once, whatever happens in it."""
        try:
            self._join_and_book()
        except Over:
            pass
        except Exception as error:  # noqa: BLE001  Locust would let the same person begin anew at once, without end
            self.environment.events.user_error.fire(user_instance=self, exception=error, tb=error.__traceback__)
        finally:
            Visitor.done += 1
        while True:
            gevent.sleep(60)

    def _join_and_book(self) -> None:
        self._wait(self._join())
        self._enter()
        self._inside()

    def _join(self) -> dict[str, Any]:
        body = {"device": urlsafe_b64encode(self.generator.randbytes(16))[:22].decode()}
        answer = self._until_answered("POST", "/queue/join", body)
        if answer.status_code != 200:
            raise Over
        joined = answer.json()
        self.heads["Floodgate-Ticket"] = joined["ticket"]
        return joined

    def _wait(self, joined: dict[str, Any]) -> None:
        patience_s = self.crowd.seconds(self.generator.expovariate(1 / self.crowd.scenario.patience_s))
        place = joined["place"]
        while True:
            document = self._now_serving()
            if document is not None:
                patience_left = time.time() < document.doors_s + patience_s or time.time() < document.doors_s
                if place is None and document.draw.prequeue is not None:
                    place = _place(document, joined["number"])
                if place is not None and place < document.serving:
                    return
                if document.phase == "closed" or not patience_left:
                    raise Over
            told_s = document.poll_s if document else 5
            gevent.sleep(self.crowd.poll_s(told_s) * self.generator.uniform(0.8, 1.2))

    def _now_serving(self) -> NowServing | None:
        with self.client.get("/queue/now-serving.json", catch_response=True) as answer:
            return _document.decode(answer.content or b"{}") if answer.status_code == 200 else None

    def _enter(self) -> None:
        self._think("enter")
        answer = self._until_answered("POST", "/queue/enter", None)
        if answer.status_code != 200:
            raise Over
        self._keep_pass(answer)

    def _keep_pass(self, answer: Any) -> None:
        """The pass comes as a cookie, which Locust keeps, and as a header."""
        if told := answer.headers.get("Floodgate-Pass"):
            self.heads["Floodgate-Pass"] = told

    def _inside(self) -> None:
        self.region = self.generator.choice(self._regions())
        self.slots: list[int] = []
        self.held: str | None = None
        doings = {"identity": self._prove, "search": self._search, "hold": self._hold, "confirm": self._confirm}
        for step in self.crowd.journey:
            if step.kind not in doings:
                continue
            times = 1
            while self.generator.random() < 1 - 1 / max(1.0, step.repeats):
                times += 1
            for again in range(times):
                self._think(step.kind)
                doings[step.kind](again == times - 1)

    def _prove(self, last: bool) -> None:
        self.checks += 1
        phone = f"0103{self.generator.randrange(10**7):07}" if last else UNKNOWN_PHONE
        document = self._now_serving()
        name = self.generator.choice([light.name for light in document.providers]) if document else ""
        body = {
            "provider": name,
            "name": f"Load {self.checks if not last else ''} {self.who}"[:60],
            "birth_date": "1990-01-10",
            "phone": phone,
        }
        answer = self._until_answered("POST", "/api/identity/checks", body)
        if answer.status_code == 200:
            self._keep_pass(answer)
        elif last:
            raise Over

    def _search(self, last: bool) -> None:
        del last
        document = self._now_serving()
        start_s = (document.doors_s if document else time.time()) + (
            FIRST_DAY + self.generator.randrange(MOST_DAYS)
        ) * 86_400
        day = time.strftime("%Y-%m-%d", time.gmtime(start_s + 9 * 3600))
        query = f"/api/slots?region={self.region}&day={day}"
        with self.client.get(query, headers=self.heads, name="/api/slots", catch_response=True) as answer:
            if answer.status_code == 200:
                self.slots = [slot["id"] for slot in answer.json()["slots"] if slot["free"]]

    def _hold(self, last: bool) -> None:
        for tried in range(MOST_TRIES):
            choice = {"slot_id": self.generator.choice(self.slots)} if self.slots else {"region": self.region}
            answer = self._until_answered("POST", "/api/holds", choice, key=f"h{tried}-{last}")
            if answer.status_code == 201:
                self.held = answer.json()["hold_id"]
                return
            self._search(last)
        raise Over

    def _confirm(self, last: bool) -> None:
        body = {"hold_id": self.held, "contact": {"phone": "010-2000-0000"}}
        if self._until_answered("POST", "/api/bookings", body, key=f"c-{last}").status_code != 201:
            raise Over

    def _regions(self) -> list[str]:
        with self.client.get("/api/clinics", headers=self.heads, catch_response=True) as answer:
            return sorted({clinic["region"] for clinic in answer.json()}) if answer.status_code == 200 else [""]

    def _think(self, kind: str) -> None:
        mean_s = next((step.think_s for step in self.crowd.journey if step.kind == kind), 0.0)
        gevent.sleep(self.crowd.seconds(self.generator.expovariate(1 / mean_s)) if mean_s else 0.0)

    def _until_answered(self, method: str, path: str, body: Any, key: str = "") -> Any:
        """A request as a page sends it; refusals are answers, and only 429, 5xx and `not-your-turn` are tried again."""
        heads = self.heads | ({"Idempotency-Key": key} if key else {})
        for tried in range(MOST_TRIES):
            with self.client.request(method, path, json=body, headers=heads, catch_response=True) as answer:
                again = answer.status_code in (0, 429, 500, 502, 503, 504) or b"not-your-turn" in (
                    answer.content or b""
                )
                if answer.status_code in (403, 409, 410, 429, 503):
                    answer.success()
                if not again:
                    return answer
            told = (answer.headers or {}).get("Retry-After", "")
            pause_s = float(told) if told.isdecimal() else min(60.0, 2.0**tried) / self.crowd.speed
            gevent.sleep(pause_s * self.generator.uniform(1.0, 1.5))
        raise Over


def _place(document: NowServing, number: int) -> int:
    prequeue = document.draw.prequeue or 0
    if number >= prequeue:
        return number
    seed = draw.seed(document.opening, prequeue, bytes.fromhex(document.draw.secret or ""))
    return draw.place(seed, number, prequeue)
