"""Deploys a Pulumi program into an offline world, in this process: what a rehearsal and a project's tests stand on.

Example:
    ```python
    deployment = deploy(find_project(Path.cwd()), "opening", now=datetime(2027, 8, 8, 20, tzinfo=UTC))
    deployment.world.session.client("autoscaling").describe_policies()
    ```
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from floodgate.offline import program, providers, running
from floodgate.offline.mocks import Deployed, OfflineMonitor
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


def _deploy(body: Callable[[], Any], ask: _Ask) -> Deployment:
    default = providers.default(ask.config, FALLBACK_REGION)
    world = World(now=ask.now, seed=ask.seed, region=default.region)
    monitor = OfflineMonitor(world, ask.project, ask.stack, default, ask.stack_outputs)
    running.run(body, monitor, ask.config, main=ask.main)
    return Deployment(monitor.outputs.props, monitor.outputs.secrets, world, tuple(monitor.deployed.values()))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
