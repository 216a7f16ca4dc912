"""The whole service in this process, for tests that speak HTTP with it: uvicorn in a thread, real stores behind it.

    with serving(database, valkey_url) as service:
        person = Person(service)
        person.join()
        service.open_doors(serving=10)      # the draw; places 0 to 9 are called
        person.enter()

The line is driven by hand (`begin`, `open_doors`, `call`), so that nothing happens between two lines of a test; with
`controller=True` the real controller does it, second by second. Identity is checked by the stand-in.
"""

import asyncio
import io
import socket
import threading
import time
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import uvicorn
import uvloop

from app.admission.capacity import FixedCapacity
from app.admission.controller import Controller, Duties
from app.clock import SystemClock
from app.identity.standin import Behaviour, StandIn
from app.line import draw
from app.line.document import Draw
from app.line.valkey import ValkeyLine
from app.opening import Opening
from app.operators import controls
from app.operators.passwords import hashed
from app.reservations.pool import open_pool
from app.reservations.seeding import seed
from app.settings import Admission, Provider, Settings, Stores
from app.web.application import create
from app.web.assembling import assemble
from app.web.document_source import compose_alone
from app.web.logs import Journal
from app.web.routes import TABLE

READY_WITHIN_S = 20.0
OPERATOR, PASSWORD = "operator", "correct horse battery staple"
_PASSWORD_HASH = hashed(PASSWORD, bytes(16))
PROVIDERS = ("bank", "post")


def opening_now(name="tonight", *, doors_in_s=60.0, **changes):
    """An opening that may be joined already, and whose doors open in so many seconds (before now: below 0)."""
    doors = datetime.now(UTC) + timedelta(seconds=doors_in_s)
    values = {"title": {"ko": "오늘", "en": "Tonight"}, "prequeue_minutes": 60, **changes}
    return Opening(name=name, doors_at=doors, **values)


def settings_of(database, valkey_url, providers, *, openings=None, admission=None, **changes):
    """Settings for one worker on this machine."""
    return Settings(
        stores=Stores(database_url=database, valkey_url=valkey_url, connections=8),
        openings=openings or (opening_now(),),
        admission=Admission(**{"journeys_per_server_per_s": 50.0, "poll_interval_s": 1, **(admission or {})}),
        providers=tuple(
            Provider(name=name, title={"ko": name, "en": name}, url=url, timeout_s=1.0)
            for name, url in providers.items()
        ),
        operators={OPERATOR: _PASSWORD_HASH},
        **changes,
    )


