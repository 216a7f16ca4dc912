"""The three stacks, each deployed once into an AWS of its own the day before its first opening."""

import pytest


@pytest.fixture(scope="session")
def opening(floodgate_stack):
    return floodgate_stack("opening")


@pytest.fixture(scope="session")
def july(floodgate_stack):
    return floodgate_stack("july")


@pytest.fixture(scope="session")
def dev(floodgate_stack):
    return floodgate_stack("dev")


@pytest.fixture(scope="session", params=["opening", "july", "dev"])
def any_stack(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def aws(opening):
    """A boto3 client on the opening stack's account."""
    return opening.world.session.client
