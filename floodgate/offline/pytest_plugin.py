"""Fixtures for the tests of any Pulumi project in Python: its stacks, deployed into an AWS on this machine.

Example:
    ```python
    def test_the_group_spans_three_zones(floodgate_stack):
        stack = floodgate_stack("opening")
        groups = stack.world.session.client("autoscaling").describe_auto_scaling_groups()
        assert len(groups["AutoScalingGroups"][0]["AvailabilityZones"]) == 3
    ```

The project is found from pytest's root folder, or where `--floodgate-project` or the ini setting
`floodgate_project` says. Nothing but pytest is imported until a test asks for a fixture.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from floodgate.offline.deploy import Deployment
    from floodgate.offline.world import World
    from floodgate.project import Project

# for stacks without openings and for worlds of their own; any fixed instant would do
NOW = datetime(2027, 1, 1, tzinfo=UTC)


class StackFactory(Protocol):
    """What the fixture `floodgate_stack` gives: deploys a stack once for each of its arguments."""

    def __call__(self, name: str, *, now: datetime | None = None, seed: int = 0) -> Deployment:
        """The deployment of a stack.

        Args:
            name: the stack.
            now: as of when; a day before the stack's first opening unless given.
            seed: where ids come from.
        """
        ...


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of this plugin."""
    where = "folder of the Pulumi project whose stacks `floodgate_stack` deploys (default: pytest's root folder)"
    parser.getgroup("floodgate").addoption("--floodgate-project", metavar="DIR", help=where)
    parser.addini("floodgate_project", help=where, default="")


def pytest_configure(config: pytest.Config) -> None:
    """Let projects whose tests make errors of warnings import the SDK, which warns of its own old classes by itself."""
    config.addinivalue_line(
        "filterwarnings", r"ignore:.* has been deprecated in favor of:DeprecationWarning:pulumi_aws"
    )


@pytest.fixture(scope="session")
def floodgate_project(pytestconfig: pytest.Config) -> Project:
    """The Pulumi project under test."""
    from floodgate.project import find_project  # noqa: PLC0415 - only for tests that ask

    chosen = pytestconfig.getoption("floodgate_project") or pytestconfig.getini("floodgate_project")
    return find_project(pytestconfig.rootpath / Path(chosen))


@pytest.fixture(scope="session")
def floodgate_stack(floodgate_project: Project) -> StackFactory:
    """Deploys a stack of the project offline, once in a session for each name, present and seed.

    The deployment is shared between tests: read it, and change it only in a world of its own (`offline_aws`).
    """
    from floodgate.offline.deploy import deploy  # noqa: PLC0415 - only for tests that ask
    from floodgate.project import load_stack  # noqa: PLC0415 - the same

    deployed: dict[tuple[str, datetime, int], Deployment] = {}

    def stack(name: str, *, now: datetime | None = None, seed: int = 0) -> Deployment:
        openings = load_stack(floodgate_project, name).openings
        present = now or (openings[0].doors - timedelta(days=1) if openings else NOW)
        key = (name, present, seed)
        if key not in deployed:
            deployed[key] = deploy(floodgate_project, name, now=present, seed=seed)
        return deployed[key]

    return stack


@pytest.fixture
def offline_aws() -> World:
    """An empty AWS account for one test; its `session` is a boto3 session."""
    return new_world()()


@pytest.fixture
def new_offline_aws() -> Callable[..., World]:
    """Makes empty AWS accounts: `new_offline_aws(now=…, region=…, seed=…)`."""
    return new_world()


def new_world() -> Callable[..., World]:
    """The maker of worlds behind the fixtures."""
    from floodgate.offline.world import World  # noqa: PLC0415 - only for tests that ask

    def make(*, now: datetime = NOW, region: str = "us-east-1", seed: int = 0) -> World:
        return World(now=now, region=region, seed=seed)

    return make
