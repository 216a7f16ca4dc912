"""Deploys a Pulumi program into an offline world, in this process: what a rehearsal and a project's tests stand on.

Example:
    ```python
    deployment = deploy(find_project(Path.cwd()), "opening", now=datetime(2027, 8, 8, 20, tzinfo=UTC))
    deployment.world.session.client("autoscaling").describe_policies()
    ```
"""

from __future__ import annotations

import asyncio
import contextvars
import gc
import inspect
import json
import logging
import threading
import traceback
import warnings
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import config as pulumi_config
from pulumi.runtime import mocks, settings
from pulumi.runtime.stack import run_in_stack

from floodgate.offline import program, providers
from floodgate.offline.mocks import Deployed, OfflineMonitor
from floodgate.offline.problems import ProgramFailed
from floodgate.offline.world import World
from floodgate.project import Project, load_stack

NOW = "floodgate:now"
FALLBACK_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployed program.

    Args:
        outputs: its exports, free of secret wrappers.
        secret_outputs: the exports that Pulumi keeps secret.
        world: the AWS account it was deployed into.
        resources: everything it declared, in the order it was made.
    """

    outputs: Mapping[str, Any]
    secret_outputs: frozenset[str]
    world: World
    resources: tuple[Deployed, ...] = field(repr=False)

    def resource(self, type_: str, name: str) -> Deployed:
        """The resource of this type and name.

        Raises:
            KeyError: there is none, or several have that name.
        """
        found = [r for r in self.resources if r.type == type_ and r.name == name]
        if len(found) != 1:
            names = ", ".join(sorted(r.name for r in self.resources if r.type == type_)) or "none"
            raise KeyError(f"{len(found)} resources are {type_} {name!r}; of that type there are: {names}")
        return found[0]


def deploy(
    project: Project,
    stack: str,
    *,
    now: datetime,
    seed: int = 0,
    config: Mapping[str, Any] = {},
    stack_outputs: Mapping[str, Mapping[str, Any]] = {},
) -> Deployment:
    """Deploy a project's stack, found and configured as Pulumi finds and configures it.

    Args:
        project: from `floodgate.project.find_project`.
        stack: its name.
        now: the world's present, with a zone; the program gets it as configuration ``floodgate:now``.
        seed: where every id comes from.
        config: values that win over the stack's own.
        stack_outputs: what stack references find, by fully qualified stack name.

    Raises:
        ProjectError: there is no such stack, or its configuration is wrong.
        ProgramFailed: the program failed, or resources were refused; one line for each reason.
    """
    loaded = load_stack(project, stack, {NOW: now.isoformat(), **config})
    main, root = project.main, project.root

    def run() -> None:
        program.start(main)

    with program.own_modules(main, root):
        return _deploy(run, _Ask(project.name, stack, loaded.config, now, seed, stack_outputs, main))


def deploy_program(
    body: Callable[[], Any],
    *,
    now: datetime,
    seed: int = 0,
    config: Mapping[str, Any] = {},
    project: str = "project",
    stack: str = "test",
    stack_outputs: Mapping[str, Mapping[str, Any]] = {},
) -> Deployment:
    """Deploy what a function declares; for tests of components and small programs.

    Args:
        body: declares resources and calls `pulumi.export`; runs as a program's main file would.
        now: as for `deploy`.
        seed: the same.
        config: full configuration keys and values, e.g. ``{"aws:region": "ap-northeast-2"}``.
        project: the project's name in URNs.
        stack: the stack's.
        stack_outputs: as for `deploy`.

    Raises:
        ProgramFailed: as for `deploy`.
    """
    values = {key if ":" in key else f"{project}:{key}": _text(value) for key, value in config.items()}
    return _deploy(body, _Ask(project, stack, values, now, seed, stack_outputs, None))


@dataclass(frozen=True, slots=True)
class _Ask:
    """What is to be deployed, whichever way the program is given."""

    project: str
    stack: str
    config: Mapping[str, str]
    now: datetime
    seed: int
    stack_outputs: Mapping[str, Mapping[str, Any]]
    main: Path | None


def _deploy(run: Callable[[], Any], ask: _Ask) -> Deployment:
    default = providers.default(ask.config, FALLBACK_REGION)
    world = World(now=ask.now, seed=ask.seed, region=default.region)
    monitor = OfflineMonitor(world, ask.project, ask.stack, default, ask.stack_outputs)
    _still_warnings()
    with _collection_paused():
        failure = _run_apart(lambda: _program(run, monitor, ask.config))
    if monitor.refusals or failure is not None:
        told = monitor.refusals or _told(failure, ask.main)
        _forget(failure)
        raise ProgramFailed(told) from (None if monitor.refusals else failure)
    return Deployment(monitor.outputs.props, monitor.outputs.secrets, world, tuple(monitor.deployed.values()))


@contextmanager
def _collection_paused() -> Generator[None]:
    """No search for garbage among millions of objects while there is hardly any: a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _run_apart(body: Callable[[], BaseException | None]) -> BaseException | None:
    """Run in a thread and a context of its own, so that neither a running loop nor another program is touched."""
    outcome: list[BaseException | None] = []
    thread = threading.Thread(
        target=lambda: outcome.append(contextvars.copy_context().run(body)), name="pulumi-program"
    )
    thread.start()
    thread.join()
    return outcome[0]


