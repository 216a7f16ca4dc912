"""One program's life on Pulumi's runtime: in a thread, a context and a loop of its own, and what it failed with."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import inspect
import logging
import threading
import traceback
import warnings
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import config as pulumi_config
from pulumi.runtime import mocks, settings
from pulumi.runtime import resource as pulumi_resource
from pulumi.runtime.proto import source_pb2
from pulumi.runtime.stack import run_in_stack

from floodgate.offline.mocks import OfflineMonitor
from floodgate.offline.problems import ProgramFailed
from floodgate.offline.repairs.patching import patch


def run(body: Callable[[], Any], monitor: OfflineMonitor, config: Mapping[str, str], *, main: Path | None) -> None:
    """Run a program to its end, with every resource it declares answered by the monitor.

    Args:
        body: the program; what it returns is awaited if it can be.
        monitor: answers it, and remembers what it refused.
        config: its configuration, full keys.
        main: the program's folder or file, for the place of an error; None for a function.

    Raises:
        ProgramFailed: it failed, or resources were refused; one line for each reason.
    """
    _still_warnings()
    with _collection_paused():
        failure = _run_apart(lambda: _program(body, monitor, config))
    if monitor.refusals or failure is not None:
        told = monitor.refusals or _told(failure, main)
        _forget(failure)
        raise ProgramFailed(told) from (None if monitor.refusals else failure)


@contextmanager
def _collection_paused() -> Generator[None]:
    """No search for garbage among millions of objects while there is hardly any: a third of the time.

    Nor one right afterwards: all that was made counts as old at once, and waits for the next full collection.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        # together these move every object to the oldest generation without looking at it
        gc.freeze()
        gc.unfreeze()
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


@patch(pulumi_resource, "_get_stack_trace")
def _stack_trace() -> Any:
    """Where a resource is declared, which an engine shows; here nobody asks, and looking at the files takes a tenth."""
    if isinstance(settings.SETTINGS.monitor, OfflineMonitor):
        return source_pb2.StackTrace()
    return _stack_trace.original()


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
