"""The service at an address that can die and come back, and what a test needs to drive the line by hand."""

import asyncio
import json
import re
from dataclasses import dataclass

import uvicorn

from app.line.document import ProviderLight
from app.local.ports import free_port
from tests.service.person import Person

TITLE = {"ko": "백신 예약", "en": "Vaccination booking"}
LIGHTS = (
    ProviderLight("bank", {"ko": "은행 인증", "en": "Bank"}, "green"),
    ProviderLight("post", {"ko": "우체국 인증", "en": "Post office"}, "amber"),
)
# the rate at which the line is said to move, and how wide the shown wait is
MOVING = {"rate_per_s": 12.0, "wait_low": 0.8, "wait_high": 1.4, "providers": LIGHTS}


class Front:
    """A second server in front of the same service: stopping it is the origin's death, as browsers see it."""

    def __init__(self, service):
        self.service = service
        self.port = free_port()
        self._server = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.service.run(self._start())

    def stop(self):
        self.service.run(self._stop())

    async def _start(self):
        config = uvicorn.Config(
            self.service.application,
            host="127.0.0.1",
            port=self.port,
            lifespan="off",
            log_level="warning",
            access_log=False,
            ws="none",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._task = asyncio.create_task(self._server.serve())
        while not self._server.started:  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.005)

    async def _stop(self):
        if self._server is not None:
            self._server.should_exit = True
            await self._task
            self._server = None


@dataclass
class Crowd:
    """Other people in the line, without browsers."""

    service: object

    def join(self, people):
        """So many people join; what each of them was told."""
        return [Person(self.service).join().json for _ in range(people)]

    def take(self, person, slot_id):
        """Somebody who is called comes in and keeps a slot, so that nobody else can have it."""
        person.enter()
        person.prove(name="김이름", born="1990-01-17", phone="010-9999-8888")
        reply = person.hold(slot_id=slot_id)
        assert reply.status == 201, reply.content


def kept(page, key):
    """What the page keeps under a name."""
    return json.loads(page.evaluate(f"localStorage.getItem('fg:{key}')"))


def identify(page, name="홍길동", born="19880517", phone="010-2345-6789"):
    """The first step of the booking."""
    page.locator("#fullName").fill(name)
    page.locator("#birth").fill(born)
    page.locator("#who #phone").fill(phone)
    page.locator("#check").click()


def digits(text):
    """The number in a text such as ``1,234번``."""
    return int(re.sub(r"\D", "", text))