@dataclass
class Service:
    """A running service; its methods may be called from the test's thread."""

    url: str
    parts: object
    journal: io.BytesIO
    standin: StandIn
    loop: asyncio.AbstractEventLoop
    application: object
    controller: Controller | None = None
    line_state: dict = field(default_factory=dict)

    @property
    def opening(self):
        """The opening that people see."""
        return self.parts.documents.opening()

    def run(self, coroutine):
        """Run something in the service's own loop, and wait for it."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(READY_WITHIN_S)

    def until(self, ask, within_s=READY_WITHIN_S, pause_s=0.1):
        """Ask again and again; each answer, until the test has the one it waits for.

        Raises:
            TimeoutError: that has not come in time.
        """
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            yield ask()
            time.sleep(pause_s)
        raise TimeoutError(f"what was waited for has not come in {within_s} s")

    def begin(self):
        """Begin the line: people may join."""
        self.run(self.parts.line.begin(self.opening.name, 0, None, 0, 0))
        self.publish(phase="prequeue")

    def open_doors(self, serving=0, **changes):
        """Draw the pre-queue, and call the first places."""
        prequeue = self.run(self.parts.line.seal(self.opening.name))
        secret = draw.secret(self.parts.keys, self.opening.name)
        drawn = Draw(draw.commitment(secret), prequeue, secret.hex())
        self.publish(phase="open", draw=drawn, serving=serving, **changes)

    def call(self, serving, lapsed=0, **changes):
        """Call all places below `serving`; those below `lapsed` have lost their turn."""
        self.run(self.parts.line.call(self.opening.name, serving, lapsed, 1))
        self.publish(serving=serving, lapsed=lapsed, **changes)

    def publish(self, **changes):
        """Change the public document, and let the worker have it."""
        self.line_state |= changes
        now_s = self.parts.clock.now_s()
        alone = compose_alone(self.parts.settings, self.opening, now_s, self.parts.keys)
        document = msgspec.structs.replace(alone, **self.line_state)
        key = f"now-serving/{self.opening.name}"
        self.run(self.parts.line.put(key, msgspec.json.encode(document), 600))
        self.run(self.parts.documents.refresh())

    def logged(self):
        """Everything that was logged so far."""
        return self.journal.getvalue().decode()


@dataclass(frozen=True)
class How:
    """How a service is started, see `serving`."""

    shape: str
    controller: bool
    table: tuple
    snapshots: Path | None


@contextmanager
def serving(
    database, valkey_url, *, shape="benchmark(1)", controller=False, begun=True, table=TABLE, snapshots=None, **changes
):
    """Start a service and stop it; `changes` are those of `settings_of`.

    Args:
        database: URL of a migrated database.
        valkey_url: of an empty Valkey.
        shape: what is seeded for every opening, see `app.reservations.seeding.shape_of`.
        controller: whether the real controller runs.
        begun: whether the line is begun by hand; not where the controller does it.
        table: of routes; another one only to watch what is reached.
        snapshots: folder for the metrics.
        changes: of the settings, see `settings_of`.
    """
    started = threading.Event()
    how = How(shape, controller, table, snapshots)
    box = {}

    def run():
        try:
            uvloop.run(_serve(box, started, how, (database, valkey_url), changes))
        except BaseException as error:
            box["error"] = error
            raise
        finally:
            started.set()

    thread = threading.Thread(target=run, name="service", daemon=True)
    thread.start()
    started.wait(READY_WITHIN_S)
    if "error" in box or "service" not in box:
        raise RuntimeError("the service did not start") from box.get("error")
    service = box["service"]
    try:
        if begun and not controller:
            service.begin()
        yield service
    finally:
        service.loop.call_soon_threadsafe(box["stop"].set)
        thread.join(READY_WITHIN_S)


async def _serve(box, started, how, stores, changes):
    async with AsyncExitStack() as stack:
        standin = StandIn(PROVIDERS, behaviour=Behaviour(delay_s=0.0))
        address = await standin.start("127.0.0.1", 0)
        stack.push_async_callback(standin.stop)
        providers = {name: f"{address}/{name}" for name in PROVIDERS}
        settings = settings_of(*stores, providers, **changes)
        parts, journal = await _parts(stack, settings, how.snapshots)
        for opening in settings.openings:
            await seed(parts.pool, opening, how.shape)
        application = create(parts, how.table)
        url = await _listen(stack, application)
        loop = asyncio.get_running_loop()
        box["service"] = Service(url, parts, journal, standin, loop, application)
        if how.controller:
            box["service"].controller = await _control(stack, settings, parts)
        box["stop"] = asyncio.Event()
        started.set()
        await box["stop"].wait()


async def _parts(stack, settings, snapshots):
    pool = await open_pool(settings.stores.database_url.get_secret_value(), settings.stores.connections)
    stack.push_async_callback(pool.close)
    line = await ValkeyLine.connect(settings.stores.valkey_url.get_secret_value())
    stack.push_async_callback(line.close)
    journal = io.BytesIO()
    return assemble(settings, SystemClock(), line, pool, pool, snapshots=snapshots, journal=Journal(journal)), journal


async def _listen(stack, application):
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        application, log_level="warning", access_log=False, proxy_headers=False, server_header=False, ws="none"
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve([listening]))

    async def stop():
        server.should_exit = True
        await task
        listening.close()

    stack.push_async_callback(stop)
    while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
        await asyncio.sleep(0.005)
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


async def _control(stack, settings, parts):
    capacity = FixedCapacity(settings.admission.servers)
    controller = Controller(settings, parts.clock, parts.pool, parts.line, capacity, Duties(controls=controls.read))
    task = asyncio.create_task(controller.run())

    async def stop():
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    stack.push_async_callback(stop)
    return controller
