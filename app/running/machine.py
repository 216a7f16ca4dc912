"""The whole service on one machine, with servers of its own or with yours."""

from __future__ import annotations

import base64
import secrets
import signal
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO

from pydantic import SecretStr

from app.errors import SetupError
from app.local.ports import free_port
from app.local.postgres import Postgres
from app.local.valkey import Valkey
from app.operators.passwords import SALT_BYTES, hashed
from app.reservations.seeding import shape_of
from app.running import handing_over, place, sharing, state, telling
from app.running.choices import PROVIDERS, Choices, plan, settings_of, workers_of
from app.running.listening import listen, port_of
from app.running.part import Part, own_process
from app.running.processes import POSTGRES, STANDIN, VALKEY, Processes
from app.running.summary import Summary, summary
from app.running.supervisor import Stopped, Supervisor
from app.settings import Stores

INTERNAL_PORT = 9464
READY_WITHIN_S = 60.0
OPERATOR = "operator"
# enough for a cluster that is made anew, or recovers
OWN_DATABASE_WITHIN_S = 60.0
BAD_INPUT = 2


@dataclass(slots=True)
class Servers:
    """PostgreSQL and Valkey of our own; None where the environment names yours."""

    postgres: Postgres | None
    valkey: Valkey | None
    stores: Stores

    def parts(self) -> list[Part]:
        """Those that we start."""
        parts = []
        if self.postgres is not None:
            server = self.postgres
            parts.append(
                Part(
                    "PostgreSQL",
                    lambda _: server.spawn(),
                    signal.SIGINT,
                    30.0,
                    rank=POSTGRES,
                    last_words=server.last_words,
                )
            )
        if self.valkey is not None:
            store = self.valkey
            parts.append(
                Part("Valkey", lambda _: store.spawn(), patience_s=10.0, rank=VALKEY, last_words=store.last_words)
            )
        return parts


def serve(choices: Choices, environment: Mapping[str, str], now: datetime | None = None) -> int:
    """Run everything until Ctrl-C or SIGTERM; the exit code.

    Raises:
        SetupError: something is not as it must be; one line for each problem.
    """
    sharing.of_worker(choices.connections, workers_of(choices))
    shape_of(choices.shape)
    with (
        listen(choices.host, choices.port, "--port") as listening,
        _internal(choices) as internal,
        place.taken(choices.data) as found,
    ):
        remembered = state.read(found.state) if not choices.fresh else state.empty()
        planned = plan(choices, remembered, now or datetime.now(UTC))
        remembered = remembered.with_opening(planned.opening)
        servers = _servers(found, environment, choices.connections)
        standin_port, password = free_port(), _password()
        operators = {OPERATOR: hashed(password, secrets.token_bytes(SALT_BYTES))}
        settings = settings_of(choices, remembered, servers.stores, f"http://127.0.0.1:{standin_port}", operators)
        # nothing is forgotten for the sake of options that are refused
        if choices.fresh:
            found.forget()
        state.write(found.state, remembered)
        with found.log.open("ab") as log:
            processes = Processes(handing_over.blank(), listening, internal, found.metrics, log, (found.lock,))
            handing_over.put(processes.settings, settings)
            told = Summary(settings, planned, found, port_of(listening), port_of(internal), OPERATOR, password)
            return _supervise(processes, servers, _standin(standin_port, log, found.lock), told, choices.shape)


def _supervise(processes: Processes, servers: Servers, standin: Part, told: Summary, shape: str) -> int:
    with Supervisor(telling.to_people(told.place.log)) as supervisor:
        try:
            supervisor.start(*servers.parts(), standin)
            if supervisor.finish(processes.preparing(*_to_prepare(servers, shape))) != 0:
                # it has said on standard error what is wrong
                return BAD_INPUT
            workers = [processes.worker(number) for number in range(told.settings.workers)]
            supervisor.start(*workers, processes.controller())
            supervisor.until_ready(READY_WITHIN_S)
        except Stopped:
            return 0
        print("\n".join(summary(told)), flush=True)  # noqa: T201  this is for people
        supervisor.run()
        print("stopping; the data is kept", flush=True)  # noqa: T201  the same
    return 0


def _to_prepare(servers: Servers, shape: str) -> list[str]:
    options = ["--shape", shape]
    if servers.postgres is not None:
        options += ["--own", servers.postgres.url_of("postgres"), "--within", str(OWN_DATABASE_WITHIN_S)]
    return options


def _servers(taken: place.Place, environment: Mapping[str, str], connections: int) -> Servers:
    postgres = valkey = None
    database_url, valkey_url = environment.get("DATABASE_URL"), environment.get("VALKEY_URL")
    kept_open = (taken.lock,)
    if not database_url:
        postgres = Postgres(taken.postgres, port=free_port(), bound=True, kept_open=kept_open)
        database_url = postgres.url
    if not valkey_url:
        valkey = Valkey(taken.valkey, port=free_port(), bound=True, kept_open=kept_open)
        valkey_url = valkey.url
    stores = Stores(database_url=SecretStr(database_url), valkey_url=SecretStr(valkey_url), connections=connections)
    return Servers(postgres, valkey, stores)


def _password() -> str:
    """Eighty bits that can be typed on a phone."""
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _internal(choices: Choices) -> socket.socket:
    if choices.internal_port is not None:
        return listen("127.0.0.1", choices.internal_port, "--internal-port")
    try:
        return listen("127.0.0.1", INTERNAL_PORT, "--internal-port")
    except SetupError:
        # another service of this machine has the usual one
        return listen("127.0.0.1", 0, "--internal-port")


def _standin(port: int, log: IO[bytes], lock: int) -> Part:
    names = [text for name in PROVIDERS for text in ("--name", name)]

    def spawn(_ready: int) -> subprocess.Popen[bytes]:
        return own_process(["standin", "--port", str(port), *names], (lock,), log)

    return Part("identity stand-in", spawn, rank=STANDIN)
