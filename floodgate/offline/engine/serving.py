"""The provider on a free port of this machine, for an engine to attach to."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from floodgate.offline.engine.servicer import AwsProvider
from floodgate.offline.lifecycle import Provider
from floodgate.offline.world import World

LOOPBACK = "127.0.0.1"
FALLBACK_REGION = "us-east-1"

# a launch template's user data and a web ACL are larger than gRPC's four megabytes only in a very bad program,
# but the engine itself allows so much
_LARGEST = 400 * 1024 * 1024


def start(
    world: Callable[[], World], *, fallback_region: str = FALLBACK_REGION, folder: Path | None = None
) -> tuple[Any, int]:
    """A provider instance that listens; its server and its port.

    Args:
        world: gives the account at its present moment.
        fallback_region: where resources live when nothing says.
        folder: the program's; this process's own where it is left out.
    """
    options = [("grpc.max_receive_message_length", _LARGEST), ("grpc.max_send_message_length", _LARGEST)]
    # moto answers one call at a time, so more threads would only wait
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4, thread_name_prefix="provider"), options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(
        AwsProvider(world, Provider(fallback_region), folder or Path.cwd()), server
    )
    port = server.add_insecure_port(f"{LOOPBACK}:0")
    server.start()
    return server, port


@contextmanager
def attached(world: World) -> Generator[dict[str, str]]:
    """A provider in this process; inside, the environment with which an engine attaches to it.

    All provider instances of a program share it, so programs with explicit providers of several regions need the
    plugin instead.
    """
    server, port = start(lambda: world, fallback_region=world.region)
    try:
        yield {"PULUMI_DEBUG_PROVIDERS": f"aws:{port}"}
    finally:
        server.stop(grace=None).wait()
