"""One request of a person with everything that is noted about it, and the tries again that a page would make."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from random import Random
from typing import Any

import msgspec

from app.load.client import Answer, Client, Headers, Unanswered
from app.load.log import Log, Step
from app.load.schedule import Crowd

# what the service says no with; every other answer of 400 and above is a fault
REFUSALS = frozenset({401, 403, 409, 410, 429, 503})
BACK_OFF_S = 2.0
MOST_BACK_OFF_S = 60.0

_body = msgspec.json.Encoder()
_problem = msgspec.json.Decoder(dict[str, Any])


class Ended(Exception):
    """Somebody's evening is over before a booking; the text is how."""


@dataclass(slots=True)
class Sender:
    """Sends one person's requests.

    Attributes:
        client: of the generator.
        crowd: how fast time passes.
        log: where everything is noted.
        generator: of this person's chances.
        headers: of every request of this person, such as their ticket.
    """

    client: Client
    crowd: Crowd
    log: Log
    generator: Random
    headers: dict[bytes, bytes] = field(default_factory=dict)

    async def once(
        self, step: str, method: str, path: str, body: Any = None, intended_s: float | None = None, key: str = ""
    ) -> Answer:
        """One request; its latency counts from `intended_s`, or from now.

        Raises:
            Unanswered: no answer came.
        """
        noted = self.log.step(step)
        now_s = asyncio.get_running_loop().time()
        began_s = now_s if intended_s is None else intended_s
        noted.late.add(max(0.0, now_s - began_s))
        try:
            answer = await self.client.request(method, path, self._headers(body, key), _encoded(body))
        except Unanswered as error:
            noted.errors[str(error)] += 1
            noted.intended.add(asyncio.get_running_loop().time() - began_s)
            raise
        note(noted, answer, began_s, asyncio.get_running_loop().time())
        return answer

    async def patiently(
        self,
        step: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str = "",
        final: Collection[str] = (),
        intended_s: float | None = None,
    ) -> Answer:
        """A request as a page sends it: again after `Retry-After`, or backing off where nothing answers.

        Args:
            step: as which it is noted.
            method: of the request.
            path: of the request.
            body: of the request; None for none.
            key: for `Idempotency-Key`, the same for every try; empty for none.
            final: codes of problems after which trying again is pointless.
            intended_s: from which the first try counts; None for now.

        Raises:
            Ended: the person has given up.
        """
        tries = 0
        while True:
            pause_s = self.crowd.seconds(min(MOST_BACK_OFF_S, BACK_OFF_S * 2**tries))
            try:
                answer = await self.once(step, method, path, body, intended_s, key)
            except Unanswered:
                self._may_give_up()
            else:
                if answer.status not in (429, 500, 502, 503, 504) or code_of(answer) in final:
                    return answer
                pause_s = _retry_after_s(answer) or pause_s
                if code_of(answer) != "inside-full":
                    self._may_give_up()
            tries += 1
            intended_s = asyncio.get_running_loop().time() + pause_s * self.generator.uniform(1.0, 1.5)
            await until(intended_s)

    def _may_give_up(self) -> None:
        if self.generator.random() < self.crowd.scenario.give_up_share:
            raise Ended("gave up after a failure")

    def _headers(self, body: Any, key: str) -> Headers:
        own = list(self.headers.items())
        if body is not None:
            own.append((b"content-type", b"application/json"))
        if key:
            own.append((b"idempotency-key", key.encode()))
        return tuple(own)


async def until(moment_s: float) -> None:
    """Sleep until a moment of the loop's time."""
    delay_s = moment_s - asyncio.get_running_loop().time()
    if delay_s > 0:
        await asyncio.sleep(delay_s)


def note(step: Step, answer: Answer, intended_s: float, now_s: float) -> None:
    """Count an answer and how long it took, from the intended moment and from the sending."""
    step.intended.add(now_s - intended_s)
    step.sent.add(now_s - answer.sent_s)
    if answer.status < 400:
        step.answers[str(answer.status)] += 1
        return
    told = f"{answer.status} {code_of(answer)}".strip()
    counted = step.answers if answer.status in REFUSALS else step.errors
    counted[told] += 1


def code_of(answer: Answer) -> str:
    """The problem's code of a refusal; empty for a success and for what is no problem document."""
    if answer.status < 400:
        return ""
    try:
        kind = _problem.decode(answer.body).get("type", "")
    except msgspec.DecodeError:
        return ""
    return str(kind).rpartition("/problems/")[2]


def _retry_after_s(answer: Answer) -> float:
    """What the service asks for, in its own seconds; 0 where it asks for nothing (a date counts as nothing)."""
    text = answer.header(b"retry-after") or ""
    return float(text) if text.isdecimal() else 0.0


def _encoded(body: Any) -> bytes:
    return b"" if body is None else _body.encode(body)