class _Loop(asyncio.SelectorEventLoop):
    """Answers Pulumi's calls in the program's own thread: moto takes one at a time, so threads would only wait."""

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:
        """A call of Pulumi at once, anything else in a thread as usual."""
        if not getattr(func, "__module__", "").startswith("pulumi."):
            return super().run_in_executor(executor, func, *args)
        answer = self.create_future()
        try:
            answer.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller is told
            answer.set_exception(error)
        return answer


def _program(run: Callable[[], Any], monitor: OfflineMonitor, config: Mapping[str, str]) -> BaseException | None:
    """The whole life of one program on a loop of its own; what it failed with, or None."""
    loop = _Loop()
    asyncio.set_event_loop(loop)
    # every output of every abandoned resource would otherwise print a traceback
    loop.set_exception_handler(lambda _loop, _context: None)
    try:
        _configure(monitor, config)
        loop.run_until_complete(run_in_stack(lambda: _whole(run)))
    except BaseException as error:  # noqa: BLE001 - a program may also leave by sys.exit
        loop.run_until_complete(_settled())
        return error
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        loop.close()
    return None


async def _whole(run: Callable[[], Any]) -> None:
    """The program and all that it sets off, awaited together.

    Pulumi itself awaits one output after another, each time looking at all that are left: seconds for 200 resources.
    """
    result = run()
    if inspect.isawaitable(result):
        await result
    while under_way := _under_way():
        await asyncio.wait(under_way)


def _under_way() -> set[Any]:
    with settings.SETTINGS.lock:
        outputs = list(settings.SETTINGS.outputs)
    return {task for task in (*settings.SETTINGS.rpc_manager.rpcs, *outputs) if not task.done()}


def _configure(monitor: OfflineMonitor, config: Mapping[str, str]) -> None:
    pulumi_config.set_all_config(dict(config), [])
    settings.ROOT.set(None)
    settings.SETTINGS.outputs = set()
    settings.SETTINGS.lock = threading.Lock()
    settings.SETTINGS.package_refs = {}
    settings.SETTINGS.base_providers_by_ref = {}
    settings.SETTINGS.legacy_apply_enabled = False
    features = set(monitor.GetDeploymentInfo(None).supportedFeatures)
    logger = logging.getLogger("floodgate.offline.program")
    settings.configure(
        mocks.MockSettings(
            monitor=monitor, monitor_features=features, engine=mocks.MockEngine(logger),
            project=monitor.project, stack=monitor.stack,
            dry_run=False, organization="organization", callbacks=None, root_directory=str(Path.cwd()),
        )
    )  # fmt: skip


def _still_warnings() -> None:
    """Two warnings that no program can help, and that a test run may have made errors."""
    # of a program that fails, most outputs are awaited by nobody
    warnings.filterwarnings("ignore", r"coroutine 'Output\.\w+' was never awaited", RuntimeWarning)
    # the SDK's modules warn of their own old classes when they are imported
    warnings.filterwarnings("ignore", ".* has been deprecated in favor of", DeprecationWarning, "pulumi_aws")


def _forget(failure: BaseException | None) -> None:
    """Let go of an abandoned program's outputs now, not when somebody else's work is under way."""
    for error in (failure, failure and failure.__cause__, failure and failure.__context__):
        traceback.clear_frames(error.__traceback__ if error else None)
    gc.collect()


async def _settled() -> None:
    """Let what was under way end, so that every independent refusal is heard."""
    while waiting := asyncio.all_tasks() - {asyncio.current_task()}:
        done, _ = await asyncio.wait(waiting, timeout=5)
        if not done:
            return


def _told(error: BaseException | None, main: Path | None) -> list[str]:
    """A program's own failure, a line for each thing it says."""
    told = getattr(error, "problems", None)
    if isinstance(told, list | tuple):
        return [str(problem) for problem in told]
    text = str(error)
    if isinstance(error, pulumi.RunError):
        return [line.strip() for line in text.splitlines() if line.strip()]
    if isinstance(error, SystemExit):
        return [f"the program left with sys.exit({error.code!r})"]
    place = _place(error, main)
    return [f"{place}{type(error).__name__}: {' '.join(text.split())}" if error else "the program failed"]


def _place(error: BaseException | None, main: Path | None) -> str:
    """Where in the program's own files the error arose, as ``network.py:12: ``."""
    if error is None:
        return ""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if "site-packages" not in f.filename and "/floodgate/offline/" not in f.filename]
    inside = [frame for frame in own if main is None or Path(frame.filename).is_relative_to(main.parent)]
    if not inside:
        return ""
    file = Path(inside[-1].filename)
    return f"{file.relative_to(main.parent) if main else file.name}:{inside[-1].lineno}: "


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
